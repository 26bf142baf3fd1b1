"""Where an answer says something else than the business's own rows: the price list and the opening hours.

Only what is plain is compared, and only where the words name one thing.  Of a service named in full: an amount of
money against its price, a length against its own where it is said how long something takes.  Of a weekday, where
opening or closing is spoken of: a time against those at which the day begins and ends, "closed" against a day with
hours.  The service or the day may be named in the question alone.  What cannot be compared by this is not compared.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from client.insight.asking import services_in, weekdays_in
from client.insight.walltime import DAY_MINUTES, wall_minute
from client.models.business import Business, HoursRange, Service
from client.storage.letters import folded

_HOURS_EN: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOURS_ES: Final = ("una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce")
_NUMBERS: Final = {word: at for hours in (_HOURS_EN, _HOURS_ES) for at, word in enumerate(hours, 1)} | {
    "noon": 12,
    "mediodia": 12,
}
_WORD: Final = "|".join(_NUMBERS)
_SUM: Final = r"(\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2})?|\d{1,6}(?:[.,]\d{2})?)(?![.,]?\d)"
_AMOUNT: Final = re.compile(rf"[$€£]\s?{_SUM}(?!%)|\b{_SUM}\s?(?:dollars?|euros?|pounds?|dolares|€|\$|£)")
_NOT_THE_PRICE: Final = re.compile(r"\b(?:deposit|discount|off|tip|fee|deposito|senal|descuento|propina)\b")
_TAKES: Final = re.compile(r"\b(?:takes?|lasts?|long|duration|dura|duran|duracion|tarda|tardan|tiempo)\b")
_LENGTH: Final = re.compile(
    r"\b(\d{1,2}(?:[.,]5)?)\s?(?:h|hours?|horas?)\b(?:\s(?:and\s|y\s)?(\d{1,2})\s?(?:min|minutes?|minutos?)\b)?"
    r"|\b(\d{1,3})\s?(?:min|minutes?|minutos?)\b"
)
_OPENING: Final = re.compile(
    r"\b(?:open|opens|opening|close|closes|closed|closing|hours|abrimos|abre|abren|abierto|abierta|cerramos|cierra|cierran"
    r"|cerrado|cerrada|horario|horarios)\b"
)
_CLOSED: Final = re.compile(r"\b(?:closed|cerrado|cerrada|(?:do not|don't|no) (?:open|abrimos|abre))\b")
_TIME: Final = re.compile(
    r"\b(\d{1,2})(?:[:.]([0-5]\d))?\s?([ap])\.?m\b|\b([01]?\d|2[0-3]):([0-5]\d)\b"
    rf"|\b(?:at|from|until|till|to|by|las|la|desde|hasta) ([01]?\d|2[0-3]|{_WORD})\b"
    r"(?![:.]?\d|\s?(?:min|hour|hora|dollar|euro|[ap]\.?m))"
)


class FactKind(StrEnum):
    PRICE = "price"
    LENGTH = "length"
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFact:
    """A row that says something else.  `service`: of a price and of a length; `weekday`, from Monday, and `hours`, none
    for a closed day: of hours."""

    kind: FactKind
    service: Service | None = None
    weekday: int = 0
    hours: tuple[HoursRange, ...] = ()


def against(
    question: str | None, right: str, services: Sequence[Service], business: Business | None
) -> tuple[OwnFact, ...]:
    """The rows of the business that the answer `right` contradicts."""
    offered = [service for service in services if service.active]
    said = _folded(right)
    named = services_in(right, offered) or services_in(question or "", offered)
    found = list(_of_service(said, _folded(question or ""), named[0])) if len(named) == 1 else []
    days = weekdays_in(right) or weekdays_in(question or "")
    if business is not None and len(days) == 1 and _OPENING.search(f"{said} {_folded(question or '')}"):
        (day,) = days
        hours = business.opening_hours.days[day]
        if not _fits_hours(said, hours):
            found.append(OwnFact(kind=FactKind.HOURS, weekday=day, hours=hours))
    return tuple(found)


def _of_service(said: str, asked: str, service: Service) -> Iterable[OwnFact]:
    amounts = {_cents(one or other) for one, other in _AMOUNT.findall(said)}
    if amounts and service.price_cents not in amounts and not _NOT_THE_PRICE.search(said):
        yield OwnFact(kind=FactKind.PRICE, service=service)
    lengths = {_minutes(*found) for found in _LENGTH.findall(said)}
    if lengths and service.duration_minutes not in lengths and _TAKES.search(f"{said} {asked}"):
        yield OwnFact(kind=FactKind.LENGTH, service=service)


def _fits_hours(said: str, hours: Sequence[HoursRange]) -> bool:
    """Whether each time that is said is one at which the day begins or ends; no day with hours may be called closed."""
    times = [_times(found) for found in _TIME.findall(said)]
    if not times:
        return not (hours and _CLOSED.search(said))
    edges = {wall_minute(at) % DAY_MINUTES for each in hours for at in each}
    return all(edges & meant for meant in times)


def _times(found: Sequence[str]) -> frozenset[int]:
    """The minutes of the day that may be meant: of "ten" two, of "10 pm" one."""
    hour, minute, half, clock_hour, clock_minute, spoken = found
    if half:
        return frozenset({(int(hour) % 12 + (12 if half == "p" else 0)) * 60 + int(minute or 0)})
    if clock_hour:
        return _either(int(clock_hour), int(clock_minute))
    return _either(_NUMBERS.get(spoken) or int(spoken), 0)


def _either(hour: int, minute: int) -> frozenset[int]:
    first = (hour % 24) * 60 + minute
    return frozenset({first, (first + 12 * 60) % DAY_MINUTES} if hour <= 12 else {first})


def _cents(text: str) -> int:
    parts = re.split("[.,]", text)
    cents = int(parts.pop()) if len(parts) > 1 and len(parts[-1]) == 2 else 0
    return int("".join(parts)) * 100 + cents


def _minutes(hours: str, more: str, minutes: str) -> int:
    return round(float(hours.replace(",", ".")) * 60) + int(more or 0) if hours else int(minutes)


def _folded(text: str) -> str:
    """In small letters without accents; signs stay."""
    return " ".join(folded(text).split())
