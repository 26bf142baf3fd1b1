"""The rows that one AI employee's figures are made of."""

import sqlite3
from datetime import datetime
from typing import Final

from client.models.business import Employee
from client.models.calls import Call
from client.models.leads import Lead
from client.storage import calls, leads
from client.storage.columns import instant, milliseconds

_OPEN: Final = "stage NOT IN ('converted', 'lost', 'unqualified')"
_NAMES: Final = """
SELECT actor FROM events WHERE employee_id = :id AND actor_kind = 'ai' AND subject_kind <> 'employees'
EXCEPT SELECT name FROM employees WHERE id <> :id UNION SELECT name FROM employees WHERE id = :id"""
"""A lead says by name who sees to it, and keeps the name its employee had then.  What an employee was called before
stands in what it did; a name that another one has now is that one's.
"""


def over(conn: sqlite3.Connection, employee: Employee, start: datetime, end: datetime) -> list[Call]:
    """Its calls of [start, end) that are over and were answered, newest first."""
    sql = (
        "employee_id = ? AND started_at >= ? AND started_at < ? AND ended_at IS NOT NULL AND answered_at IS NOT NULL "
        "ORDER BY started_at DESC, id DESC"
    )
    return calls.where(conn, sql, (employee.employee_id, milliseconds(start), milliseconds(end)))


def came(conn: sqlite3.Connection, employee: Employee, start: datetime, end: datetime) -> list[Lead]:
    """The leads it sees to that came in [start, end), newest first."""
    theirs, names = _seen_to_by(conn, employee)
    sql = f"{theirs} AND created_at >= ? AND created_at < ? ORDER BY created_at DESC, id DESC"
    return leads.where(conn, sql, (*names, milliseconds(start), milliseconds(end)))


def still_open(conn: sqlite3.Connection, employee: Employee) -> list[Lead]:
    """The leads it sees to that are still worth a call, newest first."""
    theirs, names = _seen_to_by(conn, employee)
    return leads.where(conn, f"{theirs} AND {_OPEN} ORDER BY created_at DESC, id DESC", names)


def won(conn: sqlite3.Connection, employee: Employee, start: datetime, end: datetime) -> list[tuple[datetime, Lead]]:
    """The leads it sees to that were won in [start, end) and still are, with when that was, newest first.

    One that was won twice counts from the last time.
    """
    found = conn.execute(
        "SELECT subject_id, max(at) FROM events WHERE verb = 'lead_stage' AND after = 'converted' "
        "GROUP BY subject_id HAVING max(at) >= ? AND max(at) < ?",
        (milliseconds(start), milliseconds(end)),
    )
    moments = {lead_id: instant(at) for lead_id, at in found}
    theirs, names = _seen_to_by(conn, employee)
    rows = leads.where(conn, f"{theirs} AND stage = 'converted'", names)
    pairs = [(moments[lead.lead_id], lead) for lead in rows if lead.lead_id in moments]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].lead_id), reverse=True)


def _seen_to_by(conn: sqlite3.Connection, employee: Employee) -> tuple[str, tuple[str, ...]]:
    """The condition that it sees to a lead, by any name it has or had."""
    names = tuple(name for (name,) in conn.execute(_NAMES, {"id": employee.employee_id}))
    return f"assigned_to IN ({', '.join('?' * len(names))})", names
