"""Another time for a booking: what is free on which days, and what stands in the way of a time that is typed."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from client.editing import open_diary
from client.editing.cases import Case
from client.editing.choices import rooms
from client.insight.day import day_bounds
from client.insight.diary import LONGEST, SHORTEST, Diary, Obstacle, Slot, Wish
from client.insight.typed_time import minute_of
from client.insight.walltime import at_wall
from client.models.ids import BookingId, ResourceId, ServiceId, StaffId
from client.storage import business
from client.storage.columns import instant

DAYS_SHOWN: Final = 7
_SLOTS_OF_TWO_DAYS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a time is sought for: any of `staff_ids` in any of `resource_ids`, where None is nobody in particular.

    `booking_id`: the booking itself is in nobody's way.
    """

    minutes: int
    staff_ids: tuple[StaffId | None, ...]
    resource_ids: tuple[ResourceId | None, ...] = (None,)
    service_id: ServiceId | None = None
    booking_id: BookingId | None = None

    def wish(self, diary: Diary) -> Wish:
        return Wish(
            minutes=self.minutes,
            buffer_minutes=diary.buffer_of(self.service_id),
            staff_ids=self.staff_ids,
            resource_ids=self.resource_ids,
            but=frozenset([self.booking_id] if self.booking_id else []),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeDay:
    """`slots`: what is free on `day`, by start.  `closed`: the business does not open."""

    day: date
    slots: tuple[Slot, ...]
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picking:
    """`days`: what is free on `day` and on those around it.  `typed_slot`: the time that was typed, if it is free.

    `obstacle`: what is.  `unreadable`: it is no time, or none of this day, as in the hour that is skipped in spring.
    """

    day: date
    today: date
    days: tuple[FreeDay, ...] = ()
    typed: str = ""
    typed_slot: Slot | None = None
    obstacle: Obstacle | None = None
    unreadable: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        return slots_on(self.days, self.day)


def slots_on(days: Iterable[FreeDay], day: date) -> tuple[Slot, ...]:
    return next((free.slots for free in days if free.day == day), ())


def first_shown(day: date, today: date) -> date:
    """The first of the seven days that are shown around one: counted from today on, so that they stay the same."""
    return day if day < today else day - timedelta(days=(day - today).days % DAYS_SHOWN)


def free_days(conn: sqlite3.Connection, sought: Sought, first: date, count: int, now: datetime) -> tuple[FreeDay, ...]:
    """What is free on `count` days from `first` on; nothing before this device knows the business."""
    ours = business.get(conn)
    if ours is None:
        return ()
    days = [first + timedelta(days=n) for n in range(count)]
    since, until = day_bounds(days[0], ours.zone)[0], day_bounds(days[-1], ours.zone)[1]
    # What begins on the last day may end on the next.
    diary = open_diary(conn, since, until + LONGEST, now)
    assert diary is not None
    found: dict[date, list[Slot]] = {day: [] for day in days}
    if SHORTEST <= timedelta(minutes=sought.minutes) <= LONGEST:
        for slot in diary.free(sought.wish(diary), since, (count + 1) * _SLOTS_OF_TWO_DAYS):
            if (of_day := found.get(slot.starts_at.astimezone(ours.zone).date())) is not None:
                of_day.append(slot)
    return tuple(
        FreeDay(
            day=day,
            slots=tuple(sorted(slots, key=lambda slot: slot.starts_at)),
            closed=not diary.hours(None, day),
        )
        for day, slots in found.items()
    )


def wanted_start(case: Case) -> datetime | None:
    """When the owner wanted it to begin."""
    starts_at = _wanted(case).get("starts_at")
    return instant(starts_at) if starts_at is not None else None


def pick(conn: sqlite3.Connection, case: Case, day: date, typed: str) -> Picking | None:
    """What there is on `day`; None before this device knows the business."""
    ours = business.get(conn)
    if ours is None:
        return None
    today = case.now.astimezone(ours.zone).date()
    since, until = day_bounds(day, ours.zone)
    diary = open_diary(conn, since, until + LONGEST, case.now)
    assert diary is not None
    sought = _sought(case, diary)
    days = free_days(conn, sought, first_shown(day, today), DAYS_SHOWN, case.now)
    picking = Picking(day=day, today=today, days=days, typed=typed)
    return _with_typed(picking, diary, sought.wish(diary)) if typed.strip() else picking


def _with_typed(picking: Picking, diary: Diary, wish: Wish) -> Picking:
    minute = minute_of(picking.typed)
    starts_at = at_wall(picking.day, minute, diary.zone) if minute is not None else None
    if starts_at is None:
        return replace(picking, unreadable=True)
    ends_at, [staff_id] = starts_at + timedelta(minutes=wish.minutes), wish.staff_ids
    empty = diary.empty(wish.resource_ids, starts_at, ends_at, wish.buffer_minutes, wish.but)
    room = next(empty, wish.resource_ids[0])
    obstacle = diary.obstacle(staff_id, starts_at, ends_at, wish.buffer_minutes, wish.but, resource_id=room)
    if obstacle is not None:
        return replace(picking, obstacle=obstacle)
    slot = Slot(starts_at=starts_at, ends_at=ends_at, staff_id=staff_id, resource_id=room)
    return replace(picking, typed_slot=slot)


def _sought(case: Case, diary: Diary) -> Sought:
    wanted = _wanted(case)
    length = instant(wanted["ends_at"]) - instant(wanted["starts_at"])
    return Sought(
        minutes=round(length.total_seconds() / 60),
        staff_ids=(wanted.get("staff_id"),),
        resource_ids=rooms(diary, wanted.get("resource_id"), wanted.get("service_id")),
        service_id=wanted.get("service_id"),
        booking_id=BookingId(case.conflict.row_id),
    )


def _wanted(case: Case) -> dict[str, Any]:
    return {**(case.row or {}), **case.mine}
