"""What waits or was refused is made to say something else, by the form in which it was made.

`waiting` gives a change as a draft of that form, `reword` takes the draft back: the change keeps its place, and one
that was refused is made anew.  What was sent while the owner was typing is changed by a change of its own.
"""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from client.editing.bookings import BookingDraft, column_of, made_of
from client.editing.calendars import calendar_values
from client.editing.edited import Edited
from client.editing.leads import LeadDraft, due, lead_values
from client.editing.marks import mark
from client.editing.recording import record_again, record_fields_again
from client.editing.refusals import NotAllowed, Why
from client.editing.tasks import TaskChange, TaskDraft, change_task, columns_of, task_values
from client.editing.team import CorrectionDraft, block_number, correct_answer, correction_values, number_values
from client.models.corrections import CorrectionScope
from client.models.ids import ChangeId, CorrectionId, StaffId, TaskId
from client.models.marks import About, MarkWord
from client.models.mutations import Change, ChangeState, Op, Row, Tell
from client.models.tasks import TaskKind
from client.storage import effective, outbox, rewording
from client.storage.columns import day_or_none, instant, instant_or_none, word


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDraft:
    name: str
    url: str = field(repr=False)
    staff_id: StaffId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedDraft:
    """A number whose calls are not answered."""

    phone: str = field(repr=False)
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterDraft:
    """A thing that is not shown until then."""

    about: About
    subject: str
    until: datetime


_OF_A_TASK = ("title", "details", "due_at", "assigned_to")

