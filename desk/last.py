"""Which edit was the last one, and what all of them were: what `chatty undo` takes back, and what it lists."""

import sqlite3
from typing import Any

from client.editing import undoing_of
from client.models.ids import ChangeId
from client.models.mutations import Change, ChangeState, PastChange, Undoing, refused_fields
from client.storage import last_edits, outbox
from client.storage.last_edits import Gone
from desk.documents import json_of
from desk.sentences import sentence_of
from desk.showing import Answering
from desk.terminal import Refusal, table

Edit = Change | PastChange | Gone

_LOOKED_BACK = 200
_LISTED = 30

STATES = {
    ChangeState.QUEUED: "waiting",
    ChangeState.SENT: "being sent",
    ChangeState.ACKED: "sent, being confirmed",
    ChangeState.REFUSED: "refused",
    ChangeState.PARKED: "set aside",
}
_SETTLED, _GONE = "settled", "gone"
_STATE_WORDS = {**STATES, _SETTLED: "on the server", _GONE: "taken back"}


def newest(conn: sqlite3.Connection) -> Edit:
    """What the owner did last and has not taken back.  Raises Refusal without any."""
    found = next((edit for edit in _by_time(conn) if _can_be_next(conn, edit)), None)
    if found is None:
        raise Refusal("There is no change to undo.", code="not_found")
    return found


def known(conn: sqlite3.Connection, number: ChangeId) -> Edit:
    """The edit of that number.  Raises Refusal."""
    found = outbox.get(conn, number) or outbox.past(conn, number)
    found = found or next((gone for gone in last_edits.gone(conn) if gone.number == number), None)
    if found is None:
        raise Refusal(f"This device has no change {number}.", code="not_found")
    return found


def changes_of(gone: Gone) -> tuple[Change, ...]:
    """What comes back with it."""
    left = {change.change_id for change in gone.after}
    return tuple(change for change in gone.before if change.change_id not in left) or gone.before


def _by_time(conn: sqlite3.Connection) -> list[Edit]:
    """Newest first; with each change where it was edited last."""
    gone = [(edit.number, edit) for edit in last_edits.gone(conn) if edit.number is not None]
    dated: list[tuple[last_edits.Number, Edit]] = [((number, 0), edit) for number, edit in gone]
    for change in (*outbox.entries(conn), *outbox.history(conn, _LOOKED_BACK)):
        dated.append((last_edits.number_of(change), change))
    return [edit for _, edit in sorted(dated, key=lambda each: each[0], reverse=True)]


def _can_be_next(conn: sqlite3.Connection, edit: Edit) -> bool:
    """Not what was undone, what only undid another one, or what had no effect."""
    if isinstance(edit, Gone):
        return True
    return edit.undone_by is None and not _applied_nothing(edit) and not _only_undid(conn, edit)


def _applied_nothing(change: Change | PastChange) -> bool:
    """Whether the server took none of it, so that there is nothing to take back."""
    if isinstance(change, Change) and change.state is ChangeState.REFUSED:
        return True
    refused = refused_fields(change.result)
    return bool(refused) and (change.op.creates or refused.issuperset(change.payload.get("set") or ()))


def _only_undid(conn: sqlite3.Connection, change: Change | PastChange) -> bool:
    """Whether its last edit took another change back."""
    values = (change.change_id,)
    condition = "json_extract(undo, '$.undone_by') = ?"
    others = (*outbox.where(conn, condition, values), *outbox.past_where(conn, condition, values))
    at = last_edits.number_of(change)
    return any(tuple(other.undo.get("undone_at") or (change.change_id, 0)) == at for other in others)


# --- the list -------------------------------------------------------------------------------------------------------
def show_list(answering: Answering) -> None:
    answering.database.read(lambda conn: _show(conn, answering))


def _show(conn: sqlite3.Connection, answering: Answering) -> None:
    edits = _by_time(conn)
    first = next((edit for edit in edits if _can_be_next(conn, edit)), None)
    documents = [_document(conn, edit, answering) for edit in edits[:_LISTED]]
    rows = [
        (str(each["change_id"]), str(each["sentence"]), _STATE_WORDS.get(each["state"], ""), _standing(each))
        for each in documents
    ]
    lines = table(("No.", "Change", "State", ""), rows) if rows else ["This device has no changes."]
    document = {"changes": documents, "next": _number(first) if first else None}
    answering.terminal.answer(document | answering.beside(conn), lines)


def _number(edit: Edit) -> int | None:
    return edit.number if isinstance(edit, Gone) else edit.change_id


def _standing(document: dict[str, Any]) -> str:
    if document["state"] == _GONE:
        return "never sent; undo brings it back"
    if document["undone_by"]:
        return f"undone by {document['undone_by']}"
    if document["applied_nothing"]:
        return "had no effect"
    parts = ["cannot be undone"] if document["undo"] == Undoing.FINAL else []
    parts += [f"{document['edits']} edits"] if document["edits"] > 1 else []
    if document["told"]:
        parts.append("the client was told" if document["state"] == _SETTLED else "the client is told")
    return " · ".join(parts)


def _document(conn: sqlite3.Connection, edit: Edit, answering: Answering) -> dict[str, Any]:
    change = changes_of(edit)[0] if isinstance(edit, Gone) else edit
    state = _GONE if isinstance(edit, Gone) else edit.state if isinstance(edit, Change) else _SETTLED
    document = {
        "change_id": _number(edit),
        "op": change.op,
        "row_id": change.row_id,
        "booking_id": change.row_id if change.kind == "bookings" else None,
        "sentence": sentence_of(conn, change, answering.standing.zone, answering.now, telling=False),
        "state": state,
        "undo": Undoing.REVERSIBLE if isinstance(edit, Gone) else undoing_of(conn, edit.change_id),
        "undone_by": None if isinstance(edit, Gone) else edit.undone_by,
        "applied_nothing": not isinstance(edit, Gone) and _applied_nothing(edit),
        "edits": 1 + last_edits.folds_of(change),
        "told": change.tell is not None,
        "created_at": change.created_at,
        "settled_at": edit.settled_at if isinstance(edit, PastChange) else None,
    }
    return json_of(document, answering.standing.zone)
