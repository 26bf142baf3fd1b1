"""The engine: keeps one account's database equal to the server for as long as the app runs.

It owns every long-lived task of sync (two pulls, one push, one live session) in one TaskGroup and decides when each
tries again.  Which process may work is settled in turn.py, what is pulled in streams.py, what is sent in push.py, what
becomes of trouble in supervisor.py; how things stand is kept in link.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from client.api.connection import Api
from client.api.errors import ApiError, DeviceRevoked, SignedOut
from client.clock import Clock
from client.models.calls import PartialTurn
from client.models.ids import CallId
from client.models.link import LinkStatus, Thrift, Trouble
from client.storage import answers, sending
from client.storage.database import Database
from sync.account import WrongAccount
from sync.apply import CORE, STREAMS, TRANSCRIPTS
from sync.backoff import LONGEST_S
from sync.link import PUSH, Link
from sync.live import LiveSession
from sync.notes import Notes
from sync.once import SyncReport, own_report, push_and_pull, report_of_other, standing, until_sent
from sync.pace import Pace
from sync.push import Pusher
from sync.streams import Streams
from sync.supervisor import Supervisor
from sync.turn import Turn

LIVE = "live"
LONG_POLL_S = 25
PATIENCE_S = 20.0
# Between two long polls that came back at once.
_POLL_PAUSE_S = 2.0
# A pull though nothing asked for one, in case a poke was lost on the way.
_ANYWAY_S = 300.0
_STANDBY_LOOK_S = 2.0
# While changes wait and nobody can be reached: an hour without a signal must not cost minutes more.
_LONGEST_UNSENT_S = 30.0


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
        self._turn = Turn(lock_path)
        self._link = Link(db=db, clock=clock, on_status=on_status)
        self._notes = Notes(db=db, clock=clock, link=self._link)
        self._supervisor = Supervisor(db, self)
        self._streams = Streams(db=db, api=api, clock=clock, link=self._link, on_fetched=self._notes.fetched)
        self._pusher = Pusher(db=db, api=api, clock=clock, on_answer=self._link.publish)
        self._live = LiveSession(db=db, api=api, clock=clock, listener=self, on_partial=on_partial)
        self._paces = {name: Pace(clock) for name in (*STREAMS, PUSH, LIVE)}
        self._newest_change = 0
        self._live_is_blocked = False
        self._was_connected = False
        self._ended = False

    @property
    def status(self) -> LinkStatus:
        return self._link.status

    # --- what the app calls ----------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Keep the database equal to the server until cancelled.

        Returns only when going on makes no sense: the session has ended, or belongs to another account.
        """
        unsubscribe = self._db.subscribe({"outbox", "conflicts"}, lambda _: self._outbox_changed())
        watching = asyncio.create_task(self._db.watch_other_processes(), name="watch other processes")
        try:
            while not self._ended:
                await self._take_turn()
        finally:
            unsubscribe()
            watching.cancel()
            await asyncio.wait((watching,))

    async def sync_once(self, *, patience_s: float = PATIENCE_S) -> SyncReport:
        """Send what waits and bring both streams up to date, once.

        Raises ApiError and StorageError instead of trying again.  Where another process does the work, waits at most
        `patience_s` for it to have sent what may be sent.
        """
        begun = self._clock.monotonic()
        if not self._turn.take():
            before = self._db.read(standing)
            await until_sent(self._db, self._clock, patience_s)
            return report_of_other(before, self._db.read(standing), self._clock.monotonic() - begun)
        try:
            await push_and_pull(self._pusher, self._streams.pullers, self._link)
        finally:
            self._turn.release()
        tallies = [puller.tally for puller in self._streams.pullers.values()]
        return own_report(tallies, self._pusher.tally, self._db.read(standing), self._clock.monotonic() - begun)

    async def send(self, *, patience_s: float = PATIENCE_S) -> bool:
        """Send now what may be sent, while `run` does; False when some of it could not be.  Raises StorageError."""
        pace = self._paces[PUSH]
        failures = pace.failures
        pace.kick()
        return await until_sent(self._db, self._clock, patience_s, lambda: pace.failures > failures)

    def kick(self) -> None:
        """Try now: the app came to the front, or the network came back."""
        for pace in self._paces.values():
            pace.kick()

    def spare(self, thrift: Thrift | None) -> None:
        """Whether to be thrifty now: changes go out all the same, what is not on screen waits."""
        self._streams.is_thrifty = thrift is not None
        self._link.hold_back(thrift)
        self._want(STREAMS)

    async def background(self, background: bool) -> None:
        """Whether the app is out of sight.

        On the way there everything is folded into the file, because it may be ended at any moment; what is not on
        screen waits, changes still go out.  Coming back is a kick.
        """
        self._streams.is_in_background = background
        if background:
            await self._db.checkpoint()
        else:
            self.kick()

    def watch(self, call_ids: Collection[CallId]) -> None:
        """Partial words are wanted for these calls only."""
        self._live.watch(call_ids)

    # --- one process at a time -------------------------------------------------------------------------------------
    async def _take_turn(self) -> None:
        """Work until the end if this process may, else look again a little later."""
        if not self._turn.take():
            self._link.standing_by(True)
            await self._clock.sleep(_STANDBY_LOOK_S)
            return
        self._link.standing_by(False)
        try:
            await self._work()
        finally:
            self._turn.release()

    async def _work(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_at(CORE, self._pull_core, self._after_core), name="pull core")
                group.create_task(
                    self._keep_at(TRANSCRIPTS, self._streams.pull_transcripts, self._after_transcripts),
                    name="pull transcripts",
                )
                group.create_task(self._keep_at(PUSH, self._pusher.drain, self._after_push), name="push")
                group.create_task(self._keep_live(), name="live")
                group.create_task(self._supervisor.look_after_file(), name="look after the file")
        except* SignedOut as ended:
            revoked = ended.subgroup(DeviceRevoked) is not None
            self._end(Trouble.DEVICE_REVOKED if revoked else Trouble.SESSION_REVOKED)
        except* WrongAccount:
            self._end(Trouble.WRONG_ACCOUNT)

    def _end(self, trouble: Trouble) -> None:
        self._ended = True
        self._link.ended(trouble)

    async def _keep_at(
        self, loop: str, work: Callable[[], Awaitable[None]], after: Callable[[], Awaitable[float]]
    ) -> None:
        """Pull or push whenever it is wanted, and again after each failure.  `after` says how long it may rest."""
        pace = self._paces[loop]
        while True:
            pace.begin()
            error = await self._supervisor.attempt(work)
            if error is None:
                if pace.worked():
                    self._reached()
                self._link.worked(loop)
                await pace.rest(await after())
            else:
                wait_s = pace.failed(error, self._longest_s(loop))
                self._link.failed(loop, error, wait_s)
                if loop == PUSH:
                    # Whether the server can be reached at all is what a pull finds out.
                    self._want((CORE,))
                await pace.recover(wait_s)

    def _reached(self) -> None:
        """What could not be reached before can be now."""
        for pace in self._paces.values():
            pace.hope()

    def _want(self, streams: Collection[str]) -> None:
        """In an order of its own, whatever order they are told in: what is on screen first."""
        for stream in STREAMS:
            if stream in streams:
                self._paces[stream].want()

    # --- pulling ---------------------------------------------------------------------------------------------------
    async def _pull_core(self) -> None:
        # The first pull after trouble must not be held up by the server: it is the sign that all is well.
        poll = self._live_is_blocked and self._streams.core_is_current
        if not await self._streams.pull_core(wait_s=LONG_POLL_S if poll else 0):
            return
        if poll:
            self._paces[TRANSCRIPTS].want()
        elif self._live_is_blocked:
            self._paces[LIVE].kick()

    async def _after_core(self) -> float:
        await self._live.retry_held()
        return _POLL_PAUSE_S if self._live_is_blocked else _ANYWAY_S

    async def _after_transcripts(self) -> float:
        await self._live.retry_held()
        return _ANYWAY_S

    # --- pushing ---------------------------------------------------------------------------------------------------
    async def _after_push(self) -> float:
        if self._db.read(answers.unsettled):
            # Where a delta has brought the rows already, nothing is left to settle.
            self._want((CORE,))
        if not self._streams.core_is_complete:
            # The server's numbers have told that it went back.
            self._want(STREAMS)
        due_s = self._pusher.due_in_s()
        return _ANYWAY_S if due_s is None else min(_ANYWAY_S, due_s)

    def _longest_s(self, loop: str) -> float:
        """Changes that wait are worth a look twice a minute."""
        return _LONGEST_UNSENT_S if loop == PUSH and self._link.status.waiting else LONGEST_S

    def _outbox_changed(self) -> None:
        """A commit touched it: the owner's, in this process or another, or one of sync's own."""
        self._link.publish()
        newest = self._db.read(sending.newest)
        if newest > self._newest_change:
            self._newest_change = newest
            self._paces[PUSH].urge()
        else:
            self._paces[PUSH].want()

    # --- live ------------------------------------------------------------------------------------------------------
    async def _keep_live(self) -> None:
        pace = self._paces[LIVE]
        while True:
            self._was_connected = False
            error = await self._supervisor.attempt(self._live.run)
            self._link.connected(False)
            # Whether the server can be reached at all is what a pull finds out.
            self._want(STREAMS)
            if self._was_connected:
                # Nothing is numbered before the server is heard of again: what is not, can still be folded and undone.
                self._pusher.start_over()
                wait_s = pace.ended()
            else:
                self._live_is_blocked = True
                wait_s = pace.failed(error or ApiError("the live connection ended"))
            await pace.recover(wait_s)

    # --- what the live session reports (LiveListener) --------------------------------------------------------------
    def on_connected(self) -> None:
        self._was_connected = True
        self._live_is_blocked = False
        self._link.connected(True)
        self._reached()
        # It may be another one than before: an older copy of it.
        self._pusher.start_over()
        self._paces[PUSH].want()

    def on_behind(self, streams: Collection[str]) -> None:
        self._want(streams)

    async def on_current(self) -> None:
        if self._paces[CORE].is_wanted or not self._streams.core_is_current:
            return
        await self._notes.current()

    def server_now_ms(self) -> int:
        return self._link.server_now_ms()

    # --- what the supervisor reports (FileListener) ----------------------------------------------------------------
    def on_damaged(self) -> None:
        self._streams.file_damaged()

    def on_replaced(self) -> None:
        self._pusher.start_over()

    def on_repaired(self) -> None:
        self._link.damaged()
        self._want(STREAMS)
