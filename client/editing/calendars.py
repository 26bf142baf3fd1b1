"""The .ics feeds that the server shall read for this business."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from client.editing import texts
from client.editing.bookings import check_staff
from client.editing.edited import Edited
from client.editing.recording import check_role, record_create, record_remove
from client.editing.refusals import NotAllowed, Why
from client.models.ids import CalendarId, StaffId
from client.models.mutations import Op, Row
from client.storage import effective


def add_calendar(
    conn: sqlite3.Connection,
    name: str,
    url: str,
    staff_id: StaffId | None = None,
    *,
    now: datetime,
    new_id: Callable[[], str],
) -> Edited:
    """Have a calendar read.  Its address leaves this device and is kept by the server, which does not give it back."""
    return record_create(conn, Op.CALENDAR_ADD, new_id(), calendar_values(conn, name, url, staff_id), now)


def calendar_values(conn: sqlite3.Connection, name: str, url: str, staff_id: StaffId | None) -> Row:
    """What the server is told of a calendar.  Raises NotAllowed."""
    check_role(conn)
    check_staff(conn, staff_id)
    return {
        "name": texts.line(name, "name", texts.NAME, Why.NO_NAME),
        "url": _address(url),
        "staff_id": staff_id,
    }


def remove_calendar(conn: sqlite3.Connection, calendar_id: CalendarId, *, now: datetime) -> Edited:
    """No longer read a calendar; what it blocked becomes free when the server has heard of it."""
    check_role(conn)
    row = effective.effective_row(conn, "calendars", calendar_id)
    if row is None:
        raise NotAllowed(Why.NOT_THERE)
    return record_remove(conn, Op.CALENDAR_REMOVE, row, {}, now)


def _address(url: str) -> str:
    address = texts.line(url, "url", texts.ADDRESS, Why.BAD_ADDRESS)
    # webcal is what calendar programs call an https address that is to be subscribed to.
    if address.lower().startswith("webcal://"):
        address = f"https{address[len('webcal') :]}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise NotAllowed(Why.BAD_ADDRESS, field="url") from error
    if parts.scheme not in ("http", "https") or not host or any(char.isspace() for char in address):
        raise NotAllowed(Why.BAD_ADDRESS, field="url")
    return address
