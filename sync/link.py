"""How things stand between this device and the server, put together from what the loops of sync report.

Holds no task and talks to nobody: it keeps what was reported, reads the database, and publishes a LinkStatus when that
has changed.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from client.api.errors import (
    ApiError,
    MalformedResponse,
    RateLimited,
    Refused,
    Unreachable,
    UpgradeRequired,
)
from client.api.sync import Fetched
from client.clock import Clock
from client.models.link import Filling, LinkState, LinkStatus, Thrift, Trouble
from client.storage import answers, cursors, errors, meta, outbox
from client.storage.cursors import StreamState
from client.storage.database import Database
from client.storage.errors import StorageError
from sync.apply import CORE, STREAMS, TRANSCRIPTS

PUSH = "push"
"""The loop that sends, beside those that pull a stream."""

# Differences below this are the network's, not the clock's.
_SKEW_STEP_S = 0.5
_LONGEST_HONEST_TRIP_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    trouble: Trouble | None
    retry_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the database says."""

    streams: tuple[StreamState, ...]
    as_of: datetime | None
    waiting: int
    conflicts: int
    needs_you: int


class Link:
    def __init__(self, *, db: Database, clock: Clock, on_status: Callable[[LinkStatus], None]) -> None:
        self._db = db
        self._clock = clock
        self._on_status = on_status
        self._failures: dict[str, _Failure] = {}
        self._connected = False
        self._standing_by = False
        self._reached = False
        self._damaged = False
        self._thrift: Thrift | None = None
        self._ended: Trouble | None = None
        self._left_out: set[str] = set()
        self._current_at: datetime | None = None
        self._stored = db.read(_read)
        self.skew_s = db.read(meta.skew_s)
        self.status = self._compose()

    # --- what the loops report -------------------------------------------------------------------------------------
    def worked(self, loop: str) -> None:
        """A pull of the stream is complete, or all that may be sent has been."""
        self._failures.pop(loop, None)
        if loop == CORE:
            self._reached = True
            self._damaged = False
        self.publish()

    def failed(self, loop: str, error: Exception, wait_s: float) -> None:
        """A pull of the stream, or a push, failed and is tried again in `wait_s` seconds."""
        retry_at = self._clock.now() + timedelta(seconds=wait_s)
        self._failures[loop] = _Failure(trouble=trouble_of(error), retry_at=retry_at)
        self.publish()

    def connected(self, connected: bool) -> None:
        """The live connection opened or ended; while it is open nobody may say that the server cannot be reached."""
        self._connected = connected
        if connected:
            unreachable = [loop for loop, failed in self._failures.items() if failed.trouble is Trouble.UNREACHABLE]
            for loop in unreachable:
                del self._failures[loop]
        self.publish()

    def current(self) -> None:
        """At this moment nothing is missing here."""
        # Whole seconds: nobody repaints for less.
        self._current_at = datetime.fromtimestamp(self.server_now_ms() // 1000, UTC)
        self.publish()

    def standing_by(self, standing_by: bool) -> None:
        self._standing_by = standing_by
        self.publish()

    def damaged(self) -> None:
        """The database was damaged and is being filled again."""
        self._damaged = True
        self._current_at = None
        self.publish()

    def hold_back(self, thrift: Thrift | None) -> None:
        """What is not on screen waits, and why; None: it does not."""
        self._thrift = thrift
        self.publish()

    def ended(self, trouble: Trouble) -> None:
        self._ended = trouble
        self.publish()

    def leave_out(self, stream: str) -> None:
        """This role may not see the stream; it will never be complete."""
        self._left_out.add(stream)
        self._failures.pop(stream, None)
        self.publish()

    def measure(self, fetched: Fetched) -> bool:
        """Judge the device's clock by a page's; whether the judgement changed."""
        if fetched.took_s > _LONGEST_HONEST_TRIP_S:
            return False
        middle_ms = fetched.page.server_time + fetched.took_s * 500
        skew_s = round((fetched.received_ms - middle_ms) / 1000, 1) + 0.0  # never minus zero
        if self.skew_s is not None and abs(skew_s - self.skew_s) <= _SKEW_STEP_S:
            return False
        self.skew_s = skew_s
        self._current_at = None
        return True

    def server_now_ms(self) -> int:
        """The server's clock as far as this device can tell."""
        return self._clock.now_ms() - round((self.skew_s or 0.0) * 1000)

    # --- what comes of it ------------------------------------------------------------------------------------------
    def publish(self) -> None:
        """Read what the database says and tell the app if anything differs."""
        # A damaged or full disk is reported by the loop that met it; until it is mended the last figures stand.
        with contextlib.suppress(StorageError):
            self._stored = self._db.read(_read)
        status = self._compose()
        if status != self.status:
            self.status = status
            self._on_status(status)

    def _compose(self) -> LinkStatus:
        failure = self._failures.get(CORE) or self._failures.get(TRANSCRIPTS) or self._push_failure()
        return LinkStatus(
            state=self._state(),
            as_of=self._as_of(),
            filling=self._filling(),
            trouble=self._ended or (failure.trouble if failure else None) or self._damage(),
            retry_at=failure.retry_at if failure and not self._ended else None,
            skew_s=self.skew_s,
            waiting=self._stored.waiting,
            conflicts=self._stored.conflicts,
            needs_you=self._stored.needs_you,
        )

    def _push_failure(self) -> _Failure | None:
        """Why changes do not go out, where it is not that nobody can be reached: that is for a pull to say."""
        failure = self._failures.get(PUSH)
        return None if failure is None or failure.trouble is Trouble.UNREACHABLE else failure

    def _as_of(self) -> datetime | None:
        stored = self._stored.as_of.replace(microsecond=0) if self._stored.as_of else None
        return max((at for at in (stored, self._current_at) if at is not None), default=None)

    def _state(self) -> LinkState:
        if self._ended:
            return LinkState.SIGNED_OUT
        if self._standing_by:
            return LinkState.STANDBY
        if self._connected:
            return LinkState.ONLINE
        if CORE in self._failures:
            return LinkState.OFFLINE
        return LinkState.ONLINE if self._reached else LinkState.CONNECTING

    def _damage(self) -> Trouble | None:
        return Trouble.DAMAGED if self._damaged else None

    def _filling(self) -> Filling | None:
        for state in self._stored.streams:
            if not state.complete and state.name not in self._left_out:
                usable = state.usable or state.name != CORE
                waits = self._thrift if state.usable else None
                return Filling(done=state.done, total=state.total, usable=usable, waits=waits)
        return None


def trouble_of(error: Exception) -> Trouble | None:
    """The owner's word for what went wrong; None for what is not worth one."""
    match error:
        case Unreachable():
            return Trouble.UNREACHABLE
        case RateLimited():
            return Trouble.RATE_LIMITED
        case MalformedResponse():
            return Trouble.MALFORMED
        case UpgradeRequired():
            return Trouble.UPGRADE_REQUIRED
        case Refused() | ApiError():
            return Trouble.SERVER_FAULT
        case StorageError():
            return errors.trouble_of(error)
        case _:
            return None


def _read(conn: sqlite3.Connection) -> _Stored:
    undecided = answers.undecided(conn)
    return _Stored(
        streams=tuple(cursors.stream(conn, name) for name in STREAMS),
        as_of=cursors.as_of(conn),
        waiting=outbox.waiting(conn),
        conflicts=undecided,
        needs_you=undecided + answers.set_aside(conn),
    )
