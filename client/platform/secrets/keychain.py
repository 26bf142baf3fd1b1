"""The operating system's own store: Secret Service and KWallet on Linux, the Keychain on macOS, Windows' vault.

Only these back ends are ever used, by name: the keyring package may know others, among them one that keeps plain
text.  The package is imported on first use, since importing it costs as much as opening the database.
"""

import asyncio
import importlib
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from client.platform import PlatformError
from client.platform.secrets import Keeping

SERVICE = "TheChattyAI"
CHUNK = 1000
"""Windows refuses a credential over 2,560 bytes of UTF-16; longer secrets are kept in pieces."""

Answer = TypeVar("Answer")


class Backend(Protocol):
    """What is used of keyring's `KeyringBackend`.  Its methods block and raise whatever the system raises."""

    def get_password(self, service: str, username: str, /) -> str | None: ...
    def set_password(self, service: str, username: str, password: str, /) -> None: ...
    def delete_password(self, service: str, username: str, /) -> None: ...


ALLOWED: dict[str, tuple[tuple[str, str], ...]] = {
    "darwin": (("keyring.backends.macOS", "Keyring"),),
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
    "linux": (("keyring.backends.SecretService", "Keyring"), ("keyring.backends.kwallet", "DBusKeyring")),
}


def _native(work: Callable[[], Answer], timeout_s: float) -> Answer:
    """The border to the system: whatever `work` raises, or its silence for `timeout_s`, becomes a PlatformError.

    The thread is a daemon of its own, since a locked collection may never answer and a pool would wait for it at exit.
    """
    future: Future[Answer] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, name="keychain", daemon=True).start()
    try:
        return future.result(timeout_s)
    except TimeoutError as error:
        raise PlatformError("keychain", "The keychain did not answer. Is it locked?") from error
    except Exception as error:
        raise PlatformError("keychain", f"The keychain refused: {error or type(error).__name__}.") from error


def _refuse_locked_collection() -> None:
    """Ask Secret Service without unlocking: keyring would raise a prompt that nobody may be there to answer."""
    import secretstorage

    bus = secretstorage.dbus_init()
    try:
        if secretstorage.get_default_collection(bus).is_locked():
            raise RuntimeError("it is locked")
    finally:
        bus.close()


def _prove(backend: Backend) -> None:
    """Write, read and delete a value: a back end that reports itself usable may still refuse."""
    name, value = f"self-test {secrets.token_hex(4)}", secrets.token_hex(8)
    backend.set_password(SERVICE, name, value)
    try:
        if backend.get_password(SERVICE, name) != value:
            raise RuntimeError("it did not give back what it was given")
    finally:
        backend.delete_password(SERVICE, name)


def _load(module: str, name: str) -> Backend:
    kind = getattr(importlib.import_module(module), name)
    _ = kind.priority  # raises where the system lacks this back end
    if module.endswith("SecretService"):
        _refuse_locked_collection()
    backend: Backend = kind()
    _prove(backend)
    return backend


class KeychainSecrets:
    """Made by `open_keychain`.  A call that takes longer than `timeout_s` raises PlatformError."""

    def __init__(self, backend: Backend, *, timeout_s: float = 10.0) -> None:
        self._backend = backend
        self._timeout_s = timeout_s

    @property
    def keeping(self) -> Keeping:
        return Keeping.KEYCHAIN

    async def read(self, name: str) -> str | None:
        return await self._ask(lambda: self._joined(name))

    async def write(self, name: str, secret: str) -> None:
        await self._ask(lambda: self._split(name, secret))

    async def erase(self, name: str) -> None:
        await self._ask(lambda: self._remove(name))

    def _joined(self, name: str) -> str | None:
        first = self._backend.get_password(SERVICE, name)
        if first is None:
            return None
        count, _, text = first.partition(":")
        pieces = [text]
        for index in range(1, int(count)):
            piece = self._backend.get_password(SERVICE, f"{name} {index}")
            if piece is None:
                return None
            pieces.append(piece)
        return "".join(pieces)

    def _split(self, name: str, secret: str) -> None:
        """The first piece carries the count and is written last, so that half a secret is never read."""
        pieces = [secret[at : at + CHUNK] for at in range(0, len(secret), CHUNK)] or [""]
        self._remove(name)
        for index, piece in enumerate(pieces[1:], start=1):
            self._backend.set_password(SERVICE, f"{name} {index}", piece)
        self._backend.set_password(SERVICE, name, f"{len(pieces)}:{pieces[0]}")

    def _remove(self, name: str) -> None:
        if self._backend.get_password(SERVICE, name) is not None:
            self._backend.delete_password(SERVICE, name)
        index = 1
        while self._backend.get_password(SERVICE, piece := f"{name} {index}") is not None:
            self._backend.delete_password(SERVICE, piece)
            index += 1

    async def _ask(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.to_thread(_native, work, self._timeout_s)


def open_keychain(*, timeout_s: float = 2.0) -> KeychainSecrets:
    """The first back end of this system that works.  Raises PlatformError; blocks for `timeout_s` per back end."""
    reasons: list[str] = []
    for module, name in ALLOWED.get(sys.platform, ()):
        try:
            return KeychainSecrets(_native(lambda module=module, name=name: _load(module, name), timeout_s))
        except PlatformError as error:
            reasons.append(error.sentence)
    raise PlatformError("keychain", " ".join(reasons) or "This system has no keychain.")
