"""What is open while somebody is signed in on this device: the account's folder, database, connection and sync engine.

`runtime.py` decides when an account is opened and shut.
"""

import asyncio
import contextlib
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
from client.models.removal import Reason
from client.platform import PlatformError
from client.storage import cursors, meta, outbox, unsent
from client.storage.database import Database
from client.storage.driver import Key
from client.storage.errors import StorageError, trouble_of

if TYPE_CHECKING:
    from client.api.connection import Api
    from sync.engine import Engine
    from sync.session import SessionWatch

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
    file: int | None = None
    """Which file was opened, as the file system counts them."""
    set_aside: Path | None = None
    """Where a damaged database was put while this one was opened."""
    first_link: LinkStatus = NOBODY
    """How things stood before the engine had said anything."""
    engine: "Engine | None" = None
    watch: "SessionWatch | None" = None
    """In the engine's place while there is no database."""
    running: asyncio.Task[None] | None = None
    indexing: asyncio.Task[None] | None = None

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
        tasks = [task for task in (self.running, self.indexing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.api.aclose()
        if self.database is not None:
            await asyncio.to_thread(self.database.close)

    def is_going(self) -> bool:
        """Whether another copy of the app removes the data, or has.

        Then the file that was opened is neither there nor put aside; what is may be one that this copy has begun since.
        What could not be opened stays unless somebody has said otherwise.
        """
        if wiping.is_begun(self.folder):
            return True
        if self.database is None:
            return False
        return _file_at(self.path) != self.file and not any(self.folder.glob(f"{accounts.DATABASE}.*"))

    async def begin_wipe(self, keeper: SessionKeeper | None) -> None:
        """From here on the data goes, whatever happens, and its key before anything else.  Raises PlatformError."""
        try:
            await asyncio.to_thread(wiping.begin, self.folder, Reason.LEFT)
        except OSError as error:
            raise self._stays(error) from error
        await self._destroy_key(keeper)

    async def begin_shred(self, keeper: SessionKeeper | None) -> None:
        """As `begin_wipe`, of a device that was revoked: nothing, not even a full disk, keeps the key from going."""
        with contextlib.suppress(OSError):
            await asyncio.to_thread(wiping.begin, self.folder, Reason.REVOKED)
        await self._destroy_key(keeper)

    async def wipe(self, keeper: SessionKeeper) -> None:
        """Remove the folder, when it is shut.  Raises PlatformError; then the next start goes on with it."""
        try:
            await wiping.finish(self.folder, keeper)
        except OSError as error:
            raise self._stays(error) from error

    async def _destroy_key(self, keeper: SessionKeeper | None) -> None:
        if keeper is not None:
            # What the keychain refuses now is tried again by `wipe`, and by the next start.
            with contextlib.suppress(PlatformError):
                await keeper.destroy_key(self.folder.name)

    def _stays(self, error: OSError) -> PlatformError:
        return PlatformError("storage", f"The data in {self.folder} could not be removed ({error.strerror}).")


async def open_account(
    identity: Identity, *, folder: Path, api: "Api", clock: Clock, key: Key | None = None
) -> OpenAccount:
    """The account with its database, or without one and with the reason in `storage_error` and `first_link`."""
    account = OpenAccount(identity=identity, folder=folder, api=api)
    try:
        opened = await asyncio.to_thread(Database.open_or_replace, account.path, clock, key)
        account.database, account.set_aside = opened
        account.file = await asyncio.to_thread(_file_at, account.path)
        account.first_link = account.database.read(_first_link)
        await account.database.write(lambda conn: meta.put_identity(conn, identity))
    except StorageError as error:
        # What could be opened is shown, though nothing new can be kept.
        account.first_link = replace(account.first_link, state=LinkState.OFFLINE, trouble=trouble_of(error))
        account.storage_error = error
    return account


def _file_at(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


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
