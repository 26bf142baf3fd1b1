"""A device that the owner signs out from another one, lost or lent: what it holds is gone, and it says so."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import accounts
from client.models.link import LinkState, Trouble
from sync.session import EVERY_S
from tests.journeys.conftest import BOOKING_ID, OpenWorld, World, revoke_devices
from tests.journeys.test_businesses import add_garage, choose, found_garage

SAID = "This device was signed out from another one, so its data does not stay here."


async def test_a_device_that_is_revoked_while_it_runs_empties_every_window(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        second = await device.window(f"/bookings/today/{BOOKING_ID}")
        await world.until(lambda: second.harness.says("Ines Okafor"))
        assert device.runtime.identity
        folder = accounts.folder_of(device.runtime.config, device.runtime.identity)
        await revoke_devices(world)
        await world.in_time(lambda: device.runtime.identity is None and not list(folder.parent.glob("*")))
        for each in (window, second):
            await world.reads(each, SAID)
            assert not each.harness.says("Ines Okafor") and not each.harness.says("your data is kept")
        assert device.runtime.identities == ()


async def test_what_was_changed_offline_is_gone_too_and_who_comes_back_begins_afresh(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        assert device.runtime.unsent() == 1
        await revoke_devices(world)
        await world.pass_time(20 * 60)
        assert device.runtime.unsent() == 1 and window.harness.says("Ines Okafor"), "it cannot know yet"
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: device.runtime.identity is None)
        await world.reads(window, "Changes that were not sent are gone with it.")
        await device.sign_in(window)
        await world.in_time(lambda: device.is_current and window.harness.says("Theo Lindqvist"))
        assert device.runtime.unsent() == 0 and not window.harness.says(SAID)
        booking = next(row for row in world.rows("bookings") if row["id"] == BOOKING_ID)
        assert booking["status"] == "confirmed", "nothing of a revoked device is taken"


async def test_a_start_after_it_was_revoked_shows_the_sign_in(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        await device.signed_in()
        await device.close()
        await revoke_devices(world)
        device = await world.device()
        window = await device.window()
        await world.in_time(lambda: device.runtime.identity is None)
        await world.reads(window, SAID)
        await device.close()
        device = await world.device()
        window = await device.window()
        assert device.runtime.link.state is LinkState.SIGNED_OUT
        assert window.harness.find("sign_in.submit") is not None and not window.harness.says(SAID)


async def test_another_business_on_the_device_stays(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        demo = device.runtime.identity
        assert demo
        await add_garage(world, device, window)
        garage = device.runtime.identity
        assert garage
        await revoke_devices(world)
        await choose(world, window, demo)
        config = device.runtime.config
        gone = accounts.folder_of(config, demo)
        await world.in_time(lambda: device.runtime.identity is None and not gone.exists())
        await world.reads(window, SAID)
        assert device.runtime.identities == (garage,) and accounts.folder_of(config, garage).exists()
        await world.fire(window, f"business.{garage.account_id}.{garage.user_id}")
        await world.in_time(lambda: device.is_current and window.harness.says("Kestrel Motors"))


async def test_word_that_comes_late_finds_the_account_all_the_same(open_world: OpenWorld) -> None:
    """The owner has signed out with a change that was not sent, so that it stayed, locked away."""
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        account = device.runtime._showing.account
        assert account is not None
        word = replace(device.runtime.link, state=LinkState.SIGNED_OUT, trouble=Trouble.DEVICE_REVOKED)
        await device.runtime.sign_out()
        assert account.folder.exists()
        await device.runtime._locked_out(account, word)
        assert not account.folder.exists()
        device.network.restore()
        await world.until(lambda: window.harness.find("sign_in.email") is not None)
        await device.sign_in(window)
        await world.until(lambda: device.runtime.identity is not None)
        await device.runtime._locked_out(account, word)
        assert device.runtime.database is not None and account.folder.exists(), "who is back anew is not meant"


# --- and whose data cannot be opened ----------------------------------------------------------------------------------
def is_of_a_newer_app(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA user_version = 9999")


def is_no_file(file: Path) -> None:
    file.rename(file.with_name("kept"))
    file.mkdir()


def has_no_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("kept"))
    file.parent.write_text("in the way")


CANNOT_BE_OPENED = pytest.mark.parametrize("spoil", [is_of_a_newer_app, is_no_file, has_no_folder])


async def unopened(world: World, spoil: Callable[[Path], None]) -> Path:
    """The folder of a device that was used, cannot open its data any more, and is off."""
    device = await world.device()
    await device.signed_in()
    assert device.runtime.identity
    folder = accounts.folder_of(device.runtime.config, device.runtime.identity)
    await device.close()
    spoil(folder / accounts.DATABASE)
    return folder


@CANNOT_BE_OPENED
async def test_a_start_that_cannot_open_the_data_hears_of_it_all_the_same(
    spoil: Callable[[Path], None], open_world: OpenWorld
) -> None:
    async with open_world() as world:
        folder = await unopened(world, spoil)
        await revoke_devices(world)
        device = await world.device()
        window = await device.window()
        await world.in_time(lambda: device.runtime.identity is None)
        await world.reads(window, SAID)
        assert not folder.exists() and not list(folder.parent.glob("*.wipe"))
        await device.close()
        device = await world.device()
        window = await device.window()
        assert window.harness.find("sign_in.submit") is not None and device.runtime.removal is None


async def test_it_is_heard_when_there_is_a_connection_again_and_while_nobody_does_anything(
    open_world: OpenWorld,
) -> None:
    async with open_world() as world:
        folder = await unopened(world, is_of_a_newer_app)
        device = await world.device()
        device.network.cut()
        window = await device.window()
        await world.pass_time(60)
        device.network.restore()
        device.runtime.kick()
        await world.pass_time(1)
        assert window.harness.find("storage.try_again") is not None and folder.exists(), "the session lasts"
        await revoke_devices(world)
        await world.in_time(lambda: device.runtime.identity is None and not folder.exists(), seconds=EVERY_S + 10)
        await world.reads(window, SAID)
        assert not folder.exists()


async def test_a_session_that_merely_ended_keeps_what_cannot_be_opened(open_world: OpenWorld) -> None:
    async with open_world() as world:
        folder = await unopened(world, is_of_a_newer_app)
        world.store.write_now(lambda tx: tx.connection.execute("UPDATE session SET revoked_at = 1"))
        device = await world.device()
        window = await device.window()
        await world.in_time(lambda: device.runtime.identity is None)
        await world.reads(window, "Your session has ended. Sign in again; your data is kept.")
        assert (folder / accounts.DATABASE).exists()
