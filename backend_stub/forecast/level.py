"""The model: a level that drifts and seven weekdays, on the square root of the counts (statsmodels' Kalman filter).

The square root makes a busy day's noise as large as a quiet one's, for counts.  A filter looks back only, so one pass
over the history answers every origin of a back-test, with nothing of what came after it.
"""

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend_stub.forecast.series import WEEK, CannotForecast, Series, Values

_STARTING = np.array([1.0, 0.05])
"""Variances of noise and drift where they cannot be estimated, as shares of the whole."""
_LEAST_DRIFT = 0.004
"""Of the noise: a history without a change is no promise that there will be none."""
_ROUNDS = 2
_CLIPPED = 2.5
_SETTLED = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """`states`: level and weekdays after each day.  `surprises`: each day less what was foretold the day before.

    Both of square roots.
    """

    states: Values
    surprises: Values
    first_weekday: int

    def ahead(self, origin: int, horizon: int) -> Values:
        """Foretold at the end of the day before `origin`."""
        state = self.states[:, origin - 1]
        weekdays = (self.first_weekday + origin + np.arange(horizon)) % WEEK
        effects = np.concatenate([[0.0], state[1:]])
        return np.maximum(state[0] + effects[weekdays], 0.0)


def levels_of(series: Series, learnt_until: int) -> Levels:
    """The variances are learnt from the days before `learnt_until`.

    An unusual day moves the level by 2.5 deviations at the most; a sudden zero is a closed day and does not move it.
    """
    roots = np.sqrt(series.open_values())
    scale = float(np.nanstd(roots[:learnt_until])) or 1.0
    roots = roots / scale
    dummies = (series.weekdays[:, None] == np.arange(1, WEEK)).astype(float)
    tamed, variances = roots, _STARTING
    for _ in range(_ROUNDS):
        variances = _variances(tamed[:learnt_until], dummies[:learnt_until], variances)
        filtered = _model(tamed, dummies).filter(variances).filter_results
        foretold = filtered.forecasts[0]
        deviation = np.sqrt(filtered.forecasts_error_cov[0, 0])
        tamed = foretold + np.clip(roots - foretold, -_CLIPPED * deviation, _CLIPPED * deviation)
        tamed[(roots == 0) & (foretold > 3 * deviation)] = np.nan
        tamed[:_SETTLED] = roots[:_SETTLED]
    filtered = _model(tamed, dummies).filter(variances).filter_results
    return Levels(
        states=filtered.filtered_state * scale,
        surprises=(roots - filtered.forecasts[0]) * scale,
        first_weekday=series.first.weekday(),
    )


def _model(roots: Values, dummies: Values) -> Any:
    """Raises CannotForecast where the library is not installed."""
    try:
        structural = importlib.import_module("statsmodels.tsa.statespace.structural")
    except ModuleNotFoundError as missing:
        raise CannotForecast("library", "Forecasts need statsmodels, which is not installed here.") from missing
    return structural.UnobservedComponents(roots, level="local level", exog=dummies, mle_regression=False)


def _variances(roots: Values, dummies: Values, start: Values) -> Values:
    """Where every week is the same there is nothing to estimate."""
    changes = roots[WEEK:] - roots[:-WEEK]
    if np.nansum(np.abs(changes)) < 1e-6:
        return start
    fitted = _model(roots, dummies).fit(start_params=start, disp=False, maxiter=50, warn_convergence=False)
    found = np.asarray(fitted.params, dtype=float)
    if not np.isfinite(found).all() or found.sum() <= 0:
        return start
    noise, drift = found
    return np.array([noise, max(drift, _LEAST_DRIFT * noise)])
