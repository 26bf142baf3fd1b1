"""When somebody is free: opening hours, working hours and what is already booked, in the business's own wall time."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend_stub.store import AccountNo, Document

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEP = timedelta(minutes=15)
LONGEST_BOOKING_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A free stretch of one member of staff, in milliseconds."""

    starts_at: int
    ends_at: int
    staff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`buffer_minutes` must be free after the appointment and is not part of it.  Nothing before `after_ms`."""

    day: date
    minutes: int
    buffer_minutes: int
    after_ms: int
    count: int


def openings(
    connection: sqlite3.Connection, account: AccountNo, business: Document, staff: Sequence[Document], wanted: Wanted
) -> list[Opening]:
    """The first free starts of the day, earliest first, one for each instant."""
    zone = ZoneInfo(business["time_zone"])
    if wanted.day.isoformat() in business["closed_days"]:
        return []
    found: dict[int, Opening] = {}
    for person in staff:
        for opening in _free(connection, account, business, person, wanted, zone):
            found.setdefault(opening.starts_at, opening)
    return [found[starts_at] for starts_at in sorted(found)][: wanted.count]


def is_free(
    connection: sqlite3.Connection, account: AccountNo, *, staff_id: str, starts_at: int, ends_at: int, but: str = ""
) -> bool:
    """Whether nothing of this member of staff overlaps [starts_at, ends_at), the buffers of both included.

    `ends_at` is when the wanted one's own buffer is over; `but` is a booking that does not count.
    """
    row = connection.execute(
        "SELECT 1 FROM slot WHERE account = ? AND staff_id = ? AND starts_at > ? AND starts_at < ? AND ends_at > ?"
        " AND booking_id <> ? LIMIT 1",
        (account, staff_id, starts_at - LONGEST_BOOKING_MS, ends_at, starts_at, but),
    ).fetchone()
    return row is None


def _free(
    connection: sqlite3.Connection,
    account: AccountNo,
    business: Document,
    person: Document,
    wanted: Wanted,
    zone: ZoneInfo,
) -> Iterator[Opening]:
    length = timedelta(minutes=wanted.minutes + wanted.buffer_minutes)
    minutes_ms = wanted.minutes * 60_000
    weekday = WEEKDAYS[wanted.day.weekday()]
    for first, last in _common(business["opening_hours"][weekday], person["works"][weekday]):
        begin = datetime.combine(wanted.day, first, UTC)
        end = datetime.combine(wanted.day, last, UTC)
        while begin + timedelta(minutes=wanted.minutes) <= end:
            starts_at = _instant(begin, zone)
            blocked_until = starts_at + int(length.total_seconds() * 1000) if starts_at is not None else 0
            if (
                starts_at is not None
                and starts_at >= wanted.after_ms
                and is_free(connection, account, staff_id=person["id"], starts_at=starts_at, ends_at=blocked_until)
            ):
                yield Opening(starts_at=starts_at, ends_at=starts_at + minutes_ms, staff_id=person["id"])
            begin += STEP


def _instant(wall: datetime, zone: ZoneInfo) -> int | None:
    """The wall time as an instant; None for an hour that the clocks jump over."""
    local = wall.replace(tzinfo=zone)
    back = local.astimezone(UTC).astimezone(zone)
    return int(local.timestamp() * 1000) if back.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _common(one: Sequence[Any], other: Sequence[Any]) -> Iterator[tuple[time, time]]:
    """The stretches that two lists of ["09:00","18:00"] share."""
    for first, last in one:
        for begin, end in other:
            start, stop = max(first, begin), min(last, end)
            if start < stop:
                yield time.fromisoformat(start), time.fromisoformat(stop)
