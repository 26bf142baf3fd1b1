"""The words of calls come into the index by themselves, a few at a time, whatever is killed or comes meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from client.clock import Clock
from client.models.account import Role
from client.models.call_history import CallFilter
from client.models.ids import CallId
from client.models.promises import PromiseState
from client.storage import call_index, cursors, meta, promises
from client.storage.call_history import page, wanted
from client.storage.columns import json_text
from client.storage.database import Database
from client.storage.errors import DiskFull
from sync.indexing import BATCH, Indexing
from tests import example_data as eg
from tests.fakes.runtime import HandClock
from tests.storage.rows import BOOKING, HOUR_MS, NOON, NOON_MS, TURN, put
from tests.storage.test_call_history import put_call


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatty.db"


@pytest.fixture
async def db(path: Path) -> AsyncIterator[Database]:
    database = Database.open(path, Clock())
    yield database
    database.close()


async def complete(db: Database, *streams: str) -> None:
    for name in streams or ("core", "transcripts"):
        await db.write(
            lambda conn, name=name: conn.execute("UPDATE streams SET complete = 1, epoch = 'e' WHERE name = ?", (name,))
        )


async def calls(db: Database, *numbers: int, said: str = "balayage", version: int = 1) -> None:
    for number in numbers:
        await db.write(lambda conn, n=number: put_call(conn, f"c{n}", n, said, version=version))


def found(db: Database, typed: str) -> int:
    return len(db.read(lambda conn: page(conn, wanted(conn, typed, CallFilter(), ZoneInfo("UTC")), 1000)))


async def test_everything_that_is_over_is_indexed_and_what_is_left_is_counted(db: Database) -> None:
    indexing = Indexing(db, Clock(sleep=lambda _: asyncio.sleep(0)))
    await calls(db, *range(BATCH + 5))
    await indexing.catch_up()
    assert db.read(call_index.left) is None, "a first sync is still under way"
    await complete(db)
    left: list[int | None] = []
    db.subscribe({"call_texts"}, lambda _: left.append(db.read(call_index.left)))
    await indexing.catch_up()
    await asyncio.sleep(0)
    assert found(db, "balayage") == BATCH + 5
    assert left == [5, 0]


async def test_only_what_changed_is_read_again(db: Database) -> None:
    indexing = Indexing(db, Clock(sleep=lambda _: asyncio.sleep(0)))
    await complete(db)
    await calls(db, 1, 2, 3)
    await indexing.catch_up()
    await db.write(lambda conn: conn.execute("UPDATE turns SET text = 'haircut', version = 7 WHERE call_id = 'c2'"))
    await calls(db, 4, version=8)
    await indexing.catch_up()
    assert (found(db, "balayage"), found(db, "haircut")) == (3, 1)


async def test_a_role_without_transcripts_does_not_wait_for_them(db: Database) -> None:
    await db.write(lambda conn: meta.put_identity(conn, replace(eg.IDENTITY, role=Role.FRONT_DESK)))
    await complete(db, "core")
    await db.write(lambda conn: put_call(conn, "c", 1, caller_name="Maria"))
    await Indexing(db, Clock(sleep=lambda _: asyncio.sleep(0))).catch_up()
    assert found(db, "maria") == 1


async def test_a_resync_is_compared_as_a_whole(db: Database) -> None:
    indexing = Indexing(db, Clock(sleep=lambda _: asyncio.sleep(0)))
    await complete(db)
    await calls(db, 1, 2, version=50)
    await indexing.catch_up()
    await db.write(lambda conn: cursors.start_over(conn, "core"))
    await db.write(lambda conn: conn.execute("DELETE FROM calls WHERE id = 'c1'"))
    await calls(db, 3, version=4)
    await indexing.catch_up()
    assert found(db, "balayage") == 1, "what is gone is not found, what is new waits for the end of the resync"
    await complete(db)
    await indexing.catch_up()
    assert found(db, "balayage") == 2
    assert db.read(call_index.gone) == []


async def test_what_was_done_before_a_kill_is_kept(db: Database) -> None:
    await complete(db)
    await calls(db, *range(3 * BATCH))
    breaths = 0

    async def killed(_: float) -> None:
        nonlocal breaths
        breaths += 1
        if breaths == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Indexing(db, Clock(sleep=killed)).catch_up()
    assert found(db, "balayage") == 2 * BATCH
    assert db.read(call_index.left) == BATCH
    await Indexing(db, Clock(sleep=lambda _: asyncio.sleep(0))).catch_up()
    assert found(db, "balayage") == 3 * BATCH


@asynccontextmanager
async def running(db: Database, hand: HandClock) -> AsyncIterator[Callable[[Callable[[], bool]], object]]:
    task = asyncio.create_task(Indexing(db, hand.clock()).run())

    async def until(true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                hand.go(1.0)
                await asyncio.sleep(0.001)

    yield until
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_runs_beside_the_app_and_hears_of_what_ends(db: Database) -> None:
    await complete(db)
    await calls(db, 1)
    async with running(db, HandClock()) as until:
        await until(lambda: found(db, "balayage") == 1)
        await calls(db, 2, version=9)
        await until(lambda: found(db, "balayage") == 2)


async def test_a_reminder_that_is_still_to_come_is_judged_again_as_its_appointment_begins(db: Database) -> None:
    hand = HandClock()
    starts = NOON_MS + 24 * HOUR_MS
    booking = {"id": "b", "customer_id": "maria", "call_id": "c", "starts_at": starts, "ends_at": starts + HOUR_MS}
    sent = json_text({"name": "send_text", "label": "", "inputs": {}, "outputs": {}, "status": "ok"})
    said = "You're all set. A reminder will come the day before."
    await complete(db)
    await db.write(lambda conn: put(conn, "bookings", {**BOOKING, **booking}))
    await db.write(lambda conn: put_call(conn, "c", 0, "Friday, please.", said, customer_id="maria", turn_count=3))
    tool = {**TURN, "id": "c-2", "call_id": "c", "index": 2, "kind": "tool", "speaker": "assistant", "tool": sent}
    await db.write(lambda conn: put(conn, "turns", tool))
    clock = Clock(now=lambda: NOON, monotonic=lambda: hand.elapsed, sleep=lambda _: asyncio.sleep(0))
    indexing = Indexing(db, clock)

    async def stands(as_of_ms: int) -> list[PromiseState]:
        await db.write(lambda conn: conn.execute("UPDATE streams SET as_of = ?", (as_of_ms,)))
        hand.go(60)
        await indexing.catch_up()
        return [each.state for each in db.read(lambda conn: promises.of_call(conn, CallId("c")))]

    assert await stands(NOON_MS) == [PromiseState.UNCLEAR], "the text that confirms it is no reminder"
    assert await stands(starts - 1) == [PromiseState.UNCLEAR]
    assert await stands(starts) == [PromiseState.UNKEPT]
    await db.write(lambda conn: conn.execute("UPDATE bookings SET reminder_sent = 1"))
    assert await stands(starts) == [PromiseState.KEPT]


async def test_a_full_disk_is_waited_out(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await complete(db)
    await calls(db, 1)
    full = 2
    write = db.write

    async def refusing(fn: Callable[..., object]) -> object:
        nonlocal full
        if full:
            full -= 1
            raise DiskFull("the disk is full")
        return await write(fn)

    monkeypatch.setattr(db, "write", refusing)
    async with running(db, HandClock()) as until:
        await until(lambda: found(db, "balayage") == 1)
    assert full == 0
