"""A device for tests: it numbers mutations (asking.py) and pushes them; and what the server has then."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from backend_stub.store import rows_of
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row


@dataclass(slots=True)
class Device:
    """One database file somewhere: a client id, the next number, and what was heard last."""

    http: httpx.AsyncClient
    client_id: str = field(default_factory=lambda: str(uuid4()))
    mid: int = 0
    heard: str = ""

    def numbered(self, payload: Row) -> Row:
        self.mid += 1
        return {"mid": self.mid, **payload}

    async def send(self, *mutations: Row) -> httpx.Response:
        """Mutations that have their numbers already."""
        # httpx cannot write half a surrogate pair, a device can.
        text = json.dumps({"client_id": self.client_id, "schema": 2, "heard": self.heard, "mutations": list(mutations)})
        return await self.http.post("/v1/sync/push", content=text, headers={"Content-Type": "application/json"})

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
