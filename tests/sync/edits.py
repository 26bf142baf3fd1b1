"""Changes as an owner makes them on a device, and what the server then has, for tests of what lies between."""

from typing import Any

from backend_stub.business.documents import new_booking
from backend_stub.clock import uuid7
from backend_stub.store import rows_of
from client.models.mutations import Change, Payload
from client.storage import conflicts, effective, outbox
from client.storage.outbox import Recorded
from tests.backend_stub import example_rows as eg
from tests.storage import mutations
from tests.sync.conftest import Device, World

Row = dict[str, Any]

TEN = eg.NOON + 23 * eg.HOUR
"""Ten o'clock of the next day, a Monday; the one member of staff works from nine to six."""


def booked(world: World, hours: int = 0, **values: Any) -> str:
    """A booking the server has: an hour from so many hours after ten of the next day."""
    business = world.hosted.business
    row = new_booking(
        booking_id=uuid7(eg.NOON),
        customer_id=None,
        name="Maria Lopez",
        phone=None,
        email=None,
        service={"id": business.service_id, "name": "Colour and cut"},
        staff_id=business.staff_id,
        starts_at=TEN + hours * eg.HOUR,
        ends_at=TEN + (hours + 1) * eg.HOUR,
        time_zone=eg.ZONE,
        source="manual",
        employee_id=None,
        call_id=None,
        price_cents=9000,
        created_at=eg.NOON - eg.DAY,
        notes=None,
    )
    world.put("bookings", row | values)
    return row["id"]


def server_row(world: World, row_id: str, kind: str = "bookings") -> Row | None:
    number = world.hosted.business.number
    return world.store.peek(lambda conn: {row["id"]: row for row in rows_of(conn, number, kind)}).get(row_id)


def shown(device: Device, row_id: str, kind: str = "bookings") -> Row | None:
    """The row as this device shows it."""
    return device.db.read(lambda conn: effective.effective_row(conn, kind, row_id))


async def record(device: Device, payload: Payload) -> Recorded:
    return await device.db.write(lambda conn: mutations.record(conn, payload, device.time.now_ms()))


async def edit(device: Device, row_id: str, *, tell: str | None = None, **fields: Any) -> Recorded:
    """Give fields of a booking other values than it shows."""
    row = shown(device, row_id)
    assert row is not None
    changed = {name: (row[name], value) for name, value in fields.items()}
    if {"starts_at", "ends_at", "staff_id"} & fields.keys():
        for name in ("starts_at", "ends_at", "staff_id"):
            changed.setdefault(name, (row[name], row[name]))
    told = {"text": tell, "channel": "sms"} if tell else None
    return await record(device, mutations.patch(row_id, changed, told))


async def note(device: Device, row_id: str, text: str) -> Recorded:
    return await edit(device, row_id, notes=text)


async def move(device: Device, row_id: str, hours: int, *, tell: str | None = None) -> Recorded:
    """To so many hours after ten."""
    starts_at = TEN + hours * eg.HOUR
    return await edit(device, row_id, tell=tell, starts_at=starts_at, ends_at=starts_at + eg.HOUR)


async def create(device: Device, world: World, hours: int = 0, **values: Any) -> str:
    """A booking made on the device."""
    row_id = uuid7(eg.NOON)
    slot = {
        "staff_id": world.hosted.business.staff_id,
        "starts_at": TEN + hours * eg.HOUR,
        "ends_at": TEN + (hours + 1) * eg.HOUR,
    }
    await record(device, mutations.create(row_id, **(slot | values)))
    return row_id


def changes(device: Device) -> list[Change]:
    return device.db.read(outbox.entries)


def states(device: Device) -> list[str]:
    return [change.state.value for change in changes(device)]


def past(device: Device) -> int:
    return len(device.db.read(lambda conn: outbox.history(conn, 1000)))


def open_fields(device: Device) -> list[str]:
    """The groups of fields the owner has to decide about."""
    return [conflict.field for conflict in device.db.read(conflicts.open_conflicts)]


def messages(world: World) -> list[str]:
    number = world.hosted.business.number
    return [row["text"] for row in world.store.peek(lambda conn: rows_of(conn, number, "messages"))]
