"""Periods in the business's own days, and what each is compared with."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.periods import Chosen, Period, before, line, midnight, stretch

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def custom(first: str, last: str) -> Chosen:
    return Chosen(period=Period.CUSTOM, first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("chosen", "now", "start", "earlier"),
    [
        # Wednesday: Monday to Wednesday with last Monday to Wednesday, at the same hour.
        (Chosen(period=Period.WEEK), "2025-11-26T14:30", "2025-11-24", ("2025-11-17T00:00", "2025-11-19T14:30")),
        (Chosen(period=Period.TODAY), "2025-11-26T14:30", "2025-11-26", ("2025-11-19T00:00", "2025-11-19T14:30")),
        (Chosen(period=Period.MONTH), "2025-11-26T14:30", "2025-11-01", ("2025-10-01T00:00", "2025-10-26T14:30")),
        # February has no 30th: all of it.
        (Chosen(period=Period.MONTH), "2025-03-30T14:30", "2025-03-01", ("2025-02-01T00:00", "2025-03-01T00:00")),
        (Chosen(period=Period.QUARTER), "2025-11-26T14:30", "2025-10-01", ("2025-07-01T00:00", "2025-08-26T14:30")),
        (Chosen(period=Period.QUARTER), "2025-05-31T14:30", "2025-04-01", ("2025-01-01T00:00", "2025-03-01T00:00")),
        (Chosen(period=Period.YEAR), "2025-11-26T14:30", "2025-01-01", ("2024-01-01T00:00", "2024-11-26T14:30")),
        (Chosen(period=Period.YEAR), "2024-02-29T14:30", "2024-01-01", ("2023-01-01T00:00", "2023-03-01T00:00")),
        # Over: all of it, a Wednesday with a Wednesday.
        (
            custom("2025-11-05", "2025-11-13"),
            "2025-11-26T14:30",
            "2025-11-05",
            ("2025-10-22T00:00", "2025-10-31T00:00"),
        ),
        # Not over: as much of it.
        (
            custom("2025-11-24", "2025-11-30"),
            "2025-11-26T14:30",
            "2025-11-24",
            ("2025-11-17T00:00", "2025-11-19T14:30"),
        ),
        # The night the clock goes back: the same hour by the wall, an hour longer.
        (Chosen(period=Period.TODAY), "2025-11-02T12:00", "2025-11-02", ("2025-10-26T00:00", "2025-10-26T12:00")),
    ],
)
def test_a_period_and_what_it_is_compared_with(chosen: Chosen, now: str, start: str, earlier: tuple[str, str]) -> None:
    it, other = stretch(chosen, at(now), NEW_YORK), before(chosen, at(now), NEW_YORK)
    assert it.start == midnight(date.fromisoformat(start), NEW_YORK)
    assert it.end == at(now) or it.whole
    assert (other.start, other.end) == (at(earlier[0]), at(earlier[1]))


def test_the_night_the_clock_goes_back_is_an_hour_longer() -> None:
    today = stretch(Chosen(period=Period.TODAY), at("2025-11-02T12:00"), NEW_YORK)
    assert today.end - today.start == timedelta(hours=13)


def test_what_begins_later_is_empty() -> None:
    later = stretch(custom("2026-01-01", "2026-01-31"), at("2025-11-26T14:30"), NEW_YORK)
    assert later.start == later.end and not later.whole


zones = st.sampled_from(["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu"])
nows = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001
days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
choices = st.one_of(
    st.sampled_from([p for p in Period if p is not Period.CUSTOM]).map(lambda p: Chosen(period=p)),
    st.tuples(days, days).map(lambda d: Chosen(period=Period.CUSTOM, first=d[0], last=d[1])),
)


@settings(deadline=None)
@given(choices, nows, zones)
def test_a_line_is_without_gaps_and_ends_with_the_period_itself(chosen: Chosen, now: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    it, points = stretch(chosen, now, zone), line(chosen, now, zone)
    assert 1 <= len(points) <= 28
    if chosen.period is Period.CUSTOM:
        assert (points[0].start, max(point.end for point in points)) == (it.start, max(it.end, points[-1].end))
    else:
        assert points[-1] == it
    for one, other in pairwise(points):
        assert one.end == other.start or not one.whole
        assert one.start < other.start


@settings(deadline=None)
@given(choices, nows, zones)
def test_what_is_compared_is_earlier_and_as_long(chosen: Chosen, now: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    it, other = stretch(chosen, now, zone), before(chosen, now, zone)
    assert other.start <= other.end <= it.start or chosen.period is Period.CUSTOM
    assert other.start < it.start
    if chosen.period in (Period.TODAY, Period.WEEK, Period.CUSTOM):
        assert abs((other.end - other.start) - (it.end - it.start)) <= timedelta(hours=2), "but for the clock"
        assert other.first.weekday() == it.first.weekday()
