"""Who is signed in on this device, and the folder that holds an account's data.

One person is signed in for each pair of server and data folder.  Every account has a folder of its own, named by a
hash, so that nothing of one account is ever read as another's.
"""

import contextlib
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from client.config import Config
from client.models.account import Identity, Tokens
from client.platform.secrets import Secrets

DATABASE = "chatty.db"
LOCK = "sync.lock"
_WIPING = ".wiping"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """What is kept between two starts."""

    identity: Identity
    tokens: Tokens


class SessionKeeper:
    """The one session of this server and data folder.  All methods raise PlatformError."""

    def __init__(self, secrets: Secrets, config: Config) -> None:
        self._secrets = secrets
        place = f"{config.api_url}\n{config.data_dir.resolve()}"
        self._name = f"session {hashlib.sha256(place.encode()).hexdigest()[:16]}"

    async def kept(self) -> KeptSession | None:
        """None: nobody is signed in, or what was kept is from another version and cannot be read."""
        text = await self._secrets.read(self._name)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=KeptSession)
        except msgspec.DecodeError:
            return None

    async def keep(self, session: KeptSession) -> None:
        await self._secrets.write(self._name, msgspec.json.encode(session).decode())

    async def forget(self) -> None:
        await self._secrets.erase(self._name)


class AccountTokens:
    """The token store of one account's connection: it never gives or removes the tokens of another."""

    def __init__(self, keeper: SessionKeeper, identity: Identity) -> None:
        self._keeper = keeper
        self._identity = identity

    async def load(self) -> Tokens | None:
        kept = await self._keeper.kept()
        return kept.tokens if kept and self._is_ours(kept) else None

    async def save(self, tokens: Tokens) -> None:
        await self._keeper.keep(KeptSession(identity=self._identity, tokens=tokens))

    async def clear(self) -> None:
        kept = await self._keeper.kept()
        if kept and self._is_ours(kept):
            await self._keeper.forget()

    def _is_ours(self, kept: KeptSession) -> bool:
        return (kept.identity.account_id, kept.identity.user_id) == (self._identity.account_id, self._identity.user_id)


class EnteringTokens:
    """The token store of a sign-in under way: nothing is kept until it is known whose tokens they are."""

    async def load(self) -> Tokens | None:
        return None

    async def save(self, tokens: Tokens) -> None:
        del tokens

    async def clear(self) -> None: ...


# --- folders --------------------------------------------------------------------------------------------------------
def folder_of(config: Config, identity: Identity) -> Path:
    whose = f"{identity.api_url}\n{identity.account_id}\n{identity.user_id}"
    return config.data_dir / "accounts" / hashlib.sha256(whose.encode()).hexdigest()[:24]


def wipe(folder: Path) -> None:
    """Remove an account's data.  Renamed first, so that a kill on the way leaves nothing that would be opened again."""
    if folder.exists():
        doomed = folder.with_name(folder.name + _WIPING)
        shutil.rmtree(doomed, ignore_errors=True)
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def prepare(config: Config) -> None:
    """Make the data folder, for its owner's eyes only, and remove what an interrupted `wipe` left behind."""
    with contextlib.suppress(OSError):
        config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for doomed in (config.data_dir / "accounts").glob(f"*{_WIPING}"):
            shutil.rmtree(doomed, ignore_errors=True)
