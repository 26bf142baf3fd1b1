"""The leads that an employee sees to stay its own, whatever it is called."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from client.clock import Clock
from client.models.business import Employee
from client.storage import business, team_work
from client.storage.database import Database
from tests.storage.rows import EVENT, LEAD, NOON, NOON_MS, put

TAIL = {"version": 1, "gen": 1}
START, END = NOON - timedelta(days=1), NOON + timedelta(days=1)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "chatty.db"
    Database.open(path, Clock()).close()
    conn = sqlite3.connect(path)
    put_employee(conn, "jade", "Jade")
    put(conn, "leads", {**LEAD, "id": "open", "assigned_to": "Jade"})
    put(conn, "leads", {**LEAD, "id": "won", "assigned_to": "Jade", "stage": "converted"})
    put(conn, "leads", {**LEAD, "id": "hers", "assigned_to": "Maria"})
    put_event(conn, "made", "Jade", "ai", "jade", subject_id="open")
    won = {"verb": "lead_stage", "before": "new", "after": "converted"}
    put_event(conn, "won", "Jade", "ai", "jade", subject_id="won", **won)
    yield conn
    conn.close()


def put_employee(conn: sqlite3.Connection, employee_id: str, name: str) -> None:
    known = {"id": employee_id, "name": name, "kind": "sales", "glyph": "", "state": "on", "state_since": 0}
    put(conn, "employees", {**known, "doing": "", **TAIL})


def put_event(conn: sqlite3.Connection, key: str, actor: str, kind: str, employee_id: str, **more: object) -> None:
    made = {"verb": "lead_created", "subject_kind": "leads", "subject_id": "l", "subject_name": "L"}
    put(
        conn,
        "events",
        {**EVENT, "id": key, "actor": actor, "actor_kind": kind, "employee_id": employee_id} | made | more,
    )


def rename(conn: sqlite3.Connection, name: str) -> None:
    conn.execute("UPDATE employees SET name = ? WHERE id = 'jade'", (name,))


def employee(conn: sqlite3.Connection, employee_id: str = "jade") -> Employee:
    return next(each for each in business.employees(conn) if each.employee_id == employee_id)


def seen_to(conn: sqlite3.Connection, employee_id: str = "jade") -> tuple[list[str], list[str], list[str]]:
    who = employee(conn, employee_id)
    return (
        sorted(lead.lead_id for lead in team_work.came(conn, who, START, END)),
        [lead.lead_id for lead in team_work.still_open(conn, who)],
        [lead.lead_id for _, lead in team_work.won(conn, who, START, END)],
    )


def test_an_employee_that_was_renamed_keeps_its_leads(conn: sqlite3.Connection) -> None:
    before = seen_to(conn)
    assert before == (["open", "won"], ["open"], ["won"])
    rename(conn, "Amber")
    assert seen_to(conn) == before
    put(conn, "leads", {**LEAD, "id": "newer", "assigned_to": "Amber", "created_at": NOON_MS + 1})
    assert seen_to(conn) == (["newer", "open", "won"], ["newer", "open"], ["won"])


def test_a_name_that_another_one_has_now_is_that_one_s(conn: sqlite3.Connection) -> None:
    rename(conn, "Amber")
    put_employee(conn, "second", "Jade")
    assert seen_to(conn) == ([], [], [])
    assert seen_to(conn, "second") == (["open", "won"], ["open"], ["won"])
    rename(conn, "Jade")
    assert seen_to(conn) == seen_to(conn, "second") == (["open", "won"], ["open"], ["won"]), "nothing tells them apart"


def test_who_only_changed_an_employee_is_not_what_it_was_called(conn: sqlite3.Connection) -> None:
    put_event(conn, "held", "Maria", "person", "jade", verb="employee_state", subject_kind="employees")
    put_event(conn, "helped", "Maria", "ai", "jade", verb="employee_state", subject_kind="employees")
    put_event(conn, "by", "Maria", "person", "jade")
    assert seen_to(conn) == (["open", "won"], ["open"], ["won"])
