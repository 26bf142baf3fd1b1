"""Leads that were spoken to, and how long each waited for it: from when it came in until it was first contacted."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from client.models.ids import LeadId
from client.storage.columns import instant


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


def all_of_them(conn: sqlite3.Connection) -> list[FirstContact]:
    """Every lead that was contacted or has come further, newest first."""
    rows = conn.execute(_CONTACTED)
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
WITH spoken AS (
    SELECT l.*, (
        SELECT min(e.at) FROM events e
        WHERE e.subject_id = l.id AND e.verb = 'lead_stage' AND e.before = 'new' AND e.after = 'contacted'
            AND e.at >= l.created_at) AS contacted_at
    FROM leads l)
SELECT id, name, source, created_at, contacted_at, coalesce(contacted_at, updated_at) AS at FROM spoken
WHERE contacted_at IS NOT NULL OR stage IN ('contacted', 'qualified', 'converted')
ORDER BY at DESC, id DESC
"""
