"""The diary as this device has it, read for a check inside the writing transaction or for a screen."""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from client.editing.refusals import NotAllowed, Why
from client.insight.diary import Diary, House
from client.models.ids import StaffId
from client.storage import blocks, bookings, business, knowing

_LONGEST_BUFFER = timedelta(hours=4)
"""So long before or after an appointment may lie what its buffer, or that of another, reaches."""


def open_diary(conn: sqlite3.Connection, since: datetime, until: datetime, now: datetime) -> Diary | None:
    """Everything booked and blocked in [since, until); None before this device knows the business."""
    house = knowing.once(conn, _house, _HOUSE)
    if house is None:
        return None
    return Diary(
        house=house,
        bookings=tuple(bookings.overlapping(conn, since - _LONGEST_BUFFER, until)),
        blocks=tuple(blocks.overlapping(conn, since, until)),
        since=since,
        until=until,
        now=now,
    )


def diary_for(
    conn: sqlite3.Connection, staff_id: StaffId | None, starts_at: datetime, ends_at: datetime, now: datetime
) -> Diary:
    """As much of the diary as can be in the way of one appointment.  Raises NotAllowed before the first sync."""
    house = knowing.once(conn, _house, _HOUSE)
    if house is None:
        raise NotAllowed(Why.NOT_READY)
    since, until = starts_at - house.longest_buffer, max(starts_at, ends_at) + house.longest_buffer
    return Diary(
        house=house,
        bookings=tuple(bookings.overlapping(conn, since, until, staff_id=staff_id)) if staff_id else (),
        blocks=tuple(blocks.overlapping(conn, starts_at, until)),
        since=since,
        until=until,
        now=now,
    )


_HOUSE: Final = ("business", "staff", "services")


def _house(conn: sqlite3.Connection) -> House | None:
    ours = business.get(conn)
    if ours is None:
        return None
    return House(business=ours, staff=tuple(business.staff(conn)), services=tuple(business.services(conn)))
