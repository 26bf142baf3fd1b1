"""Edits without a network, each one committed, against the least that keeps one: three statements in one transaction.

Ours is what the app does for a tap: the diary is asked whether the time can be had, the server's row is kept, the
change is noted, the row on screen is changed, and all of it is on disk; the change is in a second file as well, which
the disk has within 10 ms, several edits at a time, while others go on.  The floor keeps a row, a change and a new time
of the same sizes with SQLite alone, on the same settings, in a copy of the file: a commit of somebody else would make
the app look at the business again.  They take turns, and with them the least a disk can be asked for: one small write
and a sync, by SQLite and without it.
"""

import asyncio
import contextlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.big_business import TODAY, booking_id, fill, first_today
from bench.result import Measure, Result, percentile
from client.editing import BookingChange, change_booking
from client.models.ids import BookingId
from client.storage import bookings
from client.storage.database import Database
from client.storage.mirror import sync

EDITS = 1000
BOOKINGS = 50_000
MUST_MS = 0.5


def run() -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edits.db"
        db = fill(path, BOOKINGS)
        floor = _floor_connection(_copy(path))
        times = asyncio.run(_measure(db, floor, Path(folder) / "bare"))
        floor.close()
        db.close()
    mine, least, commit, sync = (
        statistics.median(each) for each in (times.ours, times.floor, times.commit, times.sync)
    )
    detail = (
        f"floor {least:.3g} ms, p99 {percentile(times.ours, 0.99):.3g} ms; of this disk a commit of one row with FULL "
        f"takes {commit:.3g} ms and a bare write with its sync {sync:.3g} ms"
    )
    if sync > MUST_MS / 2:
        detail += ": no edit that is on disk can take much less here"
    return Result(
        bench="edits",
        what=f"{EDITS:,} edits without a network, each on disk (FULL)",
        measures=(
            Measure(name="an edit, median", value=mine, unit="ms", must=MUST_MS, detail=detail),
            Measure(name="against the floor", value=mine / least, unit="x", must=4.0, aim=2.0),
        ),
    )


@dataclass(slots=True)
class Times:
    """Milliseconds of each edit, of each write of the floor, of the least commit, of a write and a sync alone."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)
    sync: list[float] = field(default_factory=list)


async def _measure(db: Database, floor: sqlite3.Connection, bare: Path) -> Times:
    first = first_today(BOOKINGS)
    times = Times()
    with bare.open("ab", buffering=0) as file:
        for number in range(first, first + EDITS):
            at = BookingId(booking_id(number))
            change = _change(db, at, number)
            begun = time.perf_counter()
            await db.write(lambda conn, at=at, to=change: change_booking(conn, at, to, now=TODAY))
            times.ours.append((time.perf_counter() - begun) * 1000)
            times.floor.append(_timed(lambda n=number: _least(floor, booking_id(n - first), n)))
            times.commit.append(_timed(lambda n=number: floor.execute("INSERT INTO one VALUES (?)", (n,))))
            times.sync.append(_timed(lambda: (file.write(b"x" * 4096), sync(file.fileno()))))
    return times


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _change(db: Database, at: BookingId, number: int) -> BookingChange:
    """A move by ten minutes, or a note, in turns."""
    if number % 2:
        return BookingChange(notes=f"Called at noon, number {number}")
    booking = db.read(lambda conn: bookings.get(conn, at))
    assert booking is not None
    return BookingChange(starts_at=booking.starts_at + timedelta(minutes=10))


def _copy(path: Path) -> Path:
    copy = path.with_name("floor.db")
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("VACUUM INTO ?", (str(copy),))
    return copy


def _floor_connection(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -8000"):
        conn.execute(f"PRAGMA {pragma}").fetchall()
    conn.execute("CREATE TABLE kept (id TEXT PRIMARY KEY, row TEXT, version INTEGER) WITHOUT ROWID")
    conn.execute("CREATE TABLE noted (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, payload TEXT, undo TEXT)")
    conn.execute("CREATE INDEX noted_by_id ON noted(id)")
    conn.execute("CREATE TABLE one (n INTEGER)")
    return conn


def _least(conn: sqlite3.Connection, at: str, number: int) -> None:
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT INTO kept VALUES (?, ?, ?)", (at, "r" * 800, 1))
    conn.execute("INSERT INTO noted (id, payload, undo) VALUES (?, ?, ?)", (at, "p" * 350, "u" * 450))
    conn.execute("UPDATE bookings SET starts_at = starts_at + ?, dirty = 1 WHERE id = ?", (number % 2, at))
    conn.execute("COMMIT")
