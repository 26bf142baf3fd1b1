"""A device that the owner signs out from another one, lost or lent: what it holds is gone, and it says so."""

from dataclasses import replace

import accounts
from client.models.link import LinkState, Trouble
from tests.journeys.conftest import BOOKING_ID, OpenWorld, revoke_devices
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
        await world.in_time(lambda: device.runtime.identity is None)
        for each in (window, second):
            await world.reads(each, SAID)
            assert not each.harness.says("Ines Okafor") and not each.harness.says("your data is kept")
        assert not list(folder.parent.glob("*")) and device.runtime.identities == ()


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
        await world.in_time(lambda: device.runtime.identity is None)
        await world.reads(window, SAID)
        assert device.runtime.identities == (garage,)
        config = device.runtime.config
        assert not accounts.folder_of(config, demo).exists() and accounts.folder_of(config, garage).exists()
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
