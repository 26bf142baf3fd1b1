"""The changes that are not settled as a file: to read, to keep, or to hand on before this device forgets them."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from client.models.mutations import Change, Conflict
from client.storage import conflicts, meta, outbox


def changes_file(conn: sqlite3.Connection, now: datetime) -> bytes:
    """UTF-8 JSON, for people as much as for programs: one object with `changes`, oldest first, and `conflicts`.

    A change is its mutation as it goes over the wire, with what became of it.
    """
    identity = meta.identity(conn)
    document = {
        "made_at": _text(now),
        "business": identity.business_name if identity else None,
        "user": identity.email if identity else None,
        "changes": [_change(change) for change in outbox.entries(conn)],
        "conflicts": [_conflict(conflict) for conflict in conflicts.open_conflicts(conn)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _change(change: Change) -> dict[str, Any]:
    return {
        "change_id": change.change_id,
        "state": change.state.value,
        "made_at": _text(change.created_at),
        "sent_at": _text(change.sent_at),
        "result": change.result,
        "mutation": change.payload,
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "conflict_id": conflict.conflict_id,
        "change_id": conflict.change_id,
        "made_at": _text(conflict.made_at),
        **conflict.document,
    }


def _text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
