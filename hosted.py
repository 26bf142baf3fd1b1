"""The local hosted API that `chatty run` starts: a child process that ends with its parent, however that ends.

Two copies of the app on one data folder share one hosted API: the second finds the first one's address.
Run as a program, this file is that child.
"""

import asyncio
import contextlib
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from desk.terminal import Exit, Refusal

ROOT = Path(__file__).parent
USUAL_PORT = 8550
HEALTH_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 8.0


class LaunchError(Refusal):
    """Something could not be started."""

    def __init__(self, sentence: str, *, exit_code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence, code="launch", exit_code=exit_code)


# --- ports ----------------------------------------------------------------------------------------------------------
def bind(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1, so that a port found free cannot be lost again.  Raises OSError."""
    listener = socket.socket()
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def bind_or_any(preferred: int) -> socket.socket:
    try:
        return bind(preferred)
    except OSError:
        return bind(0)


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedOptions:
    """How the local hosted API is started.  `folder` keeps its database, its log and its address."""

    folder: Path
    calls: Path | None = None
    speed: float | None = None

    def arguments(self, port: int) -> list[str]:
        words = ["--port", str(port), "--data", str(self.folder)]
        words += ["--calls", str(self.calls)] if self.calls else []
        words += ["--speed", str(self.speed)] if self.speed is not None else []
        return words


@dataclass(slots=True, kw_only=True)
class HostedApi:
    """The hosted API that this run uses.  `process` is None when another copy of the app has started it."""

    url: str
    process: subprocess.Popen[bytes] | None
    log: Path
    stopping: bool = False

    def stop(self) -> None:
        """Ask by closing the pipe, wait, then insist."""
        self.stopping = True
        if self.process is None or self.process.stdin is None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        lines = self._said()
        return lines[-1][:300] if lines else ""

    def demo_account(self) -> str | None:
        """E-mail address and password as the hosted API announces them before it answers, None where it did not."""
        announced = (re.match(r"owner: (\S+) password: (\S+)", line) for line in self._said())
        return next((f"{found[1]}, password {found[2]}" for found in announced if found), None)

    def _said(self) -> list[str]:
        try:
            return self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            return []


@contextlib.contextmanager
def hosted_api(options: HostedOptions) -> Generator[HostedApi]:
    """Start the hosted API, or use the one another copy of the app runs on the same folder.  Raises LaunchError."""
    try:
        options.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(options.folder / "running.lock", timeout=0, mode=0o600)
        lock.acquire()
    except Timeout:
        yield HostedApi(url=_address_of_the_other(options.folder), process=None, log=options.folder / "log.txt")
        return
    except OSError as error:
        raise LaunchError(f"The data folder {options.folder} cannot be used ({error.strerror}).") from error
    with lock:
        api = _start(options)
        try:
            yield api
        finally:
            api.stop()


def _address_of_the_other(folder: Path) -> str:
    try:
        return (folder / "address").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise LaunchError("Another copy of the app is starting on this data folder. Try again in a moment.") from error


def _start(options: HostedOptions) -> HostedApi:
    port = _usual_port(options.folder)
    (options.folder / "address").write_text(f"http://127.0.0.1:{port}", encoding="utf-8")
    log = options.folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), *options.arguments(port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    return HostedApi(url=f"http://127.0.0.1:{port}", process=process, log=log)


def _usual_port(folder: Path) -> int:
    """The port of last time, so that who signed in stays signed in; else the known one; else any."""
    preferred = USUAL_PORT
    with contextlib.suppress(OSError, ValueError, TypeError):
        preferred = urlsplit((folder / "address").read_text(encoding="utf-8")).port or preferred
    with contextlib.closing(bind_or_any(preferred)) as listener:
        return port_of(listener)


async def until_healthy(api: HostedApi) -> dict[str, Any]:
    """The health document, once the hosted API answers.  Raises LaunchError when it ends or stays silent."""
    import httpx

    loop = asyncio.get_running_loop()
    deadline = loop.time() + HEALTH_TIMEOUT_S
    async with httpx.AsyncClient(trust_env=False, timeout=2.0) as http:
        while loop.time() < deadline:
            if api.process is not None and (code := api.process.poll()) is not None:
                raise LaunchError(
                    f"The local hosted API could not start. {api.last_words() or f'It ended with exit code {code}.'}",
                    exit_code=Exit.USAGE if code == Exit.USAGE else Exit.FAILED,
                )
            with contextlib.suppress(httpx.TransportError, ValueError):
                answer = await http.get(f"{api.url}/v1/health")
                if answer.is_success:
                    return answer.json()
            await asyncio.sleep(0.05)
    raise LaunchError(f"The local hosted API at {api.url} did not answer in time. Its log: {api.log}")


def _serve_as_child() -> None:
    """Be the hosted API, and end when the parent does: its end of the pipe closes, however it went."""

    def end_with_the_parent() -> None:
        # Not through sys.stdin: a thread that holds its lock would abort the interpreter's own way out.
        while os.read(0, 1024):
            pass
        if os.name == "posix":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            os._exit(0)

    threading.Thread(target=end_with_the_parent, name="parent", daemon=True).start()
    sys.path.insert(0, str(ROOT))
    runpy.run_module("backend_stub", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve_as_child()
