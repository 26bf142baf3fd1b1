"""What waits or was refused is made to say something else: in its place, without a second change, and back again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from client import editing
from client.editing import (
    BlockedDraft,
    CalendarDraft,
    CorrectionDraft,
    Draft,
    Edited,
    LaterDraft,
    NotAllowed,
    TaskChange,
    TaskDraft,
    Waiting,
    Why,
)
from client.models.corrections import CorrectionScope
from client.models.ids import ChangeId, CorrectionId, TaskId
from client.models.marks import About, MarkWord
from client.models.mutations import ChangeState, Op
from client.models.tasks import TaskKind, TaskOutcome
from client.storage import calendars, corrections, marks, sending, tasks
from tests import example_data as eg
from tests.editing.conftest import Salon
from tests.editing.test_work import CALL_ID, TURN, team, undo  # noqa: F401
from tests.storage.mutations import become

TOMORROW, MONDAY = eg.NOW + timedelta(days=1), eg.NOW + timedelta(days=7)
TASK = TaskDraft(kind=TaskKind.CALLBACK, title="Call Maria back", details="Asks for Ana", call_id=CALL_ID, turn_id=TURN)
CORRECTION = CorrectionDraft(call_id=CALL_ID, turn_id=TURN, wrong="No.", right="Yes.", question="Dogs?")
CALENDAR = CalendarDraft(name="Ana", url="https://cal.example/ana.ics")
NUMBER = BlockedDraft(phone="+12125550199", reason="Sells things")
LATER = LaterDraft(about=About.CHURN, subject="c-maria", until=TOMORROW)

EDITS: list[tuple[Draft, Draft]] = [
    (TASK, replace(TASK, kind=TaskKind.OTHER, title="Write to Maria", details=None, due_at=TOMORROW)),
    (CORRECTION, replace(CORRECTION, right="Small ones.", scope=CorrectionScope.EVERYWHERE, last_day=eg.TODAY)),
    (CALENDAR, replace(CALENDAR, name="Ana's", url="https://cal.example/other.ics", staff_id="s-ana")),
    (NUMBER, replace(NUMBER, reason=None)),
    (LATER, replace(LATER, until=MONDAY)),
]
NAMES = ["task", "correction", "calendar", "number", "later"]


def make(salon: Salon, draft: Draft) -> Edited:
    match draft:
        case TaskDraft():
            return salon.do(editing.create_task, draft, new_id=salon.new_id)
        case CorrectionDraft():
            return salon.do(editing.correct_answer, draft, new_id=salon.new_id)
        case CalendarDraft():
            return salon.do(editing.add_calendar, draft.name, draft.url, draft.staff_id, new_id=salon.new_id)
        case BlockedDraft():
            return salon.do(editing.block_number, draft.phone, draft.reason)
        case LaterDraft():
            return salon.do(editing.mark, draft.about, draft.subject, MarkWord.LATER, until=draft.until)


def waits(salon: Salon, change_id: ChangeId) -> Waiting:
    found = salon.db.read(lambda conn: editing.waiting(conn, change_id))
    assert found is not None
    return found


def reword(salon: Salon, what: Waiting, draft: Draft) -> Edited:
    return salon.do(editing.reword, what, draft, new_id=salon.new_id)


def refuse(salon: Salon, change_id: ChangeId) -> None:
    result = {"status": "rejected", "code": "invalid", "detail": "no"}
    salon.write(lambda conn: become(conn, change_id, ChangeState.REFUSED, mid=1, result=result))


def shown(salon: Salon) -> list[Any]:
    """Every row that these drafts make."""
    return salon.db.read(
        lambda conn: [
            *tasks.where(conn, "1"),
            *corrections.all(conn),
            *calendars.everything(conn),
            *corrections.blocked_numbers(conn),
            *marks.all(conn),
        ]
    )


@pytest.mark.parametrize(("first", "then"), EDITS, ids=NAMES)
def test_what_waits_says_something_else_and_says_it_alone(team: Salon, first: Draft, then: Draft) -> None:  # noqa: F811
    change_id = make(team, first).change_id
    what = waits(team, change_id)
    assert what.draft == first
    before = shown(team)
    edited = reword(team, what, then)
    (change,) = team.changes()
    assert (change.change_id, change.state) == (change_id, ChangeState.QUEUED)
    assert waits(team, change_id).draft == then and len(shown(team)) == 1 and shown(team) != before
    undo(team, edited)
    assert waits(team, change_id).draft == first and shown(team) == before


@pytest.mark.parametrize(("first", "then"), EDITS, ids=NAMES)
def test_what_was_refused_is_made_anew_and_its_words_come_back(team: Salon, first: Draft, then: Draft) -> None:  # noqa: F811
    change_id = make(team, first).change_id
    refuse(team, change_id)
    assert shown(team) == []
    (refused,) = team.changes()
    what = waits(team, change_id)
    assert what.draft == first
    edited = reword(team, what, then)
    (change,) = team.changes()
    assert change.never_sent and change.result is None and waits(team, change_id).draft == then
    assert len(shown(team)) == 1
    undo(team, edited)
    assert team.changes() == [refused] and shown(team) == []


@pytest.mark.parametrize(("first", "then"), EDITS, ids=NAMES)
def test_what_was_set_aside_with_its_number_keeps_what_it_said(team: Salon, first: Draft, then: Draft) -> None:  # noqa: F811
    made = make(team, first)
    what = waits(team, made.change_id)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.PARKED, mid=1))
    if isinstance(first, CalendarDraft):
        with pytest.raises(NotAllowed) as raised:
            reword(team, what, then)
        assert raised.value.why is Why.SENT and len(team.changes()) == 1
        return
    reword(team, what, then)
    kept, after = team.changes()
    assert kept.payload["values"] == made.recorded.after[0].payload["values"], "the server may have it"
    assert after.never_sent


def test_what_was_set_aside_without_a_number_is_sent_again_as_it_is_now(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.SENT))
    team.write(lambda conn: sending.park(conn, made.change_id, keep_number=False))
    reword(team, waits(team, made.change_id), replace(TASK, title="Write"))
    (change,) = team.changes()
    assert (change.state, change.payload["values"]["title"]) == (ChangeState.QUEUED, "Write")


def test_a_correction_that_was_sent_meanwhile_is_ended_by_the_new_one(team: Salon) -> None:  # noqa: F811
    made = make(team, CORRECTION)
    what = waits(team, made.change_id)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.SENT, mid=1))
    reword(team, what, replace(CORRECTION, right="Small ones."))
    newest, older = team.db.read(corrections.all)
    assert newest.right == "Small ones." and newest.replaces == (older.correction_id,) and older.replaced
    with pytest.raises(NotAllowed) as raised:
        reword(team, what, replace(CORRECTION, scope=CorrectionScope.THIS_CALL))
    assert raised.value.why is Why.SENT, "what is of the record alone ends nothing"


def test_a_correction_still_ends_the_older_one_and_what_may_not_be_stays_as_it_was(team: Salon) -> None:  # noqa: F811
    older = CorrectionId(make(team, CORRECTION).row_id)
    made = make(team, replace(CORRECTION, right="Small ones.", replaces=(older,)))
    what = waits(team, made.change_id)
    reword(team, what, replace(what.draft, right="Cats."))  # type: ignore[type-var]
    ended = team.db.read(lambda conn: corrections.get(conn, older))
    assert ended is not None and ended.replaced
    with pytest.raises(NotAllowed) as raised:
        reword(team, what, replace(what.draft, right="  "))  # type: ignore[type-var]
    assert raised.value.why is Why.NO_ANSWER
    found = team.db.read(lambda conn: corrections.get(conn, CorrectionId(made.row_id)))
    assert found is not None and found.right == "Cats."


def test_a_new_task_that_is_put_off_is_one_change(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    task_id = TaskId(made.row_id)
    put_off = team.do(editing.change_task, task_id, TaskChange(due_at=TOMORROW))
    (change,) = team.changes()
    assert (change.op, put_off.folded) == (Op.TASK_CREATE, True)
    assert waits(team, made.change_id).draft == replace(TASK, due_at=TOMORROW)
    team.do(editing.finish_task, task_id, TaskOutcome.OK)
    assert [each.op for each in team.changes()] == [Op.TASK_CREATE, Op.TASK_PATCH], "a task is made open"


def test_a_task_that_the_server_has_is_changed_by_the_change_that_waits(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.SENT, mid=1))
    moved = team.do(editing.change_task, TaskId(made.row_id), TaskChange(due_at=TOMORROW))
    what = waits(team, moved.change_id)
    assert what.draft == replace(TASK, due_at=TOMORROW)
    reword(team, what, replace(TASK, due_at=MONDAY))
    assert [each.payload["set"]["due_at"][1] for each in team.changes()[1:]] == [int(MONDAY.timestamp() * 1000)]


def put_off(team: Salon, state: ChangeState, mid: int | None) -> Edited:  # noqa: F811
    """A task that the server has; that it is put off, and Ana's, was refused or set aside."""
    made = make(team, TASK)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.SENT, mid=1))
    change = TaskChange(due_at=TOMORROW, assigned_to="Ana")
    moved = team.do(editing.change_task, TaskId(made.row_id), change)
    if mid is None:
        sql = "UPDATE outbox SET state = ? WHERE change_id = ?"
        team.write(lambda conn: conn.execute(sql, (state, moved.change_id)))
    else:
        team.write(lambda conn: become(conn, moved.change_id, state, mid=mid, result={"code": "invalid"}))
    return moved


