"""The periods figures are counted over, in the business's own days; what each is compared with, like for like; and the
periods before it, for a line.

A period that is not over ends now.  It is compared with as much of the one before: Monday to Wednesday with Monday to
Wednesday at the same hour by the clock on the wall, the month to date with the same days of the last one.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class Period(StrEnum):
    """Each but the last is the one that now is in."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """`first` and `last`, both included, are those of a custom period."""

    period: Period
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """[start, end) in UTC.  `first` is its first day; `whole`: it is over."""

    start: datetime
    end: datetime
    first: date
    whole: bool

    @property
    def last(self) -> datetime:
        """The last instant that is still in it, for its day."""
        return max(self.start, self.end - timedelta(milliseconds=1))


POINTS: Final = 14
_POINTS: Final = {Period.QUARTER: 8, Period.YEAR: 5}
_MONTHS: Final = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def stretch(chosen: Chosen, now: datetime, zone: ZoneInfo) -> Stretch:
    """The period itself, as far as it has come."""
    first, after = _days(chosen, now.astimezone(zone).date())
    return _stretch(first, after, now, zone)


def before(chosen: Chosen, now: datetime, zone: ZoneInfo) -> Stretch:
    """What it is compared with."""
    local = now.astimezone(zone)
    first, after = _days(chosen, local.date())
    earlier = _earlier(chosen.period, first, after)
    bound = midnight(_earlier_end(chosen.period, first, after, earlier), zone)
    start = midnight(earlier, zone)
    if midnight(after, zone) <= now:
        return Stretch(start=start, end=bound, first=earlier, whole=True)
    until = _same_moment(chosen.period, first, earlier, local)
    return Stretch(start=start, end=max(start, min(until, bound)), first=earlier, whole=True)


def line(chosen: Chosen, now: datetime, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Periods of the same kind one after another, oldest first, the last of them the period itself.

    A custom period is cut into days, or as many equal lots of days as make a line.
    """
    today = now.astimezone(zone).date()
    first, after = _days(chosen, today)
    if chosen.period is Period.CUSTOM:
        return _cut(first, after, now, zone)
    found: list[Stretch] = []
    for _ in range(_POINTS.get(chosen.period, POINTS)):
        found.append(_stretch(first, after, now, zone))
        first, after = _previous(chosen.period, first), first
    return tuple(reversed(found))


def _stretch(first: date, after: date, now: datetime, zone: ZoneInfo) -> Stretch:
    start, end = midnight(first, zone), midnight(after, zone)
    return Stretch(start=start, end=max(start, min(now, end)), first=first, whole=end <= now)


def _days(chosen: Chosen, today: date) -> tuple[date, date]:
    """The first day and the day after the last."""
    match chosen.period:
        case Period.TODAY:
            return today, today + _DAY
        case Period.WEEK:
            monday = today - timedelta(days=today.weekday())
            return monday, monday + _WEEK
        case Period.CUSTOM:
            first, last = chosen.first or today, chosen.last or today
            return min(first, last), max(first, last) + _DAY
        case Period.MONTH | Period.QUARTER | Period.YEAR as period:
            months = _MONTHS[period]
            first = date(today.year, (today.month - 1) // months * months + 1, 1)
            return first, _add_months(first, months)


def _previous(period: Period, first: date) -> date:
    """The first day of the period before; of today, yesterday."""
    match period:
        case Period.TODAY:
            return first - _DAY
        case Period.WEEK:
            return first - _WEEK
        case _:
            return _add_months(first, -_MONTHS[period])


def _earlier(period: Period, first: date, after: date) -> date:
    """The first day of what is compared: of a day the same weekday, of a custom period whole weeks before."""
    match period:
        case Period.TODAY:
            return first - _WEEK
        case Period.CUSTOM:
            return first - _weeks(first, after)
        case _:
            return _previous(period, first)


def _earlier_end(period: Period, first: date, after: date, earlier: date) -> date:
    if period in _MONTHS:
        return first
    return earlier + (after - first)


def _same_moment(period: Period, first: date, earlier: date, local: datetime) -> datetime:
    """As far into the earlier period as `local` is into this one; the end of a month that has no such day."""
    zone = local.tzinfo
    assert isinstance(zone, ZoneInfo)
    day = earlier + (local.date() - first)
    if period in _MONTHS:
        month = _add_months(earlier, (local.year - first.year) * 12 + local.month - first.month)
        if local.day > calendar.monthrange(month.year, month.month)[1]:
            return midnight(_add_months(month, 1), zone)
        day = month.replace(day=local.day)
    return datetime.combine(day, local.time(), tzinfo=zone).astimezone(UTC)


def _weeks(first: date, after: date) -> timedelta:
    """Whole weeks, so that a Monday is compared with a Monday, and enough of them not to overlap."""
    return -(-(after - first) // _WEEK) * _WEEK


def _cut(first: date, after: date, now: datetime, zone: ZoneInfo) -> tuple[Stretch, ...]:
    days = (after - first).days
    size = max(1, -(-days // POINTS)) if days > 2 * POINTS else 1
    starts = [first + timedelta(days=n) for n in range(0, days, size)]
    return tuple(_stretch(start, min(start + timedelta(days=size), after), now, zone) for start in starts)


def _add_months(day: date, months: int) -> date:
    """The first of the month so many months later."""
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
