"""Deciding a conflict: at once when nothing is to be sent, else by a new change, whose answer ends it."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from client.editing.bookings import alter, make
from client.editing.cases import case_of
from client.editing.choices import Choice, Choosing, Notice, Step
from client.editing.choices import at as choice_at
from client.editing.edited import Edited
from client.editing.leads import alter_lead
from client.editing.refusals import NotAllowed, Why
from client.models.ids import ConflictId
from client.models.mutations import Row, Tell
from client.storage import conflicts
from client.storage.columns import milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """`edited`: the changes that were made, in order; none when nothing needs to be sent."""

    conflict_id: ConflictId
    kind: Choosing
    edited: tuple[Edited, ...]


def resolve(
    conn: sqlite3.Connection,
    conflict_id: ConflictId,
    choice: Choice,
    *,
    tell: Sequence[Notice] = (),
    now: datetime,
    new_id: Callable[[], str],
) -> Resolved:
    """Do what was chosen, to the bookings or the lead as they are now.  Raises NotAllowed, and then nothing was done.

    `tell`: those of the choice's notices that shall be sent, their words as the owner left them.
    """
    fresh = choice_at(conn, conflict_id, choice.kind, choice.slot, now)
    if choice.kind in (Choosing.OTHER, Choosing.MOVE_OTHER) and choice.slot is None:
        raise NotAllowed(Why.NO_SUCH_CHOICE)
    texts = {notice.booking_id: notice.tell for notice in tell}
    restores = case_of(conn, conflict_id, now).row is None and choice.kind is Choosing.RESTORE
    edited: list[Edited] = []
    for step in fresh.steps:
        row_id = new_id() if restores else step.booking_id
        edited += _carried_out(conn, step, row_id, texts.get(step.booking_id), now)
    if fresh.lead is not None:
        lead_id, columns = case_of(conn, conflict_id, now).conflict.row_id, fresh.lead
        edited += _unless_it_is(lambda: alter_lead(conn, lead_id, columns, now), columns)
    answer = edited[-1].change_id if edited and not edited[-1].gone else None
    conflicts.close(conn, conflict_id, answer, milliseconds(now))
    return Resolved(conflict_id=conflict_id, kind=choice.kind, edited=tuple(edited))


def _carried_out(conn: sqlite3.Connection, step: Step, row_id: str, tell: Tell | None, now: datetime) -> list[Edited]:
    """The changes of one step."""
    if step.before is None:
        return [make(conn, step.columns, row_id=row_id, tell=tell, allow=step.allow, now=now)]
    return _unless_it_is(
        lambda: alter(conn, step.booking_id, step.columns, tell=tell, allow=step.allow, now=now), step.columns
    )


def _unless_it_is(edit: Callable[[], Edited], columns: Row) -> list[Edited]:
    """The edit that makes it so; none when it is that way already.

    It may fall together with a change that waits, from the same values and back: then what the server has is shown
    again, and it is made from there.
    """
    done = _edited(edit)
    after = done[0].after if done else None
    if after is not None and any(after[name] != new for name, new in columns.items()):
        done += _edited(edit)
    return done


def _edited(edit: Callable[[], Edited]) -> list[Edited]:
    try:
        return [edit()]
    except NotAllowed as refusal:
        if refusal.why is not Why.NOTHING:
            raise
        return []
