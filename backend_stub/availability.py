"""When somebody is free: opening hours, working hours, bookings and blocks, in the business's own wall time."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend_stub.store import EVERYBODY, LONGEST_SLOT_MS, AccountNo, Document, rows_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEP = timedelta(minutes=15)
MINUTE_MS = 60_000
STEP_MS = 15 * MINUTE_MS
NEAR_DAYS = (0, 1, -1, 2, -2, 3, -3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
"""The days that are searched for something near, nearest first."""

SOMEBODY_ELSE_MS = 2 * 60 * MINUTE_MS
"""A colleague at the wanted time is as good as the wanted person two hours away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A free stretch of one member of staff, and of a resource where one is needed, in milliseconds."""

    starts_at: int
    ends_at: int
    staff_id: str
    resource_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`buffer_minutes` must be free after the appointment and is not part of it.  Nothing before `after_ms`.

    `but` is a booking that does not stand in its own way.  `resources`: one of them must be free too, the first that is
    is taken; None where it needs none.
    """

    day: date
    minutes: int
    buffer_minutes: int
    after_ms: int
    count: int
    but: str = ""
    resources: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """What takes the time: `kind` is bookings (until their buffer is over) or blocks."""

    kind: str
    row_id: str
    starts_at: int
    ends_at: int


def openings(
    connection: sqlite3.Connection, account: AccountNo, business: Document, staff: Sequence[Document], wanted: Wanted
) -> list[Opening]:
    """The first free starts of the day, earliest first, one for each instant."""
    found: dict[int, Opening] = {}
    for opening in _all_openings(connection, account, business, staff, wanted):
        found.setdefault(opening.starts_at, opening)
    return [found[starts_at] for starts_at in sorted(found)][: wanted.count]


def nearest(
    connection: sqlite3.Connection,
    account: AccountNo,
    business: Document,
    staff: Sequence[Document],
    wanted: Wanted,
    *,
    starts_at: int,
    staff_id: str | None,
) -> list[Opening]:
    """The free stretches that come nearest to somebody's time, whoever of `staff` it is; nearest first."""
    found: list[tuple[int, int, str, Opening]] = []
    for offset in NEAR_DAYS:
        day = wanted.day + timedelta(days=offset)
        for opening in _all_openings(connection, account, business, staff, replace(wanted, day=day)):
            else_ms = SOMEBODY_ELSE_MS if staff_id not in (None, opening.staff_id) else 0
            away_ms = abs(opening.starts_at - starts_at) + else_ms
            found.append((away_ms, opening.starts_at, opening.staff_id, opening))
        if len(found) >= wanted.count and offset >= 1:
            break
    return [opening for *_, opening in sorted(found, key=lambda entry: entry[:3])][: wanted.count]


def busy(
    connection: sqlite3.Connection, account: AccountNo, *, staff_id: str, starts_at: int, ends_at: int, but: str = ""
) -> list[Busy]:
    """What takes time of this member of staff between the two instants, earliest first; `but` is left out."""
    return _taken(connection, account, (staff_id, EVERYBODY), starts_at, ends_at, but)


def occupied(
    connection: sqlite3.Connection, account: AccountNo, *, resource_id: str, starts_at: int, ends_at: int, but: str = ""
) -> list[Busy]:
    """What is in this resource between the two instants, earliest first; `but` is left out.

    Blocks are the time of people, and in no resource.
    """
    return _taken(connection, account, (resource_id, resource_id), starts_at, ends_at, but)


def _taken(
    connection: sqlite3.Connection, account: AccountNo, whose: tuple[str, str], starts_at: int, ends_at: int, but: str
) -> list[Busy]:
    rows = connection.execute(
        "SELECT kind, id, starts_at, ends_at FROM slot WHERE account = ? AND whose IN (?, ?)"
        " AND starts_at > ? AND starts_at < ? AND ends_at > ? AND id <> ? ORDER BY starts_at, id",
        (account, *whose, starts_at - LONGEST_SLOT_MS, ends_at, starts_at, but),
    )
    return [Busy(kind=row[0], row_id=row[1], starts_at=row[2], ends_at=row[3]) for row in rows]


def resources_for(
    connection: sqlite3.Connection, account: AccountNo, service: Document | None
) -> tuple[str, ...] | None:
    """In which resources the service can be done; None when it needs none."""
    if service is None or not service["resources"]:
        return None
    active = {row["id"] for row in rows_of(connection, account, "resources") if row["active"]}
    return tuple(resource_id for resource_id in service["resources"] if resource_id in active)


def is_free(connection: sqlite3.Connection, account: AccountNo, doc: Document, ends_at: int) -> bool:
    """Whether nothing of the booking's member of staff, nor in its resource, overlaps it, the buffers of both included.

    `ends_at` is when its own buffer is over.
    """
    staff_id, resource_id, starts_at, but = doc["staff_id"], doc["resource_id"], doc["starts_at"], doc["id"]
    if staff_id is not None and busy(
        connection, account, staff_id=staff_id, starts_at=starts_at, ends_at=ends_at, but=but
    ):
        return False
    return resource_id is None or not occupied(
        connection, account, resource_id=resource_id, starts_at=starts_at, ends_at=ends_at, but=but
    )


