"""What a mutation does, whatever it is: checked, carried out, and how that went.  Never raises for what it says."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from backend_stub.push import blocks, bookings, calendars
from backend_stub.push.actor import Actor
from backend_stub.push.refusals import Outcome, Rejected
from backend_stub.push.shapes import (
    OPERATIONS,
    AnyOperation,
    BlockCreate,
    BlockRemove,
    BookingCreate,
    BookingPatch,
    BookingSet,
    CalendarAdd,
    CalendarRemove,
    operation,
)
from backend_stub.rows import BookingRow
from backend_stub.store import Transaction

READ_ONLY = BookingRow.model_fields.keys() - BookingSet.model_fields.keys()


def carry_out(tx: Transaction, actor: Actor, mutation: Mapping[str, Any]) -> Outcome:
    """The outcome of a mutation in `tx`; of one that is rejected nothing is written."""
    try:
        return _carry_out(tx, actor, checked(mutation, actor.mid))
    except Rejected as refused:
        return Outcome(status="rejected", version=tx.seq(actor.account), code=refused.code, detail=refused.detail)


def checked(mutation: Mapping[str, Any], mid: int) -> AnyOperation:
    """The mutation as one of those that are known.  Raises Rejected."""
    op, version = mutation.get("op"), mutation.get("v")
    if not isinstance(op, str) or op not in OPERATIONS or version != 1:
        raise Rejected("unknown_op", "This server does not know how to do that.")
    changed = mutation.get("set")
    if op == "booking.patch" and isinstance(changed, dict) and changed.keys() & READ_ONLY:
        raise Rejected("read_only", "Only the server changes this.")
    try:
        return operation.validate_python({**mutation, "mid": mid})
    except ValidationError as bad:
        raise Rejected("invalid", _in_words(bad)) from None


def _carry_out(tx: Transaction, actor: Actor, asked: AnyOperation) -> Outcome:
    match asked:
        case BookingCreate():
            return bookings.create(tx, actor, asked)
        case BookingPatch():
            return bookings.patch(tx, actor, asked)
        case BlockCreate():
            return blocks.create(tx, actor, asked)
        case BlockRemove():
            return blocks.remove(tx, actor, asked)
        case CalendarAdd():
            return calendars.add(tx, actor, asked)
        case CalendarRemove():
            return calendars.remove(tx, actor, asked)


def _in_words(bad: ValidationError) -> str:
    """Where the first mistake is and what it is; nothing of what was sent, which may be anything."""
    first = bad.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}"[:300]
