"""What is tried on behalf of a loop, so that one loop's trouble never ends another's; and a damaged file replaced."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from client.api.errors import ApiError, SignedOut
from client.faults import log_fault
from client.storage import meta
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged, StorageError
from sync.account import WrongAccount

log = logging.getLogger("chatty.sync")

MOST_REPAIRS = 3
"""A disk that damages the file again and again is not mended by new files."""


class FileListener(Protocol):
    """What the engine wants to know of a damaged file."""

    def on_damaged(self) -> None:
        """It is about to be replaced."""
        ...

    def on_replaced(self) -> None:
        """A fresh file is in its place."""
        ...

    def on_repaired(self) -> None:
        """The fresh file can be filled."""
        ...


class Supervisor:
    def __init__(self, db: Database, listener: FileListener) -> None:
        self._db = db
        self._listener = listener
        self._identity = db.read(meta.identity)
        self._repairs = 0
        self._repairing = asyncio.Lock()

    async def attempt(self, what: Callable[[], Awaitable[None]]) -> Exception | None:
        """Do it; what goes wrong is returned.  Only the end of the session is raised: SignedOut, WrongAccount."""
        async with self._repairing:
            repairs = self._repairs
        try:
            await what()
        except (SignedOut, WrongAccount):
            raise
        except DatabaseDamaged as error:
            if self._repairs >= MOST_REPAIRS:
                return error
            return await self._repair(repairs) or await self.attempt(what)
        except (ApiError, StorageError) as error:
            return error
        except Exception as error:
            log_fault(log, "sync met something it does not know", error)
            return error
        return None

    async def look_after_file(self) -> None:
        """What the first frame need not wait for: is the file sound, and is there space for the day there is none."""
        await self.attempt(self._db.look_over)
        await self.attempt(self._db.keep_reserve)

    async def _repair(self, repairs_then: int) -> StorageError | None:
        """Move the damaged file aside and begin a fresh one, unless another loop has done so since."""
        async with self._repairing:
            if self._repairs != repairs_then:
                return None
            log.error("the local database is damaged; it is moved aside and filled again")
            self._listener.on_damaged()
            try:
                await self._db.start_afresh()
                self._listener.on_replaced()
                if (identity := self._identity) is not None:
                    await self._db.write(lambda conn: meta.put_identity(conn, identity))
            except StorageError as error:
                return error
            self._repairs += 1
        self._listener.on_repaired()
        return None
