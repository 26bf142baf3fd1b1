"""Bookings and calls, as this device remembers them."""

from collections.abc import Callable
from datetime import date

from client.config import Config
from client.models.ids import CallId
from client.storage import bookings, calls
from desk.documents import booking_document, booking_lines, call_detail_lines, call_document, call_lines
from desk.people import names_of
from desk.terminal import Refusal, Terminal, shown
from desk.times import midnight
from desk.way import now_of, readable

CALLS_SHOWN = 50


async def show_bookings(
    config: Config, terminal: Terminal, range_of: Callable[[date], tuple[date, date]], *, cancelled: bool
) -> None:
    """`range_of` gives the first and the last day for a today, which is the business's."""
    async with readable(config, terminal) as (device, database, standing):
        zone = standing.zone
        first, last = range_of(now_of(device, database).astimezone(zone).date())
        found = database.read(
            lambda conn: bookings.between(conn, midnight(first, zone), midnight(last, zone, 1), cancelled=cancelled)
        )
        names = database.read(names_of)
        terminal.answer(
            {
                "bookings": [booking_document(booking, zone, names) for booking in found],
                "from": first.isoformat(),
                "to": last.isoformat(),
                "time_zone": zone.key,
            }
            | standing.document(),
            [*booking_lines(found, zone, names), "", standing.sentence()],
        )


async def show_calls(config: Config, terminal: Terminal, *, live: bool) -> None:
    async with readable(config, terminal) as (_, database, standing):
        found = database.read(calls.live if live else lambda conn: calls.recent(conn, CALLS_SHOWN))
        terminal.answer(
            {"calls": [call_document(call, standing.zone, None) for call in found]} | standing.document(),
            [*call_lines(found, standing.zone), "", standing.sentence()],
        )


async def show_call(config: Config, terminal: Terminal, call_id: str) -> None:
    async with readable(config, terminal) as (_, database, standing):
        call = database.read(lambda conn: calls.get(conn, CallId(call_id)))
        if call is None:
            raise Refusal(f"No call on this device has the id {shown(call_id)}.", code="not_found")
        turns = database.read(lambda conn: calls.turns(conn, call.call_id))
        terminal.answer(
            {"calls": [call_document(call, standing.zone, turns)]} | standing.document(),
            [*call_detail_lines(call, turns, standing.zone), "", standing.sentence()],
        )
