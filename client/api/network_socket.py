"""A WebSocket over the network; the one file that sees the websockets library and its exceptions."""

import inspect
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from client.api.errors import Unreachable
from client.api.sockets import Socket, SocketClosed, SocketRefused, is_loopback

# A snapshot carries every turn of every call in progress.
MAX_MESSAGE = 8 * 1024 * 1024


async def connected(url: str, headers: Mapping[str, str]) -> Socket:
    """An open socket at `url`.  Raises Unreachable or SocketRefused."""
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
