"""Calls and bookings counted over any period, in groups of rows that agree in what figures ask; and those rows.

A period is the whole stretches within it, of which `tallies` knows the counts (tallying.py), and the rows at its two
ends.  While a first sync still fills the file there are none, and all of it is rows.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from client.models.ids import CustomerId, EmployeeId
from client.models.tallies import Axis, BookingFacts, CallFacts, EvidenceSource, Facts, Group, Price, Stage
from client.storage import tallying
from client.storage.columns import instant, json_text, milliseconds
from client.storage.tally_terms import IS_FIRST, LEVELS, NO_OUTCOME, OUTCOMES, STATUSES, TABLES, of

Stretch = tuple[datetime, datetime]
"""[start, end)."""


def tally(
    conn: sqlite3.Connection, axis: Axis, start: datetime, end: datetime, *, employee_id: EmployeeId | None = None
) -> list[Group]:
    """The rows of [start, end) in groups of the same facts, in the order of their codes.

    `employee_id`: only the calls this AI employee took, the bookings it made.
    """
    return tally_each(conn, axis, [(start, end)], employee_id=employee_id)[0]


def tally_each(
    conn: sqlite3.Connection, axis: Axis, stretches: Sequence[Stretch], *, employee_id: EmployeeId | None = None
) -> list[list[Group]]:
    """The same of several stretches of time at once, which may overlap."""
    if employee_id is not None:
        return [_of_employee(conn, axis, start, end, employee_id) for start, end in stretches]
    levels = LEVELS if tallying.is_kept(conn) else ()
    parts = [
        (number, *part)
        for number, (start, end) in enumerate(stretches)
        for part in _cover(_bound(start), _bound(end), levels)
    ]
    totals: list[dict[int, list[int]]] = [{} for _ in stretches]
    whole = [part for part in parts if part[1] is not None]
    ends = [(number, first, last) for number, level, first, last in parts if level is None]
    for number, code, *sums in _found(conn, _FROM_TALLIES, whole, axis.value):
        _add(totals[number], code, sums)
    for number, code, *sums in _found(conn, _FROM_ROWS[axis], ends):
        _add(totals[number], code, sums)
    return [_groups(axis, each) for each in totals]


def _of_employee(
    conn: sqlite3.Connection, axis: Axis, start: datetime, end: datetime, employee_id: EmployeeId
) -> list[Group]:
    """One employee's rows, read through its index: nobody keeps tallies of them."""
    rows = conn.execute(_OF_EMPLOYEE[axis], (employee_id, _bound(start), _bound(end)))
    return _groups(axis, {code: [n, amount, length] for code, n, amount, length in rows})


def of_customers(conn: sqlite3.Connection, customer_ids: Collection[str]) -> dict[str, list[Group]]:
    """Each customer's bookings, read through their index."""
    totals: dict[str, dict[int, list[int]]] = {}
    for customer_id, code, *sums in conn.execute(_OF_CUSTOMERS, (json_text(list(customer_ids)),)):
        _add(totals.setdefault(customer_id, {}), code, sums)
    return {customer_id: _groups(Axis.HELD, each) for customer_id, each in totals.items()}


def _found(
    conn: sqlite3.Connection, sql: str, parts: Sequence[tuple[int | None, ...]], *values: int
) -> Iterable[tuple[int, ...]]:
    return conn.execute(sql, (json_text(parts), *values)) if parts else ()


def _add(totals: dict[int, list[int]], code: int, sums: Sequence[int]) -> None:
    known = totals.setdefault(code, [0, 0, 0])
    for place, value in enumerate(sums):
        known[place] += value


def _groups(axis: Axis, totals: dict[int, list[int]]) -> list[Group]:
    return [
        Group(code=code, facts=facts(axis, code), n=n, amount=amount, length=length)
        for code, (n, amount, length) in sorted(totals.items())
        if n
    ]


def first_instant(conn: sqlite3.Connection, axis: Axis) -> datetime | None:
    """Of the oldest row on this device."""
    table = TABLES[axis]
    found = conn.execute(f"SELECT min({of(table.at, 't')}) FROM {table.table} t").fetchone()[0]
    return None if found is None else instant(found)


def evidence(
    conn: sqlite3.Connection,
    axis: Axis,
    start: datetime,
    end: datetime,
    codes: Collection[int],
    *,
    limit: int,
    before: tuple[datetime, str] | None = None,
    employee_id: EmployeeId | None = None,
) -> list[EvidenceSource]:
    """The rows of [start, end) whose facts have one of these codes, newest first; those after the row `before` names
    by its instant and id.
    """
    table = TABLES[axis]
    marks = ", ".join("?" * len(codes))
    after, values = "", ()
    if before is not None:
        after, values = f"AND ({of(table.at, 't')}, t.id) < (?, ?)", (milliseconds(before[0]), before[1])
    whose, who = ("", ()) if employee_id is None else ("AND t.employee_id = ?", (employee_id,))
    rows = conn.execute(
        f"{_LISTING[axis]} WHERE {of(table.at, 't')} >= ? AND {of(table.at, 't')} < ? "
        f"AND {of(table.code, 't')} IN ({marks}) {whose} {after} ORDER BY {of(table.at, 't')} DESC, t.id DESC LIMIT ?",
        (_bound(start), _bound(end), *codes, *who, *values, limit),
    )
    return [_source(axis, row) for row in rows]


