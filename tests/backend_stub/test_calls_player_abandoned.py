"""Calls that a killed server left open, as the real app closes them at its next start."""

from typing import Any

import pytest

from backend_stub.clock import uuid7
from backend_stub.scripts.turns import new_call, speech_turn, tool_turn
from backend_stub.store import Store
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Start, add_business
from tests.backend_stub.row_shapes import complaints

Row = dict[str, Any]
BEGAN = eg.NOON - 10 * 60_000
ANSWERED = BEGAN + 3_000
ANA = {"handler": "human", "handler_user_id": "u-ana", "handler_name": "Ana Reyes"}


def call_row(**changes: Any) -> Row:
    call = new_call(
        call_id=uuid7(BEGAN),
        phone="+14155550142",
        customer=None,
        name="Maria Lopez",
        direction="inbound",
        employee={"id": uuid7(BEGAN), "name": "Luna"},
        started_at=BEGAN,
        intent="booking",
        language="en",
    )
    return call | {"status": "live", "answered_at": ANSWERED} | changes


def said(call: Row, index: int, speaker: Any) -> Row:
    at = ANSWERED + index * 5_000
    return speech_turn(
        turn_id=uuid7(at),
        call_id=call["id"],
        index=index,
        speaker=speaker,
        name=None,
        text="Good morning.",
        started_at=at,
        ended_at=at + 4_000,
        language="en",
    )


def running_tool(call: Row, index: int) -> Row:
    at = ANSWERED + index * 5_000
    return tool_turn(
        turn_id=uuid7(at),
        call_id=call["id"],
        index=index,
        name="Luna",
        tool="book_appointment",
        inputs={"service": "Colour and cut"},
        outputs={},
        status="running",
        started_at=at,
        ended_at=None,
        language="en",
    )


async def after_restart(start: Start, store: Store, call: Row, turns: list[Row]) -> tuple[Row, list[Row]]:
    """The call and its turns as an owner reads them once a server has been started over what was left."""
    business = add_business(store, "Garage Vega")
    store.write_now(lambda tx: tx.put(business.number, "calls", call | {"turn_count": len(turns)}))
    store.write_now(lambda tx: tx.put_many(business.number, "turns", turns))
    hosted = await start()
    async with await hosted.client(business=business) as http:
        changes = (await http.get(f"/v1/calls/{call['id']}")).json()["changes"]
    for kind, rows in (("calls", changes["calls"]), ("turns", changes["turns"])):
        for row in rows:
            del row["version"]
            assert not complaints(kind, row)
    return changes["calls"][0], changes["turns"]


async def test_a_running_tool_is_stopped_and_the_call_has_its_summary_charge_and_follow_up(
    start: Start, store: Store
) -> None:
    call = call_row()
    turns = [said(call, 0, "assistant"), said(call, 1, "caller"), running_tool(call, 2)]
    closed, closed_turns = await after_restart(start, store, call, turns)
    assert (closed["status"], closed["outcome"], closed["ended_at"]) == ("ended", "info_provided", ANSWERED + 10_000)
    assert closed["summary"] == "The line was cut before the call was finished."
    assert (closed["charge_cents"], closed["billed_seconds"]) == (25, 10)
    assert closed["requires_followup"] is True
    tool = closed_turns[2]
    assert (tool["tool"]["status"], tool["ended_at"]) == ("failed", ANSWERED + 10_000)
    assert tool["text"] == "Book an appointment → stopped"
    assert closed_turns[:2] == turns[:2], "what was said stays as it was"


@pytest.mark.parametrize(
    ("changes", "speaker", "outcome", "followup"),
    [
        ({"booking_id": "b-1"}, "caller", "booked", False),
        ({"booking_id": "b-1", "requires_followup": True}, "caller", "booked", True),
        (ANA, "caller", "transferred", True),
        ({}, "assistant", "hung_up", True),
    ],
)
async def test_what_it_came_to_is_what_had_happened(
    start: Start, store: Store, changes: Row, speaker: str, outcome: str, followup: bool
) -> None:
    call = call_row(**changes)
    closed, _ = await after_restart(start, store, call, [said(call, 0, speaker)])
    assert (closed["outcome"], closed["requires_followup"]) == (outcome, followup)
    assert closed["handler"] == call["handler"] and closed["charge_cents"] == 25


async def test_a_call_that_only_rang_was_missed_and_costs_nothing(start: Start, store: Store) -> None:
    closed, _ = await after_restart(start, store, call_row(status="ringing", answered_at=None), [])
    assert (closed["status"], closed["outcome"], closed["charge_cents"]) == ("ended", "missed", 0)
