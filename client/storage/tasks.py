"""Tasks as this device sees them: the server's rows with the owner's own waiting changes already in them."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from client.models.ids import CallId, EmployeeId, LeadId, TaskId
from client.models.tasks import Task, TaskKind, TaskOutcome, TaskState
from client.storage.columns import instant, instant_or_none, milliseconds, word

_COLUMNS = """id, kind, title, details, employee_id, assigned_to, customer_id, call_id, turn_id, lead_id, booking_id,
due_at, state, outcome, done_at, done_by, created_at, created_by, updated_at, dirty"""


def open(conn: sqlite3.Connection) -> list[Task]:
    """What is to be done, the longest due first; what is not due at any time comes last."""
    return where(conn, "state = 'open' ORDER BY due_at IS NULL, due_at, created_at, id")


def get(conn: sqlite3.Connection, task_id: TaskId) -> Task | None:
    return next(iter(where(conn, "id = ?", (task_id,))), None)


def done_between(
    conn: sqlite3.Connection, start: datetime, end: datetime, *, employee_id: EmployeeId | None = None
) -> list[Task]:
    """Those done in [start, end), newest first; `employee_id`: only those of this AI employee."""
    only, more = ("", ()) if employee_id is None else ("AND employee_id = ?", (employee_id,))
    sql = f"done_at >= ? AND done_at < ? {only} AND state = 'done' ORDER BY done_at DESC, id DESC"
    return where(conn, sql, (milliseconds(start), milliseconds(end), *more))


def of_call(conn: sqlite3.Connection, call_id: CallId) -> list[Task]:
    """All that came of a call, oldest first."""
    return where(conn, "call_id = ? ORDER BY created_at, id", (call_id,))


def of_lead(conn: sqlite3.Connection, lead_id: LeadId) -> list[Task]:
    """All about a lead, oldest first."""
    return where(conn, "lead_id = ? ORDER BY created_at, id", (lead_id,))


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any] = ()) -> list[Task]:
    """For those who know what they ask."""
    return [_task(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM tasks WHERE {condition}", values)]


def of_columns(row: Mapping[str, Any]) -> Task:
    """The task of a row by column names; `dirty` may be missing."""
    return _task(tuple(row.get(name.strip()) for name in _COLUMNS.split(",")))


def _task(row: tuple[Any, ...]) -> Task:
    return Task(
        task_id=row[0],
        kind=word(TaskKind, row[1], TaskKind.UNKNOWN),
        title=row[2],
        details=row[3],
        employee_id=row[4],
        assigned_to=row[5],
        customer_id=row[6],
        call_id=row[7],
        turn_id=row[8],
        lead_id=row[9],
        booking_id=row[10],
        due_at=instant_or_none(row[11]),
        state=word(TaskState, row[12], TaskState.UNKNOWN),
        outcome=None if row[13] is None else word(TaskOutcome, row[13], TaskOutcome.UNKNOWN),
        done_at=instant_or_none(row[14]),
        done_by=row[15],
        created_at=instant(row[16]),
        created_by=row[17],
        updated_at=instant(row[18]),
        pending=bool(row[19]),
    )
