"""What was promised in calls and not kept: it waits for the owner like anything else that does."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from client.models.promises import GRACE, OpenPromise
from client.state.live_query import LiveQuery
from client.storage import promises
from client.storage.errors import StorageError

SHOWN: Final = 3
LOOKED_AT: Final = timedelta(days=14)
"""Older ones are found by the filter of the history; nobody waits for them on Today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisesState:
    """Not kept and not done with, the oldest first; `more`: there are others."""

    open: tuple[OpenPromise, ...] = ()
    more: bool = False


class PromisesStore(LiveQuery[PromisesState]):
    tables = frozenset({"call_promises", "marks", "calls"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(PromisesState())
        self._now = now

    def read(self, conn: sqlite3.Connection) -> PromisesState:
        now = self._now()
        found = promises.unkept(conn, now - LOOKED_AT, now - GRACE, SHOWN + 1)
        return PromisesState(open=found[:SHOWN], more=len(found) > SHOWN)

    def failed(self, error: StorageError) -> PromisesState:
        del error
        return PromisesState()
