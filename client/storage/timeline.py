"""Everything this device knows of one customer, newest first: bookings, calls, messages, the owner's changes."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from client.models.bookings import Booking, Message
from client.models.calls import Call
from client.models.ids import CustomerId
from client.models.mutations import Change, PastChange
from client.storage import bookings, calls, messages, outbox
from client.storage.columns import milliseconds

Thing = Booking | Call | Message | Change | PastChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in the line: the page after this entry is that `before` it.  `key` is unique.

    `at`: when the booking begins, the call began, the message went out, the change was made.
    """

    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Spot):
    thing: Thing


def of_customer(
    conn: sqlite3.Connection, customer_id: CustomerId, limit: int, before: Spot | None = None
) -> list[Entry]:
    """The newest `limit` entries, or those after `before`."""
    found = [entry for source in _SOURCES for entry in source(conn, customer_id, limit, before)]
    found.sort(key=lambda entry: (entry.at, entry.key), reverse=True)
    return found[:limit]


_Source = Callable[[sqlite3.Connection, CustomerId, int, Spot | None], list[Entry]]


def _older(at: str, key: str, before: Spot | None, limit: int) -> tuple[str, tuple[Any, ...]]:
    """The end of a query for what comes after `before`, newest first."""
    if before is None:
        return f"ORDER BY {at} DESC, {key} DESC LIMIT ?", (limit,)
    condition = f"AND ({at}, {key}) < (?, ?) ORDER BY {at} DESC, {key} DESC LIMIT ?"
    return condition, (milliseconds(before.at), before.key, limit)


def _bookings(conn: sqlite3.Connection, customer_id: CustomerId, limit: int, before: Spot | None) -> list[Entry]:
    end, values = _older("starts_at", "id", before, limit)
    rows = bookings.where(conn, f"customer_id = ? {end}", (customer_id, *values))
    return [Entry(at=booking.starts_at, key=booking.booking_id, thing=booking) for booking in rows]


def _calls(conn: sqlite3.Connection, customer_id: CustomerId, limit: int, before: Spot | None) -> list[Entry]:
    end, values = _older("started_at", "id", before, limit)
    rows = calls.where(conn, f"customer_id = ? {end}", (customer_id, *values))
    return [Entry(at=call.started_at, key=call.call_id, thing=call) for call in rows]


def _messages(conn: sqlite3.Connection, customer_id: CustomerId, limit: int, before: Spot | None) -> list[Entry]:
    end, values = _older("sent_at", "id", before, limit)
    rows = messages.where(conn, f"customer_id = ? {end}", (customer_id, *values))
    return [Entry(at=message.sent_at, key=message.message_id, thing=message) for message in rows]


_THEIRS: Final = "kind = 'bookings' AND id IN (SELECT id FROM bookings WHERE customer_id = ?)"
_KEY: Final = "printf('change-%020d', change_id)"


def _changes(conn: sqlite3.Connection, customer_id: CustomerId, limit: int, before: Spot | None) -> list[Entry]:
    end, values = _older("created_at", _KEY, before, limit)
    waiting: Sequence[Change] = outbox.where(conn, f"{_THEIRS} {end}", (customer_id, *values))
    settled: Sequence[PastChange] = outbox.past_where(conn, f"{_THEIRS} {end}", (customer_id, *values))
    return [
        Entry(at=change.created_at, key=f"change-{change.change_id:020d}", thing=change)
        for change in (*waiting, *settled)
    ]


_SOURCES: Final[tuple[_Source, ...]] = (_bookings, _calls, _messages, _changes)
