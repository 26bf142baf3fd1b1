"""The network's WebSocket, against a real server on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from client.api.errors import Unreachable
from client.api.sockets import SocketClosed, SocketRefused, is_loopback, open_socket

Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def server(
    handler: Handler, door: Callable[[ServerConnection, Request], Response | None] | None = None
) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0, process_request=door, max_size=None) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/v1/live"


async def test_words_go_both_ways_and_large_ones_too() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with server(echo) as url:
        socket = await open_socket(url, {"Authorization": "Bearer a"})
        for text in ("hello", "x" * 5_000_000):
            await socket.send(text)
            assert await asyncio.wait_for(socket.receive(), 5) == text
        await socket.close()
        await socket.close()


async def test_the_close_code_is_told() -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close(4401)

    async with server(leave) as url:
        socket = await open_socket(url, {})
        with pytest.raises(SocketClosed) as closed:
            await asyncio.wait_for(socket.receive(), 5)
        assert closed.value.code == 4401
        with pytest.raises(SocketClosed):
            await socket.send("too late")
        await socket.close()


async def test_a_connection_that_breaks_has_no_code_of_its_own() -> None:
    async def break_off(connection: ServerConnection) -> None:
        connection.transport.abort()

    async with server(break_off) as url:
        socket = await open_socket(url, {})
        with pytest.raises(SocketClosed) as closed:
            await asyncio.wait_for(socket.receive(), 5)
        assert closed.value.code == 1006
        await socket.close()


async def test_a_refusal_at_the_door_keeps_its_answer() -> None:
    async def never(_: ServerConnection) -> None:
        raise AssertionError("nobody was let in")

    def door(connection: ServerConnection, request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer old"
        response = connection.respond(HTTPStatus.UNAUTHORIZED, '{"code":"token_expired"}')
        response.headers["Retry-After"] = "3"
        return response

    async with server(never, door) as url:
        with pytest.raises(SocketRefused) as refused:
            await open_socket(url, {"Authorization": "Bearer old"})
    assert refused.value.status == 401
    assert refused.value.body == b'{"code":"token_expired"}'
    assert refused.value.headers["Retry-After"] == "3"


async def test_nobody_there_is_unreachable() -> None:
    async def never(_: ServerConnection) -> None: ...

    async with server(never) as url:
        pass
    with pytest.raises(Unreachable):
        await open_socket(url, {})


def test_what_counts_as_this_machine() -> None:
    assert (
        is_loopback("ws://127.0.0.1:8550/v1/live") and is_loopback("http://[::1]:1") and is_loopback("http://localhost")
    )
    assert not is_loopback("https://api.thechatty.test")
