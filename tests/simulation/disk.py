"""The disk under a device's database: it can be full, and the process can die at any statement or commit.

A death is total: from then on nothing that still runs in the process reaches the files.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from client.storage.mirror import Mirror
from client.storage.noting import NotingConnection


class Killed(BaseException):
    """The process is no more."""


STATEMENT, BEFORE_COMMIT, AFTER_COMMIT = "statement", "before a commit", "after a commit"


@dataclass(slots=True)
class Disk:
    """What the next statements meet.  `crash_at`, `full_at`: where, after so many more of them (`..._in`).

    `full_for`: how often the disk says so before there is space again.  `hit` is told when something happens.
    """

    hit: Callable[[str], None]
    crash_at: str = ""
    crash_in: int = 0
    full_at: str = ""
    full_in: int = 0
    full_for: int = 0
    is_dead: bool = False

    def crash(self, at: str, after: int) -> None:
        self.crash_at, self.crash_in = at, after

    def fill(self, at: str, after: int, times: int) -> None:
        self.full_at, self.full_in, self.full_for = at, after, times

    def kill(self) -> None:
        self.is_dead = True

    def heal(self) -> None:
        self.crash_at = self.full_at = ""

    def before(self, sql: str) -> None:
        if self.is_dead:
            raise Killed
        is_commit = sql == "COMMIT"
        if self.crash_at == (BEFORE_COMMIT if is_commit else STATEMENT):
            self._count_down_to_crash("crash before a commit" if is_commit else "crash at a statement")
        if self.full_at == ("commit" if is_commit else STATEMENT) and (is_commit or _writes(sql)):
            self._count_down_to_full("disk full at a commit" if is_commit else "disk full at a statement")

    def after(self, sql: str) -> None:
        if sql == "COMMIT" and self.crash_at == AFTER_COMMIT:
            self._count_down_to_crash("crash after a commit")

    def _count_down_to_crash(self, name: str) -> None:
        self.crash_in -= 1
        if self.crash_in < 0:
            self.hit(name)
            self.kill()
            raise Killed

    def _count_down_to_full(self, name: str) -> None:
        self.full_in -= 1
        if self.full_in >= 0:
            return
        self.hit(name)
        self.full_for -= 1
        if self.full_for <= 0:
            self.full_at = ""
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


def _writes(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE"))


class FaultyConnection(NotingConnection):
    """The writer's connection; `disks` knows the disk each folder lies on."""

    disks: ClassVar[dict[Path, Disk]] = {}

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path, **options)
        self._disk = self.disks.get(Path(path).parent)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self._disk is None:
            return super().execute(sql, parameters)
        self._disk.before(sql)
        cursor = super().execute(sql, parameters)
        self._disk.after(sql)
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        if self._disk is not None:
            self._disk.before(sql)
        return super().executemany(sql, parameters)


class FaultyMirror(Mirror):
    """The second copy of a process that may have died."""

    @property
    def _is_dead(self) -> bool:
        disk = FaultyConnection.disks.get(self.path.parent)
        return disk is not None and disk.is_dead

    def take_back(self) -> None:
        if not self._is_dead:
            super().take_back()

    def tidy(self, conn: sqlite3.Connection) -> None:
        if not self._is_dead:
            super().tidy(conn)
