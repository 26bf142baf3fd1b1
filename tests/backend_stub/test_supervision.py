"""Commands on calls in progress: each effect once, refusals in words, roles; the telephones of the running app."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import connected
from tests.backend_stub.conftest import DEVICE, Hosted, Start, add_business

Row = dict[str, Any]


class Line:
    """A hosted API whose telephone rings, seen by its owner."""

    def __init__(self, hosted: Hosted, owner: httpx.AsyncClient) -> None:
        self.hosted = hosted
        self.owner = owner

    async def live_calls(self) -> list[Row]:
        rows = await self.hosted.store.read(
            lambda connection: connection.execute(
                "SELECT json_extract(doc, '$.id'), json_extract(doc, '$.handler') FROM entity"
                " WHERE kind = 'calls' AND open = 1 AND json_extract(doc, '$.status') = 'live'"
            ).fetchall()
        )
        return [{"id": row[0], "handler": row[1]} for row in rows]

    async def a_live_call(self) -> str:
        for _ in range(400):
            if calls := await self.live_calls():
                return str(calls[0]["id"])
            await self.hosted.clock.advance(0.25)
        raise AssertionError("nobody ever called")

    async def turns(self, call_id: str) -> list[Row]:
        return (await self.owner.get(f"/v1/calls/{call_id}")).json()["changes"]["turns"]

    async def give(self, call_id: str, kind: str, text: str | None = None, *, by: Any = None) -> httpx.Response:
        body = {"command_id": str(uuid4()), "kind": kind, "text": text}
        return await (by or self.owner).post(f"/v1/calls/{call_id}/commands", json=body)

    async def pass_until(self, wanted: Any, most_s: float = 30) -> None:
        """Let time pass until `wanted()` answers something true."""
        for _ in range(int(most_s * 4)):
            if await wanted():
                return
            await self.hosted.clock.advance(0.25)
            await self.hosted.store.write(lambda _: None)  # what the calls wrote meanwhile, on their own thread
        raise AssertionError("it never happened")


@pytest.fixture
async def line(start: Start) -> AsyncIterator[Line]:
    hosted = await start(history=True, play=True, concurrent=1)
    async with await hosted.client() as owner:
        yield Line(hosted, owner)


async def test_a_call_plays_from_ring_to_end_in_the_feed(line: Line) -> None:
    call_id = await line.a_live_call()

    async def is_over() -> bool:
        return call_id not in {call["id"] for call in await line.live_calls()}

    await line.pass_until(is_over, most_s=300)
    call = (await line.owner.get(f"/v1/calls/{call_id}")).json()["changes"]["calls"][0]
    assert call["status"] == "ended"
    assert call["outcome"] is not None
    turns = await line.turns(call_id)
    assert [turn["index"] for turn in turns] == list(range(len(turns)))
    assert call["turn_count"] == len(turns)


async def test_a_whisper_is_a_note_and_the_same_command_is_done_once(line: Line) -> None:
    call_id = await line.a_live_call()
    body = {"command_id": str(uuid4()), "kind": "whisper", "text": "Offer them the early slot."}
    first = await line.owner.post(f"/v1/calls/{call_id}/commands", json=body)
    assert first.status_code == 200, first.text
    again = await line.owner.post(f"/v1/calls/{call_id}/commands", json=body)
    assert again.json() == first.json()
    whispers = [turn for turn in await line.turns(call_id) if turn["note"] == "whisper"]
    assert [turn["text"] for turn in whispers] == ["Offer them the early slot."]
    other = await line.owner.post(f"/v1/calls/{call_id}/commands", json=body | {"text": "Something else."})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


async def test_take_over_say_and_hand_back(line: Line) -> None:
    call_id = await line.a_live_call()
    early = await line.give(call_id, "say", "Hello")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    assert (await line.give(call_id, "take_over")).status_code == 200

    async def is_mine() -> bool:
        return {"id": call_id, "handler": "human"} in await line.live_calls()

    await line.pass_until(is_mine, most_s=4)
    assert (await line.give(call_id, "say", "This is the owner, how can I help?")).status_code == 200
    async with await line.hosted.client("manager") as manager:
        taken = await line.give(call_id, "take_over", by=manager)
    assert (taken.status_code, taken.json()["code"]) == (409, "call_taken")
    assert taken.json()["handler_name"] in taken.json()["detail"]

    async def is_said() -> bool:
        return any(turn["speaker"] == "human" and turn["kind"] == "speech" for turn in await line.turns(call_id))

    await line.pass_until(is_said)
    assert (await line.give(call_id, "hand_back", "Please finish the booking.")).status_code == 200

    async def is_hers() -> bool:
        return {"id": call_id, "handler": "ai"} in await line.live_calls()

    await line.pass_until(is_hers, most_s=5)


async def test_an_ended_call_refuses_and_remembers_that_it_did(line: Line) -> None:
    call_id = await line.a_live_call()
    assert (await line.give(call_id, "end")).status_code == 200

    async def is_over() -> bool:
        return call_id not in {call["id"] for call in await line.live_calls()}

    await line.pass_until(is_over)
    body = {"command_id": str(uuid4()), "kind": "whisper", "text": "Too late"}
    refused = await line.owner.post(f"/v1/calls/{call_id}/commands", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "call_over")
    assert refused.headers["content-type"] == "application/problem+json"
    again = await line.owner.post(f"/v1/calls/{call_id}/commands", json=body)
    assert (again.status_code, again.json()) == (409, refused.json())


async def test_partial_words_reach_who_listens(line: Line) -> None:
    token = (await line.hosted.http.post("/v1/auth/demo", json={"device": DEVICE})).json()["access_token"]
    async with connected(line.hosted.app, token) as socket:
        await line.a_live_call()
        for _ in range(40):
            await line.hosted.clock.advance(0.25)
        frames = await socket.until(lambda frame: frame["t"] == "eph")
    assert frames[-1]["kind"] == "partial"
    assert frames[-1]["text"]


@pytest.mark.parametrize("kind", ["whisper", "take_over", "say", "hand_back", "end"])
async def test_front_desk_may_not_supervise(hosted: Hosted, kind: str) -> None:
    call = eg.call()
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "calls", call))
    async with await hosted.client("front_desk") as http:
        body = {"command_id": str(uuid4()), "kind": kind, "text": "x"}
        answer = await http.post(f"/v1/calls/{call['id']}/commands", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        snapshot = (await http.get(f"/v1/calls/{call['id']}")).json()
    assert snapshot["changes"]["turns"] == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"kind": "whisper"}, "body.text"),
        ({"kind": "say", "text": "   "}, "body.text"),
        ({"kind": "whisper", "text": "x" * 501}, "body.text"),
        ({"kind": "dance"}, "body.kind"),
        ({"kind": "end", "command_id": "not a uuid"}, "body.command_id"),
    ],
)
async def test_a_command_is_checked(hosted: Hosted, body: Row, path: str) -> None:
    async with await hosted.client() as http:
        answer = await http.post("/v1/calls/any/commands", json={"command_id": str(uuid4())} | body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


async def test_an_unknown_call_is_not_found(hosted: Hosted) -> None:
    async with await hosted.client() as http:
        answer = await http.post("/v1/calls/none/commands", json={"command_id": str(uuid4()), "kind": "end"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_calls_left_open_by_a_killed_server_are_closed_at_start(start: Start, store: Any) -> None:
    other = add_business(store, "Garage Vega")
    call = eg.call()
    store.write_now(lambda tx: tx.put(other.number, "calls", call))
    store.write_now(lambda tx: tx.put(other.number, "turns", eg.turn(call["id"], 0)))
    hosted = await start()
    async with await hosted.client(business=other) as http:
        found = (await http.get(f"/v1/calls/{call['id']}")).json()["changes"]["calls"][0]
    assert found["status"] == "ended"
    assert found["ended_at"] is not None
    assert found["outcome"] is not None
