"""Narrowing in SQL leaves out nothing that the rule would find."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.clock import Clock
from client.insight.churn import GAPS, LEAST_AWAY, LEAST_VISITS, MOST_AWAY, REGULAR_WITHIN, churning
from client.insight.day import day_bounds
from client.models.ids import BookingId, CustomerId
from client.models.patterns import Client, Visit
from client.storage import patterns
from client.storage.columns import milliseconds
from client.storage.database import Database
from client.storage.schema import migrate
from tests import example_data as eg
from tests.storage.rows import BOOKING, CALL, TURN, put
from widgets.strings import Words

SAY = Words(language="en", zone=eg.ZONE)
CUSTOMER = {"status": "active", "no_shows": 0, "language": "en", "version": 1, "gen": 1}
STATUSES = ("completed", "completed", "completed", "cancelled", "no_show", "confirmed")


@pytest.fixture
def conn(path: Path, db: Database) -> Iterator[sqlite3.Connection]:
    del db
    conn = sqlite3.connect(path, isolation_level=None)
    yield conn
    conn.close()


def customer(conn: sqlite3.Connection, name: str, visits: list[tuple[float, str]], **changes: Any) -> list[Visit]:
    """A customer with bookings so many days ago, and the figures the server keeps of them; what was completed."""
    done: list[Visit] = []
    for number, (ago, status) in enumerate(visits):
        at = eg.NOW - timedelta(days=ago)
        row = {"id": f"{name}-{number}", "customer_id": name, "starts_at": milliseconds(at), "status": status}
        put(conn, "bookings", {**BOOKING, **row})
        if status == "completed" and ago >= 0:
            done.append(_visit(f"{name}-{number}", at))
    starts = [milliseconds(visit.starts_at) for visit in done]
    figures = {
        "total_bookings": sum(status != "cancelled" for _, status in visits),
        "first_visit_at": min(starts, default=None),
        "last_visit_at": max(starts, default=None),
    }
    put(conn, "customers", {**CUSTOMER, "id": name, "name": name, **figures, **changes})
    return sorted(done, key=lambda visit: (visit.starts_at, visit.booking_id))


def _visit(booking_id: str, at: datetime) -> Visit:
    whole = datetime.fromtimestamp(milliseconds(at) / 1000, UTC)
    return Visit(booking_id=BookingId(booking_id), starts_at=whole, service_name="Colour and cut", price_cents=None)


def leaving(conn: sqlite3.Connection) -> list[str]:
    away = (LEAST_AWAY, MOST_AWAY)
    found = patterns.maybe_leaving(conn, eg.NOW, least_visits=LEAST_VISITS, gaps=GAPS, away=away, within=REGULAR_WITHIN)
    return [churn.name for churn in churning(found, eg.NOW, None, eg.ZONE, SAY)]


_visits = st.lists(st.tuples(st.floats(-40, 500), st.sampled_from(STATUSES)), max_size=16)
_rhythms = st.builds(
    lambda gap, count, away, stray: [(away + gap * n + stray * (n % 3), "completed") for n in range(count)],
    st.floats(5, 200),
    st.integers(3, 14),
    st.floats(10, 380),
    st.floats(0, 12),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_visits | _rhythms, st.booleans()), max_size=6))
def test_who_is_leaving_is_found_as_by_looking_at_everybody(people: list[tuple[list[tuple[float, str]], bool]]) -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrate(conn)
    everybody: list[Client] = []
    for number, (visits, blocked) in enumerate(people):
        name = f"c{number}"
        done = customer(conn, name, visits, status="blocked" if blocked else "active")
        ahead = any(ago < 0 and status not in ("cancelled", "no_show") for ago, status in visits)
        everybody.append(
            Client(customer_id=CustomerId(name), name=name, visits=tuple(done), coming=ahead, blocked=blocked)
        )
    slowly = [churn.name for churn in churning(everybody, eg.NOW, None, eg.ZONE, SAY)]
    assert leaving(conn) == slowly
    conn.close()


def test_their_visits_come_with_them(conn: sqlite3.Connection) -> None:
    done = customer(conn, "rosa", [(155, "completed"), (127, "completed"), (110, "no_show"), (99, "completed")])
    assert leaving(conn) == []
    done += customer(conn, "rosa-2", [(155, "completed"), (127, "completed"), (99, "completed"), (70, "completed")])
    assert leaving(conn) == ["rosa-2"]


def test_of_a_blocked_number_nothing_is_said(conn: sqlite3.Connection) -> None:
    visits = [(155, "completed"), (127, "completed"), (99, "completed"), (70, "completed")]
    customer(conn, "rosa", visits, phone="+1 (415) 555-0142")
    asking = {"id": "call", "caller_phone": "+1 415 555 0142", "extracted": '{"asked_for": "perm", "offered": "no"}'}
    put(conn, "calls", {**CALL, **asking, "started_at": milliseconds(eg.NOW)})

    def asked() -> int:
        return len(patterns.asked_in_vain(conn, eg.NOW - timedelta(days=1), eg.NOW))

    assert (leaving(conn), asked()) == (["rosa"], 1)
    put(conn, "blocked_numbers", {"id": "n", "phone": "+14155550142", "created_at": 0, "version": 1, "gen": 1})
    assert (leaving(conn), asked()) == ([], 0)


def test_what_was_asked_for_in_vain(conn: sqlite3.Connection) -> None:
    tool = {"name": "look_up_price", "label": "Look up a price", "status": "ok", "inputs": {"about": "balayage"}}
    in_vain = json.dumps(tool | {"outputs": {"offered": False, "result": "not on the price list"}})
    there = json.dumps(tool | {"inputs": {"about": "Cut"}, "outputs": {"offered": True, "price_cents": 4500}})

    def call(call_id: str, **changes: Any) -> None:
        put(conn, "calls", {**CALL, "id": call_id, "started_at": milliseconds(eg.NOW - timedelta(days=2)), **changes})

    call("written", extracted='{"asked_for": "Balayage", "offered": "no"}', customer_id="kim", caller_name="Kim Lee")
    call("heard", intent="price_question", caller_phone="+15550142")
    call("both", intent="price_question", extracted='{"asked_for": "balayage", "offered": "no"}')
    call("offered", intent="price_question", extracted='{"asked_for": "cut", "offered": "yes"}')
    call("spam", extracted='{"asked_for": "loans", "offered": "no"}', outcome="spam")
    call("old", extracted='{"asked_for": "perm", "offered": "no"}', started_at=0)
    call("odd", extracted='{"asked_for": ["perm"], "offered": "no"}')
    for call_id, use in (("heard", in_vain), ("both", in_vain), ("offered", there)):
        put(conn, "turns", {**TURN, "id": f"{call_id}-0", "call_id": call_id, "text": "Do you do BALAYAGE?"})
        looked = {"id": f"{call_id}-1", "call_id": call_id, "index": 1, "kind": "tool", "tool": use}
        put(conn, "turns", {**TURN, **looked, "speaker": "assistant", "text": "Looked up the price → not on the list"})
    found = patterns.asked_in_vain(conn, eg.NOW - timedelta(days=90), eg.NOW)
    assert {(a.call_id, a.service, a.caller, a.line, a.tool_line) for a in found} == {
        ("written", "Balayage", "kim", None, None),
        ("heard", "balayage", "+15550142", "Do you do BALAYAGE?", "Looked up the price → not on the list"),
        ("both", "balayage", "both", "Do you do BALAYAGE?", "Looked up the price → not on the list"),
    }


def test_counts_of_days_are_those_of_the_wall(conn: sqlite3.Connection) -> None:
    """Also in the night in which the clock goes back."""
    days = [(day, *day_bounds(day, eg.ZONE)) for day in (eg.TODAY - timedelta(days=n) for n in (23, 22, 21))]
    for number, (day, start, end) in enumerate(days):
        assert day.month == 11
        for at in (start, end - timedelta(minutes=1)):
            row = {"id": f"{number}-{at}", "starts_at": milliseconds(at)}
            put(conn, "bookings", {**BOOKING, **row, "status": STATUSES[2 + number]})
            put(conn, "calls", {**CALL, "id": f"{number}-{at}", "started_at": milliseconds(at)})
    put(conn, "calls", {**CALL, "id": "out", "started_at": milliseconds(days[0][1]), "direction": "outbound"})
    found = patterns.day_counts(conn, days)
    assert [(d.bookings, d.cancelled, d.no_shows, d.calls) for d in found] == [(2, 0, 0, 2), (0, 2, 0, 2), (2, 0, 2, 2)]
    assert patterns.day_counts(conn, []) == []


def test_takings_are_those_of_what_was_done(conn: sqlite3.Connection) -> None:
    days = [(day, *day_bounds(day, eg.ZONE)) for day in (eg.TODAY - timedelta(days=n) for n in (2, 1))]
    for number, status in enumerate(STATUSES):
        row = {"id": f"b{number}", "starts_at": milliseconds(days[0][1]), "status": status, "price_cents": 100 + number}
        put(conn, "bookings", {**BOOKING, **row})
    back = {"id": "back", "starts_at": milliseconds(days[1][1]), "status": "completed", "payment_status": "refunded"}
    put(conn, "bookings", {**BOOKING, **back})
    assert patterns.day_takings(conn, days) == [(days[0][0], 100 + 101 + 102), (days[1][0], 0)]
    assert patterns.day_takings(conn, []) == []


def test_a_file_with_nothing_in_it(path: Path) -> None:
    db = Database.open(path, Clock())
    assert db.read(patterns.first_known) is None
    assert db.read(patterns.first_call) is None
    assert db.read(lambda conn: leaving(conn)) == []
    db.close()