@pytest.mark.parametrize(("state", "mid"), [(ChangeState.REFUSED, 2), (ChangeState.PARKED, None)])
def test_a_change_of_a_task_that_was_refused_or_set_aside_says_something_else_in_its_place(
    team: Salon,  # noqa: F811
    state: ChangeState,
    mid: int | None,
) -> None:
    """All that it said is said again, with what was put right; and undo makes it what it was."""
    moved = put_off(team, state, mid)
    before = team.changes()
    what = waits(team, moved.change_id)
    assert what.draft == replace(TASK, due_at=TOMORROW, assigned_to="Ana"), "the words that were refused"
    edited = reword(team, what, replace(TASK, due_at=MONDAY, assigned_to="Ana"))
    _, anew = team.changes()
    assert (anew.change_id, anew.state, anew.mid) == (moved.change_id, ChangeState.QUEUED, None)
    monday = int(MONDAY.timestamp() * 1000)
    assert anew.payload["set"] == {"due_at": [None, monday], "assigned_to": [None, "Ana"]}
    assert anew.undo["set"] == {"due_at": [monday, None], "assigned_to": ["Ana", None]}
    undo(team, edited)
    assert team.changes() == before


def test_of_a_task_only_what_the_owner_has_changed_goes_over_what_others_did(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.SENT, mid=1))
    moved = team.do(editing.change_task, TaskId(made.row_id), TaskChange(due_at=TOMORROW))
    what = waits(team, moved.change_id)
    renamed = team.do(editing.change_task, TaskId(made.row_id), TaskChange(title="By a colleague"))
    assert renamed.folded
    reword(team, what, replace(what.draft, due_at=MONDAY))  # type: ignore[arg-type]
    (task,) = team.db.read(lambda conn: tasks.where(conn, "1"))
    assert (task.title, task.due_at) == ("By a colleague", MONDAY)


