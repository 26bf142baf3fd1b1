"""When each feed is read: at once when it is added and when the server starts, then every quarter of an hour.

due ──> fetching ──> reading aside ──> blocks kept equal ──> due in 15 minutes
            └────────────┴── Trouble: the row says so, the blocks stay
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from backend_stub.calendars.fetching import Fetched, Marks, fetch, open_client
from backend_stub.calendars.keeping import Feed, all_feeds, fail, keep, unchanged
from backend_stub.calendars.times import ReadFeed
from backend_stub.calendars.trouble import Trouble
from backend_stub.clock import Clock, first_of
from backend_stub.store import AccountNo, Store, Transaction

if TYPE_CHECKING:
    import httpx

Key = tuple[AccountNo, str]

EVERY_S = 15 * 60.0
LONGEST_FETCH_S = 60.0
AT_ONCE = 4
DAYS_BACK, DAYS_AHEAD = 7, 90


class CalendarPoller:
    """Reads the feeds of all accounts while the server runs."""

    def __init__(self, store: Store, clock: Clock, read: ReadFeed) -> None:
        self._store = store
        self._clock = clock
        self._read_feed = read
        self._due: dict[Key, float] = {}
        self._reading: set[Key] = set()
        self._news: asyncio.Future[None] | None = None
        self._room = asyncio.Semaphore(AT_ONCE)
        self._client: httpx.AsyncClient | None = None

    def look(self) -> None:
        """A calendar may have been added or removed, or a reading has ended."""
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def run(self) -> None:
        """Read feeds until cancelled."""
        try:
            async with asyncio.TaskGroup() as readings:
                while True:
                    self._news = asyncio.get_running_loop().create_future()
                    # The time first: a feed that is removed while they are read is not due by a later clock.
                    now = self._clock.monotonic()
                    for feed in self._now_due(await self._store.read(all_feeds), now):
                        readings.create_task(self._read(feed))
                    await self._until_next()
        finally:
            if self._client is not None:
                await self._client.aclose()

    def _now_due(self, feeds: list[Feed], now: float) -> list[Feed]:
        """Those to read now; each is then due again a while later, whatever comes of it."""
        known = {(feed.account, feed.calendar_id): feed for feed in feeds}
        self._due = {key: self._due.get(key, now) for key in known}
        found = [key for key, at in self._due.items() if at <= now and key not in self._reading]
        self._due |= dict.fromkeys(found, now + EVERY_S)
        self._reading |= set(found)
        return [known[key] for key in found]

    async def _until_next(self) -> None:
        assert self._news is not None
        next_due = min((at for key, at in self._due.items() if key not in self._reading), default=None)
        if next_due is None:
            await self._news
        else:
            await first_of(self._news, next_due - self._clock.monotonic(), self._clock)

    async def _read(self, feed: Feed) -> None:
        try:
            async with self._room:
                await self._store.write(await self._effect(feed))
        finally:
            self._reading.discard((feed.account, feed.calendar_id))
            self.look()

    async def _effect(self, feed: Feed) -> Callable[[Transaction], None]:
        """What is to be written about this reading."""
        today = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).astimezone(ZoneInfo(feed.time_zone)).date()
        # Made when first needed: it reads the machine's certificates.
        client = self._client = self._client or open_client()
        marks = feed.marks if feed.read_on == today.isoformat() else Marks()
        try:
            fetched = await self._in_time(fetch(client, feed.url, marks))
            if fetched.data is None:
                return partial(unchanged, feed=feed, now_ms=self._clock.now_ms())
            read = await self._read_feed(
                fetched.data,
                zone=feed.time_zone,
                since_ms=_midnight(today - timedelta(days=DAYS_BACK), feed.time_zone),
                until_ms=_midnight(today + timedelta(days=DAYS_AHEAD + 1), feed.time_zone),
            )
        except Trouble as trouble:
            return partial(fail, feed=feed, trouble=trouble.code, now_ms=self._clock.now_ms())
        now_ms = self._clock.now_ms()
        return partial(keep, feed=feed, read=read, marks=fetched.marks, day=today.isoformat(), now_ms=now_ms)

    async def _in_time(self, fetching: Coroutine[Any, Any, Fetched]) -> Fetched:
        """A server that sends a byte now and then is never silent, and never done."""
        task = asyncio.ensure_future(fetching)
        waited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task.add_done_callback(lambda _: waited.done() or waited.set_result(None))
        try:
            if not await first_of(waited, LONGEST_FETCH_S, self._clock):
                raise Trouble("timeout")
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
