"""Secrets in one encrypted file: argon2id turns the passphrase into a key, AES-256-GCM seals the map.

The file is JSON: the derivation's parameters, a check value that tells a wrong passphrase from a damaged file, and
the sealed map.  The header is authenticated with the content.  A write replaces the file in one step.
"""

import asyncio
import base64
import binascii
import contextlib
import json
import os
import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock, Timeout

from client.platform import PlatformError
from client.platform.secrets import Keeping, VaultDamaged, WrongPassphrase

FORMAT = 1
KEY_BYTES = 32
CHECK_BYTES = 16
NONCE_BYTES = 12
LOCK_WAIT_S = 5.0
MEMORY_LIMIT_KIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """argon2id parameters, by default the second set RFC 9106 recommends; stored, so that they can be raised later."""

    salt: bytes
    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    def keys(self, passphrase: str) -> tuple[bytes, bytes]:
        """The sealing key and the check value."""
        material = hash_secret_raw(
            passphrase.encode(),
            self.salt,
            time_cost=self.passes,
            memory_cost=self.memory_kib,
            parallelism=self.lanes,
            hash_len=KEY_BYTES + CHECK_BYTES,
            type=Type.ID,
        )
        return material[:KEY_BYTES], material[KEY_BYTES:]

    def header(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "kdf": "argon2id",
            "salt": base64.b64encode(self.salt).decode(),
            "passes": self.passes,
            "memory_kib": self.memory_kib,
            "lanes": self.lanes,
        }


class _Unreadable(Exception):
    """The file is not a vault, or its content does not match its header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sealed:
    derivation: Derivation
    check: bytes
    nonce: bytes
    content: bytes


def _parse(raw: bytes) -> _Sealed:
    try:
        document: dict[str, Any] = json.loads(raw)
        sealed = _Sealed(
            derivation=Derivation(
                salt=base64.b64decode(document["salt"], validate=True),
                passes=int(document["passes"]),
                memory_kib=int(document["memory_kib"]),
                lanes=int(document["lanes"]),
            ),
            check=base64.b64decode(document["check"], validate=True),
            nonce=base64.b64decode(document["nonce"], validate=True),
            content=base64.b64decode(document["content"], validate=True),
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise _Unreadable from error
    kdf = sealed.derivation
    sane = 1 <= kdf.passes <= 64 and 8 <= kdf.memory_kib <= MEMORY_LIMIT_KIB and 1 <= kdf.lanes <= 64
    if document.get("format") != FORMAT or not sane or len(kdf.salt) < 8 or len(sealed.nonce) != NONCE_BYTES:
        raise _Unreadable
    return sealed


def _authenticated(derivation: Derivation) -> bytes:
    return json.dumps(derivation.header(), sort_keys=True).encode()


def _open(sealed: _Sealed, keys: tuple[bytes, bytes]) -> dict[str, str]:
    """Raises WrongPassphrase or _Unreadable."""
    key, check = keys
    if not secrets.compare_digest(check, sealed.check):
        raise WrongPassphrase
    try:
        content: object = json.loads(
            AESGCM(key).decrypt(sealed.nonce, sealed.content, _authenticated(sealed.derivation))
        )
    except (InvalidTag, ValueError) as error:
        raise _Unreadable from error
    if not isinstance(content, dict):
        raise _Unreadable
    return {str(name): str(secret) for name, secret in cast(dict[object, object], content).items()}


def _seal(content: dict[str, str], derivation: Derivation, keys: tuple[bytes, bytes]) -> bytes:
    key, check = keys
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, json.dumps(content).encode(), _authenticated(derivation))
    document = derivation.header() | {
        "check": base64.b64encode(check).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "content": base64.b64encode(sealed).decode(),
    }
    return json.dumps(document, indent=1).encode()


def _replace(path: Path, raw: bytes) -> None:
    """Write the whole file or nothing; readable by its owner only from the first byte on."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def recommended(salt: bytes) -> Derivation:
    """With argon2id's cost for whoever guesses; opening such a vault takes a third of a second here."""
    return Derivation(salt=salt)


class VaultSecrets:
    """`path` need not exist.  Every call reads the file, so that several processes may share it.

    The key is derived once and kept while the file's salt stays the same; `new_derivation` makes the first one.
    """

    def __init__(
        self, path: Path, passphrase: str, *, new_derivation: Callable[[bytes], Derivation] = recommended
    ) -> None:
        self._path = path
        self._passphrase = passphrase
        self._new_derivation = new_derivation
        self._lock = FileLock(f"{path}.lock", timeout=LOCK_WAIT_S, mode=0o600)
        self._derived: tuple[Derivation, tuple[bytes, bytes]] | None = None

    @property
    def keeping(self) -> Keeping:
        return Keeping.VAULT

    async def read(self, name: str) -> str | None:
        return (await asyncio.to_thread(self._read)).get(name)

    async def write(self, name: str, secret: str) -> None:
        await asyncio.to_thread(self._change, lambda content: content | {name: secret})

    async def erase(self, name: str) -> None:
        await asyncio.to_thread(
            self._change, lambda content: {kept: value for kept, value in content.items() if kept != name}
        )

    def _read(self) -> dict[str, str]:
        try:
            return self._content()[0]
        except _Unreadable:
            with self._held():
                return self._content_or_aside()[0]

    def _change(self, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        with self._held():
            before, derivation = self._content_or_aside()
            after = change(before)
            if after == before:
                return
            try:
                _replace(self._path, _seal(after, derivation, self._keys(derivation)))
            except OSError as error:
                raise self._trouble("written", error) from error

    def _content(self) -> tuple[dict[str, str], Derivation]:
        """What the vault holds now and how its key is derived.  Raises _Unreadable."""
        try:
            sealed = _parse(self._path.read_bytes())
        except FileNotFoundError:
            return {}, self._new_derivation(secrets.token_bytes(16))
        except OSError as error:
            raise self._trouble("read", error) from error
        return _open(sealed, self._keys(sealed.derivation)), sealed.derivation

    def _content_or_aside(self) -> tuple[dict[str, str], Derivation]:
        """Only under the lock, so that a vault that another process just mended is not moved away."""
        try:
            return self._content()
        except _Unreadable:
            aside = self._path.with_name(f"{self._path.name}.damaged-{secrets.token_hex(4)}")
            try:
                self._path.rename(aside)
            except OSError as error:
                raise self._trouble("moved aside", error) from error
            raise VaultDamaged(str(aside)) from None

    def _keys(self, derivation: Derivation) -> tuple[bytes, bytes]:
        if self._derived is None or self._derived[0] != derivation:
            self._derived = (derivation, derivation.keys(self._passphrase))
        return self._derived[1]

    @contextlib.contextmanager
    def _held(self) -> Generator[None]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = self._lock.acquire()
        except Timeout as error:
            raise PlatformError("vault", "Another copy of the app is using the vault. Try again.") from error
        except OSError as error:
            raise self._trouble("opened", error) from error
        with lock:
            yield

    def _trouble(self, what: str, error: OSError) -> PlatformError:
        return PlatformError("vault", f"The vault {self._path} cannot be {what} ({error.strerror or error}).")
