"""Time, as everything below the drawing floors sees it, so that tests can own it."""

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from client.models.ids import uuid7


def _system_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`now` is the device's wall clock, which may be days off; `monotonic` is for timers; `sleep` takes seconds.

    `wait` is `sleep` for threads: until the event is set, or so many seconds have passed.
    """

    now: Callable[[], datetime] = _system_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    wait: Callable[[threading.Event, float], object] = threading.Event.wait
    random_bits: Callable[[int], int] = field(default=secrets.randbits)

    def now_ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        return uuid7(self.now_ms(), self.random_bits)
