"""Which tables a connection writes, found out once for each statement and then remembered.

SQLite tells an authorizer what a statement writes while it prepares it, and only then.  Statements are kept prepared,
because preparing one costs more than most of them do, so what was told is kept with their text.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from client.storage.knowing import Known

_WRITES: Final = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_MOST_TEXTS: Final = 1000


if TYPE_CHECKING:
    _AnyConnection = sqlite3.Connection
else:
    _AnyConnection = object


class Noting(_AnyConnection):
    """Part of a connection's class: `touched` collects the tables its statements write, after `begin_noting`.

    What is run through a cursor of its own is not noted; `execute` and `executemany` are.  `known`: what was read of
    tables that were not written to since.
    """

    touched: set[str] | None = None
    known: Known
    _written_by: dict[str, frozenset[str]]

    def begin_noting(self) -> None:
        self.touched = set()
        self.known = Known()
        self._written_by = {}
        self.set_authorizer(self._authorize)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        written = None if self.touched is None else self._written_by.get(sql)
        if written is None:
            return self._find_out(super().execute, sql, parameters)
        if written:
            self._note(written)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        written = None if self.touched is None else self._written_by.get(sql)
        if written is None:
            return self._find_out(super().executemany, sql, parameters)
        self._note(written)
        return super().executemany(sql, parameters)

    def _note(self, written: frozenset[str]) -> None:
        if self.touched is not None:
            self.touched |= written
            self.known.written(written)

    def _find_out(self, run: Callable[[str, Any], sqlite3.Cursor], sql: str, parameters: Any) -> sqlite3.Cursor:
        """Run a statement of which it is not known yet what it writes.  One that takes back is never known."""
        if self.touched is None:
            return run(sql, parameters)
        if sql.startswith("ROLLBACK"):
            self.known.forget()
            return run(sql, parameters)
        before, self.touched = self.touched, set[str]()
        try:
            return run(sql, parameters)
        finally:
            written = frozenset(self.touched)
            if len(self._written_by) >= _MOST_TEXTS:
                self._forget()
            self._written_by[sql] = written
            self.touched = before
            self._note(written)

    def _forget(self) -> None:
        """Setting the authorizer expires what is prepared: each statement is prepared again, and says what it writes.

        Without that, one that is still prepared would be learnt to write nothing, and nobody would hear of it.
        """
        self._written_by.clear()
        self.set_authorizer(self._authorize)

    def _authorize(self, action: int, table: str | None, _b: str | None, _c: str | None, _d: str | None) -> int:
        if action in _WRITES and table is not None and self.touched is not None:
            self.touched.add(table)
        return sqlite3.SQLITE_OK


class NotingConnection(Noting, sqlite3.Connection):
    """Of a file without a key; driver.py makes the same of a file with one."""
