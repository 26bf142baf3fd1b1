"""`/v1/live`: hello, snapshot, contiguous deltas, pokes, partial words, goodbyes."""

import asyncio
import contextlib
import itertools
import json
from typing import Any

import pytest

from backend_stub.feed import Scope
from backend_stub.hub import QUEUED_FRAMES, Farewell, Listener
from backend_stub.live import MISSED_PINGS, PING_S
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import AsgiSocket, Closed, Refused, connected
from tests.backend_stub.conftest import Hosted, add_business
from tests.backend_stub.feed_reader import Reader

Row = dict[str, Any]


async def put(hosted: Hosted, *rows: tuple[str, Row]) -> None:
    await hosted.store.write(lambda tx: [tx.put(hosted.business.number, kind, doc) for kind, doc in rows])


async def greeted(socket: AsgiSocket) -> Row:
    """The hello; the snapshot is read too."""
    hello, snapshot = await socket.receive(), await socket.receive()
    assert (hello["t"], snapshot["t"]) == ("hello", "snapshot")
    assert hello["seq"] == snapshot["seq"]
    return hello


async def test_the_snapshot_holds_the_calls_in_progress_and_what_they_name(hosted: Hosted) -> None:
    customer = eg.customer()
    live, over = eg.call(customer_id=customer["id"]), eg.ended_call()
    turns = [("turns", eg.turn(live["id"], index)) for index in range(3)]
    await put(hosted, ("customers", customer), ("calls", live), ("calls", over), *turns)
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        hello, snapshot = await socket.receive(), await socket.receive()
    assert hello["account_id"] == hosted.business.account_id
    assert [row["id"] for row in snapshot["changes"]["calls"]] == [live["id"]]
    assert [row["index"] for row in snapshot["changes"]["turns"]] == [0, 1, 2]
    assert [row["id"] for row in snapshot["changes"]["customers"]] == [customer["id"]]


async def test_deltas_are_contiguous_and_continue_a_complete_pull(hosted: Hosted) -> None:
    tokens = await hosted.sign_in()
    async with connected(hosted.app, tokens["access_token"]) as socket, await hosted.client() as http:
        hello = await greeted(socket)
        reader = Reader(http)
        await reader.drain()
        assert reader.cursor == hello["cursor"]
        docs = [eg.booking(notes=str(number)) for number in range(40)]
        await asyncio.gather(*(put(hosted, ("bookings", doc), ("customers", eg.customer())) for doc in docs))
        frames = [await socket.receive() for _ in docs]
        assert frames[0]["prev"] == hello["cursor"]
        assert all(one["cursor"] == other["prev"] for one, other in itertools.pairwise(frames))
        after = (await http.get("/v1/sync/changes", params={"cursor": hello["cursor"]})).json()
    assert after["cursor"] == frames[-1]["cursor"]
    by_delta = {row["id"]: row for frame in frames for row in frame["changes"]["bookings"]}
    assert by_delta == {row["id"]: row for row in after["changes"]["bookings"]}


async def test_a_delta_carries_tombstones_and_only_the_last_state_of_a_row(hosted: Hosted) -> None:
    doc = eg.booking()
    await put(hosted, ("bookings", doc))
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        await put(hosted, ("bookings", doc | {"notes": "a"}), ("bookings", doc | {"notes": "b"}))
        delta = await socket.receive()
        assert [row["notes"] for row in delta["changes"]["bookings"]] == ["b"]
        await hosted.store.write(lambda tx: tx.remove(hosted.business.number, "bookings", doc["id"], now_ms=eg.NOON))
        delta = await socket.receive()
    assert delta["changes"] == {}
    assert delta["deleted"]["bookings"] == [{"id": doc["id"], "version": delta["seq"], "reason": "deleted"}]


