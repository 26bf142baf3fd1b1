"""Leads, tasks, the team, marks and assumptions by push: the later wins, both notes are kept, it is noted."""

import uuid
from typing import Any

import pytest

from backend_stub.push.leads import BETWEEN, both
from backend_stub.push.shapes_of_work import LeadSet
from backend_stub.rows import CallRow, EmployeeRow, LeadRow
from backend_stub.rows_of_work import BlockedNumberRow, CorrectionRow, EventRow, MarkRow, TaskRow
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import mutation
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row
from tests.backend_stub.pushing import Device, all_of, device, now


@pytest.fixture
async def phone(hosted: Hosted) -> Device:
    return await device(hosted)


async def put(hosted: Hosted, kind: str, row: Row) -> Row:
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, kind, row))
    return row


def named(hosted: Hosted, *names: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join((hosted.business.account_id, *names))))


def patch(op: str, row_id: str, **fields: tuple[Any, Any]) -> Row:
    return mutation(op, row_id=row_id, base_version=1, set={name: list(pair) for name, pair in fields.items()})


def happened(hosted: Hosted) -> list[tuple[str, str, str | None, str | None]]:
    events = [EventRow.model_validate(row) for row in all_of(hosted, "events")]
    assert all(event.actor_kind == "person" and event.actor.startswith(("Owner", "Front")) for event in events)
    return [(event.verb, event.subject_name, event.before, event.after) for event in sorted(events, key=version)]


def version(row: Any) -> int:
    return row.version


# --- leads --------------------------------------------------------------------------------------------------------
async def test_a_lead_is_made_scored_moved_and_removed(hosted: Hosted, phone: Device) -> None:
    values = {"name": " Noor ", "phone": "+1212", "source": "manual", "needs": "", "value_cents": 5000}
    made = mutation("lead.create", values=values)
    assert (await phone.one(made))["status"] == "ok"
    lead = LeadRow.model_validate(now(hosted, "leads", made["id"]))
    assert (lead.name, lead.needs, lead.stage, lead.interest) == ("Noor", None, "new", "warm")
    assert (lead.score, len(lead.score_reasons)) == (50, 2)
    result = await phone.one(patch("lead.patch", lead.id, stage=("new", "lost"), lost_reason=(None, "Too far")))
    newest = max(event["version"] for event in all_of(hosted, "events"))
    assert result == {"mid": 2, "status": "ok", "version": newest}
    await phone.one(patch("lead.patch", lead.id, stage=("lost", "contacted"), assigned_to=(None, "Jade")))
    assert now(hosted, "leads", lead.id)["lost_reason"] is None
    await phone.push(mutation("lead.remove", row_id=lead.id, base_version=1), made)
    assert all_of(hosted, "leads") == []
    assert happened(hosted) == [
        ("lead_created", "Noor", None, None),
        ("lead_stage", "Noor", "new", "lost"),
        ("lead_stage", "Noor", "lost", "contacted"),
        ("lead_assigned", "Noor", None, "Jade"),
        ("lead_removed", "Noor", None, None),
    ]


async def test_the_later_change_of_a_lead_wins_and_both_notes_are_kept(hosted: Hosted, phone: Device) -> None:
    lead = await put(hosted, "leads", eg.lead())
    desk = await device(hosted)
    await phone.one(patch("lead.patch", lead["id"], stage=("qualified", "contacted"), notes=(None, "Mornings only")))
    await desk.one(patch("lead.patch", lead["id"], stage=("qualified", "new"), notes=(None, "Has two children")))
    row = now(hosted, "leads", lead["id"])
    assert row["stage"] == "new"
    assert row["notes"] == f"Mornings only{BETWEEN}Has two children"
    assert [each[2:] for each in happened(hosted)] == [("qualified", "contacted"), ("contacted", "new")]


