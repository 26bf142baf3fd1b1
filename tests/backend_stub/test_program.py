"""`python -m backend_stub` as a program of its own: what it prints, how it ends, what it keeps."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from backend_stub.__main__ import main, read_arguments, settings_of
from backend_stub.schema import SCHEMA_VERSION, NewerDatabase
from backend_stub.store import Store
from tests.backend_stub.conftest import DEVICE

READY = re.compile(r"ready: (?P<url>http://\S+) demo account: (?P<email>\S+) password: (?P<password>\S+)")
QUICK = ("--port", "0", "--bookings", "60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    process: asyncio.subprocess.Process
    url: str
    email: str
    password: str
    said: list[str]

    async def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 15)


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend_stub", *QUICK, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield await asyncio.wait_for(_ready(process), 60)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ready(process: asyncio.subprocess.Process) -> Program:
    assert process.stdout is not None
    said: list[str] = []
    while not (found := READY.search(said[-1] if said else "")):
        line = (await process.stdout.readline()).decode()
        assert line, said
        said.append(line)
    return Program(process=process, said=said, **found.groupdict())


async def sign_in(http: httpx.AsyncClient, program: Program) -> dict[str, Any]:
    body = {"email": program.email, "password": program.password, "device": DEVICE}
    answer = await http.post("/v1/auth/sign-in", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.slow
async def test_it_serves_calls_drops_on_request_and_stops_cleanly(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    async with running("--data", folder, "--speed", "20", "--faults", "") as program:
        assert [line.split(":")[0] for line in program.said] == [
            "owner",
            "manager",
            "front_desk",
            "first generation token",
            "ready",
        ]
        async with httpx.AsyncClient(base_url=program.url) as http:
            tokens = await sign_in(http, program)
            await sees_calls(program.url, tokens["access_token"])
            await http.put("/v1/_faults", content="drop_before@/v1/health*1")
            with pytest.raises(httpx.RemoteProtocolError):
                await http.get("/v1/health")
            assert (await http.get("/v1/health")).status_code == 200
            epoch = (await http.get("/v1/health")).json()["epoch"]
        assert await program.stop(signal.SIGTERM) == 0
    async with running("--data", folder, "--no-calls") as again:
        assert again.password == program.password
        async with httpx.AsyncClient(base_url=again.url) as http:
            assert (await http.get("/v1/health")).json()["epoch"] == epoch
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            assert (await http.get("/v1/me", headers=headers)).status_code == 200
        assert await again.stop(signal.SIGINT) == 0


async def sees_calls(url: str, token: str) -> None:
    """Until words of a call arrive; a handshake without a token is refused."""
    live = url.replace("http", "ws") + "/v1/live"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(live):
            pass
    assert refused.value.response.status_code == 401
    async with asyncio.timeout(30), connect(live, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        async for text in socket:
            if '"turns":[' in str(text) and '"t":"delta"' in str(text):
                return


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0"],
        ["--concurrent", "0"],
        ["--faults", "nonsense"],
        ["--calls", "no-such-file.jsonl"],
        ["--calls", __file__],
        ["--time-zone", "Mars/Olympus"],
    ],
)
def test_bad_usage_is_said_and_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK, *arguments]) == 2
    assert capsys.readouterr().err.strip()


def test_a_folder_of_a_newer_server_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path)
    store.write_now(lambda tx: tx.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}"))
    store.close()
    with pytest.raises(NewerDatabase):
        Store(tmp_path)
    assert main([*QUICK, "--data", str(tmp_path)]) == 1
    assert f"schema {SCHEMA_VERSION + 1}" in capsys.readouterr().err


def test_a_port_in_use_and_a_folder_that_is_none_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([*QUICK, "--port", str(port)]) == 1
        assert f"Port {port} on 127.0.0.1 is in use" in capsys.readouterr().err
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert main([*QUICK, "--data", str(file)]) == 1
    assert f"The data folder {file} cannot be used" in capsys.readouterr().err
    (tmp_path / "hosted.db").write_bytes(b"no database" * 1000)
    assert main([*QUICK, "--data", str(tmp_path)]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_folder_in_memory_leaves_nothing_behind() -> None:
    store = Store(None)
    folder = store.folder
    assert folder.exists()
    store.close()
    assert not folder.exists()


def test_the_settings_are_what_was_asked_for() -> None:
    settings = settings_of(
        read_arguments(["--seed", "7", "--business", "garage", "--no-limits", "--faults", "drop_live"])
    )
    assert (settings.seed, settings.business, settings.limits, settings.faults) == (7, "garage", False, "drop_live")
