"""Leads entered, moved through their stages, noted on and handed over by the owner.

The later change wins, but for a stage that ends the lead for one and not for another.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from client.editing import texts
from client.editing.bookings import LATEST, UNSET, Unset
from client.editing.edited import Edited
from client.editing.recording import check_role, record_create, record_fields, record_remove, row_of
from client.editing.refusals import NotAllowed, Why
from client.models.ids import CallId, LeadId
from client.models.leads import LeadStage
from client.models.mutations import Op, Row
from client.storage.columns import milliseconds

MOST_CENTS: Final = 10**11
MOST_SERVICES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDraft:
    """`call_id`: the call it came of; without one it was entered by hand."""

    name: str
    phone: str | None = None
    email: str | None = None
    call_id: CallId | None = None
    needs: str | None = None
    interested_services: tuple[str, ...] = ()
    value_cents: int | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadChange:
    """What to change.  A lead that leaves `lost` forgets its reason."""

    stage: LeadStage | Unset = UNSET
    lost_reason: str | Unset | None = UNSET
    notes: str | Unset | None = UNSET
    next_followup_at: datetime | Unset | None = UNSET
    assigned_to: str | Unset | None = UNSET
    value_cents: int | Unset | None = UNSET


def create_lead(conn: sqlite3.Connection, draft: LeadDraft, *, now: datetime, new_id: Callable[[], str]) -> Edited:
    """Its score is the server's to say."""
    return record_create(conn, Op.LEAD_CREATE, new_id(), lead_values(conn, draft), now)


def lead_values(conn: sqlite3.Connection, draft: LeadDraft) -> Row:
    """What a lead is made of.  Raises NotAllowed."""
    services = [texts.line(each, "interested_services", texts.NAME, Why.NO_NAME) for each in draft.interested_services]
    return {
        "name": texts.line(draft.name, "name", texts.NAME, Why.NO_NAME),
        "phone": texts.line_or_none(draft.phone, "phone", texts.PHONE),
        "email": texts.line_or_none(draft.email, "email", texts.EMAIL),
        "source": "call" if draft.call_id else "manual",
        "call_id": draft.call_id,
        "needs": texts.lines_or_none(draft.needs, "needs", texts.REASON),
        "interested_services": services[:MOST_SERVICES],
        "value_cents": _worth(conn, draft.value_cents) if draft.value_cents is not None else None,
        "notes": texts.lines_or_none(draft.notes, "notes", texts.NOTES),
    }


def change_lead(conn: sqlite3.Connection, lead_id: LeadId, change: LeadChange, *, now: datetime) -> Edited:
    """Raises NotAllowed with NOTHING when it is that way already."""
    return alter_lead(conn, lead_id, _columns(conn, change), now)


def alter_lead(conn: sqlite3.Connection, lead_id: str, columns: Row, now: datetime) -> Edited:
    """`change_lead` by columns."""
    row = row_of(conn, "leads", lead_id)
    is_lost = columns.get("stage", row["stage"]) == LeadStage.LOST
    return record_fields(conn, Op.LEAD_PATCH, row, {**columns, **({} if is_lost else {"lost_reason": None})}, now)


def remove_lead(conn: sqlite3.Connection, lead_id: LeadId, *, now: datetime) -> Edited:
    """For one that was entered by mistake.  Once the server has heard of it there is no way back."""
    return record_remove(conn, Op.LEAD_REMOVE, row_of(conn, "leads", lead_id), {}, now)


def due(at: datetime | None, field: str) -> int | None:
    """When something is to be done, as the database holds it.  It may be over: then it is overdue."""
    if at is not None and at > LATEST:
        raise NotAllowed(Why.TOO_FAR, field=field)
    return None if at is None else milliseconds(at)


def _columns(conn: sqlite3.Connection, change: LeadChange) -> Row:
    columns: dict[str, Any] = {}
    if change.stage is not UNSET:
        columns["stage"] = change.stage.value
    if change.lost_reason is not UNSET:
        columns["lost_reason"] = texts.lines_or_none(change.lost_reason, "lost_reason", texts.REASON)
    if change.notes is not UNSET:
        columns["notes"] = texts.lines_or_none(change.notes, "notes", texts.NOTES)
    if change.next_followup_at is not UNSET:
        columns["next_followup_at"] = due(change.next_followup_at, "next_followup_at")
    if change.assigned_to is not UNSET:
        columns["assigned_to"] = texts.line_or_none(change.assigned_to, "assigned_to", texts.NAME)
    if change.value_cents is not UNSET:
        columns["value_cents"] = _worth(conn, change.value_cents)
    return columns


def _worth(conn: sqlite3.Connection, cents: int | None) -> int | None:
    """What it is worth is for those who may see money."""
    check_role(conn)
    return amount(cents, "value_cents")


def amount(cents: int | None, field: str) -> int | None:
    """Raises NotAllowed for what is no sum of money."""
    if cents is not None and not 0 <= cents <= MOST_CENTS:
        raise NotAllowed(Why.BAD_AMOUNT, field=field)
    return cents
