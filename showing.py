"""Which of the accounts that are signed in here is shown: opening it, opening it again, leaving it, removing it.

`runtime.py` says when, and lets one of these happen at a time.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import accounts
from accounts import AccountTokens
from client.clock import Clock
from client.config import Config
from client.models.account import Identity
from client.models.encryption import Encryption
from client.models.link import LinkStatus, Trouble
from client.platform import PlatformError
from client.storage.errors import KeyMissing, StorageError, trouble_of, unusable
from client.storage.opening import lock_away, move_aside
from open_account import NOBODY, OpenAccount, open_account
from people import People

if TYPE_CHECKING:
    from client.api.connection import Api


class Showing:
    """`account` is None while nobody's is shown; `link` is how things stand with it, or how they stood at its end."""

    def __init__(self, config: Config, clock: Clock, people: People, new_api: Callable[[AccountTokens], "Api"]) -> None:
        self.account: OpenAccount | None = None
        self.link = NOBODY
        self.storage_error: StorageError | None = None
        self.set_aside: Path | None = None
        self.encryption: Encryption | None = None
        self._config = config
        self._clock = clock
        self._people = people
        self._new_api = new_api

    async def open(self, identity: Identity) -> None:
        """Its database, or the reason why there is none in `storage_error`.  Raises PlatformError."""
        assert self._people.keeper
        api = self._new_api(AccountTokens(self._people.keeper, identity))
        folder = accounts.folder_of(self._config, identity)
        key, why_not = await self._people.key_of(identity)
        account = await open_account(identity, folder=folder, api=api, clock=self._clock, key=key)
        self.encryption = (account.database.encryption if account.database else None) or why_not
        self.link, self.storage_error = account.first_link, account.storage_error
        self.set_aside = account.set_aside or self.set_aside
        self.account = account

    async def show(self, identity: Identity) -> None:
        """Shut what is open and open this account."""
        before, self.account = self.account, None
        if before is not None:
            await before.shut()
        await self.open(identity)
        await self._people.look()

    async def _show_next(self) -> None:
        """After a sign-out: whoever of the others was there last."""
        if self._people.keeper is None or not self._people.identities:
            return
        with contextlib.suppress(PlatformError):
            identity = self._people.identities[0]
            await self._people.keeper.show(identity)
            await self.show(identity)

    async def shut(self) -> None:
        account, self.account = self.account, None
        if account is not None:
            await account.shut()

    # --- a database that does not open -----------------------------------------------------------------------------
    async def reopen(self, *, afresh: bool) -> bool:
        """Whether there was one to try.  `afresh`: what is there is moved to `set_aside` first; nothing is deleted."""
        account = self.account
        if account is None or account.database is not None:
            return False
        try:
            if afresh:
                put_aside = lock_away if isinstance(self.storage_error, KeyMissing) else move_aside
                self.set_aside = await asyncio.to_thread(put_aside, account.path, self._clock)
        except OSError as error:
            self.storage_error = unusable(error)
            self.link = replace(self.link, trouble=trouble_of(self.storage_error))
        else:
            await account.shut()
            await self.open(account.identity)
        return True

    # --- the end ---------------------------------------------------------------------------------------------------
    async def leave(self, account: OpenAccount, *, discard: bool) -> bool:
        """End its session and remove its data, or lock it away where changes would be lost that are not discarded.

        Whoever else is signed in is shown next.  False when the server could not be told.  Raises PlatformError when
        the data could not be removed, or, with the account still shown, not even be marked for it.
        """
        from client.api import auth
        from client.api.errors import ApiError, DeviceRevoked

        goes = discard or not account.may_hold_unsent()
        if goes:
            await account.begin_wipe(self._people.keeper)
        try:
            await auth.sign_out(account.api)
            told = True
        except DeviceRevoked:
            await account.begin_shred(self._people.keeper)
            goes = told = True
        except ApiError:
            told = False
        await self._forget(NOBODY)
        try:
            if goes and self._people.keeper is not None:
                await account.wipe(self._people.keeper)
        finally:
            await self._show_next()
        return told

    async def end(self, account: OpenAccount, link: LinkStatus) -> bool:
        """The server ended the session of this account: the data stays, but nobody can read it before signing in again.

        False, and nothing done, when the owner has left by themselves meanwhile: then somebody else may be there.  Of a
        device that was revoked, or where another copy of the app has removed the data, nothing stays.
        """
        if link.trouble is Trouble.DEVICE_REVOKED:
            await self.shred(account, link)
        elif await asyncio.to_thread(account.is_going):
            await self.shred(account, replace(link, trouble=None))
        elif self.account is account:
            await self._forget(link)
        else:
            return False
        return True

    async def shred(self, account: OpenAccount, link: LinkStatus) -> None:
        """Nothing of that account stays, shown or not, sent or not.

        Not if the same person has signed in here anew meanwhile.
        """
        if self.account is not None and self.account is not account and self.account.folder == account.folder:
            return
        await account.begin_shred(self._people.keeper)
        if self.account is account:
            self.link = link
            await self.shut()
        if self._people.keeper is not None:
            # What cannot be removed now is removed by the next start.
            with contextlib.suppress(PlatformError):
                await account.wipe(self._people.keeper)
        await self._people.look()

    async def _forget(self, link: LinkStatus) -> None:
        account = self.account
        self.link = link
        await self.shut()
        if account is not None:
            await self._people.forget(account.identity)
        await self._people.look()
