"""A disk that forgets what was not synced when the power goes, under an SQLite of its own (apsw).

Modelled: everything SQLite hands to its VFS.  A write is in the operating system's cache until its file is synced; when
the power goes, each 512-byte sector of a write that was not synced may or may not be there, independently of all others
and of their order; a file that was never synced may be missing.  What was synced is there.  Not modelled: disks that
lie about a sync, sectors that are half written, and damage to what lay on the disk before.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class PowerLost(Exception):
    """The disk answers no more."""


@dataclass(slots=True)
class Platter:
    """One file: `durable` is what was synced, None before the first sync; `pending` what was written since."""

    content: bytearray = field(default_factory=bytearray)
    durable: bytes | None = None
    pending: list[tuple[int, bytes] | int] = field(default_factory=list[tuple[int, bytes] | int])

    def write(self, offset: int, data: bytes) -> None:
        _lay(self.content, offset, data)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        del self.content[size:]
        self.pending.append(size)

    def sync(self) -> None:
        self.durable = bytes(self.content)
        self.pending.clear()

    def after_power_loss(self, dice: random.Random) -> bytes | None:
        """What may be found afterwards."""
        share = dice.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        if self.durable is None and dice.random() >= share:
            return None
        found = bytearray(self.durable or b"")
        for what in self.pending:
            if isinstance(what, int):
                if dice.random() < share:
                    del found[what:]
                continue
            for offset, sector in _sectors(*what):
                if dice.random() < share:
                    _lay(found, offset, sector)
        return bytes(found)


def _lay(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The write in pieces that end where a sector does."""
    start = 0
    while start < len(data):
        stop = min(len(data), (offset + start) // SECTOR * SECTOR + SECTOR - offset)
        yield offset + start, data[start:stop]
        start = stop


class Disk(apsw.VFS):
    """A VFS called `name`.  The power goes at the operation `lost_at` (writes, truncations, syncs), None: never."""

    def __init__(self, name: str, lost_at: int | None = None) -> None:
        super().__init__(name, base="")
        self.name = name
        self.platters: dict[str, Platter] = {}
        self.operations = 0
        self.lost = False
        self._lost_at = lost_at

    def already_there(self, path: Path, image: bytes) -> None:
        """The file has been on the disk for long."""
        self.platters[str(path)] = Platter(bytearray(image), image)

    def operate(self) -> None:
        if self._lost_at is not None and self.operations >= self._lost_at:
            self.lost = True
            raise PowerLost
        self.operations += 1

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":
        return DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.platters.pop(filename, None)
        super().xDelete(filename, syncdir)

    def found_after_power_loss(self, folder: Path, dice: random.Random) -> None:
        """Write into `folder` what the disk may hold now.  The shared memory beside a database is no file of a disk."""
        for name, platter in self.platters.items():
            found = platter.after_power_loss(dice)
            if found is not None and not name.endswith("-shm"):
                (folder / Path(name).name).write_bytes(found)


class DiskFile(apsw.VFSFile):
    """An open file; the base VFS keeps the content as the running program sees it."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._platter = disk.platters.setdefault(path, Platter())

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.operate()
        super().xWrite(data, offset)
        self._platter.write(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._disk.operate()
        super().xTruncate(newsize)
        self._platter.truncate(newsize)

    def xSync(self, flags: int) -> None:
        self._disk.operate()
        super().xSync(flags)
        self._platter.sync()


class Connection:
    """An apsw connection with as much of sqlite3's manners as the storage functions use."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._conn = apsw.Connection(str(path), vfs=disk.name)

    def execute(self, sql: str, values: Any = ()) -> "Result":
        return Result(self._conn, self._conn.execute(sql, values))

    def executemany(self, sql: str, rows: Any) -> "Result":
        return Result(self._conn, self._conn.executemany(sql, [tuple(row) for row in rows]))

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    def close(self) -> None:
        self._conn.close(True)


class Result:
    """What `execute` answers."""

    def __init__(self, conn: apsw.Connection, cursor: apsw.Cursor) -> None:
        self.rowcount = conn.changes()
        self.lastrowid = conn.last_insert_rowid()
        self._cursor = cursor

    @property
    def description(self) -> Any:
        return self._cursor.description

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)
