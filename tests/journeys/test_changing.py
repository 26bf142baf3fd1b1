"""Changing bookings at the airport: no signal, the app killed in between, and at home each thing happened once."""

from datetime import UTC, datetime, timedelta

from backend_stub.clock import uuid7
from tests.backend_stub import example_rows as eg
from tests.journeys.conftest import NOON, Device, OpenWorld, Window, World

MARIA, BEN = uuid7(NOON + 1), uuid7(NOON + 2)
WORDS = "Half past four suits better. Is that all right?"


async def save(world: World, window: Window) -> None:
    """Until the form has gone and the client has followed: whoever went on before that is taken to what was saved."""
    await world.fire(window, "form.save")
    await world.until(
        lambda: (
            window.harness.find("form.save") is None and window.harness.page.route == str(window.stores.router.route)
        )
    )


def rows_of(world: World, booking_id: str) -> dict[str, object]:
    return next(row for row in world.rows("bookings") if row["id"] == booking_id)


def free_times(window: Window) -> list[str]:
    return window.starting_with("picker.slot.")


def instant(slot: str) -> int:
    """The beginning of a free time, by its identifier."""
    at = datetime.strptime(slot.removeprefix("picker.slot."), "%Y%m%d%H%M").replace(tzinfo=UTC)
    return int(at.timestamp() * 1000)


async def move(world: World, window: Window, nth: int = 0) -> int:
    """Move the open booking to one of tomorrow's free times, and tell the client in our own words."""
    await window.harness.tap("booking.move")
    tomorrow = datetime.fromtimestamp(NOON / 1000, UTC).date() + timedelta(days=1)
    await world.until(lambda: window.harness.find(f"form.day.{tomorrow.isoformat()}") is not None)
    await window.harness.tap(f"form.day.{tomorrow.isoformat()}")
    await world.until(lambda: bool(free_times(window)))
    slot = free_times(window)[nth]
    await window.harness.tap(slot)
    await window.harness.tap("tell.sms")
    await window.harness.type("tell.text", WORDS)
    await save(world, window)
    return instant(slot)


async def airport(world: World) -> tuple[Device, Window]:
    """A phone that was used this morning, opened again where there is no signal."""
    who = {"customer_phone": "+14155550142", "staff_id": world.rows("staff")[0]["id"]}
    maria = eg.booking(id=MARIA, customer_name="Maria Gomez", starts_at=NOON + 3 * eg.HOUR, **who)
    ben = eg.booking(id=BEN, customer_name="Ben Cole", starts_at=NOON + 5 * eg.HOUR, **who)
    world.put("bookings", maria, ben)
    device = await world.device()
    await device.signed_in()
    await device.close()
    return await opened_offline(world)


async def opened_offline(world: World) -> tuple[Device, Window]:
    device = await world.device()
    device.network.cut()
    window = await device.window(f"/bookings/today/{MARIA}")
    await world.until(lambda: window.harness.says("Maria Gomez") and "Offline" in (window.strip or ""))
    return device, window


async def test_moved_twice_booked_and_cancelled_without_a_signal_across_a_kill(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device, window = await airport(world)
        before = len(world.rows("bookings"))
        await move(world, window)
        await world.reads(window, "Yours, not sent yet")
        await world.until(lambda: window.harness.find("undo") is not None)
        moved_to = await move(world, window, -1)

        await window.harness.arrive(f"/bookings/today/{BEN}")
        await world.until(lambda: window.harness.says("Ben Cole") and window.harness.find("booking.cancel") is not None)
        await window.harness.tap("booking.cancel")
        await world.until(lambda: window.harness.find("form.reason") is not None)
        await window.harness.type("form.reason", "The chair is broken")
        await window.harness.tap("tell.nobody")
        await save(world, window)

        await window.harness.arrive("/bookings/2025-11-26/new")
        await world.until(lambda: bool(window.starting_with("form.service.")))
        await window.harness.type("form.customer", "--help")
        service = next(i for i in window.starting_with("form.service.") if i != "form.service")
        await window.harness.tap(service)
        await world.until(lambda: bool(free_times(window)))
        booked_at = free_times(window)[0]
        await window.harness.tap(booked_at)
        await save(world, window)
        # All of them can still be undone.
        await world.until(lambda: window.harness.says("--help") and window.harness.says("4 changes"))
        assert world.told() == [], "nothing leaves before the server has accepted"

        await device.close()
        device, window = await opened_offline(world)
        await world.reads(window, "Yours, not sent yet")
        # The two moves have become one.
        await world.until(lambda: (window.strip or "").endswith("3 changes waiting"))

        device.network.restore()
        await world.in_time(lambda: device.is_current and not window.harness.says("Yours, not sent yet"))
        maria, ben = rows_of(world, MARIA), rows_of(world, BEN)
        assert maria["starts_at"] == moved_to
        assert (ben["status"], ben["cancellation_reason"]) == ("cancelled", "The chair is broken")
        [made] = [row for row in world.rows("bookings") if row["customer_name"] == "--help"]
        assert made["starts_at"] == instant(booked_at)
        assert len(world.rows("bookings")) == before + 1
        assert [(row["booking_id"], row["text"]) for row in world.told()] == [(MARIA, WORDS)]


async def test_what_the_server_refuses_is_seen_where_it_was_done(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device, window = await airport(world)
        moved_to = await move(world, window)
        staff_id = rows_of(world, MARIA)["staff_id"]
        world.put(
            "bookings", eg.booking(customer_name="Jun Ortiz", starts_at=moved_to, staff_id=staff_id, source="luna")
        )
        device.network.restore()
        await world.in_time(lambda: window.harness.says("Needs you"))
        assert window.harness.says("Move Maria Gomez to"), "the line leads to the clash"
        assert rows_of(world, MARIA)["starts_at"] == NOON + 3 * eg.HOUR
        assert world.told() == [], "Maria hears nothing of a move that was not made"
