"""One live session: the frames of an open connection, applied as they come.

A frame never makes the database wrong: what does not continue a stream's cursor only says that the stream has to be
pulled.  Connecting, and trying again, is the engine's business.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection
from typing import Protocol

from client.api import live
from client.api.connection import Api
from client.api.live import Frame, LiveConnection
from client.api.wire import Delta, Hello, Ping, Poke, Rows, Snapshot
from client.clock import Clock
from client.models.calls import PartialTurn
from client.models.ids import CallId
from client.storage import answers, cursors, meta
from client.storage.cursors import StreamState
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged, StorageError
from sync.account import require_account
from sync.apply import CORE, STREAMS, apply_delta, apply_snapshot

# The server pings every 25 s; two missed and the connection is dead.
SILENCE_S = 55.0
_LOOK_EVERY_S = 5.0
# Deltas that arrive while a pull is under way and may continue where it ends.
_HELD = 32


class LiveListener(Protocol):
    """What the engine wants to know of a live session."""

    def on_connected(self) -> None: ...

    def on_behind(self, streams: Collection[str]) -> None:
        """These streams have to be pulled."""
        ...

    async def on_current(self) -> None:
        """A sign of life, or a delta that left no gap in core."""
        ...

    def server_now_ms(self) -> int: ...


class LiveSession:
    """Applies the frames of one connection after another; what it holds back survives a reconnect harmlessly."""

    def __init__(
        self,
        *,
        db: Database,
        api: Api,
        clock: Clock,
        listener: LiveListener,
        on_partial: Callable[[PartialTurn], None],
    ) -> None:
        self.malformed = 0
        self._db = db
        self._api = api
        self._clock = clock
        self._listener = listener
        self._on_partial = on_partial
        self._held: deque[Delta[Rows]] = deque(maxlen=_HELD)
        self._watched: frozenset[CallId] | None = None
        self._watch_changed = asyncio.Event()
        self._heard_at = 0.0

    async def run(self) -> None:
        """Connect and apply frames until the connection ends, which is always an exception.

        Raises Unreachable and the other ApiErrors, and WrongAccount.
        """
        client_id, heard = self._db.read(lambda conn: (meta.client_id(conn), meta.heard(conn)))
        async with live.connect(self._api, client_id, heard) as connection, self._beside(connection):
            try:
                async for frame in connection.frames():
                    self._heard_at = self._clock.monotonic()
                    await self._handle(frame)
            finally:
                self.malformed += connection.malformed

    def watch(self, call_ids: Collection[CallId]) -> None:
        """Partial words are wanted for these calls; remembered for the next connection."""
        self._watched = frozenset(call_ids)
        self._watch_changed.set()

    async def retry_held(self) -> None:
        """A pull has ended: deltas held back meanwhile may now continue the cursor, or be covered by it."""
        held, self._held = self._held, deque(maxlen=_HELD)
        behind: frozenset[str] = frozenset()
        for delta in held:
            behind = await self._apply(delta)
        if behind:
            self._listener.on_behind(behind)

    async def _handle(self, frame: Frame) -> None:
        match frame:
            case Hello():
                await self._greet(frame)
            case Snapshot():
                await self._apply_snapshot(frame)
            case Delta():
                await self._advance(frame)
            case Poke():
                self._poked(frame)
            case Ping():
                await self._listener.on_current()
            case PartialTurn():
                self._on_partial(frame)

    async def _advance(self, delta: Delta[Rows]) -> None:
        behind = await self._apply(delta)
        if behind:
            self._held.append(delta)
            self._listener.on_behind(behind)
        if CORE not in behind:
            await self._listener.on_current()

    async def _greet(self, hello: Hello) -> None:
        require_account(self._db, hello.account_id)
        if hello.forgot:
            await self._write(_forgotten)
        self._listener.on_connected()
        behind = [
            state.name
            for state in self._states()
            if not state.complete or state.epoch != hello.epoch or state.cursor != hello.cursor
        ]
        if behind:
            self._listener.on_behind(behind)
        else:
            await self._listener.on_current()

    def _poked(self, poke: Poke) -> None:
        behind = [state.name for state in self._states() if poke.seq < 0 or not state.complete or poke.seq > state.seq]
        if behind:
            self._listener.on_behind(behind)

    def _states(self) -> list[StreamState]:
        return self._db.read(lambda conn: [cursors.stream(conn, name) for name in STREAMS])

    async def _apply_snapshot(self, snapshot: Snapshot[Rows]) -> None:
        behind = await self._write(lambda conn: apply_snapshot(conn, snapshot))
        if behind:
            self._listener.on_behind(behind)

    async def _apply(self, delta: Delta[Rows]) -> frozenset[str]:
        as_of_ms = self._listener.server_now_ms()
        return await self._write(lambda conn: apply_delta(conn, delta, as_of_ms))

    async def _write(self, fn: Callable[[sqlite3.Connection], frozenset[str]]) -> frozenset[str]:
        """What could not be written has to be pulled; the pull meets the same trouble and says so."""
        try:
            return await self._db.write(fn)
        except DatabaseDamaged:
            raise
        except StorageError:
            return frozenset(STREAMS)

    # --- beside the frames -----------------------------------------------------------------------------------------
    @contextlib.asynccontextmanager
    async def _beside(self, connection: LiveConnection) -> AsyncGenerator[None]:
        """While the connection is open: notice that it is dead, and say what is watched."""
        self._heard_at = self._clock.monotonic()
        tasks = (
            asyncio.create_task(self._close_when_silent(connection), name="live watchdog"),
            asyncio.create_task(self._tell_watched(connection), name="live watch"),
        )
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _close_when_silent(self, connection: LiveConnection) -> None:
        while self._clock.monotonic() - self._heard_at < SILENCE_S:
            await self._clock.sleep(_LOOK_EVERY_S)
        await connection.close()

    async def _tell_watched(self, connection: LiveConnection) -> None:
        if self._watched is not None:
            self._watch_changed.set()
        while True:
            await self._watch_changed.wait()
            self._watch_changed.clear()
            await connection.watch(self._watched or frozenset())


def _forgotten(conn: sqlite3.Connection) -> frozenset[str]:
    """What the server forgot is asked again; which rows it has is told by the cursors."""
    answers.forgotten(conn)
    return frozenset()
