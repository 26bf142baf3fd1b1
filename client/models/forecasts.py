"""A forecast as the server made it, with its 80 % range and its own record beside the guess everybody can make."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from client.models.ids import ForecastId


class Measure(StrEnum):
    """What is foretold."""

    BOOKINGS_WEEK = "bookings_week"
    """Bookings a day, the next seven days."""
    REVENUE_MONTH = "revenue_month"
    """Cents until the month's end."""
    REVENUE_QUARTER = "revenue_quarter"
    BUSY_HOURS = "busy_hours"
    """Bookings in each hour of the coming week."""
    UNKNOWN = "unknown"


class ForecastState(StrEnum):
    """`too_little`: the history is shorter than `needs_days`, so there is no forecast."""

    OK = "ok"
    TOO_LITTLE = "too_little"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastDay:
    """`low` to `high` should hold the day's value four times of five."""

    date: date
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastTotal:
    """Of the days `from_` to `to`, both included.  `so_far`: what of it has happened; the other three include it."""

    mean: float
    low: float
    high: float
    so_far: float
    from_: date
    to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastFold:
    """What was foretold for the days `from_` to `to` from what was known before them, and what came.

    `naive`: the guess from the same weekdays of the last week known.  `mae`, `naive_mae`: of BUSY_HOURS, the mean miss
    of an hour, and of the guess from the same hour of that week; None from a server that does not know them.
    """

    from_: date
    to: date
    actual: float
    mean: float
    low: float
    high: float
    naive: float
    mae: float | None = None
    naive_mae: float | None = None

    @property
    def held(self) -> bool:
        return self.low <= self.actual <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRecord:
    """`held` of `of` folds lay within their range.  `mae`, `naive_mae`: the mean miss of a fold, of both.

    `coverage`: the share of open days within their daily range.  `better`: model or naive.  Of BUSY_HOURS the
    misses are those of an hour, where `of_hours`.
    """

    folds: tuple[ForecastFold, ...]
    held: int
    of: int
    mae: float
    naive_mae: float
    coverage: float
    better: str

    @property
    def of_hours(self) -> bool:
        return bool(self.folds) and all(fold.mae is not None for fold in self.folds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`unit`: count or cents.  `history_from`, `history_days`: what it was made from.

    `grid`: of BUSY_HOURS, by weekday from Monday and hour of the wall clock: the mean number of bookings that begin in
    that hour of the coming week.
    """

    forecast_id: ForecastId
    measure: Measure
    unit: str
    made_at: datetime
    history_from: date | None
    history_days: int
    state: ForecastState
    needs_days: int
    days: tuple[ForecastDay, ...]
    total: ForecastTotal | None
    grid: tuple[tuple[float, ...], ...] | None
    record: ForecastRecord | None
