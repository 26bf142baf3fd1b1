"""What has come in is one sum: of the server's forecasts, of their drawn past, and of the figure of the same days."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend_stub.accounts import add_account
from backend_stub.business.kinds import KINDS
from backend_stub.forecasts.history import read_history
from backend_stub.store import Store, Transaction
from client.insight.day import day_bounds
from client.insight.metrics import Metric
from client.insight.periods import Chosen, Period
from client.storage import patterns
from client.storage.columns import milliseconds
from tests.insight import test_golden as golden
from tests.insight.test_figures import read

FIRST = date(2025, 11, 1)
DAYS = (golden.TODAY - FIRST).days
"""Of the month, before today."""


def rows_of(kind: str) -> dict[str, list[dict[str, Any]]]:
    """A seeded business in which every seventh client had the money back."""
    rows = golden.history(kind).rows
    bookings = [
        {**each, "payment_status": "refunded"} if n % 7 == 0 else each for n, each in enumerate(rows["bookings"])
    ]
    return {**rows, "bookings": bookings}


def come_in(rows: dict[str, list[dict[str, Any]]], zone: str) -> dict[date, float]:
    """Of each day, as the server adds it up for its forecasts."""
    now, account = milliseconds(golden.NOW), rows["business"][0]["id"]

    def fill(tx: Transaction) -> int:
        names = {"business_name": "", "business_type": "", "time_zone": zone}
        number = add_account(tx, account_id=account, now_ms=now, **names)
        for kind in ("business", "bookings"):
            tx.put_many(number, kind, rows[kind])
        return number

    store = Store(None)
    try:
        number = store.write_now(fill)
        cents = store.peek(lambda connection: read_history(connection, number, zone, now)).cents
    finally:
        store.close()
    return {day: amount for day, amount in cents.items() if amount and day >= FIRST}


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_come_in_is_the_figure_of_the_same_days(kind: str) -> None:
    rows, zone = rows_of(kind), golden.history(kind).account["time_zone"]
    conn = golden.device(rows)
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    drawn = patterns.day_takings(conn, [(day, *day_bounds(day, ZoneInfo(zone))) for day in days])
    figure = read(conn, Chosen(period=Period.CUSTOM, first=days[0], last=days[-1]), golden.NOW)[
        Metric.REVENUE_COMPLETED
    ]
    conn.close()
    assert any("refunded" in each for each in figure.figure.provenance.left_out)
    assert figure.figure.value
    assert come_in(rows, zone) == {day: cents for day, cents in drawn if cents}
    assert sum(cents for _, cents in drawn) == figure.figure.value
