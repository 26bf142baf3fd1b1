"""A hosted API, a network that can be cut, and devices that sync with it, all on one clock that the test moves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend_stub.store import Store, Transaction, rows_of
from client.api import auth
from client.api.connection import Api
from client.clock import Clock
from client.models.calls import PartialTurn
from client.models.link import LinkStatus
from client.storage import meta
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged
from client.storage.schema import MIRRORED
from sync.engine import Engine
from tests.api.devices import MemoryTokens
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import PASSWORD, Hosted, Start, clock, start, store  # noqa: F401
from tests.backend_stub.manual_clock import ManualClock
from tests.sync.network import Network


class Heard:
    """What an engine said, and waiting for it to say something in particular."""

    def __init__(self) -> None:
        self.statuses: list[LinkStatus] = []
        self.partials: list[PartialTurn] = []
        self._news = asyncio.Event()

    def status(self, status: LinkStatus) -> None:
        self.statuses.append(status)
        self._news.set()

    def partial(self, partial: PartialTurn) -> None:
        self.partials.append(partial)
        self._news.set()

    def nudge(self, _: object = None) -> None:
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Look again whenever something is said; fails after five seconds."""
        async with asyncio.timeout(5):
            while not true():
                self._news.clear()
                await self._news.wait()


@dataclass(kw_only=True)
class Device:
    """A signed-in device.  `run` starts its engine; it stops with the test."""

    db: Database
    api: Api
    network: Network
    engine: Engine
    heard: Heard
    time: ManualClock
    wall: "Wall"
    task: asyncio.Task[None] | None = field(default=None)

    def run(self) -> None:
        self.db.subscribe({*MIRRORED, "unknown_rows", "streams", "outbox", "conflicts"}, self.heard.nudge)
        self.task = asyncio.create_task(self.engine.run())
        self.task.add_done_callback(self.heard.nudge)

    @property
    def status(self) -> LinkStatus:
        return self.engine.status

    def rows(self) -> dict[str, dict[str, int]]:
        """Kind to id to version."""
        return self.db.read(
            lambda conn: {kind: dict(conn.execute(f"SELECT id, version FROM {kind}").fetchall()) for kind in MIRRORED}
        )

    async def equals(self, world: "World") -> None:
        """Wait until this device holds exactly what the server does."""
        await self.heard.until(lambda: self.rows() == world.rows())

    async def equals_in_time(self, world: "World", *, seconds: float = 700) -> None:
        """As `equals`, with the clock moving on, so that whoever waits to try again does."""
        async with asyncio.timeout(60):
            for _ in range(int(seconds)):
                # A damaged file raises until the engine has replaced it.
                with contextlib.suppress(DatabaseDamaged):
                    if self.rows() == world.rows() and self.status.trouble is None:
                        return
                await self.pass_time(1)
        raise AssertionError(f"not equal after {seconds} s: {self.status}")

    async def pass_time(self, seconds: float) -> None:
        """Let the clock move, and what that set going end."""
        await self.time.advance(seconds)
        for _ in range(3):
            await self.network.quiet()
            await asyncio.wrap_future(self.db._writer.submit(int))
            await self.time.settle()

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait((self.task,))
            self.task = None


@dataclass(kw_only=True)
class World:
    """The server's side of a test."""

    hosted: Hosted
    store: Store
    time: ManualClock
    device: Callable[..., Awaitable[Device]]
    reopened: Callable[[Device], Awaitable[Device]]

    def put(self, kind: str, *docs: dict[str, Any]) -> None:
        number = self.hosted.business.number
        self.store.write_now(lambda tx: tx.put_many(number, kind, docs))

    def commit(self, effect: Callable[[Transaction, int], None]) -> None:
        number = self.hosted.business.number
        self.store.write_now(lambda tx: effect(tx, number))

    def remove(self, kind: str, row_id: str) -> None:
        number = self.hosted.business.number
        self.store.write_now(lambda tx: tx.remove(number, kind, row_id, now_ms=self.time.now_ms()))

    def rows(self) -> dict[str, dict[str, int]]:
        number = self.hosted.business.number
        return self.store.peek(
            lambda conn: {kind: {row["id"]: row["version"] for row in rows_of(conn, number, kind)} for kind in MIRRORED}
        )

    async def faults(self, spec: str) -> None:
        answer = await self.hosted.http.put("/v1/_faults", content=spec)
        assert answer.is_success, answer.text


@dataclass(kw_only=True)
class Wall:
    """A device's wall clock, which its owner can set."""

    fast_s: float = 0


def device_clock(time: ManualClock, wall: Wall) -> Clock:
    return Clock(
        now=lambda: datetime.fromtimestamp(time.now_ms() / 1000 + wall.fast_s, UTC),
        monotonic=time.monotonic,
        sleep=time.sleep,
    )


@pytest.fixture
async def world(start: Start, store: Store, clock: ManualClock, tmp_path: Path) -> AsyncIterator[World]:  # noqa: F811
    hosted: Hosted = await start(faults="", limits=False)
    devices: list[Device] = []

    async def device(
        name: str = "phone",
        *,
        role: str = "owner",
        lock_path: Path | None = None,
        fast_s: float = 0,
        sign_in_as: str | None = None,
    ) -> Device:
        network, wall = Network(hosted.app), Wall(fast_s=fast_s)
        here = device_clock(clock, wall)
        api = Api("http://hosted.test", tokens=MemoryTokens(), clock=here, transport=network, sockets=network.sockets)
        db = Database.open(tmp_path / name / "chatty.db", here)
        signed_in = await auth.sign_in(
            api,
            email=hosted.business.emails[sign_in_as or role],
            password=PASSWORD,
            device=auth.Device(name=name, platform="linux"),
        )
        await db.write(lambda conn: meta.put_identity(conn, signed_in.identity))
        heard = Heard()
        engine = Engine(
            db=db, api=api, clock=here, on_status=heard.status, on_partial=heard.partial, lock_path=lock_path
        )
        devices.append(Device(db=db, api=api, network=network, engine=engine, heard=heard, time=clock, wall=wall))
        return devices[-1]

    async def reopened(device: Device) -> Device:
        """The app on that device ends and starts again."""
        await device.stop()
        device.engine = Engine(
            db=device.db,
            api=device.api,
            clock=device_clock(clock, device.wall),
            on_status=device.heard.status,
            on_partial=device.heard.partial,
        )
        return device

    yield World(hosted=hosted, store=store, time=clock, device=device, reopened=reopened)
    for one in devices:
        await one.stop()
        await one.api.aclose()
        one.db.close()


def some_history(world: World) -> None:
    """A customer, bookings now and long ago, a lead, an ended call with two turns and one in progress."""
    days = (-400, -30, 0, 1, 60)
    ended, live = eg.ended_call(), eg.call()
    world.put("customers", eg.customer())
    world.put("bookings", *(eg.booking(starts_at=eg.NOON + n * eg.DAY, ends_at=eg.NOON + n * eg.DAY + 1) for n in days))
    world.put("leads", eg.lead())
    world.put("calls", ended, live)
    world.put("turns", eg.turn(ended["id"], 0), eg.turn(ended["id"], 1), eg.turn(live["id"], 0))


@pytest.fixture
async def synced(world: World) -> Device:
    """A device that is complete and connected."""
    some_history(world)
    device = await world.device()
    device.run()
    await device.equals(world)
    await device.heard.until(lambda: device.status.filling is None and device.status.as_of is not None)
    return device


@pytest.fixture
async def phone(world: World) -> Device:
    """A complete device that is not running."""
    some_history(world)
    device = await world.device()
    await device.engine.sync_once()
    return device
