"""What a conflict is about: all that is known of it now, and what of it was mine."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from client.editing.refusals import NotAllowed, Why
from client.insight.diary import HOLDS_TIME
from client.models.bookings import Booking
from client.models.ids import BookingId, ConflictId
from client.models.mutations import GROUPS, Change, Conflict, ConflictState, Op, PastChange, Row, refused_fields
from client.models.operations import GROUPS_BY_OP
from client.storage import bookings, conflicts, effective, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conflict and all that is known about it now.  `mine`: the columns that were not applied, as I wanted them.

    `row`: the booking as it is shown now; None when it is not there, because it was deleted or never made.
    `other`: the booking in the way, if it can be moved.
    """

    conflict: Conflict
    change: Change | PastChange
    row: Row | None
    mine: Row
    other: Booking | None
    now: datetime

    @property
    def is_lead(self) -> bool:
        return self.conflict.kind == "leads"

    @property
    def makes(self) -> bool:
        return self.change.op is Op.BOOKING_CREATE and self.row is None


def case_of(conn: sqlite3.Connection, conflict_id: ConflictId, now: datetime) -> Case:
    conflict = conflicts.get(conn, conflict_id)
    if conflict is None:
        raise NotAllowed(Why.NOT_THERE)
    if conflict.state is not ConflictState.OPEN:
        raise NotAllowed(Why.DECIDED_ALREADY)
    change = outbox.get(conn, conflict.change_id) or outbox.past(conn, conflict.change_id)
    if change is None:
        raise NotAllowed(Why.NOT_THERE)
    row = effective.effective_row(conn, conflict.kind, conflict.row_id)
    mine = _whole(change) if row is None else _refused(conflict, change)
    return Case(conflict=conflict, change=change, row=row, mine=mine, other=_other(conn, conflict, now), now=now)


def _whole(change: Change | PastChange) -> Row:
    """The whole booking as the change would have made it."""
    return {**change.undo.get("was", {}), **_wanted(change)}


def _refused(conflict: Conflict, change: Change | PastChange) -> Row:
    """What of the change the conflict is about.  The server names it; what I wanted is taken from what I sent."""
    groups = GROUPS_BY_OP.get(change.op, GROUPS).values()
    names = refused_fields({"conflicts": [conflict.document]}).intersection(name for group in groups for name in group)
    return {name: value for name, value in _wanted(change).items() if name in names}


def _wanted(change: Change | PastChange) -> Row:
    if change.op.patches:
        return {name: new for name, (_, new) in change.payload["set"].items()}
    return {**change.payload.get("values", {})}


def _other(conn: sqlite3.Connection, conflict: Conflict, now: datetime) -> Booking | None:
    told: Mapping[str, Any] = conflict.document.get("with") or {}
    found = bookings.get(conn, BookingId(told["booking_id"])) if told.get("booking_id") else None
    return found if found and found.status in HOLDS_TIME and found.starts_at > now else None
