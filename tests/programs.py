"""Our own programs as tests start them: the hosted API and the app as processes, with a network that can be cut."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

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


def forenoon_zone() -> str:
    """A time zone in which it is late morning now, so that the business has a day behind it and one before it."""
    utc = datetime.now(UTC).hour
    return min(ZONES, key=lambda zone: abs((utc + ZONES[zone] - 10 + 12) % 24 - 12))


def hosted_program(folder: Path, *options: str) -> Program:
    port = free_port()
    command = [sys.executable, "-m", "backend_stub", "--port", str(port), "--data", str(folder)]
    command += ["--time-zone", forenoon_zone(), *options]
    return Program("hosted", command, port=port, probe="/v1/health", environment={})


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
class Stage:
    """The hosted API, the network to it, and the app with its data folder."""

    hosted: Program
    network: Proxy
    app: Program
    device: Path

    def chatty(self, *words: str) -> dict[str, Any]:
        return chatty(*words, api_url=self.network.url, folder=self.device)

    def demo_password(self) -> tuple[str, str]:
        """The demo owner's e-mail address and password, as the hosted API announced them."""
        announced = re.search(r"demo account: (\S+) password: (\S+)", self.hosted.said())
        assert announced, self.hosted.said()
        return announced[1], announced[2]


@contextlib.contextmanager
def stage(folder: Path, *hosted_options: str, signed_in: bool = False) -> Generator[Stage]:
    """`signed_in`: the demo owner was here before, and the device is filled."""
    device = folder / "device"
    hosted = hosted_program(folder / "hosted", *hosted_options)
    hosted.start()
    network = Proxy(hosted.port)
    app = app_program(network.url, device)
    try:
        if signed_in:
            chatty("login", "--demo", api_url=network.url, folder=device)
            chatty("sync", api_url=network.url, folder=device)
        app.start()
        yield Stage(hosted=hosted, network=network, app=app, device=device)
    finally:
        app.stop()
        network.close()
        hosted.stop()
