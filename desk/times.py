"""Moments and lengths as a person types them, in the business's zone, on the odd nights of the year too."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.terminal import Refusal, shown

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAMED_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_DAYS_AWAY = re.compile(r"([+-])(\d{1,5})d", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))? ?(am|pm)?", re.ASCII)
_ZONE = re.compile(r"(.*\d(?: ?[ap]m)?) ([a-z]{3,5}|[+-]\d\d(?:\d\d)?)", re.ASCII | re.IGNORECASE)
"""A moment, and what clocks there call their time then: 02:30 CET."""
_LENGTH = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m?)?", re.ASCII)

ANY_DAY = date(2000, 6, 15)
DAY_HELP = "today, tomorrow, a date such as 2026-03-14, or +3d"
MOMENT_HELP = "a time such as 16:30, or a day and a time: tomorrow 16:30, 2026-12-01 16:30"


def read_day(text: str, today: date) -> date | None:
    """The day that `text` means, None if it is none."""
    words = text.strip().lower()
    try:
        if words in _NAMED_DAYS:
            return today + timedelta(days=_NAMED_DAYS[words])
        if away := _DAYS_AWAY.fullmatch(words):
            return today + timedelta(days=int(away[1] + away[2]))
        return date.fromisoformat(words) if _DATE.fullmatch(words) else None
    except (ValueError, OverflowError):
        return None


def read_moment(text: str, today: date, same_day: date) -> datetime | None:
    """A day and a time of day without a zone, None if it is none; a time alone is on `same_day`."""
    text = _apart(text)[0].lower()
    day_text, _, clock_text = text.replace("t", " ", 1 if _DATE.match(text) else 0).rpartition(" ")
    if clock_text in ("am", "pm"):
        day_text, _, clock = day_text.rpartition(" ")
        clock_text = f"{clock} {clock_text}"
    day = read_day(day_text, today) if day_text.strip() else same_day
    clock = read_clock(clock_text)
    return None if day is None or clock is None else datetime.combine(day, clock)


def read_clock(text: str) -> time | None:
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (found[2] is None and found[3] is None):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_length(text: str) -> timedelta | None:
    """`90m`, `1h`, `1h30`, `90`: a length, None if it is none.  Whether it is a sensible one is asked elsewhere."""
    found = _LENGTH.fullmatch(text.strip().lower().replace(" ", ""))
    if found is None or (found[1] is None and found[2] is None):
        return None
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))


def instant_of(wall: datetime, zone: ZoneInfo, text: str = "") -> datetime:
    """The instant at which clocks there show `wall`.  Refused where there is none.

    Of the two in autumn the one that `text`, as it was typed, names; the first where it names none.
    """
    try:
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
        back = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise Refusal(f"{shown(str(wall))} is too far away.", code="invalid") from None
    if back != wall:
        sentence = f"There is no {wall:%H:%M} on {wall:%d %B %Y}: clocks are put forward that night, past it."
        raise Refusal(sentence, code="dst_gap")
    return _called(wall, zone, named).astimezone(UTC) if (named := _apart(text)[1]) else instant


def clock_of(at: datetime, zone: ZoneInfo) -> str:
    """16:30; in the hour that comes twice with which of the two it is: 02:30 CET."""
    local = at.astimezone(zone)
    twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
    return f"{local:%H:%M %Z}" if twice else f"{local:%H:%M}"


def _apart(text: str) -> tuple[str, str]:
    """A moment, and what its time is called, if anything."""
    found = _ZONE.fullmatch(text.strip())
    return (
        (found[1].rstrip(), found[2].upper()) if found and found[2].lower() not in _NAMED_DAYS else (text.strip(), "")
    )


def _called(wall: datetime, zone: ZoneInfo, name: str) -> datetime:
    both = {each.tzname(): each for each in (wall.replace(tzinfo=zone, fold=fold) for fold in (1, 0))}
    if name not in both:
        there = " or ".join(filter(None, sorted(both, key=str)))
        raise Refusal(f"{wall:%H:%M} on {wall:%d %B %Y} is {there} in {zone}, not {name}.", code="invalid")
    return both[name]


def midnight(day: date, zone: ZoneInfo, days_on: int = 0) -> datetime:
    try:
        return datetime.combine(day + timedelta(days=days_on), time(), zone)
    except OverflowError:
        return datetime.max.replace(tzinfo=zone)
