"""What transactions read again and again though it hardly ever changes: read once, and again when it was written to.

Only the writer's connection knows anything, because it alone hears of every change: its own statements say which tables
they write, and another process's commits show in `data_version`.
"""

import sqlite3
from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

T = TypeVar("T")

Read = Callable[[sqlite3.Connection], T]


class Known:
    """What one connection has read, by the function that read it."""

    def __init__(self) -> None:
        self._of: dict[Read[Any], tuple[frozenset[str], Any]] = {}
        self._tables: frozenset[str] = frozenset()
        self._version = -1
        self._is_current = False

    def begin(self) -> None:
        """A transaction has begun: another connection may have written before it."""
        self._is_current = False

    def get(self, conn: sqlite3.Connection, read: Read[T], tables: Collection[str]) -> T:
        if not self._is_current:
            self._catch_up(data_version(conn))
        found = self._of.get(read)
        if found is None:
            found = self._of[read] = frozenset(tables), read(conn)
            self._tables |= found[0]
        return cast("T", found[1])

    def written(self, tables: frozenset[str]) -> None:
        """These tables may be other ones from now on."""
        if not self._tables.isdisjoint(tables):
            self.forget()

    def _catch_up(self, version: int) -> None:
        """With another number, another connection has written."""
        if version != self._version:
            self.forget()
            self._version = version
        self._is_current = True

    def forget(self) -> None:
        """Something was written, or what was written is taken back."""
        self._of.clear()
        self._tables = frozenset()


def data_version(conn: sqlite3.Connection) -> int:
    """A number that is another one, for this connection, after any other connection has committed."""
    return int(conn.execute("PRAGMA data_version").fetchone()[0])


def once(conn: sqlite3.Connection, read: Read[T], tables: Collection[str]) -> T:
    """What `read`, a function of a module, makes of these tables; from memory where the connection knows it."""
    known: Known | None = getattr(conn, "known", None)
    return read(conn) if known is None else known.get(conn, read, tables)
