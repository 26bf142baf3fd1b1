"""What is foretold of a business: the coming week's bookings, the money of the month and the quarter, the busy hours.

Each with a range of its own total, which is not the sum of its days' ranges, and with the record of the same length of
days at the origins before.  A total's range comes from how far the totals were off at the origins whose days were over.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from backend_stub.forecast import CannotForecast, Forecast, Origin, forecast, series_of
from backend_stub.forecast.foretelling import LEAST_FOLDS, SHARE
from backend_stub.forecast.series import LEAST_DAYS, MOST_DAYS, WEEK, Values
from backend_stub.forecasts.asked import History, Row
from backend_stub.forecasts.hours import busy_hours

LEARNT_DAYS = 4 * WEEK
SCORED = 8
REMEMBERED = 26
ENOUGH = 8
"""With fewer totals to learn from, the range is that of days which miss independently."""

Unit = Literal["count", "cents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days `first` to `last`, of which those before today have come."""

    first: date
    last: date


def rows_of(history: History) -> list[Row]:
    """All four, without `id` and `made_at`."""
    today = history.today
    week = Span(first=today + timedelta(days=1), last=today + timedelta(days=WEEK))
    bookings, origins = _found("bookings_week", "count", history.counts, week, history)
    month, quarter = _month(today), _quarter(today)
    return [
        bookings,
        _foretold("revenue_month", "cents", history.cents, month, history),
        _foretold("revenue_quarter", "cents", history.cents, quarter, history),
        busy_hours(bookings, origins, (week.first - today).days, history),
    ]


def _foretold(measure: str, unit: Unit, days: Mapping[date, float], span: Span, history: History) -> Row:
    return _found(measure, unit, days, span, history)[0]


def _found(
    measure: str, unit: Unit, days: Mapping[date, float], span: Span, history: History
) -> tuple[Row, Sequence[Origin]]:
    """The row, and what was foretold before, from which its record is."""
    horizon = (span.last - history.today).days + 1
    skip = max(0, (span.first - history.today).days)
    known = sorted(day for day, value in days.items() if value)
    first = max(known[0], history.today - timedelta(days=MOST_DAYS)) if known else None
    row: Row = {
        "measure": measure,
        "unit": unit,
        "history_from": first.isoformat() if first else None,
        "history_days": (history.today - first).days if first else 0,
        "needs_days": needed_days(horizon),
    }
    try:
        found = forecast(series_of(_every_day(days, history.today), history.closed_on), horizon)
    except CannotForecast:
        return row | {"state": "too_little", "days": [], "total": None, "grid": None, "record": None}, ()
    so_far = sum(value for day, value in days.items() if span.first <= day < history.today)
    ahead = found.days[skip:]
    row |= {
        "state": "ok",
        "days": [{"date": d.date.isoformat(), "mean": d.mean, "low": d.low, "high": d.high} for d in ahead],
        "total": _total(found, skip, so_far, span),
        "grid": None,
        "record": _record(found, skip),
    }
    return row, found.origins


def needed_days(horizon: int) -> int:
    """Of history, before a forecast of that length can be checked against the past; whole weeks."""
    least = LEARNT_DAYS + horizon + (LEAST_FOLDS - 1) * WEEK
    return max(LEAST_DAYS, math.ceil(least / WEEK) * WEEK)


def _every_day(days: Mapping[date, float], today: date) -> dict[date, float | None]:
    """A day without bookings had none."""
    first = min(days, default=today)
    length = (today - first).days
    return {first + timedelta(days=place): days.get(first + timedelta(days=place), 0.0) for place in range(length)}


# --- totals -------------------------------------------------------------------------------------------------------
def _total(found: Forecast, skip: int, so_far: float, span: Span) -> Row:
    ahead = found.days[skip:]
    mean = sum(day.mean for day in ahead)
    misses = np.array([day.mean - day.low for day in ahead]), np.array([day.high - day.mean for day in ahead])
    low, high = _range(mean, misses, _errors(found.origins, skip))
    return {
        "mean": _round(so_far + mean),
        "low": _round(so_far + low),
        "high": _round(so_far + high),
        "so_far": _round(so_far),
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
    }


def _record(found: Forecast, skip: int) -> Row:
    """Of the last origins, each judged by what was known before it."""
    lag = math.ceil(len(found.days) / WEEK)
    folds: list[Row] = []
    for place in range(len(found.origins) - min(SCORED, len(found.origins)), len(found.origins)):
        origin = found.origins[place]
        if not np.isnan(origin.actual[skip:]).any():
            folds.append(_fold(origin, skip, found.origins[: max(0, place + 1 - lag)]))
    misses = [abs(fold["mean"] - fold["actual"]) for fold in folds]
    naive = [abs(fold["naive"] - fold["actual"]) for fold in folds]
    mae, naive_mae = (_round(float(np.mean(each))) if each else 0.0 for each in (misses, naive))
    return {
        "folds": folds,
        "held": sum(fold["low"] <= fold["actual"] <= fold["high"] for fold in folds),
        "of": len(folds),
        "mae": mae,
        "naive_mae": naive_mae,
        "coverage": found.backtest.coverage,
        "better": "model" if mae < naive_mae else "naive",
    }


def _fold(origin: Origin, skip: int, over: Sequence[Origin]) -> Row:
    mean = float(origin.mean[skip:].sum())
    misses = origin.mean[skip:] - origin.low[skip:], origin.high[skip:] - origin.mean[skip:]
    low, high = _range(mean, misses, _errors(over, skip))
    return {
        "from": (origin.first + timedelta(days=skip)).isoformat(),
        "to": (origin.first + timedelta(days=len(origin.mean) - 1)).isoformat(),
        "actual": _round(float(origin.actual[skip:].sum())),
        "mean": _round(mean),
        "low": _round(low),
        "high": _round(high),
        "naive": _round(float(origin.naive[skip:].sum())),
    }


def _errors(over: Sequence[Origin], skip: int) -> Values:
    """How far the totals were off, on the square root; of origins whose days are all known."""
    known = [origin for origin in over[-REMEMBERED:] if not np.isnan(origin.actual[skip:]).any()]
    pairs = [(origin.actual[skip:].sum(), origin.mean[skip:].sum()) for origin in known]
    return np.array([math.sqrt(actual) - math.sqrt(mean) for actual, mean in pairs])


def _range(mean: float, misses: tuple[Values, Values], errors: Values) -> tuple[float, float]:
    if len(errors) < ENOUGH:
        below, above = (float(np.sqrt((each**2).sum())) for each in misses)
        return max(0.0, mean - below), mean + above
    out = (1 - SHARE) / 2
    inside = min(1.0, (1 - out) * (1 + 1 / len(errors)))
    lower, upper = np.quantile(errors, [1 - inside, inside])
    root = math.sqrt(mean)
    return min(mean, max(0.0, root + lower) ** 2), max(mean, max(0.0, root + upper) ** 2)


# --- days ---------------------------------------------------------------------------------------------------------
def _month(today: date) -> Span:
    following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Span(first=today.replace(day=1), last=following - timedelta(days=1))


def _quarter(today: date) -> Span:
    first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    middle = (first + timedelta(days=80)).replace(day=28)
    return Span(first=first, last=(middle + timedelta(days=4)).replace(day=1) - timedelta(days=1))


def _round(value: float) -> float:
    return round(float(value), 2)
