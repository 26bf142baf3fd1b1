"""Wrong answers put right, and numbers whose calls are not answered."""

import sqlite3
from typing import Any

from client.models.corrections import BlockedNumber, Correction, CorrectionScope, CorrectionState
from client.models.ids import CallId, CorrectionId, dialled
from client.storage.columns import instant, word

_COLUMNS = 'id, call_id, turn_id, question, wrong, "right", scope, state, "by", created_at, dirty'
_NUMBER = 'id, phone, reason, "by", created_at, dirty'


def all(conn: sqlite3.Connection) -> list[Correction]:
    """Every correction, newest first."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM corrections ORDER BY created_at DESC, id DESC")
    return [_correction(row) for row in rows]


def of_call(conn: sqlite3.Connection, call_id: CallId) -> list[Correction]:
    """Those of what was said in one call, oldest first."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM corrections WHERE call_id = ? ORDER BY created_at, id", (call_id,))
    return [_correction(row) for row in rows]


def get(conn: sqlite3.Connection, correction_id: CorrectionId) -> Correction | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM corrections WHERE id = ?", (correction_id,)).fetchone()
    return _correction(row) if row else None


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
        pending=bool(row[10]),
    )


def _number(row: tuple[Any, ...]) -> BlockedNumber:
    return BlockedNumber(
        number_id=row[0], phone=row[1], reason=row[2], by=row[3], created_at=instant(row[4]), pending=bool(row[5])
    )
