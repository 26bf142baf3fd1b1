"""Reads the words of calls into the index that the history is searched by, in the background; and what was promised.

Only calls that are over, newest first, and in small transactions, so that neither sync nor the owner's edits wait.
What was done before the process ended stays done.  Where several processes share the file each may do this: what the
other has indexed meanwhile is passed over.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from client.clock import Clock
from client.faults import log_fault
from client.insight.promises import judged
from client.models.calls import Call
from client.models.ids import CallId
from client.models.promises import Judged
from client.storage import call_index, calls, cursors, meta, promises
from client.storage.call_index import Document, Source
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged, StorageError

log = logging.getLogger("chatty.sync")

BATCH: Final = 60
"""Calls a transaction: some ten milliseconds of the writer's time."""

PROMISED: Final = timedelta(days=60)
"""What was promised longer ago is not looked for: nobody waits for it any more."""

_FIRST_S: Final = 2.0
_GATHER_S: Final = 1.0
_BREATH_S: Final = 0.02
_AGAIN_S: Final = 60.0
_LOOK_OVER_S: Final = 24 * 3600.0
_LOOK_AGAIN_S: Final = 15.0
_TOUCHING: Final = frozenset({"calls", "turns", "streams", "bookings", "messages", "tasks"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    call: Call
    document: Document
    promises: tuple[Judged, ...]


class Indexing:
    """`run` it for as long as the account is open."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._source: Source | None = None
        self._seen = 0
        self._looked_over_at = 0.0
        self._looked_again_at = float("-inf")
        self._touched = asyncio.Event()

    async def run(self) -> None:
        """Keep the index equal to the calls until cancelled; a disk that is full or busy is tried again."""
        unsubscribe = self._db.subscribe(_TOUCHING, lambda _: self._touched.set())
        try:
            await self._clock.sleep(_FIRST_S)
            while True:
                await self._attempt()
                await self._touched.wait()
                await self._clock.sleep(_GATHER_S)
        finally:
            unsubscribe()

    async def catch_up(self) -> None:
        """Index what there is to index now.  Raises StorageError."""
        self._touched.clear()
        source = await self._db.read_in_thread(_source)
        if source is None:
            return
        if source != self._source or self._clock.monotonic() - self._looked_over_at > _LOOK_OVER_S:
            await self._db.write(call_index.make_version_indexes)
            seen = await self._db.read_in_thread(call_index.newest_version)
            await self._remove(await self._db.read_in_thread(call_index.gone))
            todo = await self._db.read_in_thread(call_index.stale)
            self._looked_over_at = self._clock.monotonic()
        else:
            seen = await self._db.read_in_thread(call_index.newest_version)
            todo = await self._db.read_in_thread(partial(call_index.changed_since, version=self._seen))
        await self._index(todo)
        self._source, self._seen = source, seen
        await self._look_again()

    async def _look_again(self) -> None:
        """What was not kept may be by now."""
        now = self._clock.monotonic()
        if now - self._looked_again_at < _LOOK_AGAIN_S:
            return
        self._looked_again_at = now
        before = await self._db.read_in_thread(partial(_look_again, since=self._since()))
        await self._db.write(partial(_put_promises, read=before))

    def _since(self) -> datetime:
        return self._clock.now() - PROMISED

    async def _attempt(self) -> None:
        try:
            await self.catch_up()
        except DatabaseDamaged:
            # Whoever keeps the file equal to the server begins a fresh one, which touches everything.
            return
        except StorageError as error:
            log_fault(log, "the words of calls could not be indexed", error)
            self._touched.set()
            await self._clock.sleep(_AGAIN_S)

    async def _index(self, todo: Sequence[CallId]) -> None:
        await self._db.write(lambda conn: call_index.put_left(conn, len(todo)))
        for first in range(0, len(todo), BATCH):
            batch = todo[first : first + BATCH]
            read = await self._db.read_in_thread(partial(_read, call_ids=batch, since=self._since()))
            await self._db.write(partial(_put, read=read, left=max(0, len(todo) - first - BATCH)))
            await self._clock.sleep(_BREATH_S)
        if len(todo) > BATCH:
            while await self._db.write(call_index.tidy):
                await self._clock.sleep(_BREATH_S)

    async def _remove(self, call_ids: Sequence[CallId]) -> None:
        for first in range(0, len(call_ids), BATCH):
            await self._db.write(partial(call_index.remove, call_ids=call_ids[first : first + BATCH]))
            await self._clock.sleep(_BREATH_S)


def _source(conn: sqlite3.Connection) -> Source | None:
    identity = meta.identity(conn)
    return call_index.source(conn, transcripts=identity is None or identity.role.may_supervise)


def _read(conn: sqlite3.Connection, call_ids: Sequence[CallId], since: datetime) -> list[_Read]:
    """Calls that are there, with their words; what was promised only in those that began since then."""
    read: list[_Read] = []
    as_of = cursors.as_of(conn)
    for call in (calls.get(conn, call_id) for call_id in call_ids):
        if call is not None:
            turns = calls.turns(conn, call.call_id)
            done = promises.done_about(conn, call) if call.started_at >= since else None
            found = judged(call, turns, done, as_of) if done else ()
            read.append(_Read(call=call, document=call_index.document(call, turns), promises=found))
    return read


def _put(conn: sqlite3.Connection, read: Sequence[_Read], left: int) -> None:
    call_index.put(conn, [each.document for each in read])
    for each in read:
        promises.put(conn, each.call, each.promises)
    call_index.put_left(conn, left)


def _look_again(conn: sqlite3.Connection, since: datetime) -> list[_Read]:
    return _read(conn, promises.to_look_at(conn, since), since)


def _put_promises(conn: sqlite3.Connection, read: Sequence[_Read]) -> None:
    for each in read:
        promises.put(conn, each.call, each.promises)
