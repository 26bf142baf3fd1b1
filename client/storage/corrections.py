"""Wrong answers put right, and numbers whose calls are not answered."""

import sqlite3
from typing import Any

from client.models.corrections import BlockedNumber, Correction, CorrectionScope, CorrectionState, Sourced
from client.models.ids import CallId, CorrectionId, dialled
from client.storage.columns import day_or_none, instant, instant_or_none, json_value, word

_OWN = (
    *("id", "call_id", "turn_id", "question", "wrong", '"right"', "scope", "state", '"by"', "created_at"),
    *("customer_id", "last_day", "replaces", "dirty"),
)
_COLUMNS = ", ".join(f"c.{name}" for name in _OWN) + (
    ", EXISTS (SELECT 1 FROM corrections n, json_each(n.replaces) ended WHERE ended.value = c.id)"
)
_NUMBER = 'id, phone, reason, "by", created_at, dirty'


def all(conn: sqlite3.Connection) -> list[Correction]:
    """Every correction, newest first."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM corrections c ORDER BY c.created_at DESC, c.id DESC")
    return [_correction(row) for row in rows]


def of_call(conn: sqlite3.Connection, call_id: CallId) -> list[Correction]:
    """Those of what was said in one call, oldest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM corrections c WHERE c.call_id = ? ORDER BY c.created_at, c.id", (call_id,)
    )
    return [_correction(row) for row in rows]


def get(conn: sqlite3.Connection, correction_id: CorrectionId) -> Correction | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM corrections c WHERE c.id = ?", (correction_id,)).fetchone()
    return _correction(row) if row else None


def sourced(conn: sqlite3.Connection) -> list[Sourced]:
    """Every correction with where it comes from, newest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS}, calls.caller_name, calls.started_at, calls.employee_name, customers.name "
        "FROM corrections c LEFT JOIN calls ON calls.id = c.call_id "
        "LEFT JOIN customers ON customers.id = c.customer_id "
        "ORDER BY c.created_at DESC, c.id DESC"
    )
    return [
        Sourced(
            correction=_correction(row),
            caller=row[-4],
            called_at=instant_or_none(row[-3]),
            employee=row[-2],
            client=row[-1],
        )
        for row in rows
    ]


def blocked_numbers(conn: sqlite3.Connection) -> list[BlockedNumber]:
    """Newest first."""
    return [_number(row) for row in conn.execute(f"SELECT {_NUMBER} FROM blocked_numbers ORDER BY created_at DESC, id")]


def blocked_number(conn: sqlite3.Connection, phone: str) -> BlockedNumber | None:
    """The block of a number, however it is written."""
    row = conn.execute(f"SELECT {_NUMBER} FROM blocked_numbers WHERE phone = ?", (dialled(phone),)).fetchone()
    return _number(row) if row else None


def _correction(row: tuple[Any, ...]) -> Correction:
    return Correction(
        correction_id=row[0],
        call_id=row[1],
        turn_id=row[2],
        question=row[3],
        wrong=row[4],
        right=row[5],
        scope=word(CorrectionScope, row[6], CorrectionScope.UNKNOWN),
        state=word(CorrectionState, row[7], CorrectionState.UNKNOWN),
        by=row[8],
        created_at=instant(row[9]),
        customer_id=row[10],
        last_day=day_or_none(row[11]),
        replaces=tuple(json_value(row[12])),
        pending=bool(row[13]),
        replaced=bool(row[14]),
    )


def _number(row: tuple[Any, ...]) -> BlockedNumber:
    return BlockedNumber(
        number_id=row[0], phone=row[1], reason=row[2], by=row[3], created_at=instant(row[4]), pending=bool(row[5])
    )
