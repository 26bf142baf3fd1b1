"""Start to first painted Today with cached data, beside a Flet hello-world started the same way.

Both are `python FILE` serving the web view to a fresh context of one Chromium; the clock runs from the start of the
process until the awaited words are in the semantics tree.  The data folder was filled before; the hosted API is up.
Both have their bytecode, as what is installed has: the first pair makes it and is not counted.  The session is kept as
on an owner's desktop: in a keychain, if one can be had here.  A vault, which takes its place elsewhere, opens slowly.
"""

import contextlib
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.processes import PASSPHRASE, chatty, free_port, hosted_api
from bench.result import Measure, Result
from tests import keyring_daemon
from tests.chromium import find_chromium

ROOT = Path(__file__).parent.parent
ROUNDS = 7
IS_READ = """words => [...document.querySelectorAll('flt-semantics')].some(
    each => `${each.textContent} ${each.getAttribute('aria-label')}`.toLowerCase().includes(words))"""


def run() -> Result:
    executable = find_chromium()
    with (
        tempfile.TemporaryDirectory() as folder,
        _keychain(Path(folder) / "keyring") as keeping,
        hosted_api(speed=0.001) as api,
        sync_playwright() as driver,
    ):
        data = str(Path(folder) / "data")
        signed_in = ["--api", api, "--data", data]
        chatty("login", "--demo", *signed_in, **keeping)
        chatty("sync", *signed_in, **keeping)
        kept = {"PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
        ours = {**kept, **keeping, "CHATTY_API": api, "CHATTY_DATA": data, "CHATTY_VAULT_PASSPHRASE": PASSPHRASE}
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        pairs = [
            (
                _first_paint(browser, "bench/hello.py", kept, "hello, world"),
                _first_paint(browser, "main.py", ours, "bookings"),
            )
            for _ in range(ROUNDS + 1)
        ][1:]
        browser.close()
    hello = statistics.median(pair[0] for pair in pairs)
    today = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    place = "a keychain" if keeping else "a vault"
    detail = f"Today {today:.2f} s, hello-world {hello:.2f} s, median of {ROUNDS} pairs, signed in by {place}"
    measure = Measure(name="ratio to hello-world", value=ratio, unit="x", must=1.5, aim=1.2, detail=detail)
    return Result(bench="start", what="Start to first painted Today, cached data", measures=(measure,))


@contextlib.contextmanager
def _keychain(home: Path) -> Iterator[dict[str, str]]:
    """What makes a program use a keychain of this run's own; nothing where none is installed."""
    found = keyring_daemon.find()
    if found is None:
        yield {}
        return
    home.mkdir()
    with keyring_daemon.running(*found, home) as address:
        yield {"DBUS_SESSION_BUS_ADDRESS": address}


def _first_paint(browser: Browser, script: str, extra: dict[str, str], awaited: str) -> float:
    port = free_port()
    environment = {
        **os.environ,
        **extra,
        "FLET_FORCE_WEB_SERVER": "true",
        "FLET_WEB_NO_CDN": "true",
        "FLET_SERVER_IP": "127.0.0.1",
        "FLET_SERVER_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, script], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    try:
        _wait_for_port(port)
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
        page.evaluate("document.querySelector('flt-semantics-placeholder')?.click()")
        # Asked at each frame, by the page itself: a driver that looks in from outside is up to half a second late.
        page.wait_for_function(IS_READ, arg=awaited, polling="raf", timeout=60_000)
        return time.perf_counter() - begun
    finally:
        context.close()
        process.terminate()
        process.wait()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError(f"nothing listens on port {port}")
