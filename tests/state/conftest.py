"""A database of the example salon, and stores that follow it."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from client.clock import Clock
from client.models.calls import Call, Turn
from client.storage.database import Database
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, HandClock, answering
from tests.harness import Harness
from tests.screens.scenes import no_server
from tests.storage.rows import put


def ms(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp() * 1000)


def put_call(conn: sqlite3.Connection, call: Call) -> None:
    consent = {"state": call.consent.state, "said_at": ms(call.consent.said_at), "text": call.consent.text}
    row: dict[str, Any] = {
        "id": call.call_id,
        "caller_name": call.caller_name,
        "caller_phone": call.caller_phone,
        "direction": call.direction,
        "employee_id": call.employee_id,
        "employee_name": call.employee_name,
        "started_at": ms(call.started_at),
        "answered_at": ms(call.answered_at),
        "ended_at": ms(call.ended_at),
        "status": call.status.value,
        "handler": call.handler.value,
        "outcome": call.outcome.value if call.outcome else None,
        "summary": call.summary,
        "extracted": json.dumps(call.extracted),
        "language": call.language,
        "requires_followup": int(call.requires_followup),
        "booking_id": call.booking_id,
        "consent": json.dumps(consent),
        "flags": "[]",
        "turn_count": call.turn_count,
        "version": call.version,
        "gen": 1,
    }
    conn.execute("DELETE FROM calls WHERE id = ?", (call.call_id,))
    put(conn, "calls", row)


def put_turn(conn: sqlite3.Connection, turn: Turn) -> None:
    row: dict[str, Any] = {
        "id": turn.turn_id,
        "call_id": turn.call_id,
        "index": turn.index,
        "kind": turn.kind.value,
        "speaker": turn.speaker.value,
        "name": turn.name,
        "text": turn.text,
        "started_at": ms(turn.started_at),
        "ended_at": ms(turn.ended_at),
        "sentiment": turn.sentiment,
        "language": turn.language,
        "low_confidence": "[]",
        "version": turn.version,
        "gen": 1,
    }
    conn.execute("DELETE FROM turns WHERE id = ?", (turn.turn_id,))
    put(conn, "turns", row)


def put_booking(conn: sqlite3.Connection, clock: str, status: str = "confirmed", day: Any = eg.TODAY) -> str:
    booking_id = f"b-{day}-{clock}"
    row: dict[str, Any] = {
        "id": booking_id,
        "customer_name": f"Guest {clock}",
        "service_name": "Cut",
        "starts_at": ms(eg.at(clock, day)),
        "ends_at": (ms(eg.at(clock, day)) or 0) + 45 * 60_000,
        "time_zone": "America/Los_Angeles",
        "status": status,
        "source": "luna",
        "payment_status": "pending",
        "price_cents": 4_500,
        "reminder_sent": 0,
        "created_at": 0,
        "version": 1,
        "gen": 1,
    }
    put(conn, "bookings", row)
    return booking_id


def put_business(conn: sqlite3.Connection) -> None:
    week = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")} | {"sun": []}
    row: dict[str, Any] = {
        "id": "acc",
        "name": "Bella Salon",
        "business_type": "salon",
        "time_zone": "America/Los_Angeles",
        "currency": "USD",
        "locale": "en-US",
        "phone": "",
        "address": "",
        "opening_hours": json.dumps(week),
        "closed_days": '["2025-12-25"]',
        "created_at": 0,
        "version": 1,
        "gen": 1,
    }
    put(conn, "business", row)


def complete(conn: sqlite3.Connection) -> None:
    """The first sync is over."""
    conn.execute("UPDATE streams SET complete = 1, ccursor = 'c', stage = 'follow', as_of = ?", (ms(eg.NOW),))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "chatty.db", Clock())
    database.write_blocking(put_business)
    database.write_blocking(complete)
    yield database
    database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Stores over a real database, in a window's context, Today and the calls looked at."""

    stores: Stores
    runtime: FakeRuntime
    hand: HandClock
    window: Harness
    db: Database

    async def write(self, fn: Any) -> None:
        """Commit, and let the announcement arrive."""
        await self.db.write(fn)
        await self.window.settle()


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    hand = HandClock()
    async with Harness() as window:
        runtime = FakeRuntime(clock=hand.clock(), api=answering(no_server, hand.clock()), database=db)
        stores = Stores.build(runtime)
        stores.today.begin()
        stores.calls.begin()
        yield Desk(stores=stores, runtime=runtime, hand=hand, window=window, db=db)
        stores.close()
        await runtime.api.aclose()


@contextmanager
def counting(stores: Stores, name: str) -> Iterator[list[object]]:
    """The states a store published meanwhile."""
    store = getattr(stores, name)
    seen: list[object] = []

    def heard(sender: Any, _field: str | None) -> None:
        seen.append(sender.state)

    end = store.subscribe(heard)
    yield seen
    end()
