"""What the owner's changes make of leads, tasks, employees, marks, corrections, flags and numbers.

Rows are dicts by column names, as in mutations.py.  What the server alone knows, such as who did it by name, is None
until its row arrives.
"""

import json
from collections.abc import Collection
from typing import Any

from client.models.operations import Op, Payload, Row


def made(op: Op, values: Row, at: int) -> Row:
    """The row that a creation or a `put` makes, without its id and what every new row has."""
    match op:
        case Op.LEAD_CREATE:
            return _new_lead(values, at)
        case Op.TASK_CREATE:
            return _new_task(values, at)
        case Op.CORRECTION_CREATE:
            return {
                **{"question": None, "customer_id": None, "last_day": None},
                **values,
                "replaces": _text(values.get("replaces") or []),
                **{"state": "waiting", "by": None, "extra": None},
            }
        case Op.MARK_SET:
            return {"until": None, **values, "by": None, "extra": None}
        case _:
            return {"reason": None, **values, "by": None, "extra": None}


def patched(op: Op, row: Row, payload: Payload, refused: Collection[str]) -> Row:
    """The row with the new values that were not refused, and with what follows from them."""
    changed = {name: new for name, (_, new) in payload["set"].items() if name not in refused}
    at = payload["client_ts"]
    match op:
        case Op.LEAD_PATCH:
            # Only what is lost has a reason for it.
            still = {} if changed.get("stage", row["stage"]) == "lost" else {"lost_reason": None}
            return {**row, **changed, **still, "updated_at": at}
        case Op.TASK_PATCH:
            return {**row, **changed, **_settled(row, changed, at), "updated_at": at}
        case Op.EMPLOYEE_PATCH:
            moved = {"state_since": at} if changed.get("state", row["state"]) != row["state"] else {}
            until = {"held_until": None} if changed.get("state") == "on" else {}
            return {**row, **changed, **moved, **until}
        case _:
            return {**row, **changed, "updated_at": at}


def flagged(row: Row, payload: Payload) -> Row:
    """The call with its flag set, under what it is called now, or taken away."""
    flags = [flag for flag in json.loads(row["flags"]) if flag["turn_id"] != payload["turn_id"]]
    if payload["op"] == Op.CALL_FLAG:
        flags.append({"turn_id": payload["turn_id"], "label": payload["label"]})
    return {**row, "flags": _text(flags)}


def _settled(row: Row, changed: Row, at: int) -> Row:
    """When it was done, and how; what is open or dropped was done by nobody."""
    if changed.get("state", row["state"]) == row["state"]:
        return {}
    if changed["state"] == "done":
        return {"done_at": at, "done_by": None, "outcome": changed.get("outcome") or "ok"}
    return {"done_at": None, "done_by": None, "outcome": None}


def _new_lead(values: Row, at: int) -> Row:
    absent = dict.fromkeys(
        (
            *("phone", "email", "call_id", "needs", "value_cents", "budget", "timeline", "next_followup_at"),
            *("assigned_to", "notes", "lost_reason", "extra"),
        )
    )
    # The server scores it.
    fixed: dict[str, Any] = {"stage": "new", "score": 0, "score_reasons": "[]", "interest": "cold", "tags": "[]"}
    services = {"interested_services": _text(values.get("interested_services") or [])}
    return {**absent, **fixed, **values, **services, "updated_at": at}


def _new_task(values: Row, at: int) -> Row:
    absent = dict.fromkeys(
        (
            *("details", "employee_id", "assigned_to", "customer_id", "call_id", "turn_id", "lead_id", "booking_id"),
            *("due_at", "outcome", "done_at", "done_by", "created_by", "extra"),
        )
    )
    return {**absent, **values, "state": "open", "updated_at": at}


def _text(value: object) -> str:
    """As the feed's rows are written down."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
