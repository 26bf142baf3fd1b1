"""The agenda: one day of bookings with the week around it, and the booking that is open."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from client.insight.day import day_bounds
from client.models.bookings import Booking, BookingStatus
from client.models.business import Business, HoursRange
from client.models.calls import Call
from client.models.customers import Customer
from client.models.ids import BookingId
from client.state.live_query import LiveQuery
from client.storage import bookings, business, calls, cursors, customers
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInStrip:
    """`count` without cancelled ones; `closed`: the business does not open."""

    day: date
    count: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaState:
    """`hours`: opening ranges of the day, empty when closed; `holiday`: closed on this date, not by the week.

    `strip`: Monday to Sunday of the day's week.  `cancelled`: how many are left out, 0 when they are shown.
    """

    day: date | None = None
    today: date | None = None
    bookings: tuple[Booking, ...] = ()
    strip: tuple[DayInStrip, ...] = ()
    hours: tuple[HoursRange, ...] = ()
    holiday: bool = False
    show_cancelled: bool = False
    cancelled: int = 0
    ready: bool = False
    broken: bool = False


class AgendaStore(LiveQuery[AgendaState]):
    tables = frozenset({"bookings", "business", "streams"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(AgendaState())
        self._now = now
        self._day: date | None = None
        self._show_cancelled = False

    def go_to(self, day: date | None) -> None:
        """None is today, and stays today when the day changes."""
        if day != self._day:
            self._day = day
            self.refresh()

    def toggle_cancelled(self) -> None:
        self._show_cancelled = not self._show_cancelled
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> AgendaState:
        ours = business.get(conn)
        zone = ours.zone if ours else ZoneInfo("UTC")
        today = self._now().astimezone(zone).date()
        day = self._day or today
        everything = bookings.between(conn, *day_bounds(day, zone), cancelled=True)
        kept = [b for b in everything if self._show_cancelled or b.status is not BookingStatus.CANCELLED]
        return AgendaState(
            day=day,
            today=today,
            bookings=tuple(kept),
            strip=_strip(conn, ours, zone, day),
            hours=_hours(ours, day),
            holiday=ours is not None and day in ours.closed_days,
            show_cancelled=self._show_cancelled,
            cancelled=len(everything) - len(kept),
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> AgendaState:
        del error
        return AgendaState(broken=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingState:
    """`missing`: this device has no such booking."""

    booking: Booking | None = None
    call: Call | None = None
    customer: Customer | None = None
    missing: bool = False


class BookingStore(LiveQuery[BookingState]):
    tables = frozenset({"bookings", "calls", "customers"})

    def __init__(self) -> None:
        super().__init__(BookingState())
        self._booking_id: BookingId | None = None

    def open(self, booking_id: BookingId | None) -> None:
        if booking_id == self._booking_id:
            return
        self._booking_id = booking_id
        self.state = BookingState()
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> BookingState:
        if self._booking_id is None:
            return BookingState()
        booking = bookings.get(conn, self._booking_id)
        if booking is None:
            return BookingState(missing=True)
        return BookingState(
            booking=booking,
            call=calls.get(conn, booking.call_id) if booking.call_id else None,
            customer=customers.get(conn, booking.customer_id) if booking.customer_id else None,
        )

    def failed(self, error: StorageError) -> BookingState:
        del error
        return replace(self.state, missing=self.state.booking is None)


def _strip(conn: sqlite3.Connection, ours: Business | None, zone: ZoneInfo, day: date) -> tuple[DayInStrip, ...]:
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=i) for i in range(7)]
    return tuple(
        DayInStrip(
            day=each,
            count=bookings.count_between(conn, *day_bounds(each, zone)),
            closed=ours is not None and not _hours(ours, each),
        )
        for each in days
    )


def _hours(ours: Business | None, day: date) -> tuple[HoursRange, ...]:
    if ours is None or day in ours.closed_days:
        return ()
    return ours.opening_hours.on(day)
