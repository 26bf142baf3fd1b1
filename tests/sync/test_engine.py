"""The engine against the real hosted API, in one process: first sync, live, and everything that goes wrong."""

import asyncio
import sqlite3
from pathlib import Path

import httpx
import pytest

from client.api.errors import DeviceRevoked, Unreachable
from client.models.ids import CallId
from client.models.link import LinkState, Trouble
from client.storage import calls, cursors, meta, schema
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import client_of
from tests.sync.conftest import Device, World, some_history


def hits(device: Device, path: str = "/v1/sync/changes") -> int:
    return device.network.requests.count(path)


# --- the good days ---------------------------------------------------------------------------------------------------
async def test_a_first_sync_ends_equal_to_the_server(world: World) -> None:
    some_history(world)
    device = await world.device()
    assert device.status.state is LinkState.CONNECTING
    assert device.status.filling is not None and not device.status.filling.usable
    device.run()
    await device.equals(world)
    await device.heard.until(lambda: device.status.state is LinkState.ONLINE and device.status.filling is None)
    assert device.status.as_of is not None
    assert device.status.trouble is None


async def test_commits_on_the_server_arrive_as_deltas_without_requests(world: World, synced: Device) -> None:
    asked = hits(synced)
    for _ in range(10):
        booking = eg.booking()
        world.put("bookings", booking)
        await synced.equals(world)
        world.remove("bookings", booking["id"])
        await synced.equals(world)
    # The pulls that its start has asked for may still be under way.
    assert hits(synced) <= asked + 4


async def test_a_burst_of_commits_arrives_whole(world: World, synced: Device) -> None:
    for _ in range(60):
        world.put("bookings", eg.booking())
    await synced.equals(world)


async def test_frames_that_are_lost_on_the_way_are_pulled(world: World, synced: Device) -> None:
    synced.network.swallow_frames(True)
    world.put("bookings", eg.booking())
    await world.time.settle()
    synced.network.swallow_frames(False)
    world.put("bookings", eg.booking())
    await synced.equals(world)


async def test_words_so_far_of_watched_calls_reach_the_app_and_not_the_database(world: World, synced: Device) -> None:
    (call,) = synced.db.read(calls.live)
    await synced.heard.until(lambda: synced.status.state is LinkState.ONLINE)
    synced.engine.watch([call.call_id])
    await world.time.settle()
    before = synced.rows()
    for call_id, words in (("another", "not watched"), (call.call_id, "I would like")):
        frame = {"kind": "partial", "call_id": call_id, "turn_id": "t", "index": 9, "speaker": "caller", "text": words}
        world.hosted.app.state.services.hub.partial(world.hosted.business.number, frame)
    await synced.heard.until(lambda: len(synced.heard.partials) > 0)
    assert [partial.text for partial in synced.heard.partials] == ["I would like"]
    assert synced.rows() == before


async def test_streams_are_woken_in_one_order_whatever_order_they_are_told_in(phone: Device) -> None:
    woken: list[str] = []

    async def wait(stream: str) -> None:
        await phone.engine._paces[stream].rest(60)
        woken.append(stream)

    tasks = [asyncio.create_task(wait(stream)) for stream in ("transcripts", "core")]
    await phone.time.settle()
    phone.engine.on_behind(("transcripts", "core"))
    await asyncio.gather(*tasks)
    assert woken == ["core", "transcripts"]


async def test_one_pull_for_the_command_line(world: World) -> None:
    some_history(world)
    device = await world.device()
    report = await device.engine.sync_once()
    assert device.rows() == world.rows()
    assert report.rows["bookings"] == 5 and report.rows["turns"] == 3
    assert report.pages >= 4 and report.bytes_read > 1000
    indexes = {row[0] for row in device.db.read(lambda c: c.execute("SELECT name FROM sqlite_master").fetchall())}
    assert set(schema.LATE_INDEXES) <= indexes
    world.put("bookings", eg.booking())
    await device.engine.sync_once()
    assert device.rows() == world.rows()


