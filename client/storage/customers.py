"""Customers of the business."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from client.models.customers import Customer
from client.models.ids import CustomerId
from client.storage.columns import instant_or_none

_COLUMNS = """id, name, preferred_name, phone, email, status, first_visit_at, last_visit_at, total_bookings, no_shows,
lifetime_cents, language, preferences, notes"""


def get(conn: sqlite3.Connection, customer_id: CustomerId) -> Customer | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM customers WHERE id = ?", (customer_id,)).fetchone()
    return _customer(row) if row else None


def named(conn: sqlite3.Connection, name: str) -> list[Customer]:
    """Everybody of exactly that name, whatever its capitals."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM customers WHERE name = ? COLLATE NOCASE ORDER BY id", (name,))
    return [_customer(row) for row in rows]


def where(
    conn: sqlite3.Connection, condition: str, values: Sequence[Any], first: str, limit: int
) -> tuple[Customer, ...]:
    """For search.py: at most `limit`, those whose name is like the GLOB `first` first, then the latest visitors."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM customers WHERE {condition} "
        "ORDER BY name GLOB ? DESC, name GLOB ? DESC, last_visit_at DESC, name, id LIMIT ?",
        (*values, first, f"* {first}", limit),
    )
    return tuple(_customer(row) for row in rows)


def _customer(row: tuple[Any, ...]) -> Customer:
    return Customer(
        customer_id=CustomerId(row[0]),
        name=row[1],
        preferred_name=row[2],
        phone=row[3],
        email=row[4],
        status=row[5],
        first_visit_at=instant_or_none(row[6]),
        last_visit_at=instant_or_none(row[7]),
        total_bookings=row[8],
        no_shows=row[9],
        lifetime_cents=row[10],
        language=row[11],
        preferences=row[12],
        notes=row[13],
    )
