"""Which tables a connection writes, found out once for each statement and then remembered.

SQLite tells an authorizer what a statement writes while it prepares it, and only then.  Statements are kept prepared,
because preparing one costs more than most of them do, so what was told is kept with their text.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

_WRITES: Final = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_MOST_TEXTS: Final = 1000


class NotingConnection(sqlite3.Connection):
    """A connection whose `touched` collects the tables its statements write, once `begin_noting` was called.

    What is run through a cursor of its own is not noted; `execute` and `executemany` are.
    """

    touched: set[str] | None = None
    _written_by: dict[str, frozenset[str]]

    def begin_noting(self) -> None:
        self.touched = set()
        self._written_by = {}
        self.set_authorizer(self._authorize)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        before = self._begin(sql)
        if before is None:
            return super().execute(sql, parameters)
        try:
            return super().execute(sql, parameters)
        finally:
            self._learn(sql, before)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        before = self._begin(sql)
        if before is None:
            return super().executemany(sql, parameters)
        try:
            return super().executemany(sql, parameters)
        finally:
            self._learn(sql, before)

    def _begin(self, sql: str) -> set[str] | None:
        """What was touched before, if it is still to be found out what this statement writes."""
        if self.touched is None:
            return None
        written = self._written_by.get(sql)
        if written is not None:
            self.touched |= written
            return None
        before, self.touched = self.touched, set()
        return before

    def _learn(self, sql: str, before: set[str]) -> None:
        if self.touched is not None:
            if len(self._written_by) >= _MOST_TEXTS:
                self._written_by.clear()
            self._written_by[sql] = frozenset(self.touched)
            self.touched |= before

    def _authorize(self, action: int, table: str | None, _b: str | None, _c: str | None, _d: str | None) -> int:
        if action in _WRITES and table is not None and self.touched is not None:
            self.touched.add(table)
        return sqlite3.SQLITE_OK
