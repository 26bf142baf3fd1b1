"""Forecasts as the owner is shown them: a range in whole numbers, what it covers, its own record, or why there is none.

A range is written outwards, to the next whole number that still holds it.  What is over is no forecast any more.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.anomalies import is_open
from client.insight.day import Say, day_bounds
from client.models.business import Business
from client.models.forecasts import Forecast, ForecastFold, ForecastState, ForecastTotal, Measure
from client.models.provenance import EvidenceRow, Provenance

SHOWN: Final = (Measure.BOOKINGS_WEEK, Measure.REVENUE_MONTH, Measure.REVENUE_QUARTER)
MONEY: Final = frozenset({Measure.REVENUE_MONTH, Measure.REVENUE_QUARTER})
PAST_DAYS: Final = 21
"""So many days before today are drawn before a forecast."""
SHARE: Final = 0.8
_LEFT_OUT: Final = ("forecast.left_out", "forecast.left_out_refunded")
"""The second of money alone."""

Write = Callable[[float, str], str]
"""A value and its unit as text."""


class Standing(StrEnum):
    """`over`: every day it speaks of is past.  `unknown`: a newer server's state."""

    COMING = "coming"
    TOO_LITTLE = "too_little"
    OVER = "over"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """What came on a day."""

    date: date
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One forecast.  `low`, `high`, `so_far`, `first`, `last` are of the days it covers together, where it is COMING.

    `begun`: some of them are past or running.  `past`: the days before, oldest first, as this device knows them.
    `closed`: of all these days those on which the business is closed, and nothing came or is expected.
    """

    forecast: Forecast
    standing: Standing
    low: int = 0
    high: int = 0
    so_far: float = 0.0
    first: date | None = None
    last: date | None = None
    begun: bool = False
    past: tuple[DayValue, ...] = ()
    closed: frozenset[date] = frozenset()
    provenance: Provenance | None = None

    @property
    def measure(self) -> Measure:
        return self.forecast.measure

    @property
    def missing_days(self) -> int:
        """Of history, until there can be one."""
        return max(0, self.forecast.needs_days - self.forecast.history_days)


def outlook(
    forecast: Forecast,
    past: Sequence[DayValue],
    today: date,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
    write: Write,
    business: Business | None = None,
) -> Outlook:
    """How this forecast stands today."""
    match forecast.state:
        case ForecastState.TOO_LITTLE:
            return Outlook(forecast=forecast, standing=Standing.TOO_LITTLE)
        case ForecastState.OK if forecast.total is not None:
            found = _of_total(forecast, forecast.total, past, today, as_of, zone, say, write)
            return replace(found, closed=_closed(found, business))
        case _:
            return Outlook(forecast=forecast, standing=Standing.UNKNOWN)


def whole_range(low: float, high: float, unit: str) -> tuple[int, int]:
    """The smallest range of whole units, cents of whole money, that holds `low` to `high`."""
    step = 100 if unit == "cents" else 1
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _of_total(
    forecast: Forecast,
    total: ForecastTotal,
    past: Sequence[DayValue],
    today: date,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
    write: Write,
) -> Outlook:
    if total.to < today:
        return Outlook(forecast=forecast, standing=Standing.OVER, first=total.from_, last=total.to)
    low, high = whole_range(total.low, total.high, forecast.unit)
    first_ahead = forecast.days[0].date if forecast.days else today
    return Outlook(
        forecast=forecast,
        standing=Standing.COMING,
        low=low,
        high=high,
        so_far=total.so_far,
        first=total.from_,
        last=total.to,
        begun=total.from_ <= today,
        past=tuple(each for each in past if each.date < first_ahead),
        provenance=_provenance(forecast, total, as_of, zone, say, write),
    )


def _closed(found: Outlook, business: Business | None) -> frozenset[date]:
    quiet = [*(day.date for day in found.past if not day.value), *(d.date for d in found.forecast.days if not d.high)]
    return frozenset(day for day in quiet if not is_open(business, day))


def _provenance(
    forecast: Forecast, total: ForecastTotal, as_of: datetime | None, zone: ZoneInfo, say: Say, write: Write
) -> Provenance:
    folds = forecast.record.folds if forecast.record else ()
    held = sum(fold.held for fold in folds)
    since = forecast.history_from or total.from_
    return Provenance(
        label=say(f"forecast.{forecast.measure}"),
        formula=say(f"forecast.formula.{forecast.unit}", days=forecast.history_days),
        rows_counted=held,
        rows_seen=len(folds),
        row_noun=say(f"forecast.{forecast.measure}.noun", n=len(folds)),
        period_from=day_bounds(since, zone)[0],
        period_to=forecast.made_at,
        zone=zone,
        left_out=tuple(say(each) for each in _LEFT_OUT[: 2 if forecast.measure in MONEY else 1]),
        as_of=as_of,
        rows=tuple(_row(fold, forecast.unit, zone, say, write) for fold in reversed(folds)),
    )


def _row(fold: ForecastFold, unit: str, zone: ZoneInfo, say: Say, write: Write) -> EvidenceRow:
    """A stretch of days that was foretold and is over; it opens as its first day."""
    low, high = whole_range(fold.low, fold.high, unit)
    foretold = say("forecast.fold", low=write(low, unit), high=write(high, unit), actual=write(fold.actual, unit))
    return EvidenceRow(
        row_id=fold.from_.isoformat(),
        kind="day",
        at=day_bounds(fold.from_, zone)[0],
        title=foretold,
        detail="",
        counted=fold.held,
        why=say("forecast.held" if fold.held else "forecast.missed"),
    )


def days_before(today: date) -> tuple[date, ...]:
    """The days whose counts `outlook` draws before today, oldest first."""
    return tuple(today - timedelta(days=back) for back in range(PAST_DAYS, 0, -1))
