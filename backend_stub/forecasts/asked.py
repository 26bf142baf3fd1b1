"""What is asked of the program that makes forecasts, and what it answers; knows none of its libraries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

WEEK = 7
YEARS_2 = 2 * 365
"""Older days are not used (`forecast.series.MOST_DAYS`)."""

HOURS_FROM_DAYS = 8 * WEEK
"""At which hours bookings begin is known from those of the last weeks."""

HOURS_KNOWN_DAYS = 2 * HOURS_FROM_DAYS + 2 * WEEK
"""So many days say how the hours that were expected of each of the last eight weeks came out."""

Row = dict[str, Any]
"""A row of the kind `forecasts` without `id` and `made_at`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Of every day before `today`: bookings that were not cancelled, cents of those completed and not refunded.

    `hours`: how many of the last weeks began, by weekday from Monday and hour of the wall clock; `by_day`: by hour, on
    each of the last days.
    """

    today: date
    counts: Mapping[date, float]
    cents: Mapping[date, float]
    hours: Sequence[Sequence[float]]
    closed_on: frozenset[date]
    by_day: Mapping[date, Sequence[float]] = field(default_factory=dict[date, Sequence[float]])
