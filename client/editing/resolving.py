"""Deciding a conflict: at once when nothing is to be sent, else by a new change, whose answer ends it."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from client.editing.bookings import alter, make
from client.editing.choices import Choice, Choosing, Notice, Step, case_of
from client.editing.choices import at as choice_at
from client.editing.edited import Edited
from client.editing.refusals import NotAllowed, Why
from client.models.ids import ConflictId
from client.models.mutations import Tell
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
    """Do what was chosen, to the bookings as they are now.  Raises NotAllowed, and then nothing was done.

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
        if (done := _carried_out(conn, step, row_id, texts.get(step.booking_id), now)) is not None:
            edited.append(done)
    answer = edited[-1].change_id if edited and not edited[-1].gone else None
    conflicts.close(conn, conflict_id, answer, milliseconds(now))
    return Resolved(conflict_id=conflict_id, kind=choice.kind, edited=tuple(edited))


def _carried_out(conn: sqlite3.Connection, step: Step, row_id: str, tell: Tell | None, now: datetime) -> Edited | None:
    """The change of one step; None when the booking is that way already."""
    if step.before is None:
        return make(conn, step.columns, row_id=row_id, tell=tell, allow=step.allow, now=now)
    try:
        return alter(conn, step.booking_id, step.columns, tell=tell, allow=step.allow, now=now)
    except NotAllowed as refusal:
        if refusal.why is not Why.NOTHING:
            raise
        return None
