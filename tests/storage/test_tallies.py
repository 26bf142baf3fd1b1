"""Tallies equal the rows, whatever was written, changed and deleted, over any period."""

import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.clock import Clock
from client.models.bookings import BookingStatus
from client.models.calls import Outcome
from client.models.tallies import Axis, BookingFacts, CallFacts
from client.storage import schema, tallies, tallying
from client.storage.columns import instant, milliseconds
from client.storage.database import Database
from client.storage.tally_terms import WISHES
from tests.storage.rows import BOOKING, CALL, put

BEGUN = datetime(2025, 10, 1, 13, tzinfo=UTC)
SPAN = timedelta(days=9)
AXES = tuple(Axis)


def memory() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(conn)
    schema.ensure_indexes(conn)
    return conn


instants = st.integers(0, int(SPAN.total_seconds()) // 60).map(lambda m: milliseconds(BEGUN + timedelta(minutes=m)))
ids = st.integers(0, 9)
booking_changes = st.fixed_dictionaries(
    {
        "starts_at": instants,
        "created_at": instants,
        "status": st.sampled_from([*BookingStatus, "tentative"]),
        "payment_status": st.sampled_from(["pending", "paid", "refunded"]),
        "price_cents": st.sampled_from([None, 0, 4500, 18_000]),
        "customer_id": st.sampled_from([None, "ana", "ben"]),
        "notes": st.sampled_from([None, "x"]),
    }
)
call_changes = st.fixed_dictionaries(
    {
        "started_at": instants,
        "answered_at": st.one_of(st.none(), instants),
        "ended_at": st.one_of(st.none(), instants),
        "status": st.sampled_from(["ringing", "live", "ended", "parked"]),
        "outcome": st.sampled_from([None, *Outcome, "sung"]),
        "intent": st.sampled_from([None, "booking", "price_question"]),
        "direction": st.sampled_from(["inbound", "outbound"]),
    }
)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("bookings"), ids, booking_changes),
        st.tuples(st.just("calls"), ids, call_changes),
        st.tuples(st.sampled_from(["bookings", "calls"]), ids, st.none()),
    ),
    max_size=40,
)


def do(conn: sqlite3.Connection, table: str, number: int, values: dict[str, Any] | None) -> None:
    """Write the row, change all its columns as sync does, or delete it."""
    row_id = f"{table}-{number}"
    if values is None:
        conn.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))
        return
    if table == "bookings":
        values = {**BOOKING, **values, "ends_at": values["starts_at"] + 2_700_000}
    row = {**(CALL if table == "calls" else {}), **values, "id": row_id}
    names = ", ".join(row)
    updates = ", ".join(f"{name} = excluded.{name}" for name in row)
    conn.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))}) ON CONFLICT (id) DO UPDATE SET {updates}",
        tuple(row.values()),
    )


def fresh(conn: sqlite3.Connection) -> list[set[tuple[Any, ...]]]:
    """What the tallies would be if they were made from the rows now."""
    other = memory()
    for table in ("bookings", "calls"):
        cursor = conn.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            put(other, table, dict(zip(columns, row, strict=True)))
    tallying.ensure(other)
    return stored(other)


def stored(conn: sqlite3.Connection) -> list[set[tuple[Any, ...]]]:
    return [set(conn.execute(f"SELECT * FROM {table}")) for table in ("tallies", "first_visits")]


@settings(deadline=None)
@given(deeds, deeds)
def test_they_are_kept_equal_to_the_rows(before: list[Any], after: list[Any]) -> None:
    conn = memory()
    for deed in before:
        do(conn, *deed)
    tallying.ensure(conn)
    for deed in after:
        do(conn, *deed)
    assert stored(conn) == fresh(conn)


edges = st.integers(-1000, int(SPAN.total_seconds()) + 1000).map(lambda s: BEGUN + timedelta(seconds=s))


@settings(deadline=None)
@given(deeds, edges, edges)
def test_any_period_is_counted_as_its_rows_are(made: list[Any], start: datetime, end: datetime) -> None:
    conn = memory()
    for deed in made:
        do(conn, *deed)
    tallying.ensure(conn)
    for axis in AXES:
        groups = tallies.tally(conn, axis, start, end)
        assert Counter({g.code: g.n for g in groups}) == counted(conn, axis, start, end), axis
        if axis is not Axis.FIRST and groups:
            codes = [group.code for group in groups]
            rows = tallies.evidence(conn, axis, start, end, codes, limit=1000)
            assert Counter(row.code for row in rows) == Counter({g.code: g.n for g in groups})
            for group in groups:
                alike = [row for row in rows if row.code == group.code]
                assert sum(row.amount for row in alike) == group.amount
                assert sum(row.length for row in alike) == group.length
            if axis is Axis.HELD:
                first = tallies.tally(conn, Axis.FIRST, start, end)
                assert sum(row.first for row in rows) == sum(group.n for group in first)


