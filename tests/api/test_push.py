"""Sending changes: what goes out, and that nothing but a possible answer to it is taken for one."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.api import sync
from client.api.errors import MalformedResponse, TooLarge
from client.api.pushed import PushAnswer, decode_answer
from tests.api.devices import api_of, problem

CONTRACT = Path(__file__).parents[2] / "backend_stub" / "contract"
CLIENT_ID = "5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa"
CLASH = {
    "field": "slot",
    "why": "slot_taken",
    "base": {"starts_at": 1, "ends_at": 2, "staff_id": None},
    "mine": {"starts_at": 3, "ends_at": 4, "staff_id": "s"},
    "server": {"starts_at": 1, "ends_at": 2, "staff_id": None},
    "by": None,
    "with": {
        "booking_id": "b",
        "customer_name": "J. Ortiz",
        "service_name": "Cut",
        "starts_at": 3,
        "ends_at": 4,
        "source": "luna",
    },
    "free": [{"starts_at": 5, "ends_at": 6, "staff_id": "s"}],
}


def answer(*results: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "client_id": CLIENT_ID,
        "last_mid": 99,
        "epoch": "e7",
        "account_id": "a",
        "server_time": 1_763_897_700_000,
        "results": list(results),
        **changes,
    }


def ok(mid: int, **changes: Any) -> dict[str, Any]:
    return {"mid": mid, "status": "ok", "version": 7, **changes}


def decoded(document: object, sent: list[int]) -> PushAnswer:
    return decode_answer(json.dumps(document).encode(), sent)


async def test_mutations_go_out_with_their_numbers_and_otherwise_as_they_were_written() -> None:
    asked: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=answer(ok(4), ok(5)))

    async with api_of(server) as api:
        got = await sync.push(api, CLIENT_ID, [(4, '{"op":"a","notes":"<b> --help ‮"}'), (5, '{"op":"b"}')])
    assert [result.mid for result in got.results] == [4, 5]
    assert json.loads(asked[0].content) == {
        "client_id": CLIENT_ID,
        "schema": sync.SCHEMA,
        "mutations": [{"mid": 4, "op": "a", "notes": "<b> --help ‮"}, {"mid": 5, "op": "b"}],
    }
    assert asked[0].url.path == "/v1/sync/push"


async def test_more_than_the_server_takes_has_a_name_of_its_own() -> None:
    async with api_of(lambda _: problem(413, "too_large")) as api:
        with pytest.raises(TooLarge):
            await sync.push(api, CLIENT_ID, [])
    async with api_of(lambda _: httpx.Response(413, content=b"<html>")) as api:
        with pytest.raises(TooLarge) as refused:
            await sync.push(api, CLIENT_ID, [])
    assert refused.value.code == "too_large"


async def test_an_answer_to_another_client_is_none() -> None:
    async with api_of(lambda _: httpx.Response(200, json=answer(client_id="somebody"))) as api:
        with pytest.raises(MalformedResponse) as refused:
            await sync.push(api, CLIENT_ID, [])
    assert refused.value.path == "$.client_id"


@pytest.mark.parametrize("path", sorted(CONTRACT.glob("push_answer*.json")), ids=lambda path: path.stem)
def test_the_answers_of_the_contract_are_read(path: Path) -> None:
    body = path.read_bytes()
    mids = [result["mid"] for result in json.loads(body)["results"]]
    assert [result.mid for result in decode_answer(body, mids).results] == mids


def test_results_may_be_of_the_first_ones_only() -> None:
    assert len(decoded(answer(ok(4)), [4, 5, 6]).results) == 1
    assert decoded(answer(), [4]).results == []


def test_all_a_conflict_says_is_read() -> None:
    got = decoded(answer({"mid": 4, "status": "conflict", "version": 9, "conflicts": [CLASH]}), [4])
    (clash,) = got.results[0].conflicts
    assert clash.with_ is not None and clash.with_.customer_name == "J. Ortiz"
    assert clash.free[0].starts_at == 5


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (answer(ok(5)), "$.results[0].mid"),
        (answer(ok(4), ok(6)), "$.results[1].mid"),
        (answer(ok(4), ok(4)), "$.results[1].mid"),
        (answer(ok(4), ok(5), ok(6)), "$.results"),
        (answer(ok(4), last_mid=3), "$.results[0].mid"),
        (answer({"mid": 4, "status": "ok", "version": None}), "$.results[0].version"),
        (answer(ok(4, version="7")), "$.results[0].version"),
        (answer(ok(4, version=-1)), "$.results[0].version"),
        (answer(ok(4, status="perhaps")), "$.results[0].status"),
        (answer(ok(4, conflicts=[CLASH])), "$.results[0].conflicts"),
        (answer(ok(4, status="conflict")), "$.results[0].conflicts"),
        (answer(ok(4, status="conflict", conflicts=[CLASH, CLASH])), "$.results[0].conflicts"),
        (answer(ok(4, status="conflict", conflicts=[{**CLASH, "base": {"a": []}}])), None),
        (answer(ok(4, status="conflict", conflicts=[{**CLASH, "free": [{"starts_at": "noon"}]}])), None),
        (answer(ok(4, status="deferred", retry_after_s=-3)), "$.results[0].retry_after_s"),
        (answer(last_mid="99"), "$.last_mid"),
        (answer(results=None), "$.results"),
        ([], "$"),
    ],
)
def test_what_is_no_possible_answer_is_refused(document: object, path: str | None) -> None:
    with pytest.raises(MalformedResponse) as refused:
        decoded(document, [4, 5])
    assert path is None or refused.value.path == path


whole = json.dumps(answer(ok(4), {"mid": 5, "status": "conflict", "version": 9, "conflicts": [CLASH]})).encode()


@pytest.mark.parametrize("end", range(0, len(whole), 7))
def test_half_an_answer_is_none(end: int) -> None:
    with pytest.raises(MalformedResponse):
        decode_answer(whole[:end], [4, 5])


@given(
    st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_nonsense_is_refused_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(MalformedResponse):
        decode_answer(body, [4])


@given(st.lists(st.integers(0, 6), max_size=5), st.integers(0, 8))
def test_results_are_always_those_of_the_first_sent(mids: list[int], last_mid: int) -> None:
    sent = [2, 3, 4]
    try:
        got = decoded(answer(*(ok(mid) for mid in mids), last_mid=last_mid), sent)
    except MalformedResponse:
        return
    assert [result.mid for result in got.results] == sent[: len(mids)] == mids
    assert all(mid <= last_mid for mid in mids)
