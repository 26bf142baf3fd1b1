"""The hosted API with 200 connected owners: each holds a live socket and keeps asking for changes and other reads.

All owners watch one business in which calls are being played, so that each commit goes out 200 times.  Requests come at
random moments, 100 a second in all; what is kept is the time from asking to the last byte.
"""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field

import httpx
import msgspec
from websockets.asyncio.client import connect

from bench.processes import hosted_api
from bench.result import Measure, Result, percentile

OWNERS = 200
SECONDS = 30.0
REQUESTS_PER_SECOND = 100.0
ADDRESSES = 4
"""Sign-ins are limited by address, so the owners come from a few loopback addresses."""


@dataclass(slots=True)
class Owner:
    client: httpx.AsyncClient
    token: str
    cursor: str = ""
    call_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(slots=True)
class Timings:
    """Milliseconds of each kind of request, and the frames that all sockets together received."""

    changes: list[float] = field(default_factory=list[float])
    others: list[float] = field(default_factory=list[float])
    frames: int = 0


def run() -> Result:
    with hosted_api(speed=1.0) as api:
        timings = asyncio.run(_load(api))
    return Result(
        bench="stub_load",
        what=f"The hosted API with {OWNERS} connected owners",
        measures=(
            _measure("p99 of incremental /v1/sync/changes", timings.changes),
            _measure("p99 of the other reads", timings.others),
            Measure(name="live frames delivered", value=timings.frames, unit="frames", detail=f"in {SECONDS:.0f} s"),
        ),
    )


def _measure(name: str, values: list[float]) -> Measure:
    detail = f"p50 {percentile(values, 0.5):.1f} ms, {len(values)} requests"
    return Measure(name=name, value=percentile(values, 0.99), unit="ms", must=100, detail=detail)


async def _load(api: str) -> Timings:
    timings = Timings()
    async with contextlib.AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(_client(api, f"127.0.0.{number + 1}")) for number in range(ADDRESSES)
        ]
        owners = [await _signed_in(clients[number % ADDRESSES], number) for number in range(OWNERS)]
        await _catch_up(owners)
        connected = asyncio.Barrier(OWNERS + 1)
        async with asyncio.TaskGroup() as group:
            for owner in owners:
                group.create_task(_listen(api, owner, timings, connected))
            group.create_task(_ask(owners, timings, connected))
    return timings


def _client(api: str, address: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=40))
    return httpx.AsyncClient(base_url=api, transport=transport, timeout=30)


async def _signed_in(client: httpx.AsyncClient, number: int) -> Owner:
    device = {"name": f"bench {number}", "platform": "linux"}
    answer = await client.post("/v1/auth/demo", json={"device": device})
    answer.raise_for_status()
    return Owner(client, answer.json()["access_token"])


async def _catch_up(owners: list[Owner]) -> None:
    """One owner reads the whole feed; a cursor is good for every owner of the same role."""
    first = owners[0]
    more = True
    while more:
        page = await _changes(first)
        more = page["has_more"]
        calls = page["changes"].get("calls")
        first.call_id = calls[-1]["id"] if calls else first.call_id
    for owner in owners[1:]:
        owner.cursor, owner.call_id = first.cursor, first.call_id


async def _changes(owner: Owner) -> dict[str, object]:
    query = {"stream": "core", "limit": "2000", "schema": "1", "ticket": "bench"}
    if owner.cursor:
        query["cursor"] = owner.cursor
    answer = await owner.client.get("/v1/sync/changes", params=query, headers=owner.headers)
    answer.raise_for_status()
    page = msgspec.json.decode(answer.content)
    owner.cursor = page["cursor"]
    return page


async def _listen(api: str, owner: Owner, timings: Timings, connected: asyncio.Barrier) -> None:
    url = f"{api.replace('http', 'ws', 1)}/v1/live"
    async with connect(url, additional_headers=owner.headers, max_size=None, compression=None) as socket:
        for _ in ("hello", "snapshot"):
            await socket.recv()
        await connected.wait()
        over = time.monotonic() + SECONDS
        while (left := over - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                frame = await asyncio.wait_for(socket.recv(), left)
                timings.frames += 1
                if len(frame) < 40 and msgspec.json.decode(frame)["t"] == "ping":
                    await socket.send('{"t":"pong"}')


async def _ask(owners: list[Owner], timings: Timings, connected: asyncio.Barrier) -> None:
    dice = random.Random(1)
    await connected.wait()
    over = time.monotonic() + SECONDS
    async with asyncio.TaskGroup() as group:
        while time.monotonic() < over:
            group.create_task(_one_read(dice.choice(owners), dice.random(), timings))
            await asyncio.sleep(dice.expovariate(REQUESTS_PER_SECOND))


async def _one_read(owner: Owner, choice: float, timings: Timings) -> None:
    begun = time.perf_counter()
    if choice < 0.6:
        await _changes(owner)
        timings.changes.append((time.perf_counter() - begun) * 1000)
        return
    path = "/v1/me" if choice < 0.75 else "/v1/auth/sessions" if choice < 0.8 else f"/v1/calls/{owner.call_id}"
    (await owner.client.get(path, headers=owner.headers)).raise_for_status()
    timings.others.append((time.perf_counter() - begun) * 1000)
