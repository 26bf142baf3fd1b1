"""The contract's example page, written to a database and asked for again: what came over the wire is what is read."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from client.api import wire
from client.clock import Clock
from client.models.calls import Recording
from client.models.corrections import CorrectionScope, CorrectionState
from client.models.events import Verb
from client.models.forecasts import ForecastState, Measure
from client.models.ids import CallId, CorrectionId, EmployeeId, LeadId, TaskId
from client.models.leads import LeadStage
from client.models.marks import About, MarkWord
from client.models.tasks import TaskKind, TaskOutcome, TaskState
from client.storage import assumptions, calls, corrections, cursors, events, forecasts, leads, marks, tasks
from client.storage.database import Database
from sync.apply import Ask, apply_pages

PAGE_TEXT = (Path(__file__).parents[2] / "backend_stub" / "contract" / "changes_page.json").read_bytes()
PAGE: dict[str, Any] = json.loads(PAGE_TEXT)["changes"]
NOW = datetime(2025, 11, 23, 10, 40, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(tmp_path / "chatty.db", Clock())
    page = wire.decode_page(PAGE_TEXT)

    def fill(conn: sqlite3.Connection) -> bool:
        state = cursors.stream(conn, "core")
        return apply_pages(conn, Ask(stream="core", cursor="", gen=state.gen, epoch=state.epoch, seq=state.seq), [page])

    assert opened.write_blocking(fill)
    yield opened
    opened.close()


def only(kind: str, place: int = 0) -> dict[str, Any]:
    return PAGE[kind][place]


def test_leads_by_stage_by_call_by_follow_up(db: Database) -> None:
    lead_id, call_id = LeadId(only("leads")["id"]), CallId(only("leads")["call_id"])
    (lead,) = db.read(lambda conn: leads.in_stages(conn, [LeadStage.QUALIFIED, LeadStage.NEW]))
    assert (lead.lead_id, lead.notes, lead.tags, lead.budget) == (
        lead_id,
        "Wants the chairs by the window.",
        ("bridal",),
        "500-700",
    )
    assert lead.is_open and not lead.pending
    assert db.read(lambda conn: leads.get(conn, lead_id)) == lead
    assert db.read(lambda conn: leads.of_call(conn, call_id)) == [lead] == db.read(leads.all)
    assert lead.next_followup_at is not None
    assert db.read(lambda conn: leads.to_follow_up(conn, lead.next_followup_at)) == []
    assert db.read(lambda conn: leads.to_follow_up(conn, lead.next_followup_at + timedelta(seconds=1))) == [lead]
    assert db.read(lambda conn: leads.created_between(conn, lead.created_at, NOW)) == [lead]
    assert db.read(lambda conn: leads.in_stages(conn, ["lost"])) == []


def test_a_call_says_how_it_was_charged_and_why_it_was_not_recorded(db: Database) -> None:
    over = db.read(lambda conn: calls.get(conn, CallId(only("calls", 1)["id"])))
    live = db.read(lambda conn: calls.get(conn, CallId(only("calls")["id"])))
    assert over is not None and live is not None
    assert (over.rate_cents, over.rounding_s) == (only("calls", 1)["rate_cents"], only("calls", 1)["rounding_s"])
    assert over.recording == Recording(**only("calls", 1)["recording"])
    assert (live.recording, live.satisfaction, live.rate_cents) == (None, None, None)
    assert [(flag.turn_id, flag.label) for flag in over.flags] == [
        (flag["turn_id"], flag["label"]) for flag in only("calls", 1)["flags"]
    ]


def test_tasks_open_and_done(db: Database) -> None:
    (task,) = db.read(tasks.open)
    assert (task.kind, task.state, task.created_by) == (TaskKind.CALLBACK, TaskState.OPEN, "Luna")
    assert task.due_at is not None and task.is_overdue(task.due_at + timedelta(seconds=1))
    assert not task.is_overdue(task.due_at)
    assert db.read(lambda conn: tasks.of_call(conn, CallId(only("tasks")["call_id"]))) == [task]
    done = only("tasks", 1)
    flora = EmployeeId(done["employee_id"])
    (filed,) = db.read(lambda conn: tasks.done_between(conn, NOW, NOW + timedelta(days=1), employee_id=flora))
    assert (filed.task_id, filed.outcome, filed.done_by) == (done["id"], TaskOutcome.OK, "Flora")
    assert db.read(lambda conn: tasks.get(conn, TaskId(done["id"]))) == filed
    assert db.read(lambda conn: tasks.done_between(conn, NOW, NOW + timedelta(days=1))) == [filed]
    assert db.read(lambda conn: tasks.of_lead(conn, LeadId("nobody"))) == []


def test_what_the_owner_said(db: Database) -> None:
    mark = db.read(lambda conn: marks.get(conn, About.OPPORTUNITY, "Bridal hair"))
    assert mark is not None and mark.until is not None and mark.word is MarkWord.LATER
    assert mark.hides(NOW) and not mark.hides(mark.until)
    assert db.read(lambda conn: marks.about(conn, About.OPPORTUNITY)) == {(About.OPPORTUNITY, "Bridal hair"): mark}
    assert db.read(lambda conn: marks.about(conn, About.CHURN)) == {}
    assert list(db.read(marks.about).values()) == [mark] == db.read(marks.all)
    correction = only("corrections")
    (found,) = db.read(lambda conn: corrections.of_call(conn, CallId(correction["call_id"])))
    assert (found.right, found.scope, found.state) == (
        correction["right"],
        CorrectionScope.SAME_QUESTION,
        CorrectionState.LEARNED,
    )
    assert (found.customer_id, found.last_day) == (correction["customer_id"], date(2025, 12, 24))
    assert (found.replaces, found.replaced) == ((), False)
    (sourced,) = db.read(corrections.sourced)
    assert sourced.correction == found
    assert (sourced.client, sourced.employee) == ("J. Ortiz", "Luna")
    assert db.read(lambda conn: corrections.get(conn, CorrectionId(correction["id"]))) == found
    assert db.read(corrections.all) == [found]
    (number,) = db.read(corrections.blocked_numbers)
    assert db.read(lambda conn: corrections.blocked_number(conn, "+1 (212) 555-0188")) == number
    said = db.read(assumptions.get)
    assert said is not None
    assert (said.wage_cents_per_hour, said.hours_per_week, said.missed_call_value_cents) == (2400, 38.5, None)
    assert said.task_minutes == {TaskKind.REMINDER: 25, TaskKind.REVIEW_REQUEST: 0}


def test_history_by_time_by_subject_by_employee(db: Database) -> None:
    (event,) = db.read(lambda conn: events.recent(conn, 10))
    assert (event.verb, event.before, event.after, event.actor) == (Verb.LEAD_STAGE, "contacted", "qualified", "Jade")
    assert db.read(lambda conn: events.of_subject(conn, only("leads")["id"])) == [event]
    assert db.read(lambda conn: events.of_employee(conn, EmployeeId(only("events")["employee_id"]), 5)) == [event]
    assert db.read(lambda conn: events.between(conn, event.at, event.at + timedelta(seconds=1))) == [event]
    assert db.read(lambda conn: events.recent(conn, 10, event)) == []


def test_forecasts_with_their_record(db: Database) -> None:
    found = db.read(forecasts.all)
    assert set(found) == set(Measure) - {Measure.UNKNOWN}
    week = found[Measure.BOOKINGS_WEEK]
    assert week.days[1].date == date(2025, 11, 25) and week.days[1].low <= week.days[1].mean <= week.days[1].high
    assert week.record is not None and week.total is not None
    assert sum(fold.held for fold in week.record.folds) == week.record.held
    assert (week.total.from_, week.total.to) == (date(2025, 11, 24), date(2025, 11, 30))
    quarter = db.read(lambda conn: forecasts.of(conn, Measure.REVENUE_QUARTER))
    assert quarter is not None and quarter.state is ForecastState.TOO_LITTLE and quarter.record is None
    grid = found[Measure.BUSY_HOURS].grid
    assert grid is not None and [len(hours) for hours in grid] == [24] * 7
