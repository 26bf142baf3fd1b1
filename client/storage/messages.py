"""What the server sent to clients."""

import sqlite3
from datetime import datetime
from typing import Any

from client.models.bookings import Message
from client.models.ids import BookingId, CustomerId
from client.storage.columns import instant, milliseconds

_COLUMNS = "id, customer_id, booking_id, channel, recipient, text, state, sent_at, sent_by"


def of_booking(conn: sqlite3.Connection, booking_id: BookingId) -> list[Message]:
    """All about one booking, newest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM messages WHERE booking_id = ? ORDER BY sent_at DESC, id DESC", (booking_id,)
    )
    return [_message(row) for row in rows]


def of_customer(
    conn: sqlite3.Connection, customer_id: CustomerId, limit: int, before: datetime | None = None
) -> list[Message]:
    """The newest to one client, at most `limit`; `before` (exclusive) gives the page after that instant."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM messages WHERE customer_id = ?1 AND (?2 IS NULL OR sent_at < ?2) "
        "ORDER BY sent_at DESC, id DESC LIMIT ?3",
        (customer_id, None if before is None else milliseconds(before), limit),
    )
    return [_message(row) for row in rows]


def _message(row: tuple[Any, ...]) -> Message:
    return Message(
        message_id=row[0],
        customer_id=row[1],
        booking_id=row[2],
        channel=row[3],
        recipient=row[4],
        text=row[5],
        state=row[6],
        sent_at=instant(row[7]),
        sent_by=row[8],
    )
