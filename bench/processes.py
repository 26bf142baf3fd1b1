"""The real programs, started for a benchmark: the hosted API as a process, the `chatty` command."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PASSPHRASE = "a passphrase for benchmarks"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def chatty(*words: str, **more: str) -> str:
    """Run a `chatty` command with the vault open; its standard output.  Raises CalledProcessError when it fails.

    `more`: what else is in its environment.
    """
    environment = {**os.environ, "CHATTY_VAULT_PASSPHRASE": PASSPHRASE, **more}
    done = subprocess.run(
        [sys.executable, "cli.py", *words], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def hosted_api(*options: str, speed: float = 1.0, bookings: int | None = None) -> Generator[str]:
    """A hosted API in memory on a free port; gives its address, stops it at the end."""
    port = free_port()
    command = [sys.executable, "-m", "backend_stub", "--port", str(port), "--data", ":memory:", "--speed", str(speed)]
    command += ["--bookings", str(bookings)] if bookings else []
    process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the hosted API ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/v1/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError("the hosted API did not become healthy")
