"""What is done to bookings: written on this device at once, whether the API answers or not, and never by halves."""

import contextlib
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from client.config import Config
from client.editing import (
    UNSET,
    BookingChange,
    BookingDraft,
    Edited,
    NotAllowed,
    Why,
    change_booking,
    create_booking,
    room_for,
)
from client.insight import telling
from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId, ResourceId, StaffId
from client.models.mutations import Tell
from client.storage import bookings, business, customers
from client.storage.database import Database
from desk.documents import Standing
from desk.finding import Fits, booking_of
from desk.people import customer_of, resource_of, service_of, staff_of
from desk.refusals import Place, nearest_free, refusal_of
from desk.showing import Answering
from desk.terminal import Refusal, Terminal, shown
from desk.times import instant_of, read_moment
from desk.way import now_of, writable
from runtime import DeviceRuntime

NOBODY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The booking that is meant, by its id or by the client's name."""

    booking_id: str | None
    client: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the client is told: `text`, what is usual, or nothing."""

    text: str | None = None
    usual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A booking as it was typed."""

    client: str
    at: str
    service: str
    length: timedelta | None
    staff: str | None
    resource: str | None
    phone: str | None
    email: str | None
    notes: str | None
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to change, as it was typed; None leaves it as it is."""

    at: str | None = None
    length: timedelta | None = None
    service: str | None = None
    staff: str | None = None
    resource: str | None = None
    notes: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    status: BookingStatus | None = None
    reason: str | None = None


async def add(config: Config, terminal: Terminal, new: New, said: Telling, allow: frozenset[str]) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now, zone = now_of(device, database), standing.zone

        def verb(conn: sqlite3.Connection) -> Edited:
            draft = _draft(conn, new, now, zone)
            place = Place(
                staff_id=draft.staff_id,
                resource_id=draft.resource_id,
                service_id=draft.service_id,
                starts_at=draft.starts_at,
                ends_at=draft.ends_at,
            )
            with _refusing(conn, zone, place, now):
                return _telling(
                    conn,
                    said,
                    None,
                    lambda tell: create_booking(
                        conn, draft, tell=tell, allow=allow, now=now, new_id=device.clock.new_id
                    ),
                )

        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)
        answering.edited(await database.write(verb), "Booked")


async def change(
    config: Config, terminal: Terminal, which: Which, wanted: Wanted, said: Telling, allow: frozenset[str], done: str
) -> None:
    """`done`: the word for it, once it is."""
    async with writable(config, terminal) as (device, database, standing):
        await change_on(device, database, standing, terminal, which, wanted, said, allow, done)


async def change_on(
    device: DeviceRuntime,
    database: Database,
    standing: Standing,
    terminal: Terminal,
    which: Which,
    wanted: Wanted,
    said: Telling,
    allow: frozenset[str],
    done: str,
) -> None:
    now, zone = now_of(device, database), standing.zone

    def verb(conn: sqlite3.Connection) -> Edited:
        since, fits = _candidates(wanted.status, now, zone)
        booking = booking_of(conn, which.booking_id, which.client, fits=fits, since=since, zone=zone)
        columns = _columns(conn, booking, wanted, now, zone)
        with _refusing(conn, zone, _place(booking, columns), now):
            return _telling(
                conn,
                said,
                booking,
                lambda tell: change_booking(conn, booking.booking_id, columns, tell=tell, allow=allow, now=now),
            )

    answering = Answering(terminal=terminal, database=database, standing=standing, now=now)
    answering.edited(await database.write(verb), done)


# --- from words to a change -----------------------------------------------------------------------------------------
def _draft(conn: sqlite3.Connection, new: New, now: datetime, zone: ZoneInfo) -> BookingDraft:
    service = service_of(conn, new.service)
    customer = customer_of(conn, new.client) if new.phone is None and new.email is None else None
    starts_at = _instant(new.at, now, now, zone)
    length = new.length if new.length is not None else timedelta(minutes=service.duration_minutes)
    ends_at = starts_at + length
    if new.resource is None:
        resource_id = room_for(conn, service.service_id, starts_at, ends_at)
    else:
        resource_id = _resource_id(conn, new.resource)
    return BookingDraft(
        customer_name=new.client,
        customer_id=customer.customer_id if customer else None,
        customer_phone=customer.phone if customer else new.phone,
        customer_email=customer.email if customer else new.email,
        service_id=service.service_id,
        service_name=service.name,
        staff_id=_staff_id(conn, new.staff),
        resource_id=resource_id,
        starts_at=starts_at,
        ends_at=ends_at,
        notes=new.notes,
        status=BookingStatus.CONFIRMED if new.confirmed else BookingStatus.PENDING,
    )


def _columns(
    conn: sqlite3.Connection, booking: Booking, wanted: Wanted, now: datetime, zone: ZoneInfo
) -> BookingChange:
    starts_at = booking.starts_at if wanted.at is None else _instant(wanted.at, booking.starts_at, now, zone)
    service = None if wanted.service is None else service_of(conn, wanted.service)
    length = wanted.length if wanted.length is not None else booking.ends_at - booking.starts_at
    moves = wanted.at is not None or wanted.length is not None
    resource_id = UNSET if wanted.resource is None else _resource_id(conn, wanted.resource)
    if wanted.resource is None and service is not None:
        resource_id = room_for(conn, service.service_id, starts_at, starts_at + length, booking)
    return BookingChange(
        starts_at=starts_at if moves else UNSET,
        ends_at=starts_at + length if moves else UNSET,
        staff_id=UNSET if wanted.staff is None else _staff_id(conn, wanted.staff),
        resource_id=resource_id,
        service_id=service.service_id if service else UNSET,
        notes=UNSET if wanted.notes is None else wanted.notes,
        customer_name=UNSET if wanted.name is None else wanted.name,
        customer_phone=UNSET if wanted.phone is None else wanted.phone,
        customer_email=UNSET if wanted.email is None else wanted.email,
        status=UNSET if wanted.status is None else wanted.status,
        cancellation_reason=UNSET if wanted.reason is None else wanted.reason,
    )


def _staff_id(conn: sqlite3.Connection, text: str | None) -> StaffId | None:
    return None if text is None or text.strip().lower() == NOBODY else staff_of(conn, text).staff_id


def _resource_id(conn: sqlite3.Connection, text: str) -> ResourceId | None:
    return None if text.strip().lower() == NOBODY else resource_of(conn, text).resource_id


def _instant(text: str, same_day: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    wall = read_moment(text, now.astimezone(zone).date(), same_day.astimezone(zone).date())
    if wall is None:
        raise Refusal(f"{shown(text)} is too far away.", code="invalid")
    return instant_of(wall, zone, text)


_COMING = frozenset({BookingStatus.PENDING, BookingStatus.CONFIRMED})
_RECENT = timedelta(days=7)


def _candidates(status: BookingStatus | None, now: datetime, zone: ZoneInfo) -> tuple[datetime, Fits]:
    """Among which bookings a client's name is looked up: those the verb is meant for, and from when on."""
    today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    match status:
        case BookingStatus.COMPLETED | BookingStatus.NO_SHOW:
            return today - _RECENT, lambda each: each.starts_at <= now and each.status in _COMING
        case BookingStatus.CONFIRMED:
            return today - _RECENT, lambda each: each.status is not BookingStatus.CONFIRMED
        case _:
            return today, lambda each: each.status in _COMING


