"""The bookings of a day or a week, with the week around it: what the agenda and the grids show."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from client.insight.day import day_bounds
from client.insight.grid import hours_on
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Business, HoursRange
from client.state.live_query import LiveQuery
from client.state.preferences import View
from client.storage import blocks, bookings, business, cursors
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInStrip:
    """`count` without cancelled ones; `closed`: the business does not open."""

    day: date
    count: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaState:
    """`days`: those that `bookings` and `blocks` are of: the day, or Monday to Sunday of its week.

    `hours`: opening ranges of the day, empty when closed; `holiday`: closed on this date, not by the week.
    `strip`: Monday to Sunday of the day's week.  `cancelled`: how many are left out, 0 when they are shown.
    """

    view: View = View.AGENDA
    day: date | None = None
    today: date | None = None
    days: tuple[date, ...] = ()
    bookings: tuple[Booking, ...] = ()
    blocks: tuple[Block, ...] = ()
    strip: tuple[DayInStrip, ...] = ()
    hours: tuple[HoursRange, ...] = ()
    holiday: bool = False
    show_cancelled: bool = False
    cancelled: int = 0
    ready: bool = False
    broken: bool = False

    @property
    def count(self) -> int:
        """How many bookings there are on the days shown, without cancelled ones."""
        return sum(b.status is not BookingStatus.CANCELLED for b in self.bookings)


class AgendaStore(LiveQuery[AgendaState]):
    tables = frozenset({"bookings", "blocks", "business", "streams"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(AgendaState())
        self._now = now
        self._day: date | None = None
        self._view = View.AGENDA
        self._show_cancelled = False

    def go_to(self, day: date | None, view: View = View.AGENDA) -> None:
        """None is today, and stays today when the day changes."""
        if (day, view) != (self._day, self._view):
            self._day, self._view = day, view
            self.refresh()

    def toggle_cancelled(self) -> None:
        self._show_cancelled = not self._show_cancelled
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> AgendaState:
        ours = business.get(conn)
        zone = ours.zone if ours else ZoneInfo("UTC")
        today = self._now().astimezone(zone).date()
        day = self._day or today
        days = week_of(day) if self._view is View.WEEK else (day,)
        everything = self._bookings(conn, days, zone)
        kept = [b for b in everything if self._show_cancelled or b.status is not BookingStatus.CANCELLED]
        return AgendaState(
            view=self._view,
            day=day,
            today=today,
            days=days,
            bookings=tuple(kept),
            blocks=tuple(blocks.overlapping(conn, *_bounds(days, zone))),
            strip=_strip(conn, ours, zone, day),
            hours=hours_on(ours, day),
            holiday=ours is not None and day in ours.closed_days,
            show_cancelled=self._show_cancelled,
            cancelled=len(everything) - len(kept),
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> AgendaState:
        del error
        return AgendaState(broken=True)

    def _bookings(self, conn: sqlite3.Connection, days: tuple[date, ...], zone: ZoneInfo) -> list[Booking]:
        """A list names a booking on the day it begins; a grid draws it wherever it reaches into."""
        find = bookings.between if self._view is View.AGENDA else bookings.overlapping
        return find(conn, *_bounds(days, zone), cancelled=True)


def week_of(day: date) -> tuple[date, ...]:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=i) for i in range(7))


def _bounds(days: tuple[date, ...], zone: ZoneInfo) -> tuple[datetime, datetime]:
    return day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1]


def _strip(conn: sqlite3.Connection, ours: Business | None, zone: ZoneInfo, day: date) -> tuple[DayInStrip, ...]:
    return tuple(
        DayInStrip(
            day=each,
            count=bookings.count_between(conn, *day_bounds(each, zone)),
            closed=ours is not None and not hours_on(ours, each),
        )
        for each in week_of(day)
    )
