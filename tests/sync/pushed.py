"""Watching what a device sends, and spoiling it."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import httpx

from client.api.errors import Unreachable
from client.models.mutations import Payload
from client.storage import meta
from tests.storage import mutations
from tests.sync.conftest import Device, World
from tests.sync.edits import (
    changes,
    note,
    states,
)

PUSH = "/v1/sync/push"


def pushes(device: Device) -> int:
    return device.network.requests.count(PUSH)


async def in_time(device: Device, true: Callable[[], bool], seconds: float = 900) -> None:
    """Let time pass until it is so, at most so many seconds of it."""
    for _ in range(int(seconds)):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                return await device.heard.until(true)
        await device.pass_time(1)
    raise AssertionError(f"not so after {seconds} s: {states(device)}")


async def settled(device: Device, seconds: float = 900) -> None:
    """Let time pass until every change is history."""
    await in_time(device, lambda: not changes(device), seconds)


class Pushed:
    """The requests a device sends, and answers spoiled on the way back."""

    def __init__(self, device: Device) -> None:
        self.bodies: list[Any] = []
        self.spoil: Callable[[httpx.Request, httpx.Response], httpx.Response] = lambda _, answer: answer
        self.instead: Callable[[Any], httpx.Response | None] = lambda _: None
        honest = device.network.handle_async_request

        async def watched(request: httpx.Request) -> httpx.Response:
            if request.url.path != PUSH:
                return await honest(request)
            body = json.loads(request.content)
            self.bodies.append(body)
            if (answer := self.instead(body)) is not None:
                return answer
            answer = await honest(request)
            await answer.aread()
            return self.spoil(request, answer)

        device.network.handle_async_request = watched  # type: ignore[method-assign]

    @property
    def mids(self) -> list[list[int]]:
        return [[mutation["mid"] for mutation in body["mutations"]] for body in self.bodies]


def meanwhile(device: Device, payload: Payload) -> None:
    """Make a change while the next push is on its way."""

    def before(request: httpx.Request) -> None:
        if request.url.path == PUSH and json.loads(request.content)["mutations"]:
            device.network.before = lambda _: None
            device.db.write_blocking(lambda conn: mutations.record(conn, payload))

    device.network.before = before


def numbers(device: Device) -> tuple[str, int]:
    """The client id and the next number of this file."""
    return device.db.read(lambda conn: (meta.client_id(conn), int(meta.get(conn, "next_mid") or 0)))


async def copy_of(world: World, phone: Device) -> Device:
    """A device with the same rows and the same client id."""
    copy = await world.device("copy")
    await copy.engine.sync_once()
    await copy.db.write(lambda conn: meta.put(conn, "client_id", numbers(phone)[0]))
    return copy


def refuse_pulls(request: httpx.Request) -> None:
    if request.url.path == "/v1/sync/changes":
        raise httpx.ConnectError("cut", request=request)


async def answered_and_no_more(device: Device, row_id: str, notes: str) -> None:
    """The answer to a note arrives, its row does not."""
    device.network.before = refuse_pulls
    await note(device, row_id, notes)
    with contextlib.suppress(Unreachable):
        await device.engine.sync_once()
    assert states(device) == ["acked"]
    device.network.before = lambda _: None
