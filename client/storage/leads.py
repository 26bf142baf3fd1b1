"""Leads as this device sees them: the server's rows with the owner's own waiting changes already in them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from client.models.ids import CallId, LeadId
from client.models.leads import Lead, LeadStage
from client.storage.columns import instant, instant_or_none, json_value, milliseconds, word

_COLUMNS = """id, name, phone, email, source, call_id, stage, score, score_reasons, interest, needs,
interested_services, value_cents, budget, timeline, next_followup_at, assigned_to, tags, notes, lost_reason, created_at,
updated_at, dirty"""
_BEST_FIRST = "ORDER BY score DESC, created_at DESC, id"


def open(conn: sqlite3.Connection) -> list[Lead]:
    """Leads still worth a call, best score first."""
    return where(conn, f"stage NOT IN ('converted', 'lost', 'unqualified') {_BEST_FIRST}")


def all(conn: sqlite3.Connection) -> list[Lead]:
    """Every lead, best score first."""
    return where(conn, f"1 {_BEST_FIRST}")


def in_stages(conn: sqlite3.Connection, stages: Iterable[str]) -> list[Lead]:
    """Those in one of the stages, best score first."""
    wanted = tuple(stages)
    return where(conn, f"stage IN ({', '.join('?' * len(wanted))}) {_BEST_FIRST}", wanted)


def get(conn: sqlite3.Connection, lead_id: LeadId) -> Lead | None:
    return next(iter(where(conn, "id = ?", (lead_id,))), None)


def of_call(conn: sqlite3.Connection, call_id: CallId) -> list[Lead]:
    """Those that came of a call, oldest first."""
    return where(conn, "call_id = ? ORDER BY created_at, id", (call_id,))


def to_follow_up(conn: sqlite3.Connection, before: datetime) -> list[Lead]:
    """Open ones whose next follow-up is before this instant, the longest due first."""
    sql = "next_followup_at < ? AND stage NOT IN ('converted', 'lost', 'unqualified') ORDER BY next_followup_at, id"
    return where(conn, sql, (milliseconds(before),))


def created_between(conn: sqlite3.Connection, start: datetime, end: datetime) -> list[Lead]:
    """Those made in [start, end), oldest first."""
    sql = "created_at >= ? AND created_at < ? ORDER BY created_at, id"
    return where(conn, sql, (milliseconds(start), milliseconds(end)))


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any] = ()) -> list[Lead]:
    """For those who know what they ask."""
    return [_lead(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM leads WHERE {condition}", values)]


def of_columns(row: Mapping[str, Any]) -> Lead:
    """The lead of a row by column names; `dirty` may be missing."""
    return _lead(tuple(row.get(name.strip()) for name in _COLUMNS.split(",")))


def _lead(row: tuple[Any, ...]) -> Lead:
    return Lead(
        lead_id=row[0],
        name=row[1],
        phone=row[2],
        email=row[3],
        source=row[4],
        call_id=row[5],
        stage=word(LeadStage, row[6], LeadStage.UNKNOWN),
        score=row[7],
        score_reasons=tuple(json_value(row[8])),
        interest=row[9],
        needs=row[10],
        interested_services=tuple(json_value(row[11])),
        value_cents=row[12],
        budget=row[13],
        timeline=row[14],
        next_followup_at=instant_or_none(row[15]),
        assigned_to=row[16],
        tags=tuple(json_value(row[17])),
        notes=row[18],
        lost_reason=row[19],
        created_at=instant(row[20]),
        updated_at=instant(row[21]),
        pending=bool(row[22]),
    )
