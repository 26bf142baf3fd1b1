"""A second copy of what only this device knows: the changes that are not settled and the conflicts that are open.

A text file beside the database, a line for each row a transaction has changed, written before that transaction is
committed and synced while it is: whoever is told that a change is saved has it in two files.  A line that was torn or
damaged is known by its checksum.  Where nothing is pending, the file is empty.
"""

import contextlib
import errno
import os
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypedDict

import msgspec

from client.models.mutations import Row

KEYS: Final = {"outbox": "change_id", "conflicts": "conflict_id"}
"""What is mirrored, with the column that numbers its rows."""

LONGEST: Final = 4 * 1024 * 1024
"""Beyond so many bytes the lines that have been overtaken are left out."""

_PENDING: Final = "SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM conflicts WHERE state = 'open')"


class _Noted(TypedDict):
    """One line."""

    what: str
    id: int
    row: Row | None


_ON: Final = {"INSERT": "new", "UPDATE": "new", "DELETE": "old"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What a mirror holds: each row as it was last, by table and number; None for one that is no longer there.

    `whole`: no line before the last is damaged, so that nothing newer can be missing.
    """

    rows: dict[tuple[str, int], Row | None] = field(hash=False)
    whole: bool


class Mirror:
    """The mirror of one open database; only its writer thread calls it, inside a transaction unless said otherwise."""

    def __init__(self, path: Path, syncing: Executor) -> None:
        self.path = path
        self._syncing = syncing
        self._appended: tuple[int, int] | None = None
        self._sync: Future[None] | None = None
        self._is_settled = self._is_stale = False
        self._written = 0

    def begin(self, conn: sqlite3.Connection) -> None:
        """From now on the connection writes down which rows it changes.  Not inside a transaction."""
        conn.execute("CREATE TEMP TABLE changed (what TEXT, id INTEGER, PRIMARY KEY (what, id)) WITHOUT ROWID")
        for table, key in KEYS.items():
            for event, row in _ON.items():
                conn.execute(
                    f"CREATE TEMP TRIGGER {table}_{event} AFTER {event} ON main.{table} "
                    f"BEGIN INSERT OR IGNORE INTO changed VALUES ('{table}', {row}.{key}); END"
                )

    def note(self, conn: sqlite3.Connection) -> None:
        """Write down what this transaction has changed; it is on disk when `wait` returns.  Raises OSError."""
        changed = conn.execute("SELECT what, id FROM temp.changed").fetchall()
        if not changed:
            return
        conn.execute("DELETE FROM temp.changed")
        self._is_settled = not is_pending(conn)
        self._append(b"".join(_line(_noted(conn, what, number)) for what, number in changed))

    def wait(self) -> None:
        """After the commit: until what was noted is on disk, too."""
        sync, self._sync, self._appended = self._sync, None, None
        if sync is not None and sync.exception() is not None:
            # The database has it, so nothing is lost yet; the mirror is written anew.
            self._is_stale = True

    def take_back(self) -> None:
        """After a rollback: what was noted did not happen."""
        sync, appended = self._sync, self._appended
        self._sync = self._appended = None
        if sync is not None:
            sync.exception()
        if appended is not None and self.size() == appended[1]:
            # Were it longer by now, another process would have gone on.
            with contextlib.suppress(OSError):
                os.truncate(self.path, appended[0])

    def tidy(self, conn: sqlite3.Connection) -> None:
        """After a commit: empty the file if nothing is pending, and write it anew if it has grown long.

        What goes wrong is left for the next time: the file says too much then, never too little.
        """
        if not (self._is_settled or self._is_stale or self.size() > max(LONGEST, 2 * self._written)):
            return
        with contextlib.suppress(OSError, sqlite3.Error):
            conn.execute("BEGIN IMMEDIATE")
            try:
                self.rewrite(conn)
            finally:
                conn.execute("ROLLBACK")
            self._is_settled = self._is_stale = False

    def rewrite(self, conn: sqlite3.Connection) -> None:
        """Make the file say what the database does, and no more.  Raises OSError."""
        if not is_pending(conn):
            if self.size():
                os.truncate(self.path, 0)
            return
        fresh = self.path.with_name(f"{self.path.name}.new")
        with fresh.open("wb") as file:
            fresh.chmod(0o600)
            for what, number, row in _all(conn):
                file.write(_line({"what": what, "id": number, "row": row}))
            file.flush()
            sync(file.fileno())
            self._written = file.tell()
        os.replace(fresh, self.path)  # noqa: PTH105
        sync_folder(self.path.parent)

    def _append(self, lines: bytes) -> None:
        """Not kept open: another process may have put a new file in its place."""
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if is_new:
                sync_folder(self.path.parent)
            begin = os.fstat(handle).st_size
            self._appended = (begin, begin + len(lines))
            if os.write(handle, lines) < len(lines):
                os.ftruncate(handle, begin)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except BaseException:
            os.close(handle)
            raise
        self._sync = self._syncing.submit(_sync_and_close, handle)

    def size(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


def path_beside(database: Path) -> Path:
    return database.with_name(f"{database.name}-outbox.log")


def rows_of(conn: sqlite3.Connection) -> dict[tuple[str, int], Row | None]:
    """What a mirror of this database has to hold."""
    return {(what, number): row for what, number, row in _all(conn)}


def is_pending(conn: sqlite3.Connection) -> bool:
    """Whether this device knows anything the server does not."""
    return bool(conn.execute(_PENDING).fetchone()[0])


def read(path: Path) -> Mirrored:
    """What the file says, as far as it can be read."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return Mirrored(rows={}, whole=False)
    rows: dict[tuple[str, int], Row | None] = {}
    whole = True
    for number, line in enumerate(lines, start=1):
        noted = _parsed(line)
        if noted is not None:
            rows[noted["what"], noted["id"]] = noted["row"]
        elif number < len(lines):
            whole = False
    return Mirrored(rows=rows, whole=whole)


def sync(handle: int) -> None:
    """Until what was written is on the disk itself, which on a Mac has to be asked for."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        getattr(os, "fdatasync", os.fsync)(handle)


def sync_folder(folder: Path) -> None:
    """Names in a folder are as durable as the folder; Windows does that by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync_and_close(handle: int) -> None:
    try:
        sync(handle)
    finally:
        os.close(handle)


def _noted(conn: sqlite3.Connection, what: str, number: int) -> _Noted:
    cursor = conn.execute(f"SELECT * FROM {what} WHERE {KEYS[what]} = ?", (number,))
    values = cursor.fetchone()
    row = None if values is None else dict(zip((column[0] for column in cursor.description), values, strict=True))
    return {"what": what, "id": number, "row": row}


def _all(conn: sqlite3.Connection) -> Iterator[tuple[str, int, Row]]:
    for what, where in (("outbox", "1"), ("conflicts", "state = 'open'")):
        cursor = conn.execute(f"SELECT * FROM {what} WHERE {where}")
        names = [column[0] for column in cursor.description]
        for values in cursor:
            row = dict(zip(names, values, strict=True))
            yield what, row[KEYS[what]], row


def _line(noted: _Noted) -> bytes:
    text = msgspec.json.encode(noted)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _parsed(line: bytes) -> _Noted | None:
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        noted = msgspec.json.decode(text, type=_Noted)
    except msgspec.DecodeError:
        return None
    return noted if noted["what"] in KEYS else None
