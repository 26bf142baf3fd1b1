"""The `chatty` command in this process, and a hosted API beside it that a test can cut off."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    program = hosted_program(tmp_path_factory.mktemp("hosted"), "--no-calls", "--no-limits", "--faults", "")
    program.start()
    yield program
    program.stop()


@pytest.fixture
def network(hosted: Program) -> Iterator[Proxy]:
    proxy = Proxy(hosted.port)
    yield proxy
    proxy.close()


@pytest.fixture
def chatty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, network: Proxy
) -> Chatty:
    """Runs a command; `typed` is what stands on standard input.  With a vault, so that commands share a session."""
    for name, value in KEPT_IN_A_VAULT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CHATTY_API", network.url)
    monkeypatch.setenv("CHATTY_DATA", str(tmp_path / "device"))

    def run(*words: str, typed: str = "") -> Said:
        monkeypatch.setattr("sys.argv", ["chatty", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def filled(chatty: Chatty) -> Chatty:
    assert chatty("login", "--demo").code == 0
    assert chatty("sync").code == 0
    return chatty
