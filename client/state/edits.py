"""What the owner does to bookings and blocks: kept on this device at once, undone for ten seconds, never by halves.

No verb waits for the network.  What is not possible, or cannot be kept, becomes a state with its reason before anything
is shown as saved, and what was typed stays where it was typed.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import flet as ft

from client.models.ids import ChangeId
from client.models.link import Trouble
from client.state.runtime import Runtime
from client.storage import outbox
from client.storage.errors import StorageError, trouble_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Nothing was changed.  `trouble`: this device could not keep it."""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditState:
    """`refusal`: why the last thing asked for was not done, until it is put away or something else is asked for."""

    refusal: Refusal | None = None


class EditStore(ft.Observable):
    """The owner's hand in the bookings.  Each verb writes one transaction and asks the engine to send."""

    def __init__(self, runtime: Runtime) -> None:
        self.state = EditState()
        self._runtime = runtime

    def put_away(self) -> None:
        """The refusal was read."""
        self.state = replace(self.state, refusal=None)

    # --- changes that wait -----------------------------------------------------------------------------------------
    async def withdraw(self, change_id: ChangeId) -> None:
        """Take a waiting change back as if it had not been, or forget a refused one."""
        await self._write(lambda conn: outbox.withdraw(conn, change_id))

    async def retry(self, change_id: ChangeId) -> None:
        """Send it as soon as there is a connection."""
        now_ms = self._runtime.clock.now_ms()
        await self._write(lambda conn: outbox.retry(conn, change_id, now_ms))

    async def _write(self, fn: Callable[[sqlite3.Connection], T]) -> T | None:
        """Run `fn` as one transaction.  None when it could not be kept; `state.refusal` says why."""
        database = self._runtime.database
        if database is None:
            self.state = replace(self.state, refusal=Refusal(trouble=Trouble.UNAVAILABLE))
            return None
        try:
            result = await database.write(fn)
        except StorageError as error:
            self.state = replace(self.state, refusal=Refusal(trouble=trouble_of(error)))
            return None
        self.state = replace(self.state, refusal=None)
        self._runtime.kick()
        return result