def test_what_was_changed_of_a_refused_creation_since_is_in_its_form_and_goes_with_it(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    team.write(lambda conn: become(conn, made.change_id, ChangeState.SENT, mid=1))
    team.do(editing.change_task, TaskId(made.row_id), TaskChange(due_at=TOMORROW))
    refuse(team, made.change_id)
    before = team.changes()
    assert len(before) == 2
    what = waits(team, made.change_id)
    assert what.draft == replace(TASK, due_at=TOMORROW)
    edited = reword(team, what, replace(TASK, title="Write to Maria", due_at=MONDAY))
    (anew,) = team.changes()
    assert (anew.change_id, anew.payload["values"]["title"]) == (made.change_id, "Write to Maria")
    (task,) = team.db.read(lambda conn: tasks.where(conn, "1"))
    assert (task.title, task.due_at) == ("Write to Maria", MONDAY)
    undo(team, edited)
    assert team.changes() == before


def test_what_has_nothing_to_edit_has_no_form(team: Salon) -> None:  # noqa: F811
    made = [
        team.do(editing.flag_moment, CALL_ID, TURN),
        team.do(editing.mark, About.CHURN, "c-jun", MarkWord.NEVER),
        team.do(editing.take_flag_away, CALL_ID, TURN),
    ]
    for edited in made:
        assert team.db.read(lambda conn, edited=edited: editing.waiting(conn, edited.change_id)) is None
    assert team.db.read(lambda conn: editing.waiting(conn, ChangeId(999))) is None


def test_what_says_nothing_else_is_not_written(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    with pytest.raises(NotAllowed) as raised:
        reword(team, waits(team, made.change_id), TASK)
    assert raised.value.why is Why.NOTHING


def test_a_refused_change_may_be_made_as_it_was(team: Salon) -> None:  # noqa: F811
    made = make(team, TASK)
    refuse(team, made.change_id)
    reword(team, waits(team, made.change_id), TASK)
    assert team.changes()[0].never_sent
