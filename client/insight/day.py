"""A day of the business, and how the floors below the screens ask for the owner's words."""

from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Say(Protocol):
    """The catalogue: a key and its gaps to a sentence; `n` picks singular or plural."""

    def __call__(self, key: str, /, **gaps: object) -> str: ...

    def has(self, key: str, /) -> bool: ...


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of the day and of the next in `zone`; 23 or 25 hours apart on DST nights."""
    return (
        datetime.combine(day, time(), tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time(), tzinfo=zone),
    )
