"""The busy hours of the coming week, and how such an expectation did beside the same hour of the week before."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean

from backend_stub.forecast import Origin
from backend_stub.forecasts.asked import HOURS_FROM_DAYS, WEEK, History, Row

HOURS = 24
Day = Sequence[float]
"""How many bookings began in each hour of the wall clock."""

_NONE: Day = (0.0,) * HOURS


def busy_hours(bookings: Row, origins: Sequence[Origin], skip: int, history: History) -> Row:
    """The coming week's bookings, spread over the hours at which those of the same weekday began.

    `origins`: of the bookings' forecast, which begins `skip` days after its origin.
    """
    row = bookings | {"measure": "busy_hours"}
    if bookings["state"] != "ok":
        return row
    grid = [[0.0] * HOURS for _ in range(WEEK)]
    for day in bookings["days"]:
        weekday = date.fromisoformat(day["date"]).weekday()
        grid[weekday] = [_round(value) for value in _spread(day["mean"], history.hours[weekday])]
    return row | {"grid": grid, "record": _record(bookings["record"], origins, skip, history.by_day)}


def _spread(mean: float, began: Day) -> list[float]:
    whole = sum(began)
    return [mean * hour / whole if whole else 0.0 for hour in began]


def _record(week: Row, origins: Sequence[Origin], skip: int, by_day: Mapping[date, Day]) -> Row:
    """That of the week, its misses those of an hour."""
    of_week = {(origin.first + timedelta(days=skip)).isoformat(): origin for origin in origins}
    folds: list[Row] = []
    misses: list[float] = []
    guesses: list[float] = []
    for fold in week["folds"]:
        mine, guess = _misses(of_week[fold["from"]], skip, by_day)
        folds.append(fold | {"mae": _mean(mine), "naive_mae": _mean(guess)})
        misses += mine
        guesses += guess
    mae, naive_mae = _mean(misses), _mean(guesses)
    better = "model" if mae < naive_mae else "naive"
    return week | {"folds": folds, "mae": mae, "naive_mae": naive_mae, "better": better}


def _misses(origin: Origin, skip: int, by_day: Mapping[date, Day]) -> tuple[list[float], list[float]]:
    """Hour by hour of the days foretold: of the expectation, and of the guess from the last such day known.

    Of the hours in which anything was expected, guessed or came: how sure a night is says nothing.
    """
    mine: list[float] = []
    guesses: list[float] = []
    for place in range(skip, len(origin.mean)):
        day = origin.first + timedelta(days=place)
        earlier = [by_day.get(each, _NONE) for each in _same_weekday(day, origin.first)]
        expected = _spread(float(origin.mean[place]), [sum(hour) for hour in zip(*earlier, strict=True)])
        for came, said, guess in zip(by_day.get(day, _NONE), expected, earlier[0], strict=True):
            if came or said or guess:
                mine.append(abs(said - came))
                guesses.append(abs(guess - came))
    return mine, guesses


def _same_weekday(day: date, until: date) -> list[date]:
    """Those of the last weeks before `until`, the latest first."""
    back = [day - timedelta(days=WEEK * weeks) for weeks in range(1, HOURS_FROM_DAYS // WEEK + 2)]
    return [each for each in back if until - timedelta(days=HOURS_FROM_DAYS) <= each < until]


def _mean(values: Sequence[float]) -> float:
    return _round(fmean(values)) if values else 0.0


def _round(value: float) -> float:
    return round(float(value), 2)
