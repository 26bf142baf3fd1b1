"""Leads, tasks, the team and marks changed with no connection: what is shown, what is refused, how it is taken back."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from client import editing
from client.editing import (
    AssumptionsChange,
    CorrectionDraft,
    Edited,
    LeadChange,
    LeadDraft,
    NotAllowed,
    TaskChange,
    TaskDraft,
    Why,
)
from client.models.account import Role
from client.models.business import EmployeeState
from client.models.corrections import CorrectionScope, CorrectionState
from client.models.ids import CallId, CorrectionId, CustomerId, EmployeeId, LeadId, TaskId, TurnId
from client.models.leads import LeadStage
from client.models.marks import About, MarkWord
from client.models.mutations import ChangeState, Op
from client.models.tasks import TaskKind, TaskOutcome, TaskState
from client.storage import assumptions, business, calls, corrections, leads, marks, outbox, tasks
from client.storage.columns import milliseconds
from tests import example_data as eg
from tests.editing.conftest import Salon
from tests.storage.mutations import become
from tests.storage.rows import CALL, LEAD, put

LUNA, CALL_ID, LEAD_ID, TURN = EmployeeId("e-luna"), CallId("call"), LeadId("lead"), TurnId("turn-3")
DRAFT = CorrectionDraft(call_id=CALL_ID, turn_id=TURN, wrong="No, we do not.", right="Yes, from 150 dollars.")


@pytest.fixture
def team(salon: Salon) -> Salon:
    def more(conn: sqlite3.Connection) -> None:
        head = {
            "name": "Luna",
            "kind": "reception",
            "glyph": "phone",
            "state_since": 0,
            "doing": "",
            "version": 1,
            "gen": 1,
        }
        put(conn, "employees", {**head, "id": LUNA, "state": "on"})
        put(conn, "employees", {**head, "id": "e-off", "state": "off"})
        put(conn, "calls", {**CALL, "id": CALL_ID, "caller_name": "Maria"})
        put(conn, "leads", {**LEAD, "id": LEAD_ID, "notes": "Mornings"})
        put(conn, "assumptions", {"id": "acc", "currency": "USD", "version": 1, "gen": 1})

    salon.write(more)
    return salon


def undo(salon: Salon, edited: Edited) -> None:
    salon.do(editing.undo, edited, new_id=salon.new_id)


# --- what is shown ----------------------------------------------------------------------------------------------------
def test_a_lead_is_entered_moved_and_lost(team: Salon) -> None:
    draft = LeadDraft(name=" Noor ", phone="+1 212", call_id=CALL_ID, interested_services=("Cut",), value_cents=9000)
    made = team.do(editing.create_lead, draft, new_id=team.new_id)
    lead_id = LeadId(made.row_id)
    team.do(editing.change_lead, lead_id, LeadChange(stage=LeadStage.LOST, lost_reason="Too far"))
    lead = team.db.read(lambda conn: leads.get(conn, lead_id))
    assert lead is not None and lead.pending
    assert (lead.name, lead.source, lead.stage, lead.lost_reason) == ("Noor", "call", LeadStage.LOST, "Too far")
    assert (lead.interested_services, lead.value_cents, lead.score) == (("Cut",), 9000, 0)
    team.do(editing.change_lead, lead_id, LeadChange(stage=LeadStage.CONTACTED, next_followup_at=eg.NOW))
    lead = team.db.read(lambda conn: leads.get(conn, lead_id))
    assert lead is not None and (lead.stage, lead.lost_reason) == (LeadStage.CONTACTED, None)
    assert [change.op for change in team.changes()] == [Op.LEAD_CREATE, Op.LEAD_PATCH]


def test_a_task_is_done_and_opened_again(team: Salon) -> None:
    draft = TaskDraft(kind=TaskKind.CALLBACK, title="Call Maria", lead_id=LEAD_ID, due_at=eg.NOW)
    task_id = TaskId(team.do(editing.create_task, draft, new_id=team.new_id).row_id)
    team.do(editing.finish_task, task_id)
    (done,) = team.db.read(lambda conn: tasks.of_lead(conn, LEAD_ID))
    assert (done.state, done.outcome, done.done_by) == (TaskState.DONE, TaskOutcome.OK, None)
    assert done.done_at is not None and milliseconds(done.done_at) == milliseconds(team.now)
    team.do(editing.finish_task, task_id, TaskOutcome.CORRECTED)
    team.do(editing.reopen_task, task_id)
    team.do(editing.change_task, task_id, TaskChange(title="Ring Maria", due_at=None))
    (task,) = team.db.read(tasks.open)
    assert (task.title, task.due_at, task.outcome, task.done_at) == ("Ring Maria", None, None, None)
    team.do(editing.drop_task, task_id)
    assert team.db.read(tasks.open) == []


def test_an_employee_is_held_and_goes_on(team: Salon) -> None:
    until = team.now + timedelta(hours=2)
    team.do(editing.hold_employee, LUNA, until)
    luna = next(each for each in team.db.read(business.employees) if each.employee_id == LUNA)
    assert (luna.state, luna.pending) == (EmployeeState.HELD, True)
    assert luna.held_until is not None and milliseconds(luna.held_until) == milliseconds(until)
    team.do(editing.let_go_on, LUNA)
    luna = next(each for each in team.db.read(business.employees) if each.employee_id == LUNA)
    assert (luna.state, luna.held_until) == (EmployeeState.ON, None)
    assert team.changes() == []


def test_a_correction_waits_until_the_server_has_it(team: Salon) -> None:
    team.do(editing.correct_answer, DRAFT, new_id=team.new_id)
    (found,) = team.db.read(lambda conn: corrections.of_call(conn, CALL_ID))
    assert (found.state, found.scope, found.pending) == (
        CorrectionState.WAITING,
        CorrectionScope.SAME_QUESTION,
        True,
    )
    team.do(editing.withdraw_correction, found.correction_id)
    assert team.db.read(corrections.all) == [] and team.changes() == []


def test_a_correction_counts_for_one_client_until_a_day_and_ends_an_older_one(team: Salon) -> None:
    older = team.do(editing.correct_answer, DRAFT, new_id=team.new_id)
    today = team.now.astimezone(eg.ZONE).date()
    more = {"customer_id": CustomerId("c-1"), "last_day": today, "replaces": (CorrectionId(older.row_id),)}
    made = team.do(editing.correct_answer, replace(DRAFT, right="On Mondays.", **more), new_id=team.new_id)
    newer, before = team.db.read(lambda conn: [corrections.get(conn, each.row_id) for each in (made, older)])
    assert newer is not None and before is not None
    assert (newer.customer_id, newer.last_day, newer.replaces) == ("c-1", today, (older.row_id,))
    assert before.replaced and not newer.replaced
    assert team.changes()[-1].payload["values"] | {"right": ""} == {
        **{"call_id": CALL_ID, "turn_id": TURN, "question": None, "wrong": DRAFT.wrong, "right": ""},
        **{"scope": "same_question", "customer_id": "c-1", "last_day": today.isoformat()},
        **{"replaces": [older.row_id]},
    }
    team.sent(made.change_id)
    gone = team.do(editing.withdraw_correction, newer.correction_id)
    before = team.db.read(lambda conn: corrections.get(conn, CorrectionId(older.row_id)))
    assert before is not None and not before.replaced, "what it ended counts again"
    team.sent(gone.change_id)
    undo(team, gone)
    back = team.db.read(corrections.all)[0]
    assert (back.customer_id, back.last_day, back.replaces) == (newer.customer_id, today, newer.replaces)


def test_the_record_alone_counts_for_nobody(team: Salon) -> None:
    draft = replace(DRAFT, scope=CorrectionScope.THIS_CALL, customer_id=CustomerId("nobody"), last_day=date(1999, 1, 1))
    team.do(editing.correct_answer, draft, new_id=team.new_id)
    (found,) = team.db.read(corrections.all)
    assert (found.scope, found.customer_id, found.last_day) == (CorrectionScope.THIS_CALL, None, None)


@pytest.mark.parametrize(
    ("more", "why", "field"),
    [
        ({"last_day": eg.NOW.astimezone(eg.ZONE).date() - timedelta(days=1)}, Why.DAY_OVER, "last_day"),
        ({"last_day": date(2100, 1, 1)}, Why.TOO_FAR, "last_day"),
        ({"customer_id": CustomerId("nobody")}, Why.CUSTOMER_UNKNOWN, "customer_id"),
        ({"replaces": (CorrectionId("nothing"),)}, Why.NOT_THERE, None),
    ],
)
def test_for_whom_and_until_when_it_cannot_count(
    team: Salon, more: dict[str, Any], why: Why, field: str | None
) -> None:
    with pytest.raises(NotAllowed) as caught:
        team.do(editing.correct_answer, replace(DRAFT, **more), new_id=team.new_id)
    assert (caught.value.why, caught.value.field) == (why, field)
    assert team.changes() == []


def test_flags_are_set_named_and_taken_away(team: Salon) -> None:
    for label in ("Wrong price", "Wrong again"):
        team.do(editing.flag_moment, CALL_ID, TURN, label)
    call = team.db.read(lambda conn: calls.get(conn, CALL_ID))
    assert call is not None and call.pending
    assert [(flag.turn_id, flag.label) for flag in call.flags] == [(TURN, "Wrong again")]
    team.do(editing.take_flag_away, CALL_ID, TURN)
    call = team.db.read(lambda conn: calls.get(conn, CALL_ID))
    assert call is not None and call.flags == ()


def test_a_number_is_blocked_however_it_is_written(team: Salon) -> None:
    team.do(editing.block_number, "+1 (212) 555-0188", "Sells insurance")
    found = team.db.read(lambda conn: corrections.blocked_number(conn, "+12125550188"))
    assert found is not None and (found.phone, found.reason, found.pending) == ("+12125550188", "Sells insurance", True)
    team.do(editing.unblock_number, "+1 212 5550188")
    assert team.db.read(corrections.blocked_numbers) == [] and team.changes() == []


def test_the_last_word_about_a_thing_counts(team: Salon) -> None:
    for word in (MarkWord.LATER, MarkWord.NEVER):
        team.do(editing.mark, About.CHURN, "c-1", word)
    assert [mark.word for mark in team.db.read(marks.all)] == [MarkWord.NEVER]
    (change,) = team.changes()
    assert change.payload["values"]["word"] == "never"
    team.do(editing.clear_mark, About.CHURN, "c-1")
    assert team.db.read(marks.all) == [] and team.changes() == []


def test_what_the_owner_assumes(team: Salon) -> None:
    team.do(editing.assume, AssumptionsChange(wage_cents_per_hour=2600, hours_per_week=37.5))
    said = team.db.read(assumptions.get)
    assert said is not None and (said.wage_cents_per_hour, said.hours_per_week, said.pending) == (2600, 37.5, True)
    team.do(editing.assume, AssumptionsChange(wage_cents_per_hour=None, hours_per_week=None))
    assert team.changes() == []


def test_how_long_a_task_takes_is_said_by_kind(team: Salon) -> None:
    team.do(editing.assume, AssumptionsChange(task_minutes={TaskKind.REMINDER: 25, TaskKind.OTHER: 0}))
    team.do(editing.assume, AssumptionsChange(task_minutes={TaskKind.DOCUMENT: 480}))
    said = team.db.read(assumptions.get)
    assert said is not None and said.pending
    assert said.task_minutes == {TaskKind.REMINDER: 25, TaskKind.OTHER: 0, TaskKind.DOCUMENT: 480}
    (change,) = team.changes()
    assert change.payload["set"] == {
        "reminder_minutes": [None, 25],
        "other_minutes": [None, 0],
        "document_minutes": [None, 480],
    }
    team.do(editing.assume, AssumptionsChange(task_minutes=dict.fromkeys(said.task_minutes)))
    assert team.changes() == []


# --- what is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ((editing.change_lead, LeadId("nobody"), LeadChange(stage=LeadStage.NEW)), Why.NOT_THERE),
        ((editing.change_lead, LEAD_ID, LeadChange(stage=LeadStage.NEW, notes=" Mornings ")), Why.NOTHING),
        ((editing.change_lead, LEAD_ID, LeadChange(notes="x" * 2001)), Why.TEXT_TOO_LONG),
        ((editing.change_lead, LEAD_ID, LeadChange(value_cents=-1)), Why.BAD_AMOUNT),
        ((editing.hold_employee, EmployeeId("e-off")), Why.NOT_SET_UP),
        ((editing.let_go_on, LUNA), Why.NOTHING),
        ((editing.flag_moment, CallId("no"), TURN), Why.NOT_THERE),
        ((editing.take_flag_away, CALL_ID, TURN), Why.NOTHING),
        ((editing.block_number, "call me"), Why.NO_NUMBER),
        ((editing.unblock_number, "+1212"), Why.NOT_THERE),
        ((editing.mark, About.CHURN, "  ", MarkWord.DONE), Why.NO_TITLE),
        ((editing.clear_mark, About.CHURN, "c-1"), Why.NOT_THERE),
        ((editing.assume, AssumptionsChange(hours_per_week=169)), Why.BAD_AMOUNT),
        ((editing.assume, AssumptionsChange(hours_per_week=None)), Why.NOTHING),
        ((editing.assume, AssumptionsChange(task_minutes={TaskKind.OTHER: -1})), Why.BAD_AMOUNT),
        ((editing.assume, AssumptionsChange(task_minutes={TaskKind.OTHER: 481})), Why.BAD_AMOUNT),
        ((editing.assume, AssumptionsChange(task_minutes={TaskKind.OTHER: None})), Why.NOTHING),
    ],
)
def test_refused_and_nothing_done(team: Salon, edit: tuple[Any, ...], why: Why) -> None:
    before = team.everything()
    with pytest.raises(NotAllowed) as caught:
        team.do(*edit)
    assert caught.value.why is why
    assert team.everything() == before


def test_drafts_that_say_too_little(team: Salon) -> None:
    for edit, draft, why in (
        (editing.create_lead, LeadDraft(name=" "), Why.NO_NAME),
        (editing.create_task, TaskDraft(kind=TaskKind.OTHER, title=""), Why.NO_TITLE),
        (editing.correct_answer, CorrectionDraft(call_id=CALL_ID, turn_id=TURN, wrong="x", right=" "), Why.NO_ANSWER),
        (
            editing.correct_answer,
            CorrectionDraft(call_id=CallId("no"), turn_id=TURN, wrong="x", right="y"),
            Why.NOT_THERE,
        ),
    ):
        with pytest.raises(NotAllowed) as caught:
            team.do(edit, draft, new_id=team.new_id)
        assert caught.value.why is why


def test_what_the_front_desk_may_not_do(team: Salon) -> None:
    team.as_role(Role.FRONT_DESK)
    forbidden: list[tuple[Any, ...]] = [
        (editing.hold_employee, LUNA),
        (editing.let_go_on, LUNA),
        (editing.flag_moment, CALL_ID, TURN),
        (editing.block_number, "+1212"),
        (editing.assume, AssumptionsChange(hours_per_week=1)),
        (editing.change_lead, LEAD_ID, LeadChange(value_cents=1)),
    ]
    for edit in forbidden:
        with pytest.raises(NotAllowed) as caught:
            team.do(*edit)
        assert caught.value.why is Why.FORBIDDEN
    team.do(editing.change_lead, LEAD_ID, LeadChange(stage=LeadStage.CONTACTED))
    team.do(editing.mark, About.NEEDS_YOU, "call", MarkWord.DONE)


# --- taking back ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Case:
    """`table` holds what the edit changes.  `again`: there is a way back also after the server has it."""

    edit: Callable[[Salon], Edited]
    table: str
    again: Op


CASES = {
    "lead.create": Case(
        lambda salon: salon.do(editing.create_lead, LeadDraft(name="Noor"), new_id=salon.new_id),
        "leads",
        Op.LEAD_REMOVE,
    ),
    "lead.patch": Case(
        lambda salon: salon.do(editing.change_lead, LEAD_ID, LeadChange(stage=LeadStage.LOST, lost_reason="Far")),
        "leads",
        Op.LEAD_PATCH,
    ),
    "task.create": Case(
        lambda salon: salon.do(
            editing.create_task, TaskDraft(kind=TaskKind.OTHER, title="Towels"), new_id=salon.new_id
        ),
        "tasks",
        Op.TASK_PATCH,
    ),
    "employee.patch": Case(lambda salon: salon.do(editing.hold_employee, LUNA), "employees", Op.EMPLOYEE_PATCH),
    "correction.create": Case(
        lambda salon: salon.do(editing.correct_answer, DRAFT, new_id=salon.new_id),
        "corrections",
        Op.CORRECTION_WITHDRAW,
    ),
    "call.flag": Case(lambda salon: salon.do(editing.flag_moment, CALL_ID, TURN), "calls", Op.CALL_UNFLAG),
    "number.block": Case(lambda salon: salon.do(editing.block_number, "+1212"), "blocked_numbers", Op.NUMBER_UNBLOCK),
    "mark.set": Case(lambda salon: salon.do(editing.mark, About.CHURN, "c-1", MarkWord.DONE), "marks", Op.MARK_CLEAR),
    "assumptions.set": Case(
        lambda salon: salon.do(editing.assume, AssumptionsChange(hours_per_week=20)), "assumptions", Op.ASSUMPTIONS_SET
    ),
    "minutes of a task": Case(
        lambda salon: salon.do(editing.assume, AssumptionsChange(task_minutes={TaskKind.REMINDER: 25})),
        "assumptions",
        Op.ASSUMPTIONS_SET,
    ),
}


def shown(salon: Salon, table: str) -> list[dict[str, Any]]:
    def read(conn: sqlite3.Connection) -> list[dict[str, Any]]:
        cursor = conn.execute(f"SELECT * FROM {table} ORDER BY id")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return salon.db.read(read)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_was_never_sent_is_taken_back_without_a_trace(team: Salon, case: Case) -> None:
    before = team.everything(), shown(team, case.table)
    undo(team, case.edit(team))
    assert (team.everything(), shown(team, case.table)) == before


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_was_sent_is_taken_back_by_a_change_in_the_other_direction(team: Salon, case: Case) -> None:
    before = shown(team, case.table)
    edited = case.edit(team)
    team.sent(edited.change_id)
    undo(team, edited)
    assert [change.op for change in team.changes()] == [edited.op, case.again]
    if case.again is not Op.TASK_PATCH:
        changing = ("updated_at", "state_since", "dirty")
        assert [without(row, changing) for row in shown(team, case.table)] == [without(row, changing) for row in before]
    with pytest.raises(NotAllowed) as caught:
        team.do(editing.undo, edited.change_id, new_id=team.new_id)
    assert caught.value.why is Why.UNDONE_ALREADY


def without(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize(("said", "then"), [(MarkWord.DONE, MarkWord.LATER), (MarkWord.NEVER, MarkWord.NOT_USEFUL)])
def test_the_word_before_is_said_again(team: Salon, said: MarkWord, then: MarkWord) -> None:
    first = team.do(editing.mark, About.OPPORTUNITY, "Bridal hair", said)
    team.sent(first.change_id)
    second = team.do(editing.mark, About.OPPORTUNITY, "Bridal hair", then)
    team.sent(second.change_id)
    undo(team, second)
    assert [mark.word for mark in team.db.read(marks.all)] == [said]
    cleared = team.do(editing.clear_mark, About.OPPORTUNITY, "Bridal hair")
    team.sent(cleared.change_id)
    assert team.db.read(marks.all) == []
    undo(team, cleared)
    assert [mark.word for mark in team.db.read(marks.all)] == [said]


def test_another_flag_another_correction_another_number_come_back(team: Salon) -> None:
    flagged = team.do(editing.flag_moment, CALL_ID, TURN, "Here")
    team.sent(flagged.change_id)
    away = team.do(editing.take_flag_away, CALL_ID, TURN)
    team.sent(away.change_id)
    undo(team, away)
    call = team.db.read(lambda conn: calls.get(conn, CALL_ID))
    assert call is not None and [flag.label for flag in call.flags] == ["Here"]
    made = team.do(editing.correct_answer, DRAFT, new_id=team.new_id)
    team.sent(made.change_id)
    gone = team.do(editing.withdraw_correction, made.row_id)
    team.sent(gone.change_id)
    undo(team, gone)
    (found,) = team.db.read(corrections.all)
    assert (found.right, found.correction_id) == (DRAFT.right, "new-2")
    blocked = team.do(editing.block_number, "+1212", "Spam")
    team.sent(blocked.change_id)
    free = team.do(editing.unblock_number, "+1212")
    team.sent(free.change_id)
    undo(team, free)
    assert [each.reason for each in team.db.read(corrections.blocked_numbers)] == ["Spam"]


def test_a_lead_that_was_removed_does_not_come_back(team: Salon) -> None:
    removed = team.do(editing.remove_lead, LEAD_ID)
    undo(team, removed)
    assert team.db.read(lambda conn: leads.get(conn, LEAD_ID)) is not None
    removed = team.do(editing.remove_lead, LEAD_ID)
    team.sent(removed.change_id)
    with pytest.raises(NotAllowed) as caught:
        undo(team, removed)
    assert caught.value.why is Why.FINAL


def test_what_somebody_changed_since_is_not_undone(team: Salon) -> None:
    moved = team.do(editing.change_lead, LEAD_ID, LeadChange(stage=LeadStage.CONTACTED))
    team.sent(moved.change_id)
    later = team.do(editing.change_lead, LEAD_ID, LeadChange(stage=LeadStage.QUALIFIED))
    team.sent(later.change_id)
    with pytest.raises(NotAllowed) as caught:
        undo(team, moved)
    assert caught.value.why is Why.CHANGED_SINCE


def test_what_the_server_refused_is_no_longer_in_effect_and_what_rests_on_it_waits(team: Salon) -> None:
    made = team.do(editing.create_lead, LeadDraft(name="Noor"), new_id=team.new_id)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.REFUSED, result={"code": "invalid"}))
    assert team.db.read(lambda conn: leads.get(conn, LeadId(made.row_id))) is None
    assert team.db.read(outbox.waiting) == 0
    assert json.loads(json.dumps(team.changes()[0].payload))["values"]["name"] == "Noor"
