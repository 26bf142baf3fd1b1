"""A query that stays true: read once, read again after each commit that touched its tables, shown if it changed."""

import asyncio
import contextlib
import contextvars
import sqlite3
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

import flet as ft

from client.storage.database import Database
from client.storage.errors import StorageError

S = TypeVar("S")


class Stage:
    """Brings what was heard on any thread or task into this window: its loop, its context.

    Flet refuses a change of an observable from a task that was not started in the window's own context.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._open = True

    def post(self, fn: Callable[[], object]) -> None:
        """Run `fn` soon in the window; nothing once the window is closed."""
        if self._open:
            # A loop that has ended has no window left to draw.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._run, fn, context=self._context.copy())

    def close(self) -> None:
        self._open = False

    def _run(self, fn: Callable[[], object]) -> None:
        if self._open:
            fn()


class LiveQuery(ft.Observable, Generic[S]):
    """An observable whose one field `state` is a frozen value.  Subclasses say what to read and from which tables.

    A failure of storage becomes state too (`failed`); anything else a query raises is a bug and is not caught.
    """

    tables: frozenset[str] = frozenset()

    def __init__(self, state: S) -> None:
        self.state = state
        self._nothing = state
        self._database: Database | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._due = False

    def read(self, conn: sqlite3.Connection) -> S:
        """The state as the database has it now."""
        raise NotImplementedError

    def failed(self, error: StorageError) -> S:
        """The state when the database cannot be read; the last one by default."""
        del error
        return self.state

    def attach(self, database: Database | None) -> None:
        """Follow this database, or none.  Called in the window's context."""
        self.detach()
        self._database = database
        if database is not None:
            self._unsubscribe = database.subscribe(self.tables, self._touched)
            self.refresh()

    def detach(self) -> None:
        if self._unsubscribe:
            self._unsubscribe()
        self._unsubscribe = None
        self._database = None

    def forget(self) -> None:
        """Let go of the database and of what was read from it."""
        self.detach()
        self.state = self._nothing

    def refresh(self) -> None:
        """Read now."""
        self._due = False
        if self._database is None:
            return
        try:
            self.state = self._database.read(self.read)
        except StorageError as error:
            self.state = self.failed(error)

    def _touched(self, tables: Collection[str]) -> None:
        """Several commits in one turn of the loop make one reading."""
        del tables
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._refresh_if_due)

    def _refresh_if_due(self) -> None:
        if self._due:
            self.refresh()


class WatchedQuery(LiveQuery[S]):
    """Reads only while somebody looks: what is not on screen costs a commit nothing."""

    def __init__(self, state: S) -> None:
        super().__init__(state)
        self._watched = 0
        self._fresh = False

    def catch_up(self) -> None:
        """Read what was not read while nobody looked."""
        if not self._fresh:
            self._fresh = True
            super().refresh()

    def begin(self) -> None:
        """Somebody looks."""
        self._watched += 1
        self.catch_up()

    def rest(self) -> None:
        """Somebody does not look any more."""
        self._watched -= 1
        self._fresh = self._watched > 0

    def refresh(self) -> None:
        """Read now, or when somebody looks."""
        self._due = False
        self._fresh = self._watched > 0
        if self._fresh:
            super().refresh()