def counted(conn: sqlite3.Connection, axis: Axis, start: datetime, end: datetime) -> Counter[int]:
    """Slowly, row by row, in Python."""
    if axis is Axis.FIRST:
        found = conn.execute("SELECT customer_id, starts_at FROM bookings WHERE status = 'completed'").fetchall()
        firsts: dict[str, int] = {}
        for customer, at in found:
            if customer is not None:
                firsts[customer] = min(at, firsts.get(customer, at))
        within = sum(start <= instant(at) < end for at in firsts.values())
        return Counter({0: within} if within else {})
    table, at = {
        Axis.CALLS: ("calls", "started_at"),
        Axis.MADE: ("bookings", "created_at"),
        Axis.HELD: ("bookings", "starts_at"),
    }[axis]
    cursor = conn.execute(f"SELECT * FROM {table}")
    columns = [column[0] for column in cursor.description]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor]
    code = call_code if axis is Axis.CALLS else booking_code
    return Counter(code(row) for row in rows if start <= instant(row[at]) < end)


def booking_code(row: dict[str, Any]) -> int:
    statuses = list(BookingStatus)
    status = statuses.index(row["status"]) if row["status"] in statuses else statuses.index(BookingStatus.UNKNOWN)
    price = 0 if row["price_cents"] is None else 1 if row["price_cents"] == 0 else 2
    return status + 8 * (row["payment_status"] == "refunded") + 16 * price + 64 * (row["customer_id"] is not None)


def call_code(row: dict[str, Any]) -> int:
    outcomes = list(Outcome)
    outcome = row["outcome"]
    number = 15 if outcome is None else outcomes.index(outcome if outcome in outcomes else Outcome.UNKNOWN)
    over = row["ended_at"] is not None or row["status"] == "ended"
    stage = 2 if over else 0 if row["status"] == "ringing" else 1
    wants = outcome in ("booked", "booking_failed") or row["intent"] in WISHES
    return (
        number
        + 16 * (row["direction"] == "inbound")
        + 32 * stage
        + 128 * (row["answered_at"] is not None)
        + (256 * wants)
    )


def test_a_code_says_the_facts_it_was_made_of() -> None:
    conn = memory()
    put(conn, "bookings", {**BOOKING, "id": "b", "status": "no_show", "price_cents": 0, "customer_id": "ana"})
    put(conn, "calls", {**CALL, "id": "c", "outcome": "booked", "answered_at": CALL["started_at"] + 4000})
    day = (instant(BOOKING["starts_at"]) - timedelta(days=1), instant(BOOKING["starts_at"]) + timedelta(days=1))
    (held,) = tallies.tally(conn, Axis.HELD, *day)
    (call,) = tallies.tally(conn, Axis.CALLS, *day)
    assert held.facts == BookingFacts(status=BookingStatus.NO_SHOW, refunded=False, price=held.facts.price, known=True)
    assert held.length == 2 * 3_600_000
    assert isinstance(call.facts, CallFacts) and call.facts.outcome is Outcome.BOOKED and call.facts.wants
    assert call.facts.answered and call.amount == 4000


def test_those_of_other_expressions_are_made_anew() -> None:
    conn = memory()
    put(conn, "bookings", {**BOOKING, "id": "b"})
    tallying.ensure(conn)
    conn.execute("UPDATE meta SET v = 'another version' WHERE k = 'tallies'")
    conn.execute("DELETE FROM tallies")
    assert not tallying.is_kept(conn)
    tallying.ensure(conn)
    assert stored(conn) == fresh(conn)


def test_they_are_made_anew_when_their_triggers_went_with_a_table() -> None:
    conn = memory()
    tallying.ensure(conn)
    conn.execute("CREATE TABLE other AS SELECT * FROM calls")
    conn.execute("DROP TABLE calls")
    conn.execute("ALTER TABLE other RENAME TO calls")
    assert tallying.is_kept(conn) and not tallying.are_complete(conn)
    tallying.ensure(conn)
    put(conn, "calls", {**CALL, "id": "c", "dirty": 0})
    assert stored(conn) == fresh(conn)


@pytest.mark.parametrize("complete", [True, False])
def test_a_file_whose_first_sync_is_over_has_them(tmp_path: Path, complete: bool) -> None:
    path = tmp_path / "chatty.db"
    db = Database.open(path, Clock())
    if complete:
        db.write_blocking(lambda conn: conn.execute("UPDATE streams SET ccursor = 'c' WHERE name = 'core'"))
    db.close()
    db = Database.open(path, Clock())
    assert db.read(tallying.is_kept) is complete
    db.close()


def test_pages_of_evidence_follow_one_another() -> None:
    conn = memory()
    for number in range(7):
        put(conn, "calls", {**CALL, "id": f"c{number}", "started_at": CALL["started_at"] + number // 2})
    tallying.ensure(conn)
    day = (instant(CALL["started_at"]) - timedelta(days=1), instant(CALL["started_at"]) + timedelta(days=1))
    codes = [group.code for group in tallies.tally(conn, Axis.CALLS, *day)]
    seen: list[str] = []
    before = None
    while page := tallies.evidence(conn, Axis.CALLS, *day, codes, limit=3, before=before):
        seen += [row.row_id for row in page]
        before = (page[-1].at, page[-1].row_id)
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]
