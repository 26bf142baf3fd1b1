"""Leads that were won, and how long each took: from when it came in to the first booking it led to."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from client.models.ids import LeadId
from client.storage.columns import id_list, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """`since`: when the lead was made, or the call it came from began.  `booked_at` None: no booking of it is here."""

    lead_id: LeadId
    name: str
    source: str
    since: datetime
    won_at: datetime
    booked_at: datetime | None


def won(conn: sqlite3.Connection, lead_ids: Collection[str] | None = None) -> list[Conversion]:
    """Leads that were won, newest first: by their booking, or when they were last changed where none is known.

    All of them, or those of `lead_ids`.  A lead's bookings are those of the customer with its number, or of the
    customer its call was with.
    """
    rows = conn.execute(_WON, (id_list(lead_ids),))
    return [
        Conversion(
            lead_id=row[0],
            name=row[1],
            source=row[2],
            since=instant(row[3]),
            booked_at=None if row[4] is None else instant(row[4]),
            won_at=instant(row[5]),
        )
        for row in rows
    ]


def first_lead(conn: sqlite3.Connection) -> datetime | None:
    """When the oldest lead on this device came in."""
    found = conn.execute("SELECT min(created_at) FROM leads").fetchone()[0]
    return None if found is None else instant(found)


_WON = """
WITH won AS (
    SELECT l.id, l.name, l.source, l.phone, l.call_id, l.updated_at,
        min(l.created_at, coalesce(c.started_at, l.created_at)) AS since, c.customer_id AS caller
    FROM leads l LEFT JOIN calls c ON c.id = l.call_id WHERE l.stage = 'converted'
        AND (?1 IS NULL OR l.id IN (SELECT value FROM json_each(?1)))),
booked AS MATERIALIZED (
    SELECT w.*, (
        SELECT min(b.created_at) FROM bookings b
        WHERE b.customer_id IN (SELECT id FROM customers WHERE phone = w.phone UNION SELECT w.caller)
            AND b.created_at >= w.since) AS booked_at
    FROM won w)
SELECT id, name, source, since, booked_at, coalesce(booked_at, updated_at) AS won_at FROM booked
ORDER BY won_at DESC, id DESC
"""
