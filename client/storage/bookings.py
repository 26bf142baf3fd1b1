"""Bookings as this device sees them: the server's rows with the owner's own waiting changes already in them."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId, CustomerId, ResourceId, StaffId
from client.storage.columns import constructor, instant, instant_or_none, milliseconds, word, zone

_COLUMNS = """id, customer_id, customer_name, customer_phone, customer_email, service_id, service_name, staff_id,
starts_at, ends_at, time_zone, status, source, employee_id, call_id, price_cents, paid_cents, payment_status, notes,
reminder_sent, created_at, confirmed_at, completed_at, cancelled_at, cancellation_reason, series_id,
series_label, updated_at, updated_by, updated_call_id, resource_id, version, dirty"""

LONGEST: Final = timedelta(hours=24)
"""How long a booking may be, with room to spare: so far back is looked for what reaches into a day."""


def between(conn: sqlite3.Connection, start: datetime, end: datetime, *, cancelled: bool = False) -> list[Booking]:
    """Bookings that start in [start, end), by start; without the cancelled ones unless asked for."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM bookings WHERE starts_at >= ? AND starts_at < ? {_status(cancelled)}",
        (milliseconds(start), milliseconds(end)),
    )
    return [_booking(row) for row in sorted(rows, key=_by_start)]


def overlapping(
    conn: sqlite3.Connection,
    start: datetime,
    end: datetime,
    *,
    cancelled: bool = False,
    staff_id: StaffId | None = None,
    resource_id: ResourceId | None = None,
) -> list[Booking]:
    """Bookings of which any part lies in [start, end), by start; without the cancelled ones unless asked for.

    `staff_id`, `resource_id`: only those of this member of staff, or in this resource.
    """
    whose = (staff_id, resource_id) if staff_id or resource_id else ()
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM bookings WHERE starts_at >= ? AND starts_at < ? AND ends_at > ? {_status(cancelled)} "
        f"{'AND (staff_id = ? OR resource_id = ?)' if whose else ''}",
        (milliseconds(start - LONGEST), milliseconds(end), milliseconds(start), *whose),
    )
    return [_booking(row) for row in sorted(rows, key=_by_start)]


def count_between(conn: sqlite3.Connection, start: datetime, end: datetime, *, cancelled: bool = False) -> int:
    """How many `between` would give."""
    sql = f"SELECT count(*) FROM bookings WHERE starts_at >= ? AND starts_at < ? {_status(cancelled)}"
    return int(conn.execute(sql, (milliseconds(start), milliseconds(end))).fetchone()[0])


def get(conn: sqlite3.Connection, booking_id: BookingId) -> Booking | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM bookings WHERE id = ?", (booking_id,)).fetchone()
    return _booking(row) if row else None


def with_prefix(conn: sqlite3.Connection, prefix: str, limit: int) -> list[Booking]:
    """At most `limit` bookings whose id begins so."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM bookings WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (prefix, prefix + "\U0010ffff", limit),
    )
    return [_booking(row) for row in rows]


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any]) -> list[Booking]:
    """For search.py and timeline.py, which know what they ask."""
    return [_booking(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM bookings WHERE {condition}", values)]


def next_of(conn: sqlite3.Connection, customer_id: CustomerId, after: datetime) -> Booking | None:
    """The customer's first booking that starts after this instant and is not cancelled."""
    sql = "customer_id = ? AND starts_at > ? AND status <> 'cancelled' ORDER BY starts_at, id LIMIT 1"
    return next(iter(where(conn, sql, (customer_id, milliseconds(after)))), None)


def previous_of(conn: sqlite3.Connection, customer_id: CustomerId, before: datetime) -> Booking | None:
    """The customer's last booking that started before this instant and was not cancelled."""
    sql = "customer_id = ? AND starts_at < ? AND status <> 'cancelled' ORDER BY starts_at DESC, id DESC LIMIT 1"
    return next(iter(where(conn, sql, (customer_id, milliseconds(before)))), None)


def of_columns(row: Mapping[str, Any]) -> Booking:
    """The booking of a row by column names; `dirty` may be missing."""
    return _booking(tuple(row.get(name.strip()) for name in _COLUMNS.split(",")))


def _status(cancelled: bool) -> str:
    return "" if cancelled else "AND status <> 'cancelled'"


_by_start: Final = itemgetter(8, 0)
"""SQLite would put whole rows in order."""

_made: Final = constructor(Booking)


def _booking(row: tuple[Any, ...]) -> Booking:
    """The fields of a booking are in the order of the columns."""
    return _made(
        *row[:8],
        *(instant(row[8]), instant(row[9]), zone(row[10]), word(BookingStatus, row[11], BookingStatus.UNKNOWN)),
        *row[12:19],
        *(bool(row[19]), instant(row[20]), instant_or_none(row[21]), instant_or_none(row[22])),
        *(instant_or_none(row[23]), row[24], row[25], row[26], instant_or_none(row[27])),
        *row[28:32],
        bool(row[32]),
    )
