"""What was promised in calls and how it stands.  Derived, as the index of words is; made with it (`call_index`)."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from client.models.calls import Call
from client.models.ids import CallId, TurnId
from client.models.promises import Done, Judged, OpenPromise, Promise, PromiseKind, PromiseState
from client.storage import bookings, tasks
from client.storage.columns import instant, instant_or_none, milliseconds, name_or_none

TABLE: Final = """
CREATE TABLE call_promises (
    call_id TEXT NOT NULL, turn_id TEXT NOT NULL, kind TEXT NOT NULL, "index" INTEGER NOT NULL, said TEXT NOT NULL,
    state TEXT NOT NULL, proof TEXT, started_at INTEGER NOT NULL, PRIMARY KEY (call_id, turn_id, kind)) WITHOUT ROWID
"""
INDEX: Final = "CREATE INDEX call_promises_open ON call_promises(started_at) WHERE state <> 'kept'"


def put(conn: sqlite3.Connection, call: Call, judged: Sequence[Judged]) -> None:
    """These are the call's promises, and no others."""
    rows = [_row(call, each) for each in judged]
    known = "SELECT * FROM call_promises WHERE call_id = ? ORDER BY turn_id, kind"
    if conn.execute(known, (call.call_id,)).fetchall() != sorted(rows, key=lambda row: (row[1], row[2])):
        conn.execute("DELETE FROM call_promises WHERE call_id = ?", (call.call_id,))
        conn.executemany("INSERT INTO call_promises VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def remove(conn: sqlite3.Connection, call_id: CallId) -> None:
    conn.execute("DELETE FROM call_promises WHERE call_id = ?", (call_id,))


def of_call(conn: sqlite3.Connection, call_id: CallId) -> tuple[Judged, ...]:
    """In the order in which they were made."""
    rows = conn.execute(
        'SELECT turn_id, kind, "index", said, state, proof FROM call_promises WHERE call_id = ? ORDER BY "index", kind',
        (call_id,),
    )
    return tuple(
        Judged(
            promise=Promise(turn_id=TurnId(row[0]), kind=PromiseKind(row[1]), index=row[2], said=row[3]),
            state=PromiseState(row[4]),
            proof=row[5],
        )
        for row in rows
    )


def unkept(conn: sqlite3.Connection, since: datetime, ended_by: datetime, limit: int) -> tuple[OpenPromise, ...]:
    """Not kept, of calls that began since then and had ended by `ended_by`, not marked by the owner; oldest first.

    What was promised twice in a call is owed once: the first time stands for all, a mark at any of them is for all.
    """
    rows = conn.execute(
        "SELECT p.call_id, p.turn_id, p.kind, p.said, c.caller_name, c.caller_phone, c.employee_name, c.started_at, "
        "c.ended_at FROM call_promises p CROSS JOIN calls c ON c.id = p.call_id WHERE p.state = 'unkept' "
        "AND p.started_at >= ? AND c.ended_at <= ? AND NOT EXISTS "
        "(SELECT 1 FROM call_promises q WHERE q.call_id = p.call_id AND q.kind = p.kind AND "
        '(q.state = \'unkept\' AND q."index" < p."index" OR EXISTS '
        "(SELECT 1 FROM marks m WHERE m.about = 'promise' AND m.subject = q.turn_id AND m.until IS NULL))) "
        "ORDER BY p.started_at, p.turn_id LIMIT ?",
        (milliseconds(since), milliseconds(ended_by), limit),
    )
    return tuple(_open(row) for row in rows)


def to_look_at(conn: sqlite3.Connection, since: datetime) -> list[CallId]:
    """Calls since then with a promise that is not known to be kept."""
    rows = conn.execute(
        "SELECT DISTINCT call_id FROM call_promises WHERE state <> 'kept' AND started_at >= ?", (milliseconds(since),)
    )
    return [CallId(call_id) for (call_id,) in rows]


def done_about(conn: sqlite3.Connection, call: Call) -> Done:
    """The rows that may keep what was promised in a call."""
    known = list(bookings.where(conn, "id = ?", (call.booking_id,))) if call.booking_id else []
    messages: list[tuple[str]] = []
    called: list[tuple[str]] = []
    began = milliseconds(call.started_at)
    if call.customer_id:
        theirs = "customer_id = ? AND (call_id = ? OR updated_call_id = ?)"
        known += bookings.where(conn, theirs, (call.customer_id, call.call_id, call.call_id))
        messages = conn.execute(
            "SELECT id FROM messages WHERE customer_id = ? AND sent_at >= ? ORDER BY sent_at LIMIT 1",
            (call.customer_id, began),
        ).fetchall()
        called = conn.execute(
            "SELECT id FROM calls WHERE customer_id = ? AND started_at > ? AND direction = 'outbound' LIMIT 1",
            (call.customer_id, began),
        ).fetchall()
    elif call.caller_phone:
        called = conn.execute(
            "SELECT id FROM calls WHERE started_at > ? AND direction = 'outbound' AND caller_phone = ? LIMIT 1",
            (began, call.caller_phone),
        ).fetchall()
    return Done(
        bookings=tuple({booking.booking_id: booking for booking in known}.values()),
        messages=tuple(row[0] for row in messages),
        tasks=tuple(tasks.of_call(conn, call.call_id)),
        called=tuple(row[0] for row in called),
    )


def _row(call: Call, judged: Judged) -> tuple[Any, ...]:
    promise = judged.promise
    place = (call.call_id, promise.turn_id, promise.kind.value, promise.index, promise.said)
    return (*place, judged.state.value, judged.proof, milliseconds(call.started_at))


def _open(row: tuple[Any, ...]) -> OpenPromise:
    return OpenPromise(
        call_id=row[0],
        turn_id=row[1],
        kind=PromiseKind(row[2]),
        said=row[3],
        caller_name=name_or_none(row[4]),
        caller_phone=row[5],
        employee_name=row[6],
        started_at=instant(row[7]),
        ended_at=instant_or_none(row[8]),
    )
