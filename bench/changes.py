"""What changes cost once a device is filled: pulling a hundred, sending a thousand, and the file they end up in.

The floors are the least a program can do for the same on the same server and disk, with the same HTTP client (httpx)
and decoder (msgspec): for a pull one transaction that replaces the rows and moves a cursor, for a push one for each
answer that notes what became of the changes.  Both sides take turns; the changes that are pulled are the floor's.
"""

import asyncio
import json
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import msgspec

from bench.kills import Held
from bench.processes import hosted_api
from bench.result import Measure, Result
from client.api import auth
from client.api.connection import Api
from client.api.pushed import PushAnswer
from client.api.rows import BookingRow
from client.api.wire import Changes, Page
from client.clock import Clock
from client.editing import BookingChange, change_booking
from client.models.ids import BookingId
from client.storage import meta
from client.storage.database import Database
from sync.pull import Puller
from sync.push import Pusher

BOOKINGS = 10_000
PULLED, PUSHED = 100, 1000
BATCH = 100
PULLS, PUSHES = 15, 5


def run() -> Result:
    with (
        tempfile.TemporaryDirectory() as folder,
        hosted_api("--no-calls", "--no-forecasts", "--no-limits", bookings=BOOKINGS) as url,
    ):
        figures = asyncio.run(_measure(url, Path(folder)))
    pull, pull_floor, push, push_floor = (figures[name] for name in ("pull", "pull floor", "push", "push floor"))
    return Result(
        bench="changes",
        what=f"Changes on a device with {BOOKINGS:,} bookings",
        measures=(
            Measure(
                name=f"pull of {PULLED}, against the floor",
                value=_ratio(pull, pull_floor),
                unit="x",
                must=2.0,
                detail=_against(pull, pull_floor),
            ),
            Measure(
                name=f"push of {PUSHED:,}, against the floor",
                value=_ratio(push, push_floor),
                unit="x",
                must=2.0,
                detail=_against(push, push_floor),
            ),
            Measure(
                name="the file, against the JSON it came as",
                value=figures["file"][0] / figures["json"][0],
                unit="x",
                must=0.8,
                detail=f"{figures['file'][0] / 1e6:.1f} MB with its indexes against {figures['json'][0] / 1e6:.1f} MB",
            ),
        ),
    )


def _ratio(ours: Sequence[float], floor: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, floor, strict=True))


def _against(ours: Sequence[float], floor: Sequence[float]) -> str:
    return f"{statistics.median(ours) * 1000:.3g} ms against {statistics.median(floor) * 1000:.3g} ms"


async def _measure(url: str, folder: Path) -> dict[str, list[float]]:
    clock, held = Clock(), Held()
    api = Api(url, tokens=held, clock=clock)
    signed_in = await auth.demo(api, device=auth.Device(name="bench", platform="linux"))
    assert held.tokens is not None
    path = folder / "ours.db"
    db = Database.open(path, clock)
    await db.write(lambda conn: meta.put_identity(conn, signed_in.identity))
    core, transcripts = (_puller(db, api, clock, stream) for stream in ("core", "transcripts"))
    await core.drain()
    await transcripts.drain()
    await db.checkpoint()
    figures: dict[str, list[float]] = {"file": [path.stat().st_size], "json": [core.tally.bytes_read]}
    figures["json"][0] += transcripts.tally.bytes_read
    shutil.copy(path, folder / "floor.db")
    floor = Floor(folder / "floor.db", url, held.tokens.access, core.state().cursor)
    await _pull_in_turns(core, floor, db, figures)
    await _push_in_turns(Pusher(db=db, api=api, clock=clock, on_answer=lambda: None), core, floor, db, figures)
    floor.close()
    await api.aclose()
    db.close()
    return figures


async def _pull_in_turns(core: Puller, floor: "Floor", db: Database, figures: dict[str, list[float]]) -> None:
    for turn in range(PULLS):
        floor.push(_patches(db, turn * PULLED, PULLED, f"turn {turn}"), note=False)
        begun = time.perf_counter()
        await core.drain()
        between = time.perf_counter()
        rows = floor.pull()
        ended = time.perf_counter()
        if rows != PULLED:
            raise RuntimeError(f"{rows} rows came instead of {PULLED}")
        figures.setdefault("pull", []).append(between - begun)
        figures.setdefault("pull floor", []).append(ended - between)


