"""What a change does is told by one act, whatever is in its document."""

from datetime import timedelta
from typing import Any

import pytest

from client.insight.changes import deed_between, deed_of
from client.insight.clash import clash_of
from client.insight.deeds import Act, instant_of
from client.models.mutations import Op
from tests import example_data as eg

AT = int(eg.at("16:30").timestamp() * 1000)
ROW = {"customer_name": "Maria", "starts_at": AT, "ends_at": AT + 3_600_000, "staff_id": "ana", "service_name": "Cut"}


def patch(**fields: tuple[Any, Any]) -> dict[str, Any]:
    return {"op": Op.BOOKING_PATCH, "set": {name: list(pair) for name, pair in fields.items()}}


@pytest.mark.parametrize(
    ("fields", "act"),
    [
        ({"starts_at": (1, AT), "ends_at": (2, AT), "staff_id": ("ana", "ana")}, Act.MOVE),
        ({"starts_at": (AT, AT), "ends_at": (2, AT), "staff_id": ("ana", "ana")}, Act.LENGTH),
        ({"starts_at": (AT, AT), "ends_at": (AT, AT), "staff_id": ("ana", "luis")}, Act.STAFF),
        ({"service_id": ("a", "b"), "service_name": ("Cut", "Trim")}, Act.SERVICE),
        ({"status": ("confirmed", "cancelled"), "cancellation_reason": (None, "ill")}, Act.CANCEL),
        ({"status": ("pending", "confirmed")}, Act.CONFIRM),
        ({"status": ("cancelled", "confirmed")}, Act.REINSTATE),
        ({"status": ("no_show", "confirmed")}, Act.REINSTATE),
        ({"status": ("cancelled", "pending")}, Act.REINSTATE),
        ({"status": ("confirmed", "pending")}, Act.UNCONFIRM),
        ({"status": ("confirmed", "completed")}, Act.COMPLETE),
        ({"status": ("confirmed", "no_show")}, Act.NO_SHOW),
        ({"status": ("confirmed", "a state of tomorrow")}, Act.OTHER),
        ({"notes": ("", "window")}, Act.NOTE),
        ({"customer_phone": (None, "1")}, Act.CONTACT),
        ({}, Act.OTHER),
    ],
)
def test_a_patch_is_the_act_it_amounts_to(fields: dict[str, Any], act: Act) -> None:
    assert deed_of(Op.BOOKING_PATCH, patch(**fields), ROW).act is act


def test_what_weighs_most_comes_first_and_the_rest_is_named() -> None:
    deed = deed_of(
        Op.BOOKING_PATCH,
        patch(notes=("", "window"), starts_at=(1, AT), staff_id=("ana", "luis"), status=("pending", "confirmed")),
        ROW,
    )
    assert (deed.act, deed.also) == (Act.CONFIRM, (Act.MOVE, Act.STAFF, Act.NOTE))
    assert (deed.staff_id, deed.said, deed.starts_at) == ("luis", "window", eg.at("16:30"))


def test_it_speaks_of_the_row_as_the_change_leaves_it() -> None:
    deed = deed_of(Op.BOOKING_PATCH, patch(starts_at=(1, AT + 60_000), ends_at=(2, AT + 120_000)), ROW)
    assert (deed.name, deed.service) == ("Maria", "Cut")
    assert deed.starts_at == eg.at("16:30") + timedelta(minutes=1)
    assert deed_of(Op.BOOKING_PATCH, patch(status=("confirmed", "cancelled")), None).name == ""


def test_what_is_made_and_what_is_removed() -> None:
    made = {"values": {**ROW, "notes": "first visit"}, "tell": {"text": "See you", "channel": "sms"}}
    assert deed_of(Op.BOOKING_CREATE, made, None).channel == "sms"
    assert deed_of(Op.BLOCK_CREATE, {"values": {"title": "Lunch", "starts_at": AT}}, None).name == "Lunch"
    assert deed_of(Op.BLOCK_REMOVE, {}, {"title": "Lunch"}).act is Act.UNBLOCK
    assert deed_of(Op.CALENDAR_ADD, {"values": {"name": "Home"}}, None).act is Act.FOLLOW
    assert deed_of(Op.CALENDAR_REMOVE, {}, {"name": "Home"}).name == "Home"


