"""The diary as this device has it, read for a check inside the writing transaction or for a screen."""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from client.editing.refusals import NotAllowed, Why
from client.insight.diary import Diary, House
from client.models.bookings import Booking
from client.models.ids import ResourceId, ServiceId, StaffId
from client.storage import blocks, bookings, business, knowing

LONGEST_BUFFER = timedelta(hours=4)
"""So long before or after an appointment may lie what its buffer, or that of another, reaches."""


def open_diary(conn: sqlite3.Connection, since: datetime, until: datetime, now: datetime) -> Diary | None:
    """Everything booked and blocked in [since, until); None before this device knows the business."""
    house = knowing.once(conn, _house, _HOUSE)
    if house is None:
        return None
    return Diary(
        house=house,
        bookings=tuple(bookings.overlapping(conn, since - LONGEST_BUFFER, until)),
        blocks=tuple(blocks.overlapping(conn, since, until)),
        since=since,
        until=until,
        now=now,
    )


def diary_for(
    conn: sqlite3.Connection,
    staff_id: StaffId | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    resource_id: ResourceId | None = None,
) -> Diary:
    """As much of the diary as can be in the way of one appointment.  Raises NotAllowed before the first sync."""
    house = knowing.once(conn, _house, _HOUSE)
    if house is None:
        raise NotAllowed(Why.NOT_READY)
    since, until = starts_at - house.longest_buffer, max(starts_at, ends_at) + house.longest_buffer
    asked = staff_id or resource_id
    return Diary(
        house=house,
        bookings=tuple(bookings.overlapping(conn, since, until, staff_id=staff_id, resource_id=resource_id))
        if asked
        else (),
        blocks=tuple(blocks.overlapping(conn, starts_at, until)),
        since=since,
        until=until,
        now=now,
    )


def room_for(
    conn: sqlite3.Connection,
    service_id: ServiceId | None,
    starts_at: datetime,
    ends_at: datetime,
    booking: Booking | None = None,
) -> ResourceId | None:
    """Where a service is done at that time if nobody says where: in what is free first, else in the first there is.

    A `booking` stays where it is as long as that can be done there.  None where it needs nothing.
    """
    house = knowing.once(conn, _house, _HOUSE)
    wanted = house.resources_for(service_id) if house else ()
    if booking and (booking.service_id == service_id or booking.resource_id in (wanted or (None,))):
        return booking.resource_id
    if house is None or not wanted:
        return None
    since, until = starts_at - house.longest_buffer, max(starts_at, ends_at) + house.longest_buffer
    diary = Diary(
        house=house,
        bookings=tuple(bookings.overlapping(conn, since, until)),
        blocks=(),
        since=since,
        until=until,
        now=starts_at,
    )
    itself = frozenset([booking.booking_id] if booking else [])
    return next(diary.empty(wanted, starts_at, ends_at, diary.buffer_of(service_id), itself), wanted[0])


def resources_for(conn: sqlite3.Connection, service_id: ServiceId | None) -> tuple[ResourceId, ...]:
    """In which resources a service can be done; none where it needs none."""
    house = knowing.once(conn, _house, _HOUSE)
    return house.resources_for(service_id) if house else ()


_HOUSE: Final = ("business", "staff", "services", "resources")


def _house(conn: sqlite3.Connection) -> House | None:
    ours = business.get(conn)
    if ours is None:
        return None
    return House(
        business=ours,
        staff=tuple(business.staff(conn)),
        services=tuple(business.services(conn)),
        resources=tuple(business.resources(conn)),
    )
