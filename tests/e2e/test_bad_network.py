"""Changes made while the network delays, drops, cuts, resets and truncates: each arrives once, and is told once."""

import time
from collections import Counter

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.desk import DAYS_AHEAD
from tests.e2e.driver import PHONE
from tests.e2e.trouble import Troubles
from tests.programs import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(360)]

CHANGES = 8
DRAINED_WITHIN_S = 150


@pytest.mark.parametrize("seed", [3, 8])
def test_what_is_changed_on_a_bad_network_arrives_once(here: Stage, new_owner: NewOwner, seed: int) -> None:
    owner = new_owner(PHONE)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    coming = here.chatty("bookings", "--from", "+1d", "--to", f"+{DAYS_AHEAD}d")["bookings"]
    chosen = [each["booking_id"] for each in coming if each["status"] == "confirmed" and each["customer_phone"]]
    wanted = {booking_id: f"Seen to, number {number}." for number, booking_id in enumerate(chosen[:CHANGES])}
    troubles = here.network.troubles = Troubles(seed, 75)
    # What was connected before would go on well.
    here.network.cut()
    here.network.mend()
    for booking_id, note in wanted.items():
        here.chatty("bookings", "edit", booking_id, "--notes", note, "--tell", note)
    until = time.monotonic() + DRAINED_WITHIN_S
    while waiting := here.waiting():
        assert time.monotonic() < until, waiting
        owner.page.wait_for_timeout(1000)
        if time.monotonic() > until - DRAINED_WITHIN_S * 2 / 3:
            here.network.troubles = None
    assert sum(troubles.met.values()) >= 1
    now = {row["id"]: row["notes"] for row in here.rows("bookings") if row["id"] in wanted}
    assert now == wanted
    assert Counter(row["text"] for row in here.told()) == Counter(wanted.values())
