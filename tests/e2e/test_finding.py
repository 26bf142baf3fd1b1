"""Somebody calls the owner, who looks for the client and their booking; the network goes away in the middle of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewOwner
from tests.e2e.desk import appointment
from tests.e2e.driver import PHONE, Size
from tests.programs import Device, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

LABEL = "Name, number or service"


def test_a_client_is_found_and_their_booking_opened_while_the_network_goes(
    here: Stage, colleague: Device, new_owner: NewOwner, size: Size
) -> None:
    booking = appointment(colleague)
    first, _, rest = booking["customer_name"].partition(" ")
    owner = new_owner(size)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    owner.tap(owner.by_id("nav.bookings"))
    owner.at_rest("bookings.")
    owner.tap(owner.by_id("bookings.search"))
    owner.type_into(LABEL, first)
    owner.sees_one_of("search.customer.")

    here.network.cut()
    owner.sees(re.compile("Searched on this device, which knows everything until"))
    box = owner.page.locator(f'input[aria-label="{LABEL}"]')
    expect(box).to_be_focused()
    owner.page.keyboard.type(f" {rest}", delay=40)
    expect(box).to_have_value(booking["customer_name"])
    client = owner.by_id(f"search.customer.{booking['customer_id']}")
    owner.tap(owner.scroll_to(client, beside=box))
    owner.sees("Everything so far")
    owner.keep("finding-client")
    owner.tap(owner.by_id("customer.next"))
    owner.sees_id("booking.move")
    owner.page.wait_for_url(lambda address: address.endswith(booking["booking_id"]))
    owner.sees(re.compile(re.escape(booking["service_name"])))
    owner.keep("finding-booking")

    here.network.mend()
    if size is PHONE:
        owner.tap(owner.by_id("back"))
    owner.hears_no_more(re.compile("Offline"), timeout_s=40)
