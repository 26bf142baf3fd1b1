"""A daily series in, an honest forecast out: mean, 80 % range, its own back-test and the naive guess beside it.

`series_of` lays counts a day on the calendar, `forecast` says how it goes on.  Nothing here reads or writes anything.
The library below (`level.py`) is imported with the first forecast, never with this package.
Why it is done like this, with figures: docs/decisions/0006-forecasting.md.
"""

from backend_stub.forecast.foretelling import Backtest, Day, Forecast, Origin, forecast
from backend_stub.forecast.series import CannotForecast, Series, series_of

__all__ = ["Backtest", "CannotForecast", "Day", "Forecast", "Origin", "Series", "forecast", "series_of"]
