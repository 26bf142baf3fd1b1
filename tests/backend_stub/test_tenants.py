"""Two businesses on one server: nothing of one is readable, changeable or audible by the other."""

from typing import Any
from uuid import uuid4

import pytest

from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import connected
from tests.backend_stub.conftest import ROLES, Hosted, add_business, client_of
from tests.backend_stub.feed_reader import Reader

OLD = {"ownerName": "Otto", "phone": "+14155550199"}


async def rows_of_a(hosted: Hosted) -> dict[str, str]:
    """One row of each kind in the first business; the ids by kind."""
    call = eg.call()
    rows: dict[str, dict[str, Any]] = {
        "customers": eg.customer(),
        "bookings": eg.booking(),
        "leads": eg.lead(),
        "calls": call,
        "turns": eg.turn(call["id"], 0),
    }
    await hosted.store.write(lambda tx: [tx.put(hosted.business.number, kind, doc) for kind, doc in rows.items()])
    return {kind: doc["id"] for kind, doc in rows.items()}


async def ids_of_a(hosted: Hosted) -> set[str]:
    rows = await hosted.store.read(
        lambda connection: connection.execute(
            "SELECT id FROM entity WHERE account = ?", (hosted.business.number,)
        ).fetchall()
    )
    return {row[0] for row in rows} | set(hosted.business.user_ids.values()) | {hosted.business.account_id}


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_with_an_id_of_the_other_business_finds_nothing(hosted: Hosted, role: str) -> None:
    other = add_business(hosted.store, "Garage Vega")
    ids = set((await rows_of_a(hosted)).values()) | {(await hosted.sign_in())["session_id"], *await ids_of_a(hosted)}
    bodies = {"/v1/calls/{call_id}/commands": {"command_id": str(uuid4()), "kind": "end"}}
    paths = {
        path: methods
        for path, methods in (await hosted.http.get("/openapi.json")).json()["paths"].items()
        if "{" in path and path.startswith("/v1")
    }
    assert len(paths) >= 3
    async with await hosted.client(role, other) as http:
        for path, methods in paths.items():
            for method in methods:
                for row_id in ids:
                    url = path[: path.index("{")] + row_id + path[path.index("}") + 1 :]
                    answer = await http.request(method, url, json=bodies.get(path))
                    assert answer.status_code in (403, 404), (method, url, answer.text)
    async with await hosted.client() as http:
        assert (await http.get("/v1/me")).status_code == 200


async def test_the_first_generation_keeps_businesses_apart(hosted: Hosted) -> None:
    a = await hosted.http.post("/api/clients", json=OLD | {"businessName": "Alpha", "email": "a@alpha.example"})
    b = await hosted.http.post("/api/clients", json=OLD | {"businessName": "Beta", "email": "b@beta.example"})
    a_id, b_token = a.json()["client"]["id"], b.json()["credentials"]["jwtToken"]
    async with client_of(hosted.app, b_token) as http:
        for path in (f"/api/clients/{a_id}", f"/api/clients/{a_id}/metrics", f"/api/clients/{a_id}/bookings"):
            assert (await http.get(path)).status_code == 404
        for path in ("/api/calls", "/api/calls/analytics", "/api/calls/x"):
            assert (await http.get(path, params={"tenantId": a_id})).status_code == 403
        call_id = (await rows_of_a(hosted))["calls"]
        assert (await http.get(f"/api/calls/{call_id}")).status_code == 404
        assert (await http.get("/api/calls")).json()["total"] == 0


@pytest.mark.parametrize("stream", ["core", "transcripts"])
async def test_nothing_of_one_business_is_in_the_feed_of_the_other(hosted: Hosted, stream: str) -> None:
    other = add_business(hosted.store, "Garage Vega")
    await rows_of_a(hosted)
    forbidden = await ids_of_a(hosted)
    async with await hosted.client(business=other) as http:
        reader = Reader(http, stream=stream, limit=2)
        await reader.drain()
        await rows_of_a(hosted)
        await reader.drain()
    assert not {row_id for _, row_id in reader.rows} & forbidden
    text = str(reader.pages)
    assert not [row_id for row_id in forbidden if row_id in text]


async def test_nothing_of_one_business_is_live_in_the_other(hosted: Hosted) -> None:
    other = add_business(hosted.store, "Garage Vega")
    await rows_of_a(hosted)
    token = (await hosted.sign_in(business=other))["access_token"]
    async with connected(hosted.app, token) as socket:
        frames = await socket.until(lambda frame: frame["t"] == "snapshot")
        await rows_of_a(hosted)
        await hosted.store.write(lambda tx: tx.put(other.number, "leads", eg.lead(name="The end")))
        frames += await socket.until(lambda frame: "The end" in str(frame))
    text = str(frames)
    assert not [row_id for row_id in await ids_of_a(hosted) if row_id in text]


async def test_the_same_row_id_in_two_businesses_is_two_rows(hosted: Hosted) -> None:
    other = add_business(hosted.store, "Garage Vega")
    shared = eg.booking(notes="of A")
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "bookings", shared))
    await hosted.store.write(lambda tx: tx.put(other.number, "bookings", shared | {"notes": "of B"}))
    async with await hosted.client() as http:
        reader = Reader(http)
        await reader.drain()
    assert reader.rows["bookings", shared["id"]]["notes"] == "of A"


async def test_commands_are_remembered_for_each_business(hosted: Hosted) -> None:
    other = add_business(hosted.store, "Garage Vega")
    ours, theirs = eg.ended_call(), eg.ended_call()
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "calls", ours))
    await hosted.store.write(lambda tx: tx.put(other.number, "calls", theirs))
    body = {"command_id": str(uuid4()), "kind": "end"}
    async with await hosted.client() as http, await hosted.client(business=other) as elsewhere:
        first = await http.post(f"/v1/calls/{ours['id']}/commands", json=body)
        second = await elsewhere.post(f"/v1/calls/{theirs['id']}/commands", json=body)
    assert [answer.json()["code"] for answer in (first, second)] == ["call_over", "call_over"]
