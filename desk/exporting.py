"""Bookings as a file for a calendar or a spreadsheet."""

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

from client.calendars.writing import write_csv, write_ics
from client.config import Config
from client.models.bookings import Booking
from client.storage import bookings, business
from desk.files import put_out
from desk.finding import booking_of
from desk.terminal import Refusal, Terminal
from desk.times import midnight
from desk.way import now_of, readable

Range = Callable[[date], tuple[date, date]]


async def export(
    config: Config, terminal: Terminal, *, which: str | Range, cancelled: bool, as_csv: bool, out: Path | None
) -> None:
    """One booking, or those of a range of days; to standard output without `out`."""
    async with readable(config, terminal) as (device, database, standing):
        now = now_of(device, database)

        def chosen(conn: sqlite3.Connection) -> list[Booking]:
            if isinstance(which, str):
                return [booking_of(conn, which, None, fits=_any, since=now, zone=standing.zone)]
            first, last = which(now.astimezone(standing.zone).date())
            zone = standing.zone
            return bookings.between(conn, midnight(first, zone), midnight(last, zone, 1), cancelled=cancelled)

        found, shop = database.read(chosen), database.read(business.get)
        if shop is None:
            raise Refusal("This device does not know the business yet. Run `chatty sync`.", code="storage")
        staff = {person.staff_id: person.name for person in database.read(business.staff)}
        rooms = {room.resource_id: room.name for room in database.read(business.resources)}
        if as_csv:
            data = write_csv(found, shop, staff=staff, rooms=rooms)
        else:
            data = write_ics(found, shop, staff=staff, rooms=rooms, now=now)
        noun = "booking" if len(found) == 1 else "bookings"
        put_out(terminal, data, out, {"bookings": len(found)}, f"{len(found):,} {noun} in {out}.", standing)


def _any(booking: Booking) -> bool:
    del booking
    return True
