"""Example rows of the team's work in the example salon's database: leads, tasks, history."""

import json
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests import example_data as eg
from tests.state.conftest import ms, put_call
from tests.storage.rows import put

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def put_lead(conn: sqlite3.Connection, lead_id: str, name: str, **changed: Any) -> None:
    """A new lead of two days ago, unless a column says otherwise; instants may be given as such."""
    row: dict[str, Any] = {
        "id": lead_id,
        "name": name,
        "phone": "+14155550177",
        "email": None,
        "source": "website",
        "stage": "new",
        "score": 62,
        "score_reasons": ["Asked for a price and a date in the first message", "Compares five places at once"],
        "interest": "warm",
        "needs": "Balayage before a wedding",
        "interested_services": ["Balayage"],
        "value_cents": 21_000,
        "assigned_to": "Jade",
        "tags": [],
        "created_at": eg.NOW - 2 * DAY,
        "updated_at": eg.NOW - DAY,
        "version": 1,
        "gen": 1,
        **changed,
    }
    put(conn, "leads", {name: _column(value) for name, value in row.items()})


def put_event(conn: sqlite3.Connection, event_id: str, at: datetime, verb: str, **changed: Any) -> None:
    row: dict[str, Any] = {
        "id": event_id,
        "at": at,
        "actor": "Jade",
        "actor_kind": "ai",
        "employee_id": "jade",
        "verb": verb,
        "subject_kind": "leads",
        "subject_id": "lead-noor",
        "subject_name": "Noor Haddad",
        "version": 1,
        "gen": 1,
        **changed,
    }
    put(conn, "events", {name: _column(value) for name, value in row.items()})


def put_task(conn: sqlite3.Connection, task_id: str, title: str, **changed: Any) -> None:
    row: dict[str, Any] = {
        "id": task_id,
        "kind": "follow_up",
        "title": title,
        "state": "open",
        "created_at": eg.NOW - 2 * DAY,
        "created_by": "Jade",
        "updated_at": eg.NOW - 2 * DAY,
        "version": 1,
        "gen": 1,
        **changed,
    }
    put(conn, "tasks", {name: _column(value) for name, value in row.items()})


def put_pipeline(conn: sqlite3.Connection) -> None:
    """Leads in every stage, one overdue, one that came from a call, one with a history."""
    put_lead(
        conn,
        "lead-noor",
        "Noor Haddad",
        stage="qualified",
        score=88,
        interest="hot",
        needs="Bridal party of four, Saturday 6 December",
        value_cents=64_000,
        next_followup_at=eg.NOW - 3 * HOUR,
        call_id="call-booked",
        email="noor@example.com",
        budget="over $500",
        timeline="1_month",
        notes="Wants Mia. Prefers texts.",
    )
    put_lead(conn, "lead-kim", "Kim & Co", stage="contacted", score=71, interest="hot", next_followup_at=eg.NOW + DAY)
    put_lead(conn, "lead-tom", "Tom Baker", needs="Keratin for his daughter", created_at=eg.NOW - 5 * HOUR)
    put_lead(conn, "lead-ida", "Ida Berg", score=35, interest="cold", needs=None, assigned_to=None, value_cents=None)
    put_lead(conn, "lead-sam", "Sam Fox", stage="converted", score=90, interest="hot", value_cents=14_000)
    put_lead(conn, "lead-eva", "Eva Lang", stage="lost", score=41, lost_reason="Too expensive")
    put_lead(conn, "lead-max", "Max Reed", stage="unqualified", score=12, interest="cold")
    put_event(conn, "e-1", eg.NOW - 2 * DAY, "lead_created")
    put_event(conn, "e-2", eg.NOW - DAY, "lead_stage", before="new", after="qualified")
    put_event(
        conn,
        "e-3",
        eg.NOW - 20 * HOUR,
        "lead_assigned",
        actor="Ana",
        actor_kind="person",
        employee_id=None,
        before="Jade",
        after="Mia",
    )
    put_task(conn, "t-noor", "Call Noor about the veil", lead_id="lead-noor", due_at=eg.NOW - HOUR)


def put_many_leads(conn: sqlite3.Connection, count: int) -> None:
    """As many new leads as asked for, each with its number in its name."""
    for n in range(count):
        put_lead(conn, f"many-{n:05d}", f"Lead {n}", score=n % 100, created_at=eg.NOW - timedelta(minutes=n))


def _column(value: Any) -> Any:
    match value:
        case datetime():
            return ms(value)
        case list():
            return json.dumps(value)
        case _:
            return value


def put_team(conn: sqlite3.Connection) -> None:
    """Luna on, Jade on, Flora in trouble."""
    for employee in eg.EMPLOYEES:
        row = {
            "id": employee.employee_id,
            "name": employee.name,
            "kind": employee.kind,
            "glyph": employee.glyph,
            "state": employee.state.value,
            "state_since": employee.state_since,
            "held_until": employee.held_until,
            "trouble": employee.trouble,
            "doing": employee.doing,
            "version": 1,
            "gen": 1,
        }
        put(conn, "employees", {name: _column(value) for name, value in row.items()})


def put_work(conn: sqlite3.Connection) -> None:
    """What the three did today and yesterday: calls, a booking from one of them, a task, a message, a lead moved."""
    for call in (*eg.PAST, *eg.YESTERDAY):
        put_call(conn, replace(call, employee_id=eg.EMPLOYEES[0].employee_id))
    conn.execute("UPDATE bookings SET employee_id = NULL")
    conn.execute(
        "UPDATE bookings SET employee_id = ?, call_id = 'call-booked', created_at = ? WHERE id = ?",
        (eg.EMPLOYEES[0].employee_id, ms(eg.at("11:32")), eg.PAST[0].booking_id or eg.BOOKINGS[5].booking_id),
    )
    put_task(
        conn,
        "t-reminders",
        "Sent 6 reminders for Tuesday, Nov 25",
        kind="reminder",
        state="done",
        outcome="ok",
        employee_id=eg.EMPLOYEES[2].employee_id,
        created_at=eg.at("11:29"),
        done_at=eg.at("11:30"),
        done_by="Flora",
    )
    put(
        conn,
        "messages",
        {
            **{"id": "m-flora", "customer_id": "c-maria", "booking_id": None, "channel": "sms"},
            **{"recipient": "+14155550142", "text": "See you tomorrow at 14:00.", "state": "sent"},
            **{"sent_at": ms(eg.at("11:29")), "sent_by": "Flora", "version": 1, "gen": 1},
        },
    )
    put_event(
        conn,
        "e-moved",
        eg.at("11:12"),
        "lead_stage",
        before="new",
        after="qualified",
        employee_id=eg.EMPLOYEES[1].employee_id,
    )
    put_event(
        conn,
        "e-state",
        eg.at("09:40"),
        "employee_state",
        actor="Ana",
        actor_kind="person",
        employee_id=eg.EMPLOYEES[0].employee_id,
        subject_kind="employees",
        subject_id=eg.EMPLOYEES[0].employee_id,
        subject_name="Luna",
        before="held",
        after="on",
    )


def put_waiting(conn: sqlite3.Connection) -> None:
    """Five things that wait: a call back, a hot lead, two follow-ups, and something else to do."""
    put_pipeline(conn)
    put_task(conn, "t-rosa", "Call back Rosa Lind", kind="callback", due_at=eg.NOW - 4 * HOUR)
    put_lead(conn, "lead-hot", "Hanna Vogt", interest="hot", score=91, created_at=eg.NOW - 6 * HOUR)
    put_lead(conn, "lead-late", "Omar Haddad", stage="contacted", next_followup_at=eg.NOW - 2 * DAY)
