"""How long to wait before trying again, and waiting in a way that can be cut short."""

import asyncio

from client.api.errors import ApiError, Gone, RateLimited, Refused, ServerFault, Unreachable
from client.clock import Clock

LONGEST_S = 300.0
# Being told no, or to update, does not change within minutes.
REFUSED_S = 900.0


class Backoff:
    """Full jitter: after the n-th failure in a row somewhere between 0 and 2^n seconds, at most five minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def after(self, error: Exception, longest_s: float = LONGEST_S) -> float:
        """Seconds to wait after this failure; what the server asked for wins.

        `longest_s` bounds the wait where nobody was reached, so nobody is burdened by trying more often.
        """
        ceiling = min(longest_s if isinstance(error, Unreachable) else LONGEST_S, 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        if isinstance(error, Refused) and not isinstance(error, Gone):
            return REFUSED_S
        wait_s = self._uniform() * ceiling
        if isinstance(error, RateLimited | ServerFault) and error.retry_after_s is not None:
            # Spread, so that a thousand owners told the same second do not come back in it.
            return error.retry_after_s + min(wait_s, 1.0)
        if isinstance(error, ApiError):
            return wait_s
        # The disk or the file: nothing a hurry would mend.
        return 5.0 + wait_s

    def soon(self) -> float:
        """Up to two seconds: a connection that worked has ended, perhaps for everybody at once."""
        return self._uniform() * 2.0

    def _uniform(self) -> float:
        return self._clock.random_bits(53) / 2**53


async def wait_for(event: asyncio.Event, clock: Clock, timeout_s: float) -> bool:
    """Wait until the event is set, at most `timeout_s` on the monotonic clock; whether it was set."""
    if event.is_set():
        return True
    timer = asyncio.ensure_future(clock.sleep(timeout_s))
    waiter = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((timer, waiter), return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
        waiter.cancel()
    return event.is_set()
