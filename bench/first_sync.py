"""The first sync of a large business, against the raw floor measured beside it.

The floor is the least a program can do to have the same rows on disk: a plain HTTP client, typed decoding, pages of
5,000 rows inserted with `executemany`, indexes after the load.  Both sides talk to the same server, keep their files
with the same SQLite settings and end with the log folded into the file; each run is a process of its own, in turns.
Ours encrypts its file where that can be done, as the app does; how much that takes is measured, too.
"""

import argparse
import asyncio
import contextlib
import gc
import http.client
import json
import os
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import msgspec
import psutil

from bench.processes import ROOT, hosted_api
from bench.result import Measure, Result
from client.api import auth
from client.api.connection import Api
from client.api.kinds import ROW_TYPES
from client.api.wire import Changes, Page
from client.clock import Clock
from client.models.account import Tokens
from client.storage import driver, schema
from client.storage.database import Database
from client.storage.driver import Key
from sync.engine import Engine

ROWS = 50_000
TURNS = 5
FLOOR_PAGE = 5000


class _Held:
    """A token store that lasts as long as the process."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self.tokens = tokens

    async def load(self) -> Tokens | None:
        return self.tokens

    async def save(self, tokens: Tokens) -> None:
        self.tokens = tokens

    async def clear(self) -> None:
        self.tokens = None


def run(rows: int = ROWS) -> Result:
    sides: dict[str, list[dict[str, float]]] = {"floor": [], "ours": [], "plain": []}
    with hosted_api("--no-calls", "--no-forecasts", "--no-limits", bookings=rows) as api:
        token = asyncio.run(_access_token(api))
        for _ in range(TURNS):
            for side, runs in sides.items():
                runs.append(_in_a_process(side, api, token))
    floor, ours = (statistics.median(one["seconds"] for one in sides[side]) for side in ("floor", "ours"))
    ratio, plain = (_ratio(sides[side], sides["floor"]) for side in ("ours", "plain"))
    growth = statistics.median(one["growth_mb"] for one in sides["ours"])
    window = statistics.median(one["usable_s"] for one in sides["ours"])
    count = int(sides["ours"][0]["rows"])
    return Result(
        bench="first_sync",
        what=f"First sync of a business with {rows:,} bookings",
        measures=(
            Measure(
                name="time against the floor",
                value=ratio,
                unit="x",
                must=1.5,
                aim=1.3,
                detail=f"{count:,} rows, {ours:.2f} s against {floor:.2f} s, {_how()}",
            ),
            Measure(name="the same without encryption", value=plain, unit="x"),
            Measure(name="memory growth", value=growth, unit="MB", must=80.0, aim=50.0),
            Measure(name="until today can be used", value=window, unit="s", must=1.0, aim=0.3),
        ),
    )


def _ratio(these: list[dict[str, float]], others: list[dict[str, float]]) -> float:
    return statistics.median(one["seconds"] / other["seconds"] for one, other in zip(these, others, strict=True))


def _how() -> str:
    return "encrypted" if driver.is_available() else "not encrypted: there is no SQLCipher here"


async def _access_token(url: str) -> str:
    held = _Held()
    api = Api(url, tokens=held, clock=Clock())
    await auth.demo(api, device=auth.Device(name="bench", platform="linux"))
    await api.aclose()
    assert held.tokens is not None
    return held.tokens.access


def _in_a_process(side: str, url: str, token: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.first_sync", "--side", side, "--api", url]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "BENCH_TOKEN": token}, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


# --- one side, in its own process ------------------------------------------------------------------------------------
def _side(side: str, url: str) -> dict[str, float]:
    token = os.environ["BENCH_TOKEN"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        key = secrets.token_bytes(driver.KEY_BYTES) if side == "ours" and driver.is_available() else None
        figures = _floor(path, url, token) if side == "floor" else asyncio.run(_ours(path, url, token, key))
        with contextlib.closing(driver.connect(path, key)) as conn:
            figures["rows"] = sum(
                conn.execute(f"SELECT count(*) FROM {kind}").fetchone()[0] for kind in schema.MIRRORED
            )
        figures["file_mb"] = path.stat().st_size / 1e6
    return figures


async def _ours(path: Path, url: str, token: str, key: Key | None) -> dict[str, float]:
    clock = Clock()
    db = Database.open(path, clock, key=key)
    far = clock.now_ms() + 3_600_000
    tokens = Tokens(access=token, refresh="", expires_at_ms=far, device_id="bench", session_id="bench")
    api = Api(url, tokens=_Held(tokens), clock=clock)
    usable: list[float] = []
    begun = time.perf_counter()
    engine = Engine(
        db=db,
        api=api,
        clock=clock,
        on_status=lambda status: (
            usable.append(time.perf_counter() - begun) if status.filling and status.filling.usable else None
        ),
        on_partial=lambda _: None,
    )
    gc.collect()
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    await engine.sync_once()
    seconds = time.perf_counter() - begun
    growth = _peak_rss() - before
    await api.aclose()
    db.close()
    return {"seconds": seconds, "growth_mb": growth / 1e6, "usable_s": usable[0] if usable else seconds}


def _floor(path: Path, url: str, token: str) -> dict[str, float]:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA cache_size = -64000")
    conn.execute("PRAGMA wal_autocheckpoint = 16000")
    schema.migrate(conn)
    gc.collect()
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    server = http.client.HTTPConnection(urlsplit(url).netloc)
    decode = msgspec.json.Decoder(Page[Changes]).decode
    for stream in schema.STREAM_KINDS:
        cursor, more = "", True
        while more:
            page = decode(_get(server, token, stream, cursor))
            conn.execute("BEGIN IMMEDIATE")
            for kind in ROW_TYPES:
                if rows := getattr(page.changes, kind):
                    _insert(conn, kind, rows)
            conn.execute("COMMIT")
            cursor, more = page.cursor, page.has_more
    for statement in schema.LATE_INDEXES.values():
        conn.execute(statement)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    seconds = time.perf_counter() - begun
    growth = _peak_rss() - before
    server.close()
    conn.close()
    return {"seconds": seconds, "growth_mb": growth / 1e6}


def _get(server: http.client.HTTPConnection, token: str, stream: str, cursor: str) -> bytes:
    query = {"stream": stream, "limit": FLOOR_PAGE, "schema": 1, "ticket": "bench"} | (
        {"cursor": cursor} if cursor else {}
    )
    server.request("GET", f"/v1/sync/changes?{urlencode(query)}", headers={"Authorization": f"Bearer {token}"})
    answer = server.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the hosted API answered {answer.status}")
    return body


def _insert(conn: sqlite3.Connection, kind: str, rows: list[msgspec.Struct]) -> None:
    names = [f'"{name}"' for name in ROW_TYPES[kind].__struct_fields__]
    marks = ", ".join("?" * len(names))
    values = (
        tuple(
            value if isinstance(value, _PLAIN) else msgspec.json.encode(value) for value in msgspec.structs.astuple(row)
        )
        for row in rows
    )
    if kind in ("bookings", "customers"):
        values = (msgspec.structs.astuple(row) for row in rows)
    conn.executemany(f"INSERT OR REPLACE INTO {kind} ({', '.join(names)}, gen) VALUES ({marks}, 1)", values)


_PLAIN = (str, int, float, type(None))


def _peak_rss() -> int:
    """The most memory this process ever had resident, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return psutil.Process().memory_info().rss


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.first_sync", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="bookings in the business")
    parser.add_argument("--side", choices=("floor", "ours", "plain"), help=argparse.SUPPRESS)
    parser.add_argument("--api", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        print(json.dumps(_side(chosen.side, chosen.api)))
        return
    for measure in run(chosen.rows).measures:
        print(f"{measure.name}: {measure.value:.3g} {measure.unit} (aim {measure.aim}) {measure.detail}")


if __name__ == "__main__":
    main()
