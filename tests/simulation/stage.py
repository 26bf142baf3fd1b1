"""Where histories are told: a fresh world for each, in which databases lie on disks that fail and luck has a seed."""

import asyncio
import contextlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import backend_stub.sessions
import client.storage.database
import client.storage.driver
import client.storage.reserve
import sync.pull
import sync.supervisor
from client.storage.database import Database
from tests.simulation.chance import seeded
from tests.simulation.device import FILE, Device
from tests.simulation.disk import FaultyConnection, FaultyMirror
from tests.simulation.history import History, Say, Told, streams_of
from tests.simulation.hosted import Hosted
from tests.simulation.plan import Plan
from tests.simulation.premises import DEVICES, Premises, premises, scratch
from tests.simulation.virtual_loop import fresh_loop, run


def tell(seed: int, plan: Plan | None = None, say: Say | None = None) -> Told:
    """Run the history of that seed to its end.  Raises Violation, or whatever else broke."""
    with staged(seed, plan or Plan.of(seed), say) as history, fresh_loop() as loop:
        return loop.run_until_complete(history.play())


@contextlib.contextmanager
def staged(seed: int, plan: Plan, say: Say | None = None) -> Iterator[History]:
    """A history that can begin, in a world made for it."""
    ground = known_ground()
    folder = scratch("history-")
    # What is large enough to be applied page by page, which nothing here would be otherwise.
    catch_up_rows = 4 if plan.tiny_pages else sync.pull.CATCH_UP_ROWS
    try:
        with _a_bad_world(seed) as unknown, patch.object(sync.pull, "CATCH_UP_ROWS", catch_up_rows):
            history = History(seed, folder, ground, plan, say)
            history.unknown = unknown
            yield history
    finally:
        FaultyConnection.disks.clear()
        shutil.rmtree(folder, ignore_errors=True)


_decode = backend_stub.sessions.jwt.decode
_decoded: dict[tuple[str, bytes], Any] = {}


def _decode_once(token: str, key: bytes, **how: Any) -> Any:
    if (token, key) not in _decoded:
        _decoded[token, key] = _decode(token, key, **how)
    return _decoded[token, key]


@contextlib.contextmanager
def _a_bad_world(seed: int) -> Iterator[list[Exception]]:
    """Databases lie on disks that fail, and what the engine calls unknown is found here."""
    unknown: list[Exception] = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(seeded(random.Random(f"server {seed}")))
        stack.enter_context(patch.object(client.storage.driver, "NotingConnection", FaultyConnection))
        stack.enter_context(patch.object(client.storage.database, "Mirror", FaultyMirror))
        stack.enter_context(patch.object(client.storage.reserve, "SIZE", 4096))
        # Every second of every device would be a third of a history's work, and nobody else writes most of the time.
        stack.enter_context(patch.object(Database.watch_other_processes, "__defaults__", (7.0,)))
        stack.enter_context(
            patch.object(sync.supervisor, "log_fault", lambda _log, _what, error: unknown.append(error))
        )
        # A signature stays good; that a token expires is looked at afterwards.
        stack.enter_context(patch.object(backend_stub.sessions.jwt, "decode", _decode_once))
        yield unknown


def known_ground() -> Premises:
    """The premises, with a filled database for each device."""
    ground = premises()
    if (ground.folder / f"{DEVICES[-1]}.db").exists():
        return ground

    async def fill(folder: Path) -> None:
        chance = random.Random(1)
        hosted = Hosted(ground, chance)
        with hosted.running():
            for name in DEVICES:
                device = Device(name, folder, hosted, chance, lambda _: None)
                device.start()
                await asyncio.sleep(5)
                assert all(state.complete for state in device.read(streams_of))
                await device.stop()
                shutil.copyfile(device._folder / FILE, ground.folder / f"{name}.db")

    folder = scratch("ground-")
    try:
        with _a_bad_world(0):
            run(fill(folder))
    finally:
        FaultyConnection.disks.clear()
        shutil.rmtree(folder, ignore_errors=True)
    return ground