@pytest.mark.parametrize(
    "odd", [None, 7, "x", [], [1, 2, 3], {"starts_at": "soon"}, {"starts_at": [1, True]}, {"status": 5}]
)
def test_a_document_of_the_wrong_kind_still_has_a_sentence(odd: Any) -> None:
    for op in (*Op, "lead.move"):
        assert deed_of(op, {"set": odd, "values": odd, "tell": odd}, {"starts_at": -1, "customer_name": 9}).act in Act


HOSTILE = [None, 7, "x", [1], {"a": 1}]


@pytest.mark.parametrize("odd", HOSTILE)
def test_a_conflict_of_the_wrong_kind_is_still_one(odd: Any) -> None:
    keys = ("field", "why", "base", "mine", "server", "by", "with", "free")
    clash = clash_of(dict.fromkeys(keys, odd))
    assert clash.free == ()
    assert clash_of({}).who is None


def test_who_came_first_is_who_made_the_other_booking_else_who_changed_this_one() -> None:
    by = {"name": "Noor", "at": AT, "call_id": None}
    assert (clash_of({"by": by}).who or by).name == "Noor"  # type: ignore[union-attr]
    other = {"booking_id": "b", "by_name": "Luna", "created_at": AT, "call_id": "c"}
    who = clash_of({"by": by, "with": other}).who
    assert who is not None and (who.name, who.call_id) == ("Luna", "c")


def test_times_that_end_before_they_begin_are_not_offered() -> None:
    free = [{"starts_at": AT, "ends_at": AT}, {"starts_at": AT, "ends_at": AT + 1, "staff_id": "ana"}, {}]
    assert [time.staff_id for time in clash_of({"free": free}).free] == ["ana"]


WORK: list[tuple[str, dict[str, object], dict[str, object], Act, str]] = [
    ("lead.create", {"values": {"name": "Noor"}}, {}, Act.LEAD_NEW, "Noor"),
    ("lead.patch", {"set": {"stage": ["new", "lost"]}}, {"name": "Noor"}, Act.LEAD_STAGE, "Noor"),
    ("lead.patch", {"set": {"next_followup_at": [None, AT]}}, {"name": "Noor"}, Act.LEAD_FOLLOWUP, "Noor"),
    ("lead.patch", {"set": {"next_followup_at": [AT, None]}}, {"name": "Noor"}, Act.LEAD_NO_FOLLOWUP, "Noor"),
    ("lead.patch", {"set": {"assigned_to": [None, "Ana"]}}, {"name": "Noor"}, Act.LEAD_ASSIGN, "Noor"),
    ("lead.patch", {"set": {"value_cents": [1, 2]}}, {"name": "Noor"}, Act.LEAD_VALUE, "Noor"),
    ("lead.patch", {"set": {"notes": [None, "x"]}}, {"name": "Noor"}, Act.LEAD_NOTE, "Noor"),
    ("lead.patch", {"set": {"lost_reason": [None, "x"]}}, {"name": "Noor"}, Act.LEAD_REASON, "Noor"),
    ("lead.patch", {"set": "nonsense"}, {"name": "Noor"}, Act.OTHER, "Noor"),
    ("lead.remove", {}, {"name": "Noor"}, Act.LEAD_REMOVE, "Noor"),
    ("task.create", {"values": {"title": "Towels"}}, {}, Act.TASK_NEW, "Towels"),
    ("task.patch", {"set": {"state": ["open", "done"]}}, {"title": "Towels"}, Act.TASK_DONE, "Towels"),
    ("task.patch", {"set": {"state": ["open", "dropped"]}}, {"title": "Towels"}, Act.TASK_DROP, "Towels"),
    ("task.patch", {"set": {"state": ["done", "open"]}}, {"title": "Towels"}, Act.TASK_REOPEN, "Towels"),
    (
        "task.patch",
        {"set": {"outcome": ["ok", "corrected"]}},
        {"title": "Towels", "state": "done"},
        Act.TASK_PUT_RIGHT,
        "Towels",
    ),
    ("task.patch", {"set": {"due_at": [None, AT]}}, {"title": "Towels"}, Act.TASK_DUE, "Towels"),
    ("task.patch", {"set": {"assigned_to": [None, "Ana"]}}, {"title": "Towels"}, Act.TASK_ASSIGN, "Towels"),
    ("task.patch", {"set": {"details": [None, "x"]}}, {"title": "Towels"}, Act.TASK_EDIT, "Towels"),
    ("employee.patch", {"set": {"state": ["on", "held"]}}, {"name": "Luna"}, Act.HOLD, "Luna"),
    (
        "employee.patch",
        {"set": {"state": ["on", "held"], "held_until": [None, AT]}},
        {"name": "Luna"},
        Act.HOLD_UNTIL,
        "Luna",
    ),
    ("employee.patch", {"set": {"state": ["held", "on"]}}, {"name": "Luna"}, Act.GO_ON, "Luna"),
    ("correction.create", {"values": {"right": "Yes"}}, {}, Act.CORRECT, ""),
    ("correction.withdraw", {}, {}, Act.UNCORRECT, ""),
    ("call.flag", {"label": "Here"}, {"caller_name": "Maria"}, Act.FLAG, "Maria"),
    ("call.unflag", {}, {"caller_name": None}, Act.UNFLAG, ""),
    ("number.block", {"values": {"phone": "+1212"}}, {}, Act.BLOCK_NUMBER, ""),
    ("number.unblock", {}, {"phone": "+1212"}, Act.UNBLOCK_NUMBER, ""),
    ("mark.set", {"values": {"word": "later", "about": "churn"}}, {}, Act.MARK_LATER, ""),
    ("mark.set", {"values": {"word": "shrug", "about": "churn"}}, {}, Act.OTHER, ""),
    ("mark.clear", {}, {"about": "churn"}, Act.MARK_CLEAR, ""),
    ("assumptions.set", {"set": {}}, {}, Act.ASSUME, ""),
]


