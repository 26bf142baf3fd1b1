"""A server clock that stands still until the test moves it."""

import asyncio
import heapq
import itertools


class ManualClock:
    """Implements `backend_stub.clock.Clock`.  `advance` wakes, in order, whoever slept until then."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._elapsed = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._slept = asyncio.Event()

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        waited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._numbers), waited))
        self._slept.set()
        await waited

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; tasks run whenever one of them is woken."""
        until = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, waited = heapq.heappop(self._sleepers)
            self._move_to(max(at, self._elapsed))
            if not waited.done():
                waited.set_result(None)
                await self.settle()
        self._move_to(until)
        await self.settle()

    def jump(self, seconds: float) -> None:
        """Move the time without waking anybody."""
        self._move_to(self._elapsed + seconds)

    async def sleepers(self, count: int, timeout_s: float = 5) -> None:
        """Until so many sleep."""
        async with asyncio.timeout(timeout_s):
            while self.sleeping < count:
                self._slept.clear()
                await self._slept.wait()

    @property
    def sleeping(self) -> int:
        return sum(not waited.done() for _, _, waited in self._sleepers)

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    def _move_to(self, elapsed: float) -> None:
        self._now_ms += round((elapsed - self._elapsed) * 1000)
        self._elapsed = elapsed