async def test_one_pull_says_when_there_is_no_network(world: World) -> None:
    device = await world.device()
    device.network.cut()
    with pytest.raises(Unreachable):
        await device.engine.sync_once()


async def test_the_front_desk_gets_no_transcripts_and_no_money(world: World) -> None:
    some_history(world)
    device = await world.device(role="front_desk")
    device.run()
    await device.heard.until(lambda: device.status.filling is None and device.status.as_of is not None)
    rows = device.rows()
    assert rows["turns"] == {}
    assert rows["bookings"] == world.rows()["bookings"]
    prices = device.db.read(lambda c: c.execute("SELECT DISTINCT price_cents FROM bookings").fetchall())
    assert prices == [(None,)]


async def test_an_incremental_pull_of_many_pages_is_one_change(world: World, synced: Device) -> None:
    await synced.stop()
    world.put("bookings", *(eg.booking() for _ in range(30)))
    synced.engine._streams.pullers["core"]._limit = 7
    announced: list[frozenset[str]] = []
    synced.db.subscribe({"bookings"}, announced.append)
    await synced.engine.sync_once()
    assert synced.rows() == world.rows()
    assert len(announced) == 1


# --- the network -----------------------------------------------------------------------------------------------------
async def test_the_network_goes_and_comes_back(world: World, synced: Device) -> None:
    as_of = synced.status.as_of
    synced.network.cut()
    await synced.heard.until(lambda: synced.status.state is LinkState.OFFLINE)
    assert synced.status.trouble is Trouble.UNREACHABLE
    assert synced.status.retry_at is not None
    world.put("bookings", eg.booking())
    await world.time.advance(30)
    assert synced.status.as_of == as_of
    synced.network.restore()
    synced.engine.kick()
    await synced.equals(world)
    await synced.heard.until(lambda: synced.status.state is LinkState.ONLINE)
    assert synced.status.trouble is None


async def test_it_recovers_by_itself(world: World, synced: Device) -> None:
    synced.network.cut()
    await synced.heard.until(lambda: synced.status.state is LinkState.OFFLINE)
    world.put("bookings", eg.booking())
    await world.time.advance(120)
    synced.network.restore()
    await synced.equals_in_time(world)


async def test_a_start_without_a_network_shows_what_is_there(world: World, synced: Device) -> None:
    await synced.stop()
    synced.network.cut()
    synced.heard.statuses.clear()
    synced.run()
    await synced.heard.until(lambda: synced.status.state is LinkState.OFFLINE)
    assert synced.status.filling is None
    assert synced.status.as_of is not None
    assert synced.rows() == world.rows()


async def test_where_sockets_are_blocked_the_feed_is_held_open(world: World) -> None:
    some_history(world)
    device = await world.device()
    device.network.sockets_allowed = False
    device.run()
    await device.equals_in_time(world)
    await world.time.advance(3)
    asked = hits(device)
    world.put("bookings", eg.booking())
    world.put("turns", eg.turn(eg.call()["id"], 0))
    await device.equals_in_time(world, seconds=60)
    assert device.status.state is LinkState.ONLINE
    assert hits(device) < asked + 40


async def test_a_silent_connection_is_given_up(world: World, synced: Device) -> None:
    synced.network.swallow_frames(True)
    world.put("bookings", eg.booking())
    sockets = len(synced.network._open)
    await synced.equals_in_time(world, seconds=200)
    assert sockets == 1


async def test_a_first_sync_that_was_interrupted_goes_on_where_it_was(world: World) -> None:
    world.put("bookings", *(eg.booking(starts_at=eg.NOON - 100 * eg.DAY - n, ends_at=eg.NOON) for n in range(40)))
    device = await world.device()
    device.engine._streams.pullers["core"]._limit = 5
    left = [6]

    def before(request: httpx.Request) -> None:
        left[0] -= request.url.path == "/v1/sync/changes"
        if left[0] < 0:
            device.network.up = False

    device.network.before = before
    with pytest.raises(Unreachable):
        await device.engine.sync_once()
    half = device.rows()
    assert 0 < len(half["bookings"]) < 40
    device.network.before = lambda _: None
    device.network.restore()
    asked: list[str] = []
    device.network.before = lambda request: asked.append(request.url.params.get("cursor", ""))
    await device.engine.sync_once()
    assert asked[0] != ""
    assert device.rows() == world.rows()


