"""Whether a recurrence rule ever comes to a day, tried on its first thirty years before anything follows it.

The library looks for the next day until the year 9999 and cannot be stopped on the way: a rule whose days do not exist
(the 31st of April, every seventh day from a Monday that is a Tuesday) keeps it busy for seconds.  Whatever is not
understood here counts as coming: what is claimed is that a rule never comes, nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Final

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS: Final = 30
_PERIODS: Final = {"DAILY": 366 * _YEARS, "WEEKLY": 53 * _YEARS, "MONTHLY": 12 * _YEARS, "YEARLY": _YEARS}
_CHOOSE_DAYS: Final = ("BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY")

Fits = Callable[[date], bool]


def comes(parts: Mapping[str, str], begins: date, times_a_day: int) -> bool:
    """False when no period of the first thirty years has as many days as the rule asks for.

    `parts`: the rule's, in capitals, whose FREQ and INTERVAL are sound.  `times_a_day`: as BYHOUR and the like say.
    """
    asked = _numbers(parts.get("BYSETPOS", "")) or {1}
    needed = min(abs(place) for place in asked)
    if not any(name in parts for name in (*_CHOOSE_DAYS, "BYMONTH", "BYSETPOS")):
        return True
    fits = _filters(_with_defaults(parts, begins))
    periods = _periods(parts["FREQ"], int(parts.get("INTERVAL", "1")), begins)
    for days in islice(periods, _PERIODS[parts["FREQ"]]):
        if sum(all(fit(day) for fit in fits) for day in days) * times_a_day >= needed:
            return True
    return False


def _with_defaults(parts: Mapping[str, str], begins: date) -> dict[str, str]:
    """What a rule means that does not say on which days: those of its beginning."""
    full = dict(parts)
    if any(name in parts for name in _CHOOSE_DAYS):
        return full
    match parts["FREQ"]:
        case "WEEKLY":
            full["BYDAY"] = _WEEKDAYS[begins.weekday()]
        case "MONTHLY":
            full["BYMONTHDAY"] = str(begins.day)
        case "YEARLY":
            full["BYMONTHDAY"] = str(begins.day)
            full.setdefault("BYMONTH", str(begins.month))
        case _:
            pass
    return full


def _periods(frequency: str, interval: int, begins: date) -> Iterator[list[date]]:
    """The days of each period the rule looks at, until the calendar ends."""
    at, one = begins, timedelta(days=1)
    try:
        while True:
            match frequency:
                case "DAILY":
                    yield [at]
                    at += interval * one
                case "WEEKLY":
                    monday = at - at.weekday() * one
                    yield [monday + day * one for day in range(-6, 13)]
                    at += 7 * interval * one
                case "MONTHLY":
                    yield _days(at.replace(day=1), _month_after(at, 1))
                    at = _month_after(at, interval)
                case _:
                    yield _days(date(at.year, 1, 1), date(at.year + 1, 1, 1))
                    at = date(at.year + interval, 1, 1)
    except (OverflowError, ValueError):
        return


def _days(first: date, after: date) -> list[date]:
    return [first + timedelta(days=day) for day in range((after - first).days)]


def _month_after(at: date, months: int) -> date:
    years, month = divmod(at.month - 1 + months, 12)
    return date(at.year + years, month + 1, 1)


# --- days -------------------------------------------------------------------------------------------------------------
def _filters(parts: Mapping[str, str]) -> list[Fits]:
    """What a day has to be, part by part.  "The second Monday" asks here for a Monday."""
    fits: list[Fits] = []
    if months := _numbers(parts.get("BYMONTH", "")):
        fits.append(lambda day: day.month in months)
    if weekdays := {_WEEKDAYS.index(name) for name in re.findall("|".join(_WEEKDAYS), parts.get("BYDAY", ""))}:
        fits.append(lambda day: day.weekday() in weekdays)
    if in_month := _numbers(parts.get("BYMONTHDAY", "")):
        fits.append(lambda day: day.day in in_month or day.day - _length_of_month(day) - 1 in in_month)
    if in_year := _numbers(parts.get("BYYEARDAY", "")):
        fits.append(lambda day: _day_of_year(day) in in_year or _day_of_year(day) - _length_of_year(day) - 1 in in_year)
    if (weeks := _numbers(parts.get("BYWEEKNO", ""))) and parts.get("WKST", "MO") == "MO":
        fits.append(lambda day: not _weeks_near(day).isdisjoint(weeks))
    return fits


def _numbers(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"-?\d{1,4}", text)}


def _length_of_month(day: date) -> int:
    return (_month_after(day, 1) - day.replace(day=1)).days if (day.year, day.month) != (9999, 12) else 31


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


def _length_of_year(day: date) -> int:
    return _day_of_year(date(day.year, 12, 31))


def _weeks_near(day: date) -> set[int]:
    """Its week from either end of its year; of a day at a year's edge, both years' ways of counting."""
    week = day.isocalendar().week
    last = date(day.year, 12, 28).isocalendar().week
    near = {week, week - last - 1}
    return near | {1, 52, 53, -1, -52, -53} if _day_of_year(day) <= 3 or _day_of_year(day) >= 362 else near
