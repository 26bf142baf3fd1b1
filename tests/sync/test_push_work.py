"""Leads, tasks, the team and marks on their way to the real hosted API: shown offline is what the server makes."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from client import editing
from client.api.errors import Unreachable
from client.editing import AssumptionsChange, CorrectionDraft, Edited, LeadChange, LeadDraft, TaskChange, TaskDraft
from client.models.ids import CallId, CorrectionId, CustomerId, EmployeeId, LeadId, TaskId, TurnId
from client.models.leads import LeadStage
from client.models.marks import About, MarkWord
from client.models.tasks import TaskKind, TaskOutcome
from client.storage import corrections, effective, events, leads, rescue
from client.storage.columns import instant, json_value
from tests.backend_stub import example_rows as eg
from tests.sync.conftest import Device, World
from tests.sync.edits import changes, past, server_row, states

SERVERS_OWN = frozenset({"version", "gen", "extra", "by", "done_by", "created_by", "updated_by", "score", "doing"})
"""What a device cannot know: names, scores, sentences; and by the clock, when exactly."""

MOMENTS = frozenset({"created_at", "updated_at", "done_at", "state_since"})


@dataclass(frozen=True)
class Ground:
    """The ids of a row of each sort."""

    lead: LeadId
    task: TaskId
    employee: EmployeeId
    call: CallId
    turn: TurnId
    customer: CustomerId
    correction: CorrectionId


@pytest.fixture
def ground(world: World) -> Ground:
    lead, task, luna, call = eg.lead(notes="Mornings"), eg.task(), eg.employee(), eg.ended_call()
    turn, maria, correction = eg.turn(call["id"], 0), eg.customer(), eg.correction(call["id"])
    rows = {"leads": lead, "tasks": task, "employees": luna, "calls": call, "turns": turn, "customers": maria}
    for kind, row in {**rows, "corrections": correction}.items():
        world.put(kind, row)
    world.put("assumptions", eg.assumptions(world.hosted.business.account_id))
    ids = (row["id"] for row in (lead, task, luna, call, turn, maria, correction))
    return Ground(*ids)


@dataclass(frozen=True)
class Hand:
    """What an edit is made with."""

    conn: sqlite3.Connection
    ground: Ground
    now: datetime
    new_id: Callable[[], str]


Doing = Callable[[Hand], Edited]

EDITS: dict[str, Doing] = {
    "a lead is entered": lambda it: editing.create_lead(
        it.conn,
        LeadDraft(name="Noor", interested_services=("Cut", "Ñ"), value_cents=5000),
        now=it.now,
        new_id=it.new_id,
    ),
    "a lead is lost": lambda it: editing.change_lead(
        it.conn, it.ground.lead, LeadChange(stage=LeadStage.LOST, lost_reason="Far", value_cents=None), now=it.now
    ),
    "a lead is handed over": lambda it: editing.change_lead(
        it.conn,
        it.ground.lead,
        LeadChange(assigned_to="Ana", next_followup_at=it.now + timedelta(days=1), notes="Nice"),
        now=it.now,
    ),
    "a lead is removed": lambda it: editing.remove_lead(it.conn, it.ground.lead, now=it.now),
    "a task is added": lambda it: editing.create_task(
        it.conn,
        TaskDraft(kind=TaskKind.FOLLOW_UP, title="Ring", lead_id=it.ground.lead, due_at=it.now),
        now=it.now,
        new_id=it.new_id,
    ),
    "a task is done": lambda it: editing.finish_task(it.conn, it.ground.task, now=it.now),
    "a task is put right": lambda it: editing.finish_task(it.conn, it.ground.task, TaskOutcome.CORRECTED, now=it.now),
    "a task is dropped": lambda it: editing.drop_task(it.conn, it.ground.task, now=it.now),
    "a task is changed": lambda it: editing.change_task(
        it.conn, it.ground.task, TaskChange(title="Other", details="More", due_at=None, assigned_to="Ben"), now=it.now
    ),
    "Luna is held": lambda it: editing.hold_employee(
        it.conn, it.ground.employee, it.now + timedelta(hours=1), now=it.now
    ),
    "an answer is corrected": lambda it: editing.correct_answer(
        it.conn,
        CorrectionDraft(call_id=it.ground.call, turn_id=it.ground.turn, wrong="No", right="Yes"),
        now=it.now,
        new_id=it.new_id,
    ),
    "an answer is corrected for a client until a day": lambda it: editing.correct_answer(
        it.conn,
        CorrectionDraft(
            call_id=it.ground.call,
            turn_id=it.ground.turn,
            wrong="No",
            right="¡Sí!",
            question="Do you?",
            customer_id=it.ground.customer,
            last_day=it.now.date() + timedelta(days=1),
            replaces=(it.ground.correction,),
        ),
        now=it.now,
        new_id=it.new_id,
    ),
    "a moment is flagged": lambda it: editing.flag_moment(
        it.conn, it.ground.call, it.ground.turn, "¡Aquí!", now=it.now
    ),
    "a number is blocked": lambda it: editing.block_number(it.conn, "+1 212 555", "Spam", now=it.now),
    "something is marked": lambda it: editing.mark(
        it.conn, About.CHURN, "c-1", MarkWord.LATER, until=it.now + timedelta(days=7), now=it.now
    ),
    "figures are given": lambda it: editing.assume(
        it.conn, AssumptionsChange(wage_cents_per_hour=2600, hours_per_week=37.5), now=it.now
    ),
    "minutes are given": lambda it: editing.assume(
        it.conn, AssumptionsChange(task_minutes={TaskKind.REMINDER: 25, TaskKind.OTHER: 0}), now=it.now
    ),
}


async def do(device: Device, ground: Ground, doing: Doing) -> Edited:
    now, new_id = instant(device.time.now_ms()), device.api.clock.new_id
    return await device.db.write(lambda conn: doing(Hand(conn, ground, now, new_id)))


@pytest.mark.parametrize("doing", EDITS.values(), ids=list(EDITS))
async def test_what_is_shown_without_a_signal_is_what_the_server_makes_of_it(
    world: World, phone: Device, ground: Ground, doing: Doing
) -> None:
    await phone.engine.sync_once()
    phone.network.cut()
    edited = await do(phone, ground, doing)
    (row,) = phone.db.read(lambda conn: conn.execute("SELECT * FROM outbox").fetchall())
    names = phone.db.read(lambda conn: [each[1] for each in conn.execute("PRAGMA table_info(outbox)")])
    noted = dict(zip(names, row, strict=True))
    assert rescue._is_change(noted, json_value(noted["payload"]))
    offline = phone.db.read(lambda conn: effective.effective_row(conn, edited.kind, edited.row_id))
    phone.network.restore()
    report = await phone.engine.sync_once()
    assert (report.pushed, report.refused, report.conflicts, report.waiting) == (1, 0, 0, 0), states(phone)
    assert changes(phone) == [] and past(phone) == 1
    online = phone.db.read(lambda conn: effective.effective_row(conn, edited.kind, edited.row_id))
    assert (offline is None) == (online is None) == (server_row(world, edited.row_id, edited.kind) is None)
    if offline is not None and online is not None:
        assert comparable(offline, edited) == comparable(online, edited)
    assert phone.rows() == world.rows()


def comparable(row: dict[str, Any], edited: Edited) -> dict[str, Any]:
    """Without what only the server knows; of a moment, whether there is one."""
    found = {name: value for name, value in row.items() if name not in SERVERS_OWN}
    if edited.op == "lead.create":
        found = {name: value for name, value in found.items() if name not in ("score_reasons", "interest")}
    if edited.kind == "corrections":
        del found["state"]
    return {name: value is not None if name in MOMENTS else value for name, value in found.items()}


async def test_all_of_it_made_offline_is_pushed_once_whatever_is_lost(
    world: World, phone: Device, ground: Ground
) -> None:
    await phone.engine.sync_once()
    phone.network.cut()
    made = [await do(phone, ground, doing) for name, doing in EDITS.items() if name not in ("a lead is removed",)]
    await world.faults("drop_after@/v1/sync/push*2")
    phone.network.restore()
    for _ in range(4):
        with contextlib.suppress(Unreachable):
            await phone.engine.sync_once()
    assert changes(phone) == [], states(phone)
    assert phone.rows() == world.rows()
    noted = phone.db.read(lambda conn: events.recent(conn, 100))
    assert len({event.event_id for event in noted}) == len(noted)
    verbs = [event.verb for event in noted]
    assert verbs.count("lead_created") == verbs.count("task_created") == verbs.count("number_blocked") == 1
    assert verbs.count("employee_state") == verbs.count("lead_assigned") == 1
    assert verbs.count("correction_learned") == 2
    assert {edited.kind for edited in made} == {*effective.KINDS} - {"bookings", "blocks", "calendars"}


async def test_two_devices_write_on_one_lead_and_both_notes_are_kept(
    world: World, phone: Device, ground: Ground
) -> None:
    tablet = await world.device("tablet")
    for device in (phone, tablet):
        await device.engine.sync_once()
        device.network.cut()
    for device, change in (
        (phone, LeadChange(notes="Has a dog", stage=LeadStage.CONTACTED)),
        (tablet, LeadChange(notes="Wants noon", stage=LeadStage.NEW)),
    ):
        await do(device, ground, partial(change_lead, change))
    for device in (phone, tablet, phone):
        device.network.restore()
        await device.engine.sync_once()
    for device in (phone, tablet):
        assert changes(device) == []
        lead = device.db.read(lambda conn: leads.get(conn, ground.lead))
        assert lead is not None and lead.stage is LeadStage.NEW
        assert lead.notes is not None and "Has a dog" in lead.notes and "Wants noon" in lead.notes


def change_lead(change: LeadChange, it: Hand) -> Edited:
    return editing.change_lead(it.conn, it.ground.lead, change, now=it.now)


async def test_a_change_of_a_lead_that_somebody_removed_waits_for_the_owner(
    world: World, phone: Device, ground: Ground
) -> None:
    await phone.engine.sync_once()
    phone.network.cut()
    await do(phone, ground, EDITS["a lead is handed over"])
    world.remove("leads", ground.lead)
    phone.network.restore()
    report = await phone.engine.sync_once()
    assert (report.refused, report.conflicts) == (1, 0)
    (refused,) = changes(phone)
    assert refused.result is not None and refused.result["code"] == "gone"
    assert phone.db.read(lambda conn: leads.get(conn, ground.lead)) is None


async def test_a_last_day_that_is_over_when_it_is_sent_is_refused_and_counts_no_more(
    world: World, phone: Device, ground: Ground
) -> None:
    await phone.engine.sync_once()
    phone.network.cut()
    edited = await do(phone, ground, EDITS["an answer is corrected for a client until a day"])
    await world.time.advance(3 * 86_400)
    phone.network.restore()
    report = await phone.engine.sync_once()
    assert (report.pushed, report.refused) == (0, 1)
    (refused,) = changes(phone)
    assert refused.result is not None and refused.result["code"] == "past"
    found = phone.db.read(corrections.all)
    assert [each.correction_id for each in found] == [ground.correction] != [edited.row_id]
    assert not found[0].replaced, "what it would have ended goes on"
