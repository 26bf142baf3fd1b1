"""`make soak`: ten minutes of live calls at high speed; the app's memory has to stay flat within 30 MB.

With SEEDS it runs simulated histories instead (histories.py).

The hosted API plays calls twenty times as fast as people talk, several at once.  The whole app watches: every few
seconds the window opens the call that needs the owner most, goes to another place, and comes back.  Memory is read
once a second after the first minute, in which caches fill; flat is the highest median of a minute less the lowest.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

import screens.sheets  # noqa: F401 - as in an app that has been open for a moment
from bench import histories
from bench.processes import hosted_api
from bench.result import Measure, Result, save
from client.config import Config
from runtime import DeviceRuntime
from screens.app import mount
from screens.stores import Stores
from tests.harness import Harness

SPEED = 20.0
WARM_UP_S = 60
PLACES = ("/today", "/bookings", "/calls", "/more")


def run(minutes: float) -> Result:
    with hosted_api("--concurrent", "6", "--no-limits", speed=SPEED) as api:
        return asyncio.run(_watch(api, minutes))


async def _watch(api: str, minutes: float) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        runtime = DeviceRuntime(Config(api_url=api, data_dir=Path(folder), vault_passphrase="for a soak"))
        await runtime.open()
        await runtime.sign_in_demo()
        async with Harness(width=1440, height=900, route="/today") as window:
            stores = Stores.build(runtime)
            await window.run(lambda page: mount(page, stores))
            runtime.start()
            samples, calls = await _soak(window, stores, minutes)
            stores.close()
        await runtime.close()
    medians = [statistics.median(samples[start : start + 60]) for start in range(0, len(samples), 60)]
    detail = f"{minutes:.0f} minutes, {calls} calls opened, first {medians[0]:.0f} MB, last {medians[-1]:.0f} MB"
    growth = max(medians) - min(medians)
    measure = Measure(name="memory, highest minute less lowest", value=growth, unit="MB", must=30, detail=detail)
    return Result(bench="soak", what="Live calls at high speed", measures=(measure,))


async def _soak(window: Harness, stores: Stores, minutes: float) -> tuple[list[float], int]:
    """Resident megabytes once a second, and how many calls were looked at."""
    samples: list[float] = []
    process, calls, second = psutil.Process(), 0, 0
    over = time.monotonic() + WARM_UP_S + minutes * 60
    while time.monotonic() < over:
        await asyncio.sleep(1)
        second += 1
        if second > WARM_UP_S:
            samples.append(process.memory_info().rss / 2**20)
        live = stores.live.state.calls
        if second % 5 == 0 and live:
            calls += 1
            await window.arrive(f"/calls/{live[0].call.call_id}")
        elif second % 5 == 3:
            await window.arrive(PLACES[second // 5 % len(PLACES)])
        window.forget()
    return samples, calls


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seeds", type=int, help="simulated histories instead, so many")
    parser.add_argument("--first", type=int, default=0, help="the first of the seeds")
    asked = parser.parse_args()
    if asked.seeds is not None:
        return histories.run(asked.first, asked.seeds)
    result = run(asked.minutes)
    save([result])
    measure = result.measures[0]
    sys.stderr.write(f"{measure.name}: {measure.value:.1f} {measure.unit} ({measure.detail})\n")
    return 0 if measure.holds else 1


if __name__ == "__main__":
    sys.exit(main())
