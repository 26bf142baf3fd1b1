"""Customers of the business."""

import sqlite3

from client.models.customers import Customer
from client.models.ids import CustomerId
from client.storage.columns import instant_or_none


def get(conn: sqlite3.Connection, customer_id: CustomerId) -> Customer | None:
    row = conn.execute(
        "SELECT id, name, preferred_name, phone, email, status, first_visit_at, last_visit_at, total_bookings, "
        "no_shows, lifetime_cents, language, preferences, notes FROM customers WHERE id = ?",
        (customer_id,),
    ).fetchone()
    if row is None:
        return None
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
