"""What operations have in common where the later change wins: who may, what is there, what happened."""

from typing import Any

from pydantic import BaseModel

from backend_stub.business.documents import new_event
from backend_stub.clock import uuid7
from backend_stub.push.actor import Actor
from backend_stub.push.refusals import Outcome, Rejected
from backend_stub.store import Document, Transaction


def there(tx: Transaction, actor: Actor, kind: str, row_id: str) -> Document:
    """The row, without its version.  Raises Rejected where there is none, or none any more."""
    row = tx.get(actor.account, kind, row_id)
    if row is None:
        raise Rejected("gone", "That is not there any more.")
    del row["version"]
    return row


def may_be_made(tx: Transaction, actor: Actor, kind: str, row_id: str) -> bool:
    """False for an id that is there already: it was sent again by a device that lost its number.

    Raises Rejected for one that was there once.
    """
    if tx.get(actor.account, kind, row_id) is not None:
        return False
    known = tx.connection.execute(
        "SELECT 1 FROM entity WHERE account = ? AND kind = ? AND id = ?", (actor.account, kind, row_id)
    ).fetchone()
    if known is not None:
        raise Rejected("gone", "That is not there any more.")
    return True


def changes(row: Document, asked: BaseModel) -> dict[str, Any]:
    """The fields that become another value.  Raises Rejected for a patch of nothing."""
    if not asked.model_fields_set:
        raise Rejected("invalid", "set: nothing is changed.")
    wanted = {name: getattr(asked, name)[1] for name in type(asked).model_fields if name in asked.model_fields_set}
    return {name: new for name, new in wanted.items() if row[name] != new}


def done(tx: Transaction, actor: Actor) -> Outcome:
    return Outcome(status="ok", version=tx.seq(actor.account))


def last_done(tx: Transaction, actor: Actor, verb: str, subject_id: str) -> Document | None:
    """Who did that last to it and when, as a conflict names them; None where nobody is known to have."""
    found = tx.connection.execute(
        "SELECT json_extract(doc, '$.actor'), json_extract(doc, '$.at') FROM entity "
        "WHERE account = ? AND kind = 'events' AND json_extract(doc, '$.verb') = ? "
        "AND json_extract(doc, '$.subject_id') = ? ORDER BY at DESC, id DESC LIMIT 1",
        (actor.account, verb, subject_id),
    ).fetchone()
    return None if found is None else {"name": found[0], "at": found[1], "call_id": None}


def must_supervise(actor: Actor) -> None:
    if actor.role == "front_desk":
        raise Rejected("forbidden", "Your role does not allow this.")


def note(
    tx: Transaction,
    actor: Actor,
    verb: str,
    subject: tuple[str, str, str],
    *,
    before: object = None,
    after: object = None,
    employee_id: str | None = None,
) -> None:
    """Write down what a person did; `subject` is kind, id and name of what it was done to."""
    event = new_event(
        event_id=uuid7(actor.now_ms),
        at=actor.now_ms,
        actor=actor.name,
        actor_kind="person",
        verb=verb,
        subject=subject,
        employee_id=employee_id,
        before=None if before is None else str(before),
        after=None if after is None else str(after),
    )
    tx.put(actor.account, "events", event)
