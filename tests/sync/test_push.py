"""Changes on their way to the real hosted API: sent in order, settled, refused, in conflict."""

import json

import httpx
import pytest

from client.models.link import Thrift
from client.storage import outbox
from tests.backend_stub import example_rows as eg
from tests.storage import mutations
from tests.sync.conftest import Device, World, some_history
from tests.sync.edits import (
    TEN,
    booked,
    changes,
    create,
    messages,
    move,
    note,
    open_fields,
    past,
    server_row,
    shown,
    states,
)
from tests.sync.pushed import PUSH, Pushed, meanwhile, settled


# --- the good days ---------------------------------------------------------------------------------------------------
async def test_an_edit_goes_out_at_once_and_becomes_history(world: World, synced: Device) -> None:
    row_id = booked(world)
    await synced.equals(world)
    await move(synced, row_id, 2)
    await synced.heard.until(lambda: changes(synced) == [] and past(synced) == 1)
    row = server_row(world, row_id)
    assert row is not None and row["starts_at"] == TEN + 2 * eg.HOUR
    await synced.equals(world)
    await synced.heard.until(lambda: synced.status.waiting == 0)
    assert synced.status.needs_you == 0


async def test_what_was_made_without_a_signal_goes_out_in_order_when_there_is_one(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    phone.network.cut()
    made = await create(phone, world, 3)
    await move(phone, row_id, 4, tell="See you at two")
    await note(phone, row_id, "rang the bell")
    phone.network.restore()
    report = await phone.engine.sync_once()
    assert (report.pushed, report.refused, report.conflicts, report.waiting) == (2, 0, 0, 0)
    assert changes(phone) == [] and past(phone) == 2
    assert phone.rows() == world.rows()
    assert server_row(world, made) is not None
    assert messages(world) == ["See you at two"]


async def test_one_thousand_changes_are_ten_requests_and_no_more(world: World, phone: Device) -> None:
    rows = [booked(world, -5000 - n) for n in range(1000)]
    await phone.engine.sync_once()
    pushed = Pushed(phone)
    for row_id in rows:
        await note(phone, row_id, "x")
    await phone.engine.sync_once()
    assert changes(phone) == [] and past(phone) == 1000
    assert [len(mids) for mids in pushed.mids] == [100] * 10


async def test_a_batch_is_no_larger_than_the_server_takes(world: World, phone: Device) -> None:
    rows = [booked(world, -5000 - n) for n in range(80)]
    await phone.engine.sync_once()
    sizes: list[int] = []
    phone.network.before = lambda request: sizes.append(len(request.content)) if request.url.path == PUSH else None
    for row_id in rows:
        await note(phone, row_id, "ä" * 2000)
    await phone.engine.sync_once()
    assert changes(phone) == []
    assert 1 < len(sizes) < 6 and max(sizes) <= 256 * 1024


async def test_changes_go_out_while_a_first_sync_still_fills(world: World) -> None:
    rows = [booked(world, -5000 - n) for n in range(40)]
    row_id = booked(world)
    device = await world.device()
    device.engine._streams.pullers["core"]._limit = 3
    held: list[bool] = []

    def before(request: httpx.Request) -> None:
        of_core = request.url.params.get("stream") == "core"
        if of_core and device.engine._streams.pullers["core"].state().stage == "backfill" and not held:
            device.network.before = lambda _: None
            held.append(True)
            raise httpx.ConnectError("cut", request=request)

    device.network.before = before
    device.run()
    await device.heard.until(lambda: bool(held))
    await note(device, row_id, "early")
    await device.heard.until(lambda: (server_row(world, row_id) or {})["notes"] == "early")
    assert not device.engine._streams.pullers["core"].state().complete
    row = shown(device, row_id)
    assert row is not None and row["notes"] == "early"
    await device.equals_in_time(world)
    await settled(device)
    assert len(rows) == 40


# --- what the server does not take -----------------------------------------------------------------------------------
async def test_a_conflict_is_kept_and_counted_and_the_row_shows_what_the_server_has(
    world: World, phone: Device
) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    booked(world, 2)
    await move(phone, row_id, 2, tell="At noon!")
    report = await phone.engine.sync_once()
    assert (report.pushed, report.conflicts, report.waiting) == (1, 1, 0)
    assert open_fields(phone) == ["slot"]
    row = shown(phone, row_id)
    assert row is not None and row["starts_at"] == TEN
    assert phone.status.conflicts == 1 and phone.status.needs_you == 1
    assert changes(phone) == [] and messages(world) == []
    (conflict,) = phone.db.read(lambda conn: conn.execute("SELECT document FROM conflicts").fetchall())
    assert len(json.loads(conflict[0])["free"]) == 3


async def test_a_refused_change_stays_with_its_reason_and_is_no_longer_in_effect(world: World, phone: Device) -> None:
    made = await create(phone, world, 30 * 24 - 6)
    assert shown(phone, made) is not None
    report = await phone.engine.sync_once()
    assert (report.pushed, report.refused, report.waiting) == (0, 1, 0)
    (change,) = changes(phone)
    assert change.state == "refused" and change.result is not None
    assert change.result["code"] == "closed" and change.result["detail"]
    assert shown(phone, made) is None
    assert phone.status.needs_you == 1
    await phone.db.write(lambda conn: outbox.withdraw(conn, change.change_id))
    assert changes(phone) == [] and phone.rows() == world.rows()


async def test_what_rests_on_a_refused_patch_goes_on_without_it(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    await move(phone, row_id, 13)  # in the night
    fields = {
        "starts_at": (TEN + 13 * eg.HOUR, TEN + eg.HOUR),
        "ends_at": (TEN + 14 * eg.HOUR, TEN + 2 * eg.HOUR),
        "staff_id": (world.hosted.business.staff_id,) * 2,
    }
    meanwhile(phone, mutations.patch(row_id, fields))
    await phone.engine.sync_once()
    assert states(phone) == ["refused"] and open_fields(phone) == []
    row = server_row(world, row_id)
    assert row is not None and row["starts_at"] == TEN + eg.HOUR


async def test_later_changes_of_a_row_that_was_never_made_wait_with_it(world: World, phone: Device) -> None:
    made = await create(phone, world, 13)
    meanwhile(phone, mutations.patch(made, {"notes": (None, "for later")}))
    await phone.engine.sync_once()
    await phone.engine.sync_once()
    assert states(phone) == ["refused", "queued"]
    assert shown(phone, made) is None
    await phone.db.write(lambda conn: outbox.withdraw(conn, changes(phone)[0].change_id))
    assert changes(phone) == []


# --- thrifty, and out of sight ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("why", ["metered", "low_battery", "background"])
async def test_while_being_thrifty_changes_go_out_and_what_nobody_looks_at_waits(world: World, why: str) -> None:
    some_history(world)
    for n in range(40):
        booked(world, -5000 - n)
    row_id = booked(world)
    device = await world.device()
    device.engine._streams.pullers["core"]._limit = 3
    await switch(device, why, True)
    device.run()
    await device.heard.until(lambda: row_id in device.rows()["bookings"])
    await note(device, row_id, "x")
    await device.heard.until(lambda: (server_row(world, row_id) or {})["notes"] == "x")
    await device.pass_time(1000)
    rows = device.rows()
    assert len(rows["bookings"]) < 42
    assert bool(rows["turns"]) is (why != "background"), "out of sight nothing is fetched, else what is on screen"
    assert states(device) == ["acked"]
    assert device.status.filling is not None and device.status.filling.usable
    assert device.status.filling.waits == (None if why == "background" else why)
    await switch(device, why, False)
    await device.equals_in_time(world)
    await settled(device)


async def switch(device: Device, why: str, on: bool) -> None:
    if why == "background":
        await device.engine.background(on)
    else:
        device.engine.spare(Thrift(why) if on else None)


async def test_out_of_sight_everything_is_in_the_file(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    await note(phone, row_id, "x")
    log = phone.db.path.with_name(phone.db.path.name + "-wal")
    assert log.stat().st_size > 0
    await phone.engine.background(True)
    assert log.stat().st_size == 0
    assert states(phone) == ["queued"]
