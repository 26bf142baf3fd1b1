"""How long the staff works in a period, by the clock on the wall and by the hours that are set for them now."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.walltime import DAY_MINUTES, Span, span_of
from client.models.business import Staff

_MINUTE_MS: Final = 60_000


def worked_ms(
    staff: Collection[Staff], closed: Collection[date], start: datetime, end: datetime, zone: ZoneInfo
) -> float:
    """The working time of all active staff in [start, end), days the business is closed left away."""
    spans = [[span_of(hours) for each in staff if each.active for hours in each.works.days[day]] for day in range(7)]
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        minutes = _on(spans, closed, first.date(), _minute(first), _minute(last))
        return minutes * _MINUTE_MS
    minutes = _on(spans, closed, first.date(), _minute(first), DAY_MINUTES)
    minutes += _between(spans, closed, first.date() + timedelta(days=1), last.date())
    minutes += _on(spans, closed, last.date(), 0, _minute(last))
    return minutes * _MINUTE_MS


def _on(spans: list[list[Span]], closed: Collection[date], day: date, start: float, end: float) -> float:
    if day in closed:
        return 0
    return sum(max(0, min(end, span.end) - max(start, span.start)) for span in spans[day.weekday()])


def _between(spans: list[list[Span]], closed: Collection[date], first: date, after: date) -> float:
    """Of whole days, a week at a time."""
    a_day = [sum(span.end - span.start for span in day) for day in spans]
    weeks, rest = divmod((after - first).days, 7)
    total = weeks * sum(a_day) + sum(a_day[(first.weekday() + n) % 7] for n in range(rest))
    return total - sum(a_day[day.weekday()] for day in closed if first <= day < after)


def _minute(local: datetime) -> float:
    return local.hour * 60 + local.minute + (local.second + local.microsecond / 1_000_000) / 60
