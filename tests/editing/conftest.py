"""The example salon in a real database file, and a hand that edits it through `Database.write`."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from client.clock import Clock
from client.models.account import Role
from client.models.bookings import Booking
from client.models.ids import BookingId, ChangeId, StaffId
from client.models.mutations import Change, ChangeState
from client.storage import bookings, conflicts, meta, outbox
from client.storage.columns import json_text, milliseconds
from client.storage.database import Database
from tests import example_data as eg
from tests.storage.mutations import become
from tests.storage.rows import put

T = TypeVar("T")

ANA, LUIS, MIA = (StaffId(f"s-{name}") for name in ("ana", "luis", "mia"))


@dataclass(slots=True)
class Salon:
    """The database, and the shortest words for what the tests do to it."""

    db: Database
    now: datetime = eg.NOW
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        return f"new-{next(self.ids)}"

    def do(self, fn: Callable[..., T], *args: Any, **more: Any) -> T:
        """Call a function of editing as one transaction."""
        return self.db.write_blocking(lambda conn: fn(conn, *args, now=self.now, **more))

    def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        return self.db.write_blocking(fn)

    def booking(self, booking_id: str) -> Booking | None:
        return self.db.read(lambda conn: bookings.get(conn, BookingId(booking_id)))

    def changes(self) -> list[Change]:
        return self.db.read(outbox.entries)

    def add(self, row_id: str, clock: str, minutes: int = 60, who: str = "s-mia", **columns: Any) -> str:
        """A booking that the server has."""
        starts_at = eg.at(clock)
        row = {
            **{"id": row_id, "customer_name": "Maria Gómez", "customer_phone": "+1 555 0142", "service_name": "Cut"},
            **{"staff_id": who, "starts_at": milliseconds(starts_at), "time_zone": eg.ZONE.key, "source": "luna"},
            **{"ends_at": milliseconds(starts_at + timedelta(minutes=minutes)), "status": "confirmed"},
            **{"payment_status": "pending", "reminder_sent": 0, "created_at": 0, "price_cents": 4500},
            **{"version": 1, "gen": 1},
            **columns,
        }
        self.write(lambda conn: put(conn, "bookings", row))
        return row_id

    def furnish(self, *rooms: str, service: str = "sv-3") -> None:
        """So many rooms, in any of which this service is done."""

        def write(conn: sqlite3.Connection) -> None:
            for room in rooms:
                put(conn, "resources", {"id": room, "name": room.title(), "active": 1, "version": 1, "gen": 1})
            conn.execute("UPDATE services SET resources = ? WHERE id = ?", (json_text(list(rooms)), service))

        self.write(write)

    def sent(self, change_id: ChangeId) -> None:
        self.write(lambda conn: become(conn, change_id, ChangeState.SENT))

    def conflicted(self, change_id: ChangeId, document: dict[str, Any]) -> Any:
        """The server refuses part of a change; gives the conflict's number."""

        def answer(conn: sqlite3.Connection) -> int:
            change = outbox.get(conn, change_id)
            assert change is not None
            conflicts.add(conn, change_id, change.kind, change.row_id, document, milliseconds(self.now))
            become(conn, change_id, ChangeState.ACKED, version=2, result={"conflicts": [document]})
            return conflicts.open_conflicts(conn)[-1].conflict_id

        return self.write(answer)

    def as_role(self, role: Role) -> None:
        identity = {**{name: getattr(eg.IDENTITY, name) for name in eg.IDENTITY.__slots__}, "role": role}
        self.write(lambda conn: meta.put(conn, "identity", json_text(identity)))

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """All that edits touch, to be compared."""
        tables = ("bookings", "blocks", "calendars", "bases", "outbox", "conflicts", "history")
        return self.db.read(
            lambda conn: [conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]
        )


_HOURS = json_text(
    {
        **{day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        **{"sat": [["09:00", "13:00"]], "sun": []},
    }
)


def fill(conn: sqlite3.Connection) -> None:
    """The example salon's business, people, services and one customer."""
    ours, tail = eg.BUSINESS, {"version": 1, "gen": 1}
    head = {"id": ours.account_id, "name": ours.name, "business_type": "salon", "time_zone": ours.zone.key}
    more = {"currency": "USD", "locale": "en-US", "phone": "", "address": "", "opening_hours": _HOURS}
    put(conn, "business", {**head, **more, "closed_days": '["2025-12-25"]', **tail})
    for person in eg.STAFF.values():
        row = {"id": person.staff_id, "name": person.name, "initials": person.initials, "colour_index": 0}
        put(conn, "staff", {**row, "services": "[]", "works": _HOURS, "active": 1, **tail})
    put(conn, "staff", {**row, "id": "s-gone", "services": "[]", "works": _HOURS, "active": 0, **tail})
    for service, buffer in zip(eg.SERVICES, (15, 0, 0, 0), strict=True):
        row = {"id": service.service_id, "name": service.name, "duration_minutes": service.duration_minutes}
        price = {"price_cents": service.price_cents, "category": "Hair", "active": 1}
        put(conn, "services", {**row, "buffer_minutes": buffer, **price, **tail})
    counts = {"total_bookings": 1, "no_shows": 0, "language": "es", "status": "active"}
    put(conn, "customers", {"id": "c-1", "name": "Maria Gómez", "preferred_name": "Mari", **counts, **tail})


@pytest.fixture
def salon(tmp_path: Path) -> Iterator[Salon]:
    db = Database.open(tmp_path / "chatty.db", Clock())
    db.write_blocking(fill)
    yield Salon(db)
    db.close()
