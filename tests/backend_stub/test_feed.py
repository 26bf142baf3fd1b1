"""The change feed: nothing is lost, the last page ends at the snapshot, expiry and scope."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest

from backend_stub.accounts import set_role
from backend_stub.feed import compact
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted, add_business
from tests.backend_stub.feed_reader import Reader

Row = dict[str, Any]


async def write_bookings(hosted: Hosted, count: int, **changes: Any) -> list[Row]:
    docs = [eg.booking(starts_at=eg.NOON + index * eg.HOUR, **changes) for index in range(count)]
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, "bookings", docs))
    return docs


async def table(hosted: Hosted, stream: int = 0) -> dict[tuple[str, str], int]:
    rows = await hosted.store.read(
        lambda connection: connection.execute(
            "SELECT kind, id, version FROM entity WHERE account = ? AND stream = ? AND deleted_at IS NULL",
            (hosted.business.number, stream),
        ).fetchall()
    )
    return {(kind, row_id): version for kind, row_id, version in rows}


async def test_fifty_writers_and_a_reader_that_never_stops_agree(hosted: Hosted) -> None:
    docs = await write_bookings(hosted, 50)
    async with await hosted.client() as http:
        reader = Reader(http, limit=7)
        writing = asyncio.gather(*(write_much(hosted, doc, seed) for seed, doc in enumerate(docs)))
        while not writing.done():
            await reader.step()
        await writing
        await reader.drain()
        assert {key: row["version"] for key, row in reader.rows.items()} == await table(hosted)
        assert not await reader.step()


async def write_much(hosted: Hosted, doc: Row, seed: int) -> None:
    """Changes, deletes, recreates and adds, in an order of its own."""
    chance = random.Random(seed)
    number = hosted.business.number
    for turn in range(6):
        kind = chance.choice(("change", "change", "delete", "add"))
        if kind == "delete":
            await hosted.store.write(lambda tx: tx.remove(number, "bookings", doc["id"], now_ms=eg.NOON))
        else:
            changed = doc | {"notes": f"turn {turn}"} if kind == "change" else eg.booking(notes=f"by {seed}")
            await hosted.store.write(lambda tx, row=changed: tx.put(number, "bookings", row))


async def test_first_sync_brings_the_screen_first_and_every_row(hosted: Hosted) -> None:
    number = hosted.business.number
    near = eg.customer(name="Near")
    far = eg.customer(name="Far")
    rows = [
        ("customers", near),
        ("customers", far),
        ("bookings", eg.booking(customer_id=near["id"], starts_at=eg.NOON)),
        ("bookings", eg.booking(customer_id=far["id"], starts_at=eg.NOON - 200 * eg.DAY)),
        ("bookings", eg.booking(starts_at=eg.NOON + 40 * eg.DAY)),
        ("leads", eg.lead(stage="new")),
        ("leads", eg.lead(stage="lost")),
        ("calls", eg.ended_call(started_at=eg.NOON - eg.DAY)),
        ("calls", eg.ended_call(started_at=eg.NOON - 30 * eg.DAY)),
    ]
    await hosted.store.write(lambda tx: [tx.put(number, kind, doc) for kind, doc in rows])
    async with await hosted.client() as http:
        reader = Reader(http, limit=3)
        await reader.drain()
    window = {
        (kind, row["id"])
        for page in reader.pages
        if page["stage"] == "window"
        for kind, found in page["changes"].items()
        for row in found
    }
    wanted = [rows[0], rows[2], rows[5], rows[7]]
    assert {(kind, doc["id"]) for kind, doc in wanted} <= window
    assert not {(kind, doc["id"]) for kind, doc in [rows[1], rows[3], rows[4], rows[6], rows[8]]} & window
    assert set(reader.rows) == set(await table(hosted))
    stages = [page["stage"] for page in reader.pages]
    assert stages == sorted(stages, key=["window", "backfill", "follow"].index)
    assert reader.pages[-1]["progress"]["done"] == reader.pages[-1]["progress"]["total"]


async def test_progress_never_passes_its_total_and_never_goes_back(hosted: Hosted) -> None:
    await write_bookings(hosted, 40)
    async with await hosted.client() as http:
        reader = Reader(http, limit=9)
        await reader.drain()
    done = [page["progress"]["done"] for page in reader.pages]
    assert done == sorted(done)
    assert all(page["progress"]["done"] <= page["progress"]["total"] for page in reader.pages)


async def test_transcripts_come_newest_first(hosted: Hosted) -> None:
    call = eg.ended_call()
    turns = [eg.turn(call["id"], index, started_at=eg.NOON - index * eg.DAY) for index in range(6)]
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, "turns", turns))
    async with await hosted.client() as http:
        reader = Reader(http, stream="transcripts", limit=2)
        await reader.drain()
    came = [row["index"] for page in reader.pages for row in page["changes"].get("turns", [])]
    assert came == [0, 1, 2, 3, 4, 5]


async def test_the_last_page_ends_at_the_snapshot_though_the_newest_row_is_compacted(hosted: Hosted) -> None:
    number = hosted.business.number
    docs = await write_bookings(hosted, 3)
    async with await hosted.client() as http:
        reader = Reader(http)
        await reader.drain()
        await hosted.store.write(lambda tx: tx.put(number, "bookings", docs[0] | {"notes": "changed"}))
        await hosted.store.write(lambda tx: tx.remove(number, "bookings", docs[2]["id"], now_ms=0))
        fresh = Reader(http)
        await hosted.store.write(lambda tx: compact(tx, number, eg.NOON))
        await fresh.drain(most=10)
        assert fresh.pages[-1]["seq"] == 6 + 2
        assert not (await fresh.page()).json()["has_more"]
        assert ("bookings", docs[2]["id"]) not in fresh.rows


async def test_a_cursor_that_missed_a_forgotten_tombstone_expires(hosted: Hosted) -> None:
    number = hosted.business.number
    docs = await write_bookings(hosted, 2)
    async with await hosted.client() as http:
        away, present = Reader(http), Reader(http)
        await away.drain()
        await present.drain()
        await hosted.store.write(lambda tx: tx.remove(number, "bookings", docs[0]["id"], now_ms=eg.NOON))
        await present.drain()
        await hosted.store.write(lambda tx: compact(tx, number, eg.NOON + 1))
        answer = await away.page()
        assert (answer.status_code, answer.json()["code"]) == (410, "cursor_expired")
        assert answer.json()["reason"] == "retention"
        assert answer.json()["epoch"] == hosted.store.epoch
        assert (await present.page()).status_code == 200


async def test_a_long_resync_does_not_expire_under_itself(hosted: Hosted) -> None:
    """Its first cursors stand far below the floor of retention; only `snap` counts."""
    number = hosted.business.number
    docs = await write_bookings(hosted, 30)
    await hosted.store.write(lambda tx: tx.remove(number, "bookings", docs[0]["id"], now_ms=0))
    await hosted.store.write(lambda tx: compact(tx, number, eg.NOON))
    async with await hosted.client() as http:
        reader = Reader(http, limit=2)
        await reader.step()
        changed = [doc | {"notes": "again"} for doc in docs[1:]]
        await hosted.store.write(lambda tx: tx.put_many(number, "bookings", changed))
        await reader.drain()
        assert {key: row["version"] for key, row in reader.rows.items()} == await table(hosted)


async def test_a_resync_expires_when_a_tombstone_it_would_need_is_forgotten(hosted: Hosted) -> None:
    number = hosted.business.number
    docs = await write_bookings(hosted, 30)
    async with await hosted.client() as http:
        reader = Reader(http, limit=2)
        await reader.step()
        await hosted.store.write(lambda tx: tx.remove(number, "bookings", docs[0]["id"], now_ms=0))
        await hosted.store.write(lambda tx: compact(tx, number, eg.NOON))
        assert (await reader.page()).json()["reason"] == "retention"


async def test_old_tombstones_are_forgotten_after_the_days_of_the_settings(hosted: Hosted) -> None:
    number = hosted.business.number
    docs = await write_bookings(hosted, 2)
    await hosted.store.write(lambda tx: tx.remove(number, "bookings", docs[0]["id"], now_ms=eg.NOON))
    await hosted.clock.sleepers(1)
    await hosted.clock.advance(3600)
    await hosted.clock.sleepers(1)
    assert await tombstones(hosted) == 1
    hosted.clock.jump(90 * 86_400)
    await hosted.clock.advance(0)
    await hosted.clock.sleepers(1)
    assert await tombstones(hosted) == 0


async def tombstones(hosted: Hosted) -> int:
    return await hosted.store.read(
        lambda connection: connection.execute("SELECT count(*) FROM entity WHERE deleted_at IS NOT NULL").fetchone()[0]
    )


async def test_a_changed_role_expires_cursors_and_hides_what_it_must(hosted: Hosted) -> None:
    call = eg.ended_call()
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "calls", call))
    await write_bookings(hosted, 1)
    async with await hosted.client("manager") as http:
        reader = Reader(http)
        await reader.drain()
        assert reader.rows["calls", call["id"]]["summary"] == "Maria booked."
        await hosted.store.write(lambda tx: set_role(tx, hosted.business.user_ids["manager"], "front_desk"))
        assert (await reader.page()).json()["reason"] == "scope"
        again = Reader(http)
        await again.drain()
    row = again.rows["calls", call["id"]]
    assert (row["summary"], row["extracted"], row["charge_cents"]) == (None, {}, None)
    bookings = [row for (kind, _), row in again.rows.items() if kind == "bookings"]
    assert {(row["price_cents"], row["paid_cents"]) for row in bookings} == {(None, None)}


async def test_a_new_epoch_a_foreign_cursor_and_an_old_schema(hosted: Hosted) -> None:
    other = add_business(hosted.store, "Garage Vega")
    async with await hosted.client() as http, await hosted.client(business=other) as elsewhere:
        reader, stranger = Reader(http), Reader(elsewhere)
        await reader.drain()
        stranger.cursor = reader.cursor
        assert (await stranger.page()).json()["reason"] == "restore"
        reader.cursor += "x"
        assert (await reader.page()).json()["reason"] == "restore"
        reader.cursor = stranger.cursor
        hosted.store.new_epoch()
        assert (await reader.page()).json()["reason"] == "restore"
        old = await http.get("/v1/sync/changes", params={"schema": 0})
        assert (old.status_code, old.json()["code"], old.json()["min_schema"]) == (426, "upgrade_required", 1)


async def test_a_cursor_that_fills_one_stream_is_refused_by_the_other(hosted: Hosted) -> None:
    await write_bookings(hosted, 5)
    async with await hosted.client() as http:
        reader = Reader(http, limit=1)
        await reader.step()
        answer = await reader.page(stream="transcripts")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_complete_cursor_is_the_same_text_for_both_streams(hosted: Hosted) -> None:
    async with await hosted.client() as http:
        core, transcripts = Reader(http), Reader(http, stream="transcripts")
        await core.drain()
        await transcripts.drain()
    assert core.cursor == transcripts.cursor


async def test_waiting_answers_at_the_commit_or_when_the_time_is_over(hosted: Hosted) -> None:
    async with await hosted.client() as http:
        reader = Reader(http)
        await reader.drain()
        waiting = await begun(hosted, reader.page(wait=20))
        await hosted.store.write(lambda tx: tx.put(hosted.business.number, "turns", eg.turn("c", 0)))
        await write_bookings(hosted, 1)
        answer = await asyncio.wait_for(waiting, 5)
        assert len(answer.json()["changes"]["bookings"]) == 1
        reader.cursor = answer.json()["cursor"]
        empty = await begun(hosted, reader.page(wait=20))
        await hosted.clock.advance(20)
        assert (await asyncio.wait_for(empty, 5)).json()["changes"] == {}


async def begun(hosted: Hosted, asked: Coroutine[Any, Any, httpx.Response]) -> "asyncio.Task[httpx.Response]":
    """The request under way, as soon as it waits on the clock."""
    before = hosted.clock.sleeping
    task = asyncio.ensure_future(asked)
    await hosted.clock.sleepers(before + 1)
    return task


async def test_pages_are_zipped_only_when_accepted_and_large(hosted: Hosted) -> None:
    await write_bookings(hosted, 20)
    async with await hosted.client() as http:
        plain = await http.get("/v1/sync/changes", headers={"Accept-Encoding": "identity"})
        zipped = await http.get("/v1/sync/changes", headers={"Accept-Encoding": "gzip"})
        reader = Reader(http)
        await reader.drain()
        small = await reader.page()
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) < len(plain.content) / 3
    assert "content-encoding" not in small.headers
    assert zipped.json()["changes"] == plain.json()["changes"]


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 5001}, {"stream": "gossip"}, {"wait": 26}, {"schema": -1}])
async def test_what_the_feed_is_asked_with_is_checked(hosted: Hosted, params: dict[str, Any]) -> None:
    async with await hosted.client() as http:
        answer = await http.get("/v1/sync/changes", params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["path"] == f"query.{next(iter(params))}"
