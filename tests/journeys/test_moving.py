"""A booking dragged without a connection: kept, shown, undone or sent; and what the server has decided meanwhile."""

from datetime import UTC, datetime, timedelta

import flet as ft

from client.models.bookings import Booking
from client.state.preferences import View
from tests.journeys.conftest import BOOKING_ID, Device, OpenWorld, Window, World

CARD = f"booking.{BOOKING_ID}"


def starts_at_the_server(world: World) -> datetime:
    row = next(row for row in world.rows("bookings") if row["id"] == BOOKING_ID)
    return datetime.fromtimestamp(row["starts_at"] / 1000, UTC)


def hers(window: Window) -> Booking:
    """Her booking as it is shown."""
    return next(b for b in window.stores.agenda.state.bookings if b.booking_id == BOOKING_ID)


async def the_day(world: World, device: Device) -> Window:
    """A desktop's day with a column for each person, of the day on which Ines comes."""
    window = await device.signed_in("/bookings", width=1440, height=900)
    await window.stores.preferences.choose_view(View.DAY)
    await world.until(lambda: window.harness.find(CARD) is not None)
    return window


def place_of(window: Window) -> tuple[float, float]:
    """The middle of her card."""
    node = next(n for n in window.harness.nodes() if getattr(n.control, "identifier", None) == CARD)
    box = next(c for c in reversed(node.above) if isinstance(c, ft.Container) and c.left is not None)
    assert box.left is not None and box.top is not None and box.width and box.height
    return box.left + box.width / 2, box.top + box.height / 2


def an_hour_of(window: Window) -> float:
    """Pixels."""
    grid = window.harness.keyed("grid.mouse")
    stack = grid.content  # type: ignore[attr-defined]
    ground = window.stores.moves._ground  # pyright: ignore[reportPrivateUsage]
    assert ground is not None
    return stack.height / (ground.span.end - ground.span.start) * 60


async def drag(window: Window, down: float) -> None:
    x, y = place_of(window)
    mouse = window.harness.keyed("grid.mouse")

    def point(y: float) -> dict[str, object]:
        return {"k": "mouse", "l": {"x": x, "y": y}, "g": {"x": x, "y": y}, "v": {"x": 0, "y": 0}}

    await window.harness.fire(mouse, "pan_down", point(y))
    await window.harness.fire(mouse, "pan_start", point(y))
    await window.harness.fire(mouse, "pan_update", point(y + down))
    await window.harness.fire(mouse, "pan_end", point(y + down))


async def test_dragged_offline_it_waits_and_is_sent_when_the_signal_is_back(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await the_day(world, device)
        before = starts_at_the_server(world)
        device.network.cut()
        await drag(window, -an_hour_of(window) / 4)
        await world.until(lambda: window.harness.find("undo") is not None)
        moved = before - timedelta(minutes=15)
        assert (hers(window).starts_at, hers(window).pending) == (moved, True)
        assert starts_at_the_server(world) == before
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: starts_at_the_server(world) == moved and not hers(window).pending)


async def test_undone_it_stands_where_it_stood_here_and_at_the_server(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await the_day(world, device)
        before = starts_at_the_server(world)
        device.network.cut()
        await drag(window, -an_hour_of(window) / 4)
        await world.until(lambda: window.harness.find("undo") is not None)
        await window.harness.press_key("U")
        await world.until(lambda: window.harness.says("Undone: Moved Ines Okafor to 11:45"))
        device.network.restore()
        device.runtime.kick()
        await world.in_time(lambda: not hers(window).pending)
        assert (hers(window).starts_at, starts_at_the_server(world)) == (before, before)
