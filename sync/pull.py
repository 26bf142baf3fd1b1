"""Bringing one stream up to date over HTTP: first sync, catching up, starting over.

Decides which pages to ask for and how they are grouped into transactions.  When to pull, and what to do when it fails,
is the engine's business.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from client.api import sync as feed
from client.api.connection import Api
from client.api.errors import Gone, MalformedResponse
from client.api.kinds import ROW_TYPES
from client.api.sync import Fetched
from client.api.wire import Page, Rows
from client.clock import Clock
from client.storage import answers, cursors, meta, schema, tallying
from client.storage.cursors import StreamState
from client.storage.database import Database
from client.storage.errors import StorageError
from sync.apply import CORE, Ask, apply_pages, begin_resync, is_restored

FIRST_LIMIT = 2000
LARGEST_LIMIT = 2500
SMALLEST_LIMIT = 250
# What an interactive write may have to wait for behind a page.
PAGE_BUDGET_S = 0.1
# A catch-up larger than this is applied page by page, like a first sync.
CATCH_UP_ROWS = 20_000
MOST_RESTARTS = 3


@dataclass(slots=True, kw_only=True)
class Tally:
    """What pulling brought: rows by kind (tombstones under `deleted`), pages, bytes after decompression."""

    rows: Counter[str] = field(default_factory=Counter[str])
    pages: int = 0
    bytes_read: int = 0

    def add(self, fetched: Fetched) -> None:
        self.pages += 1
        self.bytes_read += fetched.bytes_read
        page = fetched.page
        for kind in ROW_TYPES:
            if rows := page.changes.of(kind):
                self.rows[kind] += len(rows)
        if page.changes.unknown:
            self.rows["unknown"] += len(page.changes.unknown)
        if gone := sum(map(len, page.deleted.values())):
            self.rows["deleted"] += gone


class Puller:
    """Pulls one stream.  `on_fetched` sees every page as it arrives, `on_applied` runs after each transaction.

    Where `may_fill` says no, only what is on screen is filled; the rest waits for another pull.
    """

    def __init__(
        self,
        *,
        stream: str,
        db: Database,
        api: Api,
        clock: Clock,
        on_fetched: Callable[[Fetched], Awaitable[None]],
        on_applied: Callable[[], None],
        may_fill: Callable[[], bool],
    ) -> None:
        self.stream = stream
        self.tally = Tally()
        self._db = db
        self._api = api
        self._clock = clock
        self._on_fetched = on_fetched
        self._on_applied = on_applied
        self._may_fill = may_fill
        self._limit = FIRST_LIMIT

    def state(self) -> StreamState:
        return self._db.read(lambda conn: cursors.stream(conn, self.stream))

    async def fill_window(self) -> None:
        """Pull until what is on screen has arrived, at least."""
        await self._advance(lambda state: state.usable)

    async def drain(self, *, wait_s: int = 0) -> None:
        """Pull until the stream is complete and nothing newer is known, or no more may be filled now.

        `wait_s`: how long the server may hold its answer when there is nothing new.  Raises ApiError, StorageError.
        """
        if self.state().complete:
            await self._follow(wait_s)
        else:
            await self._advance(self._is_filled)

    def _is_filled(self, state: StreamState) -> bool:
        return state.complete or (state.usable and not self._may_fill())

    async def _advance(self, is_enough: Callable[[StreamState], bool]) -> None:
        """Fill until `is_enough`, starting over when the cursor has expired."""
        restarts = 0
        while not is_enough(state := self.state()):
            try:
                await self._fill(state, is_enough)
            except Gone:
                restarts += 1
                if restarts > MOST_RESTARTS or not state.cursor:
                    raise
                await self._start_over()

    async def _start_over(self) -> None:
        ask = self._ask(self.state())
        await self._db.write(lambda conn: begin_resync(conn, ask))
        self._on_applied()

    # --- first sync and resync -------------------------------------------------------------------------------------
    async def _fill(self, state: StreamState, is_enough: Callable[[StreamState], bool]) -> None:
        """Page by page, each with its cursor in one transaction, the next one fetched while this one is written."""
        first = state.ccursor is None
        async with self._bulk(first), _Ahead() as ahead:
            ask = self._ask(state)
            ahead.start(self._fetch(ask))
            while not is_enough(state):
                page = (await ahead.take()).page
                following = replace(ask, cursor=page.cursor, epoch=page.epoch, seq=page.seq, answered={})
                if page.has_more:
                    ahead.start(self._fetch(following))
                if not await self._apply(ask, [page]):
                    return
                ask, state = following, self.state()
        if first and state.complete and self.stream == "core":
            await self._index()

    @contextlib.asynccontextmanager
    async def _bulk(self, first: bool) -> AsyncGenerator[None]:
        if not (first and self.stream == "core"):
            yield
            return
        await self._db.set_bulk(True)
        try:
            yield
        except BaseException:
            # What went wrong is said, not what goes wrong because of it.
            with contextlib.suppress(StorageError):
                await self._db.set_bulk(False)
            raise
        await self._db.set_bulk(False)

    async def _index(self) -> None:
        """One transaction each, so that an owner's tap need not wait for all."""
        for statement in schema.LATE_INDEXES.values():
            await self._db.write(lambda conn, statement=statement: conn.execute(statement))
        await self._db.write(tallying.ensure)

    # --- following -------------------------------------------------------------------------------------------------
    async def _follow(self, wait_s: int) -> None:
        """Collect what is newer and apply it at once, so that a screen never sees half a change."""
        while (state := self.state()).complete:
            ask = self._ask(state)
            try:
                pages = await self._collect(ask, wait_s)
            except Gone:
                await self._start_over()
                break
            if await self._apply(ask, pages):
                if not pages[-1].has_more:
                    return
            elif (now := self.state()).complete and now.epoch == pages[-1].epoch and now.seq >= pages[-1].seq:
                return  # live deltas were faster
        await self._advance(self._is_filled)

    async def _collect(self, ask: Ask, wait_s: int) -> list[Page[Rows]]:
        """Consecutive pages from the cursor to the end, or enough of them to go on page by page."""
        pages: list[Page[Rows]] = []
        rows = 0
        while True:
            page = (await self._fetch(ask, wait_s)).page
            pages.append(page)
            rows += page.changes.count()
            ask = replace(ask, cursor=page.cursor, seq=page.seq)
            if not page.has_more or rows >= CATCH_UP_ROWS:
                return pages

    def _ask(self, state: StreamState) -> Ask:
        """Answers to changes settle with core, so core tells whether the server still has them."""
        return Ask(
            stream=state.name,
            cursor=state.cursor,
            gen=state.gen,
            epoch=state.epoch,
            seq=state.seq,
            answered=self._db.read(answers.newest) if state.name == CORE else {},
        )

    # --- one page --------------------------------------------------------------------------------------------------
    async def _fetch(self, ask: Ask, wait_s: int = 0) -> Fetched:
        """A page that answers exactly this request.  Raises MalformedResponse for one that does not."""
        ticket = self._clock.new_id()
        fetched = await feed.changes(
            self._api,
            stream=self.stream,
            cursor=ask.cursor,
            limit=self._limit,
            ticket=ticket,
            client_id=self._db.read(meta.client_id),
            heard=self._db.read(meta.heard) if self.stream == CORE else "",
            wait_s=wait_s,
        )
        page = fetched.page
        if page.ticket != ticket or page.stream != self.stream:
            raise MalformedResponse("$.ticket")
        if page.since != ask.cursor:
            raise MalformedResponse("$.since")
        if page.has_more and page.cursor == ask.cursor:
            raise MalformedResponse("$.cursor")
        if is_restored(ask, page):
            raise Gone("The server's data was restored.", code="cursor_expired", epoch=page.epoch, reason="restore")
        self.tally.add(fetched)
        await self._on_fetched(fetched)
        return fetched

    async def _apply(self, ask: Ask, pages: list[Page[Rows]]) -> bool:
        begun = self._clock.monotonic()
        applied = await self._db.write(lambda conn: apply_pages(conn, ask, pages))
        self._resize(sum(page.changes.count() for page in pages), self._clock.monotonic() - begun)
        self._on_applied()
        return applied

    def _resize(self, rows: int, took_s: float) -> None:
        """Aim the next page at the time one may take."""
        if rows < SMALLEST_LIMIT:
            return
        fitting = int(rows * PAGE_BUDGET_S / max(took_s, 0.001))
        self._limit = max(SMALLEST_LIMIT, min(LARGEST_LIMIT, fitting, self._limit * 2))


class _Ahead:
    """At most one fetch that runs ahead; it never outlives the block."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Fetched] | None = None

    async def __aenter__(self) -> "_Ahead":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            if not self._task.cancelled():
                self._task.exception()

    def start(self, fetch: Coroutine[Any, Any, Fetched]) -> None:
        self._task = asyncio.create_task(fetch, name="fetch the next page")

    async def take(self) -> Fetched:
        assert self._task is not None
        return await self._task
