"""Our own programs as tests start them: the hosted API and the app as processes, with a network that can be cut."""

import asyncio
import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import httpx

from backend_stub.__main__ import read_arguments, settings_of
from backend_stub.business.calendar import closed_days
from backend_stub.business.kinds import kind_of
from backend_stub.clock import SystemClock
from backend_stub.demo import seed_demo
from backend_stub.settings import Settings
from backend_stub.store import Store
from client.config import Config
from runtime import DeviceRuntime
from tests.e2e.proxy import Proxy

ROOT = Path(__file__).parents[1]
ARTEFACTS = ROOT / "artefacts"
REAL_CALLS = ROOT.parent / "shared" / "data" / "calls_sgd.jsonl"
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 15.0
KEPT_IN_A_VAULT = {"CHATTY_KEYCHAIN": "off", "CHATTY_VAULT_PASSPHRASE": "of no consequence"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


ZONES = {
    "Pacific/Honolulu": -10,
    "America/Los_Angeles": -8,
    "America/Denver": -7,
    "America/Chicago": -6,
    "America/New_York": -5,
    "America/Sao_Paulo": -3,
    "Atlantic/Azores": -1,
    "Europe/London": 0,
    "Europe/Berlin": 1,
    "Europe/Istanbul": 3,
    "Asia/Dubai": 4,
    "Asia/Dhaka": 6,
    "Asia/Singapore": 8,
    "Asia/Tokyo": 9,
    "Australia/Brisbane": 10,
    "Pacific/Auckland": 12,
}
"""Hours from UTC, near enough: in winter where there is a summer."""
MORNING_H = 3
"""Hours from ten o'clock that still count as late morning; no two neighbours of ZONES are farther apart."""


class Program:
    """A process of ours that serves HTTP on a port of its own; it can be stopped, killed and started again."""

    def __init__(self, name: str, command: list[str], *, port: int, probe: str, environment: dict[str, str]) -> None:
        self.name = name
        self.port = port
        self._command = command
        self._probe = f"http://127.0.0.1:{port}{probe}"
        self._environment = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None
        ARTEFACTS.mkdir(exist_ok=True)
        self.log = ARTEFACTS / f"{name}-{port}.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._until_it_answers()

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        return self._end(signal.SIGINT)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def _until_it_answers(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_TIMEOUT_S
        with httpx.Client(trust_env=False, timeout=2) as http:
            while time.monotonic() < deadline:
                assert self._process.poll() is None, f"{self.name} ended at start:\n{self.said()[-2000:]}"
                with contextlib.suppress(httpx.TransportError):
                    if http.get(self._probe).is_success:
                        return
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.1)
        raise AssertionError(f"{self.name} did not answer:\n{self.said()[-2000:]}")


@cache
def forenoon_zone() -> str:
    """A time zone in which it is late morning now, so that the business has a day behind it and one before it.

    One where the demo business is open today, if there is one.  The same for all that this process starts: the hosted
    API, its data and the app have to be in one place also when an hour ends between them.
    """
    now = datetime.now(UTC)
    off = {zone: abs((now.hour + hours - 10 + 12) % 24 - 12) for zone, hours in ZONES.items()}
    near = [zone for zone in ZONES if off[zone] <= MORNING_H]
    return min(near, key=lambda zone: (not _is_open((now + timedelta(hours=ZONES[zone])).date()), off[zone]))


def _is_open(day: date) -> bool:
    kind = kind_of("salon")
    return bool(kind.opening[day.weekday()]) and day not in closed_days(kind.holidays, day, day)


def hosted_program(folder: Path, *options: str) -> Program:
    port = free_port()
    command = [sys.executable, "-m", "backend_stub", "--port", str(port), "--data", str(folder)]
    command += ["--time-zone", forenoon_zone(), *options]
    return Program("hosted", command, port=port, probe="/v1/health", environment={})


def seed(folder: Path, *options: str) -> None:
    """Put into `folder` what a hosted API with these options has made of an empty one by the time it answers.

    It takes the processor seconds, so the same business of the same day is made once and copied; what is started
    there goes on as after a restart.
    """
    asked = settings_of(read_arguments(options))
    business = Settings(business=asked.business, time_zone=asked.time_zone, seed=asked.seed, bookings=asked.bookings)
    shutil.copytree(_seeded(business), folder)


_SEEDED: dict[tuple[Settings, date], Path] = {}


def _seeded(business: Settings) -> Path:
    """A data folder of this business and day that nobody has open."""
    today = datetime.now(ZoneInfo(business.time_zone)).date()
    if (business, today) not in _SEEDED:
        folder = Path(tempfile.mkdtemp(prefix="chatty-seeded-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with contextlib.closing(Store(folder)) as store:
            seed_demo(store, SystemClock(), business)
        _SEEDED[business, today] = folder
    return _SEEDED[business, today]


def app_program(api_url: str, folder: Path) -> Program:
    """The app as an owner starts it, in the web view of a device that is where the business is.

    With a vault, so that a restart stays signed in.
    """
    port = free_port()
    environment = {**KEPT_IN_A_VAULT, "TZ": forenoon_zone()}
    words = ["run", "--web", "--port", str(port), "--api", api_url, "--data", str(folder)]
    return Program("app", [sys.executable, "cli.py", *words], port=port, probe="/", environment=environment)


def chatty(*words: str, api_url: str, folder: Path) -> dict[str, Any]:
    """A `chatty` command as a process of its own; its JSON answer."""
    done = subprocess.run(
        [sys.executable, "cli.py", *words, "--json", "--api", api_url, "--data", str(folder)],
        cwd=ROOT,
        env={**os.environ, **KEPT_IN_A_VAULT},
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device of the business, spoken to by the command line."""

    api_url: str
    folder: Path

    def chatty(self, *words: str) -> dict[str, Any]:
        return chatty(*words, api_url=self.api_url, folder=self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The hosted API and its data folder, the network to it, and the app with its own."""

    hosted: Program
    store: Path
    network: Proxy
    app: Program
    device: Path

    def chatty(self, *words: str) -> dict[str, Any]:
        return chatty(*words, api_url=self.network.url, folder=self.device)

    def until_sent(self, within_s: float) -> None:
        """Wait until nothing of the app's changes is left to send or to settle."""
        until = time.monotonic() + within_s
        while waiting := self.waiting():
            assert time.monotonic() < until, waiting
            time.sleep(0.2)

    def until_told(self, within_s: float = 60) -> list[dict[str, Any]]:
        """`told`, as soon as somebody was."""
        until = time.monotonic() + within_s
        while not (rows := self.told()):
            assert time.monotonic() < until, "nobody was told anything"
            time.sleep(0.2)
        return rows

    def told(self) -> list[dict[str, Any]]:
        """The messages to clients but for those that an employee sent by itself."""
        return [row for row in self.rows("messages") if row["sent_by"] != "Flora"]

    def waiting(self) -> list[tuple[object, ...]]:
        """What the outbox holds, read where it lies: a command would take seconds of the processor each time."""
        (file,) = self.device.glob("accounts/*/chatty.db")
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
            return conn.execute("SELECT op, state, mid FROM outbox").fetchall()

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """What the hosted API has of a kind, as it lies in its database."""
        return rows_in(self.store, kind)

    def demo_password(self) -> tuple[str, str]:
        """The demo owner's e-mail address and password, as the hosted API announced them."""
        announced = re.search(r"owner: (\S+) password: (\S+)", self.hosted.said())
        assert announced, self.hosted.said()
        return announced[1], announced[2]


async def _filled(api_url: str, folder: Path) -> None:
    device = DeviceRuntime(
        Config(api_url=api_url, data_dir=folder, vault_passphrase=KEPT_IN_A_VAULT["CHATTY_VAULT_PASSPHRASE"])
    )
    try:
        await device.open()
        await device.sign_in_demo()
        assert device.database
        await device.new_engine(device.database).sync_once()
    finally:
        await device.close()


def fill(api_url: str, folder: Path) -> None:
    """The demo owner signs in on a device, and it is filled.

    On a thread of its own, because a browser's driver counts as the loop of the one that asks.
    """
    with patch.dict(os.environ, KEPT_IN_A_VAULT), ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _filled(api_url, folder)).result()


def rows_in(store: Path, kind: str) -> list[dict[str, Any]]:
    """What a hosted API with this data folder has of a kind."""
    with contextlib.closing(sqlite3.connect(f"file:{store}/hosted.db?mode=ro", uri=True)) as conn:
        found = conn.execute("SELECT doc FROM entity WHERE kind = ? AND doc IS NOT NULL ORDER BY version", (kind,))
        return [json.loads(doc) for (doc,) in found]


@contextlib.contextmanager
def stage(folder: Path, *hosted_options: str, signed_in: bool = False, forecasts: bool = False) -> Generator[Stage]:
    """`signed_in`: the demo owner was here before, and the device is filled.

    `forecasts`: the hosted API makes them, which takes the processor longer than everything else at a start.
    """
    device, store = folder / "device", folder / "hosted"
    options = (*hosted_options, *(() if forecasts else ("--no-forecasts",)))
    if not store.exists():
        seed(store, "--time-zone", forenoon_zone(), *options)
    hosted = hosted_program(store, *options)
    hosted.start()
    network = Proxy(hosted.port)
    app = app_program(network.url, device)
    try:
        if signed_in:
            fill(network.url, device)
        app.start()
        yield Stage(hosted=hosted, store=store, network=network, app=app, device=device)
    finally:
        app.stop()
        network.close()
        hosted.stop()
