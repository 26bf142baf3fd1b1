"""Whether two people ask the same, by the words alone: no meaning is guessed.

Two texts ask the same when six of ten of their words are in both and they name the same services, weekdays and
numbers.  Words that any question has ("do you have") are left out, and so is the "s" at the end of a word.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from client.models.business import Service
from client.storage.words import line

ALIKE: Final = 0.6
"""The share of the words of two texts that is in both."""

WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
)
"""Folded; a week in each language."""

_LITTLE_EN: Final = (
    "a an and are at be can could d do does for from get have hello hey hi i if in is it just know like ll m me my of "
    "on or our please re s so t thank thanks that the there these this to tell ve was we well what with would you your"
)
_LITTLE_ES: Final = (
    "al con de del el en es esta este favor gracias hay hola la las le les lo los me mi o para por que se si su sus "
    "tienen tiene un una usted ustedes y"
)
_LITTLE: Final = frozenset(f"{_LITTLE_EN} {_LITTLE_ES}".split())


def same(one: str | None, other: str | None, services: Iterable[Service]) -> bool:
    """Whether both ask the same; None asks nothing."""
    first, second = words_of(one or ""), words_of(other or "")
    if not first or not second or len(first & second) < ALIKE * len(first | second):
        return False
    offered = tuple(services)
    return _named(one or "", offered) == _named(other or "", offered)


def words_of(text: str) -> frozenset[str]:
    """What is said besides the words that any question has; all words where there are no others."""
    words = frozenset(map(_bare, line(text).split()))
    return words - _LITTLE or words


def weekdays_in(text: str) -> frozenset[int]:
    """The days of the week that are named, from Monday."""
    said = {_bare(word) for word in line(text).split()}
    return frozenset(at % 7 for at, day in enumerate(WEEKDAYS) if _bare(day) in said)


def services_in(text: str, services: Sequence[Service]) -> tuple[Service, ...]:
    """The services that are named in full; of names within one another the longest."""
    said = f" {' '.join(map(_bare, line(text).split()))} "
    found: list[Service] = []
    for service in sorted(services, key=lambda each: -len(each.name)):
        name = f" {' '.join(map(_bare, line(service.name).split()))} "
        if name.strip() and name in said:
            found.append(service)
            said = said.replace(name, "  ")
    return tuple(found)


def _named(text: str, services: Sequence[Service]) -> tuple[frozenset[str], frozenset[int], frozenset[str]]:
    named = frozenset(service.service_id for service in services_in(text, services))
    return named, weekdays_in(text), frozenset(word for word in line(text).split() if word.isdigit())


def _bare(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
