"""From the commit on the hosted API to the patch sent to the screen, at 20 events a second for a minute.

The hosted API is a process of its own; here is the whole app with the call open, its window a Flet session whose
connection keeps what is sent.  The clock of both is the machine's.
"""

import asyncio
import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import screens.sheets  # noqa: F401 - as in an app that has been open for a moment
from bench.processes import ROOT, free_port
from bench.result import Measure, Result, percentile
from bench.talking_api import CALL_ID
from client.config import Config
from client.models.link import LinkState
from runtime import DeviceRuntime
from screens.app import mount
from screens.stores import Stores
from tests.harness import Harness

RATE = 20.0
SECONDS = 60.0
_SPOKEN = re.compile(rb"turn (\d+) (\d{19})")


class Heard:
    """When each turn's words first went to the screen."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.latencies_ms: list[float] = []
        self._known: set[int] = set()

    async def all_of(self, count: int, within_s: float) -> None:
        """Wait until so many turns were heard, or the time is over."""
        deadline = time.monotonic() + within_s
        while len(self.order) < count and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    def listen(self, packed: bytes) -> None:
        now = time.time_ns()
        for number, asked_ns in _SPOKEN.findall(packed):
            if int(number) not in self._known:
                self._known.add(int(number))
                self.order.append(int(number))
                self.latencies_ms.append((now - int(asked_ns)) / 1e6)


def run() -> Result:
    heard = asyncio.run(_watch())
    expected = list(range(round(RATE * SECONDS)))
    lost = len(expected) - len(heard.order)
    misplaced = sum(1 for before, after in zip(heard.order, heard.order[1:], strict=False) if after < before)
    detail = f"{len(heard.order)} turns at {RATE:.0f} a second"
    values = heard.latencies_ms
    return Result(
        bench="live",
        what="Commit on the hosted API to patch sent to the screen",
        measures=(
            Measure(name="p50", value=percentile(values, 0.5), unit="ms", must=50, detail=detail),
            Measure(name="p99", value=percentile(values, 0.99), unit="ms", must=150),
            Measure(name="lost", value=lost, unit="turns", must=0),
            Measure(name="out of order", value=misplaced, unit="turns", must=0),
        ),
    )


async def _watch() -> Heard:
    heard = Heard()
    with tempfile.TemporaryDirectory() as folder:
        async with _talking_api() as (url, process), _app(url, Path(folder), heard) as runtime:
            await _until_current(runtime)
            assert process.stdin and process.stdout
            process.stdin.write("go\n")
            process.stdin.flush()
            await asyncio.to_thread(process.stdout.readline)
            await heard.all_of(round(RATE * SECONDS), within_s=5)
    return heard


@contextlib.asynccontextmanager
async def _talking_api() -> AsyncGenerator[tuple[str, "subprocess.Popen[str]"]]:
    port = free_port()
    command = [sys.executable, "-m", "bench.talking_api", str(port), str(RATE), str(SECONDS)]
    process = subprocess.Popen(  # noqa: ASYNC220
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        await asyncio.to_thread(process.stdout.readline)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait()


@contextlib.asynccontextmanager
async def _app(url: str, folder: Path, heard: Heard) -> AsyncGenerator[DeviceRuntime]:
    runtime = DeviceRuntime(Config(api_url=url, data_dir=folder, vault_passphrase="for a benchmark"))
    await runtime.open()
    try:
        while True:
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1])))[1].close()
                break
            await asyncio.sleep(0.05)
        await runtime.sign_in_demo()
        async with Harness(width=1440, height=900, route=f"/calls/{CALL_ID}", on_sent=heard.listen) as window:
            stores = Stores.build(runtime)
            await window.run(lambda page: mount(page, stores))
            runtime.start()
            yield runtime
            stores.close()
    finally:
        await runtime.close()


async def _until_current(runtime: DeviceRuntime) -> None:
    deadline = time.monotonic() + 60
    while runtime.link.state is not LinkState.ONLINE or runtime.link.filling is not None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the first sync did not end: {runtime.link}")
        await asyncio.sleep(0.1)
