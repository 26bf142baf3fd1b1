"""A second copy of what only this device knows: the changes that are not settled and the conflicts that are open.

A text file beside the database, a line for each row a transaction has changed, written before that transaction is
committed: whoever is told that a change is saved has it in two files, and in the database on the disk itself.  The disk
has the second file a moment later, what was written meanwhile with it: two syncs at once take as long as one after the
other.  That is so for new rows, which an older second copy only lacks; that a row is another one or gone is waited for,
because a second copy that still had the old one would bring it back.  A line that was torn or damaged is known by its
checksum.  Where nothing is pending, the file is empty.  Beside an encrypted database every line is encrypted, too: it
holds names and numbers.

Behind the lines is room, filled with zeros: a file that grows takes a disk twice as long to sync as one that does not.
"""

import contextlib
import errno
import os
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypedDict

import msgspec

from client.clock import Clock
from client.models.mutations import Row
from client.storage import driver
from client.storage.driver import Key
from client.storage.sealing import seal, unseal
from client.storage.syncing import sync, sync_folder

KEYS: Final = {"outbox": "change_id", "conflicts": "conflict_id"}
"""What is mirrored, with the column that numbers its rows."""

LONGEST: Final = 4 * 1024 * 1024
"""Beyond so many bytes the lines that have been overtaken are left out."""

ROOM: Final = 32 * 1024
"""At most so many bytes are kept free behind the last line, and never more than there are lines."""

SYNCED_WITHIN_S: Final = 0.01
"""So much later the disk is asked to keep what was written."""

_FREE: Final = b"\0"
_PENDING: Final = "SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM conflicts WHERE state = 'open')"


class _Noted(TypedDict):
    """One line."""

    what: str
    id: int
    row: Row | None


_ON: Final = {"INSERT": ("new", True), "UPDATE": ("new", False), "DELETE": ("old", False)}
"""Which row an event is about, and whether there was none before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What a mirror holds: each row as it was last, by table and number; None for one that is no longer there.

    `whole`: no line before the last is damaged, so that nothing newer can be missing.  `torn`: the last one is, or does
    not end, so that the next would be written to it.  `plain`: how many lines are not encrypted.
    """

    rows: dict[tuple[str, int], Row | None] = field(hash=False)
    whole: bool
    torn: bool = False
    plain: int = 0


