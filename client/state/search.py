"""What is looked for among customers and bookings, and what was found: on this device, with a connection or without."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.models.bookings import Booking
from client.models.customers import Customer
from client.state.live_query import LiveQuery
from client.storage import cursors, search
from client.storage.errors import StorageError

MOST: Final = 25
"""So many of each are shown; whoever has more types another letter."""
LONGEST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """`text` as it was typed.  `more`: there are more customers, or more bookings, than are shown.

    `partly`: the first sync still runs, so that some may be missing; `broken`: the device cannot be asked now.
    """

    text: str = ""
    customers: tuple[Customer, ...] = ()
    bookings: tuple[Booking, ...] = ()
    more: bool = False
    partly: bool = False
    broken: bool = False

    @property
    def asked(self) -> bool:
        """Something is looked for."""
        return bool(self.text.strip())

    @property
    def nothing(self) -> bool:
        return not (self.customers or self.bookings)


class SearchStore(LiveQuery[SearchState]):
    tables = frozenset({"customers", "bookings", "services", "streams"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(SearchState())
        self._now = now
        self._text = ""
        self._open = False

    def show(self, is_open: bool) -> None:
        """The search is on screen, or gone; then it reads nothing.  What was typed stays."""
        self._open = is_open
        self.refresh()

    def type(self, text: str) -> None:
        """Look for this; nothing for no words."""
        self._text = text[:LONGEST]
        self.state = replace(self.state, text=self._text)
        self.refresh()

    def forget(self) -> None:
        super().forget()
        self._text = ""

    def read(self, conn: sqlite3.Connection) -> SearchState:
        if not self._open or not self._text.strip():
            return SearchState(text=self._text)
        found = search.search(conn, self._text, MOST + 1, self._now())
        return SearchState(
            text=self._text,
            customers=found.customers[:MOST],
            bookings=found.bookings[:MOST],
            more=len(found.customers) > MOST or len(found.bookings) > MOST,
            partly=cursors.stream(conn, "core").ccursor is None,
        )

    def failed(self, error: StorageError) -> SearchState:
        del error
        return SearchState(text=self._text, broken=True)
