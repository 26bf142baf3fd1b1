"""The example salon's calls and bookings in a database file, with the weeks before, for figures over any period."""

import atexit
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from client.clock import Clock
from client.models.bookings import Booking, BookingStatus
from client.models.business import WEEKDAYS, WeeklyHours
from client.models.calls import Call, Outcome
from client.storage import tallying
from client.storage.database import Database
from client.storage.schema import ensure_indexes
from tests import example_data as eg
from tests.storage.rows import put

WEEKS = 16
_OUTCOMES = (Outcome.BOOKED, Outcome.INFO_PROVIDED, Outcome.BOOKED, Outcome.HUNG_UP, Outcome.BOOKING_FAILED)
_TAIL = {"version": 1, "gen": 1}


def ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def call_row(call: Call) -> dict[str, Any]:
    """The row as the feed brings it."""
    return {
        "id": call.call_id,
        "caller_name": call.caller_name,
        "caller_phone": call.caller_phone,
        "customer_id": call.customer_id,
        "direction": call.direction,
        "employee_id": call.employee_id,
        "employee_name": call.employee_name,
        "started_at": ms(call.started_at),
        "answered_at": ms(call.answered_at),
        "ended_at": ms(call.ended_at),
        "status": call.status.value,
        "handler": call.handler.value,
        "outcome": call.outcome.value if call.outcome else None,
        "intent": call.intent,
        "summary": call.summary,
        "extracted": "{}",
        "language": call.language,
        "requires_followup": int(call.requires_followup),
        "booking_id": call.booking_id,
        "consent": '{"state":"given"}',
        "charge_cents": call.charge_cents,
        "flags": "[]",
        "turn_count": call.turn_count,
        **_TAIL,
    }


def booking_row(booking: Booking) -> dict[str, Any]:
    """The row as the feed brings it."""
    return {
        "id": booking.booking_id,
        "customer_id": booking.customer_id,
        "customer_name": booking.customer_name,
        "service_name": booking.service_name,
        "staff_id": booking.staff_id,
        "starts_at": ms(booking.starts_at),
        "ends_at": ms(booking.ends_at),
        "time_zone": booking.zone.key,
        "status": booking.status.value,
        "source": booking.source,
        "call_id": booking.call_id,
        "price_cents": booking.price_cents,
        "paid_cents": booking.paid_cents,
        "payment_status": booking.payment_status,
        "reminder_sent": 0,
        "created_at": ms(booking.created_at),
        **_TAIL,
    }


def business_rows(conn: sqlite3.Connection) -> None:
    """The salon, its people and its hours."""
    ours = eg.BUSINESS
    put(
        conn,
        "business",
        {
            **{"id": ours.account_id, "name": ours.name, "business_type": ours.business_type},
            **{
                "time_zone": ours.zone.key,
                "currency": ours.currency,
                "locale": ours.locale,
                "phone": "",
                "address": "",
            },
            **{"opening_hours": _hours(ours.opening_hours), "closed_days": '["2025-12-25"]', "created_at": 0, **_TAIL},
        },
    )
    for person in eg.STAFF.values():
        row = {"id": person.staff_id, "name": person.name, "initials": person.initials, "colour_index": 0}
        put(conn, "staff", {**row, "services": "[]", "works": _hours(person.works), "active": 1, **_TAIL})


def _hours(hours: WeeklyHours) -> str:
    pairs = {
        name: [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in day]
        for name, day in zip(WEEKDAYS, hours.days, strict=True)
    }
    return json.dumps(pairs)


def fill(conn: sqlite3.Connection, calls: Iterable[Call], bookings: Iterable[Booking]) -> None:
    """A file whose first sync is over."""
    business_rows(conn)
    for call in calls:
        put(conn, "calls", call_row(call))
    for booking in bookings:
        put(conn, "bookings", booking_row(booking))
    conn.execute("UPDATE streams SET complete = 1, ccursor = 'c', stage = 'follow', as_of = ?", (ms(eg.NOW),))
    ensure_indexes(conn)
    tallying.ensure(conn)


def fill_calls(conn: sqlite3.Connection, calls: Iterable[Call]) -> None:
    """Into a file that has the salon already."""
    for call in calls:
        put(conn, "calls", call_row(call))
    ensure_indexes(conn)
    tallying.ensure(conn)


