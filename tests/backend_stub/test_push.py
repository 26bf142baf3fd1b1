"""`POST /v1/sync/push`: each mutation once, in order, with one answer for ever; and what the envelope may be."""

import json
from typing import Any
from uuid import uuid4

import pytest

from backend_stub.limits import SESSION
from backend_stub.push.shapes import PushAnswer
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import connected
from tests.backend_stub.asking import TEN, create, move, mutation, patch, text_to
from tests.backend_stub.conftest import Hosted, Start, add_business
from tests.backend_stub.pushing import Device, all_of, device, now, stored


async def test_an_empty_push_is_a_handshake(hosted: Hosted) -> None:
    phone = await device(hosted)
    answer = await phone.send()
    shaped = PushAnswer.model_validate_json(answer.content)
    assert (shaped.client_id, shaped.last_mid, shaped.results) == (phone.client_id, 0, [])
    assert (shaped.account_id, shaped.epoch) == (hosted.business.account_id, hosted.store.epoch)
    assert shaped.server_time == hosted.clock.now_ms()
    await phone.push(create(), create(starts_at=TEN + eg.DAY))
    assert (await phone.send()).json()["last_mid"] == 2


async def test_last_mid_is_told_by_changes_and_by_hello(hosted: Hosted) -> None:
    phone = await device(hosted)
    await phone.push(create(), create(starts_at=TEN + eg.DAY))
    params = {"client_id": phone.client_id}
    assert (await phone.http.get("/v1/sync/changes", params=params)).json()["last_mid"] == 2
    assert (await phone.http.get("/v1/sync/changes")).json()["last_mid"] == 0
    token = phone.http.headers["Authorization"].removeprefix("Bearer ")
    async with connected(hosted.app, token, query=f"client_id={phone.client_id}") as socket:
        assert (await socket.receive())["last_mid"] == 2


async def test_a_repeat_gets_the_stored_results_byte_for_byte_and_does_nothing(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN, customer_phone="+1415"))
    phone = await device(hosted)
    batch = [
        phone.numbered(create(starts_at=TEN + eg.DAY, tell=text_to(), customer_phone="+14155550142")),
        phone.numbered(create(staff_id=hosted.business.staff_id)),
        phone.numbered(patch(row["id"], notes=(None, "Tea"), tell=text_to())),
        phone.numbered(mutation("booking.fly")),
    ]
    first = await phone.send(*batch)
    seq = first.json()["results"][-1]["version"]
    tables = [all_of(hosted, kind) for kind in ("bookings", "customers", "messages")]
    hosted.clock.jump(60)
    again = await phone.send(*batch)
    assert results_text(again.text) == results_text(first.text)
    assert [result["status"] for result in again.json()["results"]] == ["ok", "conflict", "ok", "rejected"]
    assert [all_of(hosted, kind) for kind in ("bookings", "customers", "messages")] == tables
    assert (await phone.one(mutation("booking.fly")))["version"] == seq


def results_text(answer: str) -> str:
    return answer[answer.index('"results":') :]


async def test_the_same_payload_may_be_spelt_otherwise(hosted: Hosted) -> None:
    phone = await device(hosted)
    sent = phone.numbered(create(customer_name="José"))
    await phone.send(sent)
    turned = dict(reversed(sent.items()))
    body = json.dumps({"client_id": phone.client_id, "schema": 2, "mutations": [turned]}, indent=3, ensure_ascii=False)
    headers = {"Content-Type": "application/json"}
    answer = await phone.http.post("/v1/sync/push", content=body.encode(), headers=headers)
    assert answer.json()["results"][0]["status"] == "ok"


async def test_another_payload_under_a_known_number_is_a_mismatch_and_stops_the_batch(hosted: Hosted) -> None:
    phone = await device(hosted)
    await phone.push(create(), create(starts_at=TEN + eg.DAY))
    other = {"mid": 2, **create(starts_at=TEN + 2 * eg.DAY)}
    fresh = {"mid": 3, **create(starts_at=TEN + 3 * eg.DAY)}
    answer = (await phone.send(other, fresh)).json()
    assert answer["results"] == [{"mid": 2, "status": "mismatch", "version": None}]
    assert answer["last_mid"] == 2
    assert len(all_of(hosted, "bookings")) == 2


