"""What the owner has said about their own business."""

import sqlite3
from typing import Final

from client.models.assumptions import TASK_MINUTES, Assumptions
from client.storage.columns import instant_or_none

_GET: Final = (
    "SELECT wage_cents_per_hour, hours_per_week, missed_call_value_cents, currency, updated_at, updated_by, dirty, "
    f"{', '.join(TASK_MINUTES.values())} FROM assumptions ORDER BY version DESC LIMIT 1"
)


def get(conn: sqlite3.Connection) -> Assumptions | None:
    """None before the first sync, and for a role that may not see money."""
    row = conn.execute(_GET).fetchone()
    if row is None:
        return None
    minutes = zip(TASK_MINUTES, row[7:], strict=True)
    return Assumptions(
        wage_cents_per_hour=row[0],
        hours_per_week=row[1],
        missed_call_value_cents=row[2],
        currency=row[3],
        updated_at=instant_or_none(row[4]),
        updated_by=row[5],
        task_minutes={kind: said for kind, said in minutes if said is not None},
        pending=bool(row[6]),
    )
