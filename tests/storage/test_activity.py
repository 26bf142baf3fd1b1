"""What the team did: every entry once, newest first, whatever the pages, of one employee or of all."""

import sqlite3
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client.models.ids import EmployeeId
from client.storage import activity
from client.storage.activity import Entry
from client.storage.database import Database
from tests.storage.rows import BOOKING, CALL, NOON_MS, put

HOUR_MS = 3_600_000
TAIL = {"version": 1, "gen": 1}
TEAM = ("luna", "jade")

hours = st.integers(0, 6)
works = st.lists(
    st.tuples(st.sampled_from(["call", "booking", "task", "event", "message"]), hours, st.sampled_from(TEAM)),
    max_size=24,
)


def fill(conn: sqlite3.Connection, rows: list[tuple[str, int, str]]) -> None:
    for table in ("calls", "bookings", "tasks", "events", "messages", "employees"):
        conn.execute(f"DELETE FROM {table}")
    for name in TEAM:
        known: dict[str, Any] = {"id": name, "name": name.title(), "kind": "", "glyph": "", "state": "on"}
        put(conn, "employees", {**known, "state_since": 0, "doing": "", **TAIL})
    for n, (kind, hour, who) in enumerate(rows):
        _put(conn, kind, f"{kind}-{n:02d}", NOON_MS - hour * HOUR_MS, who)


def _put(conn: sqlite3.Connection, kind: str, key: str, at: int, who: str) -> None:
    match kind:
        case "call":
            put(conn, "calls", {**CALL, "id": key, "employee_id": who, "started_at": at, "ended_at": at + 1})
        case "booking":
            put(conn, "bookings", {**BOOKING, "id": key, "employee_id": who, "created_at": at})
        case "task":
            put(
                conn,
                "tasks",
                {
                    **{"id": key, "kind": "other", "title": key, "state": "done", "employee_id": who, "done_at": at},
                    **{"created_at": at, "updated_at": at, **TAIL},
                },
            )
        case "event":
            put(
                conn,
                "events",
                {
                    **{"id": key, "at": at, "actor": who, "actor_kind": "ai", "employee_id": who, "verb": "lead_stage"},
                    **{"subject_kind": "leads", "subject_id": "l", "subject_name": "L", **TAIL},
                },
            )
        case _:
            put(
                conn,
                "messages",
                {
                    **{"id": key, "channel": "sms", "text": "", "state": "sent", "sent_at": at},
                    **{"sent_by": who.title(), **TAIL},
                },
            )


def pages(db: Database, who: EmployeeId | None) -> list[Entry]:
    found: list[Entry] = []
    while True:
        before = found[-1] if found else None
        page = db.read(lambda conn, before=before: activity.page(conn, 5, employee_id=who, before=before))
        found += page
        if len(page) < 5:
            return found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=works)
def test_pages_make_up_the_whole_each_entry_once(db: Database, rows: list[tuple[str, int, str]]) -> None:
    db.write_blocking(lambda conn: fill(conn, rows))
    for who in (None, *TEAM):
        mine = [
            (NOON_MS - hour * HOUR_MS, f"{kind}-{n:02d}")
            for n, (kind, hour, by) in enumerate(rows)
            if who in (None, by)
        ]
        found = pages(db, EmployeeId(who) if who else None)
        assert [(round(e.at.timestamp() * 1000), e.key) for e in found] == sorted(mine, reverse=True)


def test_a_call_that_came_to_a_booking_is_told_by_the_booking(db: Database) -> None:
    def both(conn: sqlite3.Connection) -> None:
        fill(conn, [("booking", 1, "luna")])
        call = {**CALL, "id": "c", "ended_at": NOON_MS, "outcome": "booked", "booking_id": "booking-00"}
        put(conn, "calls", call)
        put(conn, "calls", {**CALL, "id": "live"})

    db.write_blocking(both)
    assert [entry.key for entry in pages(db, None)] == ["booking-00"]


def test_what_was_sent_for_a_task_is_told_by_the_task(db: Database) -> None:
    def some(conn: sqlite3.Connection) -> None:
        fill(conn, [("task", 1, "luna"), ("message", 1, "luna"), ("message", 1, "jade"), ("message", 3, "luna")])
        conn.execute("UPDATE tasks SET done_at = done_at + 60000, created_at = created_at - 60000")

    db.write_blocking(some)
    assert [entry.key for entry in pages(db, None)] == ["task-00", "message-02", "message-03"]
    assert [entry.key for entry in pages(db, EmployeeId("luna"))] == ["task-00", "message-03"]
    db.write_blocking(lambda conn: conn.execute("UPDATE tasks SET state = 'open', done_at = NULL"))
    assert [entry.key for entry in pages(db, EmployeeId("luna"))] == ["message-01", "message-03"]


def test_what_a_person_did_is_not_the_team_s_but_a_state_is_whoever_set_it(db: Database) -> None:
    def some(conn: sqlite3.Connection) -> None:
        fill(conn, [("event", 1, "luna"), ("event", 2, "luna"), ("booking", 1, "luna")])
        conn.execute("UPDATE events SET actor_kind = 'person'")
        conn.execute("UPDATE events SET verb = 'employee_state' WHERE id = 'event-01'")
        conn.execute("UPDATE bookings SET employee_id = NULL")

    db.write_blocking(some)
    assert [entry.key for entry in pages(db, None)] == ["event-01"]
