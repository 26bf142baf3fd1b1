"""Time as the clock on the business's wall shows it: minutes of a day, and the two nights a year when they are odd.

A day is drawn as 1,440 wall minutes whatever its length: in spring one hour of them does not exist, in autumn one hour
of them comes twice.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.models.business import HoursRange

DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Wall minutes [start, end) of a day."""

    start: int
    end: int

    def meets(self, other: "Span") -> bool:
        """Whether they share a minute."""
        return self.start < other.end and other.start < self.end


WHOLE_DAY: Final = Span(start=0, end=DAY_MINUTES)


def wall_minute(at: time) -> int:
    """The minute of the day; 24:00, kept as the last moment of a day, is its end."""
    return DAY_MINUTES if at == time.max else at.hour * 60 + at.minute


def span_of(hours: HoursRange) -> Span:
    return Span(start=wall_minute(hours[0]), end=wall_minute(hours[1]))


def at_wall(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """The instant at which the wall shows this minute of the day, the first of two; None in the hour that is skipped.

    Minutes before 0 and from 1,440 belong to the day before and the day after.
    """
    days, rest = divmod(minute, DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=zone)
    instant = local.astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def wall_span(starts_at: datetime, ends_at: datetime, day: date, zone: ZoneInfo) -> Span | None:
    """The part of [starts_at, ends_at) that the wall shows on this day; None when it has none."""
    first, last = _minute_on(starts_at, day, zone), wall_end(starts_at, ends_at, day, zone)
    span = Span(start=max(0, first), end=min(DAY_MINUTES, last))
    return span if span.start < span.end else None


def wall_end(starts_at: datetime, ends_at: datetime, day: date, zone: ZoneInfo) -> int:
    """The wall minute at which what lasts from one to the other ends; beyond [0, 1440] on other days.

    What ends before it began by the wall, in the hour that comes twice, is as long as it really is.
    """
    first, last = _minute_on(starts_at, day, zone), _minute_on(ends_at, day, zone)
    if last <= first and starts_at < ends_at and 0 <= first < DAY_MINUTES:
        return first + _minutes(ends_at - starts_at)
    return last


def ends_at_wall(starts_at: datetime, minute: int, day: date, zone: ZoneInfo) -> list[datetime]:
    """When that may end whose `wall_end` is this minute: once, or twice; in the hour that is skipped, as that ends."""
    gap = skipped(day, zone)
    if gap and gap.start <= minute < gap.end:
        minute = gap.end
    by_length = starts_at + timedelta(minutes=minute - _minute_on(starts_at, day, zone))
    before, after = _offset_change(day, zone)
    candidates = sorted({by_length, by_length + (after - before), by_length + (before - after)})
    found = [at for at in candidates if starts_at < at and wall_end(starts_at, at, day, zone) == minute]
    return found or [by_length]


def skipped(day: date, zone: ZoneInfo) -> Span | None:
    """The wall minutes that do not exist on this day."""
    before, after = _offset_change(day, zone)
    if after <= before:
        return None
    start = _change_minute(day, zone, before)
    return Span(start=start, end=min(DAY_MINUTES, start + _minutes(after - before)))


def repeated(day: date, zone: ZoneInfo) -> Span | None:
    """The wall minutes that come twice on this day."""
    before, after = _offset_change(day, zone)
    if after >= before:
        return None
    end = _change_minute(day, zone, before)
    return Span(start=max(0, end - _minutes(before - after)), end=end)


def _minute_on(at: datetime, day: date, zone: ZoneInfo) -> int:
    """Wall minutes since the day's midnight; beyond [0, 1440] on other days."""
    local = at.astimezone(zone)
    return (local.date() - day).days * DAY_MINUTES + local.hour * 60 + local.minute


def _offset_change(day: date, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """How far the zone is from UTC at the day's beginning and at its end."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return midnight.utcoffset() or timedelta(), following.utcoffset() or timedelta()


def _change_minute(day: date, zone: ZoneInfo, before: timedelta) -> int:
    """The wall minute, by the clock before it is changed, at which it is changed."""
    low, high = 0, DAY_MINUTES + 120
    start = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    while high - low > 1:
        middle = (low + high) // 2
        changed = (start + timedelta(minutes=middle)).astimezone(zone).utcoffset() != before
        low, high = (low, middle) if changed else (middle, high)
    return min(high, DAY_MINUTES)


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
