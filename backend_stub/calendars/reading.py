"""What an .ics feed says about a span of time.  Pure; a hostile feed can keep it busy for ever, so see aside.py.

Repetitions are followed, all-day and zoneless times are the business's, cancelled and "free" events are left out.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import recurring_ical_events  # pyright: ignore[reportMissingTypeStubs]
from icalendar import Calendar

from backend_stub.calendars.times import BusyTime, Read
from backend_stub.calendars.trouble import Trouble

MOST_TIMES = 5000
LONGEST_TITLE = 120
LONGEST_UID = 1000
LONGEST_MS = 100 * 86_400_000
"""A longer event is cut to the span that was asked for."""

MATTERS = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"})
_recurring = cast(Any, recurring_ical_events)

Event = Any
"""An icalendar.Event; its types say that any property may have any value."""

NO_CALENDAR = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
"""The libraries raise all of these for what cannot be read."""


def read(data: bytes, *, zone: ZoneInfo, since_ms: int, until_ms: int, most: int = MOST_TIMES) -> Read:
    """The busy times that touch the span.  Raises Trouble: unreadable, too_many."""
    try:
        calendar: Any = Calendar.from_ical(data)
    except NO_CALENDAR:
        raise Trouble("unreadable") from None
    if calendar.name != "VCALENDAR":
        raise Trouble("unreadable")
    span = (_instant(since_ms) - timedelta(days=1), _instant(until_ms) + timedelta(days=1))
    events, incomplete = _occurrences(calendar, span)
    found: dict[str, BusyTime] = {}
    for time in _busy(events, zone):
        clipped = _clipped(time, since_ms, until_ms)
        if clipped is not None:
            found[clipped.key] = clipped
        if len(found) > most:
            raise Trouble("too_many")
    return Read(times=sorted(found.values(), key=lambda time: (time.starts_at, time.key)), incomplete=incomplete)


def _occurrences(calendar: Any, span: tuple[datetime, datetime]) -> tuple[list[Event], bool]:
    """What happens in the span, and whether something had to be left out.

    The span is a day wider on each side, because what has no zone is compared without one.
    """
    damaged = _prepare(calendar)
    try:
        return _recurring.of(calendar).between(*span), damaged
    except NO_CALENDAR:
        pass
    try:
        return _recurring.of(calendar, skip_bad_series=True).between(*span), True
    except NO_CALENDAR:
        raise Trouble("unreadable") from None


def _prepare(calendar: Any) -> bool:
    """Make what the library needs, and say whether something is damaged.

    It stumbles over an event without a start, and takes all events without a UID for one.
    """
    events = calendar.walk("VEVENT")
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name != "VEVENT" or "DTSTART" in part]
    for event in events:
        if not str(event.get("UID", "")).strip():
            event["UID"] = hashlib.sha256(event.to_ical()).hexdigest()
    return any("DTSTART" not in event or MATTERS & {name for name, _ in event.errors} for event in events)


def _busy(events: list[Event], zone: ZoneInfo) -> Iterator[BusyTime]:
    for event in events:
        if _word(event, "STATUS") == "CANCELLED" or _word(event, "TRANSP") == "TRANSPARENT":
            continue
        starts_at, ends_at = _ms(event["DTSTART"].dt, zone), _ms(event["DTEND"].dt, zone)
        first = _ms(event["RECURRENCE-ID"].dt, zone) if "RECURRENCE-ID" in event else starts_at
        uid = _line(event, "UID", LONGEST_UID)
        title = _line(event, "SUMMARY", LONGEST_TITLE)
        yield BusyTime(key=f"{uid}/{first}", uid=uid, title=title, starts_at=starts_at, ends_at=ends_at)


def _clipped(time: BusyTime, since_ms: int, until_ms: int) -> BusyTime | None:
    """The time as far as it matters; None for one that does not, or that takes no time."""
    if time.ends_at <= time.starts_at or time.ends_at <= since_ms or time.starts_at >= until_ms:
        return None
    if time.ends_at - time.starts_at <= LONGEST_MS:
        return time
    return msgspec.structs.replace(time, starts_at=max(time.starts_at, since_ms), ends_at=min(time.ends_at, until_ms))


def _ms(when: date, zone: ZoneInfo) -> int:
    """A day is its midnight in `zone`; so is a time without a zone the wall time there."""
    instant = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, tzinfo=zone)
    return int((instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)).timestamp() * 1000)


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _word(event: Event, name: str) -> str:
    return str(event.get(name, "")).strip().upper()


def _line(event: Event, name: str, most: int) -> str:
    """On one line, without control characters, not longer than the contract allows."""
    text = str(event.get(name, ""))
    plain = (char if char.isprintable() or ord(char) > 127 else " " for char in text)
    return " ".join("".join(plain).encode("utf-8", "replace").decode().split())[:most].strip()
