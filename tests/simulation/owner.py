"""What owners do on their devices, whatever the network says: everything client/editing lets them, at random."""

import random
import sqlite3
from collections.abc import Callable
from typing import Any

from client import editing
from client.editing import BlockDraft, BookingChange, BookingDraft, Edited, NotAllowed
from client.editing.bookings import alter
from client.insight.diary import Slot
from client.models.bookings import BookingStatus
from client.models.ids import BlockId, BookingId, ResourceId, ServiceId, StaffId
from client.models.mutations import Tell
from client.storage import conflicts, outbox
from client.storage.columns import instant
from client.storage.errors import DiskFull
from tests.backend_stub import example_rows as eg
from tests.simulation import premises
from tests.simulation.device import Device
from tests.simulation.team import TeamHands

Doing = Callable[[sqlite3.Connection], Any]


class Owner(TeamHands):
    """One pair of hands for all devices; `hit` is told when an edit was refused for want of space."""

    def __init__(self, chance: random.Random, ground: premises.Premises) -> None:
        self._chance = chance
        self._staff = ground.staff
        self._services = ground.services
        self._resources = ground.resources
        self._told = 0
        self._last: dict[str, Edited] = {}

    ACTIONS = (
        *("creates", "moves", "moves", "writes_notes", "writes_notes", "renames", "changes_service"),
        *("cancels", "completes", "reinstates", "undoes_last", "undoes_one", "resolves", "resolves"),
        *("dismisses", "tries_again", "blocks", "unblocks", "does_two_things"),
    )

    async def acts(self, device: Device, action: str, *, giving_in: bool = False) -> str:
        """Do it; what came of it in a word."""
        try:
            more = {"giving_in": True} if giving_in and action == "resolves" else {}
            done = await device.db.write(lambda conn: getattr(self, action)(conn, device, **more))
        except NotAllowed as refusal:
            return f"no: {refusal.why}"
        except DiskFull:
            device.hit("edit refused by a full disk")
            return "disk full"
        if isinstance(done, Edited):
            self._last[device.name] = done
        return "done" if done is not None else "nothing to do"

    # --- bookings ----------------------------------------------------------------------------------------------------
    def creates(self, conn: sqlite3.Connection, device: Device) -> Edited:
        starts_at, ends_at = premises.slot(self._chance)
        name, phone = self._chance.randrange(1000), self._chance.randrange(10_000)
        service, staff = self._chance.choice(self._services), self._chance.choice(self._staff)
        draft = BookingDraft(
            customer_name=f"Guest {name}",
            customer_phone=f"+1415556{phone:04}",
            service_name="Colour and cut",
            service_id=ServiceId(service),
            staff_id=StaffId(staff),
            resource_id=ResourceId(self._resources[service]),
            starts_at=instant(starts_at),
            ends_at=instant(ends_at),
        )
        new_id = device.clock.new_id
        return editing.create_booking(
            conn, draft, tell=self._tell(), allow=self._allow(), now=device.now, new_id=new_id
        )

    def moves(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        starts_at, ends_at = premises.slot(self._chance)
        staff = StaffId(self._chance.choice(self._staff))
        change = BookingChange(starts_at=instant(starts_at), ends_at=instant(ends_at), staff_id=staff)
        return self._change(conn, device, change, tell=self._tell(), allow=self._allow())

    def writes_notes(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        return self._change(conn, device, BookingChange(notes=f"note {self._chance.getrandbits(24)}"))

    def renames(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        return self._change(conn, device, BookingChange(customer_name=f"Renamed {self._chance.getrandbits(24)}"))

    def changes_service(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        service = self._chance.choice(self._services)
        room = ResourceId(self._resources[service])
        return self._change(conn, device, BookingChange(service_id=ServiceId(service), resource_id=room))

    def cancels(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        change = BookingChange(status=BookingStatus.CANCELLED, cancellation_reason="ill")
        return self._change(conn, device, change, tell=self._tell())

    def completes(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        """Begun or not: the server takes it, and an app before this one did not ask."""
        status = self._chance.choice((BookingStatus.COMPLETED, BookingStatus.NO_SHOW))
        booking_id = self._some(conn)
        return booking_id and alter(conn, booking_id, {"status": status}, tell=None, allow=(), now=device.now)

    def reinstates(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        change = BookingChange(status=BookingStatus.CONFIRMED)
        return self._change(conn, device, change, allow=self._allow(), where="status <> 'confirmed'")

    def does_two_things(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        starts_at, ends_at = premises.slot(self._chance)
        change = BookingChange(
            starts_at=instant(starts_at), ends_at=instant(ends_at), notes=f"both {self._chance.getrandbits(24)}"
        )
        return self._change(conn, device, change, tell=self._tell())

    def _change(
        self, conn: sqlite3.Connection, device: Device, change: BookingChange, where: str = "1", **more: Any
    ) -> Edited | None:
        booking_id = self._some(conn, where)
        return booking_id and editing.change_booking(conn, booking_id, change, now=device.now, **more)

    def _some(self, conn: sqlite3.Connection, where: str = "1") -> BookingId | None:
        ids = conn.execute(
            f"SELECT id FROM bookings WHERE starts_at >= ? AND {where} ORDER BY id", (eg.NOON,)
        ).fetchall()
        return BookingId(self._chance.choice(ids)[0]) if ids else None

    def _tell(self) -> Tell | None:
        if self._chance.random() < 0.5:
            return None
        self._told += 1
        return Tell(text=f"text number {self._told}", channel="sms")

    def _allow(self) -> tuple[str, ...]:
        return ("overlap",) if self._chance.random() < 0.1 else ()

    # --- taking back -------------------------------------------------------------------------------------------------
    def undoes_last(self, conn: sqlite3.Connection, device: Device) -> Any:
        last = self._last.pop(device.name, None)
        return last and editing.undo(conn, last, now=device.now, new_id=device.clock.new_id)

    def undoes_one(self, conn: sqlite3.Connection, device: Device) -> Any:
        ids = [row[0] for row in conn.execute("SELECT change_id FROM outbox UNION SELECT change_id FROM history")]
        return ids and editing.undo(conn, self._chance.choice(sorted(ids)), now=device.now, new_id=device.clock.new_id)

    def dismisses(self, conn: sqlite3.Connection, _: Device) -> Any:
        stuck = outbox.stuck(conn)
        return (outbox.withdraw(conn, self._chance.choice(stuck).change_id) or None) if stuck else None

    def tries_again(self, conn: sqlite3.Connection, _: Device) -> Any:
        stuck = outbox.stuck(conn)
        return (outbox.retry(conn, self._chance.choice(stuck).change_id) or None) if stuck else None

    # --- conflicts ---------------------------------------------------------------------------------------------------
    def resolves(self, conn: sqlite3.Connection, device: Device, *, giving_in: bool = False) -> Any:
        """One of the open conflicts, in any of the ways that are offered; `giving_in`: as it is on the server."""
        undecided = [each for each in conflicts.open_conflicts(conn) if each.resolved_by is None]
        if not undecided:
            return None
        conflict_id = (undecided[0] if giving_in else self._chance.choice(undecided)).conflict_id
        offered = editing.choices(conn, conflict_id, device.now)
        yielding = [each for each in offered if each.kind in ("theirs", "discard")]
        chosen = yielding[0] if giving_in else self._chance.choice(offered)
        if chosen.kind == "other":
            starts_at, ends_at = premises.slot(self._chance)
            staff = StaffId(self._chance.choice(self._staff))
            free = Slot(starts_at=instant(starts_at), ends_at=instant(ends_at), staff_id=staff)
            chosen = editing.at(conn, conflict_id, chosen.kind, free, device.now)
        return editing.resolve(conn, conflict_id, chosen, now=device.now, new_id=device.clock.new_id)

    # --- blocked time ------------------------------------------------------------------------------------------------
    def blocks(self, conn: sqlite3.Connection, device: Device) -> Edited:
        starts_at, ends_at = premises.slot(self._chance)
        staff = StaffId(self._chance.choice(self._staff)) if self._chance.random() < 0.7 else None
        draft = BlockDraft(starts_at=instant(starts_at), ends_at=instant(ends_at), title="Away", staff_id=staff)
        return editing.create_block(conn, draft, now=device.now, new_id=device.clock.new_id)

    def unblocks(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        ids = conn.execute("SELECT id FROM blocks ORDER BY id").fetchall()
        return editing.remove_block(conn, BlockId(self._chance.choice(ids)[0]), now=device.now) if ids else None
