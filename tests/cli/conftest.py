"""The `chatty` command in this process, and a hosted API beside it that a test can cut off."""

import contextlib
import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import cli
from tests.e2e.proxy import Proxy
from tests.programs import KEPT_IN_A_VAULT, Program, hosted_program


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output is exactly one JSON object."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


Chatty = Callable[..., Said]


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = hosted_program(
        tmp_path_factory.mktemp("hosted"), "--no-calls", "--no-forecasts", "--no-limits", "--faults", ""
    )
    program.start()
    yield program
    program.stop()


@pytest.fixture(scope="session")
def _line(hosted: Program) -> Iterator[Proxy]:
    proxy = Proxy(hosted.port)
    yield proxy
    proxy.close()


@pytest.fixture
def network(_line: Proxy) -> Iterator[Proxy]:
    """What is cut by a test is mended after it."""
    yield _line
    _line.mend()


@pytest.fixture
def chatty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, network: Proxy
) -> Chatty:
    """Runs a command; `typed` is what stands on standard input.  With a vault, so that commands share a session."""
    _live_in(monkeypatch, network.url, tmp_path / "device")

    def run(*words: str, typed: str = "") -> Said:
        monkeypatch.setattr("sys.argv", ["chatty", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


def _live_in(monkeypatch: pytest.MonkeyPatch, api: str, device: Path) -> None:
    for name, value in KEPT_IN_A_VAULT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CHATTY_API", api)
    monkeypatch.setenv("CHATTY_DATA", str(device))


@pytest.fixture
def entered(chatty: Chatty) -> Chatty:
    """A device of its own, signed in and filled: for tests that end the session, or count what comes."""
    assert chatty("login", "--demo").code == 0
    assert chatty("sync").code == 0
    return chatty


class _Prepared:
    """A device signed in and filled once, and put back as it was for each test; a session is in it that goes on."""

    STALE_S = 400.0

    def __init__(self, folder: Path) -> None:
        self.device = folder / "device"
        self._copy = folder / "copy"
        self._made_at: float | None = None

    def has_gone(self) -> None:
        """Its session was ended on the server."""
        self._made_at = None

    def put_back(self, api: str) -> None:
        if self._made_at is None or time.monotonic() - self._made_at > self.STALE_S:
            self._make(api)
        shutil.rmtree(self.device, ignore_errors=True)
        shutil.copytree(self._copy, self.device)

    def _make(self, api: str) -> None:
        for folder in (self.device, self._copy):
            shutil.rmtree(folder, ignore_errors=True)
        self.device.mkdir()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
            _live_in(patch, api, self.device)
            for words in (("login", "--demo"), ("sync",)):
                patch.setattr("sys.argv", ["chatty", *words])
                with pytest.raises(SystemExit) as ended:
                    cli.main()
                assert ended.value.code == 0
        shutil.copytree(self.device, self._copy)
        self._made_at = time.monotonic()


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> _Prepared:
    return _Prepared(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def revoke_devices(network: Proxy, _prepared: _Prepared) -> Callable[[], None]:
    """Signs every device of the account out, from another one."""

    def revoke() -> None:
        _prepared.has_gone()
        body = {"device": {"name": "another", "platform": "web"}}
        with httpx.Client(base_url=network.url, trust_env=False) as http:
            tokens = http.post("/v1/auth/demo", json=body).json()
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            http.delete("/v1/auth/sessions", headers=bearer).raise_for_status()

    return revoke


@pytest.fixture
def filled(chatty: Chatty, network: Proxy, _prepared: _Prepared, tmp_path: Path) -> Chatty:
    """`chatty` on a device that is signed in and filled."""
    _prepared.put_back(network.url)
    # A session is kept under the folder's real name, so it must be the same folder each time.
    (tmp_path / "device").symlink_to(_prepared.device, target_is_directory=True)
    return chatty
