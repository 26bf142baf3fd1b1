"""Every fault of `--faults`, each seen from outside."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from backend_stub.faults import BadSpec, parse_faults
from backend_stub.settings import Settings
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import Closed, Refused, connected
from tests.backend_stub.conftest import Hosted, Start


@pytest.fixture
async def faulty(start: Start) -> Hosted:
    return await start(faults="")


async def ask_for(hosted: Hosted, spec: str) -> None:
    answer = await hosted.http.put("/v1/_faults", content=spec)
    assert answer.status_code == 200, answer.text


async def status(hosted: Hosted, path: str = "/v1/health") -> int:
    return (await hosted.http.get(path)).status_code


async def dropped(hosted: Hosted, path: str = "/v1/health") -> bool:
    """Whether the connection went away without an answer."""
    transport = httpx.ASGITransport(app=hosted.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        try:
            await http.get(path)
        except ConnectionError:
            return True
        return False


async def test_refuse_has_retry_after_a_prefix_and_a_count(faulty: Hosted) -> None:
    await ask_for(faulty, "refuse:503@/v1/health*2")
    first = await faulty.http.get("/v1/health")
    assert (first.status_code, first.json()["code"], first.headers["retry-after"]) == (503, "unavailable", "1")
    assert await status(faulty, "/v1/me") == 401
    assert [await status(faulty), await status(faulty)] == [503, 200]


@pytest.mark.parametrize("code", [401, 403, 404, 409, 410, 418, 426, 429, 500, 502])
async def test_any_status_can_be_refused_with(faulty: Hosted, code: int) -> None:
    await ask_for(faulty, f"refuse:{code}@/v1/health")
    answer = await faulty.http.get("/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (code, code)
    assert ("retry-after" in answer.headers) == (code in (429, 503))


async def test_percent_strikes_a_share_the_same_with_the_same_seed(faulty: Hosted) -> None:
    async def round_of(count: int) -> list[int]:
        await ask_for(faulty, "refuse:500%30")
        return [await status(faulty) for _ in range(count)]

    first = await round_of(40)
    assert first == await round_of(40)
    assert 4 <= first.count(500) <= 20


async def test_delay_takes_the_time_of_the_clock(faulty: Hosted) -> None:
    await ask_for(faulty, "delay:800")
    before = faulty.clock.sleeping
    waiting = asyncio.ensure_future(faulty.http.get("/v1/health"))
    await faulty.clock.sleepers(before + 1)
    await faulty.clock.advance(0.79)
    assert not waiting.done()
    await faulty.clock.advance(0.02)
    assert (await waiting).status_code == 200


async def test_drop_before_has_no_effect_and_drop_after_has_one(faulty: Hosted) -> None:
    async def sign_outs(spec: str) -> int:
        tokens = await faulty.sign_in()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        await ask_for(faulty, spec)
        transport = httpx.ASGITransport(app=faulty.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as http:
            with pytest.raises(ConnectionError):
                await http.post("/v1/auth/sign-out")
        await ask_for(faulty, "")
        return (await faulty.http.get("/v1/me", headers=headers)).status_code

    assert await sign_outs("drop_before*1") == 200
    assert await sign_outs("drop_after*1") == 401


async def test_expire_answers_410_to_every_cursor_but_not_to_a_start(faulty: Hosted) -> None:
    async with await faulty.client() as http:
        cursor = (await http.get("/v1/sync/changes")).json()["cursor"]
        await ask_for(faulty, "expire*1")
        assert (await http.get("/v1/sync/changes")).status_code == 200
        expired = await http.get("/v1/sync/changes", params={"cursor": cursor})
        assert (expired.status_code, expired.json()["reason"]) == (410, "retention")
        assert (await http.get("/v1/sync/changes", params={"cursor": cursor})).status_code == 200


async def test_malformed_is_json_cut_short_even_when_zip_is_accepted(faulty: Hosted) -> None:
    async with await faulty.client() as http:
        await ask_for(faulty, "malformed@/v1/sync")
        answer = await http.get("/v1/sync/changes", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        token = (await faulty.sign_in())["access_token"]
        await ask_for(faulty, "malformed@/v1/live*1")
        async with connected(faulty.app, token) as socket:
            with pytest.raises(json.JSONDecodeError):
                await socket.receive()
            assert (await socket.receive())["t"] == "snapshot"


async def test_unknown_adds_what_only_a_newer_server_would_send(faulty: Hosted) -> None:
    await faulty.store.write(lambda tx: tx.put(faulty.business.number, "bookings", eg.booking()))
    token = (await faulty.sign_in())["access_token"]
    await ask_for(faulty, "unknown")
    async with await faulty.client() as http:
        page = (await http.get("/v1/sync/changes")).json()
    assert page["changes"]["holograms"]
    assert page["changes"]["bookings"][0]["status"] == "tentative"
    assert "constellation" in page["changes"]["bookings"][0]
    async with connected(faulty.app, token) as socket:
        assert [(await socket.receive())["t"] for _ in range(4)] == ["aurora", "hello", "aurora", "snapshot"]


async def test_skew_moves_the_server_s_clock(faulty: Hosted) -> None:
    await ask_for(faulty, "skew:259200")
    assert (await faulty.http.get("/v1/health")).json()["server_time"] == eg.NOON + 259_200_000
    tokens = await faulty.sign_in()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await faulty.http.get("/v1/me", headers=headers)).status_code == 200
    await ask_for(faulty, "")
    assert (await faulty.http.get("/v1/health")).json()["server_time"] == eg.NOON


async def test_drop_live_closes_what_is_open_and_what_opens(faulty: Hosted) -> None:
    token = (await faulty.sign_in())["access_token"]
    async with connected(faulty.app, token) as socket:
        assert (await socket.receive())["t"] == "hello"
        await ask_for(faulty, "drop_live")
        assert await socket.closed() == 1001
    async with connected(faulty.app, token) as socket:
        with pytest.raises(Closed):
            await socket.receive()
    await ask_for(faulty, "drop_live*1")
    async with connected(faulty.app, token) as socket:
        assert (await socket.receive())["t"] == "hello"


async def test_the_live_handshake_can_be_refused(faulty: Hosted) -> None:
    token = (await faulty.sign_in())["access_token"]
    await ask_for(faulty, "refuse:503@/v1/live*1,drop_before@/v1/live*1")
    with pytest.raises(Closed):
        async with connected(faulty.app, token):
            pass
    with pytest.raises(Refused) as refused:
        async with connected(faulty.app, token):
            pass
    assert refused.value.status == 503


async def test_slow_body_dribbles_the_whole_answer(faulty: Hosted) -> None:
    plain = (await faulty.http.get("/v1/health")).json()
    await ask_for(faulty, "slow_body@/v1/health")
    waiting = asyncio.ensure_future(faulty.http.get("/v1/health"))
    for _ in range(40):
        if waiting.done():
            break
        await faulty.clock.advance(0.2)
    answer = (await waiting).json()
    assert answer["epoch"] == plain["epoch"]
    assert answer["server_time"] < faulty.clock.now_ms()


async def test_a_dropped_request_raises_where_there_is_no_socket(faulty: Hosted) -> None:
    await ask_for(faulty, "drop_before@/v1/health*1")
    assert [await dropped(faulty), await dropped(faulty)] == [True, False]


async def test_faults_are_cleared(faulty: Hosted) -> None:
    await ask_for(faulty, "refuse:500")
    assert await status(faulty) == 500
    assert (await faulty.http.delete("/v1/_faults")).json() == {"faults": ""}
    assert await status(faulty) == 200


async def test_nobody_asks_for_faults_unless_allowed(hosted: Hosted) -> None:
    assert (await hosted.http.put("/v1/_faults", content="refuse:500")).status_code == 404
    assert (await hosted.http.delete("/v1/_faults")).status_code == 404
    assert Settings().faults is None
    assert await status(hosted) == 200


async def test_faults_of_the_start_hold_from_the_first_request(start: Start) -> None:
    hosted = await start(faults="refuse:503@/v1/health*1")
    assert [await status(hosted), await status(hosted)] == [503, 200]


@pytest.mark.parametrize(
    "spec",
    ["nonsense", "refuse", "refuse:200", "refuse:abc", "delay", "drop_before:3", "expire@nowhere", "refuse:500*"],
)
async def test_a_spec_that_is_none_is_refused_with_its_part(faulty: Hosted, spec: str) -> None:
    with pytest.raises(BadSpec, match=spec.split(":")[0]):
        parse_faults(f"delay:5,{spec}")
    answer = await faulty.http.put("/v1/_faults", content=spec)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_spec_reads_as_it_was_written() -> None:
    spec = "refuse:503@/v1/sync*3,delay:800%20,drop_after,skew:-5,defer:5@/v1/sync/push%10,partial,halfway,poison:7*1"
    parsed: list[Any] = parse_faults(spec)
    assert ",".join(str(fault) for fault in parsed) == spec