def evidence_of_customer(conn: sqlite3.Connection, customer_id: CustomerId) -> list[EvidenceSource]:
    """All of a customer's bookings, newest first."""
    rows = conn.execute(
        f"{_LISTING[Axis.MADE]} WHERE t.customer_id = ? ORDER BY t.starts_at DESC, t.id DESC", (customer_id,)
    )
    return [replace(each, at=each.begins) for each in (_source(Axis.MADE, row) for row in rows)]


def _source(axis: Axis, row: tuple[Any, ...]) -> EvidenceSource:
    return EvidenceSource(
        row_id=row[0],
        begins=instant(row[9]),
        code=row[1],
        facts=facts(axis, row[1]),
        at=instant(row[2]),
        amount=row[3],
        length=row[4],
        title=row[5],
        detail=row[6],
        intent=row[7],
        first=bool(row[8]),
    )


_TITLES: Final = {
    Axis.CALLS: "t.caller_name, b.service_name, t.intent, 0, t.started_at FROM calls t "
    "LEFT JOIN bookings b ON b.id = t.booking_id",
    Axis.MADE: "t.customer_name, t.service_name, NULL, 0, t.starts_at FROM bookings t",
    Axis.HELD: f"t.customer_name, t.service_name, NULL, ({IS_FIRST}), t.starts_at FROM bookings t",
}

_LISTING: Final = {
    axis: f"SELECT t.id, {of(table.code, 't')}, {of(table.at, 't')}, {of(table.amount, 't')}, "
    f"{of(table.length, 't')}, {_TITLES[axis]}"
    for axis, table in TABLES.items()
}


@lru_cache(maxsize=1024)
def facts(axis: Axis, code: int) -> Facts:
    """What the code says."""
    if axis is Axis.CALLS:
        outcome = code % 16
        return CallFacts(
            outcome=None if outcome == NO_OUTCOME else OUTCOMES[outcome],
            inbound=bool(code & 16),
            stage=Stage(code >> 5 & 3),
            answered=bool(code & 128),
            wants=bool(code & 256),
        )
    return BookingFacts(
        status=STATUSES[code % 8], refunded=bool(code & 8), price=Price(code >> 4 & 3), known=bool(code & 64)
    )


def _bound(at: datetime) -> int:
    """The first whole millisecond that is not before `at`."""
    ms = milliseconds(at)
    return ms if instant(ms) == at else ms + 1


def _cover(start: int, end: int, levels: tuple[int, ...]) -> Iterator[tuple[int | None, int, int]]:
    """[start, end) as whole stretches (level, first, after the last) and, at the ends, as instants (None, from, to)."""
    if start >= end:
        return
    if not levels:
        yield None, start, end
        return
    level, *finer = levels
    first, last = -(-start >> level), end >> level
    if first >= last:
        yield from _cover(start, end, tuple(finer))
        return
    yield from _cover(start, first << level, tuple(finer))
    yield level, first, last
    yield from _cover(last << level, end, tuple(finer))


_PARTS: Final = "WITH p(n, first, last, level) AS MATERIALIZED (SELECT {} FROM json_each(?)) "
"""Of each part the number of its stretch of time, from and to, and of whole stretches their level."""
_FROM_TALLIES: Final = (
    _PARTS.format("value ->> 0, value ->> 2, value ->> 3, value ->> 1")
    + "SELECT p.n, t.code, sum(t.n), sum(t.amount), sum(t.length) FROM p CROSS JOIN tallies t WHERE t.axis = ? "
    "AND t.level = p.level AND t.stretch >= p.first AND t.stretch < p.last GROUP BY 1, 2"
)
_ENDS: Final = _PARTS.format("value ->> 0, value ->> 1, value ->> 2, NULL")
_FROM_ROWS: Final = {
    axis: f"{_ENDS} SELECT p.n, {of(table.code, 't')}, count(*), sum({of(table.amount, 't')}), "
    f"sum({of(table.length, 't')}) FROM p CROSS JOIN {table.table} t "
    f"WHERE {of(table.at, 't')} >= p.first AND {of(table.at, 't')} < p.last GROUP BY 1, 2"
    for axis, table in TABLES.items()
} | {
    Axis.FIRST: f"{_ENDS} SELECT p.n, 0, count(*), 0, 0 FROM p CROSS JOIN bookings t "
    f"WHERE t.starts_at >= p.first AND t.starts_at < p.last AND {IS_FIRST} GROUP BY 1"
}
_OF_CUSTOMERS: Final = (
    f"SELECT t.customer_id, {of(TABLES[Axis.HELD].code, 't')}, count(*), sum({of(TABLES[Axis.HELD].amount, 't')}), "
    f"sum({of(TABLES[Axis.HELD].length, 't')}) FROM json_each(?) k CROSS JOIN bookings t ON t.customer_id = k.value "
    "GROUP BY 1, 2"
)
_OF_EMPLOYEE: Final = {
    axis: f"SELECT {of(table.code, 't')}, count(*), sum({of(table.amount, 't')}), sum({of(table.length, 't')}) "
    f"FROM {table.table} t WHERE t.employee_id = ? AND {of(table.at, 't')} >= ? AND {of(table.at, 't')} < ? GROUP BY 1"
    for axis, table in TABLES.items()
}
