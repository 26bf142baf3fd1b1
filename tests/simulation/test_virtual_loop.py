"""The loop the histories run on: time passes only where somebody waits, and a standstill is noticed."""

import asyncio
import itertools
import time

import pytest

from tests.simulation.virtual_loop import Stuck, run


def test_an_hour_takes_no_time_and_everybody_wakes_in_order() -> None:
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((name, asyncio.get_running_loop().time()))

    async def main() -> None:
        await asyncio.gather(sleeper("last", 3600), sleeper("first", 0.1), sleeper("second", 0.1 + 0.2))

    begun = time.monotonic()
    run(main())
    assert [name for name, _ in woken] == ["first", "second", "last"]
    assert [at for _, at in woken] == [0.1, 0.1 + 0.2, 3600]
    assert time.monotonic() - begun < 5


def test_timeouts_run_on_the_same_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.sleep(31)
        return asyncio.get_running_loop().time()

    assert run(main()) == 30


def test_work_for_another_thread_is_done_at_once() -> None:
    async def main() -> str:
        assert await asyncio.to_thread(sum, (1, 2)) == 3
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        return "done"

    assert run(main()) == "done"


def test_waiting_for_nobody_is_noticed() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        run(main())


def test_running_in_a_circle_is_noticed() -> None:
    async def main() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    with pytest.raises(Stuck):
        run(main())
