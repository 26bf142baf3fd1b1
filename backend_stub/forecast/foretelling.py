"""The forecast, its range and its record, all from one walk through the history, a week at a time.

At each origin only what was over by then is known: how far the model and last week's same weekday were off decides how
they are blended, and how wide the range is (adaptive conformal inference: after too many misses the next range reaches
further out, after too few less far).  The last eight origins are the record; the next one is the forecast.
Closed days are zero, and count for nothing in the record: they would flatter it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from backend_stub.forecast.level import Levels, levels_of
from backend_stub.forecast.series import WEEK, CannotForecast, Mask, Series, Values

FOLDS = 8
LEAST_FOLDS = 4
LONGEST = 92
"""A quarter."""
SHARE = 0.8
_LEARNT = 4 * WEEK
_REMEMBERED = 26
_BLENDS = (1.0, 0.75, 0.5, 0.25, 0.0)
_HASTE = 0.5
_ENOUGH = 4 * WEEK
_EXACT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`low` to `high` should hold the day's count four times of five."""

    date: date
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The record over `folds` origins a week apart.  `mae`, `naive_mae`: the mean miss on an open day.

    `naive` is the newest same weekday known at the origin.  `coverage`: the share of open days within their range.
    """

    folds: int
    mae: float
    naive_mae: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """What was foretold from one day on, a value a day, and what came, NaN where that is not known."""

    first: date
    mean: Values
    low: Values
    high: Values
    naive: Values
    actual: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`better`: which of the two missed by less in the back-test; the days are the model's whichever it is.

    `origins`: the whole walk through the past, oldest first; the last of them are the back-test.
    """

    days: tuple[Day, ...]
    backtest: Backtest
    better: Literal["model", "naive"]
    notes: tuple[str, ...]
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fold:
    """What was foretold at an origin, and what came (empty for the days to come).  `model`, `naive`, `blend`: roots."""

    model: Values
    naive: Values
    blend: Values
    mean: Values
    low: Values
    high: Values
    counted: Mask
    actual: Values

    @property
    def residuals(self) -> Values:
        return (np.sqrt(self.actual) - self.blend)[self.counted]

    @property
    def held(self) -> Mask:
        """Which of the counted days came within their range, as far as its numbers are exact."""
        inside = (self.actual >= self.low - _EXACT) & (self.actual <= self.high + _EXACT)
        return inside[self.counted]

    @property
    def missed(self) -> float:
        return 1 - float(np.mean(self.held)) if self.counted.any() else 1 - SHARE

    def lost(self, weight: float) -> float:
        """How far a blend of that weight would have been off."""
        guess = (weight * self.model + (1 - weight) * self.naive) ** 2
        return float(np.abs(guess - self.actual)[self.counted].sum())


def forecast(series: Series, horizon: int) -> Forecast:
    """The `horizon` days after the series.  Raises CannotForecast, and ValueError for a horizon out of range."""
    if not 1 <= horizon <= LONGEST:
        raise ValueError(f"the horizon is a number of days from 1 to {LONGEST}")
    length = len(series.values)
    origins = [origin for origin in range(length - horizon, _LEARNT - 1, -WEEK)][: FOLDS + _REMEMBERED][::-1]
    if len(origins) < LEAST_FOLDS:
        needed = math.ceil((_LEARNT + horizon + (LEAST_FOLDS - 1) * WEEK) / WEEK)
        raise CannotForecast(
            "too_short",
            f"{length} days of history are too few to check a forecast of {horizon} days against: "
            f"that needs {needed} weeks.",
        )
    scored = min(FOLDS, len(origins))
    levels = levels_of(series, learnt_until=origins[-scored])
    folds: list[_Fold] = []
    for origin in origins:
        folds.append(_fold(series, levels, _over(folds, horizon), origin, horizon))
    backtest = _record(folds[-scored:])
    # The newest origins' days are not all over at an origin that follows them closely, but they are at the end.
    ahead = _fold(series, levels, folds, length, horizon)
    days = tuple(
        Day(date=series.day(length + step), mean=_round(mean), low=_round(low), high=_round(high))
        for step, (mean, low, high) in enumerate(zip(ahead.mean, ahead.low, ahead.high, strict=True))
    )
    better = "model" if backtest.mae < backtest.naive_mae else "naive"
    walked = tuple(_origin(series, origin, fold) for origin, fold in zip(origins, folds, strict=True))
    return Forecast(days=days, backtest=backtest, better=better, notes=_notes(series, backtest), origins=walked)


