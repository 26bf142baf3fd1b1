"""When "later" is: nine in the morning by the business's clock."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.models.business import Business

MORNING: Final = time(9)
_MONDAY: Final = 7
_SOON_DAYS: Final = 22


def morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=zone)


def tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    return in_days(now, zone, 1)


def in_days(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    return morning(now.astimezone(zone).date() + timedelta(days=days), zone)


def next_week(now: datetime, zone: ZoneInfo) -> datetime:
    """The Monday that comes."""
    return in_days(now, zone, _MONDAY - now.astimezone(zone).weekday())


def next_opening(business: Business, now: datetime) -> datetime | None:
    """When the business opens next on a day after today; None where it does not in three weeks."""
    today = now.astimezone(business.zone).date()
    for ahead in range(1, _SOON_DAYS):
        day = today + timedelta(days=ahead)
        hours = () if day in business.closed_days else business.opening_hours.on(day)
        if hours:
            return datetime.combine(day, hours[0][0], tzinfo=business.zone)
    return None
