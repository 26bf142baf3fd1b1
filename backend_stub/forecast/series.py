"""A daily series: every day from the first to the last, what is not known as NaN, and what is closed.

A weekday that the counts leave out (nearly) always is closed, so zero.  Any other day left out is not known: a few of
them can be done without, many cannot.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WEEK = 7
LEAST_DAYS = 8 * WEEK
MOST_DAYS = 2 * 365
"""Older days say little about next week, and cost time."""
LARGEST = 1e12
_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_LOOKED_BACK = 8
_LONGEST_GAP = 14
_UNKNOWN_SHARE = 0.15


class CannotForecast(Exception):
    """There is no honest forecast of this; the text is a sentence.  `code` is a word for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """`values` a day each from `first`, NaN where not known.  `closed_on`: days known to be closed, past and future.

    `notes`: what was made of the counts, in sentences.
    """

    first: date
    values: Values
    closed_on: frozenset[date] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def weekdays(self) -> npt.NDArray[np.int_]:
        return (self.first.weekday() + np.arange(len(self.values))) % WEEK

    def day(self, place: int) -> date:
        return self.first + timedelta(days=place)

    def closed(self, origin: int, horizon: int) -> Mask:
        """Which of the `horizon` days from `origin` on are closed, as far as the days before it tell."""
        weekdays = self._closed_weekdays(origin)
        days = [self.day(origin + step) for step in range(horizon)]
        return np.array([day.weekday() in weekdays or day in self.closed_on for day in days], dtype=np.bool_)

    def open_values(self) -> Values:
        """The values with what was closed taken out (NaN); of each day only the days up to it decide."""
        known = self.values.copy()
        for place in range(len(known)):
            zero = known[place] == 0
            if zero and (self.day(place) in self.closed_on or self._is_closed_weekday(place)):
                known[place] = math.nan
        return known

    def _is_closed_weekday(self, place: int) -> bool:
        return self.day(place).weekday() in self._closed_weekdays(max(place + 1, LEAST_DAYS // 2))

    def _closed_weekdays(self, origin: int) -> set[int]:
        """Zero but for one day at the most of the last eight, while another weekday is rarely zero."""
        shares: list[float] = []
        for weekday in range(WEEK):
            start = (weekday - self.first.weekday()) % WEEK
            seen = [count for count in self.values[start:origin:WEEK].tolist() if not math.isnan(count)][-_LOOKED_BACK:]
            shares.append(seen.count(0.0) / len(seen) if seen else 0.0)
        if min(shares) > 0.25:
            return set()
        return {weekday for weekday, share in enumerate(shares) if share >= 1 - 1 / _LOOKED_BACK}


def series_of(counts: Mapping[date, float | None], closed_on: Collection[date] = ()) -> Series:
    """Raises CannotForecast: too few days, too many of them unknown, negative, not a number, or all zero."""
    for day, count in counts.items():
        if count is not None and not 0 <= count <= LARGEST:
            raise CannotForecast("value", f"{day} has {count:g}: a count is a number from 0 to {LARGEST:.0e}.")
    started = [day for day, count in counts.items() if count]
    if not started:
        raise CannotForecast("empty", "No day has a count above zero, so there is nothing to forecast.")
    first, last = min(started), max(counts)
    length = (last - first).days + 1
    if length < LEAST_DAYS:
        raise CannotForecast(
            "too_short", f"{length} days of history are too few: a forecast needs {LEAST_DAYS}, which is eight weeks."
        )
    notes: list[str] = []
    if length > MOST_DAYS:
        first = last - timedelta(days=MOST_DAYS - 1)
        notes.append(f"Of the history the last {MOST_DAYS} days are used, from {first} on.")
    span = [first + timedelta(days=place) for place in range(min(length, MOST_DAYS))]
    given = (counts.get(day) for day in span)
    values = np.array([math.nan if count is None else count for count in given])
    notes += _fill(values, span)
    if np.nanmax(values) == 0:
        raise CannotForecast("empty", "No day of the last two years has a count above zero: nothing to forecast.")
    return Series(first=first, values=values, closed_on=frozenset(closed_on), notes=tuple(notes))


def _fill(values: Values, span: list[date]) -> list[str]:
    """Put zeros on weekdays that are left out.  Raises CannotForecast when too many other days are not known."""
    notes: list[str] = []
    for weekday in range(WEEK):
        its = slice((weekday - span[0].weekday()) % WEEK, None, WEEK)
        known = values[its][~np.isnan(values[its])]
        if len(known) <= len(values[its]) / 10 and not known.any():
            values[its] = 0.0
            notes.append(f"{_NAMES[weekday]} are left out and taken as closed.")
    unknown = np.isnan(values)
    count = int(unknown.sum())
    marks = "".join("x" if math.isnan(value) else " " for value in values.tolist())
    longest = max((len(run) for run in marks.split()), default=0)
    if count > _UNKNOWN_SHARE * len(values) or longest > _LONGEST_GAP:
        raise CannotForecast(
            "gaps",
            f"{count} of {len(values)} days have no count, up to {longest} in a row: too many to fill honestly. "
            "If nothing happened on those days, say 0.",
        )
    if count:
        which = span[int(np.argmax(unknown))]
        days = f"1 day ({which}) has" if count == 1 else f"{count} days (the first is {which}) have"
        notes.append(f"{days} no count; nothing was assumed there.")
    return notes
