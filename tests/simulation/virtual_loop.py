"""An event loop without a clock: when nobody can run, time jumps to whoever wakes next.

Everything that asks this loop for the time (sleeps, timeouts, timers) is therefore as deterministic as the program that
runs on it, and an hour costs what happens in it.  There are no sockets here and no threads: work for the default
executor is done at once (inline.py).
"""

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from tests.simulation.inline import InlineThreads

T = TypeVar("T")

_STEPS_WITHOUT_TIME = 200_000
"""A program that never sleeps for so many rounds of the loop is stuck in a circle."""


class Stuck(Exception):
    """Nobody will ever run again, or somebody never stops."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Tasks and futures hash by when they were made: sets of them, which asyncio is full of, have one order."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()
        self.set_task_factory(_Task)
        self._elapsed = 0.0
        self._rounds = 0
        self._selector = _NoSockets(self)
        self.set_default_executor(InlineThreads(1, "default"))

    def create_future(self) -> "asyncio.Future[Any]":
        return _Future(loop=self)

    def time(self) -> float:
        return self._elapsed

    def next_wake(self, timeout: float | None) -> None:
        """Called once a round, with how long the loop would wait for sockets."""
        if timeout is None:
            raise Stuck("everybody waits for somebody")
        if timeout <= 0:
            self._rounds += 1
            if self._rounds > _STEPS_WITHOUT_TIME:
                self._rounds = 0
                raise Stuck("time stands still")
            return
        self._rounds = 0
        # Not `+= timeout`: the sum may fall a hair short of the timer, and then nothing would ever move.
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        self._elapsed = max(self._elapsed, timers[0].when())

    def _process_events(self, event_list: list[Any]) -> None:
        """There never are any."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector that would have to be woken."""


class _Numbered:
    number: int

    def __hash__(self) -> int:
        return self.number


class _Future(_Numbered, asyncio.Future[Any]):
    def __init__(self, *, loop: VirtualLoop) -> None:
        self.number = next(loop.numbers)
        super().__init__(loop=loop)


class _Task(_Numbered, asyncio.Task[Any]):
    def __init__(self, loop: Any, coro: Coroutine[Any, Any, Any], **options: Any) -> None:
        self.number = next(loop.numbers)
        super().__init__(coro, loop=loop, **options)


class _NoSockets:
    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        self._loop.next_wake(timeout)
        return []


@contextlib.contextmanager
def fresh_loop() -> Iterator[VirtualLoop]:
    """A loop to run things on, one after another; what still runs at the end is cancelled."""
    loop = VirtualLoop()
    try:
        yield loop
    finally:
        _cancel_all(loop)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end on a fresh loop; whatever else still runs then is cancelled."""
    with fresh_loop() as loop:
        return loop.run_until_complete(main)


def _cancel_all(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
