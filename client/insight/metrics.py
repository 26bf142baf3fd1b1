"""The figures an owner can ask for: over which rows each is, which of them it counts, how the value is made of them.

What counts is judged by a row's facts alone, so that groups of rows, in which there are thousands, and single rows in
the evidence are judged by the same function.  How they are put together is in `figures.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from client.insight import judging
from client.insight.judging import Verdict
from client.models.tallies import Axis, Facts


class Metric(StrEnum):
    """In the order in which they are shown until the owner has another one."""

    ANSWERED = "answered"
    MISSED = "missed"
    ANSWER_RATE = "answer_rate"
    BOOKED = "booked"
    BOOKING_RATE = "booking_rate"
    RESPONSE = "response"
    MADE = "made"
    REVENUE_BOOKED = "revenue_booked"
    REVENUE_COMPLETED = "revenue_completed"
    AVERAGE_VALUE = "average_value"
    NO_SHOW_RATE = "no_show_rate"
    CANCEL_RATE = "cancel_rate"
    REPEAT_RATE = "repeat_rate"
    HOURS = "hours"
    UTILISATION = "utilisation"
    FIRST_CONTACT = "first_contact"
    VELOCITY = "velocity"


class How(StrEnum):
    """
    COUNT: how many are counted · SUM, MEAN: of their amounts · SHARE: the counted of these and the base ·
    TIME: the sum of their lengths · USE: that sum, of the hours worked · MEDIAN: of waits, row by row
    """

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    SHARE = "share"
    TIME = "time"
    USE = "use"
    MEDIAN = "median"


RATED: Final = frozenset({How.SHARE, How.USE, How.MEAN, How.MEDIAN})
"""Of these it matters from how many rows they are."""


class Better(StrEnum):
    """Which way is good news; neither where it depends."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """`judge` is None for a median, whose rows are few and come with their waits.

    `money`: only for a role that may see it.  `noun` is what its rows are, a key of the catalogue.
    """

    metric: Metric
    how: How
    unit: str
    noun: str
    axis: Axis | None = None
    judge: Callable[[Facts], Verdict] | None = None
    better: Better = Better.MORE
    money: bool = False


def _calls(
    metric: Metric, how: How, judge: Callable[[Facts], Verdict], unit: str = "count", better: Better = Better.MORE
) -> Definition:
    return Definition(metric=metric, how=how, unit=unit, noun="calls", axis=Axis.CALLS, judge=judge, better=better)


def _bookings(
    metric: Metric,
    axis: Axis,
    how: How,
    judge: Callable[[Facts], Verdict],
    unit: str = "count",
    better: Better = Better.MORE,
) -> Definition:
    money = unit == "cents"
    return Definition(
        metric=metric, how=how, unit=unit, noun="bookings", axis=axis, judge=judge, better=better, money=money
    )


def _waits(metric: Metric) -> Definition:
    return Definition(metric=metric, how=How.MEDIAN, unit="wait", noun="leads", better=Better.LESS)


DEFINITIONS: Final = {
    each.metric: each
    for each in (
        _calls(Metric.ANSWERED, How.COUNT, judging.answered),
        _calls(Metric.MISSED, How.COUNT, judging.missed, better=Better.LESS),
        _calls(Metric.ANSWER_RATE, How.SHARE, judging.answer_rate, "share"),
        _calls(Metric.BOOKED, How.COUNT, judging.booked),
        _calls(Metric.BOOKING_RATE, How.SHARE, judging.booking_rate, "share"),
        _calls(Metric.RESPONSE, How.MEAN, judging.answered, "wait", Better.LESS),
        _bookings(Metric.MADE, Axis.MADE, How.COUNT, judging.made),
        _bookings(Metric.REVENUE_BOOKED, Axis.MADE, How.SUM, judging.revenue_booked, "cents"),
        _bookings(Metric.REVENUE_COMPLETED, Axis.HELD, How.SUM, judging.revenue_completed, "cents"),
        _bookings(Metric.AVERAGE_VALUE, Axis.HELD, How.MEAN, judging.revenue_completed, "cents"),
        _bookings(Metric.NO_SHOW_RATE, Axis.HELD, How.SHARE, judging.no_shows, "share", Better.LESS),
        _bookings(Metric.CANCEL_RATE, Axis.HELD, How.SHARE, judging.cancellations, "share", Better.LESS),
        _bookings(Metric.REPEAT_RATE, Axis.HELD, How.SHARE, judging.visits, "share"),
        _bookings(Metric.HOURS, Axis.HELD, How.TIME, judging.hours, "time"),
        _bookings(Metric.UTILISATION, Axis.HELD, How.USE, judging.hours, "share"),
        _waits(Metric.FIRST_CONTACT),
        _waits(Metric.VELOCITY),
    )
}
"""In the order of `Metric`."""


def judged(definition: Definition, facts: Facts, *, first: bool = False) -> Verdict:
    """What a row is to the figure.  `first`: it is its customer's first visit, which no repeat is."""
    assert definition.judge is not None
    if first and definition.metric is Metric.REPEAT_RATE:
        return judging.FIRST_VISIT
    return definition.judge(facts)