@pytest.mark.parametrize(("op", "payload", "row", "act", "name"), WORK)
def test_what_is_done_to_leads_tasks_and_the_team(
    op: str, payload: dict[str, object], row: dict[str, object], act: Act, name: str
) -> None:
    deed = deed_of(op, payload, row)
    assert (deed.act, deed.name) == (act, name)


def test_what_it_becomes_and_what_is_said_of_it() -> None:
    lost = deed_of("lead.patch", {"set": {"stage": ["new", "lost"], "lost_reason": [None, "Far"]}}, {"name": "Noor"})
    assert (lost.word, lost.said, lost.also) == ("stage.lost", "Far", ())
    both = deed_of("lead.patch", {"set": {"assigned_to": [None, "Ana"], "notes": [None, "Kind"]}}, {"name": "Noor"})
    assert (both.to, both.said, both.also) == ("Ana", "Kind", (Act.LEAD_NOTE,))
    assert deed_of("number.block", {"values": {"phone": "+1212", "reason": "Spam"}}, {}).to == "+1212"
    assert deed_of("mark.clear", {}, {"about": "churn", "subject": "c-1"}).word == "about.churn"
    until = deed_of("employee.patch", {"set": {"state": ["on", "held"], "held_until": [None, AT]}}, {"name": "Luna"})
    assert until.starts_at == instant_of(AT)


def test_between_two_rows_of_the_same_thing() -> None:
    before, after = {"name": "Noor", "stage": "new"}, {"name": "Noor", "stage": "contacted"}
    deed = deed_between("lead.patch", before, after, None)
    assert (deed.act, deed.word) == (Act.LEAD_STAGE, "stage.contacted")
    assert deed_between("mark.set", None, {"about": "churn", "word": "never"}, None).act is Act.MARK_NEVER
    assert deed_between("lead.remove", {"name": "Noor"}, None, None).name == "Noor"
    assert deed_between("call.flag", {"caller_name": "Maria"}, {"caller_name": "Maria"}, None).act is Act.FLAG
