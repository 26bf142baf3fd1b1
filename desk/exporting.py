"""Bookings as a file for a calendar or a spreadsheet."""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from client.calendars.writing import write_csv, write_ics
from client.config import Config
from client.models.bookings import Booking
from client.storage import bookings, business
from desk.documents import Standing
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
        data = write_csv(found, shop, staff=staff) if as_csv else write_ics(found, shop, staff=staff, now=now)
        noun = "booking" if len(found) == 1 else "bookings"
        put_out(terminal, data, out, {"bookings": len(found)}, f"{len(found):,} {noun} in {out}.", standing)


def put_out(
    terminal: Terminal, data: bytes, out: Path | None, counted: dict[str, int], said: str, standing: Standing
) -> None:
    """To standard output, or into the file with a word about it.  Raises Refusal."""
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    save(out, data)
    document = {"file": str(out)} | counted | {"bytes": len(data)} | standing.document()
    terminal.answer(document, [said, "", standing.sentence()])


def _any(booking: Booking) -> bool:
    del booking
    return True


def save(path: Path, data: bytes) -> None:
    """Write the whole file or none of it.  Raises Refusal."""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(part).replace(path)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise Refusal(f"{path} cannot be written ({why}).", code="file") from error