def _origin(series: Series, origin: int, fold: _Fold) -> Origin:
    return Origin(
        first=series.day(origin),
        mean=fold.mean,
        low=fold.low,
        high=fold.high,
        naive=fold.naive**2,
        actual=fold.actual,
    )


def _over(folds: Sequence[_Fold], horizon: int) -> Sequence[_Fold]:
    """The folds whose every day is over at the origin that follows the last of them."""
    return folds[: max(0, len(folds) + 1 - math.ceil(horizon / WEEK))]


def _fold(series: Series, levels: Levels, over: Sequence[_Fold], origin: int, horizon: int) -> _Fold:
    model = levels.ahead(origin, horizon)
    naive = _same_weekday(series, origin, model)
    weight = min(_BLENDS, key=lambda blend: sum(fold.lost(blend) for fold in over[-_REMEMBERED:]))
    blend = weight * model + (1 - weight) * naive
    residuals = _residuals(levels, over, origin)
    mean = blend**2 + _spread(residuals) ** 2
    low, high = _range(blend, mean, residuals, _level(over))
    closed = series.closed(origin, horizon)
    actual = series.values[origin : origin + horizon]
    counted = ~np.isnan(actual) & ~(closed[: len(actual)] & (actual == 0))
    mean, low, high = (np.where(closed, 0.0, values) for values in (mean, low, high))
    return _Fold(
        model=np.where(closed, 0.0, model),
        naive=np.where(closed, 0.0, naive),
        blend=np.where(closed, 0.0, blend),
        mean=mean,
        low=low,
        high=high,
        counted=counted,
        actual=actual,
    )


def _same_weekday(series: Series, origin: int, otherwise: Values) -> Values:
    """Roots of the newest known count of each weekday; a weekday never counted is foretold by the model."""
    newest = otherwise.copy()
    for step in range(len(newest)):
        seen = series.values[(origin + step) % WEEK : origin : WEEK]
        seen = seen[~np.isnan(seen)]
        if len(seen):
            newest[step] = math.sqrt(seen[-1])
    return newest


def _residuals(levels: Levels, over: Sequence[_Fold], origin: int) -> Values:
    """How far it was off; at the beginning, how far the model was off from one day to the next."""
    known = [fold.residuals for fold in over[-_REMEMBERED:]]
    pooled = np.concatenate(known) if known else np.empty(0)
    if len(pooled) >= _ENOUGH:
        return pooled
    surprises = levels.surprises[WEEK * 2 : origin]
    return np.concatenate([pooled, surprises[~np.isnan(surprises)][-_ENOUGH:]])


def _spread(residuals: Values) -> float:
    """The residuals' deviation, without their outliers: what the mean lies above the square of the mean root."""
    if not len(residuals):
        return 0.0
    upper, lower = np.quantile(residuals, [0.75, 0.25])
    return float(upper - lower) / 1.349


def _level(over: Sequence[_Fold]) -> float:
    """The share the next range leaves out on each side."""
    out = (1 - SHARE) / 2
    for fold in over:
        out += _HASTE * ((1 - SHARE) - fold.missed) / 2
        out = min(max(out, -0.1), 0.4)
    return out


def _range(blend: Values, mean: Values, residuals: Values, out: float) -> tuple[Values, Values]:
    if not len(residuals):
        return mean, mean
    inside = (1 - out) * (1 + 1 / len(residuals))
    below, above = np.quantile(residuals, np.clip([1 - inside, inside], 0.0, 1.0))
    low = np.maximum(blend + below, 0.0) ** 2
    high = np.maximum(blend + above, 0.0) ** 2
    return np.minimum(low, mean), np.maximum(high, mean)


def _record(folds: Sequence[_Fold]) -> Backtest:
    misses = np.concatenate([np.abs(fold.mean - fold.actual)[fold.counted] for fold in folds])
    naive = np.concatenate([np.abs(fold.naive**2 - fold.actual)[fold.counted] for fold in folds])
    held = np.concatenate([fold.held for fold in folds])
    if not len(misses):
        raise CannotForecast("empty", "The last weeks have no open day, so a forecast cannot be checked.")
    return Backtest(
        folds=len(folds), mae=_round(misses.mean()), naive_mae=_round(naive.mean()), coverage=_round(held.mean(), 3)
    )


def _notes(series: Series, backtest: Backtest) -> tuple[str, ...]:
    if backtest.folds == FOLDS:
        return series.notes
    return (*series.notes, f"The history is short: the record is of {backtest.folds} weeks, not {FOLDS}.")


def _round(value: float, digits: int = 2) -> float:
    return round(float(value), digits)
