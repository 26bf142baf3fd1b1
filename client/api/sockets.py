"""A WebSocket as the rest of client/api sees it; the one file that sees the websockets library and its exceptions."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from client.api.errors import Unreachable

# A snapshot carries every turn of every call in progress.
MAX_MESSAGE = 8 * 1024 * 1024


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
    """An OpenSocket over the network."""
    options: dict[str, Any] = {}
    if is_loopback(url):
        options["compression"] = None
        if "proxy" in inspect.signature(connect.__init__).parameters:
            options["proxy"] = None
    try:
        # Liveness is the contract's own ping frame; the library's would only double it.
        connection = await connect(
            url, additional_headers=dict(headers), ping_interval=None, max_size=MAX_MESSAGE, open_timeout=10, **options
        )
    except InvalidStatus as error:
        response = error.response
        raise SocketRefused(response.status_code, dict(response.headers.raw_items()), bytes(response.body)) from None
    except (OSError, TimeoutError, WebSocketException) as error:
        raise Unreachable("TheChattyAI cannot be reached.") from error
    return _NetworkSocket(connection)


class _NetworkSocket:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def receive(self) -> str | bytes:
        try:
            return await self._connection.recv()
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def send(self, text: str) -> None:
        try:
            await self._connection.send(text)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def close(self) -> None:
        await self._connection.close()


def _closed(error: ConnectionClosed) -> SocketClosed:
    return SocketClosed(1006 if error.rcvd is None else error.rcvd.code)
