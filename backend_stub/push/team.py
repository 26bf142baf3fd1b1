"""What the owner does with the team: hold an employee, correct an answer, flag a moment, block a number."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from backend_stub.accounts import account_of
from backend_stub.push.actor import Actor
from backend_stub.push.later import changes, done, may_be_made, must_supervise, note, there
from backend_stub.push.refusals import Outcome, Rejected
from backend_stub.push.shapes_of_work import (
    CallFlag,
    CallUnflag,
    CorrectionCreate,
    CorrectionWithdraw,
    EmployeePatch,
    NewCorrection,
    NumberBlock,
    NumberUnblock,
)
from backend_stub.store import Document, Transaction

MOST_FLAGS = 50


def named_id(tx: Transaction, actor: Actor, *names: str) -> str:
    """The id of the one row an account can have under these names."""
    account_id = account_of(tx.connection, actor.account).account_id
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join((account_id, *names))))


def must_be_named(tx: Transaction, actor: Actor, row_id: str, *names: str) -> None:
    if row_id != named_id(tx, actor, *names):
        raise Rejected("invalid", "id: it is made of the account and of what this is about.")


# --- holding ------------------------------------------------------------------------------------------------------
def hold(tx: Transaction, actor: Actor, asked: EmployeePatch) -> Outcome:
    """An employee that is off has to be set up first.  What is held until some time goes on by itself then."""
    must_supervise(actor)
    row = there(tx, actor, "employees", asked.id)
    if row["state"] == "off":
        raise Rejected("invalid", f"{row['name']} has not been set up yet.")
    taken = changes(row, asked.set)
    if taken.get("state", row["state"]) == "on" and row["held_until"] is not None:
        taken["held_until"] = None
    if not taken:
        return done(tx, actor)
    after = row | taken
    if "state" in taken:
        after |= {"state_since": actor.now_ms, "doing": _doing(row, after["state"])}
        about = ("employees", row["id"], row["name"])
        states = {"before": row["state"], "after": after["state"]}
        note(tx, actor, "employee_state", about, **states, employee_id=row["id"])
    tx.put(actor.account, "employees", after)
    return done(tx, actor)


def _doing(row: Document, state: str) -> str:
    """Calls that are under way go on; who has them says so."""
    if row["doing"].startswith("On "):
        return row["doing"]
    calls = row["kind"] == "reception"
    if state == "held":
        return "Not answering calls" if calls else "Held"
    return "Waiting for the next call" if calls else "Back at work"


# --- correcting ---------------------------------------------------------------------------------------------------
def correct(tx: Transaction, actor: Actor, asked: CorrectionCreate) -> Outcome:
    """It is learned at once; who asked what is told by the correction itself."""
    must_supervise(actor)
    call = there(tx, actor, "calls", asked.values.call_id)
    if tx.get(actor.account, "corrections", asked.id) is None:
        _must_count(tx, actor, asked.values)
    if may_be_made(tx, actor, "corrections", asked.id):
        made = {"state": "learned", "by": actor.name, "created_at": actor.now_ms}
        tx.put(actor.account, "corrections", {"id": asked.id} | asked.values.model_dump(mode="json") | made)
        about = ("corrections", asked.id, call["caller_name"] or "")
        note(tx, actor, "correction_learned", about, employee_id=call["employee_id"])
    return done(tx, actor)


def _must_count(tx: Transaction, actor: Actor, values: NewCorrection) -> None:
    """Raises Rejected for whom or until when it could not."""
    if values.scope == "this_call" and (values.customer_id or values.last_day or values.replaces):
        raise Rejected("invalid", "A correction of the record alone has no client, no last day, and ends no other one.")
    if values.customer_id is not None and tx.get(actor.account, "customers", values.customer_id) is None:
        raise Rejected("gone", "The client it should count for is not among your clients any more.")
    today = datetime.fromtimestamp(actor.now_ms / 1000, ZoneInfo(actor.time_zone)).date()
    if values.last_day is not None and date.fromisoformat(values.last_day) < today:
        raise Rejected("past", f"The last day it should count, {values.last_day}, is over.")


def withdraw(tx: Transaction, actor: Actor, asked: CorrectionWithdraw) -> Outcome:
    must_supervise(actor)
    tx.remove(actor.account, "corrections", asked.id, now_ms=actor.now_ms)
    return done(tx, actor)


# --- flags --------------------------------------------------------------------------------------------------------
def flag(tx: Transaction, actor: Actor, asked: CallFlag) -> Outcome:
    """Flags are a set by turn: flagging again changes what it is called."""
    flags = [each for each in _flags(tx, actor, asked.id) if each["turn_id"] != asked.turn_id]
    if len(flags) >= MOST_FLAGS:
        raise Rejected("too_many", f"There are {MOST_FLAGS} flags on this call already.")
    return _flagged(tx, actor, asked.id, [*flags, {"turn_id": asked.turn_id, "label": asked.label}])


def unflag(tx: Transaction, actor: Actor, asked: CallUnflag) -> Outcome:
    flags = [each for each in _flags(tx, actor, asked.id) if each["turn_id"] != asked.turn_id]
    return _flagged(tx, actor, asked.id, flags)


def _flags(tx: Transaction, actor: Actor, call_id: str) -> list[Document]:
    must_supervise(actor)
    return there(tx, actor, "calls", call_id)["flags"]


def _flagged(tx: Transaction, actor: Actor, call_id: str, flags: list[Document]) -> Outcome:
    call = there(tx, actor, "calls", call_id)
    if call["flags"] != flags:
        tx.put(actor.account, "calls", call | {"flags": flags})
    return done(tx, actor)


# --- numbers ------------------------------------------------------------------------------------------------------
def block_number(tx: Transaction, actor: Actor, asked: NumberBlock) -> Outcome:
    must_supervise(actor)
    values = asked.values
    must_be_named(tx, actor, asked.id, values.phone)
    row = tx.get(actor.account, "blocked_numbers", asked.id)
    if row is None or row["reason"] != values.reason:
        made = {"by": actor.name, "created_at": actor.now_ms}
        tx.put(actor.account, "blocked_numbers", {"id": asked.id} | values.model_dump() | made)
    if row is None:
        note(tx, actor, "number_blocked", ("blocked_numbers", asked.id, values.phone), after=values.reason)
    return done(tx, actor)


def unblock_number(tx: Transaction, actor: Actor, asked: NumberUnblock) -> Outcome:
    must_supervise(actor)
    row = tx.get(actor.account, "blocked_numbers", asked.id)
    if row is not None:
        tx.remove(actor.account, "blocked_numbers", asked.id, now_ms=actor.now_ms)
        note(tx, actor, "number_unblocked", ("blocked_numbers", asked.id, row["phone"]))
    return done(tx, actor)
