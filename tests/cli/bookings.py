"""Bookings of the demo business that tests of the commands can work with."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cli.conftest import Chatty, Said


def coming(chatty: Chatty, *, since: str = "+1d", until: str = "+13d", **fits: object) -> dict[str, Any]:
    """The shortest confirmed booking of the days to come with somebody to do it, and what else is asked for."""
    listed = chatty("bookings", "--from", since, "--to", until, "--json").json["bookings"]
    for booking in sorted(listed, key=_length):
        usual = booking["status"] == "confirmed" and booking["staff_id"] and booking["customer_phone"]
        if usual and all(booking[key] == value for key, value in fits.items()):
            return booking
    raise AssertionError("the demo business has no such booking")


def suggested(said: Said) -> str:
    """The first time that a refusal says is free instead, as --at takes it."""
    assert said.json["error"] == "taken", said
    day, month, clock = re.findall(
        r"\w{3} (\d\d) (\w{3}) (\d\d:\d\d)", said.json["sentence"].split("Free instead:")[1]
    )[0]
    today = datetime.now(UTC).date()
    date = next(each for n in range(60) if f"{(each := today + timedelta(days=n)):%d %b}" == f"{day} {month}")
    return f"{date} {clock}"


def other_of(chatty: Chatty, booking: dict[str, Any]) -> dict[str, Any]:
    """Another booking of the same member of staff, in whose time this one would lie within the working hours."""
    listed = chatty("bookings", "--from", "+1d", "--to", "+13d", "--json").json["bookings"]
    return next(
        each
        for each in listed
        if each["staff_id"] == booking["staff_id"]
        and each["booking_id"] != booking["booking_id"]
        and _length(each) >= _length(booking)
    )


def free_time(chatty: Chatty, booking: dict[str, Any]) -> str:
    """A time the booking could be moved to: the command itself names some when asked for one that is taken."""
    taken = local(other_of(chatty, booking))
    return suggested(chatty("bookings", "move", booking["booking_id"], "--at", taken, "--json"))


def local(booking: dict[str, Any]) -> str:
    return booking["starts_at"][:16].replace("T", " ")


def _length(booking: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(booking["ends_at"]) - datetime.fromisoformat(booking["starts_at"])