def past_calls() -> list[Call]:
    """Some calls on each day before today, more on busy weekdays."""
    made: list[Call] = []
    for back in range(1, WEEKS * 7):
        day = eg.TODAY - timedelta(days=back)
        for number in range(0 if day.weekday() == 6 else 6 + (back * 5) % 7):
            outcome = Outcome.MISSED if (back + number) % 9 == 0 else _OUTCOMES[(back + number) % 5]
            answered = {} if outcome is not Outcome.MISSED else {"answered_at": None}
            clock = f"{9 + number % 9:02d}:{(number * 17) % 60:02d}"
            made.append(eg.past_call(f"h-{back}-{number}", clock, "Past Caller", outcome, "", day=day, **answered))
    return made


def past_bookings() -> list[Booking]:
    """Some bookings on each day before today, of sixty customers."""
    made: list[Booking] = []
    for back in range(1, WEEKS * 7):
        day = eg.TODAY - timedelta(days=back)
        if day.weekday() != 6:
            made += [_past_booking(day, back, number) for number in range(5 + (back * 3) % 4)]
    return made


def _past_booking(day: date, back: int, number: int) -> Booking:
    statuses = {3: BookingStatus.CANCELLED, 11: BookingStatus.NO_SHOW}
    turn = (back * 7 + number) % 17
    return eg.booking(
        f"{9 + number:02d}:00",
        "Past Guest",
        "Cut",
        45,
        ("ana", "luis", "mia")[number % 3],
        day=day,
        status=statuses.get(turn, BookingStatus.COMPLETED),
        price=(4_500, 14_000, 0, 18_000, None, 2_500)[turn % 6],
        booking_id=f"p-{back}-{number}",
        customer_id=f"c-{(back * 3 + number * 7) % 60}",
        payment_status="refunded" if turn == 5 else "paid",
        created_at=eg.at("11:00", day - timedelta(days=2 + number)),
    )


@cache
def salon() -> Database:
    """The example salon with its past; a file that stays until the process ends."""
    calls = (*eg.PAST, *eg.YESTERDAY, eg.call(), *past_calls())
    return _kept(calls, (*eg.BOOKINGS, *past_bookings()))


@cache
def bare() -> Database:
    """A salon in which nothing has happened yet."""
    return _kept((), ())


@cache
def first_day() -> Database:
    """A salon that opened this morning."""
    return _kept(eg.PAST, [replace(each, created_at=eg.at("08:30")) for each in eg.BOOKINGS])


@cache
def told() -> Database:
    """The example salon, whose owner has said what an hour, a week and a missed call are."""
    calls = (*eg.PAST, *eg.YESTERDAY, eg.call(), *past_calls())
    return _opened(lambda conn: (fill(conn, calls, ()), say(conn, 2_200, 40.0, 4_500))[0])


@cache
def untold() -> Database:
    """The same, whose owner has said nothing."""
    return _opened(lambda conn: (fill(conn, past_calls(), ()), say(conn, None, None, None))[0])


@cache
def minutes_told() -> Database:
    """The same, whose owner has said what two kinds of task take a person, and nothing else."""
    calls = past_calls()
    minutes = {"reminder_minutes": 25, "review_request_minutes": 0}
    return _opened(lambda conn: (fill(conn, calls, ()), say(conn, None, None, None, **minutes))[0])


def say(conn: sqlite3.Connection, wage: int | None, hours: float | None, value: int | None, **minutes: int) -> None:
    """The one row of what the owner has said; `minutes` by column."""
    row = {"wage_cents_per_hour": wage, "hours_per_week": hours, "missed_call_value_cents": value, "currency": "USD"}
    conn.execute("DELETE FROM assumptions")
    put(conn, "assumptions", {"id": eg.BUSINESS.account_id, **row, **minutes, **_TAIL})


@cache
def named(text: str) -> Database:
    """A salon whose people and services are called this."""
    calls = [replace(call, caller_name=text, intent=text, booking_id=None) for call in eg.PAST]
    bookings = [replace(booking, customer_name=text, service_name=text) for booking in eg.BOOKINGS]
    return _kept(calls, bookings)


@cache
def filling() -> Database:
    """A file that a first sync has begun to fill."""
    return _opened(lambda conn: business_rows(conn))


def _kept(calls: Iterable[Call], bookings: Iterable[Booking]) -> Database:
    return _opened(lambda conn: fill(conn, calls, bookings))


def _opened(write: Callable[[sqlite3.Connection], None]) -> Database:
    folder = Path(tempfile.mkdtemp())
    database = Database.open(folder / "chatty.db", Clock())
    database.write_blocking(write)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(database.close)
    return database
