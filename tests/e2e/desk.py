"""What happens at the business's desk while the owner is away: a second device, whose network is never cut."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.programs import Device

DAYS_AHEAD = 6


def appointment(device: Device) -> dict[str, Any]:
    """The shortest of the coming days whose client can be told by text message and has no other in those days.

    The shortest, because a long one may have no other time that it fits into.
    """
    coming = device.chatty("bookings", "--from", "+1d", "--to", f"+{DAYS_AHEAD}d")["bookings"]
    names = [booking["customer_name"] for booking in coming]
    fit = [
        booking
        for booking in coming
        if booking["status"] == "confirmed"
        and booking["customer_phone"]
        and booking["staff_id"]
        and names.count(booking["customer_name"]) == 1
    ]
    return min(fit, key=lasts)


def lasts(booking: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(booking["ends_at"]) - datetime.fromisoformat(booking["starts_at"])


def take(colleague: Device, booking: dict[str, Any], at: datetime) -> None:
    """Somebody else is booked with the same person at that time, and the hosted API has it."""
    local = f"{at.astimezone(ZoneInfo(booking['time_zone'])):%Y-%m-%d %H:%M}"
    asked = ("--client", "J. Ortiz", "--service", booking["service_name"], "--staff", booking["staff_name"])
    colleague.chatty("bookings", "add", *asked, "--at", local)
    assert colleague.chatty("sync")["pushed"] == 1


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
