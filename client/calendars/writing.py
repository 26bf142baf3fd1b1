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
from client.models.ids import StaffId
from client.models.spreadsheet import as_csv, plain

PRODUCT: Final = "-//TheChattyAI//Owner app//EN"
UID_DOMAIN: Final = "bookings.thechatty.ai"

_STATUS = {BookingStatus.PENDING: "TENTATIVE", BookingStatus.CANCELLED: "CANCELLED"}
_LARGEST = 2**31 - 1


def write_ics(bookings: Sequence[Booking], business: Business, *, staff: Mapping[StaffId, str], now: datetime) -> bytes:
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
        calendar.add_component(_event(booking, business, staff, now))
    return calendar.to_ical()


def _event(booking: Booking, business: Business, staff: Mapping[StaffId, str], now: datetime) -> Any:
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
    if person := staff.get(booking.staff_id) if booking.staff_id else None:
        event.add("description", _text(person))
    if business.address:
        event.add("location", _text(business.address))
    if phone := re.sub(r"[^\d+]", "", business.phone):
        event.add("organizer", address(f"tel:{phone}", plain(business.name).replace('"', "'")))
    return event


def _text(text: str) -> Text:
    return Text(plain(text))


# --- for a spreadsheet ----------------------------------------------------------------------------------------------
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
    "status",
    "price",
    "currency",
    "notes",
    "booking_id",
)


def write_csv(bookings: Sequence[Booking], business: Business, *, staff: Mapping[StaffId, str]) -> bytes:
    """UTF-8 with its mark, because Excel asks for one; times in the business's zone; what looks like a formula is text.

    A price the reader may not see is an empty cell.
    """
    return as_csv(COLUMNS, (_row(booking, business, staff, business.zone) for booking in bookings))


def _row(booking: Booking, business: Business, staff: Mapping[StaffId, str], zone: ZoneInfo) -> list[str]:
    starts, ends = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    price = "" if booking.price_cents is None else f"{booking.price_cents / 100:.2f}"
    return [
        f"{starts:%Y-%m-%d}",
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        str(booking.duration_minutes),
        booking.customer_name,
        booking.customer_phone or "",
        booking.customer_email or "",
        booking.service_name,
        staff.get(booking.staff_id, "") if booking.staff_id else "",
        booking.status.value,
        price,
        business.currency if price else "",
        booking.notes or "",
        booking.booking_id,
    ]