@pytest.mark.parametrize(
    ("first", "then"), [("converted", "lost"), ("contacted", "lost"), ("lost", "new"), ("unqualified", "converted")]
)
async def test_a_lead_that_is_over_for_one_is_not_moved_by_another_unasked(
    first: str, then: str, hosted: Hosted, phone: Device
) -> None:
    """What else the change says is taken; who decided otherwise is named; from the stage that is here it goes."""
    lead = await put(hosted, "leads", eg.lead(stage="qualified"))
    desk = await device(hosted)
    await phone.one(patch("lead.patch", lead["id"], stage=("qualified", first)))
    wanted = {"stage": ("qualified", then), "notes": (None, "Rang twice")}
    if then == "lost":
        wanted["lost_reason"] = (None, "Too far")
    result = await desk.one(patch("lead.patch", lead["id"], **wanted))
    row, (clash,) = now(hosted, "leads", lead["id"]), result["conflicts"]
    assert result["status"] == "conflict" and result["version"] == row["version"]
    assert (row["stage"], row["lost_reason"], row["notes"]) == (first, None, "Rang twice")
    assert (clash["field"], clash["why"]) == ("stage", "changed")
    assert clash["base"] == {"stage": "qualified", "lost_reason": None}
    assert clash["mine"] == {"stage": then, "lost_reason": "Too far" if then == "lost" else None}
    assert clash["server"] == {"stage": first, "lost_reason": None}
    assert clash["by"]["name"].startswith("Owner") and clash["by"]["at"] == row["updated_at"]
    assert [each[2:] for each in happened(hosted)] == [("qualified", first)]
    mine = {"stage": (first, then), "lost_reason": wanted.get("lost_reason", (None, None))}
    assert (await desk.one(patch("lead.patch", lead["id"], **mine)))["status"] == "ok"
    assert now(hosted, "leads", lead["id"])["stage"] == then


async def test_two_who_agree_that_a_lead_is_over_are_not_asked(hosted: Hosted, phone: Device) -> None:
    lead = await put(hosted, "leads", eg.lead(stage="qualified"))
    for reason in ("Too far", "Too dear"):
        lost = patch("lead.patch", lead["id"], stage=("qualified", "lost"), lost_reason=(None, reason))
        assert (await phone.one(lost))["status"] == "ok"
    assert now(hosted, "leads", lead["id"])["lost_reason"] == "Too dear"


@pytest.mark.parametrize(
    ("here", "had", "wanted", "then"),
    [
        ("a", "a", "b", "b"),
        (None, "a", "b", "b"),
        ("a", "a", None, None),
        ("c", "a", None, "c"),
        ("c", "a", "b", f"c{BETWEEN}b"),
        ("a, and c", "a", "c", "a, and c"),
        ("a", "x", "a and b", "a and b"),
        (None, None, "b", "b"),
    ],
)
def test_two_notes(here: str | None, had: str | None, wanted: str | None, then: str | None) -> None:
    assert both(here, LeadSet(notes=(had, wanted))) == then


async def test_nothing_is_noted_of_what_changes_nothing(hosted: Hosted, phone: Device) -> None:
    lead = await put(hosted, "leads", eg.lead(assigned_to="Jade"))
    before = now(hosted, "leads", lead["id"])
    await phone.one(patch("lead.patch", lead["id"], assigned_to=("Ana", "Jade"), stage=("new", "qualified")))
    assert now(hosted, "leads", lead["id"]) == before and happened(hosted) == []


# --- tasks --------------------------------------------------------------------------------------------------------
async def test_a_task_is_made_done_and_reopened(hosted: Hosted, phone: Device) -> None:
    made = mutation("task.create", values={"kind": "callback", "title": "Call Ana", "due_at": eg.NOON})
    await phone.push(made, made)
    task = TaskRow.model_validate(now(hosted, "tasks", made["id"]))
    assert (task.created_by, task.state, task.employee_id) == ("Owner of Salon Aurora", "open", None)
    await phone.one(patch("task.patch", task.id, state=("open", "done")))
    done = now(hosted, "tasks", task.id)
    assert (done["outcome"], done["done_by"], done["done_at"]) == ("ok", "Owner of Salon Aurora", eg.NOON)
    await phone.one(patch("task.patch", task.id, state=("done", "open"), title=("Call Ana", "Ring Ana")))
    assert [now(hosted, "tasks", task.id)[name] for name in ("outcome", "done_by", "done_at")] == [None] * 3
    await phone.one(patch("task.patch", task.id, state=("open", "dropped"), details=(None, "Has rung herself")))
    assert happened(hosted) == [
        ("task_created", "Call Ana", None, None),
        ("task_done", "Call Ana", None, "ok"),
        ("task_reopened", "Ring Ana", None, None),
        ("task_dropped", "Ring Ana", None, None),
    ]