class Mirror:
    """The mirror of one open database; only its writer thread calls it, inside a transaction unless said otherwise."""

    def __init__(self, path: Path, syncing: Executor, clock: Clock) -> None:
        self.path = path
        self.key: Key | None = None
        """What lines are encrypted with, from the moment the database is."""
        self._syncing = syncing
        self._clock = clock
        self._changed: dict[str, dict[int, bool]] = {what: {} for what in KEYS}
        """The numbers of the rows, and whether each is new."""
        self._opened: tuple[int, os.stat_result] | None = None
        self._appended: tuple[int, int] | None = None
        self._sync: Future[None] | None = None
        self._hurry = threading.Event()
        self._is_due = self._is_urgent = self._is_settled = self._is_stale = False
        self._written = self._end = self._size = 0

    def begin(self, conn: sqlite3.Connection) -> None:
        """From now on the connection says which rows it changes.  Not inside a transaction."""
        conn.create_function("mirrored", 3, self._has_changed)
        for table, key in KEYS.items():
            for event, (row, is_new) in _ON.items():
                conn.execute(
                    f"CREATE TEMP TRIGGER {table}_{event} AFTER {event} ON main.{table} "
                    f"BEGIN SELECT mirrored('{table}', {row}.{key}, {is_new}); END"
                )

    def _has_changed(self, what: str, number: int, is_new: int) -> None:
        self._changed[what].setdefault(number, bool(is_new))

    def note(self, conn: sqlite3.Connection) -> bool:
        """Write down what this transaction has changed, if anything.  Raises OSError."""
        noted = [each for what, numbers in self._changed.items() if numbers for each in _noted(conn, what, numbers)]
        if not noted:
            return False
        self._is_urgent = not all(is_new for numbers in self._changed.values() for is_new in numbers.values())
        self._forget_changes()
        waits = any(each["what"] == "outbox" and each["row"] is not None for each in noted)
        self._is_settled = not waits and not is_pending(conn)
        self._append(b"".join(_line(each, self.key) for each in noted))
        return True

    def _forget_changes(self) -> None:
        for numbers in self._changed.values():
            numbers.clear()

    def sync(self) -> None:
        """After the commit: what was noted goes to the disk; what is not only new is there when this returns."""
        self._appended = None
        if self._opened is not None and not self._is_due:
            self._is_due = True
            self._sync = self._syncing.submit(self._sync_soon, self._opened[0])
        if self._is_urgent:
            self._wait()
        self._let_go()

    def _sync_soon(self, handle: int) -> None:
        """On a thread of its own."""
        self._clock.wait(self._hurry, SYNCED_WITHIN_S)
        # What is written from here on asks for a sync of its own.
        self._is_due = False
        try:
            sync(handle)
        except OSError:
            # The database has it, so nothing is lost yet; the mirror is written anew.
            self._is_stale = True

    def _wait(self) -> None:
        """Until what was noted last is on the disk."""
        if self._sync is not None:
            self._hurry.set()
            self._sync.result()
            self._hurry.clear()
            self._sync = None

    def take_back(self) -> None:
        """After a rollback: what was noted did not happen."""
        appended, self._appended = self._appended, None
        self._forget_changes()
        if appended is not None:
            with contextlib.suppress(OSError):
                handle, end = self._at_its_end()
                # Were it longer by now, another process would have gone on.
                if end == appended[1]:
                    os.ftruncate(handle, appended[0])
                    self._end = appended[0]
        self._let_go()

    def tidy(self, conn: sqlite3.Connection) -> None:
        """After a commit: empty the file if nothing is pending, write it anew if it is long or the disk refused it.

        What goes wrong is left for the next time: the file says too much then, never too little.
        """
        if not (self._is_settled or self._is_stale or self._end > max(LONGEST, 2 * self._written)):
            return
        with contextlib.suppress(OSError, *driver.errors()):
            conn.execute("BEGIN IMMEDIATE")
            try:
                self.rewrite(conn)
            finally:
                conn.execute("ROLLBACK")
            self._is_settled = self._is_stale = False

    def rewrite(self, conn: sqlite3.Connection) -> None:
        """Make the file say what the database does, and no more.  Raises OSError."""
        self.close()
        if not is_pending(conn):
            if self.size():
                os.truncate(self.path, 0)
            self._end = 0
            return
        fresh = self.path.with_name(f"{self.path.name}.new")
        with fresh.open("wb") as file:
            fresh.chmod(0o600)
            for what, number, row in _all(conn):
                file.write(_line({"what": what, "id": number, "row": row}, self.key))
            file.flush()
            sync(file.fileno())
            self._written = self._end = file.tell()
        os.replace(fresh, self.path)  # noqa: PTH105
        sync_folder(self.path.parent)

    def finish(self, conn: sqlite3.Connection) -> None:
        """Before the database is closed: the disk has it all, or is asked once more."""
        self._wait()
        self.tidy(conn)

    def close(self) -> None:
        """Let go of the file.  Harmless twice; the next note opens it again."""
        self._wait()
        if self._opened is not None:
            os.close(self._opened[0])
            self._opened = None

    def _append(self, lines: bytes) -> None:
        handle, begin = self._at_its_end()
        end = begin + len(lines)
        room = b"" if end <= self._size else _FREE * min(begin, ROOM)
        written = _write_at(handle, begin, lines + room)
        if written < len(lines):
            os.ftruncate(handle, begin)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._end, self._appended = end, (begin, end)

    def _at_its_end(self) -> tuple[int, int]:
        """The file, open to write to, and where its last line ends.

        It stays open, but another process may have put a new file in its place; while this transaction lasts none can.
        """
        with contextlib.suppress(FileNotFoundError):
            there = os.stat(self.path)  # noqa: PTH116
            if self._opened is not None and os.path.samestat(there, self._opened[1]):
                self._size = there.st_size
                return self._opened[0], _end_of(self._opened[0], self._end)
        self.close()
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        found = os.fstat(handle)
        self._opened, self._size = (handle, found), found.st_size
        if is_new:
            sync_folder(self.path.parent)
        return handle, _end_of(handle, self._end)

    def _let_go(self) -> None:
        """Where a file that is open cannot be replaced."""
        if os.name != "posix":
            self.close()

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


