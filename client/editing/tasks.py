"""Tasks written down, done, dropped and taken up again.  The later change wins."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from client.editing import texts
from client.editing.bookings import UNSET, Unset
from client.editing.edited import Edited
from client.editing.leads import due
from client.editing.recording import record_create, record_fields, row_of
from client.editing.refusals import Why
from client.models.ids import BookingId, CallId, CustomerId, LeadId, TaskId, TurnId
from client.models.mutations import Op, Row
from client.models.tasks import TaskKind, TaskOutcome, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """What is to be done, and what it is about, as far as it is about anything.  `assigned_to` is a name."""

    kind: TaskKind
    title: str
    details: str | None = None
    assigned_to: str | None = None
    customer_id: CustomerId | None = None
    call_id: CallId | None = None
    turn_id: TurnId | None = None
    lead_id: LeadId | None = None
    booking_id: BookingId | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChange:
    title: str | Unset = UNSET
    details: str | Unset | None = UNSET
    due_at: datetime | Unset | None = UNSET
    assigned_to: str | Unset | None = UNSET


def create_task(conn: sqlite3.Connection, draft: TaskDraft, *, now: datetime, new_id: Callable[[], str]) -> Edited:
    return record_create(conn, Op.TASK_CREATE, new_id(), task_values(draft), now)


def task_values(draft: TaskDraft) -> Row:
    """What a task is made of.  Raises NotAllowed."""
    return {
        "kind": draft.kind.value,
        "title": texts.line(draft.title, "title", texts.NAME, Why.NO_TITLE),
        "details": texts.lines_or_none(draft.details, "details", texts.NOTES),
        "assigned_to": texts.line_or_none(draft.assigned_to, "assigned_to", texts.NAME),
        "customer_id": draft.customer_id,
        "call_id": draft.call_id,
        "turn_id": draft.turn_id,
        "lead_id": draft.lead_id,
        "booking_id": draft.booking_id,
        "due_at": due(draft.due_at, "due_at"),
    }


def change_task(conn: sqlite3.Connection, task_id: TaskId, change: TaskChange, *, now: datetime) -> Edited:
    """Raises NotAllowed with NOTHING when it is that way already."""
    return record_fields(conn, Op.TASK_PATCH, row_of(conn, "tasks", task_id), columns_of(change), now)


def columns_of(change: TaskChange) -> Row:
    """What is set, as the database holds it.  Raises NotAllowed."""
    columns: dict[str, Any] = {}
    if change.title is not UNSET:
        columns["title"] = texts.line(change.title, "title", texts.NAME, Why.NO_TITLE)
    if change.details is not UNSET:
        columns["details"] = texts.lines_or_none(change.details, "details", texts.NOTES)
    if change.due_at is not UNSET:
        columns["due_at"] = due(change.due_at, "due_at")
    if change.assigned_to is not UNSET:
        columns["assigned_to"] = texts.line_or_none(change.assigned_to, "assigned_to", texts.NAME)
    return columns


def finish_task(
    conn: sqlite3.Connection, task_id: TaskId, outcome: TaskOutcome = TaskOutcome.OK, *, now: datetime
) -> Edited:
    """It is done.  Of one that is done already, another outcome says that somebody had to put it right."""
    return _become(conn, task_id, TaskState.DONE, outcome, now)


def drop_task(conn: sqlite3.Connection, task_id: TaskId, *, now: datetime) -> Edited:
    """It is not to be done any more."""
    return _become(conn, task_id, TaskState.DROPPED, None, now)


def reopen_task(conn: sqlite3.Connection, task_id: TaskId, *, now: datetime) -> Edited:
    return _become(conn, task_id, TaskState.OPEN, None, now)


def _become(
    conn: sqlite3.Connection, task_id: TaskId, state: TaskState, outcome: TaskOutcome | None, now: datetime
) -> Edited:
    columns = {"state": state.value, "outcome": None if outcome is None else outcome.value}
    return record_fields(conn, Op.TASK_PATCH, row_of(conn, "tasks", task_id), columns, now)
