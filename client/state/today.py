"""Today: the day's bookings, its plain counts with where they come from, and the calls that are over."""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from client.insight import figures as counting
from client.insight.day import Say, day_bounds
from client.insight.figures import MetricFigure, Past
from client.insight.metrics import Metric
from client.insight.periods import Chosen, Period
from client.models.account import Role
from client.models.bookings import Booking
from client.models.calls import Call
from client.state.figure_rows import Rows, minute_of
from client.state.figures import shown_to
from client.state.live_query import WatchedQuery
from client.storage import bookings, calls, cursors
from client.storage.database import Database
from client.storage.errors import StorageError

LATEST = 5
TODAY: Final = Chosen(period=Period.TODAY)
FIGURES: Final = (Metric.ANSWERED, Metric.BOOKED, Metric.MISSED, Metric.REVENUE_BOOKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayState:
    """`day` in the business's zone.  `ready`: what is on screen has arrived; `broken`: the database cannot be read."""

    day: date | None = None
    bookings: tuple[Booking, ...] = ()
    figures: tuple[MetricFigure, ...] = ()
    latest: tuple[Call, ...] = ()
    ready: bool = False
    broken: bool = False


class TodayStore(WatchedQuery[TodayState]):
    """The days before today are read once a minute, not at every commit: only their sums are shown.  The day's bookings
    are read when one of them has changed.
    """

    tables = frozenset({"bookings", "calls", "business", "streams"})

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say], role: Callable[[], Role | None]) -> None:
        super().__init__(TodayState())
        self._now = now
        self._say = say
        self._role = role
        self._past: tuple[object, Past] | None = None
        self._booked: tuple[date, tuple[Booking, ...]] | None = None

    def turn_of_minute(self) -> None:
        """The figures' period ends now, and the day may have changed."""
        self._past = self._booked = None
        self.refresh()

    def attach(self, database: Database | None) -> None:
        self._past = self._booked = None
        super().attach(database)

    def _touched(self, tables: Collection[str]) -> None:
        if "bookings" in tables or "business" in tables:
            self._booked = None
        super()._touched(tables)

    def read(self, conn: sqlite3.Connection) -> TodayState:
        rows, now = Rows.of(conn), minute_of(self._now())
        day = self._now().astimezone(rows.zone).date()
        start, end = day_bounds(day, rows.zone)
        if self._booked is None or self._booked[0] != day:
            self._booked = (day, tuple(bookings.between(conn, start, end)))
        return TodayState(
            day=day,
            bookings=self._booked[1],
            figures=self._figures(rows, now),
            latest=tuple(calls.over(conn, start, end, LATEST)),
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> TodayState:
        del error
        return TodayState(broken=True)

    def _figures(self, rows: Rows, now: datetime) -> tuple[MetricFigure, ...]:
        allowed = shown_to(self._role())
        metrics = tuple(metric for metric in FIGURES if metric in allowed)
        key = (metrics, now, rows.zone, rows.complete)
        if self._past is None or self._past[0] != key:
            self._past = (key, counting.read_past(metrics, rows, TODAY, now, rows.zone))
        return counting.figures(metrics, rows, TODAY, now, rows.as_of, rows.zone, self._say(), past=self._past[1])
