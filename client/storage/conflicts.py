"""What the server could not apply of the owner's changes, until the owner has decided."""

import sqlite3
from collections.abc import Collection
from typing import Any

from client.models.ids import ChangeId, ConflictId
from client.models.mutations import Conflict, ConflictState
from client.storage.columns import instant, json_text, json_value

_COLUMNS = "conflict_id, change_id, kind, id, field, why, document, made_at, state, resolved_by"

_DIFFER = " OR ".join(
    f"json_extract(document, '$.{part}') IS NOT json_extract(excluded.document, '$.{part}')"
    for part in ("base", "mine", "server")
)


def open_conflicts(conn: sqlite3.Connection) -> list[Conflict]:
    """Those not resolved, oldest first; the answered ones among them wait for the server."""
    return [_conflict(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM conflicts WHERE state = 'open' ORDER BY 1")]


def get(conn: sqlite3.Connection, conflict_id: ConflictId) -> Conflict | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM conflicts WHERE conflict_id = ?", (conflict_id,)).fetchone()
    return _conflict(row) if row else None


def of_row(conn: sqlite3.Connection, kind: str, row_id: str) -> list[Conflict]:
    """The conflicts of one row that are not resolved, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM conflicts WHERE state = 'open' AND kind = ? AND id = ? ORDER BY 1"
    return [_conflict(row) for row in conn.execute(sql, (kind, row_id))]


def add(
    conn: sqlite3.Connection, change_id: ChangeId, kind: str, row_id: str, document: dict[str, Any], now_ms: int
) -> None:
    """Note a conflict as the server describes it (docs/api.md); once for each field of a change.

    What was decided about the same values stays decided; about others the owner has to be asked.
    """
    conn.execute(
        "INSERT INTO conflicts (change_id, kind, id, field, why, document, made_at, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'open') ON CONFLICT (change_id, field) DO UPDATE SET why = excluded.why, "
        "document = excluded.document, made_at = excluded.made_at, state = 'open', resolved_by = NULL, "
        f"resolved_at = NULL WHERE why <> excluded.why OR {_DIFFER}",
        (change_id, kind, row_id, document["field"], document["why"], json_text(document), now_ms),
    )


def keep_only(conn: sqlite3.Connection, change_id: ChangeId, fields: Collection[str]) -> None:
    """The server's newest answer to a change is in conflict in these fields; of an answer before it nothing is left."""
    marks = ", ".join("?" * len(fields))
    conn.execute(f"DELETE FROM conflicts WHERE change_id = ? AND field NOT IN ({marks})", (change_id, *fields))


def forget(conn: sqlite3.Connection, change_id: ChangeId) -> None:
    """The server has forgotten its answer and is asked again; only what the owner has decided is remembered."""
    conn.execute("DELETE FROM conflicts WHERE change_id = ? AND state = 'open' AND resolved_by IS NULL", (change_id,))


def close(conn: sqlite3.Connection, conflict_id: ConflictId, by: ChangeId | None, now_ms: int) -> None:
    """The owner has decided: resolved at once, or answered `by` a change and resolved when that is decided."""
    conn.execute(
        "UPDATE conflicts SET resolved_by = ?2, state = iif(?2 IS NULL, 'resolved', 'open'), "
        "resolved_at = iif(?2 IS NULL, ?3, NULL) WHERE conflict_id = ?1",
        (conflict_id, by, now_ms),
    )


def answered(conn: sqlite3.Connection, change_id: ChangeId, now_ms: int) -> None:
    """The server has decided the change that answers a conflict; what it refused is a conflict of its own."""
    conn.execute(
        "UPDATE conflicts SET state = 'resolved', resolved_at = ? WHERE resolved_by = ? AND state = 'open'",
        (now_ms, change_id),
    )


def reopen(conn: sqlite3.Connection, change_id: ChangeId) -> tuple[ConflictId, ...]:
    """The change that answers a conflict will not be decided: it was withdrawn or refused.

    A conflict out of an answer that was forgotten is not open for that: whether there is one will be seen.
    """
    rows = conn.execute(
        "UPDATE conflicts SET resolved_by = NULL WHERE resolved_by = ? AND state = 'open' RETURNING conflict_id",
        (change_id,),
    ).fetchall()
    conn.executemany(
        "DELETE FROM conflicts WHERE conflict_id = ? AND EXISTS (SELECT 1 FROM outbox WHERE state <> 'acked' "
        "AND outbox.change_id = conflicts.change_id)",
        rows,
    )
    return tuple(conflict_id for (conflict_id,) in rows)


def _conflict(row: tuple[Any, ...]) -> Conflict:
    state = ConflictState(row[8])
    return Conflict(
        conflict_id=row[0],
        change_id=row[1],
        kind=row[2],
        row_id=row[3],
        field=row[4],
        why=row[5],
        document=json_value(row[6]),
        made_at=instant(row[7]),
        state=ConflictState.ANSWERED if state is ConflictState.OPEN and row[9] is not None else state,
        resolved_by=row[9],
    )
