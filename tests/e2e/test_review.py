"""The morning review (J5): five things dealt with in a minute without a connection; and a lead that is dragged."""

import re
import time

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import DESKTOP, Size
from tests.programs import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

MINUTE_S = 60
WAITS = re.compile(r"^review\.(task|lead):[^.]+$")


def test_five_things_are_dealt_with_in_a_minute_without_a_connection(
    here: Stage, new_owner: NewOwner, size: Size
) -> None:
    owner = new_owner(size)
    owner.open(here.app.url)
    owner.tap(owner.by_id("nav.more"))
    owner.tap(owner.by_id("nav.review"))
    owner.sees_one_of("review.")
    here.network.cut()
    owner.sees(re.compile("Offline"), timeout_s=60)
    began = time.monotonic()
    for turn in range(5):
        first = next(i for i in owner.at_rest("review.") if WAITS.match(i))
        way = "done" if turn % 2 == 0 else "tomorrow"
        owner.tap(owner.by_id(f"{first}.{way}"))
        owner.sees_no_id(first)
    took = time.monotonic() - began
    owner.keep("review-after-five")
    assert took < MINUTE_S, f"five things took {took:.0f} s"
    # A follow-up that is a lead's and a task's is two changes.
    owner.sees(re.compile(r"\b([5-9]|10) (waiting|changes)"))
    here.network.mend()
    owner.hears_no_more(re.compile("Offline"), timeout_s=60)


def test_a_lead_is_dragged_to_another_stage(here: Stage, new_owner: NewOwner) -> None:
    owner = new_owner(DESKTOP)
    owner.open(f"{here.app.url}/leads")
    owner.tap(owner.by_id("nav.leads"))
    owner.sees_id("leads.search")
    card = next(i for i in owner.at_rest("lead.") if not i.endswith(".move"))
    x, y = owner.middle(owner.by_id(card))
    owner.page.mouse.move(x, y)
    owner.page.mouse.down()
    for step in range(1, 13):
        owner.page.mouse.move(x + 25 * step, y + 2 * step)
        owner.page.wait_for_timeout(30)
    owner.page.mouse.up()
    owner.sees_id("undo")
    owner.keep("lead-dragged")
