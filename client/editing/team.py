"""What the owner does with the team: hold an employee, correct an answer, flag a moment, block a number."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from client.editing import texts
from client.editing.bookings import LATEST
from client.editing.edited import Edited
from client.editing.leads import due
from client.editing.marks import account_of
from client.editing.recording import (
    check_role,
    record_create,
    record_fields,
    record_flag,
    record_put,
    record_remove,
    row_of,
)
from client.editing.refusals import NotAllowed, Why
from client.models.business import EmployeeState
from client.models.corrections import CorrectionScope
from client.models.ids import CallId, CorrectionId, CustomerId, EmployeeId, TurnId, dialled, named_id
from client.models.mutations import Op, Row
from client.storage import business, customers

SHORTEST_NUMBER: Final = 3
LONGEST_NUMBER: Final = 20
"""Digits."""

MOST_REPLACED: Final = 20
_CORRECTION = ("call_id", "turn_id", "question", "wrong", "right", "scope", "customer_id", "last_day")


# --- holding ---------------------------------------------------------------------------------------------------------
def hold_employee(
    conn: sqlite3.Connection, employee_id: EmployeeId, until: datetime | None = None, *, now: datetime
) -> Edited:
    """It does nothing new until then, or until it is let go on: who calls meanwhile is not answered by it."""
    return _become(conn, employee_id, EmployeeState.HELD, due(until, "held_until"), now)


def let_go_on(conn: sqlite3.Connection, employee_id: EmployeeId, *, now: datetime) -> Edited:
    return _become(conn, employee_id, EmployeeState.ON, None, now)


def _become(
    conn: sqlite3.Connection, employee_id: EmployeeId, state: EmployeeState, held_until: int | None, now: datetime
) -> Edited:
    check_role(conn)
    row = row_of(conn, "employees", employee_id)
    if row["state"] == EmployeeState.OFF:
        raise NotAllowed(Why.NOT_SET_UP)
    columns = {"state": state.value, "held_until": held_until}
    return record_fields(conn, Op.EMPLOYEE_PATCH, row, columns, now)


# --- correcting ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDraft:
    """`wrong`: what the employee said in that turn; `question`: what the caller had asked, where somebody had.

    `customer_id`: the one client it counts for; `last_day`: the last day it counts on; `replaces`: those it ends.
    """

    call_id: CallId
    turn_id: TurnId
    wrong: str
    right: str
    question: str | None = None
    scope: CorrectionScope = CorrectionScope.SAME_QUESTION
    customer_id: CustomerId | None = None
    last_day: date | None = None
    replaces: tuple[CorrectionId, ...] = ()


def correct_answer(
    conn: sqlite3.Connection, draft: CorrectionDraft, *, now: datetime, new_id: Callable[[], str]
) -> Edited:
    """Learned as soon as the server has it."""
    return record_create(conn, Op.CORRECTION_CREATE, new_id(), correction_values(conn, draft, now), now)


def correction_values(conn: sqlite3.Connection, draft: CorrectionDraft, now: datetime) -> Row:
    """What a correction is made of.  Raises NotAllowed."""
    check_role(conn)
    row_of(conn, "calls", draft.call_id)
    counts = {} if draft.scope is CorrectionScope.THIS_CALL else _counts(conn, draft, now)
    return {
        "call_id": draft.call_id,
        "turn_id": draft.turn_id,
        "question": texts.lines_or_none(draft.question, "question", texts.NOTES),
        "wrong": _said(draft.wrong, "wrong"),
        "right": _said(draft.right, "right"),
        "scope": draft.scope.value,
        **counts,
    }


def _counts(conn: sqlite3.Connection, draft: CorrectionDraft, now: datetime) -> Row:
    """For whom, until when, and instead of what.  Raises NotAllowed."""
    if draft.customer_id is not None and customers.get(conn, draft.customer_id) is None:
        raise NotAllowed(Why.CUSTOMER_UNKNOWN, field="customer_id")
    for each in draft.replaces[:MOST_REPLACED]:
        row_of(conn, "corrections", each)
    return {
        "customer_id": draft.customer_id,
        "last_day": _last_day(conn, draft.last_day, now),
        "replaces": list(draft.replaces[:MOST_REPLACED]),
    }


def _last_day(conn: sqlite3.Connection, day: date | None, now: datetime) -> str | None:
    ours = business.get(conn)
    if day is None:
        return None
    if ours is None:
        raise NotAllowed(Why.NOT_READY, field="last_day")
    if day < now.astimezone(ours.zone).date():
        raise NotAllowed(Why.DAY_OVER, field="last_day")
    if day >= LATEST.date():
        raise NotAllowed(Why.TOO_FAR, field="last_day")
    return day.isoformat()


def withdraw_correction(conn: sqlite3.Connection, correction_id: CorrectionId, *, now: datetime) -> Edited:
    check_role(conn)
    row = row_of(conn, "corrections", correction_id)
    values = {name: row[name] for name in _CORRECTION} | {"replaces": json.loads(row["replaces"])}
    return record_remove(conn, Op.CORRECTION_WITHDRAW, row, {"values": values}, now)


def _said(text: str, field: str) -> str:
    found = texts.lines_or_none(text, field, texts.NOTES)
    if found is None:
        raise NotAllowed(Why.NO_ANSWER, field=field)
    return found


# --- flags -----------------------------------------------------------------------------------------------------------
def flag_moment(
    conn: sqlite3.Connection, call_id: CallId, turn_id: TurnId, label: str = "", *, now: datetime
) -> Edited:
    """Mark a turn of a call, to be found again; a second flag on it only changes what it is called."""
    check_role(conn)
    row = row_of(conn, "calls", call_id)
    called, was = texts.line_or_none(label, "label", texts.NAME) or "", _flag_on(row, turn_id)
    if was == called:
        raise NotAllowed(Why.NOTHING)
    undo = {"turn_id": turn_id, "was": was}
    return record_flag(conn, Op.CALL_FLAG, row, undo, now, turn_id=turn_id, label=called)


def take_flag_away(conn: sqlite3.Connection, call_id: CallId, turn_id: TurnId, *, now: datetime) -> Edited:
    check_role(conn)
    row = row_of(conn, "calls", call_id)
    was = _flag_on(row, turn_id)
    if was is None:
        raise NotAllowed(Why.NOTHING)
    return record_flag(conn, Op.CALL_UNFLAG, row, {"turn_id": turn_id, "was": was}, now, turn_id=turn_id)


def _flag_on(row: Row, turn_id: TurnId) -> str | None:
    flags: list[dict[str, Any]] = json.loads(row["flags"])
    return next((flag["label"] for flag in flags if flag["turn_id"] == turn_id), None)


# --- numbers ---------------------------------------------------------------------------------------------------------
def block_number(conn: sqlite3.Connection, phone: str, reason: str | None = None, *, now: datetime) -> Edited:
    """Calls from it are not answered."""
    values = number_values(conn, phone, reason)
    return record_put(conn, Op.NUMBER_BLOCK, named_id(account_of(conn), values["phone"]), values, now)


def number_values(conn: sqlite3.Connection, phone: str, reason: str | None) -> Row:
    """What is said of a blocked number.  Raises NotAllowed."""
    check_role(conn)
    number = dialled(phone)
    if not SHORTEST_NUMBER <= len(number.lstrip("+")) <= LONGEST_NUMBER:
        raise NotAllowed(Why.NO_NUMBER, field="phone")
    return {"phone": number, "reason": texts.lines_or_none(reason, "reason", texts.REASON)}


def unblock_number(conn: sqlite3.Connection, phone: str, *, now: datetime) -> Edited:
    check_role(conn)
    row = row_of(conn, "blocked_numbers", named_id(account_of(conn), dialled(phone)))
    undo = {"values": {name: row[name] for name in ("phone", "reason")}}
    return record_remove(conn, Op.NUMBER_UNBLOCK, row, undo, now)
