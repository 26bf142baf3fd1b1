"""The history of leads, tasks, employees and numbers."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from client.models.events import ActorKind, Event, Verb
from client.models.ids import EmployeeId
from client.storage.columns import instant, milliseconds, word

_COLUMNS = """id, at, actor, actor_kind, employee_id, verb, subject_kind, subject_id, subject_name, before, after"""


def recent(conn: sqlite3.Connection, limit: int, before: Event | None = None) -> list[Event]:
    """The newest events, at most `limit`; `before` gives the page after that one."""
    if before is None:
        return where(conn, "1 ORDER BY at DESC, id DESC LIMIT ?", (limit,))
    sql = "(at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?"
    return where(conn, sql, (milliseconds(before.at), before.event_id, limit))


def between(conn: sqlite3.Connection, start: datetime, end: datetime) -> list[Event]:
    """Those of [start, end), oldest first."""
    return where(conn, "at >= ? AND at < ? ORDER BY at, id", (milliseconds(start), milliseconds(end)))


def of_subject(conn: sqlite3.Connection, subject_id: str) -> list[Event]:
    """All that happened to one lead, task, employee, correction or number, newest first."""
    return where(conn, "subject_id = ? ORDER BY at DESC, id DESC", (subject_id,))


def of_employee(conn: sqlite3.Connection, employee_id: EmployeeId, limit: int) -> list[Event]:
    """The newest about one AI employee, or done by it."""
    return where(conn, "employee_id = ? ORDER BY at DESC, id DESC LIMIT ?", (employee_id, limit))


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any] = ()) -> list[Event]:
    """For those who know what they ask."""
    return [_event(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM events WHERE {condition}", values)]


def _event(row: tuple[Any, ...]) -> Event:
    return Event(
        event_id=row[0],
        at=instant(row[1]),
        actor=row[2],
        actor_kind=word(ActorKind, row[3], ActorKind.UNKNOWN),
        employee_id=row[4],
        verb=word(Verb, row[5], Verb.UNKNOWN),
        subject_kind=row[6],
        subject_id=row[7],
        subject_name=row[8],
        before=row[9],
        after=row[10],
    )
