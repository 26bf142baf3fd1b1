"""The data on this device cannot be used or kept: a sentence instead, nothing raised, nothing lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import accounts
from client.models.link import LinkState, Trouble
from client.storage.errors import DatabaseTooNew, DatabaseUnavailable
from tests.backend_stub import example_rows as eg
from tests.journeys.conftest import BOOKING_ID, NOON, OpenWorld, World

NEWER = "A newer version of the app wrote the data on this device. Please update; nothing was changed."
UNUSABLE = "The data folder cannot be used: no permission, or a missing disk. Nothing is lost; try again."


async def file_of_a_used_device(world: World) -> Path:
    """The database of a device that was used and put away."""
    device = await world.device()
    await device.signed_in()
    assert device.runtime.identity
    folder = accounts.folder_of(device.runtime.config, device.runtime.identity)
    await device.close()
    return folder / accounts.DATABASE


async def test_a_file_of_a_newer_app_is_left_as_it_is(open_world: OpenWorld) -> None:
    async with open_world() as world:
        file = await file_of_a_used_device(world)
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA user_version = 9999")
        newer = file.read_bytes()
        device = await world.device()
        window = await device.window()
        await world.pass_time(2)
        assert isinstance(device.runtime.storage_error, DatabaseTooNew)
        assert device.runtime.link.trouble is Trouble.TOO_NEW
        assert window.harness.says(NEWER)
        await window.harness.tap("storage.try_again")
        assert isinstance(device.runtime.storage_error, DatabaseTooNew)
        assert window.harness.find("storage.repair") is None
        assert file.read_bytes() == newer
        await device.runtime.repair_storage()
        await world.until(lambda: device.is_current and window.harness.says("Theo Lindqvist"))
        assert device.runtime.set_aside and device.runtime.set_aside.read_bytes() == newer


async def test_signing_out_leaves_what_could_not_be_opened(open_world: OpenWorld) -> None:
    async with open_world() as world:
        file = await file_of_a_used_device(world)
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA user_version = 9999")
        newer = file.read_bytes()
        device = await world.device()
        window = await device.window()
        await world.pass_time(2)
        await window.harness.tap("storage.sign_out")
        await world.until(lambda: device.runtime.identity is None)
        assert file.read_bytes() == newer


async def test_a_damaged_file_is_set_aside_and_fetched_anew(open_world: OpenWorld) -> None:
    async with open_world() as world:
        file = await file_of_a_used_device(world)
        file.write_bytes(b"no database at all" * 1000)
        device = await world.device()
        window = await device.window()
        await world.until(lambda: device.is_current and window.harness.says("Theo Lindqvist"))
        assert device.runtime.set_aside and device.runtime.set_aside.read_bytes().startswith(b"no database at all")


async def test_changes_survive_a_damaged_file_and_are_sent_once(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        assert device.runtime.identity
        file = accounts.folder_of(device.runtime.config, device.runtime.identity) / accounts.DATABASE
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        await device.close()
        file.write_bytes(b"no database at all" * 1000)
        device = await world.device()
        device.network.cut()
        window = await device.window()
        said = "The data on this device was damaged. Your 1 change was saved and is kept; the rest is fetched again."
        await world.until(lambda: window.harness.says(said))
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: device.is_current and device.runtime.unsent() == 0)
        booking = next(row for row in world.rows("bookings") if row["id"] == BOOKING_ID)
        assert booking["status"] == "cancelled"
        await world.fire(window, "rescued.put_away")
        await world.until(lambda: not window.harness.says(said))


async def test_damage_that_nothing_has_met_is_found_after_a_crash(open_world: OpenWorld) -> None:
    async with open_world() as world:
        file = await file_of_a_used_device(world)
        file.with_name(f"{file.name}-wal").write_bytes(b"")  # as a process that was killed leaves it
        with file.open("r+b") as damaged:
            damaged.seek(file.stat().st_size // 2)
            damaged.write(b"\xff" * 8192)
        device = await world.device()
        window = await device.window()
        await world.in_time(lambda: bool(list(file.parent.glob("*.corrupt-*"))))
        await world.in_time(lambda: device.is_current and window.harness.says("Theo Lindqvist"))


@pytest.mark.parametrize("in_the_way", ["folder of the account", "file"])
async def test_a_folder_that_cannot_be_used_is_tried_again(in_the_way: str, open_world: OpenWorld) -> None:
    async with open_world() as world:
        file = await file_of_a_used_device(world)
        blocked = file if in_the_way == "file" else file.parent
        kept = blocked.with_name("kept")
        blocked.rename(kept)
        blocked.mkdir() if in_the_way == "file" else blocked.write_text("in the way")
        device = await world.device()
        window = await device.window()
        await world.pass_time(2)
        assert isinstance(device.runtime.storage_error, DatabaseUnavailable)
        assert device.runtime.identity is not None and device.runtime.link.trouble is Trouble.UNAVAILABLE
        assert window.harness.says(UNUSABLE)
        assert not window.harness.says("Theo Lindqvist")
        blocked.rmdir() if in_the_way == "file" else blocked.unlink()
        kept.rename(blocked)
        device.network.cut()
        await window.harness.tap("storage.try_again")
        await world.until(lambda: window.harness.says("Theo Lindqvist"))
        assert device.runtime.storage_error is None


async def test_a_full_disk_is_told_and_mends_by_itself(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        await limit_pages(device.runtime.database, 1)
        news = [eg.booking(customer_name="Walter Nguyen", starts_at=NOON + 3 * eg.HOUR, notes="x" * 3000)]
        world.put("bookings", *news, *(eg.booking(starts_at=NOON + 9 * eg.DAY, notes="y" * 3000) for _ in range(40)))
        full = "This device is full. Nothing new can be kept until there is space."
        await world.in_time(lambda: window.strip == full)
        assert window.harness.says("Theo Lindqvist") and not window.harness.says("Walter Nguyen")
        assert device.runtime.link.state is not LinkState.SIGNED_OUT
        await limit_pages(device.runtime.database, 1 << 30)
        await world.in_time(lambda: window.strip is None and window.harness.says("Walter Nguyen"))


async def limit_pages(database: object, pages: int) -> None:
    """As if the disk were full now: SQLite takes the present size when less is asked for."""
    from client.storage.database import Database

    assert isinstance(database, Database)
    await database.write(lambda conn: conn.execute(f"PRAGMA max_page_count = {pages}").fetchall())
