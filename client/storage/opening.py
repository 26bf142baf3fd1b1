"""How a database file is opened, by the one connection that writes and by those that read; and how it is put aside."""

import os
import sqlite3
import sys
from pathlib import Path
from typing import Final

from client.clock import Clock
from client.storage import call_index, driver, mirror, schema, sealing, tallying
from client.storage.driver import Key
from client.storage.noting import NotingConnection

_CONNECTION: Final = """
PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8000
"""
_WRITER: Final = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;
PRAGMA journal_size_limit = 16777216
"""
_READER: Final = "PRAGMA query_only = ON"
_MAC: Final = "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON"


def writer(path: Path, key: Key | None, clock: Clock) -> NotingConnection:
    """The writing connection, with the newest schema under it.  Raises SQLite's errors, DatabaseTooNew."""
    conn = driver.connect_noting(path, key)
    try:
        for script in (_CONNECTION, _WRITER, *((_MAC,) if sys.platform == "darwin" else ())):
            pragmas(conn, script)
        schema.migrate(conn)
        _settle(conn, clock)
    except BaseException:
        conn.close()
        raise
    return conn


def reader(path: Path, key: Key | None) -> sqlite3.Connection:
    """A connection that cannot write.  Raises SQLite's errors."""
    conn = driver.connect(path, key)
    try:
        for script in (_CONNECTION, _READER):
            pragmas(conn, script)
    except BaseException:
        conn.close()
        raise
    return conn


def pragmas(conn: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";"):
        conn.execute(statement).fetchall()


def move_aside(path: Path, clock: Clock) -> Path:
    """Rename a damaged database, and its log, to `.corrupt-<milliseconds>`; nothing of it is deleted."""
    aside = path.with_name(f"{path.name}.corrupt-{clock.now_ms()}")
    _move(path, aside)
    return aside


def lock_away(path: Path, clock: Clock) -> Path:
    """As `move_aside`, to `.locked-<milliseconds>`: a database whose key is lost, with all else that it encrypted."""
    aside = path.with_name(f"{path.name}.locked-{clock.now_ms()}")
    for part in (mirror.path_beside, sealing.mark_of):
        if part(path).exists():
            os.replace(part(path), part(aside))  # noqa: PTH105
    _move(path, aside)
    return aside


def _move(path: Path, aside: Path) -> None:
    # The log first: without its file it is nothing, but a fresh file beside an old log would take that for its own.
    for tail in ("-wal", "-shm", ""):
        part = path.with_name(path.name + tail)
        if part.exists():
            os.replace(part, aside.with_name(aside.name + tail))  # noqa: PTH105


def _settle(conn: sqlite3.Connection, clock: Clock) -> None:
    """What must be true of an open file: it has a client id, a place for the words of its calls, and indexes
    unless a first sync is still loading it."""
    fts5 = str(int(schema.has_fts5(conn)))
    if dict(conn.execute("SELECT k, v FROM meta WHERE k IN ('client_id', 'fts5')")).get("fts5") != fts5:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("INSERT OR IGNORE INTO meta VALUES ('client_id', ?), ('next_mid', '1')", (clock.new_id(),))
        conn.execute("INSERT OR REPLACE INTO meta VALUES ('fts5', ?)", (fts5,))
        conn.execute("COMMIT")
    call_index.prepare(conn)
    if conn.execute("SELECT 1 FROM streams WHERE name = 'core' AND ccursor IS NOT NULL").fetchone():
        schema.ensure_indexes(conn)
        if not tallying.are_complete(conn):
            conn.execute("BEGIN IMMEDIATE")
            tallying.ensure(conn)
            conn.execute("COMMIT")
