"""The engine: keeps one account's database equal to the server for as long as the app runs.

It owns every long-lived task of sync (two pulls, one live session) in one TaskGroup and decides when each tries again.
What a page or a frame does to the database is decided in apply.py, how things stand is kept in link.py.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from client.api.connection import Api
from client.api.errors import ApiError, Forbidden, SignedOut
from client.api.sync import Fetched
from client.clock import Clock
from client.models.calls import PartialTurn
from client.models.ids import CallId
from client.models.link import LinkStatus, Trouble
from client.storage import meta
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged, StorageError
from sync.apply import CORE, STREAMS, TRANSCRIPTS, touch
from sync.backoff import Backoff, wait_for
from sync.link import Link
from sync.live import LiveSession, WrongAccount
from sync.pull import Puller

log = logging.getLogger("chatty.sync")

LIVE = "live"
LONG_POLL_S = 25
# Between two long polls that came back at once.
_POLL_PAUSE_S = 2.0
# A pull though nothing asked for one, in case a poke was lost on the way.
_ANYWAY_S = 300.0
_STANDBY_LOOK_S = 2.0
# A disk that damages the file again and again is not mended by new files.
MOST_REPAIRS = 3
# How often a device that is idle but connected writes down that it is current.
_NOTE_CURRENT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What one complete pull brought: rows by kind (`deleted` are tombstones), seconds, pages, bytes."""

    rows: dict[str, int]
    seconds: float
    pages: int
    bytes_read: int


