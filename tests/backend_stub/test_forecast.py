"""Forecasts of series whose truth is known, of the seeded businesses and a real one: honest ranges, a fair record."""

import math
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_stub.business import build_history
from backend_stub.forecast import CannotForecast, Forecast, forecast, series_of
from backend_stub.forecast.level import levels_of
from backend_stub.forecast.reading import read_counts
from tests.backend_stub.daily_series import MONDAY, OFFICE, SALON, Business, businesses

ROOT = Path(__file__).parents[2]
FLIGHTS = Path(__file__).parent / "series" / "new_york_departures_2013.csv"
SERIES = businesses(range(20))
TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("America/Los_Angeles")


def foretold(counts: dict[date, float | None], horizon: int = 7) -> Forecast:
    return forecast(series_of(counts), horizon)


def plain(values: list[float]) -> dict[date, float | None]:
    return {MONDAY + timedelta(days=place): value for place, value in enumerate(values)}


@cache
def all_but_the_last_week() -> list[tuple[Business, Forecast, list[float]]]:
    """Each generated business without its last week, how that was foretold, and how it was."""
    told: list[tuple[Business, Forecast, list[float]]] = []
    for business in SERIES:
        counts = business.counts()
        days = sorted(counts)
        last = [counts[day] or 0.0 for day in days[-7:]]
        told.append((business, foretold({day: counts[day] for day in days[:-7]}), last))
    return told


def test_over_many_series_the_range_holds_four_times_of_five() -> None:
    records = [told.backtest for _, told, _ in all_but_the_last_week()]
    assert {record.folds for record in records} == {8}
    assert 0.75 <= np.mean([record.coverage for record in records]) <= 0.85
    assert np.mean([0.7 <= record.coverage <= 0.9 for record in records]) > 0.8


def test_the_range_holds_in_the_week_that_nobody_had_seen() -> None:
    held: list[bool] = []
    for business, told, last in all_but_the_last_week():
        rates = business.rates()[-7:]
        held += [
            day.low <= count <= day.high for day, count, rate in zip(told.days, last, rates, strict=True) if rate > 0
        ]
    assert len(held) > 100
    assert 0.72 <= np.mean(held) <= 0.88


def test_it_beats_last_weeks_same_weekday_on_average_and_nearly_always() -> None:
    records = [told.backtest for _, told, _ in all_but_the_last_week()]
    assert np.mean([record.mae / record.naive_mae for record in records]) < 0.85
    assert np.mean([told.better == "model" for _, told, _ in all_but_the_last_week()]) > 0.9
    for _, told, _ in all_but_the_last_week():
        assert told.better == ("model" if told.backtest.mae < told.backtest.naive_mae else "naive")


def test_the_mean_is_near_the_rate_that_the_counts_were_drawn_from() -> None:
    off: list[float] = []
    for business, told, _ in all_but_the_last_week():
        rate = business.rates()[-7:].sum()
        off.append((sum(day.mean for day in told.days) - rate) / rate)
    assert abs(np.mean(off)) < 0.08
    assert np.median(np.abs(off)) < 0.15


def test_closed_weekdays_are_zero_and_stay_so() -> None:
    closed = 0
    for business, told, _ in all_but_the_last_week():
        for day in told.days:
            assert 0 <= day.low <= day.mean <= day.high
            if business.weekdays[day.date.weekday()] == 0:
                closed += 1
                assert day.mean == day.low == day.high == 0
            else:
                assert day.high > 0
    assert closed > 20


def test_a_sunday_worked_once_is_still_closed_and_a_quiet_business_is_not() -> None:
    counts = Business(seed=3, a_day=30, weekdays=OFFICE).counts()
    sundays = [day for day in counts if day.weekday() == 6]
    assert foretold({**counts, sundays[-3]: 25.0}).days[(6 - max(counts).weekday() - 1) % 7].high == 0
    rare = Business(seed=4, a_day=0.2, weekdays=(1.0,) * 7, days=300)
    assert all(day.high > 0 for day in foretold(rare.counts()).days)


def test_days_known_to_be_closed_are_zero() -> None:
    counts = Business(seed=5, a_day=30, weekdays=SALON).counts()
    feast = max(counts) + timedelta(days=3)
    days = forecast(series_of(counts, closed_on=[feast]), 7).days
    assert [day.high == 0 for day in days] == [day.date == feast for day in days]


def test_nothing_of_what_came_later_is_known_at_an_origin() -> None:
    counts = Business(seed=6, a_day=20, weekdays=SALON, days=200).counts()
    days = sorted(counts)
    other = counts | {day: 500.0 for day in days[150:]}
    one, two = (levels_of(series_of(series), learnt_until=120).ahead(150, 7) for series in (counts, other))
    assert one.tolist() == two.tolist()
    assert levels_of(series_of(other), learnt_until=120).ahead(160, 7).tolist() != one.tolist()


def test_one_wild_day_or_a_holiday_does_not_move_the_week_after_it() -> None:
    counts = Business(seed=7, a_day=40, weekdays=SALON, days=300).counts()
    calm = sum(day.mean for day in foretold(counts).days)
    yesterday = max(counts)
    for wild in (0.0, 900.0):
        assert sum(day.mean for day in foretold(counts | {yesterday: wild}).days) == pytest.approx(calm, rel=0.15)


def test_a_lasting_change_is_followed_within_weeks() -> None:
    doubled = [20.0 if place < 200 else 40.0 for place in range(242)]
    noise = np.random.default_rng(8).poisson(doubled)
    assert foretold(plain([float(count) for count in noise])).days[0].mean > 33


