"""The example salon as a real database under a window, for what asks it at every letter."""

import json
import sqlite3
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from client.clock import Clock
from client.editing import BookingChange, change_booking
from client.models.bookings import Block, Booking
from client.models.business import WEEKDAYS, Resource, Service, Staff
from client.models.customers import Customer
from client.models.ids import BookingId, CustomerId, ResourceId
from client.models.mutations import Tell
from client.storage.database import Database
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime
from tests.state.conftest import complete, ms, put_business
from tests.storage.rows import put

TOMORROW = eg.TODAY + timedelta(days=1)
MARIA = eg.booking(
    "14:00",
    "Maria Gómez",
    "Colour and cut",
    90,
    "ana",
    day=TOMORROW,
    price=14_000,
    customer_id=CustomerId("c-maria"),
    customer_email="maria@example.com",
    service_id=eg.SERVICES[0].service_id,
)
TAKEN = eg.booking("16:30", "Kim Lee", "Cut", 45, "ana", day=TOMORROW)
SERIES = eg.booking(
    "10:00", "Rosa Lind", "Cut", 45, "luis", day=TOMORROW, series_id="ser-1", series_label="every 4 weeks"
)
CUSTOMERS = (
    eg.CUSTOMER,
    replace(
        eg.CUSTOMER,
        customer_id=CustomerId("c-maria"),
        name="Maria Gómez",
        phone="+14155550142",
        email="maria@example.com",
    ),
)
BOOKINGS = (*eg.WEEK, MARIA, TAKEN, SERIES)


def fill(conn: sqlite3.Connection) -> None:
    """Its people, what they do, who comes, and a week of bookings."""
    put_business(conn)
    for person in eg.STAFF.values():
        put(conn, "staff", _person(person))
    for service in eg.SERVICES:
        put(conn, "services", _service(service))
    for customer in CUSTOMERS:
        put_customer(conn, customer)
    for booking in {each.booking_id: each for each in BOOKINGS}.values():
        put_whole(conn, booking)
    for each in eg.BLOCKS:
        put(conn, "blocks", _block(each))
    complete(conn)


def put_customer(conn: sqlite3.Connection, customer: Customer) -> None:
    row = {**_columns(customer, {"customer_id": "id"}), "total_bookings": 0, "no_shows": 0}
    del row["booked"]
    put(conn, "customers", row)


def put_whole(conn: sqlite3.Connection, booking: Booking) -> None:
    conn.execute("DELETE FROM bookings WHERE id = ?", (booking.booking_id,))
    row = _columns(booking, {"booking_id": "id", "zone": "time_zone", "pending": "dirty"})
    put(conn, "bookings", {**row, "dirty": 0})


def open_salon(stores: Stores, folder: Path) -> Database:
    """The window shows this database from now on."""
    database = Database.open(folder / "chatty.db", Clock())
    database.write_blocking(fill)
    runtime = stores.runtime
    assert isinstance(runtime, FakeRuntime)
    runtime.database = database
    stores.attach()
    return database


def starts(database: Database, booking_id: BookingId = MARIA.booking_id) -> str:
    """Tue 16:30 with s-ana."""
    sql = "SELECT starts_at, staff_id FROM bookings WHERE id = ?"
    starts_at, staff_id = database.read(lambda conn: conn.execute(sql, (booking_id,)).fetchone())
    return f"{datetime.fromtimestamp(starts_at / 1000, eg.ZONE):%a %H:%M} with {staff_id}"


def _columns(row: Any, renamed: dict[str, str]) -> dict[str, Any]:
    values = {renamed.get(each.name, each.name): _value(getattr(row, each.name)) for each in fields(row)}
    return {**values, "version": 1, "gen": 1}


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return ms(value)
        case ZoneInfo():
            return value.key
        case bool():
            return int(value)
        case _:
            return str(value) if isinstance(value, str) else value


def _person(person: Staff) -> dict[str, Any]:
    return {
        "id": person.staff_id,
        "name": person.name,
        "initials": person.initials,
        "colour_index": person.colour_index,
        "services": json.dumps(person.service_ids),
        "works": json.dumps(
            {
                name: [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in day]
                for name, day in zip(WEEKDAYS, person.works.days, strict=True)
            }
        ),
        "active": int(person.active),
        "version": 1,
        "gen": 1,
    }


def _service(service: Service) -> dict[str, Any]:
    row = _columns(service, {"service_id": "id", "resource_ids": "resources"})
    return {**row, "resources": json.dumps(service.resource_ids)}


def _block(block: Block) -> dict[str, Any]:
    row = _columns(block, {"block_id": "id", "zone": "time_zone", "pending": "dirty"})
    return {**row, "created_at": 0, "dirty": 0}


def move_maria(database: Database, clock: str = "15:00") -> None:
    """The owner has moved her, and it was not sent yet."""
    change = BookingChange(starts_at=eg.at(clock, TOMORROW))
    tell = Tell(text="Hi Maria, your appointment has moved to 3:00 pm.", channel="sms")
    database.write_blocking(lambda conn: change_booking(conn, MARIA.booking_id, change, tell=tell, now=eg.NOW))


CHAIRS = tuple(Resource(resource_id=ResourceId(f"r-{n}"), name=f"Colour chair {n}", active=True) for n in (1, 2))


def furnish(conn: sqlite3.Connection, *services: Service, occupied: Booking | None = None) -> None:
    """Two chairs, in either of which `services` are done; `occupied` is in the first."""
    for chair in CHAIRS:
        put(conn, "resources", _columns(chair, {"resource_id": "id"}))
    rooms = json.dumps([chair.resource_id for chair in CHAIRS])
    for service in services:
        conn.execute("UPDATE services SET resources = ? WHERE id = ?", (rooms, service.service_id))
    if occupied is not None:
        put_whole(conn, replace(occupied, resource_id=CHAIRS[0].resource_id))


def keep_free(conn: sqlite3.Connection, service: Service, minutes: int) -> None:
    """After each booking of it."""
    conn.execute("UPDATE services SET buffer_minutes = ? WHERE id = ?", (minutes, service.service_id))