# --- a server in trouble ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("spec", "trouble"),
    [
        ("refuse:503@/v1/sync*4", Trouble.SERVER_FAULT),
        ("refuse:500@/v1/sync*4", Trouble.SERVER_FAULT),
        ("refuse:429@/v1/sync*4", Trouble.RATE_LIMITED),
        ("malformed@/v1/sync*4", Trouble.MALFORMED),
        ("drop_before@/v1/sync*4", Trouble.UNREACHABLE),
        ("drop_after@/v1/sync*4", Trouble.UNREACHABLE),
    ],
)
async def test_a_server_in_trouble_is_named_and_outlasted(world: World, spec: str, trouble: Trouble) -> None:
    some_history(world)
    await world.faults(spec)
    device = await world.device()
    device.run()
    await device.heard.until(lambda: device.status.trouble is not None)
    assert device.status.trouble is trouble
    await device.equals_in_time(world)


@pytest.mark.parametrize("spec", ["unknown", "delay:800", "drop_live*3", "malformed@/v1/live*5", "expire*2"])
async def test_faults_while_it_runs(world: World, synced: Device, spec: str) -> None:
    await world.faults(spec)
    for _ in range(3):
        world.put("bookings", eg.booking())
        world.put("turns", eg.turn(synced.db.read(calls.live)[0].call_id, 5))
        await world.time.advance(1)
    if spec.startswith("expire"):
        synced.network.swallow_frames(True)
        world.put("bookings", eg.booking())
        synced.engine.kick()
    await synced.equals_in_time(world)


async def test_what_a_newer_server_sends_is_kept(world: World) -> None:
    some_history(world)
    await world.faults("unknown")
    device = await world.device()
    device.run()
    await device.equals_in_time(world)
    extras = device.db.read(lambda c: c.execute("SELECT count(*) FROM bookings WHERE extra IS NOT NULL").fetchone()[0])
    unknown = device.db.read(lambda c: c.execute("SELECT count(*) FROM unknown_rows").fetchone()[0])
    assert extras or unknown


async def test_an_app_that_is_too_old_says_so_and_keeps_its_data(world: World, synced: Device) -> None:
    await world.faults("refuse:426@/v1/sync")
    synced.network.cut()
    synced.network.restore()
    synced.engine.kick()
    await synced.heard.until(lambda: synced.status.trouble is Trouble.UPGRADE_REQUIRED)
    assert synced.rows() == world.rows()


async def test_an_expired_cursor_resyncs_under_old_rows(world: World, synced: Device) -> None:
    await synced.stop()
    gone = next(iter(world.rows()["bookings"]))
    world.remove("bookings", gone)
    await world.faults("expire*1")
    seen: list[int] = []
    synced.db.subscribe({"bookings"}, lambda _: seen.append(len(synced.rows()["bookings"])))
    await synced.engine.sync_once()
    assert synced.rows() == world.rows()
    assert min(seen) == 4
    assert synced.db.read(lambda c: cursors.stream(c, "core")).gen == 2


async def test_a_restored_server_is_followed(world: World, synced: Device) -> None:
    await synced.stop()
    world.store.new_epoch()
    world.put("bookings", eg.booking())
    synced.run()
    await synced.equals(world)
    assert synced.db.read(lambda c: cursors.stream(c, "core")).epoch == world.store.epoch


