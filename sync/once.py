"""One sync, for whoever asked for just one, and what it did."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from client.api.errors import ApiError, Forbidden, SignedOut, Unreachable
from client.clock import Clock
from client.storage import answers, outbox, sending
from client.storage.database import Database
from sync.account import WrongAccount
from sync.apply import CORE
from sync.link import Link
from sync.pull import Puller, Tally
from sync.push import Pusher, PushTally

_LOOK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What was sent and what came.

    `rows` by kind (`deleted` are tombstones).  `pushed`: changes the server took, wholly or in part; `refused`: those
    it did not.  `conflicts`, `waiting`: what the owner has to decide, and what is not sent, when it ended.
    `elsewhere`: another process does the syncing; nothing was fetched here, and `pushed` is what that one sent.
    """

    rows: dict[str, int]
    seconds: float
    pages: int
    bytes_read: int
    pushed: int
    refused: int
    conflicts: int
    waiting: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The outbox at one moment."""

    waiting: int
    refused: int
    conflicts: int


def standing(conn: sqlite3.Connection) -> Standing:
    return Standing(waiting=outbox.waiting(conn), refused=answers.set_aside(conn), conflicts=answers.undecided(conn))


def own_report(tallies: Iterable[Tally], pushed: PushTally, now: Standing, seconds: float) -> SyncReport:
    """Of a sync this process did."""
    tallies = tuple(tallies)
    return SyncReport(
        rows=dict(sum((tally.rows for tally in tallies), Counter[str]())),
        seconds=seconds,
        pages=sum(tally.pages for tally in tallies),
        bytes_read=sum(tally.bytes_read for tally in tallies),
        pushed=pushed.accepted + pushed.in_conflict,
        refused=pushed.refused,
        conflicts=now.conflicts,
        waiting=now.waiting,
    )


def report_of_other(before: Standing, now: Standing, seconds: float) -> SyncReport:
    """Of what another process did meanwhile."""
    refused = max(0, now.refused - before.refused)
    return SyncReport(
        rows={},
        seconds=seconds,
        pages=0,
        bytes_read=0,
        pushed=max(0, before.waiting - now.waiting - refused),
        refused=refused,
        conflicts=now.conflicts,
        waiting=now.waiting,
        elsewhere=True,
    )


async def push_and_pull(pusher: Pusher, pullers: Mapping[str, Puller], link: Link) -> None:
    """What keeps changes from being sent need not keep rows from coming.  Raises ApiError, StorageError."""
    failure: ApiError | None = None
    try:
        await pusher.drain()
    except WrongAccount:
        raise SignedOut("This sign-in belongs to another business.", code="wrong_account") from None
    except (SignedOut, Unreachable):
        raise
    except ApiError as error:
        failure = error
    for name, puller in pullers.items():
        await _pull(name, puller, link)
    if failure is not None:
        raise failure


async def _pull(stream: str, puller: Puller, link: Link) -> None:
    try:
        await puller.drain()
    except Forbidden:
        if stream == CORE:
            raise
        link.leave_out(stream)
    else:
        link.worked(stream)


async def until_sent(
    db: Database, clock: Clock, patience_s: float, gave_up: Callable[[], bool] = lambda: False
) -> bool:
    """Until whoever does the sending has sent all that may be sent, or gave up, at most so long; whether it has."""
    deadline = clock.monotonic() + patience_s
    while _is_due(db, clock):
        if gave_up() or clock.monotonic() >= deadline:
            return False
        await clock.sleep(_LOOK_S)
    return True


def _is_due(db: Database, clock: Clock) -> bool:
    now_ms = clock.now_ms()
    return db.read(lambda conn: sending.is_due(conn, now_ms))
