"""Who is signed in on this device, and where an account's data lies.

Several accounts may be signed in on one pair of server and data folder; one of them is shown.  Each has secrets and a
folder of its own, all named by the same hash, so that nothing of one account is ever read as another's.
"""

import contextlib
import hashlib
import secrets as randomness
from dataclasses import dataclass
from pathlib import Path

import msgspec

from client.config import Config
from client.models.account import Identity, Tokens
from client.platform.secrets import Secrets
from client.storage.driver import KEY_BYTES, Key

DATABASE = "chatty.db"
LOCK = "sync.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """What is kept of one account between two starts."""

    identity: Identity
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Who is signed in, the one used last first.  `shown`: the account that a start opens, by its name."""

    shown: str | None
    identities: tuple[Identity, ...]

    def without(self, name: str) -> "_Kept":
        rest = tuple(each for each in self.identities if name_of(each) != name)
        return _Kept(shown=None if self.shown == name else self.shown, identities=rest)

    def showing(self, identity: Identity) -> "_Kept":
        name = name_of(identity)
        return _Kept(shown=name, identities=(identity, *self.without(name).identities))


_NOBODY = _Kept(shown=None, identities=())


class SessionKeeper:
    """The sessions of this server and data folder.  All methods raise PlatformError.

    The tokens of each account are a secret of their own: refreshing those of one never touches another's.
    """

    def __init__(self, secrets: Secrets, config: Config) -> None:
        self._secrets = secrets
        place = f"{config.api_url}\n{config.data_dir.resolve()}"
        self._name = f"session {hashlib.sha256(place.encode()).hexdigest()[:16]}"

    async def shown(self) -> KeptSession | None:
        """Whose account a start opens; None: nobody's, or what was kept is from another version and cannot be read."""
        kept = await self._kept()
        return await self._session(kept.shown) if kept.shown else None

    async def identities(self) -> tuple[Identity, ...]:
        """Everybody who is signed in, the one used last first."""
        return (await self._kept()).identities

    async def of(self, identity: Identity) -> KeptSession | None:
        return await self._session(name_of(identity))

    async def keep(self, session: KeptSession) -> None:
        """Keep this session beside the others; a start opens its account."""
        await self.save(session)
        await self._put((await self._kept()).showing(session.identity))

    async def save(self, session: KeptSession) -> None:
        """Keep new tokens of an account, whichever is shown."""
        await self._secrets.write(self._secret(name_of(session.identity)), _text(session))

    async def show(self, identity: Identity) -> None:
        """From now on a start opens this account, which is signed in."""
        await self._put((await self._kept()).showing(identity))

    async def forget(self, name: str) -> None:
        """End the session of the account with this name, if there is one."""
        await self._secrets.erase(self._secret(name))
        kept = await self._kept()
        without = kept.without(name)
        if without != kept:
            await self._put(without)

    async def key(self, name: str) -> Key | None:
        """What the data of the account with this name is encrypted with; None: it has no key, or not any more."""
        text = await self._secrets.read(self._key(name))
        try:
            key = bytes.fromhex(text or "")
        except ValueError:
            return None
        return key if len(key) == KEY_BYTES else None

    async def make_key(self, name: str) -> Key:
        """A new key, kept before it is used."""
        key = randomness.token_bytes(KEY_BYTES)
        await self._secrets.write(self._key(name), key.hex())
        return key

    async def destroy_key(self, name: str) -> None:
        """From here on nobody can read what it encrypted."""
        await self._secrets.erase(self._key(name))

    def _key(self, name: str) -> str:
        return f"{self._secret(name)} key"

    def _secret(self, name: str) -> str:
        return f"{self._name} {name}"

    async def _session(self, name: str) -> KeptSession | None:
        text = await self._secrets.read(self._secret(name))
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=KeptSession)
        except msgspec.DecodeError:
            return None

    async def _kept(self) -> _Kept:
        text = await self._secrets.read(self._name)
        if text is None:
            return _NOBODY
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(text, type=_Kept)
        with contextlib.suppress(msgspec.DecodeError):
            return await self._from_one(msgspec.json.decode(text, type=KeptSession))
        return _NOBODY

    async def _from_one(self, session: KeptSession) -> _Kept:
        """Versions up to 0.1.0 kept one session, under the name of the list."""
        kept = _NOBODY.showing(session.identity)
        await self.save(session)
        await self._put(kept)
        return kept

    async def _put(self, kept: _Kept) -> None:
        if kept.identities:
            await self._secrets.write(self._name, _text(kept))
        else:
            await self._secrets.erase(self._name)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


class AccountTokens:
    """The token store of one account's connection: it never gives or removes the tokens of another."""

    def __init__(self, keeper: SessionKeeper, identity: Identity) -> None:
        self._keeper = keeper
        self._identity = identity

    async def load(self) -> Tokens | None:
        kept = await self._keeper.of(self._identity)
        return kept.tokens if kept else None

    async def save(self, tokens: Tokens) -> None:
        await self._keeper.save(KeptSession(identity=self._identity, tokens=tokens))

    async def clear(self) -> None:
        await self._keeper.forget(name_of(self._identity))


class EnteringTokens:
    """The token store of a sign-in under way: nothing is kept until it is known whose tokens they are."""

    async def load(self) -> Tokens | None:
        return None

    async def save(self, tokens: Tokens) -> None:
        del tokens

    async def clear(self) -> None: ...


# --- folders --------------------------------------------------------------------------------------------------------
def name_of(identity: Identity) -> str:
    """The hash by which this device calls an account: its folder's name, and its secrets'."""
    whose = f"{identity.api_url}\n{identity.account_id}\n{identity.user_id}"
    return hashlib.sha256(whose.encode()).hexdigest()[:24]


def folders(config: Config) -> Path:
    """Where the accounts' folders lie."""
    return config.data_dir / "accounts"


def folder_of(config: Config, identity: Identity) -> Path:
    return folders(config) / name_of(identity)


def prepare(config: Config) -> None:
    """Make the data folder, for its owner's eyes only."""
    with contextlib.suppress(OSError):
        config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
