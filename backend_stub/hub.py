"""Who listens on `/v1/live`, and what they are sent: deltas after each commit, pokes, ephemeral frames.

Everything here runs on the event loop; commits arrive from the writer's thread in commit order.  A listener that reads
slowly loses frames, never the truth: its deltas are replaced by one poke.  The socket itself is in live.py.
"""

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend_stub.clock import Clock
from backend_stub.cursor import CursorSeal, following
from backend_stub.feed import Scope, with_rows
from backend_stub.sessions import Ending
from backend_stub.store import AccountNo, Commit, RowChange, Store

DELTA_BYTES = 256 * 1024
QUEUED_FRAMES = 128
QUEUED_BYTES = 1024 * 1024
PARTIAL_INTERVAL_S = 1 / 8
PARTIAL_BACKLOG = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """A text to send.  `seq` is where its delta or poke ends, None for what has no position."""

    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Farewell:
    """Why the server closes: a `bye` code, or none for a connection that simply drops."""

    bye: str | None
    close_code: int


@dataclass(eq=False, slots=True)
class Listener:
    """One open socket.  `watching` None means the partial words of all calls."""

    account: AccountNo
    scope: Scope
    session_id: str
    user_id: str
    frames: deque[Frame] = field(default_factory=deque[Frame])
    queued_bytes: int = 0
    poked: int | None = None
    watching: frozenset[str] | None = None
    farewell: Farewell | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, frame: Frame) -> None:
        """Queue a delta or poke.  When too much waits, all of it becomes one poke."""
        seq = frame.seq or 0
        if self.poked is not None or len(self.frames) >= QUEUED_FRAMES or self.queued_bytes > QUEUED_BYTES:
            self.frames.clear()
            self.queued_bytes = 0
            self.poked = seq
        else:
            self.frames.append(frame)
            self.queued_bytes += len(frame.text)
        self.wake.set()

    def offer_partial(self, call_id: str, frame: Frame) -> None:
        wanted = self.watching is None or call_id in self.watching
        if wanted and self.scope.sees("turns") and len(self.frames) < PARTIAL_BACKLOG and self.poked is None:
            self.frames.append(frame)
            self.queued_bytes += len(frame.text)
            self.wake.set()

    def dismiss(self, farewell: Farewell) -> None:
        self.farewell = self.farewell or farewell
        self.wake.set()

    async def next_frame(self) -> Frame | Farewell:
        """The next thing to send; a farewell goes before everything that waits."""
        while True:
            if self.farewell is not None:
                return self.farewell
            if self.poked is not None:
                seq, self.poked = self.poked, None
                return Frame(poke(seq), seq)
            if self.frames:
                frame = self.frames.popleft()
                self.queued_bytes -= len(frame.text)
                return frame
            self.wake.clear()
            await self.wake.wait()


def poke(seq: int) -> str:
    return f'{{"t":"poke","seq":{seq}}}'


class Hub:
    """All listeners of all accounts, and those who wait for the next commit."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        # In the order in which they came, so that all are told in the same order.
        self._listeners: dict[AccountNo, dict[Listener, None]] = {}
        self._waiting: dict[AccountNo, dict[asyncio.Future[None], None]] = {}
        self._partial_at: dict[str, float] = {}

    @contextmanager
    def running(self) -> Generator[None]:
        """Take commits from the store while this lasts; says goodbye to everybody at the end."""
        loop = asyncio.get_running_loop()

        def hand_over(commit: Commit) -> None:
            loop.call_soon_threadsafe(self.publish, commit)

        stop = self._store.subscribe(hand_over)
        try:
            yield
        finally:
            stop()
            self.dismiss_all(Farewell("restarting", 1012))
            for account in list(self._waiting):
                self._wake(account)

    @contextmanager
    def listening(self, listener: Listener) -> Generator[Listener]:
        self._listeners.setdefault(listener.account, {})[listener] = None
        try:
            yield listener
        finally:
            mine = self._listeners[listener.account]
            del mine[listener]
            if not mine:
                del self._listeners[listener.account]

    @contextmanager
    def expecting(self, account: AccountNo) -> Generator["asyncio.Future[None]"]:
        """A future that is done at the account's next commit.  Take it before reading, so that none is missed."""
        waited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(account, {})
        waiting[waited] = None
        try:
            yield waited
        finally:
            del waiting[waited]

    def publish(self, commit: Commit) -> None:
        self._wake(commit.account)
        frames: dict[Scope, Frame] = {}
        for listener in self._listeners.get(commit.account, ()):
            frame = frames.get(listener.scope)
            if frame is None:
                frame = frames[listener.scope] = self._delta(commit, listener.scope)
            listener.offer(frame)

    def partial(self, account: AccountNo, frame: dict[str, Any]) -> None:
        """Send the words so far of one call, at most eight times a second; the rest is dropped."""
        call_id = str(frame["call_id"])
        now = self._clock.monotonic()
        if now - self._partial_at.get(call_id, float("-inf")) < PARTIAL_INTERVAL_S:
            return
        if len(self._partial_at) > 256:
            self._partial_at = {key: at for key, at in self._partial_at.items() if now - at < 60}
        self._partial_at[call_id] = now
        text = msgspec.json.encode({"t": "eph", **frame}).decode()
        for listener in self._listeners.get(account, ()):
            listener.offer_partial(call_id, Frame(text))

    def end_session(self, session_id: str, ending: Ending = "session_revoked") -> None:
        for listener in self._all():
            if listener.session_id == session_id:
                listener.dismiss(Farewell(ending, 4401))

    def dismiss_all(self, farewell: Farewell) -> None:
        for listener in self._all():
            listener.dismiss(farewell)

    def _all(self) -> list[Listener]:
        return [listener for listeners in self._listeners.values() for listener in listeners]

    def _wake(self, account: AccountNo) -> None:
        for waited in self._waiting.get(account, ()):
            if not waited.done():
                waited.set_result(None)

    def _delta(self, commit: Commit, scope: Scope) -> Frame:
        if commit.rows is None:
            return Frame(poke(commit.reached.seq), commit.reached.seq)
        seal = seal_of(self._store, commit.account)
        text = delta_text(commit, scope=scope, epoch=self._store.epoch, seal=seal)
        seq = commit.reached.seq
        return Frame(text if len(text) <= DELTA_BYTES else poke(seq), seq)


def seal_of(store: Store, account: AccountNo) -> CursorSeal:
    return CursorSeal(key=store.key_for(f"cursor:{account}"))


def delta_text(commit: Commit, *, scope: Scope, epoch: str, seal: CursorSeal) -> str:
    changes: dict[str, list[bytes]] = {}
    deleted: dict[str, list[RowChange]] = {}
    for row in commit.rows or ():
        if not scope.sees(row.kind):
            continue
        if row.doc is None:
            deleted.setdefault(row.kind, []).append(row)
        elif (shown := scope.shown(row.kind, row.doc)) is not None:
            changes.setdefault(row.kind, []).append(shown)
    head: dict[str, object] = {
        "t": "delta",
        "epoch": epoch,
        "prev": seal.write(following(epoch, scope, commit.prev)),
        "cursor": seal.write(following(epoch, scope, commit.reached)),
        "seq": commit.reached.seq,
    }
    return with_rows(head, changes, deleted).decode()
