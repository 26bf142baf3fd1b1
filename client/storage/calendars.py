"""The calendar feeds that the server reads for this business, with the owner's waiting changes in them."""

import sqlite3
from typing import Any

from client.models.bookings import Calendar
from client.models.ids import CalendarId
from client.storage.columns import instant_or_none

_COLUMNS = "id, name, host, staff_id, state, trouble, last_ok_at, checked_at, events, dirty"


def everything(conn: sqlite3.Connection) -> list[Calendar]:
    """All of them, by name."""
    return [_calendar(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM calendars ORDER BY name, id")]


def get(conn: sqlite3.Connection, calendar_id: CalendarId) -> Calendar | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM calendars WHERE id = ?", (calendar_id,)).fetchone()
    return _calendar(row) if row else None


def _calendar(row: tuple[Any, ...]) -> Calendar:
    return Calendar(
        calendar_id=row[0],
        name=row[1],
        host=row[2],
        staff_id=row[3],
        state=row[4],
        trouble=row[5],
        last_ok_at=instant_or_none(row[6]),
        checked_at=instant_or_none(row[7]),
        events=row[8],
        pending=bool(row[9]),
    )