# --- the team -----------------------------------------------------------------------------------------------------
async def test_an_employee_is_held_until_a_time_and_let_go_on(hosted: Hosted, phone: Device) -> None:
    luna = await put(hosted, "employees", eg.employee())
    await phone.one(patch("employee.patch", luna["id"], state=("on", "held"), held_until=(None, eg.NOON + eg.HOUR)))
    held = EmployeeRow.model_validate(now(hosted, "employees", luna["id"]))
    assert (held.state, held.held_until, held.state_since) == ("held", eg.NOON + eg.HOUR, eg.NOON)
    await phone.one(patch("employee.patch", luna["id"], state=("held", "on")))
    assert now(hosted, "employees", luna["id"])["held_until"] is None
    assert [each[2:] for each in happened(hosted)] == [("on", "held"), ("held", "on")]
    off = await put(hosted, "employees", eg.employee(state="off"))
    assert (await phone.one(patch("employee.patch", off["id"], state=("off", "on"))))["code"] == "invalid"


async def test_a_correction_is_learned_and_withdrawn(hosted: Hosted, phone: Device) -> None:
    call = await put(hosted, "calls", eg.ended_call())
    values = {"call_id": call["id"], "turn_id": eg.turn(call["id"], 0)["id"], "wrong": "No", "right": "Yes"}
    made = mutation("correction.create", values=values | {"scope": "everywhere"})
    await phone.push(made, made)
    learned = CorrectionRow.model_validate(now(hosted, "corrections", made["id"]))
    assert (learned.state, learned.question, learned.by) == ("learned", None, "Owner of Salon Aurora")
    withdraw = mutation("correction.withdraw", row_id=made["id"], base_version=1)
    assert [result["status"] for result in await phone.push(withdraw, withdraw)] == ["ok", "ok"]
    assert all_of(hosted, "corrections") == []
    assert [each[0] for each in happened(hosted)] == ["correction_learned"]


def correction(call: Row, **values: Any) -> Row:
    head = {"call_id": call["id"], "turn_id": eg.turn(call["id"], 0)["id"], "wrong": "No", "right": "Yes"}
    return mutation("correction.create", values=head | {"scope": "same_question"} | values)


async def test_a_correction_counts_for_a_client_until_a_day_and_ends_an_older_one(
    hosted: Hosted, phone: Device
) -> None:
    call, maria = await put(hosted, "calls", eg.ended_call()), await put(hosted, "customers", eg.customer())
    older = correction(call)
    newer = correction(call, customer_id=maria["id"], last_day="2025-11-23", replaces=[older["id"]])
    assert [result["status"] for result in await phone.push(older, newer)] == ["ok", "ok"]
    said = CorrectionRow.model_validate(now(hosted, "corrections", newer["id"]))
    assert (said.customer_id, said.last_day, said.replaces) == (maria["id"], "2025-11-23", [older["id"]])
    plain = CorrectionRow.model_validate(now(hosted, "corrections", older["id"]))
    assert (plain.customer_id, plain.last_day, plain.replaces) == (None, None, [])


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        ({"last_day": "2025-11-22"}, "past", "The last day it should count, 2025-11-22, is over."),
        (
            {"customer_id": str(uuid.UUID(int=7))},
            "gone",
            "The client it should count for is not among your clients any more.",
        ),
        ({"scope": "this_call", "last_day": "2025-12-01"}, "invalid", "A correction of the record alone has no client"),
        ({"last_day": "2025-02-30"}, "invalid", "last_day"),
        ({"last_day": "20251201"}, "invalid", "last_day"),
        ({"replaces": ["x"]}, "invalid", "replaces"),
        ({"replaces": [str(uuid.UUID(int=n)) for n in range(21)]}, "invalid", "replaces"),
    ],
)
async def test_for_whom_and_until_when_a_correction_cannot_count(
    hosted: Hosted, phone: Device, values: Row, code: str, said: str
) -> None:
    call = await put(hosted, "calls", eg.ended_call())
    result = await phone.one(correction(call, **values))
    assert (result["status"], result["code"]) == ("rejected", code) and said in result["detail"]
    assert all_of(hosted, "corrections") == []