# --- what the client is told ----------------------------------------------------------------------------------------
def _telling(
    conn: sqlite3.Connection, said: Telling, before: Booking | None, do: Callable[[Tell | None], Edited]
) -> Edited:
    """Do it, and tell the client.  What is usual speaks of the booking as it will be: so it is done once to look."""
    if said.text is None and not said.usual:
        return do(None)
    conn.execute("SAVEPOINT looking")
    try:
        after = bookings.get(conn, BookingId(do(None).row_id))
    finally:
        conn.execute("ROLLBACK TO looking")
        conn.execute("RELEASE looking")
    return do(_message(conn, said, before, after) if after else None)


def _message(conn: sqlite3.Connection, said: Telling, before: Booking | None, after: Booking) -> Tell | None:
    ours = business.get(conn)
    assert ours
    customer = customers.get(conn, after.customer_id) if after.customer_id else None
    client = telling.client_of(after, customer, ours)
    staff = next((person for person in business.staff(conn) if person.staff_id == after.staff_id), None)
    text = said.text if said.text is not None else telling.suggested(before, after, client, ours, staff)
    if text is None:
        return None
    if client.channel is None:
        raise NotAllowed(Why.NO_RECIPIENT, field="tell")
    return Tell(text=text, channel=client.channel)


# --- what stands in the way -----------------------------------------------------------------------------------------
def _place(booking: Booking, change: BookingChange) -> Place:
    return Place(
        staff_id=booking.staff_id if change.staff_id is UNSET else change.staff_id,
        resource_id=booking.resource_id if change.resource_id is UNSET else change.resource_id,
        service_id=booking.service_id if change.service_id is UNSET else change.service_id,
        starts_at=booking.starts_at if change.starts_at is UNSET else change.starts_at,
        ends_at=booking.ends_at if change.ends_at is UNSET else change.ends_at,
        booking_id=booking.booking_id,
        stands_at=booking.starts_at,
    )


@contextlib.contextmanager
def _refusing(conn: sqlite3.Connection, zone: ZoneInfo, place: Place, now: datetime) -> Generator[None]:
    """What cannot be done becomes a Refusal that says when it could be; the transaction is taken back."""
    try:
        yield
    except NotAllowed as error:
        raise refusal_of(error, zone, nearest_free(conn, error, place, now)) from error