# --- who is asking ---------------------------------------------------------------------------------------------------
async def test_a_revoked_session_ends_the_engine_and_keeps_the_data(world: World, synced: Device) -> None:
    async with client_of(world.hosted.app, await access_of(synced)) as own:
        await own.post("/v1/auth/sign-out")
    await synced.heard.until(lambda: synced.status.state is LinkState.SIGNED_OUT)
    assert synced.status.trouble is Trouble.SESSION_REVOKED
    assert synced.task is not None
    await asyncio.wait_for(synced.task, 5)
    assert synced.rows() == world.rows()


async def access_of(device: Device) -> str:
    tokens = await device.api._store.load()
    assert tokens is not None
    return tokens.access


async def revoke_devices(world: World) -> None:
    """From another device of the same owner."""
    async with await world.hosted.client() as other:
        await other.delete("/v1/auth/sessions")


@pytest.mark.parametrize("when", ["connected", "offline", "expired", "ended"])
async def test_a_revoked_device_ends_the_engine_and_says_so(world: World, synced: Device, when: str) -> None:
    """At once, and whenever it hears from the server again; all loops may hear it in one moment."""
    if when != "connected":
        synced.network.cut()
        await synced.heard.until(lambda: synced.status.state is LinkState.OFFLINE)
    if when == "ended":
        await synced.stop()
    await revoke_devices(world)
    if when == "expired":
        await world.time.advance(16 * 60)
    synced.network.restore()
    if when == "ended":
        synced = await world.reopened(synced)
        synced.run()
    synced.engine.kick()
    await synced.heard.until(lambda: synced.status.state is LinkState.SIGNED_OUT)
    assert synced.status.trouble is Trouble.DEVICE_REVOKED
    assert synced.task is not None
    await asyncio.wait_for(synced.task, 5)
    assert synced.rows() == world.rows(), "what goes is removed by who opened it"


async def test_one_sync_of_a_revoked_device_raises_that(world: World, phone: Device) -> None:
    await revoke_devices(world)
    for _ in range(2):
        with pytest.raises(DeviceRevoked):
            await phone.engine.sync_once()


async def test_a_session_of_another_account_never_mixes(world: World) -> None:
    device = await world.device()
    identity = device.db.read(meta.identity)
    assert identity is not None
    foreign = type(identity)(
        api_url=identity.api_url,
        account_id=type(identity.account_id)("somebody-else"),
        user_id=identity.user_id,
        name=identity.name,
        email=identity.email,
        role=identity.role,
        business_name=identity.business_name,
    )
    await device.db.write(lambda c: meta.put_identity(c, foreign))
    device.run()
    assert device.task is not None
    await asyncio.wait_for(device.task, 5)
    assert device.status.trouble is Trouble.WRONG_ACCOUNT


async def test_an_expired_access_token_is_renewed_unnoticed(world: World, synced: Device) -> None:
    await world.time.advance(16 * 60)
    world.put("bookings", eg.booking())
    synced.engine.kick()
    async with asyncio.timeout(10):
        while "/v1/auth/token" not in synced.network.requests:
            await synced.pass_time(1)
    await synced.equals_in_time(world)
    assert synced.network.requests.count("/v1/auth/token") == 1


# --- clocks ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fast_s", [259_200.0, -259_200.0, 0.0])
async def test_a_clock_that_is_days_off_is_noticed_and_harms_nothing(world: World, fast_s: float) -> None:
    some_history(world)
    device = await world.device(fast_s=fast_s)
    device.run()
    await device.equals(world)
    await device.heard.until(lambda: device.status.as_of is not None and device.status.filling is None)
    assert device.status.skew_s == fast_s
    assert device.status.as_of is not None
    assert abs(device.status.as_of.timestamp() - world.time.now_ms() / 1000) < 1
    world.put("bookings", eg.booking())
    await device.equals(world)
    assert device.status.as_of is not None
    assert abs(device.status.as_of.timestamp() - world.time.now_ms() / 1000) < 1


