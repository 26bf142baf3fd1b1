"""Another time for a booking in conflict: those that are free on a day, and what stands in the way of one typed."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from client.editing import open_diary
from client.editing.choices import Case
from client.insight.day import day_bounds
from client.insight.diary import LONGEST, Diary, Obstacle, Slot, Wish
from client.insight.typed_time import minute_of
from client.insight.walltime import at_wall
from client.models.ids import BookingId
from client.storage import business
from client.storage.columns import instant

_SLOTS_OF_TWO_DAYS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Picking:
    """`slots`: what is free on `day`, by start.  `typed_slot`: the time that was typed, where nothing is in its way.

    `obstacle`: what is.  `unreadable`: it is no time, or none of this day, as in the hour that is skipped in spring.
    """

    day: date
    today: date
    slots: tuple[Slot, ...] = ()
    typed: str = ""
    typed_slot: Slot | None = None
    obstacle: Obstacle | None = None
    unreadable: bool = False


def wanted_start(case: Case) -> datetime | None:
    """When the owner wanted it to begin."""
    starts_at = _wanted(case).get("starts_at")
    return instant(starts_at) if starts_at is not None else None


def pick(conn: sqlite3.Connection, case: Case, day: date, typed: str) -> Picking | None:
    """What there is on `day`; None before this device knows the business."""
    ours = business.get(conn)
    if ours is None:
        return None
    since, until = day_bounds(day, ours.zone)
    # What begins on this day may end on the next.
    diary = open_diary(conn, since, until + LONGEST, case.now)
    if diary is None:
        return None
    wish = _wish(case, diary)
    free = [slot for slot in diary.free(wish, since, _SLOTS_OF_TWO_DAYS) if slot.starts_at < until]
    slots = tuple(sorted(free, key=lambda slot: slot.starts_at))
    picking = Picking(day=day, today=diary.today, slots=slots, typed=typed)
    return _with_typed(picking, diary, wish) if typed.strip() else picking


def _with_typed(picking: Picking, diary: Diary, wish: Wish) -> Picking:
    minute = minute_of(picking.typed)
    starts_at = at_wall(picking.day, minute, diary.zone) if minute is not None else None
    if starts_at is None:
        return replace(picking, unreadable=True)
    ends_at, [staff_id] = starts_at + timedelta(minutes=wish.minutes), wish.staff_ids
    obstacle = diary.obstacle(staff_id, starts_at, ends_at, wish.buffer_minutes, wish.but)
    if obstacle is not None:
        return replace(picking, obstacle=obstacle)
    return replace(picking, typed_slot=Slot(starts_at=starts_at, ends_at=ends_at, staff_id=staff_id))


def _wish(case: Case, diary: Diary) -> Wish:
    wanted = _wanted(case)
    length = instant(wanted["ends_at"]) - instant(wanted["starts_at"])
    return Wish(
        minutes=round(length.total_seconds() / 60),
        buffer_minutes=diary.buffer_of(wanted.get("service_id")),
        staff_ids=(wanted.get("staff_id"),),
        but=frozenset({BookingId(case.conflict.row_id)}),
    )


def _wanted(case: Case) -> dict[str, Any]:
    return {**(case.row or {}), **case.mine}
