"""One booking taken out as a calendar file, from its own page."""

from typing import Any

from tests.journeys.conftest import BOOKING_ID, OpenWorld


async def test_a_booking_goes_into_another_calendar_without_a_network(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in(f"/bookings/today/{BOOKING_ID}")
        device.network.cut()
        await world.until(lambda: window.harness.find("booking.export") is not None)
        assert window.harness.named("booking.export").label == "Write the booking of Ines Okafor to a calendar file"
        files: list[dict[str, Any]] = []
        window.harness.replies["save_file"] = lambda file: files.append(file) or "/somewhere/booking.ics"
        await world.fire(window, "booking.export")
        await world.reads(window, "Written to bookings")
        text = files[0]["src_bytes"].decode()
        assert files[0]["file_name"].endswith(".ics") and text.count("BEGIN:VEVENT") == 1
        assert "Ines Okafor" in text and BOOKING_ID in text
