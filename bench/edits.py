"""Edits without a network, each one committed, against the least that keeps one: three statements in one transaction.

Ours is what the app does for a tap: the diary is asked whether the time can be had, the server's row is kept, the
change is noted, the row on screen is changed, and all of it is on disk.  The floor keeps a row, a change and a new time
of the same sizes with SQLite alone, on the same settings.  Both take turns on the same file.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.big_business import TODAY, booking_id, fill, first_today
from bench.result import Measure, Result, percentile
from client.editing import BookingChange, change_booking
from client.models.ids import BookingId
from client.storage import bookings
from client.storage.database import Database

EDITS = 1000
BOOKINGS = 50_000


def run() -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edits.db"
        db = fill(path, BOOKINGS)
        floor = _floor_connection(path)
        ours, raw = asyncio.run(_measure(db, floor))
        floor.close()
        db.close()
    mine, least = statistics.median(ours), statistics.median(raw)
    detail = f"floor {least:.3g} ms, p99 {percentile(ours, 0.99):.3g} ms"
    return Result(
        bench="edits",
        what=f"{EDITS:,} edits without a network, each on disk (FULL)",
        measures=(
            Measure(name="an edit, median", value=mine, unit="ms", must=0.5, detail=detail),
            Measure(name="against the floor", value=mine / least, unit="x", must=4.0, aim=2.0),
        ),
    )


async def _measure(db: Database, floor: sqlite3.Connection) -> tuple[list[float], list[float]]:
    """Milliseconds of each edit and of each write of the floor."""
    first = first_today(BOOKINGS)
    ours: list[float] = []
    raw: list[float] = []
    for number in range(first, first + EDITS):
        at = BookingId(booking_id(number))
        change = _change(db, at, number)
        begun = time.perf_counter()
        await db.write(lambda conn, at=at, to=change: change_booking(conn, at, to, now=TODAY))
        ours.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        _least(floor, booking_id(number - first), number)
        raw.append((time.perf_counter() - begun) * 1000)
    return ours, raw


def _change(db: Database, at: BookingId, number: int) -> BookingChange:
    """A move by ten minutes, or a note, in turns."""
    if number % 2:
        return BookingChange(notes=f"Called at noon, number {number}")
    booking = db.read(lambda conn: bookings.get(conn, at))
    assert booking is not None
    return BookingChange(starts_at=booking.starts_at + timedelta(minutes=10))


def _floor_connection(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -8000"):
        conn.execute(f"PRAGMA {pragma}").fetchall()
    conn.execute("CREATE TABLE kept (id TEXT PRIMARY KEY, row TEXT, version INTEGER) WITHOUT ROWID")
    conn.execute("CREATE TABLE noted (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, payload TEXT, undo TEXT)")
    conn.execute("CREATE INDEX noted_by_id ON noted(id)")
    return conn


def _least(conn: sqlite3.Connection, at: str, number: int) -> None:
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT INTO kept VALUES (?, ?, ?)", (at, "r" * 800, 1))
    conn.execute("INSERT INTO noted (id, payload, undo) VALUES (?, ?, ?)", (at, "p" * 350, "u" * 450))
    conn.execute("UPDATE bookings SET starts_at = starts_at + ?, dirty = 1 WHERE id = ?", (number % 2, at))
    conn.execute("COMMIT")