async def test_a_correction_that_is_sent_again_after_its_last_day_is_the_one_that_is_there(
    hosted: Hosted, phone: Device
) -> None:
    call = await put(hosted, "calls", eg.ended_call())
    made = correction(call, last_day="2025-11-23")
    await phone.one(made)
    await hosted.clock.advance(3 * 86_400)
    later = await device(hosted)
    assert (await later.one(made))["status"] == "ok"
    assert (await later.one(correction(call, last_day="2025-11-25")))["code"] == "past"


async def test_flags_are_a_set_by_turn(hosted: Hosted, phone: Device) -> None:
    call = await put(hosted, "calls", eg.ended_call())
    one, two = (eg.turn(call["id"], place)["id"] for place in range(2))
    flag = mutation("call.flag", row_id=call["id"], turn_id=one, label="Here")
    await phone.push(flag, flag, mutation("call.flag", row_id=call["id"], turn_id=two))
    flagged = CallRow.model_validate(now(hosted, "calls", call["id"]))
    assert [(each.turn_id, each.label) for each in flagged.flags] == [(one, "Here"), (two, "")]
    await phone.push(*(mutation("call.unflag", row_id=call["id"], turn_id=one) for _ in range(2)))
    assert [each["turn_id"] for each in now(hosted, "calls", call["id"])["flags"]] == [two]


async def test_a_number_is_blocked_under_its_own_id(hosted: Hosted, phone: Device) -> None:
    number = "+12125550188"
    block = mutation("number.block", row_id=named(hosted, number), values={"phone": number, "reason": " "})
    assert [result["status"] for result in await phone.push(block, block)] == ["ok", "ok"]
    assert BlockedNumberRow.model_validate(all_of(hosted, "blocked_numbers")[0]).reason is None
    unblock = mutation("number.unblock", row_id=block["id"], base_version=1)
    await phone.push(unblock, unblock, block)
    assert [each[0] for each in happened(hosted)] == ["number_blocked", "number_unblocked", "number_blocked"]
    elsewhere = mutation("number.block", values={"phone": number})
    assert (await phone.one(elsewhere))["code"] == "invalid"


# --- what was shown -----------------------------------------------------------------------------------------------
async def test_one_mark_a_thing_and_the_last_word_counts(hosted: Hosted, phone: Device) -> None:
    mark_id = named(hosted, "churn", "c-1")
    for word in ("later", "never"):
        values = {"about": "churn", "subject": "c-1", "word": word, "until": None}
        assert (await phone.one(mutation("mark.set", row_id=mark_id, values=values)))["status"] == "ok"
    (mark,) = all_of(hosted, "marks")
    assert MarkRow.model_validate(mark).word == "never"
    await phone.one(mutation("mark.clear", row_id=mark_id, base_version=1))
    assert all_of(hosted, "marks") == []
    values = {"about": "churn", "subject": "c-2", "word": "done"}
    assert (await phone.one(mutation("mark.set", row_id=mark_id, values=values)))["code"] == "invalid"


async def test_assumptions_are_the_owner_s(hosted: Hosted, phone: Device) -> None:
    account = hosted.business.account_id
    await put(hosted, "assumptions", eg.assumptions(account))
    said = patch("assumptions.set", account, wage_cents_per_hour=(None, 2600), hours_per_week=(None, 37.5))
    await phone.one(said)
    row = now(hosted, "assumptions", account)
    assert (row["wage_cents_per_hour"], row["hours_per_week"], row["missed_call_value_cents"]) == (2600, 37.5, None)
    assert row["updated_by"] == "Owner of Salon Aurora"


async def test_minutes_of_a_task_are_whole_and_of_one_day(hosted: Hosted, phone: Device) -> None:
    account = hosted.business.account_id
    await put(hosted, "assumptions", eg.assumptions(account))
    await phone.one(patch("assumptions.set", account, reminder_minutes=(None, 25), other_minutes=(None, 0)))
    await phone.one(patch("assumptions.set", account, document_minutes=(None, 480), reminder_minutes=(25, None)))
    said = {name: minutes for name, minutes in now(hosted, "assumptions", account).items() if name.endswith("_minutes")}
    assert {name: minutes for name, minutes in said.items() if minutes is not None} == {
        "other_minutes": 0,
        "document_minutes": 480,
    }
    for bad in (-1, 481, 10**12, 2.5, "25", True, [25]):
        refused = await phone.one(patch("assumptions.set", account, callback_minutes=(None, bad)))
        assert (refused["status"], refused["code"]) == ("rejected", "invalid"), bad
    assert now(hosted, "assumptions", account)["callback_minutes"] is None


