"""The calls that are over, newest first: all of them, those of a filter, and those in which something was said.

A page follows its neighbour by the key of a row, never by a count of rows, so that calls may come and go meanwhile.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from client.models.call_history import CallFilter, FoundLine, Hit, Key, PromiseFilter
from client.models.calls import Call, Speaker
from client.models.ids import TurnId
from client.storage import call_index, calls
from client.storage.columns import milliseconds, word
from client.storage.words import Phrase, phrases, places

SCANNED: Final = 2000
"""Without an index so many of the newest calls are looked through."""

LINES: Final = 2
"""So many matching lines of a call are shown."""

_ENDED: Final = "(c.ended_at IS NOT NULL OR c.status = 'ended')"
_IN_PROGRESS: Final = "ended_at IS NULL AND status <> 'ended'"
_INDEXED: Final = "call_words f CROSS JOIN call_texts t ON t.docid = f.rowid CROSS JOIN calls c ON c.id = t.call_id"
_SCANNED: Final = (
    f"(SELECT docid, call_id, words FROM call_texts ORDER BY docid DESC LIMIT {SCANNED}) t "
    "CROSS JOIN calls c ON c.id = t.call_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question to the history.  Made by `wanted`."""

    looked_for: tuple[Phrase, ...] = ()
    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    indexed: bool = False
    numbers: tuple[int, int] | None = field(default=None)
    """The numbers in the index that the days of the filter can have."""


def wanted(conn: sqlite3.Connection, typed: str, which: CallFilter, zone: ZoneInfo) -> Wanted:
    """What is asked with these words and this filter; its days are those of `zone`."""
    conditions, values = [_ENDED], list[Any]()
    if which.employee_id is not None:
        conditions.append("c.employee_id = ?")
        values.append(which.employee_id)
    if which.outcome is not None:
        conditions.append("c.outcome = ?")
        values.append(which.outcome.value)
    if which.flagged:
        conditions.append("c.flags <> '[]'")
    if which.promise is not None:
        unkept = " WHERE state = 'unkept'" if which.promise is PromiseFilter.UNKEPT else ""
        conditions.append(f"c.id IN (SELECT call_id FROM call_promises{unkept})")
    start, end = _bounds(which, zone)
    if start is not None:
        conditions.append("c.started_at >= ?")
        values.append(milliseconds(start))
    if end is not None:
        conditions.append("c.started_at < ?")
        values.append(milliseconds(end))
    return Wanted(
        looked_for=phrases(typed),
        conditions=tuple(conditions),
        values=tuple(values),
        indexed=call_index.has_words(conn),
        numbers=_numbers(start, end),
    )


def page(
    conn: sqlite3.Connection, asked: Wanted, limit: int, start: Key | None = None, *, upwards: bool = False
) -> list[Hit]:
    """At most `limit` calls, newest first: from `start` on, itself included, or `upwards` those right above it."""
    key = ("f.rowid" if asked.indexed else "t.docid") if asked.looked_for else "c.started_at"
    conditions, values = _asked(asked)
    if start is not None:
        conditions.append(f"({key}, c.id) {'>' if upwards else '<='} (?, ?)")
        values += start
        # What an index can begin at is a single column.
        conditions.append(f"{key} {'>=' if upwards else '<='} ?")
        values.append(start[0])
    order = "ASC" if upwards else "DESC"
    words = ", t.words" if asked.looked_for else ""
    sql = (
        f"SELECT {calls.columns('c')}, {key}{words} FROM {_tables(asked)} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {key} {order}{'' if asked.looked_for else f', c.id {order}'} LIMIT ?"
    )
    rows = conn.execute(sql, (*values, limit)).fetchall()
    return [_hit(conn, asked, row) for row in (reversed(rows) if upwards else rows)]


def count(conn: sqlite3.Connection, asked: Wanted, most: int) -> int:
    """How many calls there are, at most `most`."""
    conditions, values = _asked(asked)
    if conditions == [_ENDED]:
        return min(most, _ended(conn))
    tables = _tables(asked)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {tables} WHERE {' AND '.join(conditions)} LIMIT ?)"
    return int(conn.execute(sql, (*values, most)).fetchone()[0])


def _ended(conn: sqlite3.Connection) -> int:
    """All that are over, without looking at one of them: all there are but the few in progress."""
    row = conn.execute(f"SELECT (SELECT count(*) FROM calls) - (SELECT count(*) FROM calls WHERE {_IN_PROGRESS})")
    return int(row.fetchone()[0])


def _tables(asked: Wanted) -> str:
    if not asked.looked_for:
        return "calls c"
    return _INDEXED if asked.indexed else _SCANNED


def _asked(asked: Wanted) -> tuple[list[str], list[Any]]:
    conditions, values = list[str](), list[Any]()
    if asked.looked_for and asked.indexed:
        conditions.append("f.words MATCH ?")
        values.append(" ".join(map(_term, asked.looked_for)))
        if asked.numbers is not None:
            conditions.append("f.rowid BETWEEN ? AND ?")
            values += asked.numbers
    elif asked.looked_for:
        conditions += ["instr(t.words, ?) > 0"] * len(asked.looked_for)
        values += [phrase.in_line for phrase in asked.looked_for]
    return [*conditions, *asked.conditions], [*values, *asked.values]


def _term(phrase: Phrase) -> str:
    """As the index takes it; a word has letters and digits only, so nothing in it is an operator."""
    return f'"{" ".join(phrase.words)}"{"*" if phrase.open else ""}'


def _bounds(which: CallFilter, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    start = datetime.combine(which.first, time(), zone) if which.first else None
    end = datetime.combine(which.last + timedelta(days=1), time(), zone) if which.last else None
    return start, end


def _numbers(start: datetime | None, end: datetime | None) -> tuple[int, int] | None:
    """A little more than the days: a number may be that of a later second."""
    if start is None and end is None:
        return None
    first = call_index.number_at(start) if start else 0
    return first, call_index.number_at(end + timedelta(hours=1)) if end else 1 << 62


def _hit(conn: sqlite3.Connection, asked: Wanted, row: tuple[Any, ...]) -> Hit:
    width = calls.WIDTH
    call = calls.call_of(row[:width])
    lines = _lines(conn, call, row[width + 1], asked.looked_for) if asked.looked_for else ()
    return Hit(call=call, key=(row[width], call.call_id), lines=lines)


def _lines(conn: sqlite3.Connection, call: Call, words: str, looked_for: Sequence[Phrase]) -> tuple[FoundLine, ...]:
    said = words.split("\n")[1:]
    held = dict[int, int]()
    for piece in (phrase.in_line for phrase in looked_for):
        for number, line in enumerate(said):
            if piece in line:
                held[number] = held.get(number, 0) + 1
    best = sorted(sorted(held, key=lambda number: (-held[number], number))[:LINES])
    found = (_line(conn, call, number, looked_for) for number in best)
    return tuple(line for line in found if line is not None)


def _line(conn: sqlite3.Connection, call: Call, number: int, looked_for: Sequence[Phrase]) -> FoundLine | None:
    """The spoken turn of that number, if the words are still in it."""
    row = conn.execute(
        "SELECT id, speaker, name, text FROM turns WHERE call_id = ? AND kind = 'speech' "
        'ORDER BY "index", id LIMIT 1 OFFSET ?',
        (call.call_id, number),
    ).fetchone()
    spans = places(row[3], looked_for) if row else ()
    if not spans:
        return None
    speaker = word(Speaker, row[1], Speaker.UNKNOWN)
    return FoundLine(turn_id=TurnId(row[0]), speaker=speaker, name=row[2], text=row[3], spans=spans)