async def test_nothing_is_done_after_a_gap(hosted: Hosted) -> None:
    phone = await device(hosted)
    answer = (await phone.send({"mid": 1, **create()}, {"mid": 3, **create()}, {"mid": 2, **create()})).json()
    assert ([result["mid"] for result in answer["results"]], answer["last_mid"]) == ([1], 1)
    answer = (await phone.send({"mid": 3, **create()})).json()
    assert (answer["results"], answer["last_mid"]) == ([], 1)
    assert len(all_of(hosted, "bookings")) == 1


async def test_every_device_counts_for_itself(hosted: Hosted) -> None:
    phone, tablet = await device(hosted), await device(hosted)
    assert [
        (await one.one(create(starts_at=TEN + 2 * n * eg.HOUR)))["mid"] for n, one in enumerate((phone, tablet))
    ] == [1, 1]


async def test_what_makes_no_sense_is_rejected_and_the_rest_goes_on(hosted: Hosted) -> None:
    phone = await device(hosted)
    results = await phone.push(mutation("booking.fly"), {"op": 7}, {}, create() | {"v": 2}, create())
    assert [result["status"] for result in results] == ["rejected"] * 4 + ["ok"]
    assert [result["code"] for result in results[:-1]] == ["unknown_op"] * 4


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "nonsense",
        '{"client_id":"x","schema":2,"mutations":[]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","mutations":[]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":"2","mutations":[]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":{}}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":[7]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":[{"op":"x"}]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":[{"mid":0}]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":[{"mid":1.5}]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":[{"mid":true}]}',
        '{"client_id":"5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa","schema":2,"mutations":' + "[" * 5000,
    ],
)
async def test_a_broken_envelope_is_422(hosted: Hosted, body: str) -> None:
    phone = await device(hosted)
    headers = {"Content-Type": "application/json"}
    answer = await phone.http.post("/v1/sync/push", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_too_much_at_once_is_413(hosted: Hosted) -> None:
    phone = await device(hosted)
    many = [{"mid": n, "op": "x"} for n in range(1, 102)]
    assert (await phone.send(*many)).json()["code"] == "too_large"
    assert len((await phone.send(*many[:-1])).json()["results"]) == 100
    assert (await phone.send({"mid": 101, "op": "x" * 256 * 1024})).status_code == 413
    assert (await phone.send({"mid": 101, "op": "x" * 200 * 1024})).status_code == 200


async def test_the_door_is_that_of_the_other_routes(start: Start) -> None:
    hosted = await start(faults="")
    body: dict[str, Any] = {"client_id": str(uuid4()), "schema": 2, "mutations": []}
    assert (await hosted.http.post("/v1/sync/push", json=body)).json()["code"] == "token_missing"
    phone = await device(hosted)
    old = await phone.http.post("/v1/sync/push", json=body | {"schema": 0})
    assert (old.status_code, old.json()["min_schema"]) == (426, 1)
    session_id = await session_of(phone)
    for _ in range(SESSION.count):
        hosted.app.state.services.limits.take(SESSION, session_id)
    assert (await phone.send()).status_code == 429


async def session_of(phone: Device) -> str:
    sessions = (await phone.http.get("/v1/auth/sessions")).json()["sessions"]
    return next(session["session_id"] for session in sessions if session["current"])


async def test_another_business_has_other_devices_and_other_bookings(hosted: Hosted) -> None:
    ours = await device(hosted)
    theirs = await device(hosted, business=add_business(hosted.store, "Garage Vega"))
    booking = create()
    await ours.one(booking)
    row = now(hosted, "bookings", booking["id"])
    theirs.client_id = ours.client_id
    assert (await theirs.send()).json()["last_mid"] == 0
    results = await theirs.push(patch(booking["id"], notes=(None, "Mine")), move(row, TEN + eg.HOUR))
    assert [(result["status"], result["conflicts"][0]["why"]) for result in results] == [("conflict", "deleted")] * 2
    assert (await theirs.one(create(booking["id"], customer_name="Somebody else")))["status"] == "ok"
    of_theirs = await theirs.one(create(staff_id=hosted.business.staff_id, service_id=hosted.business.service_id))
    assert (of_theirs["status"], of_theirs["code"]) == ("rejected", "invalid")
    assert now(hosted, "bookings", booking["id"]) == row
    assert (await ours.send()).json()["last_mid"] == 1
