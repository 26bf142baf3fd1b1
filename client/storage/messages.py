"""What the server sent to clients."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from client.models.bookings import Message
from client.models.ids import BookingId
from client.storage.columns import instant

_COLUMNS = "id, customer_id, booking_id, channel, recipient, text, state, sent_at, sent_by"


def of_booking(conn: sqlite3.Connection, booking_id: BookingId) -> list[Message]:
    """All about one booking, newest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM messages WHERE booking_id = ? ORDER BY sent_at DESC, id DESC", (booking_id,)
    )
    return [_message(row) for row in rows]


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any]) -> list[Message]:
    """For timeline.py, which knows what it asks."""
    return [_message(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM messages WHERE {condition}", values)]


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
