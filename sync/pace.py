"""When a loop works again: at once when it is wanted, later after a failure, sooner when there is reason to hope."""

import asyncio

from client.api.errors import RateLimited, ServerFault, Unreachable
from client.clock import Clock
from sync.backoff import LONGEST_S, Backoff, wait_for


class Pace:
    """Of one loop, which calls `begin` before each attempt and `failed` or `worked` after it, and then waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._backoff = Backoff(clock)
        self._wanted = asyncio.Event()
        self._kicked = asyncio.Event()
        self._failure: Exception | None = None
        self.failures = 0
        """How many attempts have failed so far."""

    @property
    def is_wanted(self) -> bool:
        return self._wanted.is_set()

    # --- from outside ----------------------------------------------------------------------------------------------
    def want(self) -> None:
        """There is work.  Says nothing against waiting after a failure."""
        self._wanted.set()

    def kick(self) -> None:
        """Try now, whatever the last attempt met."""
        self._wanted.set()
        self._kicked.set()

    def hope(self) -> None:
        """The server has been reached: cuts short a wait because it could not be."""
        if isinstance(self._failure, Unreachable):
            self._kicked.set()

    def urge(self) -> None:
        """The owner has made more work: cuts any wait short, except one the server asked for."""
        self._wanted.set()
        if not isinstance(self._failure, RateLimited | ServerFault) or (
            isinstance(self._failure, ServerFault) and self._failure.retry_after_s is None
        ):
            self._kicked.set()

    # --- by the loop -----------------------------------------------------------------------------------------------
    def begin(self) -> None:
        self._wanted.clear()

    def worked(self) -> bool:
        """Whether it failed the time before."""
        recovered = self._failure is not None
        self._failure = None
        self._backoff.reset()
        return recovered

    def failed(self, error: Exception, longest_s: float = LONGEST_S) -> float:
        """How many seconds to wait now; those who kick are heard from here on."""
        self._failure = error
        self.failures += 1
        self._kicked.clear()
        return self._backoff.after(error, longest_s)

    def ended(self) -> float:
        """As `failed`, for something that worked until now and ended, perhaps for everybody at once."""
        self._backoff.reset()
        self._kicked.clear()
        return self._backoff.soon()

    async def rest(self, seconds: float) -> None:
        """Until it is wanted, at most so long."""
        await wait_for(self._wanted, self._clock, seconds)

    async def recover(self, seconds: float) -> None:
        """Until it is kicked, at most so long."""
        await wait_for(self._kicked, self._clock, seconds)