def is_open(business: Document, person: Document | None, *, starts_at: int, ends_at: int) -> bool:
    """Whether the business is open for all of that time, and the person, if it is anybody's, at work.

    Midnight does not end what is open on both sides of it.
    """
    zone = ZoneInfo(business["time_zone"])
    first, last = (datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone) for ms in (starts_at, ends_at))
    days = [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    begin, end = first.hour * 60 + first.minute, 24 * 60 * (len(days) - 1) + last.hour * 60 + last.minute
    open_days = [day if day.isoformat() not in business["closed_days"] else None for day in days]
    hours = [(business["opening_hours"], open_days), *([(person["works"], days)] if person is not None else [])]
    return all(any(opens <= begin and end <= closes for opens, closes in _stretches(*each)) for each in hours)


def _stretches(week: Mapping[str, Sequence[Any]], days: Sequence[date | None]) -> list[tuple[int, int]]:
    """The hours of these days as wall minutes since the first midnight, those that follow on one another as one."""
    joined: list[tuple[int, int]] = []
    for number, day in enumerate(days):
        for opens, closes in sorted(week[WEEKDAYS[day.weekday()]]) if day else ():
            start, stop = (24 * 60 * number + int(text[:2]) * 60 + int(text[3:]) for text in (opens, closes))
            if joined and start <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(joined[-1][1], stop)
            else:
                joined.append((start, stop))
    return joined


def _all_openings(
    connection: sqlite3.Connection, account: AccountNo, business: Document, staff: Iterable[Document], wanted: Wanted
) -> Iterator[Opening]:
    if wanted.day.isoformat() not in business["closed_days"]:
        rooms = _rooms(connection, account, business, wanted)
        for person in staff:
            yield from _free(connection, account, business, person, wanted, rooms)


Rooms = Mapping[str | None, Sequence[Busy]]
"""What is in each resource that would do, the first choice first; None, with nothing in it, where none is needed."""


def _rooms(connection: sqlite3.Connection, account: AccountNo, business: Document, wanted: Wanted) -> Rooms:
    if wanted.resources is None:
        return {None: ()}
    midnight = datetime.combine(wanted.day, time.min, ZoneInfo(business["time_zone"]))
    starts_at, ends_at = (int((midnight + timedelta(days=days)).timestamp() * 1000) for days in (0, 3))
    return {
        resource_id: occupied(
            connection, account, resource_id=resource_id, starts_at=starts_at, ends_at=ends_at, but=wanted.but
        )
        for resource_id in wanted.resources
    }


def _free(
    connection: sqlite3.Connection,
    account: AccountNo,
    business: Document,
    person: Document,
    wanted: Wanted,
    rooms: Rooms,
) -> Iterator[Opening]:
    length_ms = wanted.minutes * MINUTE_MS
    starts = [start for start in _starts(business, person, wanted) if start >= wanted.after_ms]
    if not starts:
        return
    until = length_ms + wanted.buffer_minutes * MINUTE_MS
    taken = busy(
        connection,
        account,
        staff_id=person["id"],
        starts_at=starts[0],
        ends_at=starts[-1] + until,
        but=wanted.but,
    )
    for start in starts:
        if _has_room(taken, start, start + until):
            for resource_id in (room for room, within in rooms.items() if _has_room(within, start, start + until)):
                yield Opening(
                    starts_at=start, ends_at=start + length_ms, staff_id=person["id"], resource_id=resource_id
                )
                break


def _has_room(taken: Iterable[Busy], starts_at: int, ends_at: int) -> bool:
    return not any(other.starts_at < ends_at and other.ends_at > starts_at for other in taken)


def _starts(business: Document, person: Document, wanted: Wanted) -> Iterator[int]:
    """Every quarter of an hour at which it would still fit into opening and working hours, in order."""
    zone = ZoneInfo(business["time_zone"])
    weekday = WEEKDAYS[wanted.day.weekday()]
    for first, last in _common(business["opening_hours"][weekday], person["works"][weekday]):
        begin = datetime.combine(wanted.day, first, UTC)
        end = datetime.combine(wanted.day, last, UTC) - timedelta(minutes=wanted.minutes)
        if end >= begin:
            yield from _quarters(begin, end, zone)


def _quarters(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[int]:
    """The instants of the quarters of an hour between two wall times of one day, both included."""
    count = (end - begin) // STEP + 1
    first, last = _instant(begin, zone), _instant(begin + (count - 1) * STEP, zone)
    if first is not None and last is not None and last - first == (count - 1) * STEP_MS:
        yield from range(first, last + 1, STEP_MS)
        return
    for number in range(count):
        if (instant := _instant(begin + number * STEP, zone)) is not None:
            yield instant


def _instant(wall: datetime, zone: ZoneInfo) -> int | None:
    """The wall time as an instant; None for an hour that the clocks jump over."""
    local = wall.replace(tzinfo=zone)
    back = local.astimezone(UTC).astimezone(zone)
    return int(local.timestamp() * 1000) if back.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _common(one: Sequence[Any], other: Sequence[Any]) -> Iterator[tuple[time, time]]:
    """The stretches that two lists of ["09:00","18:00"] share, in order."""
    for first, last in sorted(one):
        for begin, end in sorted(other):
            start, stop = max(first, begin), min(last, end)
            if start < stop:
                yield time.fromisoformat(start), time.fromisoformat(stop)
