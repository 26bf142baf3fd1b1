"""Which edit was the last, and what it did: so that it alone can be taken back, also by another start.

An edit has the number of the change it made.  One that became part of a change which waited is kept in that change's
`undo`: `edit` says when it was made, `folds` what the change was before.  One that left nothing of the changes it met,
and a change that was taken back, is kept in `meta`.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from client.models.folding import inverse
from client.models.ids import ChangeId, ConflictId
from client.models.mutations import Change, ChangeState, Op, PastChange
from client.storage import meta
from client.storage.columns import instant, instant_or_none, json_text, json_value, milliseconds

FOLDS_KEPT: Final = 8
GONE_KEPT: Final = 20
_GONE: Final = "gone_edits"

Number = tuple[int, int]
"""Orders edits: the newest change when it was made, and the how-manieth after it that became part of that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Never-sent changes of a row that are no more.  `number`: of the edit that did it, None when it was an undo.

    `before`, `after`: those of the row, as they were and as that left them.
    """

    number: int | None
    kind: str
    row_id: str
    before: tuple[Change, ...]
    after: tuple[Change, ...]
    reopened: tuple[tuple[ConflictId, ChangeId], ...] = field(default=())


def number_of(change: Change | PastChange) -> Number:
    """When it was last edited."""
    at, nth = change.undo.get("edit") or (change.change_id, 0)
    return at, nth


def folds_of(change: Change | PastChange) -> int:
    """How many edits became part of it; of many, as many as are kept."""
    return len(change.undo.get("folds") or ())


def after_fold(conn: sqlite3.Connection, change: Change) -> dict[str, Any]:
    """What the `undo` of a change says in addition when the next edit becomes part of it."""
    at, nth = number_of(change)
    was = {"edit": [at, nth], "payload": change.payload}
    folds = [*(change.undo.get("folds") or ()), was]
    if len(folds) > FOLDS_KEPT:
        folds = [None, *folds[1 - FOLDS_KEPT :]]
    edit = [at, nth + 1] if at == _newest(conn) else [_next(conn), 0]
    return {"edit": edit, "folds": folds}


def not_kept(undo: Mapping[str, Any]) -> dict[str, Any]:
    """Of a change that starts from something else now: that there were other edits is known, not what they did."""
    return {**undo, "folds": [None]} if undo.get("folds") else {**undo}


def before_fold(change: Change) -> Change | None:
    """The change without its last edit; None when that is not kept, or it is the only one."""
    *earlier, was = change.undo.get("folds") or (None,)
    if was is None:
        return None
    undo = {name: value for name, value in change.undo.items() if name not in ("edit", "folds")}
    if "set" in was["payload"]:
        undo["set"] = inverse(was["payload"])
    if was["edit"] != [change.change_id, 0]:
        undo["edit"] = was["edit"]
    if earlier:
        undo["folds"] = earlier
    return replace(change, payload=was["payload"], undo=undo)


# --- what is no more -------------------------------------------------------------------------------------------------
def note_gone(
    conn: sqlite3.Connection,
    before: Sequence[Change],
    after: Sequence[Change],
    reopened: Sequence[tuple[ConflictId, ChangeId]] = (),
    *,
    by_undo: bool = False,
) -> None:
    """Keep what was taken away of a row's never-sent changes."""
    kept = {
        "number": None if by_undo else _next(conn),
        "before": [_noted(change) for change in before],
        "after": [_noted(change) for change in after],
        "reopened": list(reopened),
    }
    _put(conn, [kept, *_read(conn)][:GONE_KEPT])


def gone(conn: sqlite3.Connection) -> list[Gone]:
    """What is kept, newest first."""
    return [_gone(kept) for kept in _read(conn)]


def forget_gone(conn: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """These changes are back."""
    back = {change.change_id for change in changes}
    there = _read(conn)
    kept = [each for each in there if back.isdisjoint(_numbers(each["before"]) - _numbers(each["after"]))]
    if kept != there:
        _put(conn, kept)


def _numbers(noted: Sequence[dict[str, Any]]) -> set[int]:
    return {each["change_id"] for each in noted}


def _read(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    text = meta.get(conn, _GONE)
    return [] if text is None else json_value(text)


def _put(conn: sqlite3.Connection, kept: list[dict[str, Any]]) -> None:
    meta.put(conn, _GONE, json_text(kept))


def _noted(change: Change) -> dict[str, Any]:
    return {
        **{"change_id": change.change_id, "op": change.op, "v": change.v, "kind": change.kind, "id": change.row_id},
        **{"payload": change.payload, "undo": change.undo, "attempts": change.attempts},
        "next_try": None if change.next_try is None else milliseconds(change.next_try),
        "created_at": milliseconds(change.created_at),
    }


def _gone(kept: Mapping[str, Any]) -> Gone:
    before, after = (tuple(_change(each) for each in kept[name]) for name in ("before", "after"))
    return Gone(
        number=kept["number"],
        kind=before[0].kind,
        row_id=before[0].row_id,
        before=before,
        after=after,
        reopened=tuple((conflict_id, change_id) for conflict_id, change_id in kept["reopened"]),
    )


def _change(noted: Mapping[str, Any]) -> Change:
    return Change(
        change_id=ChangeId(noted["change_id"]),
        client_id=None,
        mid=None,
        op=Op(noted["op"]),
        v=noted["v"],
        kind=noted["kind"],
        row_id=noted["id"],
        payload=noted["payload"],
        undo=noted["undo"],
        state=ChangeState.QUEUED,
        version=None,
        result=None,
        attempts=noted["attempts"],
        next_try=instant_or_none(noted["next_try"]),
        created_at=instant(noted["created_at"]),
        sent_at=None,
    )


# --- numbers ---------------------------------------------------------------------------------------------------------
def _newest(conn: sqlite3.Connection) -> int:
    row = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return row[0] if row else 0


def _next(conn: sqlite3.Connection) -> int:
    """A number of the same count for an edit that makes no change of its own."""
    number = _newest(conn) + 1
    conn.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'", (number,))
    return number
