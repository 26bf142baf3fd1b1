"""What the owner says about things that are shown, and about their own business."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from client.editing import texts
from client.editing.bookings import UNSET, Unset
from client.editing.edited import Edited
from client.editing.leads import amount, due
from client.editing.recording import check_role, record_fields, record_put, record_remove, row_of
from client.editing.refusals import NotAllowed, Why
from client.models.assumptions import MOST_TASK_MINUTES, TASK_MINUTES
from client.models.ids import named_id
from client.models.marks import About, MarkWord
from client.models.mutations import Op
from client.models.tasks import TaskKind
from client.storage import business, meta

SUBJECT: Final = 200
HOURS_OF_A_WEEK: Final = 168


def mark(
    conn: sqlite3.Connection,
    about: About,
    subject: str,
    word: MarkWord,
    *,
    until: datetime | None = None,
    now: datetime,
) -> Edited:
    """Say this about a thing; a later word replaces it.  `until`: for how long it is not to be shown."""
    named = texts.line(subject, "subject", SUBJECT, Why.NO_TITLE)
    values = {"about": about.value, "subject": named, "word": word.value, "until": due(until, "until")}
    return record_put(conn, Op.MARK_SET, named_id(account_of(conn), about, named), values, now)


def clear_mark(conn: sqlite3.Connection, about: About, subject: str, *, now: datetime) -> Edited:
    """As if nothing had been said about it."""
    row = row_of(conn, "marks", named_id(account_of(conn), about, subject.strip()))
    undo = {"values": {name: row[name] for name in ("about", "subject", "word", "until")}}
    return record_remove(conn, Op.MARK_CLEAR, row, undo, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionsChange:
    """None takes back what was said.  `task_minutes`: of the kinds that it is said of."""

    wage_cents_per_hour: int | Unset | None = UNSET
    hours_per_week: float | Unset | None = UNSET
    missed_call_value_cents: int | Unset | None = UNSET
    task_minutes: Mapping[TaskKind, int | None] = field(default_factory=dict[TaskKind, int | None], hash=False)


def assume(conn: sqlite3.Connection, change: AssumptionsChange, *, now: datetime) -> Edited:
    """Say what only the owner knows of their own business.  Raises NotAllowed with NOTHING when it was said."""
    check_role(conn)
    found = conn.execute("SELECT id FROM assumptions ORDER BY version DESC LIMIT 1").fetchone()
    if found is None:
        raise NotAllowed(Why.NOT_READY)
    columns: dict[str, float | None] = {}
    for name in ("wage_cents_per_hour", "missed_call_value_cents"):
        if (cents := getattr(change, name)) is not UNSET:
            columns[name] = amount(cents, name)
    if change.hours_per_week is not UNSET:
        if not 0 <= (change.hours_per_week or 0) <= HOURS_OF_A_WEEK:
            raise NotAllowed(Why.BAD_AMOUNT, field="hours_per_week")
        columns["hours_per_week"] = change.hours_per_week
    for kind, minutes in change.task_minutes.items():
        if not 0 <= (minutes or 0) <= MOST_TASK_MINUTES:
            raise NotAllowed(Why.BAD_AMOUNT, field=TASK_MINUTES[kind])
        columns[TASK_MINUTES[kind]] = minutes
    return record_fields(conn, Op.ASSUMPTIONS_SET, row_of(conn, "assumptions", found[0]), columns, now)


def account_of(conn: sqlite3.Connection) -> str:
    """Whose ids are made from their names.  Raises NotAllowed before this device knows."""
    identity, ours = meta.identity(conn), business.get(conn)
    if identity is None and ours is None:
        raise NotAllowed(Why.NOT_READY)
    return identity.account_id if identity else ours.account_id if ours else ""
