"""A client's figures: each equals a slow reading of their bookings, and is the aggregate of its rows."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.clients import OfClient, client_figure, counted, visits
from client.models.ids import CustomerId
from client.models.provenance import Figure
from client.storage import customers, tallies
from tests.insight.test_figures import NOW, SAY, Slow, booking, business, one_day
from tests.storage.rows import BOOKING, put
from widgets.figure_words import period_text

ZONE = SAY.zone


def of(conn: Any, customer_id: str, which: OfClient) -> Figure:
    sources = tallies.evidence_of_customer(conn, CustomerId(customer_id))
    return client_figure(which, sources, NOW, None, ZONE, SAY)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0, 9, 120]), st.sampled_from([0, 1, 40]))
def test_every_figure_equals_a_slow_reading_and_its_rows(seed: int, days: int, size: int) -> None:
    conn = business(seed, "UTC", NOW, days, size)
    everybody = Slow(conn, NOW, NOW, ZONE).all("bookings")
    for k in range(6):
        customer_id = f"k{k}"
        conn.execute(
            "INSERT OR IGNORE INTO customers (id, name, status, total_bookings, no_shows, language, version, "
            "gen) VALUES (?, 'K', 'active', 0, 0, 'en', 1, 1)",
            (customer_id,),
        )
        customer = customers.get(conn, CustomerId(customer_id))
        assert customer is not None
        theirs = [row for row in everybody if row["customer_id"] == customer_id]
        came = [row for row in theirs if row["status"] == "completed"]
        paid = [r["price_cents"] for r in came if r["payment_status"] != "refunded" and r["price_cents"] is not None]
        slow = {
            OfClient.VISITS: len(came),
            OfClient.SPENT: sum(paid) if paid else None,
            OfClient.NO_SHOWS: sum(row["status"] == "no_show" for row in theirs),
        }
        for which, value in slow.items():
            figure = of(conn, customer_id, which)
            rows, said = figure.provenance.rows, figure.provenance
            assert counted(customer, which) == value == figure.value, which
            assert (said.rows_seen, len(rows)) == (len(theirs), len(theirs))
            assert said.rows_counted == sum(row.counted for row in rows)
            assert all(said.period_from <= row.at <= said.period_to for row in rows)
            if which is OfClient.SPENT:
                assert sum(row.amount or 0 for row in rows if row.counted) == (value or 0)
    conn.close()


def test_what_is_no_visit_is_said() -> None:
    conn = one_day(
        *(booking(n, customer_id="k") for n in range(3)),
        booking(3, customer_id="k", status="confirmed"),
        booking(4, customer_id="k", status="no_show"),
        booking(5, customer_id="k", status="cancelled"),
        booking(6, customer_id="k", payment_status="refunded"),
        booking(7, customer_id="other"),
    )
    came, spent, away = (of(conn, "k", which) for which in OfClient)
    assert (came.value, came.provenance.rows_seen) == (4, 7)
    assert set(came.provenance.left_out) == {"1 not completed yet", "1 no-show", "1 cancelled booking"}
    assert (spent.value, away.value) == (3 * 4_500, 1)
    assert "1 refunded booking" in spent.provenance.left_out
    assert away.provenance.left_out == ("1 cancelled booking", "1 not completed yet")


def test_whose_prices_nobody_may_see_has_no_sum() -> None:
    conn = one_day(booking(0, customer_id="k", price_cents=None))
    assert (of(conn, "k", OfClient.SPENT).value, of(conn, "k", OfClient.VISITS).value) == (None, 1)


def test_nothing_is_counted_before_all_of_the_bookings_are_there() -> None:
    """A regular of twenty visits has none of them here while a first sync brings the days around today first."""
    conn = one_day(booking(0, customer_id="k", status="completed", price_cents=4500))
    conn.execute(
        "INSERT INTO customers (id, name, status, total_bookings, no_shows, language, version, gen) "
        "VALUES ('k', 'K', 'active', 20, 0, 'en', 1, 1)"
    )
    for cursor, ccursor, known in (("", None, 1), ("window:5", None, None), ("follow:9", "follow:9", 1)):
        conn.execute("INSERT OR IGNORE INTO streams (name) VALUES ('core')")
        conn.execute("UPDATE streams SET cursor = ?, ccursor = ? WHERE name = 'core'", (cursor, ccursor))
        customer = customers.get(conn, CustomerId("k"))
        assert customer is not None and visits(customer) == known, cursor
    assert counted(replace(customer, booked=None), OfClient.SPENT) is None


def test_three_thousand_bookings_are_counted_by_their_index() -> None:
    conn = one_day()
    conn.execute("BEGIN")
    for n in range(3_000):
        at = 1_500_000_000_000 + n * 86_400_000
        row = {**BOOKING, "id": f"b{n}", "customer_id": "k", "status": "completed", "price_cents": 100}
        put(conn, "bookings", {**row, "starts_at": at, "ends_at": at + 1, "created_at": at})
    conn.execute("COMMIT")
    conn.execute(
        "INSERT INTO customers (id, name, status, total_bookings, no_shows, language, version, gen) "
        "VALUES ('k', 'K', 'active', 9, 9, 'en', 1, 1)"
    )
    plans: list[str] = []
    conn.set_trace_callback(plans.append)
    customer = customers.get(conn, CustomerId("k"))
    conn.set_trace_callback(None)
    assert customer is not None and visits(customer) == 3_000
    (counting,) = [sql for sql in plans if "json_each" in sql]
    plan = " ".join(str(row[3]) for row in conn.execute(f"EXPLAIN QUERY PLAN {counting}"))
    assert "USING INDEX bookings_by_customer" in plan
    began = time.perf_counter()
    customers.get(conn, CustomerId("k"))
    assert time.perf_counter() - began < 0.1
    assert datetime.fromtimestamp(0, UTC) < of(conn, "k", OfClient.VISITS).provenance.period_from
    assert period_text(SAY, of(conn, "k", OfClient.VISITS).provenance).startswith(
        "Fri 14 Jul 2017 02:40 to Wed 26 Nov 2025"
    )
    assert of(conn, "k", OfClient.SPENT).value == pytest.approx(300_000)
