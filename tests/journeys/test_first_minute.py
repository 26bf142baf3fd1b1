"""The first minute: the demo in one tap, the first sync, a day with bookings and figures."""

from tests.journeys.conftest import OpenWorld


async def test_from_the_demo_to_a_day_with_figures(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.window("/")
        await world.until(lambda: window.harness.find("sign_in.demo") is not None)
        await world.fire(window, "sign_in.demo")
        await world.until(lambda: device.is_current and window.strip is None)
        assert window.harness.says("Theo Lindqvist")
        assert window.harness.says("TODAY · 2 BOOKINGS")
        await window.harness.tap("figure.revenue_booked")
        assert window.harness.says("sum of the prices of the bookings made in the period")
        await window.harness.tap("nav.bookings")
        assert window.harness.says("Ines Okafor")
