"""Days of the business: public holidays, weeks of opening hours, and local wall time as instants."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from backend_stub.business.kinds import Week

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


@cache
def holidays(year: int) -> dict[str, date]:
    """The public holidays of the United States in a year, by the names the kinds of business use."""
    thanksgiving = _nth(year, 11, 3, 4)
    return {
        "new_year": date(year, 1, 1),
        "mlk": _nth(year, 1, 0, 3),
        "presidents": _nth(year, 2, 0, 3),
        "memorial": _last(year, 5, 0),
        "juneteenth": date(year, 6, 19),
        "independence": date(year, 7, 4),
        "labor": _nth(year, 9, 0, 1),
        "thanksgiving": thanksgiving,
        "after_thanksgiving": thanksgiving + timedelta(days=1),
        "christmas_eve": date(year, 12, 24),
        "christmas": date(year, 12, 25),
    }


def closed_days(names: tuple[str, ...], first: date, last: date) -> list[date]:
    """The days of these holidays from `first` to `last`, in order."""
    found = [holidays(year)[name] for year in range(first.year, last.year + 1) for name in names]
    return sorted(day for day in found if first <= day <= last)


def week_document(week: Week) -> dict[str, list[list[str]]]:
    """Opening or working hours as the contract writes them, all seven keys."""
    return {name: [list(hours) for hours in day] for name, day in zip(WEEKDAYS, week, strict=True)}


def minute_of(wall: str) -> int:
    """Minutes after midnight of "09:30"."""
    return int(wall[:2]) * 60 + int(wall[3:])


class LocalDays:
    """Local wall time as milliseconds since 1970.  Exact at opening hours: clocks change while it is closed."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._midnights: dict[date, int] = {}

    def at(self, day: date, minute: int) -> int:
        """The instant `minute` minutes after midnight by the clock on the wall, daytime only."""
        start = self._midnights.get(day)
        if start is None:
            noon = datetime.combine(day, time(12), self.zone)
            start = self._midnights[day] = round(noon.timestamp() * 1000) - 12 * HOUR_MS
        return start + minute * MINUTE_MS

    def day_of(self, instant_ms: int) -> date:
        return self.wall(instant_ms).date()

    def wall(self, instant_ms: int) -> datetime:
        return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(self.zone)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last(year: int, month: int, weekday: int) -> date:
    final = date(year, month + 1, 1) - timedelta(days=1)
    return final - timedelta(days=(final.weekday() - weekday) % 7)
