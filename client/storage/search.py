"""Finding customers and bookings by some letters of a name, an address or a service, or by digits of a number.

The names of all customers are gone through: 2 ms for 5,000 of them, 20 to 50 ms for 60,000, on any SQLite.  An index of
words (FTS5) would answer at once, but triggers may not write one while schemas are not trusted, some phones have none,
and it knows no letters inside of words.  The bookings of those who are found have an index.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from client.models.bookings import Booking
from client.models.customers import Customer
from client.storage import bookings, customers
from client.storage.columns import milliseconds
from client.storage.letters import folded, glob, glob_start, like

LEAST_DIGITS: Final = 3
"""Fewer are not looked for in numbers: everybody has them."""

_MOST_WORDS: Final = 6
_LONGEST_WORD: Final = 40
_IN_NUMBERS: Final = frozenset("0123456789+-./() ")
_NUMBER: Final = "replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`customers`: those whose name begins so first, then the latest visitors.  `bookings`: coming ones, then past."""

    customers: tuple[Customer, ...] = ()
    bookings: tuple[Booking, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """A condition and what its question marks stand for."""

    sql: str
    values: tuple[Any, ...]


def search(conn: sqlite3.Connection, text: str, limit: int, now: datetime) -> Found:
    """At most `limit` customers, and as many bookings, in which every word of `text` occurs; nothing for no words.

    A booking is found by its customer, by the name it was made for, or by its service.
    """
    if digits := _digits(text):
        numbered = customers.where(conn, *_numbered(digits), "", limit)
        return Found(customers=numbered, bookings=_of_people(conn, numbered, limit, now))
    words = _words(text)
    if not words:
        return Found()
    served = _of_service(conn, words, limit, now)
    named = _named(conn, text, words, limit)
    found = (*_of_people(conn, named, limit, now), *_of_nobody(conn, words, limit, now), *served)
    return Found(customers=named, bookings=_nearest(found, limit, now))


def find_customers(conn: sqlite3.Connection, text: str, limit: int) -> tuple[Customer, ...]:
    """As `search`, customers alone."""
    if digits := _digits(text):
        return customers.where(conn, *_numbered(digits), "", limit)
    words = _words(text)
    return _named(conn, text, words, limit) if words else ()


def _named(conn: sqlite3.Connection, text: str, words: Sequence[str], limit: int) -> tuple[Customer, ...]:
    condition = _all_of(words, ("name", "preferred_name", "email") if "@" in text else ("name", "preferred_name"))
    return customers.where(conn, condition.sql, condition.values, glob_start(words[0]), limit)


def _digits(text: str) -> str:
    """The digits of what can only be a telephone number."""
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    return digits if len(digits) >= LEAST_DIGITS and set(text) <= _IN_NUMBERS else ""


def _words(text: str) -> list[str]:
    readable = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
    return [word[:_LONGEST_WORD] for word in folded(readable).split()[:_MOST_WORDS]]


def _numbered(digits: str) -> tuple[str, tuple[str, str]]:
    # The first condition costs little and lets few through to the second.
    loose = f"%{'%'.join(digits)}%"
    return f"phone LIKE ? AND {_NUMBER} LIKE ?", (loose, f"%{digits}%")


def _all_of(words: Sequence[str], columns: Sequence[str]) -> _Where:
    """Each of the words occurs in one of the columns."""
    any_column = " OR ".join(
        rf"{column} LIKE ? ESCAPE '\' OR (length({column}) <> length(CAST({column} AS BLOB)) AND {column} GLOB ?)"
        for column in columns
    )
    values = tuple(value for word in words for _ in columns for value in (like(word), glob(word)))
    return _Where(sql=" AND ".join(f"({any_column})" for _ in words), values=values)


def _of_people(conn: sqlite3.Connection, found: Sequence[Customer], limit: int, now: datetime) -> tuple[Booking, ...]:
    if not found:
        return ()
    marks = ", ".join("?" * len(found))
    where = _Where(sql=f"customer_id IN ({marks})", values=tuple(person.customer_id for person in found))
    return _around(conn, where, limit, now)


def _of_nobody(conn: sqlite3.Connection, words: Sequence[str], limit: int, now: datetime) -> tuple[Booking, ...]:
    """Bookings made for somebody who is not a customer yet."""
    where = _all_of(words, ("customer_name",))
    return _around(conn, _Where(sql=f"customer_id IS NULL AND {where.sql}", values=where.values), limit, now)


def _of_service(conn: sqlite3.Connection, words: Sequence[str], limit: int, now: datetime) -> tuple[Booking, ...]:
    """The next bookings of the services that are called so."""
    where = _all_of(words, ("name",))
    ids = [service_id for (service_id,) in conn.execute(f"SELECT id FROM services WHERE {where.sql}", where.values)]
    if not ids:
        return ()
    marks = ", ".join("?" * len(ids))
    sql = f"starts_at >= ? AND +service_id IN ({marks}) ORDER BY starts_at, id LIMIT ?"
    return tuple(bookings.where(conn, sql, (milliseconds(now), *ids, limit)))


def _around(conn: sqlite3.Connection, where: _Where, limit: int, now: datetime) -> tuple[Booking, ...]:
    """At most `limit` that come next, and as many of the latest past ones."""
    at = milliseconds(now)
    following = f"{where.sql} AND starts_at >= ? ORDER BY starts_at, id LIMIT ?"
    past = f"{where.sql} AND starts_at < ? ORDER BY starts_at DESC, id DESC LIMIT ?"
    return tuple(
        booking for sql in (following, past) for booking in bookings.where(conn, sql, (*where.values, at, limit))
    )


def _nearest(found: Iterable[Booking], limit: int, now: datetime) -> tuple[Booking, ...]:
    """Each once; what comes next soonest first, then what is past latest first."""
    each = {booking.booking_id: booking for booking in found}.values()
    following = sorted((b for b in each if b.starts_at >= now), key=lambda b: (b.starts_at, b.booking_id))
    past = sorted((b for b in each if b.starts_at < now), key=lambda b: (b.starts_at, b.booking_id), reverse=True)
    return tuple((*following, *past)[:limit])
