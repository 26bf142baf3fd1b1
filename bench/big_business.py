"""A database file of a business with very many bookings, filled without a server: rows as the feed brings them."""

import itertools
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from client.clock import Clock
from client.models.ids import uuid7
from client.storage import schema, tallying
from client.storage.columns import json_text, milliseconds
from client.storage.database import Database

TODAY = datetime(2025, 11, 24, 8, tzinfo=UTC)
"""A Monday, midnight in Los Angeles."""

_FIRST = (
    "Maria",
    "José",
    "Zoë",
    "Ben",
    "Priya",
    "Jun",
    "Ana",
    "Søren",
    "Łukasz",
    "Kim",
    "Rosa",
    "Ida",
    "Tom",
    "Amélie",
)
_LAST = (
    "Gómez",
    "Smith",
    "Müller",
    "Shah",
    "Ortiz",
    "Lee",
    "Lind",
    "Baker",
    "Nguyen",
    "O'Hara",
    "Peña",
    "Kovač",
    "Berg",
)
_HOURS = json_text({day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
_TAIL = {"version": 1, "gen": 1}
A_DAY = 60
DAYS_AHEAD = 60
STAFF = 6


def fill(path: Path, bookings: int) -> Database:
    """A filled and complete file, its indexes made.  A customer for every eight bookings, sixty bookings a day."""
    db = Database.open(path, Clock())
    chance = random.Random(1)
    db.write_blocking(lambda conn: _business(conn))
    db.write_blocking(lambda conn: _put_all(conn, "customers", _customers(bookings // 8, chance)))
    db.write_blocking(lambda conn: _put_all(conn, "bookings", _bookings(bookings, bookings // 8, chance)))
    db.write_blocking(lambda conn: _put_all(conn, "calls", _calls(bookings // 20, bookings // 8, chance)))
    db.write_blocking(_complete)
    return db


def customer_id(number: int) -> str:
    return uuid7(number, lambda bits: number & ((1 << bits) - 1))


def booking_id(number: int) -> str:
    """Of the booking at that place in time; the first of today is `first_today`."""
    return uuid7(1_000_000 + number, lambda bits: number & ((1 << bits) - 1))


def first_today(bookings: int) -> int:
    return (bookings // A_DAY - DAYS_AHEAD) * A_DAY


def _complete(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE streams SET complete = 1, cursor = 'c', ccursor = 'c', stage = 'follow', as_of = 0")
    schema.ensure_indexes(conn)
    tallying.ensure(conn)
    conn.execute("ANALYZE")


def _business(conn: sqlite3.Connection) -> None:
    head = {"id": "acc", "name": "Bella Salon", "business_type": "salon", "time_zone": "America/Los_Angeles"}
    more = {"currency": "USD", "locale": "en-US", "phone": "", "address": "", "opening_hours": _HOURS}
    _put_all(conn, "business", [{**head, **more, "closed_days": "[]", **_TAIL}])
    _put_all(conn, "staff", (_person(number) for number in range(STAFF)))
    _put_all(conn, "services", (_service(number) for number in range(20)))


def _person(number: int) -> dict[str, Any]:
    head = {"id": f"staff-{number}", "name": f"Ana {number}", "initials": "AN", "colour_index": number}
    return {**head, "services": "[]", "works": _HOURS, "active": 1, **_TAIL}


def _service(number: int) -> dict[str, Any]:
    head = {"id": f"service-{number}", "name": f"Cut {number}", "duration_minutes": 45, "buffer_minutes": 5}
    return {**head, "price_cents": 4500, "category": "Hair", "active": 1, **_TAIL}


def _customers(count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        yield {
            **{
                "id": customer_id(number),
                "name": name,
                "phone": f"+1 555 {number:07}",
                "email": f"p{number}@x.example",
            },
            **{
                "status": "active",
                "total_bookings": 8,
                "no_shows": 0,
                "language": "en",
                "notes": "Likes it short. " * 4,
            },
            **_TAIL,
        }


def _bookings(count: int, customers: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    first = TODAY - timedelta(days=count // A_DAY - DAYS_AHEAD)
    for number in range(count):
        day, place = divmod(number, A_DAY)
        starts_at = first + timedelta(days=day, hours=9 + place // STAFF * 0.75)
        who = chance.randrange(customers)
        yield {
            **{"id": booking_id(number), "customer_id": customer_id(who), "customer_name": f"{_FIRST[who % 14]} Lind"},
            **{"customer_phone": f"+1 555 {who:07}", "service_id": f"service-{number % 20}", "service_name": "Cut"},
            **{"staff_id": f"staff-{place % STAFF}", "starts_at": milliseconds(starts_at), "status": "confirmed"},
            **{"ends_at": milliseconds(starts_at + timedelta(minutes=30)), "time_zone": "America/Los_Angeles"},
            **{"source": "luna", "price_cents": 4500, "paid_cents": 0, "payment_status": "pending"},
            **{"reminder_sent": 1, "created_at": 0, "notes": "Colour 7.1 with 20 vol, 35 minutes. Tea without sugar."},
            **_TAIL,
        }


def _calls(count: int, customers: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        at = milliseconds(TODAY - timedelta(minutes=17 * number))
        yield {
            **{
                "id": f"call-{number}",
                "customer_id": customer_id(chance.randrange(customers)),
            },
            **{
                "direction": "inbound",
                "employee_id": "luna",
                "employee_name": "Luna",
                "started_at": at,
                "ended_at": at,
            },
            **{"status": "ended", "handler": "ai", "extracted": "{}", "language": "en", "requires_followup": 0},
            **{"consent": '{"state":"given"}', "flags": "[]", "turn_count": 4, **_TAIL},
        }


def _put_all(conn: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
    rows = iter(rows)
    first = next(rows)
    names = ", ".join(first)
    sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(first))})"
    conn.executemany(sql, (tuple(row.values()) for row in itertools.chain([first], rows)))
