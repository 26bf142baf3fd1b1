"""Taking a change back: without a trace while nobody has heard of it, by a change in the other direction afterwards.

What is taken back is checked like any edit: the time a booking left may be somebody else's by now.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from client.editing import leads, tasks, team
from client.editing.blocks import BlockDraft, create_block, remove_block
from client.editing.bookings import alter, check_room
from client.editing.calendars import remove_calendar
from client.editing.edited import Edited
from client.editing.recording import record_create, record_fields, record_put, record_remove, row_of
from client.editing.refusals import NotAllowed, Why
from client.models.ids import BlockId, CalendarId, CallId, ChangeId, CorrectionId, LeadId, TaskId, TurnId
from client.models.mutations import Change, ChangeState, Op, PastChange, Row, Tell, Undoing, refused_fields, undoing
from client.storage import effective, last_edits, outbox
from client.storage.columns import instant
from client.storage.last_edits import Gone
from client.storage.outbox import Recorded

_TRACELESS = (ChangeState.QUEUED, ChangeState.REFUSED, ChangeState.PARKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """`after`: the row as it is shown now.  `edited`: the change that takes back what had been sent, if it had."""

    kind: str
    row_id: str
    after: Row | None = field(hash=False)
    edited: Edited | None


def undoing_of(conn: sqlite3.Connection, change_id: ChangeId) -> Undoing:
    """How a change that waits or is history can be taken back now; FINAL when it is not there."""
    found = outbox.get(conn, change_id) or outbox.past(conn, change_id)
    if found is None or found.undone_by is not None:
        return Undoing.FINAL
    never_sent = isinstance(found, Change) and found.state in _TRACELESS
    return undoing(found.op, never_sent=never_sent, told=found.tell is not None)


def undo(
    conn: sqlite3.Connection,
    what: Edited | ChangeId,
    *,
    tell: Tell | None = None,
    allow: Collection[str] = (),
    now: datetime,
    new_id: Callable[[], str],
) -> Undone:
    """Take back an edit just made, or a change by its number.  Raises NotAllowed, and then nothing was done.

    `tell`: what the client is told if the change had been sent already; nobody is told of what never left this device.
    """
    if isinstance(what, Edited):
        if (undone := _restored(conn, what.kind, what.row_id, what.recorded, allow, now)) is not None:
            return undone
        if what.gone:
            raise NotAllowed(Why.CHANGED_SINCE)
        what = what.change_id
    found = outbox.get(conn, what) or outbox.past(conn, what)
    if found is None:
        raise NotAllowed(Why.NOT_THERE)
    if found.undone_by is not None:
        raise NotAllowed(Why.UNDONE_ALREADY)
    if isinstance(found, Change) and found.state in _TRACELESS:
        return _withdrawn(conn, found, allow, now)
    edited = _inverse(conn, found, tell, allow, now, new_id)
    outbox.mark_undone(conn, found.change_id, edited.change_id)
    return Undone(kind=edited.kind, row_id=edited.row_id, after=edited.after, edited=edited)


def undo_edit(conn: sqlite3.Connection, change: Change, *, allow: Collection[str] = (), now: datetime) -> Undone | None:
    """Take back the last edit in a change that nobody has heard of, and leave the others in it.

    None, and nothing done, where what it was before is not kept.  Raises NotAllowed like `undo`.
    """
    was = last_edits.before_fold(change)
    if was is None or not change.never_sent:
        return None
    there = tuple(each for each in outbox.of_row(conn, change.kind, change.row_id) if each.never_sent)
    before = tuple(was if each.change_id == change.change_id else each for each in there)
    recorded = Recorded(change_id=change.change_id, folded=True, gone=False, before=before, after=there)
    return _restored(conn, change.kind, change.row_id, recorded, allow, now)


def bring_back(conn: sqlite3.Connection, gone: Gone, *, allow: Collection[str] = (), now: datetime) -> Undone:
    """Make changes wait again that are no more, though nobody had heard of them.  Raises NotAllowed like `undo`."""
    recorded = Recorded(
        change_id=gone.before[0].change_id,
        folded=True,
        gone=True,
        before=gone.before,
        after=gone.after,
        reopened=gone.reopened,
    )
    undone = _restored(conn, gone.kind, gone.row_id, recorded, allow, now)
    if undone is None:
        raise NotAllowed(Why.CHANGED_SINCE)
    return undone


def _restored(
    conn: sqlite3.Connection, kind: str, row_id: str, recorded: Recorded, allow: Collection[str], now: datetime
) -> Undone | None:
    before = effective.effective_row(conn, kind, row_id)
    if not outbox.restore(conn, recorded):
        return None
    return _looked_at(conn, kind, row_id, before, allow, now)


def _withdrawn(conn: sqlite3.Connection, change: Change, allow: Collection[str], now: datetime) -> Undone:
    before = effective.effective_row(conn, change.kind, change.row_id)
    outbox.withdraw(conn, change.change_id, by_undo=True)
    return _looked_at(conn, change.kind, change.row_id, before, allow, now)


def _looked_at(
    conn: sqlite3.Connection, kind: str, row_id: str, before: Row | None, allow: Collection[str], now: datetime
) -> Undone:
    """The row as it is again.  Raises NotAllowed, which takes all of it back, when its time is no longer free."""
    after = effective.effective_row(conn, kind, row_id)
    if kind == "bookings" and after is not None:
        check_room(conn, before, after, allow, now)
    return Undone(kind=kind, row_id=row_id, after=after, edited=None)


def _inverse(
    conn: sqlite3.Connection,
    found: Change | PastChange,
    tell: Tell | None,
    allow: Collection[str],
    now: datetime,
    new_id: Callable[[], str],
) -> Edited:
    match found.op:
        case Op.BOOKING_CREATE:
            return alter(conn, found.row_id, {"status": "cancelled"}, tell=tell, allow=allow, now=now)
        case Op.BOOKING_PATCH:
            return alter(conn, found.row_id, _put_back(conn, found), tell=tell, allow=allow, now=now)
        case Op.BLOCK_CREATE:
            return remove_block(conn, BlockId(found.row_id), now=now)
        case Op.BLOCK_REMOVE:
            return create_block(conn, _block(found.undo["values"]), now=now, new_id=new_id)
        case Op.CALENDAR_ADD:
            return remove_calendar(conn, CalendarId(found.row_id), now=now)
        case Op.CALENDAR_REMOVE | Op.LEAD_REMOVE:
            raise NotAllowed(Why.FINAL)
        case _:
            return _of_the_work(conn, found, now, new_id)


def _of_the_work(
    conn: sqlite3.Connection, found: Change | PastChange, now: datetime, new_id: Callable[[], str]
) -> Edited:
    """Leads, tasks, the team, marks: by the change in the other direction."""
    match found.op:
        case Op.LEAD_PATCH | Op.TASK_PATCH | Op.EMPLOYEE_PATCH | Op.ASSUMPTIONS_SET:
            row = row_of(conn, found.kind, found.row_id)
            return record_fields(conn, found.op, row, _put_back(conn, found), now)
        case Op.LEAD_CREATE:
            return leads.remove_lead(conn, LeadId(found.row_id), now=now)
        case Op.TASK_CREATE:
            return tasks.drop_task(conn, TaskId(found.row_id), now=now)
        case Op.CORRECTION_CREATE:
            return team.withdraw_correction(conn, CorrectionId(found.row_id), now=now)
        case Op.CORRECTION_WITHDRAW:
            return record_create(conn, Op.CORRECTION_CREATE, new_id(), found.undo["values"], now)
        case Op.CALL_FLAG | Op.CALL_UNFLAG:
            return _flag_as_it_was(conn, found, now)
        case Op.MARK_SET | Op.NUMBER_BLOCK:
            return _said_before(conn, found, now)
        case Op.MARK_CLEAR:
            return record_put(conn, Op.MARK_SET, found.row_id, found.undo["values"], now)
        case _:
            return record_put(conn, Op.NUMBER_BLOCK, found.row_id, found.undo["values"], now)


def _flag_as_it_was(conn: sqlite3.Connection, found: Change | PastChange, now: datetime) -> Edited:
    call_id, turn_id, was = CallId(found.row_id), TurnId(found.undo["turn_id"]), found.undo["was"]
    if was is None:
        return team.take_flag_away(conn, call_id, turn_id, now=now)
    return team.flag_moment(conn, call_id, turn_id, was, now=now)


def _said_before(conn: sqlite3.Connection, found: Change | PastChange, now: datetime) -> Edited:
    """What was said before is said again; where nothing was, it is taken back."""
    row, was = row_of(conn, found.kind, found.row_id), found.undo["was"]
    if any(row[name] != value for name, value in found.payload["values"].items()):
        raise NotAllowed(Why.CHANGED_SINCE)
    if was is not None:
        return record_put(conn, found.op, found.row_id, was, now)
    removing = Op.MARK_CLEAR if found.op is Op.MARK_SET else Op.NUMBER_UNBLOCK
    return record_remove(conn, removing, row, {"values": found.payload["values"]}, now)


def _put_back(conn: sqlite3.Connection, found: Change | PastChange) -> Row:
    """The old values of what the change did.  Raises NotAllowed when somebody has changed them since."""
    row = effective.effective_row(conn, found.kind, found.row_id)
    if row is None:
        raise NotAllowed(Why.NOT_THERE)
    refused = refused_fields(found.result)
    done: Mapping[str, Any] = {name: pair for name, pair in found.undo["set"].items() if name not in refused}
    if any(row[name] != new for name, (new, _) in done.items()):
        raise NotAllowed(Why.CHANGED_SINCE)
    return {name: old for name, (_, old) in done.items()}


def _block(values: Mapping[str, Any]) -> BlockDraft:
    return BlockDraft(
        starts_at=instant(values["starts_at"]),
        ends_at=instant(values["ends_at"]),
        title=values["title"],
        staff_id=values["staff_id"],
        source=values["source"],
        uid=values["uid"],
    )
