"""A device of a history: a folder with the real database in it, the real engine, and what can happen to a process."""

import asyncio
import contextlib
import itertools
import random
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from client.api.connection import Api
from client.clock import Clock
from client.models.account import Tokens
from client.storage import meta
from client.storage.columns import instant
from client.storage.database import Database
from client.storage.mirror import path_beside
from sync.engine import Engine
from tests.api.devices import MemoryTokens
from tests.simulation.disk import Disk, FaultyConnection, Killed
from tests.simulation.hosted import Hosted
from tests.simulation.inline import InlineThreads
from tests.simulation.network import FaultyNetwork
from tests.simulation.premises import URL, device_clock

T = TypeVar("T")

FILE = "chatty.db"


class Device:
    """`start` it; `stop` ends the process in good order, `kill` at any moment.  Afterwards it can be started again."""

    def __init__(
        self, name: str, folder: Path, hosted: Hosted, chance: random.Random, hit: Callable[[str], None]
    ) -> None:
        self.name = name
        self.network = FaultyNetwork(hosted, chance, hit, self._die)
        self.tokens = MemoryTokens(hosted.premises.tokens[name])
        self.page_limit: int | None = None
        self.fast_s = 0.0
        self.on_commit: Callable[[], None] = lambda: None
        self.db: Database
        self.engine: Engine
        self.clock: Clock
        self.disk: Disk
        self.files = 0
        """Counts the times another file took the place of this device's."""
        self._hosted = hosted
        self._chance = chance
        self.hit = hit
        self._folders = (folder / f"{name}-{number}" for number in itertools.count())
        self._folder = self._new_folder()
        self._api: Api
        self._task: asyncio.Task[None] | None = None
        self._also: list[asyncio.Task[None]] = []

    @property
    def is_running(self) -> bool:
        return self._task is not None

    @property
    def now(self) -> datetime:
        """The time by the server's clock, as far as this device can tell."""
        return instant(self.engine.server_now_ms())

    @property
    def access(self) -> str:
        tokens: Tokens | None = self.tokens.tokens
        return tokens.access if tokens else ""

    def read(self, fn: Callable[..., T]) -> T:
        return self.db.read(fn)

    # --- the process -------------------------------------------------------------------------------------------------
    def start(self) -> None:
        self.disk = FaultyConnection.disks[self._folder] = Disk(self.hit)
        self.clock = device_clock(self._chance, self.fast_s)
        self._api = Api(URL, tokens=self.tokens, clock=self.clock, transport=self.network, sockets=self.network.sockets)
        self.db = Database.open(self._folder / FILE, self.clock, InlineThreads)
        if self.db.read(meta.identity) is None:
            identity = self._hosted.premises.identities[self.name]
            self.db.write_blocking(lambda conn: meta.put_identity(conn, identity))
        self.db.subscribe(("outbox", "history"), lambda _: self.on_commit())
        self.engine = self._engine(self.db)
        self._task = asyncio.create_task(self.engine.run())

    def _engine(self, db: Database) -> Engine:
        engine = Engine(
            db=db,
            api=self._api,
            clock=self.clock,
            on_status=lambda _: None,
            on_partial=lambda _: None,
        )
        if self.page_limit is not None:
            self.hit("tiny pages")
            for puller in engine._streams.pullers.values():
                puller._limit = self.page_limit
        return engine

    def push_beside(self) -> None:
        """Another process works on the same file for a while, as happens on phones."""

        async def run() -> None:
            db = Database.open(self._folder / FILE, self.clock, InlineThreads)
            try:
                await self._engine(db)._pusher.drain()
                self.hit("two pushers")
            except Exception:  # what it met, the first one meets too
                return
            finally:
                db.close()

        self._also.append(asyncio.create_task(run()))

    async def stop(self) -> None:
        """In good order."""
        await self._end_tasks()
        self.db.close()

    async def kill(self) -> None:
        """At any moment: what the files hold then is all that is left."""
        self._die()
        left = self._folder
        self._folder = self._new_folder()
        _copy(left, self._folder)
        await self._end_tasks()
        self.db.close()

    def fault(self) -> BaseException | None:
        """What ended the engine, if something did that must not."""
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        return self._task.exception()

    @property
    def has_ended(self) -> bool:
        return self._task is not None and self._task.done()

    def _die(self) -> None:
        self.disk.kill()

    async def _end_tasks(self) -> None:
        tasks = [task for task in (self._task, *self._also) if task is not None]
        self._task, self._also = None, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(BaseException):
                await task
        for wire in tuple(self.network._open):
            wire.break_off()
        with contextlib.suppress(Killed):
            await self._api.aclose()

    # --- the files ---------------------------------------------------------------------------------------------------
    def copy_to(self, folder: Path) -> None:
        """As a backup program would: everything but what SQLite shares between processes."""
        folder.mkdir()
        _copy(self._folder, folder)

    def becomes(self, folder: Path | None) -> None:
        """The files of that folder take the place of this device's, or nothing does.  Only while it does not run."""
        self._folder = self._new_folder()
        self.files += 1
        if folder is not None:
            _copy(folder, self._folder)

    def begins_with(self, file: Path) -> None:
        shutil.copyfile(file, self._folder / FILE)

    def _new_folder(self) -> Path:
        folder = next(self._folders)
        folder.mkdir()
        return folder


def _copy(source: Path, target: Path) -> None:
    for name in (FILE, f"{FILE}-wal", path_beside(Path(FILE)).name):
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
