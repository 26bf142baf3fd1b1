"""Who is signed in on this device, and what is kept of each: where, and with what trouble.

What the keychain refuses is a state that the runtime tells, and keeps nobody from working.
"""

import asyncio
import contextlib

import accounts
import wiping
from accounts import KeptSession, SessionKeeper
from client.config import Config
from client.models.account import Identity
from client.models.encryption import Encryption
from client.models.removal import Removal
from client.platform import PlatformError, detect
from client.platform.secrets.memory import MemorySecrets
from client.state.runtime import Keeping
from client.storage import driver
from client.storage.driver import Key
from client.storage.errors import unusable


class People:
    """`keeper` is None until `choose_secrets` has found a place for secrets."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.keeper: SessionKeeper | None = None
        self.keeping = Keeping.MEMORY
        self.identities: tuple[Identity, ...] = ()
        """Everybody who is signed in on this device, the one used last first."""
        self.keychain_trouble: str | None = None
        """Why the keychain is not used, None where it is."""
        self.secrets_trouble: PlatformError | None = None
        """What kept the session from being read or kept, None mostly."""
        self.removal: Removal | None = None
        """What an earlier process had begun to remove, None mostly."""

    async def choose_secrets(self) -> None:
        """Decide where secrets rest; on a phone, in the secure storage of the current page."""
        if detect.is_phone():
            choice = detect.choose_secrets(self.config.data_dir, self.config.vault_passphrase)
        else:
            choice = await asyncio.to_thread(detect.choose_secrets, self.config.data_dir, self.config.vault_passphrase)
        self.keychain_trouble = choice.keychain_trouble
        self.keeping = Keeping(choice.secrets.keeping.value)
        self.keeper = SessionKeeper(choice.secrets, self.config)

    async def meet(self) -> Identity | None:
        """Whose account a start opens, None for nobody's; removals that an earlier process began are finished first."""
        await self.choose_secrets()
        assert self.keeper
        self.secrets_trouble = None
        try:
            self.removal = await wiping.finish_all(self.config, self.keeper) or self.removal
            kept = await self.keeper.shown()
            self.identities = await self.keeper.identities()
        except PlatformError as error:
            self.secrets_trouble = error
            return None
        return kept.identity if kept else None

    async def kept_identity(self) -> Identity | None:
        """Who was signed in last time, without opening anything.  Raises PlatformError."""
        kept = await self.keeper.shown() if self.keeper else None
        return kept.identity if kept else None

    async def look(self) -> None:
        """Find out anew who is signed in."""
        if self.keeper is not None:
            with contextlib.suppress(PlatformError):
                self.identities = await self.keeper.identities()

    async def keep(self, session: KeptSession) -> None:
        """Where the session cannot be kept, it goes on and ends with this process: nobody is turned away for that."""
        assert self.keeper
        try:
            await self.keeper.keep(session)
            self.secrets_trouble = None
        except PlatformError as error:
            self.secrets_trouble = error
            self.keeping = Keeping.MEMORY
            self.keeper = SessionKeeper(MemorySecrets(), self.config)
            await self.keeper.keep(session)

    async def forget(self, identity: Identity) -> None:
        """End the session here; what the keychain refuses stays in it."""
        if self.keeper is not None:
            with contextlib.suppress(PlatformError):
                await self.keeper.forget(accounts.name_of(identity))

    async def make_room(self, identity: Identity) -> None:
        """What is left of an account that was being removed is not what its owner comes back to.

        Raises PlatformError, StorageError.
        """
        assert self.keeper
        folder = accounts.folder_of(self.config, identity)
        if wiping.is_begun(folder):
            try:
                await wiping.finish(folder, self.keeper)
            except OSError as error:
                raise unusable(error) from error

    async def key_of(self, identity: Identity, *, make: bool = True) -> tuple[Key | None, Encryption | None]:
        """What this account's data is encrypted with, made if there is none yet; or why it is not."""
        if self.keeper is None or self.keeping is not Keeping.KEYCHAIN:
            return None, Encryption.NO_KEYCHAIN
        if not await asyncio.to_thread(driver.is_available):
            return None, Encryption.NO_DRIVER
        name = accounts.name_of(identity)
        try:
            key = await self.keeper.key(name)
            return key or (await self.keeper.make_key(name) if make else None), None
        except PlatformError:
            return None, Encryption.NO_KEYCHAIN
