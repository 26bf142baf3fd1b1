"""What is open while somebody is signed in on this device: the account's folder, database, connection and sync engine.

`runtime.py` decides when an account is opened and shut.
"""

import asyncio
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import accounts
import wiping
from accounts import SessionKeeper
from client.clock import Clock
from client.models.account import Identity
from client.models.link import LinkState, LinkStatus
from client.platform import PlatformError
from client.storage import cursors, meta, outbox, unsent
from client.storage.database import Database
from client.storage.errors import StorageError, trouble_of

if TYPE_CHECKING:
    from client.api.connection import Api
    from sync.engine import Engine

NOBODY = LinkStatus(
    state=LinkState.SIGNED_OUT, as_of=None, filling=None, trouble=None, retry_at=None, skew_s=None, waiting=0
)


@dataclass(slots=True, kw_only=True)
class OpenAccount:
    """One account, opened with `open_account`.  `database` is None when it could not be opened (`storage_error`)."""

    identity: Identity
    folder: Path
    api: "Api"
    database: Database | None = None
    storage_error: StorageError | None = None
    set_aside: Path | None = None
    """Where a damaged database was put while this one was opened."""
    first_link: LinkStatus = NOBODY
    """How things stood before the engine had said anything."""
    engine: "Engine | None" = None
    running: asyncio.Task[None] | None = None

    @property
    def path(self) -> Path:
        return self.folder / accounts.DATABASE

    def unsent(self) -> int:
        """How many changes would be lost with the folder, as far as that can be read."""
        return self.database.read(unsent.count) if self.database else 0

    def may_hold_unsent(self) -> bool:
        """Whether changes would be lost with the folder; what cannot be opened may hold some, too."""
        return self.database is None or self.unsent() > 0

    async def shut(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)
        await self.api.aclose()
        if self.database is not None:
            await asyncio.to_thread(self.database.close)

    async def begin_wipe(self) -> None:
        """From here on the data goes, whatever happens.  Raises PlatformError."""
        try:
            await asyncio.to_thread(wiping.begin, self.folder)
        except OSError as error:
            raise self._stays(error) from error

    async def wipe(self, keeper: SessionKeeper) -> None:
        """Remove the folder, when it is shut.  Raises PlatformError; then the next start goes on with it."""
        try:
            await wiping.finish(self.folder, keeper)
        except OSError as error:
            raise self._stays(error) from error

    def _stays(self, error: OSError) -> PlatformError:
        return PlatformError("storage", f"The data in {self.folder} could not be removed ({error.strerror}).")


async def open_account(identity: Identity, *, folder: Path, api: "Api", clock: Clock) -> OpenAccount:
    """The account with its database, or without one and with the reason in `storage_error` and `first_link`."""
    account = OpenAccount(identity=identity, folder=folder, api=api)
    try:
        account.database, account.set_aside = await asyncio.to_thread(Database.open_or_replace, account.path, clock)
        account.first_link = account.database.read(_first_link)
        await account.database.write(lambda conn: meta.put_identity(conn, identity))
    except StorageError as error:
        # What could be opened is shown, though nothing new can be kept.
        account.first_link = replace(account.first_link, state=LinkState.OFFLINE, trouble=trouble_of(error))
        account.storage_error = error
    return account


def _first_link(conn: sqlite3.Connection) -> LinkStatus:
    return LinkStatus(
        state=LinkState.CONNECTING,
        as_of=cursors.as_of(conn),
        filling=None,
        trouble=None,
        retry_at=None,
        skew_s=meta.skew_s(conn),
        waiting=outbox.waiting(conn),
    )
