"""Signing out of an account whose changes are not all sent: how many, which, and what becomes of them.

Open, it follows the outbox: what another window or the engine does meanwhile is seen at once.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.editing.handing_on import changes_file
from client.editing.leaving import Doing, LeavingState, Trouble
from client.state.live_query import LiveQuery
from client.state.outbox import unsent_lines
from client.state.runtime import Runtime
from client.state.session import SessionStore
from client.storage import unsent
from client.storage.errors import StorageError

LISTED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFile:
    """A file to be saved."""

    name: str
    data: bytes


class LeavingStore(LiveQuery[LeavingState]):
    tables = frozenset({"outbox", "conflicts"})

    def __init__(self, runtime: Runtime, session: SessionStore, now: Callable[[], datetime]) -> None:
        """`now`: the time by the server's clock."""
        super().__init__(LeavingState())
        self._runtime = runtime
        self._session = session
        self._now = now

    def read(self, conn: sqlite3.Connection) -> LeavingState:
        if not self.state.is_open:
            return self.state
        count = unsent.count(conn)
        return replace(self.state, unsent=count, lines=tuple(unsent_lines(conn, LISTED)) if count else ())

    def failed(self, error: StorageError) -> LeavingState:
        del error
        return replace(self.state, trouble=Trouble.UNREADABLE)

    def open(self) -> None:
        """The owner wants to sign out."""
        self.state = LeavingState(is_open=True)
        self.refresh()

    def close(self) -> None:
        self.state = LeavingState()

    def type(self, text: str) -> None:
        """The word that confirms."""
        self.state = replace(self.state, typed=text)

    async def send(self) -> None:
        """Send what may be sent.  Whatever comes of it, nothing is lost and nobody is signed out."""
        if self.state.doing is not None:
            return
        before = self.state.unsent
        self.state = replace(self.state, doing=Doing.SENDING, trouble=None)
        try:
            all_that_may_be = await self._runtime.send_waiting()
        except StorageError:
            all_that_may_be = False
        self.refresh()
        left = self.state.unsent
        trouble = None if not left else Trouble.LEFT_OVER if all_that_may_be else Trouble.UNREACHABLE
        self.state = replace(self.state, doing=None, trouble=trouble, sent=self.state.sent + max(0, before - left))

    async def write_file(self) -> ChangesFile | None:
        """All of them as a file, with the conflicts; None when they cannot be read."""
        now = self._now()
        try:
            data = await self._database.read_in_thread(lambda conn: changes_file(conn, now)) if self._database else None
        except StorageError:
            data = None
        if data is None:
            self.state = replace(self.state, trouble=Trouble.UNREADABLE)
            return None
        return ChangesFile(name=f"unsent changes {now:%Y-%m-%d}.json", data=data)

    def did_save(self, name: str) -> None:
        self.state = replace(self.state, saved=name, trouble=None)

    async def leave(self, *, discard: bool = False) -> bool:
        """Sign out; `discard`: with what is not sent.  False when nothing was done, because the data cannot be removed.

        Without `discard`, a change that was made in this very moment is kept, locked away with the rest.
        """
        if self.state.doing is not None:
            return False
        self.state = replace(self.state, doing=Doing.LEAVING, trouble=None)
        leaving = self._runtime.identity
        await self._session.sign_out(discard=discard)
        if leaving is not None and self._runtime.identity == leaving:
            self.state = replace(self.state, doing=None, trouble=Trouble.NOT_REMOVED)
            return False
        self.close()
        return True
