"""The streams of the feed, pulled in the order in which an owner misses them: what is on screen, core, transcripts."""

import asyncio
from collections.abc import Awaitable, Callable

from client.api.connection import Api
from client.api.errors import Forbidden
from client.api.sync import Fetched
from client.clock import Clock
from client.storage.database import Database
from sync.apply import CORE, STREAMS, TRANSCRIPTS
from sync.link import Link
from sync.pull import Puller


class Streams:
    """One puller each.  When to pull is the engine's business.

    `is_thrifty`, `is_in_background`: while one of them holds, what nobody looks at waits.
    `core_is_current`: the last pull of core ended with nothing missing.
    """

    def __init__(
        self, *, db: Database, api: Api, clock: Clock, link: Link, on_fetched: Callable[[Fetched], Awaitable[None]]
    ) -> None:
        self.is_thrifty = False
        self.is_in_background = False
        self.core_is_current = False
        self._link = link
        self._core_complete = asyncio.Event()
        self.pullers = {
            name: Puller(
                stream=name,
                db=db,
                api=api,
                clock=clock,
                on_fetched=on_fetched,
                on_applied=link.publish,
                may_fill=self._may_fill,
            )
            for name in STREAMS
        }

    @property
    def core_is_complete(self) -> bool:
        return self.pullers[CORE].state().complete

    def file_damaged(self) -> None:
        """What was complete no longer is."""
        self._core_complete.clear()

    async def pull_core(self, *, wait_s: int = 0) -> bool:
        """Whether nothing is missing now.  `wait_s` as in `Puller.drain`.  Raises ApiError, StorageError."""
        self.core_is_current = False
        await self.pullers[CORE].drain(wait_s=wait_s)
        if not self.core_is_complete:
            return False
        self.core_is_current = True
        self._core_complete.set()
        return True

    async def pull_transcripts(self) -> None:
        """What is on screen at once; the rest when core no longer needs the line.  Raises ApiError, StorageError.

        While being thrifty, what is on screen and what is new; out of sight, nothing.
        """
        if self.is_in_background:
            return
        puller = self.pullers[TRANSCRIPTS]
        try:
            await puller.fill_window()
            if not self.core_is_complete:
                await self._core_complete.wait()
            await puller.drain()
        except Forbidden:
            self._link.leave_out(TRANSCRIPTS)

    def _may_fill(self) -> bool:
        """Whether this is a good moment to fetch what nobody looks at."""
        return not (self.is_thrifty or self.is_in_background)
