"""A WebSocket as the rest of client/api sees it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from urllib.parse import urlsplit


class SocketClosed(Exception):
    """The connection ended.  `code` is the close code, 1006 where none came."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class SocketRefused(Exception):
    """The server answered the handshake with an ordinary HTTP answer."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


class Socket(Protocol):
    """All three raise SocketClosed, except that closing twice is harmless."""

    async def receive(self) -> str | bytes: ...

    async def send(self, text: str) -> None: ...

    async def close(self) -> None: ...


OpenSocket = Callable[[str, Mapping[str, str]], Awaitable[Socket]]
"""(URL, headers) to an open socket.  Raises Unreachable or SocketRefused."""


def is_loopback(url: str) -> bool:
    """Whether the URL points at this machine, where no proxy helps and no compression pays."""
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


async def open_socket(url: str, headers: Mapping[str, str]) -> Socket:
    """An OpenSocket over the network; with the first one the websockets library is imported."""
    from client.api.network_socket import connected

    return await connected(url, headers)
