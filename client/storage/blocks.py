"""Time nobody can be booked in, as this device sees it: the server's rows with the owner's waiting changes in them."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final

from client.models.bookings import Block
from client.models.ids import BlockId, StaffId
from client.storage.columns import instant, milliseconds, zone

_COLUMNS = "id, staff_id, starts_at, ends_at, time_zone, title, source, calendar_id, dirty"

LONGEST: Final = timedelta(days=400)
"""So far back is looked for what reaches into a day: somebody may be away for months."""


def overlapping(conn: sqlite3.Connection, start: datetime, end: datetime) -> list[Block]:
    """Blocks of which any part lies in [start, end), by start."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM blocks WHERE starts_at >= ? AND starts_at < ? AND ends_at > ? ORDER BY starts_at, id",
        (milliseconds(start - LONGEST), milliseconds(end), milliseconds(start)),
    )
    return [_block(row) for row in rows]


def imported(conn: sqlite3.Connection, staff_id: StaffId | None) -> dict[str, Block]:
    """What was brought from .ics files for that person, or for everybody, by the event's identity in its file."""
    rows = conn.execute(
        f"SELECT uid, {_COLUMNS} FROM blocks WHERE source = 'ics' AND uid IS NOT NULL AND staff_id IS ?", (staff_id,)
    )
    return {row[0]: _block(row[1:]) for row in rows}


def get(conn: sqlite3.Connection, block_id: BlockId) -> Block | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM blocks WHERE id = ?", (block_id,)).fetchone()
    return _block(row) if row else None


def _block(row: tuple[Any, ...]) -> Block:
    return Block(
        block_id=row[0],
        staff_id=row[1],
        starts_at=instant(row[2]),
        ends_at=instant(row[3]),
        zone=zone(row[4]),
        title=row[5],
        source=row[6],
        calendar_id=row[7],
        pending=bool(row[8]),
    )
