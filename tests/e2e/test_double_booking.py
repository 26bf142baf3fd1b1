"""Two people book the same hour without knowing of each other: the owner is told of it, decides in few taps, and the
client hears of it once.
"""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator

from tests.e2e.conftest import NewOwner
from tests.e2e.desk import appointment, milliseconds, take
from tests.e2e.driver import Owner, Size
from tests.programs import Device, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

MOST_TAPS = 4
FULL = re.compile(r"\b0 free times")


class Hand:
    """Taps for an owner, and counts them."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.taps = 0

    def tap(self, target: Locator) -> None:
        self.owner.tap(target)
        self.taps += 1


def free_time(owner: Owner, hand: Hand) -> tuple[str, int]:
    """The first that is offered and how many taps may be needed in all: one more where the day is full."""
    if offered := owner.at_rest("picker.slot."):
        return offered[0], MOST_TAPS
    days = owner.at_rest("picker.day.")
    hand.tap(owner.by_id(next(day for day in days if not FULL.search(owner.spoken(owner.by_id(day))))))
    return owner.at_rest("picker.slot.")[0], MOST_TAPS + 1


def test_a_double_booking_is_decided_in_few_taps_and_its_cause_is_one_tap_away(
    here: Stage, colleague: Device, new_owner: NewOwner, size: Size
) -> None:
    freed = appointment(colleague)
    at = datetime.fromisoformat(freed["starts_at"])
    colleague.chatty("bookings", "cancel", freed["booking_id"])
    colleague.chatty("sync")
    here.chatty("sync")
    here.network.cut()
    what = ("--service", freed["service_name"], "--staff", freed["staff_name"], "--at", f"{at:%Y-%m-%d %H:%M}")
    added = here.chatty(
        "bookings", "add", "--client", "Maria Gómez", "--phone", "+1 206 555 0143", *what, "--tell-default"
    )
    take(colleague, freed, at)

    owner = new_owner(size)
    owner.open(here.app.url)
    owner.sees(re.compile("1 change waiting|1 waiting"))
    here.network.mend()
    alert = owner.scroll_to(owner.sees_need("J. Ortiz", timeout_s=60))
    owner.keep("double-booking-alert")

    owner.tap(alert)
    owner.tap(owner.scroll_to(owner.by_id("conflict.connect"), step=200))
    owner.sees("Follow a calendar")
    owner.open(here.app.url)

    hand = Hand(owner)
    alert = owner.sees_need("J. Ortiz")
    clash = alert.get_attribute("flt-semantics-identifier") or ""
    hand.tap(owner.scroll_to(alert))
    owner.sees(re.compile("Maria gets: “"))
    owner.keep("double-booking")
    hand.tap(owner.scroll_to(owner.by_id("conflict.other"), step=200))
    slot, most = free_time(owner, hand)
    owner.keep("double-booking-times")
    hand.tap(owner.by_id(slot))
    assert hand.taps <= most
    owner.sees_no_id(clash, timeout_s=60)
    here.until_told()
    here.until_sent(within_s=60)

    (message,) = here.told()
    assert (message["booking_id"], message["recipient"]) == (added["booking"]["booking_id"], "+1 206 555 0143")
    (ours,) = [row for row in here.rows("bookings") if row["id"] == added["booking"]["booking_id"]]
    (theirs,) = [row for row in here.rows("bookings") if row["customer_name"] == "J. Ortiz"]
    assert theirs["starts_at"] == milliseconds(at)
    assert ours["ends_at"] <= theirs["starts_at"] or theirs["ends_at"] <= ours["starts_at"]
