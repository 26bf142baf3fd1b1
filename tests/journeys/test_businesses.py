"""Several businesses on one device: one is shown, and nothing of the others can be seen while it is."""

import json
from typing import Any

import accounts
from client.models.account import Identity
from client.models.link import LinkState
from client.storage import bookings, unsent
from screens.routes import Route
from tests.journeys.conftest import BOOKING_ID, CALL_ID, Device, OpenWorld, Window, World

OF_THE_DEMO = ("Theo Lindqvist", "Ines Okafor", "purple hair", "Bella Salon", BOOKING_ID, CALL_ID)
GARAGE = {
    "email": "lena@kestrel.example",
    "password": "a long enough password",
    "name": "Lena Vogt",
    "business_name": "Kestrel Motors",
    "business_type": "garage",
    "time_zone": "America/Los_Angeles",
    "device": {"name": "another", "platform": "web"},
}


async def found_garage(world: World) -> None:
    (await world.hosted.http.post("/v1/auth/sign-up", json=GARAGE)).raise_for_status()


async def add_garage(world: World, device: Device, window: Window) -> None:
    await world.fire(window, "businesses.open")
    await world.fire(window, "businesses.add")
    await window.harness.type("sign_in.email", GARAGE["email"])
    await window.harness.type("sign_in.password", GARAGE["password"])
    await world.fire(window, "sign_in.submit")
    await world.until(lambda: device.is_current and window.harness.says("Kestrel Motors"))


async def choose(world: World, window: Window, who: Identity) -> None:
    """Another of the businesses that are signed in here."""
    await world.fire(window, "businesses.open")
    await world.fire(window, f"business.{who.account_id}.{who.user_id}")


def remembered(window: Window) -> str:
    """Everything the stores of a window hold."""
    stores = window.stores
    held: list[Any] = [query.state for query in stores._queries()]
    held += [stores.command.state, stores.edits.state, stores.panel.state, stores.router.route, stores.transcript]
    return json.dumps(held, default=lambda value: repr(vars(value)) if hasattr(value, "__dict__") else repr(value))


async def switch(world: World, device: Device, window: Window, business: str) -> None:
    wanted = next(each for each in device.runtime.identities if each.business_name == business)
    await world.fire(window, "businesses.open")
    await world.fire(window, f"business.{wanted.account_id}.{wanted.user_id}")
    await world.until(lambda: device.runtime.identity == wanted and device.is_current)


async def test_nothing_of_one_business_is_there_while_another_is_shown(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        window.stores.open_call(CALL_ID)
        second = await device.window(f"/bookings/today/{BOOKING_ID}")
        await world.until(lambda: second.harness.says("Ines Okafor") and "purple" in remembered(window))
        await add_garage(world, device, window)
        await world.until(lambda: second.harness.says("Kestrel Motors"))
        for each in (window, second):
            seen = each.everything() + remembered(each)
            assert [word for word in OF_THE_DEMO if word in seen] == []
            assert each.stores.router.route == Route()
        assert (
            device.runtime.database
            and device.runtime.database.read(lambda conn: bookings.get(conn, BOOKING_ID)) is None
        )


async def test_switching_back_shows_what_was_there_without_a_network(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        await add_garage(world, device, window)
        device.network.cut()
        demo = device.runtime.identities[1]
        await choose(world, window, demo)
        await world.until(lambda: window.harness.says("Theo Lindqvist"))
        assert not window.harness.says("Kestrel Motors")
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: device.is_current)


async def test_a_restart_shows_the_business_that_was_shown_last(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        await add_garage(world, device, window)
        await device.close()
        again = await world.device()
        assert again.runtime.identity and again.runtime.identity.business_name == "Kestrel Motors"
        assert len(again.runtime.identities) == 2


async def test_changes_of_one_business_wait_while_another_is_shown_and_go_to_their_own(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        await add_garage(world, device, window)
        await switch(world, device, window, "Bella Salon")
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        garage = device.runtime.identities[1]
        await device.runtime.switch(garage)
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: device.is_current)
        assert device.runtime.unsent() == 0, "the garage has nothing to send"
        assert status_at_the_server(world) == "confirmed"
        await switch(world, device, window, "Bella Salon")
        await world.in_time(lambda: status_at_the_server(world) == "cancelled" and device.runtime.unsent() == 0)


def status_at_the_server(world: World) -> str:
    return next(row for row in world.rows("bookings") if row["id"] == BOOKING_ID)["status"]


async def test_signing_out_of_one_shows_the_other(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        await add_garage(world, device, window)
        garage = device.runtime.identity
        assert garage
        await device.runtime.sign_out()
        await world.until(lambda: device.is_current and window.harness.says("Theo Lindqvist"))
        assert [each.business_name for each in device.runtime.identities] == ["Bella Salon"]
        assert not accounts.folder_of(device.runtime.config, garage).exists()


async def test_a_business_whose_session_was_ended_is_signed_in_to_again(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await found_garage(world)
        device = await world.device()
        window = await device.signed_in()
        demo = device.runtime.identity
        assert demo
        await add_garage(world, device, window)
        assert device.runtime._people.keeper
        await device.runtime._people.keeper.forget(accounts.name_of(demo))
        await choose(world, window, demo)
        await world.reads(window, "Your session has ended. Sign in again; your data is kept.")
        await world.fire(window, "sign_in.back")
        await world.reads(window, "Kestrel Motors")
        await world.until(lambda: device.runtime.link.state is LinkState.ONLINE)


async def test_discarding_removes_what_signing_out_would_have_kept(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        assert device.runtime.identity and device.runtime.database
        folder = accounts.folder_of(device.runtime.config, device.runtime.identity)
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        assert device.runtime.unsent() == 1
        await device.runtime.sign_out()
        assert folder.exists(), "locked away until the same person is back"
        device.network.restore()
        await world.until(lambda: window.harness.find("sign_in.email") is not None)
        await device.sign_in(window)
        await world.until(lambda: device.runtime.database is not None)
        device.network.cut()
        await device.runtime.database.write(  # refused for good, but not seen by the owner yet
            lambda conn: conn.execute("UPDATE outbox SET state = 'refused'")
        )
        assert device.runtime.database.read(unsent.count) == device.runtime.unsent() == 1
        await device.runtime.sign_out(discard=True)
        assert not folder.exists() and device.runtime.identities == ()
