"""How long the staff works in a period, by the clock on the wall and by the hours that are set for them now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.walltime import DAY_MINUTES, Span, span_of
from client.models.business import Staff

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What one person works on one day, breaks left away; `begins` is when the day's work does."""

    staff_id: str
    name: str
    begins: datetime
    ms: float


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


def worked_by(
    staff: Collection[Staff], closed: Collection[date], start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[tuple[str, float], ...]:
    """The same of each active person, by name."""
    return tuple((each.name, worked_ms([each], closed, start, end, zone)) for each in staff if each.active)


def shifts(
    staff: Collection[Staff], closed: Collection[date], start: datetime, end: datetime, zone: ZoneInfo
) -> list[Shift]:
    """The same, each person and day by itself, the latest day first."""
    out: list[Shift] = []
    first, last = start.astimezone(zone), end.astimezone(zone)
    for back in range((last.date() - first.date()).days + 1):
        day = last.date() - timedelta(days=back)
        since = _minute(first) if day == first.date() else 0
        until = _minute(last) if day == last.date() else DAY_MINUTES
        for each in staff:
            spans = [span_of(hours) for hours in each.works.on(day)] if each.active else []
            minutes = _of_day(spans, closed, day, since, until)
            if minutes:
                begins = max(since, min(span.start for span in spans if span.end > since))
                at = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=begins)
                out.append(
                    Shift(staff_id=each.staff_id, name=each.name, begins=at.astimezone(UTC), ms=minutes * _MINUTE_MS)
                )
    return out


def _on(spans: list[list[Span]], closed: Collection[date], day: date, start: float, end: float) -> float:
    return _of_day(spans[day.weekday()], closed, day, start, end)


def _of_day(spans: list[Span], closed: Collection[date], day: date, start: float, end: float) -> float:
    if day in closed:
        return 0
    return sum(max(0, min(end, span.end) - max(start, span.start)) for span in spans)


def _between(spans: list[list[Span]], closed: Collection[date], first: date, after: date) -> float:
    """Of whole days, a week at a time."""
    a_day = [sum(span.end - span.start for span in day) for day in spans]
    weeks, rest = divmod((after - first).days, 7)
    total = weeks * sum(a_day) + sum(a_day[(first.weekday() + n) % 7] for n in range(rest))
    return total - sum(a_day[day.weekday()] for day in closed if first <= day < after)


def _minute(local: datetime) -> float:
    return local.hour * 60 + local.minute + (local.second + local.microsecond / 1_000_000) / 60
