"""A phone's secure storage, reached through the page that is current when this is made."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import flet_secure_storage as storage  # pyright: ignore[reportMissingTypeStubs]

from client.platform import PlatformError
from client.platform.secrets import Keeping

TIMEOUT_S = 10.0

Answer = TypeVar("Answer")


class DeviceSecrets:
    """Readable after the first unlock since the phone started, never copied to another phone."""

    def __init__(self) -> None:
        self._storage = storage.SecureStorage(
            ios_options=storage.IOSOptions(accessibility=storage.KeychainAccessibility.FIRST_UNLOCK_THIS_DEVICE)
        )

    @property
    def keeping(self) -> Keeping:
        return Keeping.KEYCHAIN

    async def read(self, name: str) -> str | None:
        return await _ask(self._storage.get(name))

    async def write(self, name: str, secret: str) -> None:
        await _ask(self._storage.set(name, secret))

    async def erase(self, name: str) -> None:
        await _ask(self._storage.remove(name))


async def _ask(question: Awaitable[Answer]) -> Answer:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await question
    except (RuntimeError, TimeoutError) as error:
        what = str(error) or type(error).__name__
        raise PlatformError("secure storage", f"The phone's secure storage failed ({what}).") from error
