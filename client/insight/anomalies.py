"""Days far from their own weekday's past, up or down.

The usual is the median of the same weekday in the weeks before, how far days stray from it their median absolute
deviation: a day that was odd itself moves neither.  Closed days are neither judged nor counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil, sqrt
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say, day_bounds
from client.models.business import Business
from client.models.patterns import DayCounts
from client.models.provenance import EvidenceRow, Provenance

LOOKED_AT: Final = 28
"""Days before today that are judged."""
WEEKS: Final = 12
"""Of so many weeks before a day the same weekdays are its past."""
LEAST_WEEKS: Final = 6
FAR: Final = 3.0
"""Deviations."""
_AS_DEVIATION: Final = 1.4826
"""The median absolute deviation of a normal distribution, times this, is its deviation."""


class Measure(StrEnum):
    """What is counted of a day."""

    BOOKINGS = "bookings"
    CALLS = "calls"
    NO_SHOWS = "no_shows"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """`past`: the same measure on that weekday before, oldest first.  `low` to `high`: what would not be unusual."""

    day: date
    measure: Measure
    count: int
    usual: float
    low: int
    high: int
    past: tuple[int, ...]

    @property
    def subject(self) -> str:
        return f"{self.measure}:{self.day.isoformat()}"

    @property
    def more(self) -> bool:
        return self.count > self.usual


def span(today: date) -> tuple[date, date]:
    """The days [first, last) whose counts are needed."""
    return today - timedelta(days=LOOKED_AT + 7 * WEEKS), today


def anomalies(
    counts: Sequence[DayCounts],
    today: date,
    business: Business | None,
    *,
    booked_since: date = date.min,
    called_since: date = date.min,
) -> tuple[Anomaly, ...]:
    """The unusual days of the last `LOOKED_AT`, newest first; the day that is running is not judged.

    `booked_since`, `called_since`: the first day with a booking and with a call; what was before it, and the day
    itself, is no past.
    """
    days = [today - timedelta(days=back) for back in range(1, LOOKED_AT + 1)]
    since = {measure: called_since if measure is Measure.CALLS else booked_since for measure in Measure}
    known = {measure: {each.day: each for each in counts if each.day > since[measure]} for measure in Measure}
    judged = (found for day in days for measure in Measure if (found := _judge(measure, day, known[measure], business)))
    return tuple(judged)


def is_open(business: Business | None, day: date) -> bool:
    """Whether the business keeps hours on that day, as far as it is known."""
    return business is None or (day not in business.closed_days and bool(business.opening_hours.on(day)))


def _judge(measure: Measure, day: date, known: Mapping[date, DayCounts], business: Business | None) -> Anomaly | None:
    if day not in known or not is_open(business, day):
        return None
    past = tuple(_of(known[each], measure) for each in _same_weekdays(day) if each in known and is_open(business, each))
    if len(past) < LEAST_WEEKS:
        return None
    count, usual = _of(known[day], measure), float(median(past))
    reach = FAR * deviation(past)
    if abs(count - usual) <= reach:
        return None
    low, high = max(0, ceil(usual - reach)), int(usual + reach)
    return Anomaly(day=day, measure=measure, count=count, usual=usual, low=low, high=high, past=past)


def deviation(past: Sequence[int]) -> float:
    """How far such counts stray: by their own past, but no less than chance alone makes counts of this size stray."""
    middle = float(median(past))
    strays = _AS_DEVIATION * float(median(abs(each - middle) for each in past))
    return max(strays, sqrt(middle), 1.0)


def _same_weekdays(day: date) -> Iterator[date]:
    return (day - timedelta(weeks=back) for back in range(WEEKS, 0, -1))


def _of(counts: DayCounts, measure: Measure) -> int:
    match measure:
        case Measure.BOOKINGS:
            return counts.bookings
        case Measure.CALLS:
            return counts.calls
        case Measure.NO_SHOWS:
            return counts.no_shows
        case Measure.CANCELLED:
            return counts.cancelled


def provenance_of(
    anomaly: Anomaly, rows: Sequence[EvidenceRow], as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Provenance:
    """Where it comes from.  `rows`: all of that day that were looked at; those counted are the figure."""
    start, end = day_bounds(anomaly.day, zone)
    counted = sum(row.counted for row in rows)
    numbers = ", ".join(map(str, anomaly.past))
    return Provenance(
        label=say(f"anomaly.{anomaly.measure}.label"),
        formula=say("anomaly.formula", past=numbers, usual=f"{anomaly.usual:g}", low=anomaly.low, high=anomaly.high),
        rows_counted=counted,
        rows_seen=len(rows),
        row_noun=say(f"anomaly.{anomaly.measure}.noun", n=len(rows)),
        period_from=start,
        period_to=end,
        zone=zone,
        left_out=(say("anomaly.left_out"),),
        as_of=as_of,
        rows=tuple(rows),
    )
