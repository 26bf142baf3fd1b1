"""A device for tests: numbers mutations, pushes them, and says what it means in one line each."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from backend_stub.clock import uuid7
from backend_stub.store import rows_of
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted

Row = dict[str, Any]

TEN = eg.NOON + 23 * eg.HOUR
"""Ten o'clock of the next day, a Monday, in Los Angeles; the one member of staff works from nine to six."""

MINUTE = 60_000


@dataclass(slots=True)
class Device:
    """One database file somewhere: a client id, and the next number."""

    http: httpx.AsyncClient
    client_id: str = field(default_factory=lambda: str(uuid4()))
    mid: int = 0

    def numbered(self, payload: Row) -> Row:
        self.mid += 1
        return {"mid": self.mid, **payload}

    async def send(self, *mutations: Row) -> httpx.Response:
        """Mutations that have their numbers already."""
        body = {"client_id": self.client_id, "schema": 2, "mutations": list(mutations)}
        return await self.http.post("/v1/sync/push", json=body)

    async def push(self, *payloads: Row) -> list[Row]:
        """The results of new mutations, one for each."""
        answer = await self.send(*(self.numbered(payload) for payload in payloads))
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result["mid"] for result in results] == list(range(self.mid - len(payloads) + 1, self.mid + 1))
        return results

    async def one(self, payload: Row) -> Row:
        return (await self.push(payload))[0]


async def device(hosted: Hosted, role: str = "owner", **more: Any) -> Device:
    return Device(await hosted.client(role, **more))


def mutation(op: str, row_id: str | None = None, **more: Any) -> Row:
    return {"op": op, "v": 1, "id": row_id or uuid7(eg.NOON), "client_ts": eg.NOON, **more}


def create(
    booking_id: str | None = None, *, tell: Row | None = None, allow: tuple[str, ...] = (), **values: Any
) -> Row:
    """A booking at ten, of an hour unless said, of nobody unless said."""
    starts_at = values.get("starts_at", TEN)
    given = {
        "customer_name": "Maria Lopez",
        "service_name": "Colour and cut",
        "starts_at": starts_at,
        "ends_at": starts_at + eg.HOUR,
        "status": "confirmed",
    }
    return mutation("booking.create", booking_id, values=given | values, tell=tell, allow=list(allow))


def patch(booking_id: str, *, tell: Row | None = None, allow: tuple[str, ...] = (), **changes: Any) -> Row:
    """`changes`: field=(had, wanted)."""
    changed = {name: list(pair) for name, pair in changes.items()}
    return mutation("booking.patch", booking_id, base_version=1, set=changed, tell=tell, allow=list(allow))


def move(row: Row, starts_at: int, *, staff_id: str | None = None, minutes: int | None = None, **more: Any) -> Row:
    """A patch that moves `row` as this device has it."""
    ends_at = starts_at + (row["ends_at"] - row["starts_at"] if minutes is None else minutes * MINUTE)
    return patch(
        row["id"],
        starts_at=(row["starts_at"], starts_at),
        ends_at=(row["ends_at"], ends_at),
        staff_id=(row["staff_id"], staff_id or row["staff_id"]),
        **more,
    )


def text_to(text: str = "See you then.") -> Row:
    return {"text": text, "channel": "sms"}


async def stored(hosted: Hosted, row: Row) -> Row:
    """Write a booking as if it had always been there."""
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "bookings", row))
    return row


def now(hosted: Hosted, kind: str, row_id: str) -> Row:
    """The row as the server has it; raises KeyError when there is none."""
    found = {row["id"]: row for row in all_of(hosted, kind)}
    return found[row_id]


def all_of(hosted: Hosted, kind: str) -> list[Row]:
    return hosted.store.peek(lambda connection: rows_of(connection, hosted.business.number, kind))
