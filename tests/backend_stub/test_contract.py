"""The example documents, the pydantic models and what the running app answers are one contract."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from backend_stub import wire
from backend_stub.push import operations, shapes
from backend_stub.push.refusals import Code
from backend_stub.store import CORE, STREAM_OF_KIND
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import connected
from tests.backend_stub.conftest import DEVICE, Hosted

CONTRACT = Path(wire.__file__).parent / "contract"

SHAPES: dict[str, Any] = {
    "health": wire.Health,
    "tokens": wire.Tokens,
    "oauth_error": wire.OAuthError,
    "me": wire.Me,
    "sessions": wire.Sessions,
    "changes_page": wire.ChangesPage,
    "push_request": operations.PushRequest,
    "push_answer": shapes.PushAnswer,
    "call_snapshot": wire.CallSnapshot,
    "command_request": wire.Command,
    "command_result": wire.CommandResult,
    "live_hello": wire.Hello,
    "live_snapshot": wire.Snapshot,
    "live_delta": wire.Delta,
    "live_poke": wire.Poke,
    "live_eph": wire.Partial,
    "live_eph_unknown": dict[str, Any],
    "live_ping": wire.Ping,
    "live_pong": wire.Pong,
    "live_watch": wire.Watch,
    "live_bye": wire.Bye,
    "problem": wire.ProblemDocument,
}


def shape_of(name: str) -> Any:
    """The model of a file: its own, or that of the longest name it begins with."""
    fitting = [known for known in SHAPES if name == known or name.startswith(f"{known}_")]
    return SHAPES[max(fitting, key=len)]


@pytest.mark.parametrize("path", sorted(CONTRACT.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_document_fits_its_model(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    checked = TypeAdapter(shape_of(path.stem)).validate_python(document, strict=False)
    assert checked is not None


def test_every_shape_has_an_example() -> None:
    names = {path.stem for path in CONTRACT.glob("*.json")}
    assert {name for name in SHAPES if name != "problem"} <= names


def test_the_first_page_shows_a_row_of_every_core_kind() -> None:
    page = json.loads((CONTRACT / "changes_page.json").read_text(encoding="utf-8"))
    assert set(page["changes"]) == {kind for kind, stream in STREAM_OF_KIND.items() if stream == CORE}


def examples(name: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(CONTRACT.glob(f"{name}*.json"))]


def test_the_examples_push_every_operation_and_every_field_of_a_booking() -> None:
    mutations = [mutation for request in examples("push_request") for mutation in request["mutations"]]
    assert [operations.operation.validate_python(mutation).op for mutation in mutations]
    assert {mutation["op"] for mutation in mutations} == operations.OPERATIONS
    for model in operations.KNOWN:
        (op,) = get_args(model.model_fields["op"].annotation)
        shape = model.model_fields["set"].annotation if "set" in model.model_fields else None
        changed = {name for mutation in mutations if mutation["op"] == op for name in mutation.get("set", {})}
        assert changed == (set(shape.model_fields) if shape is not None else set()), op


def test_the_examples_answer_with_every_status_and_every_conflict() -> None:
    results = [result for answer in examples("push_answer") for result in answer["results"]]
    assert {result["status"] for result in results} == values_of(shapes.PushResult, "status")
    assert {result["code"] for result in results if "code" in result} == set(get_args(Code))
    conflicts = [conflict for result in results for conflict in result.get("conflicts", [])]
    assert {conflict["field"] for conflict in conflicts} == values_of(shapes.ConflictShape, "field")
    assert {conflict["why"] for conflict in conflicts} == values_of(shapes.ConflictShape, "why")


def values_of(model: type[BaseModel], name: str) -> set[str]:
    return set(get_args(model.model_fields[name].annotation))


def test_every_problem_says_what_its_status_says() -> None:
    for path in CONTRACT.glob("problem_*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert document["code"] == path.stem.removeprefix("problem_")
        assert 400 <= document["status"] <= 599


async def fill_with_one_of_each(hosted: Hosted) -> str:
    """Answers the id of the call in progress."""
    customer, call = eg.customer(), eg.call()
    booking = eg.booking(customer_id=customer["id"], call_id=call["id"])
    call |= {"customer_id": customer["id"], "booking_id": booking["id"], "turn_count": 1}
    rows = [
        ("customers", customer),
        ("bookings", booking),
        ("leads", eg.lead(call_id=call["id"])),
        ("calls", call),
        ("turns", eg.turn(call["id"], 0)),
    ]
    await hosted.store.write(lambda tx: [tx.put(hosted.business.number, kind, doc) for kind, doc in rows])
    return str(call["id"])


@pytest.mark.parametrize("role", ["owner", "front_desk"])
@pytest.mark.parametrize("stream", ["core", "transcripts"])
async def test_a_page_of_the_running_app_fits_the_model(hosted: Hosted, role: str, stream: str) -> None:
    await fill_with_one_of_each(hosted)
    async with await hosted.client(role) as http:
        answer = await http.get("/v1/sync/changes", params={"stream": stream, "ticket": 'a"b'})
    page = wire.ChangesPage.model_validate_json(answer.content)
    assert page.ticket == 'a"b'
    assert answer.headers["cache-control"] == "no-store"


async def test_the_other_answers_of_the_running_app_fit_their_models(hosted: Hosted) -> None:
    call_id = await fill_with_one_of_each(hosted)
    tokens = await hosted.http.post("/v1/auth/demo", json={"device": DEVICE})
    wire.Tokens.model_validate_json(tokens.content)
    wire.Health.model_validate_json((await hosted.http.get("/v1/health")).content)
    async with await hosted.client() as http:
        wire.Me.model_validate_json((await http.get("/v1/me")).content)
        wire.Sessions.model_validate_json((await http.get("/v1/auth/sessions")).content)
        snapshot = wire.CallSnapshot.model_validate_json((await http.get(f"/v1/calls/{call_id}")).content)
    assert [len(rows) for rows in (snapshot.changes.calls, snapshot.changes.turns)] == [1, 1]
    assert [len(rows) for rows in (snapshot.changes.customers, snapshot.changes.bookings)] == [1, 1]


async def test_every_live_frame_of_the_running_app_fits_its_model(hosted: Hosted) -> None:
    call_id = await fill_with_one_of_each(hosted)
    frames: TypeAdapter[wire.ServerFrame] = TypeAdapter(wire.ServerFrame)
    tokens = await hosted.sign_in()
    async with connected(hosted.app, tokens["access_token"]) as socket:
        texts = [await socket.receive_text(), await socket.receive_text()]
        await hosted.store.write(lambda tx: tx.put(hosted.business.number, "turns", eg.turn(call_id, 1)))
        texts.append(await socket.receive_text())
        assert [frames.validate_json(text).t for text in texts] == ["hello", "snapshot", "delta"]