def read(path: Path, key: Key | None = None) -> Mirrored:
    """What the file says, as far as it can be read; with a key also what is encrypted with it."""
    try:
        content = path.read_bytes()
    except OSError:
        return Mirrored(rows={}, whole=False)
    content = content.rstrip(_FREE)
    lines = content.splitlines()
    rows: dict[tuple[str, int], Row | None] = {}
    whole, torn, plain = True, bool(content) and not content.endswith(b"\n"), 0
    for number, line in enumerate(lines, start=1):
        text = _text(line)
        noted = None if text is None else _parsed(text, key)
        if noted is not None:
            rows[noted["what"], noted["id"]] = noted["row"]
            plain += _is_plain(text or b"")
        elif number < len(lines):
            whole = False
        else:
            torn = True
    return Mirrored(rows=rows, whole=whole, torn=torn, plain=plain)


def _noted(conn: sqlite3.Connection, what: str, numbers: Collection[int]) -> Iterator[_Noted]:
    """These rows of a table as they are now."""
    for number in sorted(numbers):
        found = conn.execute(f"SELECT * FROM {what} WHERE {KEYS[what]} = ?", (number,))
        yield {"what": what, "id": number, "row": next(_rows(found), None)}


def _all(conn: sqlite3.Connection) -> Iterator[tuple[str, int, Row]]:
    for what, where in (("outbox", "1"), ("conflicts", "state = 'open'")):
        for row in _rows(conn.execute(f"SELECT * FROM {what} WHERE {where}")):
            yield what, row[KEYS[what]], row


def _rows(found: sqlite3.Cursor) -> Iterator[Row]:
    """By column names."""
    names = [column[0] for column in found.description]
    return (dict(zip(names, values, strict=True)) for values in found)


# --- where lines are --------------------------------------------------------------------------------------------------
def _end_of(handle: int, known: int) -> int:
    """Where the last line ends: at `known`, unless another process has written since."""
    around = _read_at(handle, max(0, known - 1), 2 if known else 1)
    ends, behind = (around[:1], around[1:]) if known else (b"\n", around)
    if ends == b"\n" and behind in (b"", _FREE):
        return known
    return len(_read_at(handle, 0, os.fstat(handle).st_size).rstrip(_FREE))


def _read_at(handle: int, offset: int, size: int) -> bytes:
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, size)


def _write_at(handle: int, offset: int, what: bytes) -> int:
    os.lseek(handle, offset, os.SEEK_SET)
    return os.write(handle, what)


# --- lines ------------------------------------------------------------------------------------------------------------
def _line(noted: _Noted, key: Key | None) -> bytes:
    text = msgspec.json.encode(noted)
    if key is not None:
        text = seal(key, text)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _text(line: bytes) -> bytes | None:
    """Without its checksum, None where that is wrong."""
    checksum, _, text = line.partition(b" ")
    return text if checksum == b"%08x" % zlib.crc32(text) else None


def _parsed(text: bytes, key: Key | None) -> _Noted | None:
    if not _is_plain(text):
        opened = unseal(key, text) if key is not None else None
        if opened is None:
            return None
        text = opened
    try:
        noted = msgspec.json.decode(text, type=_Noted)
    except msgspec.DecodeError:
        return None
    return noted if noted["what"] in KEYS else None


def _is_plain(text: bytes) -> bool:
    return text.startswith(b"{")
