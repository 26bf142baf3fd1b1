"""Which booking is meant: by its id, by the beginning of it, or by the name of whoever booked."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from client.models.bookings import Booking
from client.storage import bookings
from desk.terminal import BadUsage, Refusal, shown

SHORTEST_PREFIX = 4
_SHOWN = 5
_AHEAD = timedelta(days=400)

Fits = Callable[[Booking], bool]


def booking_of(
    conn: sqlite3.Connection, text: str | None, client: str | None, *, fits: Fits, since: datetime, zone: ZoneInfo
) -> Booking:
    """The booking with that id, or the one of that client from `since` on that `fits`.  Raises Refusal, BadUsage."""
    if (text is None) == (client is None):
        raise BadUsage("Say which booking: its id, or --client with the client's name.")
    return _by_id(conn, text, zone) if text is not None else _by_client(conn, client or "", fits, since, zone)


def _by_id(conn: sqlite3.Connection, text: str, zone: ZoneInfo) -> Booking:
    prefix = text.strip().lower()
    if len(prefix) < SHORTEST_PREFIX:
        raise BadUsage(f"{shown(text)} is too short for an id. Give at least {SHORTEST_PREFIX} characters of it.")
    found = bookings.with_prefix(conn, prefix, _SHOWN + 1)
    if not found:
        raise Refusal(f"No booking on this device has an id that begins with {shown(text)}.", code="not_found")
    exact = [booking for booking in found if booking.booking_id == prefix]
    return _only(exact or found, f"ids begin with {shown(text)}", zone)


def _by_client(conn: sqlite3.Connection, name: str, fits: Fits, since: datetime, zone: ZoneInfo) -> Booking:
    wanted = " ".join(name.split()).casefold()
    if not wanted:
        raise BadUsage("--client needs a name.")
    ahead = [each for each in bookings.between(conn, since, since + _AHEAD, cancelled=True) if fits(each)]
    named = [each for each in ahead if wanted in each.customer_name.casefold()]
    found = [each for each in named if each.customer_name.casefold() == wanted] or named
    if not found:
        sentence = f"No booking that this can be done with is under the name {shown(name)}."
        raise Refusal(sentence, code="not_found")
    return _only(found, f"bookings are under {shown(name)}", zone)


def _only(found: list[Booking], are: str, zone: ZoneInfo) -> Booking:
    if len(found) == 1:
        return found[0]
    some = "; ".join(
        f"{each.customer_name}, {each.starts_at.astimezone(zone):%a %d %b %H:%M}: {each.booking_id}"
        for each in found[:_SHOWN]
    )
    count = str(len(found)) if len(found) <= _SHOWN else f"more than {_SHOWN}"
    raise Refusal(f"{count[0].upper()}{count[1:]} {are}: {some}. Say which by its id.", code="ambiguous")
