"""What can still be read of a damaged database file: what only this device knew.

The file itself is not touched: a copy of it is opened, so that SQLite may repair what its log says.  A table is read
from both ends and then number by number, because a page that is gone takes only its own rows with it.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from client.models.mutations import Row
from client.storage import schema
from client.storage.errors import StorageError

_TABLES: Final = {"outbox": "change_id", "history": "change_id", "conflicts": "conflict_id"}
_MOST_NUMBERS: Final = 100_000
"""How many numbers are tried one by one where a table cannot be read through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """Rows by table and number, and the server's rows under them by table and id."""

    rows: dict[tuple[str, int], Row] = field(default_factory=dict[tuple[str, int], Row], hash=False)
    bases: dict[tuple[str, str], Row] = field(default_factory=dict[tuple[str, str], Row], hash=False)


def read_damaged(path: Path) -> Salvaged:
    """As much of it as there is; nothing raised."""
    copy = path.with_name(f"{path.name}.salvage")
    found = Salvaged()
    with contextlib.suppress(OSError, sqlite3.Error, StorageError):
        try:
            for tail in ("", "-wal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(f"{path}{tail}", f"{copy}{tail}")
            with closing(sqlite3.connect(copy, isolation_level=None)) as conn:
                _read(conn, found)
        finally:
            for tail in ("", "-wal", "-shm", "-journal"):
                copy.with_name(copy.name + tail).unlink(missing_ok=True)
    return found


def _read(conn: sqlite3.Connection, found: Salvaged) -> None:
    schema.migrate(conn)
    for table, key in _TABLES.items():
        for row in _rows(conn, table, key):
            found.rows[table, row[key]] = row
    for kind, row_id in {(row["kind"], row["id"]) for (table, _), row in found.rows.items() if table == "outbox"}:
        with contextlib.suppress(sqlite3.Error):
            for base in _select(conn, "SELECT * FROM bases WHERE kind = ? AND id = ?", kind, row_id):
                found.bases[kind, row_id] = base


def _rows(conn: sqlite3.Connection, table: str, key: str) -> Iterator[Row]:
    """All rows that can be read."""
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.Error):
            for row in _select(conn, f"SELECT * FROM {table} ORDER BY {key} {order}"):
                if row[key] in seen:
                    break
                seen.add(row[key])
                yield row
            else:
                return
    for number in range(1, min(_last(conn, table, seen), _MOST_NUMBERS) + 1):
        if number not in seen:
            with contextlib.suppress(sqlite3.Error):
                yield from _select(conn, f"SELECT * FROM {table} WHERE {key} = ?", number)


def _last(conn: sqlite3.Connection, table: str, seen: set[int]) -> int:
    """The highest number there may be; those of the history are the outbox's."""
    counter = "conflicts" if table == "conflicts" else "outbox"
    with contextlib.suppress(sqlite3.Error):
        row = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (counter,)).fetchone()
        return max([*seen, row[0] if row else 0])
    return max([*seen, 1000])


def _select(conn: sqlite3.Connection, sql: str, *values: object) -> Iterator[Row]:
    cursor = conn.execute(sql, values)
    names = [column[0] for column in cursor.description]
    for found in cursor:
        yield dict(zip(names, found, strict=True))
