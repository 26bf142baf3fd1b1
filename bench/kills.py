"""`python -m bench.kills`: the app killed at random instants while it edits and sends, and the hosted API now and then.

Both are processes of their own with their files on disk.  The app moves from one booking to the next, notes a number
in each and says so only when the change is saved; meanwhile the engine sends.  After the last kill everything is sent,
and then: of what was acknowledged nothing is lost, of what was sent nothing was done twice, and both files are sound.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.processes import ROOT, free_port, wait_until_healthy
from bench.result import Measure, Result, save
from client.api import auth
from client.api.connection import Api
from client.api.errors import ApiError
from client.clock import Clock
from client.editing import BookingChange, NotAllowed, change_booking
from client.models.account import Tokens
from client.models.ids import BookingId
from client.models.mutations import Tell
from client.storage import meta, outbox
from client.storage.database import Database
from client.storage.errors import StorageError
from sync.engine import Engine

KILLS = 500
BOOKINGS = 400
LONGEST_LIFE_S = 0.4
DIES_YOUNG_S = 0.03
SERVER_KILL_EVERY = 25
SIGN_IN_EVERY = 200
"""Kills between two sign-ins: what a killed process was told of a fresh token would be lost with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`lost`: acknowledged edits that the server does not have.  `twice`: messages that were sent more than once."""

    kills: int
    server_kills: int
    acknowledged: int
    lost: int
    twice: int
    sent: int
    unsound: tuple[str, ...] = ()


@dataclass(slots=True)
class Held:
    """Tokens that last as long as the process."""

    tokens: Tokens | None = field(default=None, repr=False)

    async def load(self) -> Tokens | None:
        return self.tokens

    async def save(self, tokens: Tokens) -> None:
        self.tokens = tokens

    async def clear(self) -> None:
        self.tokens = None


def result_of(figures: Figures) -> Result:
    detail = (
        f"{figures.kills} kills of the app and {figures.server_kills} of the hosted API, "
        f"{figures.acknowledged:,} edits acknowledged, {figures.sent:,} messages sent"
    )
    return Result(
        bench="kills",
        what="SIGKILL at random instants, while it edits and sends",
        measures=(
            Measure(name="acknowledged edits lost", value=figures.lost, unit="edits", must=0.0, detail=detail),
            Measure(name="done twice", value=figures.twice, unit="edits", must=0.0),
            Measure(name="files that are not sound", value=len(figures.unsound), unit="files", must=0.0),
        ),
    )


def run_kills(kills: int, *, seed: int) -> Figures:
    chance = random.Random(seed)
    acknowledged: dict[str, int] = {}
    count = number = server_kills = 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "server")
        path = Path(folder) / "app" / "chatty.db"
        with server.running():
            for kill in range(kills):
                if kill % SIGN_IN_EVERY == 0:
                    tokens = asyncio.run(_signed_in(server.url, path))
                if kill % SERVER_KILL_EVERY == SERVER_KILL_EVERY - 1:
                    server_kills += 1
                    server.kill_after(chance.random() * 0.1)
                said = _one_life(server.url, path, tokens, number, chance.random() * LONGEST_LIFE_S)
                server.revive()
                for booking, noted in said:
                    acknowledged[booking] = number = noted
                count += len(said)
                # Numbers that were on their way when it was killed are not used again.
                number += 10_000
            asyncio.run(_send_all(server.url, path, tokens))
            noted, messages = _what_the_server_has(server.folder)
        unsound = tuple(file.name for file in (path, server.folder / "hosted.db") if not _is_sound(file))
    lost = sum(1 for booking, wanted in acknowledged.items() if noted.get(booking, 0) < wanted)
    twice = sum(times - 1 for times in messages.values())
    return Figures(
        kills=kills,
        server_kills=server_kills,
        acknowledged=count,
        lost=lost,
        twice=twice,
        sent=len(messages),
        unsound=unsound,
    )


# --- the hosted API --------------------------------------------------------------------------------------------------
class Server:
    """The hosted API with its data on disk; it can be killed, and comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._killer: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Generator[None]:
        self.revive()
        try:
            yield
        finally:
            self._end(signal.SIGTERM)

    def revive(self) -> None:
        """Start it, or wait until it is killed and start it again; nothing for one that is to live."""
        if self._process is not None:
            if self._killer is None:
                return
            self._killer.wait()
            self._process.wait()
        command = [sys.executable, "-m", "backend_stub", "--port", str(self.port), "--data", str(self.folder)]
        command += ["--no-calls", "--no-forecasts", "--no-limits", "--bookings", str(BOOKINGS)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        self._killer = None
        wait_until_healthy(self.url, self._process)

    def kill_after(self, seconds: float) -> None:
        assert self._process is not None
        # The shell does it while the app is at work.
        command = f"sleep {seconds:.3f}; kill -9 {self._process.pid}"
        self._killer = subprocess.Popen(["/bin/sh", "-c", command])

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()


def _what_the_server_has(folder: Path) -> tuple[dict[str, int], Counter[str]]:
    """The number noted in each booking, and how often each message was sent."""
    with sqlite3.connect(folder / "hosted.db") as conn:
        notes = conn.execute(
            "SELECT id, json_extract(doc, '$.notes') FROM entity WHERE kind = 'bookings' AND doc IS NOT NULL"
        ).fetchall()
        texts = conn.execute("SELECT json_extract(doc, '$.text') FROM entity WHERE kind = 'messages'").fetchall()
    conn.close()
    noted = {row_id: int(text[7:]) for row_id, text in notes if text and text.startswith("Number ")}
    return noted, Counter(text for (text,) in texts if text and text.startswith("Number "))


# --- the app ---------------------------------------------------------------------------------------------------------
def _one_life(url: str, path: Path, tokens: Tokens, number: int, seconds: float) -> list[tuple[str, int]]:
    """Start it, kill it after so long; what it said was saved: booking and number."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _live(url, path, tokens, number, writes)
    os.close(writes)
    with os.fdopen(reads, "r", encoding="ascii") as said:
        # Some die while they open their file; the others' time begins when they have.
        if seconds > DIES_YOUNG_S:
            said.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        lines = [line.split() for line in said.read().splitlines(keepends=True) if line.endswith("\n")]
    os.waitpid(child, 0)
    return [(words[0], int(words[1])) for words in lines if len(words) == 2]


def _live(url: str, path: Path, tokens: Tokens, number: int, writes: int) -> None:
    """In a process of its own, until it is killed."""
    try:
        asyncio.run(_edit_and_send(url, path, tokens, number, writes))
    except BaseException as error:
        os.write(2, f"the app ended by itself: {error!r}\n".encode())
    os._exit(1)


async def _edit_and_send(url: str, path: Path, tokens: Tokens, number: int, writes: int) -> None:
    clock = Clock()
    api = Api(url, tokens=Held(tokens), clock=clock)
    db = Database.open(path, clock)
    os.write(writes, b"begun\n")
    engine = _engine(db, api, clock, path)
    sync = asyncio.create_task(engine.run())
    bookings = db.read(_editable)
    while not sync.done():
        number += 1
        booking = BookingId(bookings[number * 7 % len(bookings)])
        change = BookingChange(notes=f"Number {number}")
        tell = Tell(text=f"Number {number}", channel="sms")
        now = datetime.now(UTC)
        try:
            await db.write(
                lambda conn, at=booking, to=change, tell=tell, now=now: change_booking(conn, at, to, tell=tell, now=now)
            )
        except NotAllowed:
            continue
        os.write(writes, f"{booking} {number}\n".encode())
        await asyncio.sleep(0.001)


def _editable(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute(
        "SELECT id FROM bookings WHERE status = 'confirmed' ORDER BY starts_at DESC LIMIT 60"
    ).fetchall()
    return [row_id for (row_id,) in rows]


def _engine(db: Database, api: Api, clock: Clock, path: Path) -> Engine:
    return Engine(
        db=db,
        api=api,
        clock=clock,
        on_status=lambda _: None,
        on_partial=lambda _: None,
        lock_path=path.with_name("sync.lock"),
    )


async def _signed_in(url: str, path: Path) -> Tokens:
    """Fresh tokens, and a file that is filled."""
    clock, held = Clock(), Held()
    api = Api(url, tokens=held, clock=clock)
    signed_in = await auth.demo(api, device=auth.Device(name="killed", platform="linux"))
    path.parent.mkdir(parents=True, exist_ok=True)
    db = Database.open(path, clock)
    await db.write(lambda conn: meta.put_identity(conn, signed_in.identity))
    await _engine(db, api, clock, path).sync_once()
    await api.aclose()
    db.close()
    assert held.tokens is not None
    return held.tokens


async def _send_all(url: str, path: Path, tokens: Tokens) -> None:
    """Until nothing waits."""
    clock = Clock()
    api = Api(url, tokens=Held(tokens), clock=clock)
    db = Database.open(path, clock)
    engine = _engine(db, api, clock, path)
    for _ in range(20):
        try:
            await engine.sync_once()
        except (ApiError, StorageError):
            continue
        if not db.read(outbox.entries):
            break
    left = db.read(outbox.entries)
    await api.aclose()
    db.close()
    if left:
        raise RuntimeError(f"{len(left)} changes do not go out, the first is {left[0].state}")


def _is_sound(path: Path) -> bool:
    conn = sqlite3.connect(path)
    try:
        return conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    finally:
        conn.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON and keep nothing")
    chosen = parser.parse_args()
    figures = run_kills(chosen.kills, seed=chosen.seed)
    result = result_of(figures)
    if chosen.json:
        sys.stdout.write(json.dumps(asdict(figures)))
    else:
        save([result])
    for measure in result.measures:
        sys.stderr.write(f"{measure.name}: {measure.value:.0f} {measure.detail}\n")
    return 0 if all(measure.holds for measure in result.measures) else 1


if __name__ == "__main__":
    sys.exit(main())
