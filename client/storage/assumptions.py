"""What the owner has said about their own business."""

import sqlite3

from client.models.assumptions import Assumptions
from client.storage.columns import instant_or_none


def get(conn: sqlite3.Connection) -> Assumptions | None:
    """None before the first sync, and for a role that may not see money."""
    row = conn.execute(
        "SELECT wage_cents_per_hour, hours_per_week, missed_call_value_cents, currency, updated_at, updated_by, dirty "
        "FROM assumptions ORDER BY version DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return Assumptions(
        wage_cents_per_hour=row[0],
        hours_per_week=row[1],
        missed_call_value_cents=row[2],
        currency=row[3],
        updated_at=instant_or_none(row[4]),
        updated_by=row[5],
        pending=bool(row[6]),
    )