async def test_listeners_are_told_in_the_order_in_which_they_came(hosted: Hosted) -> None:
    told: list[int] = []

    async def listen(number: int, listener: Listener) -> None:
        await listener.next_frame()
        told.append(number)

    hub, account = hosted.app.state.services.hub, hosted.business.number
    with contextlib.ExitStack() as stack:
        listeners = [Listener(account=account, scope=Scope.FULL, session_id="s", user_id="u") for _ in range(50)]
        for listener in listeners:
            stack.enter_context(hub.listening(listener))
        tasks = [asyncio.create_task(listen(*each)) for each in enumerate(listeners)]
        await asyncio.sleep(0)
        await put(hosted, ("bookings", eg.booking()))
        await asyncio.gather(*tasks)
    assert told == list(range(50))


async def test_a_large_commit_is_a_poke(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        hello = await greeted(socket)
        await put(hosted, *(("bookings", eg.booking()) for _ in range(201)))
        assert await socket.receive() == {"t": "poke", "seq": hello["seq"] + 201}
        await put(hosted, ("bookings", eg.booking(notes="x" * 300_000)))
        assert (await socket.receive())["t"] == "poke"


async def test_a_slow_reader_gets_one_poke_instead_of_everything_it_missed(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        socket.flowing.clear()
        for number in range(QUEUED_FRAMES + 20):
            await put(hosted, ("bookings", eg.booking(notes=str(number))))
        socket.flowing.set()
        frames = await socket.until(lambda frame: frame["t"] == "poke")
        assert len(frames) <= 3
        await put(hosted, ("bookings", eg.booking()))
        delta = await socket.receive()
    assert (delta["t"], delta["seq"]) == ("delta", frames[-1]["seq"] + 1)


async def test_nothing_comes_twice_that_the_snapshot_already_held(hosted: Hosted) -> None:
    """Commits race the greeting; every delta begins where the hello or the delta before it ended."""
    tokens = await hosted.sign_in()
    for _ in range(10):
        writing = asyncio.gather(*(put(hosted, ("bookings", eg.booking())) for _ in range(5)))
        async with connected(hosted.app, tokens["access_token"]) as socket:
            cursor = (await greeted(socket))["cursor"]
            await writing
            await put(hosted, ("bookings", eg.booking(notes="last")))
            frames = await socket.until(lambda frame: "last" in json.dumps(frame))
        for frame in frames:
            assert frame["prev"] == cursor
            cursor = frame["cursor"]


async def test_front_desk_hears_no_words_and_sees_no_money(hosted: Hosted) -> None:
    call = eg.call()
    await put(hosted, ("calls", call), ("turns", eg.turn(call["id"], 0)))
    async with connected(hosted.app, (await hosted.sign_in("front_desk"))["access_token"]) as socket:
        await socket.receive()
        snapshot = await socket.receive()
        assert snapshot["changes"]["turns"] == []
        services = hosted.app.state.services
        services.hub.partial(hosted.business.number, partial(call["id"], "Hello"))
        await put(hosted, ("turns", eg.turn(call["id"], 1)), ("bookings", eg.booking()))
        delta = await socket.receive()
    assert delta["t"] == "delta"
    assert "turns" not in delta["changes"]
    assert delta["changes"]["bookings"][0]["price_cents"] is None


def partial(call_id: str, text: str) -> Row:
    return {
        "kind": "partial",
        "call_id": call_id,
        "turn_id": "turn-1",
        "index": 1,
        "speaker": "caller",
        "name": None,
        "text": text,
    }


async def test_partial_words_come_at_most_eight_times_a_second(hosted: Hosted) -> None:
    hub = hosted.app.state.services.hub
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        for number in range(100):
            hub.partial(hosted.business.number, partial("call-1", f"{number}"))
            hosted.clock.jump(0.01)
        await put(hosted, ("bookings", eg.booking()))
        frames = await socket.until(lambda frame: frame["t"] == "delta")
    words = [frame["text"] for frame in frames if frame["t"] == "eph"]
    assert 7 <= len(words) <= 8


async def test_partial_words_come_only_for_watched_calls(hosted: Hosted) -> None:
    hub = hosted.app.state.services.hub
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        socket.send({"t": "watch", "call_ids": ["call-1"]})
        socket.send({"t": "a frame of a newer app", "x": 1})
        socket.send_text("not json")
        await hosted.clock.settle()
        hub.partial(hosted.business.number, partial("call-1", "heard"))
        hub.partial(hosted.business.number, partial("call-2", "unheard"))
        await put(hosted, ("bookings", eg.booking()))
        frames = await socket.until(lambda frame: frame["t"] == "delta")
    assert [frame["call_id"] for frame in frames if frame["t"] == "eph"] == ["call-1"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("sign-out", "session_revoked"),
        ("sessions", "device_revoked"),
        ("one session", "device_revoked"),
        ("reuse", "session_revoked"),
    ],
)
async def test_an_ended_session_is_closed_at_once(hosted: Hosted, how: str, code: str) -> None:
    tokens = await hosted.sign_in()
    async with connected(hosted.app, tokens["access_token"]) as socket, await hosted.client() as http:
        await greeted(socket)
        if how == "sign-out":
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            await hosted.http.post("/v1/auth/sign-out", headers=headers)
        elif how == "sessions":
            await http.delete("/v1/auth/sessions")
        elif how == "one session":
            await http.delete(f"/v1/auth/sessions/{tokens['session_id']}")
        else:
            form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
            await hosted.http.post("/v1/auth/token", data=form)
            hosted.clock.jump(11)
            await hosted.http.post("/v1/auth/token", data=form)
        assert await socket.receive() == {"t": "bye", "code": code}
        with pytest.raises(Closed) as closed:
            await socket.receive()
    assert closed.value.code == 4401


async def test_the_socket_ends_with_its_token(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        await hosted.clock.sleepers(3)
        for _ in range(36):
            socket.send({"t": "pong"})
            await hosted.clock.advance(PING_S)
        frames = await socket.until(lambda frame: frame["t"] == "bye")
        assert frames[-1] == {"t": "bye", "code": "token_expired"}
        assert await socket.closed() == 4401


async def test_a_client_that_answers_no_ping_is_dropped(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        for _ in range(MISSED_PINGS):
            await hosted.clock.sleepers(3)
            await hosted.clock.advance(PING_S)
            assert await socket.receive() == {"t": "ping"}
        await hosted.clock.sleepers(3)
        await hosted.clock.advance(PING_S)
        assert await socket.closed() == 1001


@pytest.mark.parametrize(("token", "code"), [(None, "token_missing"), ("nonsense", "token_invalid")])
async def test_the_handshake_is_refused_with_a_problem(hosted: Hosted, token: str | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        async with connected(hosted.app, token):
            pass
    assert (refused.value.status, refused.value.document["code"]) == (401, code)


async def test_a_stopping_server_says_goodbye(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        with hosted.app.state.services.hub.running():
            pass
        assert await socket.receive() == {"t": "bye", "code": "restarting"}
        assert await socket.closed() == 1012


async def test_a_word_that_comes_in_while_the_server_closes_harms_nothing(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in())["access_token"]) as socket:
        await greeted(socket)
        hosted.app.state.services.hub.dismiss_all(Farewell(None, 1001))
        for _ in range(5):
            socket.send({"t": "pong"})
        assert await socket.closed() == 1001


async def test_another_business_hears_nothing(hosted: Hosted) -> None:
    other = add_business(hosted.store, "Garage Vega")
    token = (await hosted.sign_in(business=other))["access_token"]
    async with connected(hosted.app, token) as socket:
        await greeted(socket)
        await put(hosted, ("bookings", eg.booking()))
        hosted.app.state.services.hub.partial(hosted.business.number, partial("call-1", "secret"))
        mine = eg.booking(notes="mine")
        await hosted.store.write(lambda tx: tx.put(other.number, "bookings", mine))
        delta = await socket.receive()
    assert [row["id"] for row in delta["changes"]["bookings"]] == [mine["id"]]