class Engine:
    """Sync of one account on this device.

    `on_status` is called on the loop whenever `status` has changed, `on_partial` for the words so far of a turn.
    With a `lock_path` only one process at a time does the work; the others stand by and see what it writes.
    """

    def __init__(
        self,
        *,
        db: Database,
        api: Api,
        clock: Clock,
        on_status: Callable[[LinkStatus], None],
        on_partial: Callable[[PartialTurn], None],
        lock_path: Path | None = None,
    ) -> None:
        self._db = db
        self._api = api
        self._clock = clock
        # Not thread-local: taken and released on the loop, whichever thread that is.
        self._lock = FileLock(lock_path, thread_local=False) if lock_path else None
        self._link = Link(db=db, clock=clock, on_status=on_status)
        self._pullers = {name: self._puller(name) for name in STREAMS}
        self._live = LiveSession(db=db, api=api, clock=clock, listener=self, on_partial=on_partial)
        self._wanted = {name: asyncio.Event() for name in STREAMS}
        self._kicked = {name: asyncio.Event() for name in (*STREAMS, LIVE)}
        self._core_complete = asyncio.Event()
        self._live_is_blocked = False
        self._was_connected = False
        self._core_is_current = False
        self._ended = False
        self._repairs = 0
        self._repairing = asyncio.Lock()
        self._identity = db.read(meta.identity)
        self._skew_is_new = False
        self._noted_at = clock.monotonic()

    @property
    def status(self) -> LinkStatus:
        return self._link.status

    # --- what the app calls ----------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Keep the database equal to the server until cancelled.

        Returns only when going on makes no sense: the session has ended, or belongs to another account.
        """
        unsubscribe = self._db.subscribe({"outbox"}, lambda _: self._link.publish())
        watching = asyncio.create_task(self._db.watch_other_processes(), name="watch other processes")
        try:
            while not self._ended:
                await self._take_turn()
        finally:
            unsubscribe()
            watching.cancel()
            await asyncio.wait((watching,))

    async def pull_once(self) -> PullReport:
        """Bring both streams up to date, once.  Raises ApiError and StorageError instead of trying again."""
        begun = self._clock.monotonic()
        for name in STREAMS:
            try:
                await self._pullers[name].drain()
            except Forbidden:
                if name == CORE:
                    raise
                self._link.leave_out(name)
            else:
                self._link.worked(name)
        core, transcripts = (self._pullers[name].tally for name in STREAMS)
        return PullReport(
            rows=dict(core.rows + transcripts.rows),
            seconds=self._clock.monotonic() - begun,
            pages=core.pages + transcripts.pages,
            bytes_read=core.bytes_read + transcripts.bytes_read,
        )

    def kick(self) -> None:
        """Try now: the app came to the front, or the network came back."""
        for event in (*self._kicked.values(), *self._wanted.values()):
            event.set()

    def watch(self, call_ids: Collection[CallId]) -> None:
        """Partial words are wanted for these calls only."""
        self._live.watch(call_ids)

    # --- one process at a time -------------------------------------------------------------------------------------
    async def _take_turn(self) -> None:
        """Work until the end if this process may, else look again a little later."""
        if not self._take_lock():
            self._link.standing_by(True)
            await self._clock.sleep(_STANDBY_LOOK_S)
            return
        self._link.standing_by(False)
        try:
            await self._work()
        finally:
            if self._lock is not None:
                self._lock.release()

    def _take_lock(self) -> bool:
        if self._lock is None:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    async def _work(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_pulling(CORE, self._pull_core), name="pull core")
                group.create_task(self._keep_pulling(TRANSCRIPTS, self._pull_transcripts), name="pull transcripts")
                group.create_task(self._keep_live(), name="live")
        except* SignedOut:
            self._end(Trouble.SESSION_REVOKED)
        except* WrongAccount:
            self._end(Trouble.WRONG_ACCOUNT)

    def _end(self, trouble: Trouble) -> None:
        self._ended = True
        self._link.ended(trouble)

    # --- pulling ---------------------------------------------------------------------------------------------------
    def _puller(self, stream: str) -> Puller:
        return Puller(
            stream=stream,
            db=self._db,
            api=self._api,
            clock=self._clock,
            on_fetched=self._on_fetched,
            on_applied=self._link.publish,
        )

    async def _keep_pulling(self, stream: str, pull: Callable[[], Awaitable[None]]) -> None:
        """Pull whenever the stream is wanted, and again after each failure."""
        backoff = Backoff(self._clock)
        while True:
            self._wanted[stream].clear()
            error = await self._attempt(pull)
            if error is None:
                backoff.reset()
                self._link.worked(stream)
                await self._live.retry_held()
                await self._wait_until_wanted(stream)
            else:
                wait_s = backoff.after(error)
                self._link.failed(stream, error, wait_s)
                self._kicked[stream].clear()
                await wait_for(self._kicked[stream], self._clock, wait_s)

    async def _pull_core(self) -> None:
        # The first pull after trouble must not be held up by the server: it is the sign that all is well.
        poll = self._live_is_blocked and self._core_is_current
        self._core_is_current = False
        await self._pullers[CORE].drain(wait_s=LONG_POLL_S if poll else 0)
        self._core_is_current = True
        self._core_complete.set()
        if poll:
            self._wanted[TRANSCRIPTS].set()
        elif self._live_is_blocked:
            self._kicked[LIVE].set()

    async def _pull_transcripts(self) -> None:
        """What is on screen at once; the rest when core no longer needs the line."""
        puller = self._pullers[TRANSCRIPTS]
        try:
            await puller.fill_window()
            if not self._pullers[CORE].state().complete:
                await self._core_complete.wait()
            await puller.drain()
        except Forbidden:
            self._link.leave_out(TRANSCRIPTS)

    async def _wait_until_wanted(self, stream: str) -> None:
        polling = stream == CORE and self._live_is_blocked
        await wait_for(self._wanted[stream], self._clock, _POLL_PAUSE_S if polling else _ANYWAY_S)

    # --- live ------------------------------------------------------------------------------------------------------
    async def _keep_live(self) -> None:
        backoff = Backoff(self._clock)
        while True:
            self._was_connected = False
            error = await self._attempt(self._live.run)
            self._link.connected(False)
            # Whether the server can be reached at all is what a pull finds out.
            self._want(STREAMS)
            if self._was_connected:
                backoff.reset()
                wait_s = backoff.soon()
            else:
                self._live_is_blocked = True
                wait_s = backoff.after(error or ApiError("the live connection ended"))
            self._kicked[LIVE].clear()
            await wait_for(self._kicked[LIVE], self._clock, wait_s)

    def _want(self, streams: Collection[str]) -> None:
        for stream in streams:
            self._wanted[stream].set()

    # --- what the live session reports (LiveListener) --------------------------------------------------------------
    def on_connected(self) -> None:
        self._was_connected = True
        self._live_is_blocked = False
        self._link.connected(True)
        # What could not be reached before can be now.
        for stream in STREAMS:
            self._kicked[stream].set()

    def on_behind(self, streams: Collection[str]) -> None:
        self._want(streams)

    async def on_current(self) -> None:
        if self._wanted[CORE].is_set() or not self._core_is_current:
            return
        self._link.current()
        if self._clock.monotonic() - self._noted_at > _NOTE_CURRENT_S:
            self._noted_at = self._clock.monotonic()
            as_of_ms = self._link.server_now_ms()
            await self._db.write(lambda conn: touch(conn, as_of_ms))

    def server_now_ms(self) -> int:
        return self._link.server_now_ms()

    async def _on_fetched(self, fetched: Fetched) -> None:
        """Store the measured skew with the first answer: a first sync may be cut long before it is complete."""
        self._skew_is_new = self._link.measure(fetched) or self._skew_is_new
        skew_s = self._link.skew_s
        if self._skew_is_new and skew_s is not None:
            await self._db.write(lambda conn: meta.put_skew_s(conn, skew_s))
            self._skew_is_new = skew_s != self._link.skew_s

    # --- the supervisor --------------------------------------------------------------------------------------------
    async def _attempt(self, what: Callable[[], Awaitable[None]]) -> Exception | None:
        """Do it; what goes wrong is returned, so that one loop's trouble never ends another's.

        Only the end of the session is raised.
        """
        async with self._repairing:
            repairs = self._repairs
        try:
            await what()
        except (SignedOut, WrongAccount):
            raise
        except DatabaseDamaged as error:
            if self._repairs >= MOST_REPAIRS:
                return error
            return await self._repair(repairs) or await self._attempt(what)
        except (ApiError, StorageError) as error:
            return error
        except Exception as error:
            log.exception("sync met something it does not know")
            return error
        return None

    async def _repair(self, repairs_then: int) -> StorageError | None:
        """Move the damaged file aside and begin a fresh one, unless another loop has done so since."""
        async with self._repairing:
            if self._repairs != repairs_then:
                return None
            log.error("the local database is damaged; it is moved aside and filled again")
            self._core_complete.clear()
            try:
                await self._db.start_afresh()
                if (identity := self._identity) is not None:
                    await self._db.write(lambda conn: meta.put_identity(conn, identity))
            except StorageError as error:
                return error
            self._repairs += 1
        self._link.damaged()
        self._want(STREAMS)
        return None
