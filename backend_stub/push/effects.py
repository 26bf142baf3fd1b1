"""What a mutation does, whatever it is: checked, carried out, and how that went.  Never raises for what it says."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from backend_stub.push import blocks, bookings, calendars, leads, owner, tasks, team
from backend_stub.push.actor import Actor
from backend_stub.push.operations import OPERATIONS, AnyOperation, WorkOperation, operation
from backend_stub.push.refusals import Outcome, Rejected
from backend_stub.push.shapes import (
    BlockCreate,
    BlockRemove,
    BookingCreate,
    BookingPatch,
    BookingSet,
    CalendarAdd,
    CalendarRemove,
)
from backend_stub.push.shapes_of_work import (
    AssumptionsFields,
    AssumptionsSet,
    CallFlag,
    CallUnflag,
    CorrectionCreate,
    CorrectionWithdraw,
    EmployeePatch,
    EmployeeSet,
    LeadCreate,
    LeadPatch,
    LeadRemove,
    LeadSet,
    MarkClear,
    MarkSet,
    NumberBlock,
    NumberUnblock,
    TaskCreate,
    TaskPatch,
    TaskSet,
)
from backend_stub.rows import BookingRow, EmployeeRow, LeadRow
from backend_stub.rows_of_work import AssumptionsRow, TaskRow
from backend_stub.store import Transaction

READ_ONLY = {
    "booking.patch": BookingRow.model_fields.keys() - BookingSet.model_fields.keys(),
    "lead.patch": LeadRow.model_fields.keys() - LeadSet.model_fields.keys(),
    "task.patch": TaskRow.model_fields.keys() - TaskSet.model_fields.keys(),
    "employee.patch": EmployeeRow.model_fields.keys() - EmployeeSet.model_fields.keys(),
    "assumptions.set": AssumptionsRow.model_fields.keys() - AssumptionsFields.model_fields.keys(),
}
"""By operation: the fields of the row that only the server changes."""


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
    if isinstance(changed, dict) and op in READ_ONLY and changed.keys() & READ_ONLY[op]:
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
        case _:
            return _of_the_work(tx, actor, asked)


def _of_the_work(tx: Transaction, actor: Actor, asked: WorkOperation) -> Outcome:
    match asked:
        case LeadCreate():
            return leads.create(tx, actor, asked)
        case LeadPatch():
            return leads.patch(tx, actor, asked)
        case LeadRemove():
            return leads.remove(tx, actor, asked)
        case TaskCreate():
            return tasks.create(tx, actor, asked)
        case TaskPatch():
            return tasks.patch(tx, actor, asked)
        case EmployeePatch():
            return team.hold(tx, actor, asked)
        case CorrectionCreate():
            return team.correct(tx, actor, asked)
        case CorrectionWithdraw():
            return team.withdraw(tx, actor, asked)
        case CallFlag():
            return team.flag(tx, actor, asked)
        case CallUnflag():
            return team.unflag(tx, actor, asked)
        case NumberBlock():
            return team.block_number(tx, actor, asked)
        case NumberUnblock():
            return team.unblock_number(tx, actor, asked)
        case MarkSet():
            return owner.mark(tx, actor, asked)
        case MarkClear():
            return owner.clear(tx, actor, asked)
        case AssumptionsSet():
            return owner.assume(tx, actor, asked)


def _in_words(bad: ValidationError) -> str:
    """Where the first mistake is and what it is; nothing of what was sent, which may be anything."""
    first = bad.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}"[:300]
