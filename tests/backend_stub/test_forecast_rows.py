"""An account's forecasts as rows: of which days, from which history, with which range, and when they are made."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend_stub.accounts import all_accounts
from backend_stub.forecast.series import MOST_DAYS
from backend_stub.forecasts import asked, measures
from backend_stub.forecasts.aside import foretell_aside
from backend_stub.forecasts.asked import HOURS_KNOWN_DAYS, History, Row
from backend_stub.forecasts.history import read_history
from backend_stub.forecasts.keeping import AFTER_S, EVERY_S, Forecaster, forecast_id
from backend_stub.rows_of_work import ForecastRow
from backend_stub.store import rows_of
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted, Start
from tests.backend_stub.manual_clock import ManualClock

TODAY = date(2025, 11, 23)
"""A Sunday."""


def history(days: int, *, today: date = TODAY, seed: int = 1, closed: bool = True) -> History:
    """Poisson counts, more of them late in the week; Mondays are closed.  A booking costs 80."""
    chance = np.random.default_rng(seed)
    counts: dict[date, float] = {}
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        busy = 0 if closed and day.weekday() == 0 else 6 + 2 * day.weekday()
        if drawn := int(chance.poisson(busy)):
            counts[day] = drawn
    hours = [[float(hour in (9, 10, 14)) * (1 + (hour == 14)) for hour in range(24)] for _ in range(7)]
    cents = {day: count * 8000 for day, count in counts.items()}
    return History(today=today, counts=counts, cents=cents, hours=hours, closed_on=frozenset())


def made(rows: list[Row]) -> dict[str, ForecastRow]:
    fixed = {"id": "019a0000-0000-7000-8000-000000000001", "made_at": eg.NOON, "version": 1}
    return {row["measure"]: ForecastRow.model_validate({**row, **fixed}) for row in rows}


@pytest.fixture(scope="module")
def two_years() -> dict[str, ForecastRow]:
    return made(measures.rows_of(history(700)))


def test_each_measure_is_of_its_own_days(two_years: dict[str, ForecastRow]) -> None:
    week, month, quarter = (two_years[name] for name in ("bookings_week", "revenue_month", "revenue_quarter"))
    assert [day.date for day in week.days] == [(TODAY + timedelta(days=n)).isoformat() for n in range(1, 8)]
    assert week.total is not None and month.total is not None and quarter.total is not None
    assert (week.total.from_, week.total.to) == ("2025-11-24", "2025-11-30")
    assert (month.total.from_, month.total.to, month.days[0].date) == ("2025-11-01", "2025-11-30", "2025-11-23")
    assert (quarter.total.from_, quarter.total.to) == ("2025-10-01", "2025-12-31")
    assert [row.unit for row in (week, month, quarter)] == ["count", "cents", "cents"]


def test_what_has_come_is_in_the_total(two_years: dict[str, ForecastRow]) -> None:
    past = history(700)
    month = two_years["revenue_month"].total
    assert month is not None
    assert month.so_far == sum(cents for day, cents in past.cents.items() if day >= date(2025, 11, 1))
    ahead = sum(day.mean for day in two_years["revenue_month"].days)
    assert month.mean == pytest.approx(month.so_far + ahead, abs=1)
    assert month.so_far < month.low < month.mean < month.high
    week = two_years["bookings_week"].total
    assert week is not None and week.so_far == 0.0


def test_a_total_s_range_is_narrower_than_its_days_ranges_together(two_years: dict[str, ForecastRow]) -> None:
    week = two_years["bookings_week"]
    assert week.total is not None
    assert week.total.high - week.total.low < sum(day.high - day.low for day in week.days)


def test_the_record_is_of_eight_stretches_of_the_same_length(two_years: dict[str, ForecastRow]) -> None:
    for name, length in (("bookings_week", 7), ("revenue_month", 8)):
        record = two_years[name].record
        assert record is not None and record.of == len(record.folds) == 8
        assert record.held == sum(fold.low <= fold.actual <= fold.high for fold in record.folds)
        assert record.mae == pytest.approx(np.mean([abs(fold.mean - fold.actual) for fold in record.folds]), abs=0.01)
        spans = [(date.fromisoformat(fold.from_), date.fromisoformat(fold.to)) for fold in record.folds]
        assert all((last - first).days + 1 == length for first, last in spans)
        assert spans[-1][1] < TODAY
        past = history(700)
        days = past.counts if name == "bookings_week" else past.cents
        for fold, (first, last) in zip(record.folds, spans, strict=True):
            assert fold.actual == sum(value for day, value in days.items() if first <= day <= last)


def test_totals_hold_four_times_of_five_where_the_truth_is_known() -> None:
    held = of = 0
    for seed in range(4):
        record = made(measures.rows_of(history(320, seed=seed)))["bookings_week"].record
        assert record is not None
        held, of = held + record.held, of + record.of
    assert of == 32 and 0.65 <= held / of <= 0.95


def test_busy_hours_are_the_week_spread_over_the_hours_at_which_bookings_began(
    two_years: dict[str, ForecastRow],
) -> None:
    week, busy = two_years["bookings_week"], two_years["busy_hours"]
    assert busy.grid is not None and [len(hours) for hours in busy.grid] == [24] * 7
    by_weekday = {date.fromisoformat(day.date).weekday(): day.mean for day in week.days}
    for weekday, hours in enumerate(busy.grid):
        assert sum(hours) == pytest.approx(by_weekday[weekday], abs=0.02)
        assert hours[14] == pytest.approx(2 * hours[9], abs=0.02) and hours[3] == 0
    assert sum(busy.grid[0]) == 0


def by_hour(past: History, *, days: int = HOURS_KNOWN_DAYS, seed: int = 2) -> dict[date, list[float]]:
    """The counts of the last days, more of them at two than at nine or ten."""
    chance = np.random.default_rng(seed)
    share = [hour / sum(past.hours[0]) for hour in past.hours[0]]
    since = past.today - timedelta(days=days)
    return {day: chance.multinomial(int(n), share).tolist() for day, n in past.counts.items() if day >= since}


def test_the_record_of_the_hours_is_that_of_each_hour_beside_the_same_one_a_week_before() -> None:
    past = history(320)
    past = replace(past, by_day=by_hour(past))
    rows = made(measures.rows_of(past))
    record, week = rows["busy_hours"].record, rows["bookings_week"].record
    assert record is not None and week is not None and record.of == 8
    totals = {"mae", "naive_mae"}
    assert [f.model_dump(exclude=totals) for f in record.folds] == [f.model_dump(exclude=totals) for f in week.folds]
    assert all(fold.mae is None for fold in week.folds)
    guesses: list[float] = []
    for fold in record.folds:
        first = date.fromisoformat(fold.from_)
        of_fold: list[float] = []
        for day in (first + timedelta(days=n) for n in range(7)):
            # The day before the first is the running one, and not known yet.
            before = day - timedelta(days=7 if day - timedelta(days=7) < first - timedelta(days=1) else 14)
            came, guess = (past.by_day.get(each, [0.0] * 24) for each in (day, before))
            usual = past.counts.get(day - timedelta(days=7)) or past.counts.get(day - timedelta(days=14))
            asked = (9, 10, 14) if usual or any(came) or any(guess) else ()
            of_fold += [abs(guess[hour] - came[hour]) for hour in asked]
        assert fold.naive_mae == pytest.approx(sum(of_fold) / len(of_fold), abs=0.006)
        guesses += of_fold
    assert record.naive_mae == pytest.approx(sum(guesses) / len(guesses), abs=0.006)
    assert record.better == "model" and 0 < record.mae < record.naive_mae, "random hours repeat themselves badly"


def test_hours_that_repeat_themselves_are_guessed_better_than_expected() -> None:
    past = history(320, closed=False)
    counts = dict.fromkeys(past.counts, 8.0)
    split = {True: (9, 10), False: (14, 15)}
    by_day = {
        day: [4.0 * (hour in split[day >= TODAY - timedelta(days=63)]) for hour in range(24)]
        for day in counts
        if day >= TODAY - timedelta(days=HOURS_KNOWN_DAYS)
    }
    record = made(measures.rows_of(replace(past, counts=counts, by_day=by_day)))["busy_hours"].record
    assert record is not None and record.better == "naive" and record.naive_mae < record.mae


@pytest.mark.parametrize("days", [0, 1, 30, 55])
def test_too_little_history_says_how_much_it_needs(days: int) -> None:
    rows = made(measures.rows_of(history(days, closed=False)))
    for row in rows.values():
        assert (row.state, row.days, row.total, row.grid, row.record) == ("too_little", [], None, None, None)
        assert row.history_days <= days < row.needs_days
    assert rows["bookings_week"].needs_days == 63 and rows["revenue_quarter"].needs_days == 91


@pytest.mark.parametrize("horizon", [1, 8, 31, 92])
def test_so_much_history_is_enough_and_a_day_less_is_not(horizon: int) -> None:
    needed = measures.needed_days(horizon)
    today = TODAY
    span = measures.Span(first=today, last=today + timedelta(days=horizon - 1))
    enough, short = (history(days, closed=False) for days in (needed, needed - 7))
    assert measures._foretold("x", "count", enough.counts, span, enough)["state"] == "ok"
    assert measures._foretold("x", "count", short.counts, span, short)["state"] == "too_little"


@pytest.mark.parametrize(
    ("today", "month", "quarter"),
    [
        (date(2024, 2, 29), (date(2024, 2, 1), date(2024, 2, 29)), (date(2024, 1, 1), date(2024, 3, 31))),
        (date(2025, 12, 31), (date(2025, 12, 1), date(2025, 12, 31)), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2025, 7, 1), (date(2025, 7, 1), date(2025, 7, 31)), (date(2025, 7, 1), date(2025, 9, 30))),
        (date(2025, 5, 15), (date(2025, 5, 1), date(2025, 5, 31)), (date(2025, 4, 1), date(2025, 6, 30))),
    ],
)
def test_months_and_quarters(today: date, month: tuple[date, date], quarter: tuple[date, date]) -> None:
    assert measures._month(today) == measures.Span(first=month[0], last=month[1])
    assert measures._quarter(today) == measures.Span(first=quarter[0], last=quarter[1])


# --- from the account's bookings ----------------------------------------------------------------------------------
async def test_a_history_is_of_the_business_s_own_days(hosted: Hosted) -> None:
    night = datetime(2025, 11, 20, 23, 30, tzinfo=ZoneInfo(eg.ZONE))
    at = int(night.timestamp() * 1000)
    today_at = int(datetime(2025, 11, 23, 9, tzinfo=ZoneInfo(eg.ZONE)).timestamp() * 1000)
    docs = [
        eg.booking(starts_at=at, status="completed", price_cents=5000),
        eg.booking(starts_at=at, status="completed", price_cents=7000, payment_status="refunded"),
        eg.booking(starts_at=at, status="no_show"),
        eg.booking(starts_at=at, status="cancelled"),
        eg.booking(starts_at=today_at, status="completed"),
        eg.booking(starts_at=at - (MOST_DAYS + 5) * eg.DAY, status="completed"),
    ]
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, "bookings", docs))
    found = hosted.store.peek(lambda conn: read_history(conn, hosted.business.number, eg.ZONE, eg.NOON))
    assert found.today == date(2025, 11, 23)
    assert dict(found.counts) == {date(2025, 11, 20): 3.0} and dict(found.cents) == {date(2025, 11, 20): 5000.0}
    assert found.hours[3][23] == 3.0 and sum(map(sum, found.hours)) == 3.0
    assert asked.YEARS_2 == MOST_DAYS


class Asked:
    """Answers with four rows, and remembers of which day it was asked."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.there = True

    async def __call__(self, asked: History) -> list[Row] | None:
        self.days.append(asked.today)
        return measures.rows_of(history(0, today=asked.today)) if self.there else None


