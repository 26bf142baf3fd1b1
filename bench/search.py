"""Searching twenty thousand transcripts, as they are typed: the newest calls, their lines with the words marked.

Asked is what somebody types, letter by letter: common words, rare ones, several at once, names, what is not there.
Counted is the answer that is shown first: a screenful of calls with up to two lines each, and how many there are.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench import many_calls
from bench.result import Measure, Result, percentile
from client.clock import Clock
from client.models.call_history import CallFilter
from client.state.calls import COUNTED, PAGE
from client.storage import call_history
from client.storage.database import Database
from sync.indexing import Indexing

CALLS: Final = 50_000
TRANSCRIPTS: Final = 20_000
ASKED: Final = 200
_ZONE: Final = ZoneInfo("America/Los_Angeles")
_COMMON: Final = (
    "balayage",
    "friday noon",
    "maria gomez",
    "text me",
    "don't offer",
    "half past ten ana",
    "cita viernes",
)


def run() -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chatty.db"
        db = Database.open(path, Clock())
        many_calls.fill(db, CALLS, TRANSCRIPTS)
        before = path.stat().st_size
        took, processor = asyncio.run(_index(db))
        pages, both = _typed(db)
        db.close()
        grown = (path.stat().st_size - before) / 1e6
    detail = f"{len(pages)} questions, {TRANSCRIPTS:,} transcripts in {CALLS:,} calls"
    return Result(
        bench="search",
        what="Search in what was said, letter by letter",
        measures=(
            Measure(name="first page, p50", value=percentile(pages, 0.5), unit="ms", must=1, detail=detail),
            Measure(name="first page, p99", value=percentile(pages, 0.99), unit="ms", must=15),
            Measure(name="with how many there are, p50", value=percentile(both, 0.5), unit="ms"),
            Measure(name="with how many there are, p99", value=percentile(both, 0.99), unit="ms", aim=15),
            Measure(
                name="making the index in the background",
                value=took,
                unit="s",
                detail=f"{processor:.1f} s of processor time, {grown:.0f} MB",
            ),
        ),
    )


async def _index(db: Database) -> tuple[float, float]:
    begun, processor = time.perf_counter(), time.process_time()
    await Indexing(db, Clock()).catch_up()
    return time.perf_counter() - begun, time.process_time() - processor


def _typed(db: Database) -> tuple[list[float], list[float]]:
    chance = random.Random(3)
    pages, both = list[float](), list[float]()
    for number in range(ASKED):
        text = chance.choice(_COMMON) if number % 2 else many_calls.rare_word(chance.randrange(many_calls.VOCABULARY))
        if number % 5 == 0:
            text = f"{text} {many_calls.rare_word(chance.randrange(200))}"
        for length in range(1, len(text) + 1):
            first, counted = db.read(partial(_ask, typed=text[:length]))
            pages.append(first * 1000)
            both.append((first + counted) * 1000)
    return pages, both


def _ask(conn: sqlite3.Connection, typed: str) -> tuple[float, float]:
    begun = time.perf_counter()
    asked = call_history.wanted(conn, typed, CallFilter(), _ZONE)
    call_history.page(conn, asked, PAGE + 1)
    found = time.perf_counter()
    call_history.count(conn, asked, COUNTED + 1)
    return found - begun, time.perf_counter() - found
