"""An account's bookings as days of the business's wall clock, the running day left out."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend_stub.forecasts.asked import HOURS_FROM_DAYS, HOURS_KNOWN_DAYS, WEEK, YEARS_2, History
from backend_stub.store import AccountNo, rows_of

_QUARTER_HOUR_MS = 900_000
"""Every zone's clocks differ by whole quarters of an hour, so that those of one day can be told apart afterwards."""

_BY_QUARTER_HOUR = """
SELECT at / :bucket, count(*) FILTER (WHERE json_extract(doc, '$.status') <> 'cancelled'),
    coalesce(sum(json_extract(doc, '$.price_cents')) FILTER (WHERE json_extract(doc, '$.status') = 'completed'
        AND json_extract(doc, '$.payment_status') IS NOT 'refunded'), 0)
FROM entity WHERE account = :account AND kind = 'bookings' AND deleted_at IS NULL AND at >= :since AND at < :until
GROUP BY 1
"""


def read_history(connection: sqlite3.Connection, account: AccountNo, time_zone: str, now_ms: int) -> History:
    """Two years at the most."""
    zone = ZoneInfo(time_zone)
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
    counts: dict[date, float] = defaultdict(float)
    cents: dict[date, float] = defaultdict(float)
    hours = [[0.0] * 24 for _ in range(WEEK)]
    by_day: dict[date, list[float]] = defaultdict(lambda: [0.0] * 24)
    recent, known = (today - timedelta(days=days) for days in (HOURS_FROM_DAYS, HOURS_KNOWN_DAYS))
    for began, bookings, money in _buckets(connection, account, zone, today):
        day = began.date()
        counts[day] += bookings
        cents[day] += money
        if day >= recent:
            hours[day.weekday()][began.hour] += bookings
        if day >= known:
            by_day[day][began.hour] += bookings
    businesses = rows_of(connection, account, "business")
    closed = frozenset(date.fromisoformat(day) for business in businesses for day in business["closed_days"])
    return History(today=today, counts=counts, cents=cents, hours=hours, closed_on=closed, by_day=by_day)


def _buckets(
    connection: sqlite3.Connection, account: AccountNo, zone: ZoneInfo, today: date
) -> Iterator[tuple[datetime, int, int]]:
    """When so many bookings began, by the wall clock, and what the completed ones cost that were not refunded."""
    since, until = (_midnight(day, zone) for day in (today - timedelta(days=YEARS_2), today))
    names = {"bucket": _QUARTER_HOUR_MS, "account": account, "since": since, "until": until}
    for bucket, bookings, money in connection.execute(_BY_QUARTER_HOUR, names):
        yield datetime.fromtimestamp(bucket * _QUARTER_HOUR_MS / 1000, UTC).astimezone(zone), bookings, money


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
