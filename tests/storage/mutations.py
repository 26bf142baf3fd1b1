"""Mutations as editing makes them, for tests below it."""

import sqlite3
from typing import Any

from client.models.ids import ChangeId
from client.models.mutations import ChangeState, Op, Payload
from client.storage import effective, outbox
from client.storage.columns import json_text
from client.storage.outbox import Recorded
from tests.storage.rows import HOUR_MS, NOON_MS

VALUES: dict[str, Any] = {
    "customer_name": "Ben Ortiz",
    "service_name": "Cut",
    "staff_id": "mia",
    "starts_at": NOON_MS,
    "ends_at": NOON_MS + HOUR_MS,
    "status": "confirmed",
}


def create(row_id: str, tell: dict[str, str] | None = None, **values: Any) -> Payload:
    return {
        "op": Op.BOOKING_CREATE,
        "v": 1,
        "id": row_id,
        "client_ts": NOON_MS,
        "values": {**VALUES, **values},
        "tell": tell,
        "allow": [],
    }


def patch(
    row_id: str,
    fields: dict[str, tuple[Any, Any]],
    tell: dict[str, str] | None = None,
    allow: tuple[str, ...] = (),
) -> Payload:
    return {
        "op": Op.BOOKING_PATCH,
        "v": 1,
        "id": row_id,
        "client_ts": NOON_MS,
        "base_version": 1,
        "set": {name: list(pair) for name, pair in fields.items()},
        "tell": tell,
        "allow": list(allow),
    }


def slot(starts: tuple[int, int], staff: tuple[str | None, str | None] = ("mia", "mia")) -> dict[str, tuple[Any, Any]]:
    """The fields of a move; hours after noon."""
    old, new = (NOON_MS + hours * HOUR_MS for hours in starts)
    return {"starts_at": (old, new), "ends_at": (old + HOUR_MS, new + HOUR_MS), "staff_id": staff}


def record(conn: sqlite3.Connection, payload: Payload, now_ms: int = NOON_MS) -> Recorded:
    op = Op(payload["op"])
    undo = (
        {"set": {n: [new, old] for n, (old, new) in payload["set"].items()}} if "set" in payload else {"create": True}
    )
    return outbox.record(conn, op=op, kind=op.kind, row_id=payload["id"], payload=payload, undo=undo, now_ms=now_ms)


def become(
    conn: sqlite3.Connection,
    change_id: ChangeId,
    state: ChangeState,
    *,
    mid: int | None = None,
    version: int | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    """What the sending half does to a change, without a network."""
    conn.execute(
        "UPDATE outbox SET state = ?, client_id = coalesce(client_id, 'client'), mid = coalesce(mid, ?), ver = ?, "
        "result = ?, sent_at = ? WHERE change_id = ?",
        (state, mid or change_id, version, json_text(result) if result else None, NOON_MS, change_id),
    )
    change = outbox.get(conn, change_id)
    assert change is not None
    effective.rebase(conn, change.kind, change.row_id)