Draft = TaskDraft | LeadDraft | CorrectionDraft | CalendarDraft | BlockedDraft | LaterDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A change as its form takes it.  `made_at`: when it was made; `row_id`: what it makes or changes."""

    change_id: ChangeId
    op: Op
    row_id: str
    made_at: datetime
    draft: Draft


def waiting(conn: sqlite3.Connection, change_id: ChangeId) -> Waiting | None:
    """None where it is settled, or has no such form; a lead has one only where it was refused, else its own page."""
    change = outbox.get(conn, change_id)
    draft = None if change is None else _draft(conn, change)
    if change is None or draft is None:
        return None
    return Waiting(change_id=change_id, op=change.op, row_id=change.row_id, made_at=change.created_at, draft=draft)


def reword(
    conn: sqlite3.Connection, what: Waiting, draft: Draft, *, now: datetime, new_id: Callable[[], str]
) -> Edited:
    """Raises NotAllowed, and then it says what it said."""
    change = outbox.get(conn, what.change_id)
    if what.op is Op.TASK_PATCH and isinstance(draft, TaskDraft):
        if change is None or change.state is ChangeState.QUEUED or not rewording.is_open(change):
            return _changed_task(conn, what, draft, now)
        changed = columns_of(_task_change(what, draft, change.payload["set"]))
        return record_fields_again(conn, change, changed, now)
    if change is not None and rewording.is_open(change):
        return record_again(conn, change, _values(conn, change, draft, now), now)
    return _after_all(conn, what, draft, now, new_id)


def book_again(
    conn: sqlite3.Connection,
    change_id: ChangeId,
    draft: BookingDraft,
    *,
    tell: Tell | None = None,
    allow: Collection[str] = (),
    now: datetime,
) -> Edited:
    """A booking that was refused before it was ever there, made anew in its place."""
    change = outbox.get(conn, change_id)
    if change is None or change.op is not Op.BOOKING_CREATE:
        raise NotAllowed(Why.NOT_THERE)
    kept = {name: change.payload["values"].get(name) for name in ("series_id", "series_label")}
    values = {each.name: column_of(getattr(draft, each.name)) for each in fields(draft)}
    known, more = made_of(conn, {**values, **kept}, tell, allow, now)
    return record_again(conn, change, known, now, **more)


# --- from a change to its form ---------------------------------------------------------------------------------------
def _draft(conn: sqlite3.Connection, change: Change) -> Draft | None:
    values: Row = rewording.whole(conn, change).get("values") or {}
    match change.op:
        case Op.TASK_CREATE:
            return _task(values)
        case Op.TASK_PATCH:
            row = effective.effective_row(conn, "tasks", change.row_id)
            pairs: Row = change.payload["set"] if change.state is ChangeState.REFUSED else {}
            return _task({**row, **{name: new for name, (_, new) in pairs.items()}}) if row else None
        case Op.LEAD_CREATE if change.state is ChangeState.REFUSED:
            return _lead(values)
        case Op.CORRECTION_CREATE:
            return _correction(values)
        case Op.CALENDAR_ADD:
            return CalendarDraft(name=values["name"], url=values["url"], staff_id=values.get("staff_id"))
        case Op.NUMBER_BLOCK:
            return BlockedDraft(phone=values["phone"], reason=values.get("reason"))
        case Op.MARK_SET if values["word"] == MarkWord.LATER and values.get("until") is not None:
            about = word(About, values["about"], About.UNKNOWN)
            return LaterDraft(about=about, subject=values["subject"], until=instant(values["until"]))
        case _:
            return None


def _task(row: Row) -> TaskDraft:
    about = ("customer_id", "call_id", "turn_id", "lead_id", "booking_id")
    return TaskDraft(
        kind=word(TaskKind, row["kind"], TaskKind.UNKNOWN),
        title=row["title"],
        details=row["details"],
        assigned_to=row["assigned_to"],
        due_at=instant_or_none(row["due_at"]),
        **{name: row[name] for name in about},
    )


def _lead(values: Row) -> LeadDraft:
    kept = ("name", "phone", "email", "call_id", "needs", "value_cents", "notes")
    services = tuple(values.get("interested_services") or ())
    return LeadDraft(interested_services=services, **{name: values.get(name) for name in kept})  # type: ignore[arg-type]


def _correction(values: Row) -> CorrectionDraft:
    return CorrectionDraft(
        call_id=values["call_id"],
        turn_id=values["turn_id"],
        wrong=values["wrong"],
        right=values["right"],
        question=values["question"],
        scope=word(CorrectionScope, values["scope"], CorrectionScope.UNKNOWN),
        customer_id=values.get("customer_id"),
        last_day=day_or_none(values.get("last_day")),
        replaces=tuple(values.get("replaces") or ()),
    )


# --- and back --------------------------------------------------------------------------------------------------------
def _values(conn: sqlite3.Connection, change: Change, draft: Draft, now: datetime) -> Row:
    match draft:
        case TaskDraft():
            return task_values(draft)
        case LeadDraft():
            return lead_values(conn, draft)
        case CorrectionDraft():
            return correction_values(conn, draft, now)
        case CalendarDraft():
            return calendar_values(conn, draft.name, draft.url, draft.staff_id)
        case BlockedDraft():
            return number_values(conn, draft.phone, draft.reason)
        case LaterDraft():
            return {**change.payload["values"], "until": due(draft.until, "until")}


def _after_all(
    conn: sqlite3.Connection, what: Waiting, draft: Draft, now: datetime, new_id: Callable[[], str]
) -> Edited:
    """The server has it, or may: the same is reached by a change after it."""
    match draft:
        case TaskDraft():
            return _changed_task(conn, what, draft, now)
        case CorrectionDraft() if draft.scope is not CorrectionScope.THIS_CALL:
            ended = (*draft.replaces, CorrectionId(what.row_id))
            return correct_answer(conn, replace(draft, replaces=ended), now=now, new_id=new_id)
        case BlockedDraft():
            return block_number(conn, draft.phone, draft.reason, now=now)
        case LaterDraft():
            return mark(conn, draft.about, draft.subject, MarkWord.LATER, until=draft.until, now=now)
        case _:
            raise NotAllowed(Why.SENT)


def _changed_task(conn: sqlite3.Connection, what: Waiting, draft: TaskDraft, now: datetime) -> Edited:
    return change_task(conn, TaskId(what.row_id), _task_change(what, draft), now=now)


def _task_change(what: Waiting, draft: TaskDraft, also: Collection[str] = ()) -> TaskChange:
    """What the form has changed, and no more: the rest may be somebody else's by now.  `also`: fields it has too."""
    names = [name for name in _OF_A_TASK if name in also or getattr(draft, name) != getattr(what.draft, name)]
    return TaskChange(**{name: getattr(draft, name) for name in names})
