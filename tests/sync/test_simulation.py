"""Whole histories from a seed: a busy server, a bad network, faults, restarts of the app; in the end all are equal.

`CHATTY_SEEDS=500 pytest tests/sync/test_simulation.py` runs more of them.
"""

import os
import random
from collections import Counter
from typing import ClassVar

import pytest

from client.models.link import LinkState
from client.storage import cursors
from tests.backend_stub import example_rows as eg
from tests.sync.conftest import Device, World, some_history

SEEDS = int(os.environ.get("CHATTY_SEEDS", "6"))
STEPS = 60
FAULTS = (
    "refuse:503@/v1/sync*2",
    "refuse:429@/v1/sync*1",
    "drop_before@/v1/sync*2",
    "drop_after@/v1/sync*2",
    "malformed*2",
    "unknown*3",
    "drop_live*1",
    "expire*1",
    "delay:300@/v1/sync*2",
)


class History:
    """One run; every action is a method, chosen by its weight."""

    WEIGHTS: ClassVar = {
        "commit": 30,
        "remove": 8,
        "burst": 5,
        "pass_time": 25,
        "cut": 5,
        "restore_network": 8,
        "lose_frames": 4,
        "fault": 8,
        "restart_app": 4,
        "new_epoch": 1,
        "kick": 4,
    }

    def __init__(self, world: World, devices: list[Device], seed: int) -> None:
        self.world = world
        self.devices = devices
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()

    async def step(self) -> None:
        action = self.chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        self.done[action] += 1
        await getattr(self, action)(self.chance.choice(self.devices))
        for device in self.devices:
            assert_told(device)

    async def commit(self, _: Device) -> None:
        kind = self.chance.choice(("bookings", "leads", "calls", "turns"))
        rows = self.world.rows()[kind]
        row = {
            "bookings": eg.booking,
            "leads": eg.lead,
            "calls": eg.call,
            "turns": lambda **changes: eg.turn("some-call", self.chance.randrange(40), **changes),
        }[kind]
        again = {"id": self.chance.choice(sorted(rows))} if rows and self.chance.random() < 0.5 else {}
        self.world.put(kind, row(**again))

    async def remove(self, _: Device) -> None:
        kind = self.chance.choice(("bookings", "leads"))
        if rows := self.world.rows()[kind]:
            self.world.remove(kind, self.chance.choice(sorted(rows)))

    async def burst(self, _: Device) -> None:
        self.world.put("bookings", *(eg.booking() for _ in range(self.chance.randrange(5, 250))))

    async def pass_time(self, device: Device) -> None:
        await device.pass_time(self.chance.choice((0.1, 1, 5, 30)))

    async def cut(self, device: Device) -> None:
        device.network.cut()

    async def restore_network(self, device: Device) -> None:
        device.network.restore()

    async def lose_frames(self, device: Device) -> None:
        device.network.swallow_frames(True)
        self.world.put("bookings", eg.booking())
        await device.pass_time(0.1)
        device.network.swallow_frames(False)

    async def fault(self, _: Device) -> None:
        await self.world.faults(",".join(self.chance.sample(FAULTS, 2)))

    async def restart_app(self, device: Device) -> None:
        await device.stop()
        device.engine._pullers["core"]._limit = self.chance.choice((1, 3, 2000))
        device.run()

    async def new_epoch(self, _: Device) -> None:
        self.world.store.new_epoch()

    async def kick(self, device: Device) -> None:
        device.engine.kick()


def assert_told(device: Device) -> None:
    """What is said about the data never runs ahead of the data."""
    status = device.status
    core = device.db.read(lambda conn: cursors.stream(conn, "core"))
    assert status.as_of is None or core.ccursor is not None
    if status.filling is None:
        assert core.ccursor is not None


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_history_ends_equal(world: World, seed: int) -> None:
    some_history(world)
    devices = [await world.device("phone"), await world.device("desktop", fast_s=-86_400)]
    for device in devices:
        device.run()
    history = History(world, devices, seed)
    for _ in range(STEPS):
        await history.step()
    await world.faults("")
    for device in devices:
        device.network.restore()
        device.engine.kick()
    for device in devices:
        await device.equals_in_time(world)
        assert device.status.state is LinkState.ONLINE
    assert len(history.done) >= 6
