"""Forecasts as the owner is shown them: no narrower than they are, not of what is over, with their record."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.insight.outlook import DayValue, Outlook, Standing, days_before, outlook, whole_range
from client.models.forecasts import Forecast, ForecastState, Measure
from tests import example_data as eg
from tests.screens.ahead_scenes import forecast, record, too_little, without_sundays
from widgets.forecast_card import headline, record_lines, value
from widgets.strings import Words

AMOUNTS = st.floats(0, 1e7, allow_subnormal=False)
SAY = Words(language="en", zone=eg.ZONE)


def of(found: Forecast, after: int = 0, *past: DayValue) -> Outlook:
    """As it stands so many days from now."""
    return outlook(found, past, eg.TODAY + timedelta(days=after), eg.NOW, eg.ZONE, SAY, partial(value, SAY))


@given(AMOUNTS, AMOUNTS, st.sampled_from(["count", "cents"]))
def test_a_range_is_written_outwards(one: float, other: float, unit: str) -> None:
    low, high = sorted((one, other))
    written_low, written_high = whole_range(low, high, unit)
    assert written_low <= low <= high <= written_high
    step = 100 if unit == "cents" else 1
    assert low - written_low < step
    assert written_high - high <= step


def test_the_range_is_the_total_of_the_days_it_covers() -> None:
    coming = of(forecast())
    assert coming.standing is Standing.COMING
    assert (coming.low, coming.high) == (37, 52)
    assert headline(SAY, coming) == "37 to 52 bookings"
    assert (coming.first, coming.last) == (eg.TODAY + timedelta(days=1), eg.TODAY + timedelta(days=7))
    assert not coming.begun


@pytest.mark.parametrize(
    ("after", "standing", "begun"),
    [(0, Standing.COMING, False), (1, Standing.COMING, True), (7, Standing.COMING, True), (8, Standing.OVER, True)],
)
def test_what_is_over_is_no_forecast(after: int, standing: Standing, begun: bool) -> None:
    found = of(forecast(), after)
    assert found.standing is standing
    assert found.begun is (begun and standing is Standing.COMING)
    assert (found.provenance is None) is (standing is Standing.OVER)


def test_below_the_needed_history_there_is_the_reason() -> None:
    found = of(too_little(Measure.BOOKINGS_WEEK, has=19))
    assert (found.standing, found.missing_days) == (Standing.TOO_LITTLE, 37)
    assert of(forecast(state=ForecastState.UNKNOWN)).standing is Standing.UNKNOWN
    assert of(forecast(total=None)).standing is Standing.UNKNOWN


def test_a_closed_day_on_which_nothing_came_is_no_nought() -> None:
    sundays = [day for day in days_before(eg.TODAY) if day.weekday() == 6]
    worked, quiet = sundays[0], sundays[1]
    past = tuple(
        DayValue(date=day, value=4.0 if day == worked or day.weekday() != 6 else 0.0) for day in days_before(eg.TODAY)
    )
    found = without_sundays(forecast())
    coming = next(day.date for day in found.days if day.date.weekday() == 6)
    drawn = outlook(found, past, eg.TODAY, eg.NOW, eg.ZONE, SAY, partial(value, SAY), eg.BUSINESS)
    assert drawn.closed == {*sundays[1:], coming} and quiet in drawn.closed
    holiday = replace(eg.BUSINESS, closed_days=frozenset({found.days[0].date}))
    open_then = outlook(found, past, eg.TODAY, eg.NOW, eg.ZONE, SAY, partial(value, SAY), holiday)
    assert found.days[0].date not in open_then.closed, "something is expected"
    assert outlook(found, past, eg.TODAY, eg.NOW, eg.ZONE, SAY, partial(value, SAY)).closed == frozenset()


def test_the_past_that_is_drawn_ends_where_the_forecast_begins() -> None:
    past = tuple(DayValue(date=day, value=3.0) for day in days_before(eg.TODAY + timedelta(days=3)))
    drawn = of(forecast(), 3, *past).past
    assert drawn[-1].date == eg.TODAY
    assert [each.date for each in drawn] == sorted(each.date for each in drawn)


def test_its_rows_are_the_forecasts_it_would_have_made() -> None:
    provenance = of(forecast()).provenance
    assert provenance is not None
    assert (provenance.rows_counted, provenance.rows_seen) == (6, 8)
    assert sum(row.counted for row in provenance.rows) == provenance.rows_counted
    assert [row.row_id for row in provenance.rows] == sorted((row.row_id for row in provenance.rows), reverse=True)
    assert "foretold" in provenance.rows[0].title
    assert "512 days" in provenance.formula
    assert provenance.left_out == (SAY("forecast.left_out"),)


def test_money_says_that_what_was_refunded_is_left_out() -> None:
    provenance = of(forecast(Measure.REVENUE_MONTH, scale=6_400)).provenance
    assert provenance is not None
    assert provenance.left_out[-1] == "bookings that were refunded"


def test_its_record_says_so_when_the_guess_is_better() -> None:
    measure = Measure.BOOKINGS_WEEK
    assert record_lines(SAY, record(), measure, "count") == [
        "The range held 6 of the last 8 weeks · usual miss ±3.6",
        "A same-weekday guess would miss ±5.2",
    ]
    worse = replace(record(better="naive"), mae=5.4, naive_mae=4.0)
    assert record_lines(SAY, worse, measure, "count")[1] == (
        "The same-weekday guess is the better one here: it would miss ±4, this ±5.4"
    )
    assert record_lines(SAY, None, measure, "count") == [SAY("forecast.no_record")]
    month = record_lines(SAY, record(6_400), Measure.REVENUE_MONTH, "cents")
    assert month[0] == "The range held 6 of 8 earlier stretches · usual miss ±\xa0$230"


def test_money_has_no_cents_and_one_number_is_no_range() -> None:
    month = of(forecast(Measure.REVENUE_MONTH, days=6, scale=6_400, so_far=812_000))
    assert headline(SAY, month).startswith("$10,")
    total = forecast().total
    assert total is not None
    sure = of(forecast(total=replace(total, low=1.0, high=1.0)))
    assert headline(SAY, sure) == "1 booking"
