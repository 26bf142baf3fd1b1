"""Unusual days: far from their own weekday's past, in both directions, and few by chance."""

import random
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.anomalies import LOOKED_AT, Anomaly, Measure, anomalies, provenance_of, span
from client.models.business import Business
from client.models.patterns import DayCounts
from client.models.provenance import EvidenceRow
from tests import example_data as eg
from widgets.strings import Words

SAY = Words(language="en", zone=eg.ZONE)
FIRST, _ = span(eg.TODAY)
DAYS = [FIRST + timedelta(days=n) for n in range((eg.TODAY - FIRST).days)]
FRIDAY = date(2025, 11, 21)


def counts(bookings: dict[date, int] | None = None, usual: int = 20) -> list[DayCounts]:
    """Every day as usual but for those given."""
    given_days = bookings or {}
    return [DayCounts(day=day, bookings=given_days.get(day, usual), cancelled=1, no_shows=0, calls=15) for day in DAYS]


def test_both_directions_are_said_with_the_numbers() -> None:
    found = anomalies(counts({FRIDAY: 2, FRIDAY - timedelta(days=1): 45}), eg.TODAY, eg.BUSINESS)
    assert [(a.day, a.count, a.usual, a.more) for a in found] == [
        (FRIDAY, 2, 20.0, False),
        (FRIDAY - timedelta(days=1), 45, 20.0, True),
    ]
    assert (found[0].low, found[0].high) == (7, 33)
    assert found[0].past == (20,) * 12


@pytest.mark.parametrize("day", [date(2025, 11, 23), date(2025, 11, 20)])
def test_a_closed_day_is_not_unusual(day: date) -> None:
    assert anomalies(counts({day: 0}), eg.TODAY, _closed_on(date(2025, 11, 20))) == ()


def test_closed_days_are_no_past() -> None:
    shut = [FRIDAY - timedelta(weeks=back) for back in range(1, 8)]
    assert anomalies(counts({FRIDAY: 2}), eg.TODAY, _closed_on(*shut)) == ()
    assert anomalies(counts({FRIDAY: 2}), eg.TODAY, _closed_on(*shut[:6]))


def test_one_odd_day_does_not_move_what_is_usual() -> None:
    odd = {FRIDAY: 2, FRIDAY - timedelta(weeks=1): 200}
    assert {a.usual for a in anomalies(counts(odd), eg.TODAY, eg.BUSINESS)} == {20.0}


def test_too_short_a_past_says_nothing() -> None:
    assert anomalies(counts({FRIDAY: 2})[-5 * 7 :], eg.TODAY, eg.BUSINESS) == ()


def test_days_before_the_first_call_are_no_past() -> None:
    rows = [replace(each, calls=15 if each.day >= FRIDAY - timedelta(weeks=5) else 0) for each in counts()]
    assert {a.measure for a in anomalies(rows, eg.TODAY, eg.BUSINESS)} == {Measure.CALLS}
    assert anomalies(rows, eg.TODAY, eg.BUSINESS, called_since=FRIDAY - timedelta(weeks=5)) == ()
    assert anomalies(counts({FRIDAY: 2}), eg.TODAY, eg.BUSINESS, booked_since=FRIDAY - timedelta(weeks=6)) == ()
    assert anomalies(counts({FRIDAY: 2}), eg.TODAY, eg.BUSINESS, booked_since=FRIDAY - timedelta(weeks=7))


def test_chance_alone_hardly_ever_is_unusual() -> None:
    """Four measures of 28 days; were each day as chance would have it, three in a thousand would be beyond."""
    chance, found, judged = random.Random(4), 0, 0
    for _ in range(40):
        rows = [
            DayCounts(day=day, bookings=_poisson(chance, 19), cancelled=_poisson(chance, 1.5), no_shows=0, calls=9)
            for day in DAYS
        ]
        found += len(anomalies(rows, eg.TODAY, None))
        judged += 2 * LOOKED_AT
    assert found / judged < 0.02


def test_its_provenance_counts_its_rows() -> None:
    [found] = anomalies(counts({FRIDAY: 2}), eg.TODAY, eg.BUSINESS)
    rows = [
        EvidenceRow(row_id=f"b{n}", kind="booking", at=eg.NOW, title="", detail="", counted=n < 2, why="")
        for n in range(3)
    ]
    provenance = provenance_of(found, rows, eg.NOW, eg.ZONE, SAY)
    assert (provenance.rows_counted, provenance.rows_seen) == (2, 3)
    assert "7 to 33" in provenance.formula


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=len(DAYS), max_size=len(DAYS)),
    st.sets(st.sampled_from(DAYS), max_size=20),
)
def test_it_is_what_the_rule_says(bookings: list[int], closed: set[date]) -> None:
    rows = [
        DayCounts(day=day, bookings=count, cancelled=0, no_shows=0, calls=0)
        for day, count in zip(DAYS, bookings, strict=True)
    ]
    of = dict(zip(DAYS, bookings, strict=True))
    expected: set[date] = set()
    for day in DAYS[-LOOKED_AT:]:
        past = [of[d] for d in (day - timedelta(weeks=w) for w in range(1, 13)) if d not in closed and d in of]
        if day in closed or day.weekday() == 6 or len(past) < 6:
            continue
        middle = median(past)
        stray = max(1.4826 * median(abs(p - middle) for p in past), middle**0.5, 1)
        if abs(of[day] - middle) > 3 * stray:
            expected.add(day)
    found = anomalies(rows, eg.TODAY, _closed_on(*closed))
    assert {a.day for a in found} == expected
    assert all(not a.low <= a.count <= a.high and a.low <= a.usual <= a.high for a in found)


def test_subjects_are_unique() -> None:
    a = Anomaly(day=FRIDAY, measure=Measure.CALLS, count=1, usual=5, low=2, high=8, past=())
    assert a.subject == "calls:2025-11-21"


def _closed_on(*days: date) -> Business:
    return replace(eg.BUSINESS, closed_days=frozenset(days))


def _poisson(chance: random.Random, mean: float) -> int:
    """By counting arrivals."""
    count, waited = 0, chance.expovariate(mean)
    while waited < 1:
        count, waited = count + 1, waited + chance.expovariate(mean)
    return count
