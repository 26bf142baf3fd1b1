"""Today: the day's bookings, its plain counts with where they come from, and the calls that are over."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from client.insight.day import HISTORY_DAYS, DayFigure, DayRows, Say, day_bounds, day_figures
from client.models.account import Role
from client.models.bookings import Booking
from client.models.calls import Call, Outcome
from client.models.ids import BookingId
from client.state.live_query import LiveQuery
from client.storage import bookings, business, calls, cursors
from client.storage.database import Database
from client.storage.errors import StorageError

LATEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayState:
    """`day` in the business's zone.  `ready`: what is on screen has arrived; `broken`: the database cannot be read."""

    day: date | None = None
    bookings: tuple[Booking, ...] = ()
    figures: tuple[DayFigure, ...] = ()
    latest: tuple[Call, ...] = ()
    ready: bool = False
    broken: bool = False


class TodayStore(LiveQuery[TodayState]):
    """The days before today are read once a minute, not at every commit: only their sums are shown."""

    tables = frozenset({"bookings", "calls", "business", "streams"})

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say], role: Callable[[], Role | None]) -> None:
        super().__init__(TodayState())
        self._now = now
        self._say = say
        self._role = role
        self._past: _Past | None = None

    def turn_of_minute(self) -> None:
        """The figures' period ends now, and the day may have changed."""
        self._past = None
        self.refresh()

    def attach(self, database: Database | None) -> None:
        self._past = None
        super().attach(database)

    def read(self, conn: sqlite3.Connection) -> TodayState:
        ours = business.get(conn)
        zone = ours.zone if ours else ZoneInfo("UTC")
        now = self._now()
        day = now.astimezone(zone).date()
        start, end = day_bounds(day, zone)
        stream = cursors.stream(conn, "core")
        todays = calls.between(conn, start, end)
        past = self._past_days(conn, day, zone, complete=stream.ccursor is not None)
        rows = DayRows(
            calls=(*past.calls, *todays),
            bookings={**past.bookings, **_booked(conn, todays)},
            known_from=date.min if past.complete else None,
        )
        as_of = stream.as_of.replace(second=0, microsecond=0) if stream.as_of else None
        role = self._role()
        minute = now.replace(second=0, microsecond=0)
        money = role is not None and role.may_see_money
        return TodayState(
            day=day,
            bookings=tuple(bookings.between(conn, start, end)),
            figures=day_figures(rows, minute, as_of, zone, self._say(), money=money),
            latest=tuple(call for call in todays if not call.is_live)[:LATEST],
            ready=stream.usable,
        )

    def failed(self, error: StorageError) -> TodayState:
        del error
        return TodayState(broken=True)

    def _past_days(self, conn: sqlite3.Connection, day: date, zone: ZoneInfo, *, complete: bool) -> "_Past":
        known = self._past
        if known is None or (known.day, known.zone, known.complete) != (day, zone, complete):
            start, end = day_bounds(day - timedelta(days=HISTORY_DAYS), zone)[0], day_bounds(day, zone)[0]
            found = calls.between(conn, start, end, limit=5000) if complete else []
            known = _Past(day=day, zone=zone, complete=complete, calls=tuple(found), bookings=_booked(conn, found))
            self._past = known
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """The calls of the days before `day` and what was booked in them; none while the device is still filling."""

    day: date
    zone: ZoneInfo
    complete: bool
    calls: tuple[Call, ...]
    bookings: dict[BookingId, Booking]


def _booked(conn: sqlite3.Connection, found: list[Call]) -> dict[BookingId, Booking]:
    ids = {call.booking_id for call in found if call.booking_id and call.outcome is Outcome.BOOKED}
    booked = ((booking_id, bookings.get(conn, booking_id)) for booking_id in ids)
    return {booking_id: booking for booking_id, booking in booked if booking is not None}
