"""What can still be read of a damaged database file: what only this device knew.

The file itself is not touched: a copy of it is opened, so that SQLite may repair what its log says.  A table is read
from both ends and then number by number, because a page that is gone takes only its own rows with it.
"""

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from client.models.mutations import Row
from client.storage import driver, schema
from client.storage.driver import Key
from client.storage.errors import StorageError

_TABLES: Final = {"outbox": "change_id", "history": "change_id", "conflicts": "conflict_id"}
_MOST_NUMBERS: Final = 100_000
"""How many numbers are tried one by one where a table cannot be read through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """Rows by table and number, and the server's rows under them by table and id."""

    rows: dict[tuple[str, int], Row] = field(default_factory=dict[tuple[str, int], Row], hash=False)
    bases: dict[tuple[str, str], Row] = field(default_factory=dict[tuple[str, str], Row], hash=False)


def read_damaged(path: Path, key: Key | None = None) -> Salvaged:
    """As much of it as there is, with the key if it was encrypted; nothing raised."""
    if key is not None and not _is_plain(path):
        return _read_damaged(path, key)
    return _read_damaged(path, None)


def _is_plain(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return driver.is_plain(path)
    return True


def _read_damaged(path: Path, key: Key | None) -> Salvaged:
    copy = path.with_name(f"{path.name}.salvage")
    found = Salvaged()
    with contextlib.suppress(OSError, StorageError, *driver.errors()):
        try:
            for tail in ("", "-wal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(f"{path}{tail}", f"{copy}{tail}")
            with closing(_Copy(copy, key)) as damaged:
                _read(damaged, found)
        finally:
            for tail in ("", "-wal", "-shm", "-journal"):
                copy.with_name(copy.name + tail).unlink(missing_ok=True)
    return found


class _Copy:
    """A file that says no now and then.  Of an encrypted one the connection says no for good after that, so it is
    opened anew.
    """

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path = path
        self._key = key
        self._conn = driver.connect(path, key)
        try:
            schema.migrate(self._conn)
        except driver.errors():
            # A page that is gone stood in the way of a step: what is there is read as the older app wrote it.
            self._open_anew()

    def select(self, sql: str, *values: object) -> Iterator[Row]:
        """Raises SQLite's errors, perhaps after some rows."""
        try:
            cursor = self._conn.execute(sql, values)
            names = [column[0] for column in cursor.description]
            for found in cursor:
                yield dict(zip(names, found, strict=True))
        except driver.errors():
            if self._key is not None:
                self._open_anew()
            raise

    def _open_anew(self) -> None:
        self._conn.close()
        self._conn = driver.connect(self._path, self._key)

    def close(self) -> None:
        self._conn.close()


def _read(damaged: _Copy, found: Salvaged) -> None:
    for table, key in _TABLES.items():
        for row in _rows(damaged, table, key):
            found.rows[table, row[key]] = row
    for kind, row_id in {(row["kind"], row["id"]) for (table, _), row in found.rows.items() if table == "outbox"}:
        with contextlib.suppress(*driver.errors()):
            for base in damaged.select("SELECT * FROM bases WHERE kind = ? AND id = ?", kind, row_id):
                found.bases[kind, row_id] = base


def _rows(damaged: _Copy, table: str, key: str) -> Iterator[Row]:
    """All rows that can be read."""
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        with contextlib.suppress(*driver.errors()):
            for row in damaged.select(f"SELECT * FROM {table} ORDER BY {key} {order}"):
                if row[key] in seen:
                    break
                seen.add(row[key])
                yield row
            else:
                return
    for number in range(1, min(_last(damaged, table, seen), _MOST_NUMBERS) + 1):
        if number not in seen:
            with contextlib.suppress(*driver.errors()):
                yield from damaged.select(f"SELECT * FROM {table} WHERE {key} = ?", number)


def _last(damaged: _Copy, table: str, seen: set[int]) -> int:
    """The highest number there may be; those of the history are the outbox's."""
    counter = "conflicts" if table == "conflicts" else "outbox"
    with contextlib.suppress(*driver.errors()):
        counted = [row["seq"] for row in damaged.select("SELECT seq FROM sqlite_sequence WHERE name = ?", counter)]
        return max([*seen, *counted, 0])
    return max([*seen, 1000])
