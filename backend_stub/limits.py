"""Rate limits: how often something may be asked in a time, counted exactly for each key, forgotten on restart."""

import math
from collections import deque
from dataclasses import dataclass

from backend_stub.clock import Clock
from backend_stub.problems import rate_limited


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    count: int
    seconds: float


HEALTH = Limit("health", 100, 60)
BOOK = Limit("book", 50, 60)
FIRST_GENERATION = Limit("api", 200, 60)
PASSWORD = Limit("password", 5, 900)
PASSWORD_ADDRESS = Limit("password-address", 100, 900)
TOKEN = Limit("token", 100, 60)
SESSION = Limit("session", 1200, 60)

KEYS_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`retry_after_s` is None when it was allowed; `reset_s`: when the window is empty again."""

    retry_after_s: int | None
    limit: int
    remaining: int
    reset_s: int


class Limits:
    """A sliding window for each (limit, key)."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self._clock = clock
        self._enabled = enabled
        self._taken: dict[tuple[str, str], deque[float]] = {}

    def take(self, limit: Limit, key: str) -> Taken:
        """Count one more, or tell how long to wait."""
        now = self._clock.monotonic()
        times = self._window(limit, key, now)
        if self._enabled and len(times) >= limit.count:
            wait = math.ceil(times[0] + limit.seconds - now)
            return Taken(retry_after_s=max(wait, 1), limit=limit.count, remaining=0, reset_s=max(wait, 1))
        times.append(now)
        reset = math.ceil(times[0] + limit.seconds - now)
        return Taken(retry_after_s=None, limit=limit.count, remaining=limit.count - len(times), reset_s=reset)

    def require(self, limit: Limit, key: str) -> None:
        """Count one more or raise the 429 problem."""
        taken = self.take(limit, key)
        if taken.retry_after_s is not None:
            raise rate_limited(taken.retry_after_s)

    def forgive(self, limit: Limit, key: str) -> None:
        """Forget what was counted: the password was right after all."""
        self._taken.pop((limit.name, key), None)

    def _window(self, limit: Limit, key: str, now: float) -> deque[float]:
        if len(self._taken) > KEYS_KEPT:
            self._taken = {k: times for k, times in self._taken.items() if times and times[-1] > now - 900}
        times = self._taken.setdefault((limit.name, key), deque())
        while times and times[0] <= now - limit.seconds:
            times.popleft()
        return times
