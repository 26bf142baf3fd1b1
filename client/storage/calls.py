"""Calls and the turns they consist of."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from client.models.calls import (
    Call,
    CallStatus,
    Consent,
    Flag,
    Handler,
    Outcome,
    Recording,
    Speaker,
    ToolUse,
    Turn,
    TurnKind,
)
from client.models.ids import CallId, TurnId
from client.storage.columns import instant, instant_or_none, json_value, milliseconds, name_or_none, word

_CALL = """id, caller_phone, caller_name, customer_id, direction, employee_id, employee_name, started_at, answered_at,
ended_at, status, handler, handler_user_id, handler_name, outcome, intent, summary, extracted, sentiment, language,
escalation_reason, requires_followup, booking_id, consent, charge_cents, billed_seconds, turn_count, version,
flags, satisfaction, recording, rate_cents, rounding_s, dirty"""

_TURN = """id, call_id, "index", kind, speaker, name, text, started_at, ended_at, sentiment, language, low_confidence,
tool, note, version"""

WIDTH: Final = _CALL.count(",") + 1
"""How many columns `columns` names."""


def columns(table: str) -> str:
    """The columns that `call_of` reads, of a table that goes by this name."""
    return ", ".join(f"{table}.{name.strip()}" for name in _CALL.split(","))


def live(conn: sqlite3.Connection) -> list[Call]:
    """Calls in progress, ringing ones included, longest first."""
    rows = conn.execute(
        f"SELECT {_CALL} FROM calls WHERE ended_at IS NULL AND status <> 'ended' ORDER BY started_at, id"
    )
    return [call_of(row) for row in rows]


def between(conn: sqlite3.Connection, start: datetime, end: datetime, *, limit: int = 1000) -> list[Call]:
    """Calls that started in [start, end), newest first, at most `limit`."""
    rows = conn.execute(
        f"SELECT {_CALL} FROM calls WHERE started_at >= ? AND started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?",
        (milliseconds(start), milliseconds(end), limit),
    )
    return [call_of(row) for row in rows]


def over(conn: sqlite3.Connection, start: datetime, end: datetime, limit: int) -> list[Call]:
    """Those of `between` that are over."""
    return where(
        conn,
        "started_at >= ? AND started_at < ? AND (ended_at IS NOT NULL OR status = 'ended') "
        "ORDER BY started_at DESC, id DESC LIMIT ?",
        (milliseconds(start), milliseconds(end), limit),
    )


def recent(conn: sqlite3.Connection, limit: int, before: datetime | None = None) -> list[Call]:
    """The newest calls, at most `limit`; `before` (a start, exclusive) gives the page after that one."""
    if before is None:
        rows = conn.execute(f"SELECT {_CALL} FROM calls ORDER BY started_at DESC, id DESC LIMIT ?", (limit,))
    else:
        rows = conn.execute(
            f"SELECT {_CALL} FROM calls WHERE started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?",
            (milliseconds(before), limit),
        )
    return [call_of(row) for row in rows]


def get(conn: sqlite3.Connection, call_id: CallId) -> Call | None:
    row = conn.execute(f"SELECT {_CALL} FROM calls WHERE id = ?", (call_id,)).fetchone()
    return call_of(row) if row else None


def of_turn(conn: sqlite3.Connection, turn_id: TurnId) -> Call | None:
    """The call that a turn belongs to."""
    return next(iter(where(conn, "id = (SELECT call_id FROM turns WHERE id = ?)", (turn_id,))), None)


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any]) -> list[Call]:
    """For timeline.py, which knows what it asks."""
    return [call_of(row) for row in conn.execute(f"SELECT {_CALL} FROM calls WHERE {condition}", values)]


def turns(conn: sqlite3.Connection, call_id: CallId, *, after_version: int = -1) -> list[Turn]:
    """The transcript in order; a jump in `index` is a gap.  `after_version`: the turns that changed since that one."""
    rows = conn.execute(
        f'SELECT {_TURN} FROM turns WHERE call_id = ? AND version > ? ORDER BY "index", id', (call_id, after_version)
    )
    return [_turn(row) for row in rows]


def turn_count(conn: sqlite3.Connection, call_id: CallId) -> int:
    """How many turns of the call this device has; fewer than before means that some were taken away."""
    return int(conn.execute("SELECT count(*) FROM turns WHERE call_id = ?", (call_id,)).fetchone()[0])


def call_of(row: tuple[Any, ...]) -> Call:
    """A row of `columns` as a call."""
    return Call(
        call_id=row[0],
        caller_phone=row[1],
        caller_name=name_or_none(row[2]),
        customer_id=row[3],
        direction=row[4],
        employee_id=row[5],
        employee_name=row[6],
        started_at=instant(row[7]),
        answered_at=instant_or_none(row[8]),
        ended_at=instant_or_none(row[9]),
        status=word(CallStatus, row[10], CallStatus.UNKNOWN),
        handler=word(Handler, row[11], Handler.UNKNOWN),
        handler_user_id=row[12],
        handler_name=row[13],
        outcome=None if row[14] is None else word(Outcome, row[14], Outcome.UNKNOWN),
        intent=row[15],
        summary=row[16],
        extracted=json_value(row[17]),
        sentiment=row[18],
        language=row[19],
        escalation_reason=row[20],
        requires_followup=bool(row[21]),
        booking_id=row[22],
        consent=_consent(json_value(row[23])),
        charge_cents=row[24],
        billed_seconds=row[25],
        turn_count=row[26],
        version=row[27],
        flags=() if row[28] == "[]" else tuple(map(_flag, json_value(row[28]))),
        satisfaction=row[29],
        recording=None if row[30] is None else _recording(json_value(row[30])),
        rate_cents=row[31],
        rounding_s=row[32],
        pending=bool(row[33]),
    )


def _flag(value: dict[str, Any]) -> Flag:
    return Flag(turn_id=TurnId(value["turn_id"]), label=value["label"])


def _recording(value: dict[str, Any]) -> Recording:
    return Recording(state=value["state"], reason=value.get("reason"))


def _consent(value: dict[str, Any]) -> Consent:
    return Consent(state=value["state"], said_at=instant_or_none(value.get("said_at")), text=value.get("text"))


def _turn(row: tuple[Any, ...]) -> Turn:
    return Turn(
        turn_id=row[0],
        call_id=row[1],
        index=row[2],
        kind=word(TurnKind, row[3], TurnKind.UNKNOWN),
        speaker=word(Speaker, row[4], Speaker.UNKNOWN),
        name=row[5],
        text=row[6],
        started_at=instant(row[7]),
        ended_at=instant_or_none(row[8]),
        sentiment=row[9],
        language=row[10],
        low_confidence=tuple((first, last) for first, last in json_value(row[11])),
        tool=None if row[12] is None else _tool(json_value(row[12])),
        note=row[13],
        version=row[14],
    )


def _tool(value: dict[str, Any]) -> ToolUse:
    return ToolUse(
        name=value["name"],
        label=value["label"],
        inputs=value["inputs"] or {},
        outputs=value["outputs"] or {},
        status=value["status"],
    )
