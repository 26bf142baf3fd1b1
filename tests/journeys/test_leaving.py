"""Signing out with changes that are not sent: said first, sent or kept or discarded, and then nothing is there."""

import json
from typing import Any

import accounts
from tests.journeys.conftest import BOOKING_ID, Device, OpenWorld, Window, World


def status_at_the_server(world: World) -> str:
    return next(row for row in world.rows("bookings") if row["id"] == BOOKING_ID)["status"]


async def cancelled_offline(world: World) -> tuple[Device, Window]:
    """A device on which a booking was cancelled without a connection, with More in its window."""
    device = await world.device()
    window = await device.signed_in("/more")
    device.network.cut()
    await window.stores.edits.cancel(BOOKING_ID)
    await world.fire(window, "more.sign_out")
    assert window.harness.says("1 change not sent") and window.harness.says("Cancel Ines Okafor")
    return device, window


async def sends(world: World, window: Window) -> None:
    """Press Send now, and let it take its time."""
    pressed = window.harness.start(window.harness.keyed("leaving.send"), "click", None)
    await world.in_time(pressed.done)
    pressed.result()


async def test_sent_now_without_a_connection_loses_nothing_and_later_leaves_clean(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device, window = await cancelled_offline(world)
        await sends(world, window)
        assert window.harness.says("Nothing is lost; they are still here.")
        await device.close()
        device = await world.device()
        device.network.cut()
        window = await device.window("/more")
        await world.until(lambda: window.harness.find("more.sign_out") is not None)
        await world.fire(window, "more.sign_out")
        assert window.harness.says("1 change not sent"), "a restart loses nothing either"
        device.network.restore()
        await sends(world, window)
        await world.until(lambda: window.harness.says("1 change was sent."))
        assert status_at_the_server(world) == "cancelled"
        assert device.runtime.identity
        folder = accounts.folder_of(device.runtime.config, device.runtime.identity)
        await world.fire(window, "leaving.sign_out")
        await world.until(lambda: window.harness.find("sign_in.submit") is not None)
        assert not folder.exists() and not window.harness.says("Ines Okafor")


async def test_what_is_sent_meanwhile_is_no_longer_asked_about(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device, window = await cancelled_offline(world)
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: window.harness.find("leaving.sign_out") is not None)
        assert not window.harness.says("1 change not sent") and status_at_the_server(world) == "cancelled"


async def test_a_file_takes_the_change_along_and_discarding_leaves_nothing(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device, window = await cancelled_offline(world)
        assert device.runtime.identity
        folder = accounts.folder_of(device.runtime.config, device.runtime.identity)
        files: list[dict[str, Any]] = []
        window.harness.replies["save_file"] = lambda file: files.append(file) or "/somewhere/unsent.json"
        await world.fire(window, "leaving.export")
        await world.reads(window, "Written to unsent changes")
        (change,) = json.loads(files[0]["src_bytes"])["changes"]
        assert change["mutation"]["id"] == BOOKING_ID
        await world.fire(window, "leaving.discard")
        assert folder.exists(), "the word is not typed yet"
        await window.harness.type("leaving.typed", "discard")
        await world.fire(window, "leaving.discard")
        await world.until(lambda: window.harness.find("sign_in.submit") is not None)
        assert not list(folder.parent.glob("*"))
        await device.close()
        device = await world.device()
        assert device.runtime.identity is None and device.runtime.secrets_trouble is None
        window = await device.signed_in()
        assert device.runtime.unsent() == 0 and status_at_the_server(world) == "confirmed"
