"""The calendars that are followed, and those of them that are in trouble."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from client.insight.day import day_bounds
from client.models.bookings import Booking, Calendar
from client.models.business import Business
from client.models.ids import BookingId
from client.state.live_query import LiveQuery
from client.storage import bookings, business, calendars
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarsState:
    """`in_trouble`: those of which something may be missing here; what was entered there may be booked over."""

    calendars: tuple[Calendar, ...] = ()
    ready: bool = False
    broken: bool = False

    @property
    def in_trouble(self) -> tuple[Calendar, ...]:
        return tuple(each for each in self.calendars if each.state == "trouble")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file to be saved.  `count`: how many bookings are in it."""

    name: str
    data: bytes
    count: int


class CalendarsStore(LiveQuery[CalendarsState]):
    """What is followed; and bookings as files for other programs."""

    tables = frozenset({"calendars"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        """`now`: the time by the server's clock."""
        super().__init__(CalendarsState())
        self._now = now

    def read(self, conn: sqlite3.Connection) -> CalendarsState:
        return CalendarsState(calendars=tuple(calendars.everything(conn)), ready=True)

    def failed(self, error: StorageError) -> CalendarsState:
        del error
        return CalendarsState(broken=True)

    async def export_days(self, first: int, days: int, *, as_csv: bool) -> Exported | None:
        """The bookings of so many days, the first of them so many after today; None when they cannot be read."""

        def read(conn: sqlite3.Connection, ours: Business) -> list[Booking]:
            day = self._now().astimezone(ours.zone).date() + timedelta(days=first)
            start, _ = day_bounds(day, ours.zone)
            _, end = day_bounds(day + timedelta(days=days - 1), ours.zone)
            return bookings.between(conn, start, end)

        return await self._export(read, as_csv)

    async def export_booking(self, booking_id: BookingId, *, as_csv: bool = False) -> Exported | None:
        def read(conn: sqlite3.Connection, ours: Business) -> list[Booking]:
            del ours
            found = bookings.get(conn, booking_id)
            return [found] if found else []

        return await self._export(read, as_csv)

    async def _export(
        self, read: Callable[[sqlite3.Connection, Business], list[Booking]], as_csv: bool
    ) -> Exported | None:
        now = self._now()

        def write(conn: sqlite3.Connection) -> Exported | None:
            from client.calendars.writing import (
                write_csv,
                write_ics,
            )  # its libraries are slow to import, and seldom needed

            ours = business.get(conn)
            if ours is None:
                return None
            found, staff = read(conn, ours), {person.staff_id: person.name for person in business.staff(conn)}
            rooms = {room.resource_id: room.name for room in business.resources(conn)}
            if as_csv:
                data = write_csv(found, ours, staff=staff, rooms=rooms)
            else:
                data = write_ics(found, ours, staff=staff, rooms=rooms, now=now)
            name = f"bookings {now.astimezone(ours.zone):%Y-%m-%d}.{'csv' if as_csv else 'ics'}"
            return Exported(name=name, data=data, count=len(found))

        try:
            return await self._database.read_in_thread(write) if self._database else None
        except StorageError:
            return None
