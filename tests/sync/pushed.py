"""Watching what a device sends, and spoiling it."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import httpx

from client.models.mutations import Payload
from tests.storage import mutations
from tests.sync.conftest import Device
from tests.sync.edits import (
    changes,
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
