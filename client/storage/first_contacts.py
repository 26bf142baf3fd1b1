"""Leads that were spoken to, and how long each waited for it: from when it came in until it was first contacted."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from client.models.ids import LeadId
from client.storage.columns import id_list, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstContact:
    """`contacted_at`: when it first went from new to contacted; None: its history here does not have that.

    `at`: that instant, or when the lead was last changed where it is not known.
    """

    lead_id: LeadId
    name: str
    source: str
    since: datetime
    at: datetime
    contacted_at: datetime | None


def made(conn: sqlite3.Connection, lead_ids: Collection[str] | None = None) -> list[FirstContact]:
    """Leads that were contacted or have come further, newest first: all of them, or those of `lead_ids`."""
    rows = conn.execute(_CONTACTED, (id_list(lead_ids),))
    return [
        FirstContact(
            lead_id=row[0],
            name=row[1],
            source=row[2],
            since=instant(row[3]),
            contacted_at=None if row[4] is None else instant(row[4]),
            at=instant(row[5]),
        )
        for row in rows
    ]


def known_from(conn: sqlite3.Connection) -> datetime | None:
    """The first stage of a lead that the history on this device has."""
    found = conn.execute("SELECT min(at) FROM events WHERE verb = 'lead_stage'").fetchone()[0]
    return None if found is None else instant(found)


_CONTACTED = """
WITH spoken AS MATERIALIZED (
    SELECT l.*, (
        SELECT min(e.at) FROM events e
        WHERE e.subject_id = l.id AND e.verb = 'lead_stage' AND e.before = 'new' AND e.after = 'contacted'
            AND e.at >= l.created_at) AS contacted_at
    FROM leads l WHERE ?1 IS NULL OR l.id IN (SELECT value FROM json_each(?1)))
SELECT id, name, source, created_at, contacted_at, coalesce(contacted_at, updated_at) AS at FROM spoken
WHERE contacted_at IS NOT NULL OR stage IN ('contacted', 'qualified', 'converted')
ORDER BY at DESC, id DESC
"""
