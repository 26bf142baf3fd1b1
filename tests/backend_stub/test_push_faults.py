"""Faults that strike a push: deferred, half handled, half answered, broken, nonsense, dropped before and after."""

import json

import httpx
import pytest

from backend_stub.push.shapes import PushAnswer
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import TEN, create, patch
from tests.backend_stub.conftest import Hosted, Start
from tests.backend_stub.example_rows import Row
from tests.backend_stub.pushing import Device, all_of, device

PUSH = "@/v1/sync/push"


@pytest.fixture
async def faulty(start: Start) -> Hosted:
    return await start(faults="")


@pytest.fixture
async def phone(faulty: Hosted) -> Device:
    return await device(faulty)


async def ask_for(hosted: Hosted, spec: str) -> None:
    assert (await hosted.http.put("/v1/_faults", content=spec)).status_code == 200


def batch(phone: Device, count: int) -> list[Row]:
    return [phone.numbered(create(starts_at=TEN + day * eg.DAY)) for day in range(count)]


async def test_a_deferred_mutation_uses_its_number_up_and_holds_its_row(faulty: Hosted, phone: Device) -> None:
    one, other = create(), create(starts_at=TEN + eg.DAY)
    await ask_for(faulty, f"defer:5{PUSH}*1")
    sent = [phone.numbered(asked) for asked in (one, patch(one["id"], notes=(None, "Tea")), other)]
    first = await phone.send(*sent)
    deferred = {"status": "deferred", "version": None, "retry_after_s": 5}
    assert first.json()["results"][:2] == [{"mid": 1, **deferred}, {"mid": 2, **deferred}]
    assert (first.json()["results"][2]["status"], first.json()["last_mid"]) == ("ok", 3)
    assert (await phone.send(*sent)).json()["results"] == first.json()["results"]
    assert [row["id"] for row in all_of(faulty, "bookings")] == [other["id"]]
    again = await phone.push(one, patch(one["id"], notes=(None, "Tea")))
    assert [result["status"] for result in again] == ["ok", "ok"]


async def test_what_was_put_off_holds_its_row_though_nobody_heard_of_it(faulty: Hosted, phone: Device) -> None:
    """The answer was lost, so the device sends it again, and with it what it has changed since."""
    one = create()
    await ask_for(faulty, f"defer:5{PUSH}*1")
    put_off = phone.numbered(one)
    assert (await phone.send(put_off)).json()["results"][0]["status"] == "deferred"
    later, other = patch(one["id"], notes=(None, "Tea")), create(starts_at=TEN + eg.DAY)
    again = (await phone.send(put_off, phone.numbered(later), phone.numbered(other))).json()["results"]
    assert [result["status"] for result in again] == ["deferred", "deferred", "ok"]
    assert again[1]["retry_after_s"] == 5
    assert [result["status"] for result in await phone.push(one, later)] == ["ok", "ok"]


async def test_half_a_batch_may_be_handled(faulty: Hosted, phone: Device) -> None:
    sent = batch(phone, 5)
    await ask_for(faulty, f"halfway{PUSH}*1")
    first = (await phone.send(*sent)).json()
    assert ([result["mid"] for result in first["results"]], first["last_mid"]) == ([1, 2, 3], 3)
    assert len(all_of(faulty, "bookings")) == 3
    assert [result["mid"] for result in (await phone.send(*sent[3:])).json()["results"]] == [4, 5]


async def test_half_the_answer_may_be_missing_though_all_was_done(faulty: Hosted, phone: Device) -> None:
    sent = batch(phone, 5)
    await ask_for(faulty, f"partial{PUSH}*1")
    first = (await phone.send(*sent)).json()
    assert ([result["mid"] for result in first["results"]], first["last_mid"]) == ([1, 2], 5)
    again = (await phone.send(*sent)).json()["results"]
    assert (again[:2], len(again), len(all_of(faulty, "bookings"))) == (first["results"], 5, 5)


@pytest.mark.parametrize(("fault", "done"), [("drop_before", 0), ("drop_after", 2)])
async def test_a_push_without_an_answer_was_done_or_not(faulty: Hosted, phone: Device, fault: str, done: int) -> None:
    sent = batch(phone, 2)
    await ask_for(faulty, f"{fault}{PUSH}*1")
    transport = httpx.ASGITransport(app=faulty.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=phone.http.headers) as http:
        with pytest.raises(ConnectionError):
            await Device(http, phone.client_id).send(*sent)
    assert ((await phone.send()).json()["last_mid"], len(all_of(faulty, "bookings"))) == (done, done)
    assert [result["status"] for result in (await phone.send(*sent)).json()["results"]] == ["ok", "ok"]
    assert len(all_of(faulty, "bookings")) == 2


async def test_nonsense_comes_in_three_kinds_and_what_was_asked_is_done(faulty: Hosted, phone: Device) -> None:
    await ask_for(faulty, f"malformed{PUSH}")
    kinds: set[str] = set()
    for day in range(12):
        sent = phone.numbered(create(starts_at=TEN + day * eg.DAY))
        kinds.add(kind_of((await phone.send(sent)).text, phone.mid))
    assert kinds == {"truncated", "never sent", "wrong types"}
    await faulty.http.delete("/v1/_faults")
    assert ((await phone.send()).json()["last_mid"], len(all_of(faulty, "bookings"))) == (12, 12)


def kind_of(text: str, mid: int) -> str:
    try:
        answer = json.loads(text)
    except json.JSONDecodeError:
        return "truncated"
    if answer["results"][0] == "ok":
        return "wrong types"
    assert answer["last_mid"] > mid
    assert mid < min(result["mid"] for result in answer["results"] if result["mid"] != mid)
    return "never sent"


async def test_a_newer_server_says_more_than_is_known(faulty: Hosted, phone: Device) -> None:
    await ask_for(faulty, f"unknown{PUSH}")
    answer = (await phone.send(*batch(phone, 1))).json()
    assert answer["constellation"] and answer["results"][0]["constellation"] == "Lyra"
    assert answer["results"][0]["status"] == "ok"


async def test_refusals_go_through_spoilt_or_not(faulty: Hosted, phone: Device) -> None:
    await ask_for(faulty, f"malformed{PUSH},partial{PUSH}")
    for _ in range(8):
        answer = await phone.http.post("/v1/sync/push", json={"client_id": "x"})
        assert answer.status_code == 422
    await ask_for(faulty, f"refuse:429{PUSH}")
    assert (await phone.send()).headers["retry-after"] == "1"


async def test_without_a_fault_every_answer_is_whole(phone: Device) -> None:
    answer = await phone.send(*batch(phone, 3))
    assert len(PushAnswer.model_validate_json(answer.content).results) == 3
