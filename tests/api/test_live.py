"""The live connection over a scripted socket."""

from pathlib import Path

import httpx
import pytest

from client.api import live
from client.api.errors import ApiError, DeviceRevoked, ServerFault, SignedOut, Unreachable
from client.api.live import BROKEN, Frame
from client.api.sockets import SocketClosed, SocketRefused
from client.api.wire import Delta, Hello, Ping, Poke, Snapshot
from client.models.calls import PartialTurn, Speaker
from client.models.ids import CallId
from tests.api.devices import MemoryTokens, ScriptedSocket, ScriptedSockets, api_of, problem, tokens, tokens_answer

CONTRACT = Path(__file__).parents[2] / "backend_stub" / "contract"


def frame(name: str) -> str:
    return (CONTRACT / f"live_{name}.json").read_text(encoding="utf-8")


async def listen(
    *attempts: ScriptedSocket | Exception, store: MemoryTokens | None = None, token: httpx.Response | None = None
) -> tuple[list[Frame], ApiError, live.LiveConnection | None]:
    """Everything that came until the connection ended, and how it ended."""
    frames: list[Frame] = []
    connection = None
    sockets = ScriptedSockets(*attempts)
    async with api_of(lambda _: token or tokens_answer(2), store=store, sockets=sockets) as api:
        with pytest.raises(ApiError) as ended:
            async with live.connect(api, "device-1") as connection:
                async for one in connection.frames():
                    frames.append(one)
    return frames, ended.value, connection


async def test_frames_come_typed_and_in_order() -> None:
    names = ("hello", "snapshot", "delta", "poke", "eph", "eph_unknown", "ping", "delta_deleted")
    socket = ScriptedSocket([*(frame(name) for name in names), '{"t":"confetti"}'])
    frames, ended, connection = await listen(socket)
    assert [type(one) for one in frames] == [Hello, Snapshot, Delta, Poke, PartialTurn, Ping, Delta]
    assert isinstance(ended, Unreachable)
    assert socket.sent == [{"t": "pong"}]
    assert socket.closed
    assert connection is not None and (connection.ignored, connection.malformed) == (2, 0)


async def test_a_broken_frame_is_counted_and_becomes_a_poke() -> None:
    frames, _, connection = await listen(ScriptedSocket(['{"t":"delta","prev":', b"\xff", frame("ping")]))
    assert frames[:2] == [BROKEN, BROKEN]
    assert type(frames[2]) is Ping
    assert connection is not None and connection.malformed == 2


async def test_a_speaker_of_a_newer_server() -> None:
    (partial,), _, _ = await listen(ScriptedSocket([frame("eph").replace('"caller"', '"ghost"')]))
    assert isinstance(partial, PartialTurn) and partial.speaker is Speaker.UNKNOWN


async def test_the_token_goes_along_in_a_header_only() -> None:
    sockets = ScriptedSockets(ScriptedSocket([]))
    async with api_of(sockets=sockets, url="https://api.test") as api, live.connect(api, "device-1") as connection:
        await connection.watch([CallId("b"), CallId("a")])
    assert sockets.asked == [("wss://api.test/v1/live?client_id=device-1", {"Authorization": "Bearer access-1"})]


@pytest.mark.parametrize("body", [problem(401, "token_expired").content, b""])
async def test_an_expired_token_at_the_door_is_refreshed(body: bytes) -> None:
    store = MemoryTokens(tokens(1))
    refused = SocketRefused(401 if body else 403, {}, body)
    frames, _, _ = await listen(refused, ScriptedSocket([frame("hello")]), store=store)
    assert type(frames[0]) is Hello
    assert store.tokens is not None and store.tokens.access == "access-2"


async def test_a_revoked_session_at_the_door() -> None:
    _, ended, _ = await listen(SocketRefused(401, {}, problem(401, "session_revoked").content))
    assert isinstance(ended, SignedOut)


async def test_a_server_in_trouble_at_the_door() -> None:
    _, ended, _ = await listen(SocketRefused(503, {"Retry-After": "4"}, b""))
    assert isinstance(ended, ServerFault) and ended.retry_after_s == 4
    _, ended, _ = await listen(Unreachable("no"))
    assert isinstance(ended, Unreachable)


async def test_a_token_that_expires_on_the_way_is_renewed() -> None:
    store = MemoryTokens(tokens(1))
    _, ended, _ = await listen(ScriptedSocket(['{"t":"bye","code":"token_expired"}', SocketClosed(4401)]), store=store)
    assert isinstance(ended, Unreachable)
    assert store.tokens is not None and store.tokens.access == "access-2"


@pytest.mark.parametrize("pull_was_first", [True, False])
async def test_a_token_that_a_pull_has_replaced_already_is_not_replaced_again(pull_was_first: bool) -> None:
    asked: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/auth/token":
            asked.append(request)
            return tokens_answer(len(asked) + 1)
        if request.headers["Authorization"] == "Bearer access-1":
            return problem(401, "token_expired")
        return httpx.Response(200, json={})

    sockets = ScriptedSockets(ScriptedSocket(['{"t":"bye","code":"token_expired"}', SocketClosed(4401)]))
    store = MemoryTokens(tokens(1))
    async with api_of(server, store=store, sockets=sockets) as api, live.connect(api, "device-1") as connection:
        if pull_was_first:
            await api.request("GET", "/v1/sync/changes")
        with pytest.raises(Unreachable):
            await anext(connection.frames())
    assert len(asked) == 1
    assert store.tokens is not None and store.tokens.access == "access-2"


async def test_a_session_that_is_revoked_on_the_way_ends() -> None:
    store = MemoryTokens(tokens(1))
    over = httpx.Response(400, content=(CONTRACT / "oauth_error.json").read_bytes())
    _, ended, _ = await listen(ScriptedSocket([frame("bye"), SocketClosed(4401)]), store=store, token=over)
    assert isinstance(ended, SignedOut)
    assert store.tokens is None


async def test_a_device_that_is_revoked_on_the_way_is_told_why() -> None:
    store = MemoryTokens(tokens(1))
    over = httpx.Response(400, content=(CONTRACT / "oauth_error_device_revoked.json").read_bytes())
    # Whatever code the connection closes with: the word before it is enough to ask.
    ending = ScriptedSocket([frame("bye_device_revoked"), SocketClosed(1006)])
    _, ended, _ = await listen(ending, store=store, token=over)
    assert isinstance(ended, DeviceRevoked)
    assert store.tokens == tokens(1)


async def test_a_restart_is_only_an_end() -> None:
    store = MemoryTokens(tokens(1))
    _, ended, _ = await listen(ScriptedSocket(['{"t":"bye","code":"restarting"}', SocketClosed(1012)]), store=store)
    assert isinstance(ended, Unreachable)
    assert store.tokens == tokens(1)