async def test_the_skew_is_kept_though_a_first_sync_is_cut_after_its_first_page(world: World) -> None:
    some_history(world)
    device = await world.device(fast_s=86_400.0)

    def only_the_first_page(request: httpx.Request) -> None:
        if request.url.params.get("cursor"):
            raise httpx.ConnectError("cut", request=request)

    device.network.before = only_the_first_page
    with pytest.raises(Unreachable):
        await device.engine.sync_once()
    assert not device.db.read(lambda conn: cursors.stream(conn, "core")).complete
    assert device.db.read(meta.skew_s) == 86_400.0


async def test_data_stays_current_while_the_line_is_quiet(synced: Device) -> None:
    before = synced.status.as_of
    assert before is not None
    for _ in range(10):
        await synced.pass_time(25)
    assert synced.status.as_of is not None
    assert (synced.status.as_of - before).total_seconds() >= 100


# --- the file --------------------------------------------------------------------------------------------------------
async def limit_pages(device: Device, spare: int) -> None:
    pages = await device.db.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    limit = f"PRAGMA max_page_count = {pages + spare}"
    await asyncio.wrap_future(device.db._writer.submit(device.db._pragmas, limit))


async def test_a_full_disk_pauses_says_so_and_goes_on(world: World, synced: Device) -> None:
    await limit_pages(synced, 0)
    world.put("bookings", *(eg.booking(notes="x" * 2000) for _ in range(50)))
    await synced.heard.until(lambda: synced.status.trouble is Trouble.DISK_FULL)
    assert len(synced.rows()["bookings"]) == 5
    await limit_pages(synced, 10_000)
    await synced.equals_in_time(world)


async def test_a_damaged_file_is_replaced_and_filled_again(world: World, synced: Device) -> None:
    await synced.stop()
    path = synced.db.path
    await asyncio.wrap_future(
        synced.db._writer.submit(synced.db._pragmas, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory")
    )
    spoil(path)
    synced.run()
    world.put("bookings", eg.booking())
    await synced.equals_in_time(world)
    assert Trouble.DAMAGED in {status.trouble for status in synced.heard.statuses}
    assert list(path.parent.glob("*.corrupt-*"))
    assert synced.db.read(meta.identity) is not None
    await synced.heard.until(lambda: synced.status.trouble is None)


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


async def test_two_copies_of_the_app_on_one_folder(world: World, tmp_path: Path) -> None:
    some_history(world)
    lock = tmp_path / "sync.lock"
    first = await world.device("shared", lock_path=lock)
    first.run()
    await first.equals(world)
    second = await world.device("shared", lock_path=lock)
    asked = len(second.network.requests)
    second.run()
    await second.heard.until(lambda: second.status.state is LinkState.STANDBY)
    world.put("bookings", eg.booking())
    await first.equals(world)
    await world.time.advance(3)
    await second.equals(world)
    assert len(second.network.requests) == asked
    await first.stop()
    await world.time.advance(3)
    await second.heard.until(lambda: second.status.state is LinkState.ONLINE)
    world.put("bookings", eg.booking())
    await second.equals(world)


async def test_a_call_is_never_half_told(world: World, synced: Device) -> None:
    """The turn and the call's count of turns travel in one commit, and are one commit here."""
    call = eg.call()
    world.put("calls", call)
    await synced.equals(world)
    halves: list[tuple[int, int]] = []

    def look(_: frozenset[str]) -> None:
        def both(conn: sqlite3.Connection) -> tuple[int, int]:
            known = calls.get(conn, CallId(call["id"]))
            assert known is not None
            return known.turn_count, len(calls.turns(conn, CallId(call["id"])))

        halves.append(synced.db.read(both))

    synced.db.subscribe({"calls", "turns"}, look)
    for index in range(10):
        turn = eg.turn(call["id"], index)

        def say(tx: object, number: int, turn: dict[str, object] = turn, index: int = index) -> None:
            tx.put(number, "turns", turn)  # type: ignore[attr-defined]
            tx.put(number, "calls", {**call, "turn_count": index + 1})  # type: ignore[attr-defined]

        world.commit(say)
    await synced.equals(world)
    assert halves and all(count == turns for count, turns in halves)
