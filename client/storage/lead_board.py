"""Leads by stage: how many there are of each, and a page of one of them in any order."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from client.models.lead_board import STAGES, LeadFilter, LeadOrder, StageCount
from client.models.leads import Lead, LeadStage
from client.storage import leads
from client.storage.columns import milliseconds
from client.storage.letters import folded, glob, like

_MOST_WORDS: Final = 6
_LONGEST_WORD: Final = 40
_OVER: Final = "('converted', 'lost', 'unqualified')"
_FAR: Final = 9_000_000_000_000_000
_ORDERS: Final = {
    # What is over waits for nothing: the latest first.
    LeadOrder.WAITING: f"CASE WHEN stage IN {_OVER} THEN -updated_at WHEN next_followup_at IS NOT NULL "
    f"THEN next_followup_at WHEN stage = 'new' THEN created_at ELSE {_FAR} END, score DESC, id",
    LeadOrder.SCORE: "score DESC, created_at DESC, id",
    LeadOrder.NEWEST: "created_at DESC, id DESC",
    LeadOrder.VALUE: "value_cents IS NULL, value_cents DESC, score DESC, id",
}
_SEARCHED: Final = ("name", "phone", "needs", "interested_services")


def counts(conn: sqlite3.Connection, chosen: LeadFilter, now: datetime) -> tuple[StageCount, ...]:
    """Of each stage of the board, in its order; a stage without leads has a count of 0."""
    condition, values = _condition(chosen, now)
    rows = conn.execute(
        "SELECT stage, count(*), sum(value_cents), sum(next_followup_at < ? AND stage NOT IN "
        f"{_OVER}) FROM leads WHERE {condition} GROUP BY stage",
        (milliseconds(now), *values),
    )
    found = {row[0]: row[1:] for row in rows}
    return tuple(_count(stage, found.get(stage.value)) for stage in STAGES)


def _count(stage: LeadStage, row: Sequence[Any] | None) -> StageCount:
    n, value, overdue = row or (0, None, 0)
    return StageCount(stage=stage, n=n, value_cents=value, overdue=overdue or 0)


def page(
    conn: sqlite3.Connection,
    stage: LeadStage,
    chosen: LeadFilter,
    order: LeadOrder,
    now: datetime,
    *,
    first: int,
    limit: int,
) -> list[Lead]:
    """At most `limit` leads of a stage, from the `first` one (0 is the top) in this order."""
    condition, values = _condition(chosen, now)
    sql = f"stage = ? AND {condition} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?"
    return leads.where(conn, sql, (stage.value, *values, limit, first))


def chosen(conn: sqlite3.Connection, which: LeadFilter, stage: LeadStage | None, now: datetime) -> list[Lead]:
    """All of a stage, or of all stages, as they are written to a file: the newest first."""
    condition, values = _condition(which, now)
    only = "" if stage is None else "AND stage = ?"
    more = () if stage is None else (stage.value,)
    return leads.where(conn, f"{condition} {only} ORDER BY created_at DESC, id DESC", (*values, *more))


def assignees(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Whoever has a lead, by name."""
    rows = conn.execute("SELECT DISTINCT assigned_to FROM leads WHERE assigned_to IS NOT NULL ORDER BY assigned_to")
    return tuple(name for (name,) in rows)


def _condition(which: LeadFilter, now: datetime) -> tuple[str, tuple[Any, ...]]:
    terms: list[str] = []
    values: list[Any] = []
    for word in folded(which.text).split()[:_MOST_WORDS]:
        short = word[:_LONGEST_WORD]
        terms.append(f"({' OR '.join(_HOLDS.format(column) for column in _SEARCHED)})")
        values += [pattern for _ in _SEARCHED for pattern in (like(short), glob(short))]
    if which.assigned is not None:
        terms.append("assigned_to = ?")
        values.append(which.assigned)
    if which.overdue:
        terms.append(f"next_followup_at < ? AND stage NOT IN {_OVER}")
        values.append(milliseconds(now))
    return " AND ".join(terms) or "1", tuple(values)


_HOLDS: Final = r"{0} LIKE ? ESCAPE '\' OR (length({0}) <> length(CAST({0} AS BLOB)) AND {0} GLOB ?)"
