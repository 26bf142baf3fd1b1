"""What the answered calls of a period came to, for comparing with a person at a desk."""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Final

from client.models.market import CallsTaken, TakenCall
from client.models.tallies import Axis
from client.storage.columns import instant, instant_or_none, milliseconds
from client.storage.tallies import facts
from client.storage.tally_terms import TABLES, of


def calls_taken(
    conn: sqlite3.Connection, start: datetime, end: datetime, answered: Collection[int], missed: int
) -> CallsTaken:
    """Of the calls of [start, end) whose facts have one of the codes `answered`; `missed` is counted elsewhere."""
    marks = ", ".join("?" * len(answered))
    row = conn.execute(_TAKEN.format(marks=marks), (milliseconds(start), milliseconds(end), *answered)).fetchone()
    return CallsTaken(
        answered=row[0],
        missed=missed,
        talk_ms=row[1] or 0,
        charge_cents=row[2] or 0,
        during=row[3] or 0,
        asked=row[4] or 0,
        told_asked=row[5] or 0,
        content_asked=row[6] or 0,
        told_other=row[7] or 0,
        content_other=row[8] or 0,
    )


def calls_of(conn: sqlite3.Connection, start: datetime, end: datetime) -> list[TakenCall]:
    """All calls of [start, end), in the order in which they began."""
    return [
        TakenCall(
            row_id=row[0],
            at=instant(row[1]),
            ended_at=instant_or_none(row[2]),
            title=row[3],
            facts=facts(Axis.CALLS, row[4]),
            talk_ms=row[5],
            charge_cents=row[6],
            asked=bool(row[7]),
            content=row[8],
        )
        for row in conn.execute(_EACH, (milliseconds(start), milliseconds(end)))
    ]


_CALLS: Final = TABLES[Axis.CALLS]
_ASKED: Final = "(t.escalation_reason IS NOT NULL OR t.handler = 'human')"
_EACH: Final = (
    f"SELECT t.id, t.started_at, t.ended_at, t.caller_name, {of(_CALLS.code, 't')}, {of(_CALLS.length, 't')}, "
    f"coalesce(t.charge_cents, 0), {_ASKED}, t.satisfaction FROM calls t "
    "WHERE t.started_at >= ? AND t.started_at < ? ORDER BY t.started_at, t.id"
)
_TAKEN: Final = (
    "SELECT count(*), sum(talk), sum(charge), sum(at < ended_before), sum(asked), "
    "sum(asked AND content IS NOT NULL), sum(iif(asked, content, NULL)), "
    "sum(NOT asked AND content IS NOT NULL), sum(iif(asked, NULL, content)) FROM ("
    f"SELECT t.started_at AS at, {of(_CALLS.length, 't')} AS talk, coalesce(t.charge_cents, 0) AS charge, "
    f"{_ASKED} AS asked, t.satisfaction AS content, "
    "max(t.ended_at) OVER (ORDER BY t.started_at, t.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
    "AS ended_before "
    f"FROM calls t WHERE t.started_at >= ? AND t.started_at < ? AND {of(_CALLS.code, 't')} IN ({{marks}}))"
)