# --- who, and what ------------------------------------------------------------------------------------------------
async def test_what_the_front_desk_may_not_do(hosted: Hosted) -> None:
    desk = await device(hosted, "front_desk")
    lead = await put(hosted, "leads", eg.lead())
    luna = await put(hosted, "employees", eg.employee())
    call = await put(hosted, "calls", eg.ended_call())
    await put(hosted, "assumptions", eg.assumptions(hosted.business.account_id))
    number = {"phone": "+1212", "reason": None}
    turn = eg.turn(call["id"], 0)["id"]
    wrong = {"call_id": call["id"], "turn_id": turn, "wrong": "No", "right": "Yes", "scope": "this_call"}
    refused = await desk.push(
        patch("lead.patch", lead["id"], value_cents=(None, 100)),
        mutation("lead.create", values={"name": "Ben", "source": "manual", "value_cents": 100}),
        patch("employee.patch", luna["id"], state=("on", "held")),
        patch("assumptions.set", hosted.business.account_id, hours_per_week=(None, 40)),
        mutation("number.block", row_id=named(hosted, "+1212"), values=number),
        mutation("call.flag", row_id=call["id"], turn_id=turn),
        mutation("correction.create", values=wrong),
    )
    assert {result.get("code") for result in refused} == {"forbidden"}
    allowed = await desk.push(
        patch("lead.patch", lead["id"], stage=("qualified", "contacted")),
        mutation("task.create", values={"kind": "other", "title": "Order towels"}),
    )
    assert {result["status"] for result in allowed} == {"ok"}


WRONG: list[Row] = [
    mutation("lead.create", values={"name": "", "source": "manual"}),
    mutation("lead.create", values={"name": "Ben", "source": "fax"}),
    mutation("lead.create", values={"name": "Ben", "source": "manual", "value_cents": -1}),
    mutation("lead.create", values={"name": "Ben", "source": "manual", "interested_services": ["x"] * 11}),
    patch("lead.patch", eg.lead()["id"]),
    patch("lead.patch", eg.lead()["id"], stage=("new", "married")),
    mutation("task.create", values={"kind": "callback", "title": "x" * 121}),
    patch("task.patch", eg.task()["id"], state=("open", "late")),
    patch("employee.patch", eg.employee()["id"], state=("on", "off")),
    mutation("mark.set", values={"about": "weather", "subject": "x", "word": "done"}),
    mutation("mark.set", values={"about": "churn", "subject": "x" * 201, "word": "done"}),
    mutation("number.block", values={"phone": "12 34"}),
    patch("assumptions.set", eg.lead()["id"], hours_per_week=(None, 200)),
    mutation("call.flag", label="x"),
]


@pytest.mark.parametrize("asked", WRONG, ids=lambda asked: asked["op"])
async def test_what_makes_no_sense_is_invalid(phone: Device, asked: Row) -> None:
    result = await phone.one(asked)
    assert (result["status"], result["code"]) == ("rejected", "gone" if asked.get("set") == {} else "invalid")


@pytest.mark.parametrize(
    ("op", "field"),
    [("lead.patch", "score"), ("task.patch", "done_by"), ("employee.patch", "doing"), ("assumptions.set", "currency")],
)
async def test_what_only_the_server_sets(phone: Device, op: str, field: str) -> None:
    assert (await phone.one(patch(op, eg.lead()["id"], **{field: (1, 2)})))["code"] == "read_only"


async def test_what_is_not_there_is_gone(phone: Device) -> None:
    gone = [
        patch("lead.patch", eg.lead()["id"], stage=("new", "lost")),
        patch("task.patch", eg.task()["id"], state=("open", "done")),
        mutation("call.flag", turn_id=eg.lead()["id"]),
    ]
    assert [result["code"] for result in await phone.push(*gone)] == ["gone"] * 3
