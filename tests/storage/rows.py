"""Example rows as the database holds them; every column can be given by name."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

NOON = datetime(2025, 11, 23, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
HOUR_MS = 3_600_000

BOOKING: dict[str, Any] = {
    "customer_name": "Maria Lopez",
    "service_name": "Colour and cut",
    "starts_at": NOON_MS,
    "ends_at": NOON_MS + 2 * HOUR_MS,
    "time_zone": "America/New_York",
    "status": "confirmed",
    "source": "luna",
    "payment_status": "pending",
    "reminder_sent": 0,
    "created_at": NOON_MS - HOUR_MS,
    "version": 1,
    "gen": 1,
}
BLOCK: dict[str, Any] = {
    "starts_at": NOON_MS,
    "ends_at": NOON_MS + HOUR_MS,
    "time_zone": "America/New_York",
    "title": "Lunch",
    "source": "calendar",
    "created_at": NOON_MS - HOUR_MS,
    "version": 1,
    "gen": 1,
}
CALL: dict[str, Any] = {
    "direction": "inbound",
    "employee_id": "luna",
    "employee_name": "Luna",
    "started_at": NOON_MS,
    "status": "live",
    "handler": "ai",
    "extracted": "{}",
    "language": "en",
    "requires_followup": 0,
    "consent": '{"state":"given","said_at":null,"text":null}',
    "flags": "[]",
    "turn_count": 0,
    "version": 1,
    "gen": 1,
}
TURN: dict[str, Any] = {
    "call_id": "call",
    "index": 0,
    "kind": "speech",
    "speaker": "caller",
    "text": "Hello",
    "started_at": NOON_MS,
    "language": "en",
    "low_confidence": "[]",
    "version": 1,
    "gen": 1,
}
LEAD: dict[str, Any] = {
    "name": "Ben",
    "source": "phone",
    "stage": "new",
    "score": 50,
    "score_reasons": "[]",
    "interest": "warm",
    "interested_services": "[]",
    "tags": "[]",
    "created_at": NOON_MS,
    "updated_at": NOON_MS,
    "version": 1,
    "gen": 1,
}

EVENT: dict[str, Any] = {
    "at": NOON_MS,
    "actor": "Jade",
    "actor_kind": "ai",
    "verb": "lead_stage",
    "subject_kind": "leads",
    "subject_id": "lead",
    "subject_name": "Ben",
    "version": 1,
    "gen": 1,
}


def put(conn: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    conn.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
