"""Time nobody can be booked in, taken and given back by the owner, or brought from an .ics file."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from client.editing import texts
from client.editing.bookings import LATEST, check_staff
from client.editing.edited import Edited
from client.editing.recording import record_create, record_remove
from client.editing.refusals import NotAllowed, Why
from client.models.ids import BlockId, StaffId
from client.models.mutations import Op, Row
from client.storage import business, effective
from client.storage.columns import milliseconds

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=366)

_VALUES = ("staff_id", "starts_at", "ends_at", "title", "source", "uid")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDraft:
    """`staff_id` None: everybody.  `source`: manual or ics, then `uid` is the event's identity in its file."""

    starts_at: datetime
    ends_at: datetime
    title: str
    staff_id: StaffId | None = None
    source: str = "manual"
    uid: str | None = None


def create_block(conn: sqlite3.Connection, draft: BlockDraft, *, now: datetime, new_id: Callable[[], str]) -> Edited:
    """Block time.  Bookings that lie in it stay; it only keeps new ones out."""
    _check_times(conn, draft, now)
    check_staff(conn, draft.staff_id)
    values: Row = {
        "staff_id": draft.staff_id,
        "starts_at": milliseconds(draft.starts_at),
        "ends_at": milliseconds(draft.ends_at),
        "title": texts.line(draft.title, "title", texts.NAME, Why.NO_TITLE),
        "source": draft.source,
        "uid": texts.line_or_none(draft.uid, "uid", 1000),
    }
    return record_create(conn, Op.BLOCK_CREATE, new_id(), values, now)


def remove_block(conn: sqlite3.Connection, block_id: BlockId, *, now: datetime) -> Edited:
    """Give blocked time back.  What a calendar blocks is changed in the calendar."""
    row = effective.effective_row(conn, "blocks", block_id)
    if row is None:
        raise NotAllowed(Why.NOT_THERE)
    if row["source"] == "calendar":
        raise NotAllowed(Why.FROM_CALENDAR)
    return record_remove(conn, Op.BLOCK_REMOVE, row, {"values": {name: row[name] for name in _VALUES}}, now)


def _check_times(conn: sqlite3.Connection, draft: BlockDraft, now: datetime) -> None:
    ours = business.get(conn)
    if ours is None:
        raise NotAllowed(Why.NOT_READY)
    if draft.ends_at - draft.starts_at < SHORTEST:
        raise NotAllowed(Why.TOO_SHORT, field="ends_at")
    if draft.ends_at - draft.starts_at > LONGEST:
        raise NotAllowed(Why.TOO_LONG, field="ends_at")
    if draft.ends_at > LATEST:
        raise NotAllowed(Why.TOO_FAR, field="ends_at")
    today = datetime.combine(now.astimezone(ours.zone).date(), time(), tzinfo=ours.zone)
    if draft.ends_at <= today:
        raise NotAllowed(Why.PAST, field="ends_at")
