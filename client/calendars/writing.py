"""Bookings as an .ics file that any calendar reads, and as a .csv file that any spreadsheet opens.

Both are for the business's own people.  The .ics is also what a client is given: it names nobody else, carries no phone
number, address or note of a customer, and has no attendees, so that no calendar sends anybody an invitation.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from client.calendars.ical import Text, address, new_calendar, new_event
from client.models.bookings import Booking, BookingStatus
from client.models.business import Business
from client.models.ids import ResourceId, StaffId
from client.models.spreadsheet import as_csv, plain

PRODUCT: Final = "-//TheChattyAI//Owner app//EN"
UID_DOMAIN: Final = "bookings.thechatty.ai"

_STATUS = {BookingStatus.PENDING: "TENTATIVE", BookingStatus.CANCELLED: "CANCELLED"}
_LARGEST = 2**31 - 1


Rooms = Mapping[ResourceId, str]
_NOWHERE: Final[Rooms] = {}


def write_ics(
    bookings: Sequence[Booking],
    business: Business,
    *,
    staff: Mapping[StaffId, str],
    rooms: Rooms = _NOWHERE,
    now: datetime,
) -> bytes:
    """An RFC 5545 calendar.  Instants are UTC, which needs no zone definition and means the same everywhere.

    An event keeps its UID for ever and its SEQUENCE grows with the booking's version, so that reading a later export
    moves the event instead of doubling it.
    """
    calendar = new_calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _text(business.name))
    for booking in bookings:
        calendar.add_component(_event(booking, business, staff, rooms, now))
    return calendar.to_ical()


def _event(booking: Booking, business: Business, staff: Mapping[StaffId, str], rooms: Rooms, now: datetime) -> Any:
    event = new_event()
    event.add("uid", f"{booking.booking_id}@{UID_DOMAIN}")
    event.add("dtstamp", now)
    event.add("created", booking.created_at)
    event.add("last-modified", booking.updated_at or booking.created_at)
    event.add("sequence", min(booking.version, _LARGEST))
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", _text(f"{booking.service_name} · {booking.customer_name}"))
    event.add("status", _STATUS.get(booking.status, "CONFIRMED"))
    event.add("transp", "TRANSPARENT" if booking.status is BookingStatus.CANCELLED else "OPAQUE")
    person = staff.get(booking.staff_id) if booking.staff_id else None
    room = rooms.get(booking.resource_id) if booking.resource_id else None
    if with_whom := " · ".join(filter(None, (person, room))):
        event.add("description", _text(with_whom))
    if business.address:
        event.add("location", _text(business.address))
    if phone := re.sub(r"[^\d+]", "", business.phone):
        event.add("organizer", address(f"tel:{phone}", plain(business.name).replace('"', "'")))
    return event


def _text(text: str) -> Text:
    return Text(plain(text))


# --- for a spreadsheet ----------------------------------------------------------------------------------------------
ROOM: Final = "room"
COLUMNS: Final = (
    "date",
    "start",
    "end",
    "minutes",
    "customer",
    "phone",
    "email",
    "service",
    "staff",
    ROOM,
    "status",
    "price",
    "currency",
    "notes",
    "booking_id",
)


def write_csv(
    bookings: Sequence[Booking], business: Business, *, staff: Mapping[StaffId, str], rooms: Rooms = _NOWHERE
) -> bytes:
    """UTF-8 with its mark, because Excel asks for one; times in the business's zone; what looks like a formula is text.

    A price the reader may not see is an empty cell.  A business without rooms has no column of them.
    """
    columns = COLUMNS if rooms else [name for name in COLUMNS if name != ROOM]
    rows = (_row(booking, business, staff, rooms, business.zone) for booking in bookings)
    return as_csv(columns, ([row[name] for name in columns] for row in rows))


def _row(
    booking: Booking, business: Business, staff: Mapping[StaffId, str], rooms: Rooms, zone: ZoneInfo
) -> dict[str, str]:
    starts, ends = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    price = "" if booking.price_cents is None else f"{booking.price_cents / 100:.2f}"
    cells = (
        f"{starts:%Y-%m-%d}",
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        str(booking.duration_minutes),
        booking.customer_name,
        booking.customer_phone or "",
        booking.customer_email or "",
        booking.service_name,
        staff.get(booking.staff_id, "") if booking.staff_id else "",
        rooms.get(booking.resource_id, "") if booking.resource_id else "",
        booking.status.value,
        price,
        business.currency if price else "",
        booking.notes or "",
        booking.booking_id,
    )
    return dict(zip(COLUMNS, cells, strict=True))
