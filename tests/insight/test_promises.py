"""Said versus did on the labelled calls: how many promises are found, how many of those found are promises."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from client.insight.promises import is_due, judged, promise_of, promises_in
from client.models.bookings import BookingStatus
from client.models.calls import Handler, Speaker, TurnKind
from client.models.promises import GRACE, Done, PromiseKind, PromiseState
from client.models.tasks import Task, TaskKind, TaskState
from tests import example_data as eg
from tests.insight.labelled_calls import LabelledCall, labelled_calls

PARTS = ("own", "other", "unseen", "fresh")
DOCS = Path(__file__).parents[2] / "docs" / "promises.md"


def score(calls: list[LabelledCall]) -> tuple[int, int, int, int]:
    """Found and right, found and wrong, missed, and right in how they stand."""
    right = wrong = missed = standing = 0
    for each in calls:
        found = {(j.promise.index, j.promise.kind): j.state for j in judged(each.call, each.turns, each.done, eg.NOW)}
        wanted = {(index, kind): state for index, kind, state in each.labels}
        right += len(found.keys() & wanted.keys())
        wrong += len(found.keys() - wanted.keys())
        missed += len(wanted.keys() - found.keys())
        standing += sum(found[key] is wanted[key] for key in found.keys() & wanted.keys())
    return right, wrong, missed, standing


def of(part: str) -> list[LabelledCall]:
    return [call for call in labelled_calls() if part in (call.part, "all")]


def line(part: str) -> str:
    calls = of(part)
    right, wrong, missed, standing = score(calls)
    precision, recall = right / (right + wrong), right / (right + missed)
    return (
        f"| {part} | {len(calls)} | {right + missed} | {right} | {wrong} | {missed} | {precision:.2f} | {recall:.2f} | "
        f"{standing} of {right} |"
    )


def test_there_are_enough_calls_and_half_of_them_in_other_words() -> None:
    calls = labelled_calls()
    assert len(calls) >= 40 and len({call.number for call in calls}) == len(calls)
    assert sum(call.part != "own" for call in calls) * 2 >= len(calls)
    assert sum(not call.labels for call in calls) >= 20, "calls in which nothing is promised"


@pytest.mark.parametrize("part", [*PARTS, "all"])
def test_what_is_reported_is_what_is_measured(part: str) -> None:
    assert line(part) in DOCS.read_text("utf-8")


def test_an_alert_can_be_trusted() -> None:
    right, wrong, _, standing = score(of("all"))
    assert right / (right + wrong) >= 0.9 and standing == right


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("I'll send you a text with the details.", PromiseKind.MESSAGE),
        ("I\u2019ll have someone from the office call you back today, before closing.", PromiseKind.CALL_BACK),
        ("Your appointment on Tuesday has been cancelled.", PromiseKind.CANCEL),
        ("Le llamará alguien hoy.", PromiseKind.CALL_BACK),
        ("I have written it down exactly as you said it.", PromiseKind.PASS_ON),
        ("I'm writing down tomorrow at 10:30 as your wish.", PromiseKind.PASS_ON),
        ("I'm writing you in for Thursday at ten.", PromiseKind.BOOKING),
        ("Shall I text you that?", None),
        ("I'll put you through.", None),
        ("If you like, I'll send you the price list.", None),
        ("I won't book it before you say so.", None),
        ("We sent you a reminder yesterday.", None),
        ("¿Le reservo esa hora?", None),
    ],
)
def test_sentences(said: str, kind: PromiseKind | None) -> None:
    assert promise_of(said) is kind


CALL = eg.call("over", ended_at=eg.NOW, turn_count=2, booking_id=None)
TURNS = (
    eg.turn(0, "Call me back, please.", call_id=CALL.call_id),
    eg.turn(1, "Dr. Lind will call you back today. I'll text you the address.", Speaker.ASSISTANT),
)


def states(
    call: object = CALL, turns: object = TURNS, done: Done | None = None, as_of: datetime | None = eg.NOW
) -> list[PromiseState]:
    return [each.state for each in judged(call, turns, done or Done(), as_of)]  # type: ignore[arg-type]


def test_a_sentence_is_whole_and_each_is_one_promise() -> None:
    assert [(p.kind, p.said) for p in promises_in(TURNS)] == [
        (PromiseKind.CALL_BACK, "Dr. Lind will call you back today."),
        (PromiseKind.MESSAGE, "I'll text you the address."),
    ]


def test_rows_keep_a_promise_too() -> None:
    task = Task(
        task_id="task", kind=TaskKind.CALLBACK, title="", details=None, employee_id=None, assigned_to=None,  # type: ignore[arg-type]
        customer_id=None, call_id=CALL.call_id, turn_id=None, lead_id=None, booking_id=None, due_at=None,
        state=TaskState.OPEN, outcome=None, done_at=None, done_by=None, created_at=eg.NOW, created_by=None,
        updated_at=eg.NOW,
    )  # fmt: skip
    unkept, kept = PromiseState.UNKEPT, PromiseState.KEPT
    assert states() == [unkept, unkept]
    assert states(done=Done(tasks=(task,))) == [kept, unkept]
    assert states(done=Done(tasks=(replace(task, state=TaskState.DROPPED),))) == [unkept, unkept]
    assert states(done=Done(messages=("m",), called=("c",))) == [kept, kept]
    said = (TURNS[0], replace(TURNS[1], text="I've cancelled it. I've moved your appointment."))
    cancelled = replace(eg.BOOKINGS[0], status=BookingStatus.CANCELLED)
    assert states(turns=said, done=Done(bookings=(cancelled,))) == [kept, unkept]


def test_a_time_is_free_again_also_when_its_appointment_was_moved() -> None:
    said = (TURNS[0], eg.turn(1, "It's moved. The old time is free again.", Speaker.ASSISTANT))
    looked = eg.tool(2, "")
    assert looked.tool is not None
    moved = replace(looked, tool=replace(looked.tool, name="reschedule_booking"))
    assert states(turns=said) == [PromiseState.UNKEPT]
    assert states(turns=(*said, moved)) == [PromiseState.KEPT]
    cancelled = (TURNS[0], replace(said[1], text="I've cancelled it."))
    assert states(turns=(*cancelled, moved)) == [PromiseState.UNKEPT], "a move is no cancellation"


@pytest.mark.parametrize("said", ["I'll send you a reminder.", "Le enviaremos un recordatorio."])
def test_a_reminder_comes_before_the_appointment_and_not_after_the_call(said: str) -> None:
    turns = (TURNS[0], eg.turn(1, said, Speaker.ASSISTANT))
    made = eg.booking("15:00", "Somebody", "Haircut", 30, "a", reminder_sent=False)
    made = replace(made, starts_at=eg.NOW + timedelta(minutes=1))
    assert states(turns=turns) == [PromiseState.UNKEPT], "there is nothing to remind of"
    assert states(turns=turns, done=Done(bookings=(made,))) == [PromiseState.UNCLEAR]
    assert states(turns=turns, done=Done(bookings=(replace(made, reminder_sent=True),))) == [PromiseState.KEPT]
    gone = replace(made, status=BookingStatus.CANCELLED, starts_at=eg.NOW - timedelta(days=1))
    assert states(turns=turns, done=Done(bookings=(gone,))) == [PromiseState.UNCLEAR], "of a visit that was called off"


@pytest.mark.parametrize("said", ["I'll text you a reminder the day before.", "Recibirá un recordatorio el día antes."])
def test_the_text_that_confirms_an_appointment_is_not_its_reminder(said: str) -> None:
    sent = eg.tool(2, "")
    assert sent.tool is not None
    confirmed = replace(sent, tool=replace(sent.tool, name="send_text"))
    turns = (TURNS[0], eg.turn(1, said, Speaker.ASSISTANT), confirmed)
    begun = replace(eg.booking("15:00", "Somebody", "Haircut", 30, "a", reminder_sent=False), starts_at=eg.NOW)
    later = replace(begun, starts_at=eg.NOW + timedelta(days=1))
    done = Done(bookings=(begun,), messages=("confirmation",))
    assert states(turns=turns, done=done) == [PromiseState.UNKEPT]
    reminded = replace(begun, reminder_sent=True)
    assert states(turns=turns, done=replace(done, bookings=(reminded,))) == [PromiseState.KEPT]
    assert states(turns=turns, done=replace(done, bookings=(begun, later))) == [PromiseState.UNCLEAR]
    assert states(turns=turns, done=done, as_of=eg.NOW - timedelta(seconds=1)) == [PromiseState.UNCLEAR]
    assert states(turns=turns, done=done, as_of=None) == [PromiseState.UNCLEAR], "nothing is known yet"
    assert states(turns=turns, done=done, call=replace(CALL, handler=Handler.HUMAN)) == [PromiseState.UNCLEAR]
    now = (TURNS[0], replace(turns[1], text="I'm texting you a reminder right now."), confirmed)
    assert states(turns=now, done=done) == [PromiseState.KEPT]


def test_what_cannot_be_known_is_not_held_against_anybody() -> None:
    unclear = [PromiseState.UNCLEAR] * 2
    assert states(call=replace(CALL, turn_count=3)) == unclear
    assert states(call=replace(CALL, handler=Handler.HUMAN)) == unclear
    assert states(call=replace(CALL, ended_at=None, status=eg.call().status)) == unclear
    gap = eg.turn(2, "", Speaker.SYSTEM, kind=TurnKind.GAP)
    assert states(turns=(*TURNS, gap)) == unclear
    sorry = eg.turn(2, "I'm sorry, that didn't go through.", Speaker.ASSISTANT)
    assert states(turns=(*TURNS, sorry)) == unclear


def test_the_caller_and_a_person_promise_nothing_for_the_employee() -> None:
    said = "I'll call you back."
    assert promises_in((eg.turn(0, said), eg.turn(1, said, Speaker.HUMAN))) == ()


def test_there_is_time_after_a_call() -> None:
    assert not is_due(None, eg.NOW) and not is_due(eg.NOW, eg.NOW)
    assert is_due(eg.NOW - GRACE, eg.NOW) and not is_due(eg.NOW - GRACE + timedelta(seconds=1), eg.NOW)


def test_no_sentence_takes_long() -> None:
    """A pattern that tries everything twice would hold up the whole index."""
    awful = "I will just have the the the " * 200 + "and " * 400 + "you"
    assert promise_of(awful) is None or re.search("call|send", awful) is None
