"""The clock on the wall on ordinary days and on the two odd nights of a year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.insight.walltime import (
    DAY_MINUTES,
    Span,
    at_wall,
    ends_at_wall,
    repeated,
    skipped,
    span_of,
    wall_end,
    wall_minute,
    wall_span,
)

LA = ZoneInfo("America/Los_Angeles")
SPRING, AUTUMN = date(2026, 3, 8), date(2025, 11, 2)
ZONES = [ZoneInfo(name) for name in ("America/Los_Angeles", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata")]
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def at(day: date, clock: str, fold: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), fold=fold, tzinfo=LA).astimezone(UTC)


def test_24_00_is_the_end_of_the_day() -> None:
    assert wall_minute(time.max) == DAY_MINUTES
    assert span_of((time(18), time.max)) == Span(start=18 * 60, end=DAY_MINUTES)


def test_a_booking_to_midnight_ends_with_the_day_and_is_not_on_the_next() -> None:
    day = date(2025, 11, 24)
    starts, ends = at(day, "23:00"), at(day + timedelta(days=1), "00:00")
    assert wall_span(starts, ends, day, LA) == Span(start=23 * 60, end=DAY_MINUTES)
    assert wall_span(starts, ends, day + timedelta(days=1), LA) is None


def test_a_booking_over_midnight_is_on_both_days() -> None:
    day = date(2025, 11, 24)
    starts, ends = at(day, "23:00"), at(day + timedelta(days=1), "01:30")
    assert wall_span(starts, ends, day, LA) == Span(start=23 * 60, end=DAY_MINUTES)
    assert wall_span(starts, ends, day + timedelta(days=1), LA) == Span(start=0, end=90)


def test_in_spring_an_hour_is_not_there() -> None:
    assert skipped(SPRING, LA) == Span(start=120, end=180)
    assert repeated(SPRING, LA) is None
    assert at_wall(SPRING, 119, LA) == at(SPRING, "01:59")
    assert [at_wall(SPRING, minute, LA) for minute in (120, 150, 179)] == [None, None, None]
    assert at_wall(SPRING, 180, LA) == at(SPRING, "03:00")
    assert wall_span(at(SPRING, "01:30"), at(SPRING, "03:30"), SPRING, LA) == Span(start=90, end=210)


def test_in_autumn_an_hour_comes_twice() -> None:
    assert repeated(AUTUMN, LA) == Span(start=60, end=120)
    assert skipped(AUTUMN, LA) is None
    assert at_wall(AUTUMN, 90, LA) == at(AUTUMN, "01:30"), "the first of the two"


def test_what_ends_before_it_began_by_the_wall_is_as_long_as_it_is() -> None:
    first, second = at(AUTUMN, "01:45"), at(AUTUMN, "01:15", fold=1)
    assert wall_span(first, second, AUTUMN, LA) == Span(start=105, end=135)
    same = at(AUTUMN, "01:30"), at(AUTUMN, "01:30", fold=1)
    assert wall_span(*same, AUTUMN, LA) == Span(start=90, end=150)


def test_what_is_drawn_over_the_hour_that_is_skipped_ends_where_the_wall_says() -> None:
    assert ends_at_wall(at(SPRING, "01:00"), 210, SPRING, LA) == [at(SPRING, "03:30")]
    assert ends_at_wall(at(SPRING, "01:00"), 150, SPRING, LA) == [at(SPRING, "03:00")], "there is no 02:30"
    assert ends_at_wall(at(SPRING, "03:30"), 240, SPRING, LA) == [at(SPRING, "04:00")]


def test_what_is_drawn_into_the_hour_that_comes_twice_may_end_in_either() -> None:
    half_past_midnight = at(AUTUMN, "00:30")
    assert ends_at_wall(half_past_midnight, 90, AUTUMN, LA) == [at(AUTUMN, "01:30"), at(AUTUMN, "01:30", fold=1)]
    assert ends_at_wall(half_past_midnight, 180, AUTUMN, LA) == [at(AUTUMN, "03:00")]
    assert ends_at_wall(at(AUTUMN, "01:15", fold=1), 90, AUTUMN, LA) == [at(AUTUMN, "01:30", fold=1)]


def test_a_clock_that_is_changed_by_half_an_hour() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert skipped(date(2025, 10, 5), lord_howe) == Span(start=120, end=150)
    assert repeated(date(2025, 4, 6), lord_howe) == Span(start=90, end=120)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(day=DAYS, minute=st.integers(0, DAY_MINUTES - 1))
def test_every_wall_minute_is_an_instant_that_shows_it_or_is_skipped(zone: ZoneInfo, day: date, minute: int) -> None:
    instant = at_wall(day, minute, zone)
    gap = skipped(day, zone)
    if instant is None:
        assert gap and gap.start <= minute < gap.end
    else:
        local = instant.astimezone(zone)
        assert (local.date(), local.hour * 60 + local.minute) == (day, minute)
        assert gap is None or not gap.start <= minute < gap.end


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(day=DAYS, minute=st.integers(0, DAY_MINUTES - 1), length=st.integers(1, 720))
def test_each_length_can_be_drawn(zone: ZoneInfo, day: date, minute: int, length: int) -> None:
    starts = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).astimezone(UTC)
    ends = starts + timedelta(minutes=length)
    drawn = ends_at_wall(starts, wall_end(starts, ends, day, zone), day, zone)
    assert ends in drawn and len(drawn) <= 2


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(day=DAYS, start=st.integers(0, 2 * DAY_MINUTES), length=st.integers(5, 720))
def test_a_span_lies_in_its_day(zone: ZoneInfo, day: date, start: int, length: int) -> None:
    starts = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) + timedelta(minutes=start)
    span = wall_span(starts, starts + timedelta(minutes=length), day, zone)
    assert span is None or 0 <= span.start < span.end <= DAY_MINUTES