async def _push_in_turns(
    pusher: Pusher, core: Puller, floor: "Floor", db: Database, figures: dict[str, list[float]]
) -> None:
    for turn in range(PUSHES):
        ids = [row[0] for row in _rows(db, 0, PUSHED)]
        change, now = BookingChange(notes=f"Mine {turn}"), datetime.now(UTC)

        def edit(
            conn: sqlite3.Connection, ids: list[str] = ids, to: BookingChange = change, at: datetime = now
        ) -> None:
            for row_id in ids:
                change_booking(conn, BookingId(row_id), to, now=at)

        await db.write(edit)
        others = _patches(db, PUSHED, PUSHED, f"Floor {turn}")
        begun = time.perf_counter()
        await pusher.drain()
        between = time.perf_counter()
        floor.push(others)
        ended = time.perf_counter()
        figures.setdefault("push", []).append(between - begun)
        figures.setdefault("push floor", []).append(ended - between)
        await core.drain()


def _puller(db: Database, api: Api, clock: Clock, stream: str) -> Puller:
    async def heard(_: object) -> None:
        pass

    return Puller(
        stream=stream,
        db=db,
        api=api,
        clock=clock,
        on_fetched=heard,
        on_applied=lambda: None,
        may_fill=lambda: True,
    )


def _rows(db: Database, first: int, count: int) -> list[tuple[str, str | None]]:
    sql = "SELECT id, notes FROM bookings WHERE status = 'completed' ORDER BY id LIMIT ? OFFSET ?"
    return db.read(lambda conn: conn.execute(sql, (count, first)).fetchall())


def _patches(db: Database, first: int, count: int, notes: str) -> list[dict[str, Any]]:
    head: dict[str, Any] = {"op": "booking.patch", "v": 1, "client_ts": 0, "base_version": 0, "tell": None, "allow": []}
    return [head | {"id": row_id, "set": {"notes": [old, notes]}} for row_id, old in _rows(db, first, count)]


class Floor:
    """The least of a client."""

    def __init__(self, path: Path, url: str, token: str, cursor: str) -> None:
        self._conn = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -8000"):
            self._conn.execute(f"PRAGMA {pragma}").fetchall()
        self._conn.execute("CREATE TABLE position (cursor TEXT)")
        self._conn.execute("INSERT INTO position VALUES (?)", (cursor,))
        self._conn.execute("CREATE TABLE sent (mid INTEGER PRIMARY KEY, payload TEXT, status TEXT, version INTEGER)")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._server = httpx.Client(base_url=url, headers=headers)
        self._cursor = cursor
        self._client_id = str(uuid4())
        self._mid = 0
        self._page = msgspec.json.Decoder(Page[Changes]).decode
        self._answer = msgspec.json.Decoder(PushAnswer).decode
        names = BookingRow.__struct_fields__
        self._replace = (
            f"INSERT OR REPLACE INTO bookings ({', '.join(names)}, gen) VALUES ({', '.join('?' * len(names))}, 1)"
        )

    def pull(self) -> int:
        """How many rows came."""
        query = urlencode({"stream": "core", "limit": 2000, "schema": 2, "ticket": "bench", "cursor": self._cursor})
        page = self._page(self._ask("GET", f"/v1/sync/changes?{query}"))
        rows = page.changes.bookings
        self._conn.execute("BEGIN IMMEDIATE")
        self._conn.executemany(self._replace, map(msgspec.structs.astuple, rows))
        self._conn.execute("UPDATE position SET cursor = ?", (page.cursor,))
        self._conn.execute("COMMIT")
        self._cursor = page.cursor
        return len(rows)

    def push(self, payloads: list[dict[str, Any]], *, note: bool = True) -> None:
        for start in range(0, len(payloads), BATCH):
            mutations = [{"mid": self._mid + n, **each} for n, each in enumerate(payloads[start : start + BATCH], 1)]
            self._mid += len(mutations)
            body = json.dumps({"client_id": self._client_id, "schema": 2, "mutations": mutations})
            results = self._answer(self._ask("POST", "/v1/sync/push", body)).results
            if len(results) != len(mutations) or any(result.status != "ok" for result in results):
                raise RuntimeError("the hosted API did not take what was sent")
            if note:
                self._conn.execute("BEGIN IMMEDIATE")
                self._conn.executemany(
                    "INSERT INTO sent VALUES (?, '', ?, ?)", [(each.mid, each.status, each.version) for each in results]
                )
                self._conn.execute("COMMIT")

    def close(self) -> None:
        self._server.close()
        self._conn.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        answer = self._server.request(method, path, content=body)
        answer.raise_for_status()
        return answer.content
