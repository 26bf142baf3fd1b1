"""Customers of the business."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from client.models.customers import Customer
from client.models.ids import CustomerId
from client.models.tallies import Group
from client.storage import cursors, tallies
from client.storage.columns import instant_or_none

_COLUMNS = "id, name, preferred_name, phone, email, status, first_visit_at, last_visit_at, language, preferences, notes"


def get(conn: sqlite3.Connection, customer_id: CustomerId) -> Customer | None:
    found = _read(conn, conn.execute(f"SELECT {_COLUMNS} FROM customers WHERE id = ?", (customer_id,)))
    return found[0] if found else None


def named(conn: sqlite3.Connection, name: str) -> list[Customer]:
    """Everybody of exactly that name, whatever its capitals."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM customers WHERE name = ? COLLATE NOCASE ORDER BY id", (name,))
    return _read(conn, rows)


def where(
    conn: sqlite3.Connection, condition: str, values: Sequence[Any], first: str, limit: int
) -> tuple[Customer, ...]:
    """For search.py: at most `limit`, those whose name is like the GLOB `first` first, then the latest visitors."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM customers WHERE {condition} "
        "ORDER BY name GLOB ? DESC, name GLOB ? DESC, last_visit_at DESC, name, id LIMIT ?",
        (*values, first, f"* {first}", limit),
    )
    return tuple(_read(conn, rows))


def _read(conn: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> list[Customer]:
    found = list(rows)
    core = cursors.stream(conn, "core")
    if core.cursor and core.ccursor is None:
        return [_customer(row, None) for row in found]
    booked = tallies.of_customers(conn, [row[0] for row in found])
    return [_customer(row, tuple(booked.get(row[0], ()))) for row in found]


def _customer(row: tuple[Any, ...], booked: tuple[Group, ...] | None) -> Customer:
    return Customer(
        customer_id=CustomerId(row[0]),
        name=row[1],
        preferred_name=row[2],
        phone=row[3],
        email=row[4],
        status=row[5],
        first_visit_at=instant_or_none(row[6]),
        last_visit_at=instant_or_none(row[7]),
        language=row[8],
        preferences=row[9],
        notes=row[10],
        booked=booked,
    )
