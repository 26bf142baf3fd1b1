"""Time and chance as the server sees them, so that a test can own both.  Nothing else here reads a clock."""

import asyncio
import random
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """`now_ms` is wall time in milliseconds since 1970 UTC; `monotonic` and `sleep` are in seconds."""

    def now_ms(self) -> int: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class SkewedClock:
    """A clock whose wall time seems `skew_ms()` ahead; timers are untouched."""

    base: Clock
    skew_ms: Callable[[], int]

    def now_ms(self) -> int:
        return self.base.now_ms() + self.skew_ms()

    def monotonic(self) -> float:
        return self.base.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.base.sleep(seconds)


def uuid7(now_ms: int, chance: random.Random | None = None) -> str:
    """A UUIDv7 (RFC 9562) of the given instant; seeded `chance` makes it repeatable."""
    bits = chance.getrandbits if chance else secrets.randbits
    value = (now_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | bits(12) << 64 | 0b10 << 62 | bits(62)
    return str(uuid.UUID(int=value))


async def first_of(waited: "asyncio.Future[None]", seconds: float, clock: Clock) -> bool:
    """Wait for `waited`, but at most `seconds`; True when it came in time."""
    if seconds <= 0:
        return waited.done()
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({waited, timer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
    return waited.done()
