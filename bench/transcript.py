"""What one changed transcript row costs the app, with 500 turns in the call that is open.

The row is changed in the database, as sync does it; counted is all processor time of the process from then until the
patch has been sent: reading again, what is known of the call, painting, and beside it the writer's transaction alone.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.result import Measure, Result
from client.models.calls import Speaker, Turn
from client.storage.database import Database
from screens.app import mount
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, HandClock, answering
from tests.harness import Harness
from tests.screens.scenes import no_server
from tests.state.conftest import put_call, put_turn

TURNS = 500
CHANGES = 200


def run() -> Result:
    changed, written = asyncio.run(_measure())
    detail = f"median of {CHANGES}; the transaction alone {statistics.median(written):.2f} ms"
    value = statistics.median(changed)
    return Result(
        bench="transcript",
        what=f"One changed transcript row of {TURNS}",
        measures=(Measure(name="processor time of the app", value=value, unit="ms", must=2, detail=detail),),
    )


async def _measure() -> tuple[list[float], list[float]]:
    call = eg.call()
    turns = [eg.turn(i, f"line {i}", Speaker.CALLER if i % 2 else Speaker.ASSISTANT) for i in range(TURNS)]
    with tempfile.TemporaryDirectory() as folder:
        hand = HandClock()
        database = Database.open(Path(folder) / "chatty.db", hand.clock())
        await database.write(lambda conn: put_call(conn, call))
        await database.write(lambda conn: [put_turn(conn, turn) for turn in turns])
        written = [await _cost(database, _change(turns[-1], i), _nobody) for i in range(CHANGES)]
        async with _window(database, hand, f"/calls/{call.call_id}") as (window, painted):
            assert window.says(f"line {TURNS - 1}")
            changed = [await _cost(database, _change(turns[-1], CHANGES + i), painted) for i in range(CHANGES)]
        database.close()
    return changed, written


def _change(turn: Turn, number: int) -> Callable[[sqlite3.Connection], None]:
    longer = replace(turn, text=f"line {turn.index} {'x' * (number % 50)}", version=1000 + number)
    return partial(put_turn, turn=longer)


async def _cost(database: Database, change: Callable[[sqlite3.Connection], None], until: "Until") -> float:
    """Processor milliseconds from the change until `until` has come."""
    wait = until()
    begun = time.process_time()
    await database.write(change)
    await wait
    return (time.process_time() - begun) * 1000


Until = Callable[[], "asyncio.Future[None]"]


def _nobody() -> "asyncio.Future[None]":
    done = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done


@asynccontextmanager
async def _window(database: Database, hand: HandClock, route: str) -> AsyncGenerator[tuple[Harness, Until]]:
    """The app with the call open, and what to wait for: the next patch that carries the last line."""
    waiting: list[asyncio.Future[None]] = []
    last = f"line {TURNS - 1}".encode()

    def sent(packed: bytes) -> None:
        if last in packed and waiting:
            waiting.pop().set_result(None)

    def next_patch() -> "asyncio.Future[None]":
        waiting.append(asyncio.get_running_loop().create_future())
        return waiting[-1]

    clock = hand.clock()
    api = answering(no_server, clock)
    async with Harness(width=390, height=844, route=route, on_sent=sent) as window:
        stores = Stores.build(FakeRuntime(clock=clock, api=api, database=database))
        await window.run(lambda page: mount(page, stores))
        yield window, next_patch
        stores.close()
    await api.aclose()
