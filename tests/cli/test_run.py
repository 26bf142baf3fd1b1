"""`chatty run` as a process: it starts what it needs, and when it ends everything has ended."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.programs import KEPT_IN_A_VAULT, ROOT, free_port

TIMEOUT_S = 60


class Run:
    """A `chatty run` whose standard output is read line by line."""

    def __init__(self, *words: str, data: Path, api: str = "") -> None:
        command = [sys.executable, "cli.py", "run", "--web", "--data", str(data), *words]
        environment = {**os.environ, **KEPT_IN_A_VAULT, "PYTHONUNBUFFERED": "1", "CHATTY_API": api}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.greeting = ""

    def started(self) -> "Run":
        assert self.process.stdout
        for line in self.process.stdout:
            self.greeting += line
            if "Ctrl-C" in line:
                return self
        assert self.process.stderr
        raise AssertionError(f"it did not start: {self.greeting}{self.process.stderr.read()}")

    def address(self, name: str) -> str:
        found = re.search(rf"{name} +(http://\S+)", self.greeting)
        assert found, self.greeting
        return found[1]

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """The exit code and what was said on standard error."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, said

    def end_anyhow(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    begun: list[Run] = []
    yield begun
    for run in begun:
        run.end_anyhow()


def listens(url: str) -> bool:
    port = int(url.rsplit(":", 1)[1].strip("/"))
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def get(url: str, **headers: str) -> int:
    return httpx.get(url, headers=headers, trust_env=False, timeout=10).status_code


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to another process there")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_both_greets_and_stops_both_cleanly(tmp_path: Path, runs: list[Run], how: signal.Signals) -> None:
    runs.append(run := Run("--port", str(free_port()), data=tmp_path).started())
    app, api = run.address("Open"), run.address("API")
    assert get(app) == 200 and get(f"{api}/v1/health") == 200
    assert re.search(r"Demo +one tap .* or \S+@\S+, password \S+", run.greeting)
    assert len(run.greeting.strip().splitlines()) <= 8
    code, said = run.end(how)
    assert (code, said.strip()) == (0, "")
    assert not listens(app) and not listens(api)


def test_only_this_machines_own_pages_are_served(tmp_path: Path, runs: list[Run]) -> None:
    runs.append(run := Run(data=tmp_path).started())
    app = run.address("Open")
    assert get(app, Host="evil.test") == 403
    assert get(app, Origin="http://evil.test") == 403
    assert get(app, Host="127.0.0.1:1", Origin="http://127.0.0.1:1") == 200


def test_the_hosted_api_ends_with_a_run_that_is_killed(tmp_path: Path, runs: list[Run]) -> None:
    runs.append(run := Run(data=tmp_path).started())
    api = run.address("API")
    run.process.kill()
    run.process.wait()
    with pytest.raises(httpx.TransportError):
        for _ in range(TIMEOUT_S * 10):
            httpx.get(f"{api}/v1/sync/changes?wait=1", trust_env=False, timeout=1)


def test_a_second_copy_on_the_same_folder_uses_the_same_hosted_api(tmp_path: Path, runs: list[Run]) -> None:
    runs.append(first := Run(data=tmp_path).started())
    runs.append(second := Run(data=tmp_path).started())
    assert second.address("API") == first.address("API")
    assert second.address("Open") != first.address("Open")
    assert second.end()[0] == 0
    assert get(f"{first.address('API')}/v1/health") == 200


def test_a_port_in_use_is_a_sentence(tmp_path: Path, runs: list[Run]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        runs.append(run := Run("--port", str(taken.getsockname()[1]), data=tmp_path))
        _, said = run.process.communicate(timeout=TIMEOUT_S)
    assert run.process.returncode == 1
    assert "is in use" in said and "Traceback" not in said


def test_a_hosted_api_that_dies_is_noticed_and_the_app_goes_on(tmp_path: Path, runs: list[Run]) -> None:
    import psutil

    runs.append(run := Run(data=tmp_path).started())
    (child,) = psutil.Process(run.process.pid).children()
    child.kill()
    assert run.process.stderr
    assert "has stopped" in run.process.stderr.readline()
    assert get(run.address("Open")) == 200
    assert run.end()[0] == 0


def test_a_file_that_holds_no_calls_is_a_sentence(tmp_path: Path, runs: list[Run]) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text("this is a shopping list\n")
    runs.append(run := Run("--calls", str(calls), data=tmp_path / "device"))
    _, said = run.process.communicate(timeout=TIMEOUT_S)
    assert run.process.returncode == 2
    assert "could not start. calls.jsonl, line 1: " in said and "Traceback" not in said


def test_an_api_named_in_the_environment_is_used_as_it_is(tmp_path: Path, runs: list[Run]) -> None:
    named = f"http://127.0.0.1:{free_port()}"
    runs.append(run := Run(data=tmp_path, api=named).started())
    assert run.address("API") == named
    assert not (tmp_path / "hosted").exists()