async def test_they_are_made_after_the_start_and_once_a_day_of_the_business(start: Start, clock: ManualClock) -> None:
    foretell = Asked()
    hosted: Hosted = await start(foretell=True, foretell_with=foretell)
    # The compaction, and the forecaster between two looks.
    await clock.sleepers(2)
    assert foretell.days == []
    first: dict[str, int] = {}
    for seconds in (AFTER_S, EVERY_S, EVERY_S):
        await clock.advance(seconds)
        await clock.sleepers(2)
        first = first or {row["id"]: row["made_at"] for row in all_rows(hosted)}
    assert forecast_id(hosted.business.account_id, "busy_hours") in first and len(first) == 4
    assert foretell.days == [TODAY]
    clock.jump(24 * 3600)
    await clock.advance(EVERY_S)
    await clock.sleepers(2)
    assert foretell.days == [TODAY, TODAY + timedelta(days=1)]
    again = {row["id"]: row["made_at"] for row in all_rows(hosted)}
    assert again.keys() == first.keys() and min(again.values()) > max(first.values())


def all_rows(hosted: Hosted) -> list[dict[str, Any]]:
    return hosted.store.peek(lambda conn: rows_of(conn, hosted.business.number, "forecasts"))


async def test_where_the_program_gives_none_there_are_none(hosted: Hosted) -> None:
    foretell = Asked()
    foretell.there = False
    forecaster = Forecaster(hosted.store, hosted.clock, foretell)
    (account,) = hosted.store.peek(all_accounts)
    assert not await forecaster.make(account)
    assert all_rows(hosted) == []
    foretell.there = True
    assert await forecaster.make(account) and await forecaster.make(account)
    assert len(foretell.days) == 2 and len(all_rows(hosted)) == 4


async def test_the_program_answers_what_the_sums_do() -> None:
    past = history(90)
    assert await foretell_aside(past) == measures.rows_of(past)


def test_a_server_s_start_does_not_pay_for_forecasts() -> None:
    code = "import sys, backend_stub.app; sys.exit(any(m.startswith(('numpy', 'statsmodels')) for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
    assert datetime.fromtimestamp(eg.NOON / 1000, UTC).date() == TODAY