def test_weeks_that_are_all_the_same_are_foretold_exactly_and_the_naive_guess_is_as_good() -> None:
    told = foretold(plain([3.0, 4, 5, 6, 7, 0, 0] * 20))
    assert [day.mean for day in told.days] == pytest.approx([3, 4, 5, 6, 7, 0, 0], abs=0.05)
    assert told.better == "naive" and told.backtest.naive_mae == 0
    constant = foretold(plain([7.0] * 200)).backtest
    assert constant.mae == 0 and constant.coverage == 1, "seven is seven, whatever the last digit of a root"


def test_a_longer_horizon_has_its_own_record_of_as_many_days() -> None:
    counts = Business(seed=9, a_day=25, weekdays=SALON, days=700).counts()
    for horizon in (1, 30, 92):
        told = foretold(counts, horizon)
        assert [day.date for day in told.days] == [max(counts) + timedelta(days=step + 1) for step in range(horizon)]
        assert told.backtest.folds == 8 and told.backtest.mae > 0
    for horizon in (0, 93):
        with pytest.raises(ValueError, match="1 to 92"):
            foretold(counts, horizon)


def test_below_eight_weeks_there_is_a_reason_and_no_forecast() -> None:
    counts = Business(seed=10, a_day=25, weekdays=SALON, days=56).counts()
    told = foretold(counts)
    assert told.backtest.folds == 4 and "4 weeks" in told.notes[-1]
    del counts[max(counts)]
    with pytest.raises(CannotForecast, match="55 days of history are too few") as refused:
        foretold(counts)
    assert refused.value.code == "too_short"
    with pytest.raises(CannotForecast, match="30 days against: that needs 12 weeks"):
        foretold(Business(seed=10, a_day=25, weekdays=SALON, days=76).counts(), 30)
    assert foretold(Business(seed=10, a_day=25, weekdays=SALON, days=84).counts(), 30).backtest.folds >= 4


def test_gaps_are_done_without_filled_as_closed_or_refused_and_it_is_said() -> None:
    counts = Business(seed=11, a_day=25, weekdays=OFFICE, days=200).counts()
    days = sorted(counts)
    weekends_left_out = {day: count for day, count in counts.items() if day.weekday() < 5}
    told = foretold(weekends_left_out)
    assert any("Saturdays are left out" in note for note in told.notes)
    assert [day.high == 0 for day in told.days] == [day.date.weekday() >= 5 for day in told.days]
    some = foretold({day: count for day, count in counts.items() if day not in days[50:55]})
    assert any(f"5 days (the first is {days[50]}) have no count" in note for note in some.notes)
    with pytest.raises(CannotForecast, match="20 in a row"):
        foretold({day: count for day, count in counts.items() if day not in days[50:70]})
    with pytest.raises(CannotForecast, match="too many to fill honestly"):
        foretold({day: count for place, (day, count) in enumerate(counts.items()) if place % 5})


@pytest.mark.parametrize("count", [-1.0, math.nan, math.inf, 1e300])
def test_what_is_no_count_is_refused(count: float) -> None:
    with pytest.raises(CannotForecast, match="a count is a number from 0"):
        series_of(plain([1.0] * 100) | {MONDAY: count})


def test_nothing_at_all_is_refused() -> None:
    for counts in ({}, plain([0.0] * 100)):
        with pytest.raises(CannotForecast, match="nothing to forecast"):
            series_of(counts)


COUNTS = st.one_of(st.integers(0, 5), st.integers(0, 2000), st.just(0), st.floats(0, 1e9))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(COUNTS, min_size=7, max_size=70), st.integers(56, 120), st.integers(1, 14))
def test_whatever_the_counts_the_answer_is_finite_ordered_and_never_negative(
    counts: list[float], days: int, horizon: int
) -> None:
    repeated = [float(counts[place % len(counts)]) for place in range(days)]
    try:
        told = foretold(plain(repeated), horizon)
    except CannotForecast as refused:
        assert refused.code in {"empty", "too_short"}
        return
    assert len(told.days) == horizon
    for day in told.days:
        assert 0 <= day.low <= day.mean <= day.high < math.inf
    assert 0 <= told.backtest.coverage <= 1 and math.isfinite(told.backtest.mae)


def test_a_real_series_from_a_file() -> None:
    told = foretold(read_counts(FLIGHTS, "date", "flights"))
    assert [day.date for day in told.days] == [date(2014, 1, 1) + timedelta(days=step) for step in range(7)]
    assert told.better == "model"
    assert 0.65 <= told.backtest.coverage <= 0.95


def test_the_seeded_businesses_own_bookings_a_day() -> None:
    records = []
    for kind in ("salon", "dentist", "clinic", "garage"):
        rows = build_history(kind=kind, seed=7, today=TODAY, time_zone=ZONE.key).rows["bookings"]
        starts = (datetime.fromtimestamp(row["starts_at"] / 1000, UTC) for row in rows if row["status"] != "cancelled")
        booked = Counter(start.astimezone(ZONE).date() for start in starts)
        first = min(booked)
        past = [first + timedelta(days=place) for place in range((TODAY - first).days)]
        records.append(foretold({day: float(booked[day]) for day in past}).backtest)
    assert all(record.mae < record.naive_mae for record in records)
    assert 0.75 <= np.mean([record.coverage for record in records]) <= 0.88


def test_the_library_is_imported_with_the_first_forecast_only() -> None:
    program = (
        "import sys, backend_stub.app, backend_stub.forecast.__main__; "
        "print([name for name in ('statsmodels', 'pandas', 'scipy') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_where_the_library_is_missing_that_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.statespace.structural", None)
    with pytest.raises(CannotForecast, match="not installed here"):
        foretold(Business(seed=1, a_day=20, weekdays=OFFICE, days=100).counts())
