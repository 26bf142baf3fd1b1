"""Secrets that end with the process: the honest answer where the device offers no safe place."""

from client.platform.secrets import Keeping


class MemorySecrets:
    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    @property
    def keeping(self) -> Keeping:
        return Keeping.MEMORY

    async def read(self, name: str) -> str | None:
        return self._secrets.get(name)

    async def write(self, name: str, secret: str) -> None:
        self._secrets[name] = secret

    async def erase(self, name: str) -> None:
        self._secrets.pop(name, None)
