"""Time as one call knows it: pauses in seconds of the call, divided by the speed, and cut short when somebody acts."""

import asyncio
from collections.abc import Awaitable, Callable

from backend_stub.calls_player.desk import PlayerClock


class Pace:
    """The pauses of one call.  `interrupt` ends every pause that may be cut short."""

    def __init__(self, clock: PlayerClock, speed: float) -> None:
        self._clock = clock
        self._wake = asyncio.Event()
        self.speed = speed

    def now_ms(self) -> int:
        return self._clock.now_ms()

    def since(self, began_ms: int) -> float:
        """Seconds of the call that have passed."""
        return (self._clock.now_ms() - began_ms) / 1000 * self.speed

    def interrupt(self) -> None:
        self._wake.set()

    async def wait(self, seconds: float) -> None:
        """Waits so many seconds of the call, whatever comes."""
        if seconds > 0:
            await self._clock.sleep(seconds / self.speed)

    async def wait_unless(self, called: Callable[[], bool], seconds: float) -> None:
        """The same, but any interruption ends the wait, and it does not begin when `called` already."""
        self._wake.clear()
        if seconds > 0 and not called():
            await _first_done(lambda: self._clock.sleep(seconds / self.speed), self._wake.wait)

    async def wait_until(self, called: Callable[[], bool], seconds: float) -> None:
        """Waits until `called`, so many seconds at the most, however often it is interrupted."""
        began = self.now_ms()
        while not called() and (left := seconds - self.since(began)) > 0.01:
            await self.wait_unless(called, left)


async def _first_done(one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]]) -> None:
    """Returns when the first of two waits is over; the other is cancelled."""
    tasks = [asyncio.ensure_future(one()), asyncio.ensure_future(other())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
