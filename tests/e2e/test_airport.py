"""A booking is moved with no signal and the server down, the app is killed, somebody else takes the time meanwhile.

What the owner saw as saved is still there at the next start; when the network is back there is one clash, the owner
decides it, and the client gets one message, about what was decided.
"""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.desk import DAYS_AHEAD, appointment, milliseconds, take
from tests.e2e.driver import Owner, Size
from tests.programs import Device, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CHIP = "picker.slot.%Y%m%d%H%M"


def open_booking(owner: Owner, booking: dict[str, Any]) -> None:
    """By looking through the days, as one does."""
    day = datetime.fromisoformat(booking["starts_at"]).astimezone(ZoneInfo(booking["time_zone"])).date()
    owner.tap(owner.by_id("nav.bookings"))
    owner.tap(owner.by_id("view.agenda"))
    for _ in range(3 * DAYS_AHEAD):
        owner.at_rest("booking.")
        shown = owner.page.url.rpartition("/")[2]
        if shown == str(day):
            break
        # A tap that came before the days stood side by side has gone a week too far.
        owner.tap(owner.by_id("agenda.previous" if shown > str(day) and shown[0].isdigit() else "agenda.next"))
    owner.tap(owner.scroll_to(owner.by_id(f"booking.{booking['booking_id']}")))


def choose_a_free_time(owner: Owner, booking: dict[str, Any]) -> datetime:
    """The last one that is offered without unfolding and is not its own; what its chip is called is its instant."""
    own = f"{datetime.fromisoformat(booking['starts_at']).astimezone(UTC):{CHIP}}"
    *_, last = (offered for offered in owner.at_rest("picker.slot.") if offered != own)
    owner.tap(owner.scroll_to(owner.by_id(last), beside=owner.by_id("form.save")))
    return datetime.strptime(last, CHIP).replace(tzinfo=UTC)


def test_a_move_made_with_no_signal_survives_and_tells_the_client_once(
    here: Stage, colleague: Device, new_owner: NewOwner, size: Size
) -> None:
    booking = appointment(colleague)
    owner = new_owner(size)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    owner.hears_no_more(re.compile("Connecting"), timeout_s=60)

    here.network.cut()
    owner.sees(re.compile("Offline"), timeout_s=60)
    open_booking(owner, booking)
    owner.tap(owner.scroll_to(owner.by_id("booking.move")))
    wanted = choose_a_free_time(owner, booking)
    owner.tap(owner.scroll_to(owner.by_id("tell.sms"), beside=owner.by_id("form.save")))
    owner.keep("airport-moving")
    owner.tap(owner.by_id("form.save"))
    owner.sees_id("undo")
    owner.keep("airport-moved")

    take(colleague, booking, wanted)
    here.hosted.kill()
    (waiting,) = here.chatty("outbox")["outbox"]
    assert waiting["booking_id"] == booking["booking_id"]
    assert waiting["state"] in ("queued", "sent"), "nobody has answered"
    here.app.kill()
    here.app.start()
    owner.open(here.app.url)
    owner.sees(re.compile("1 change waiting|1 waiting"))
    owner.keep("airport-restarted")
    assert [change["change_id"] for change in here.chatty("outbox")["outbox"]] == [waiting["change_id"]]

    here.hosted.start()
    here.network.mend()
    alert = owner.sees_need("J. Ortiz", timeout_s=60)
    clash = alert.get_attribute("flt-semantics-identifier") or ""
    owner.tap(owner.scroll_to(alert))
    owner.sees(re.compile("J. Ortiz"))
    owner.keep("airport-clash")
    assert here.told() == []
    owner.tap(owner.by_id("conflict.free"))
    owner.sees_no_id(clash, timeout_s=60)
    here.until_told()
    here.until_sent(within_s=60)
    owner.keep("airport-decided")

    (message,) = here.told()
    assert (message["booking_id"], message["channel"], message["state"]) == (booking["booking_id"], "sms", "sent")
    assert f"Hi {booking['customer_name'].split()[0]}" in message["text"]
    (moved,) = [row for row in here.rows("bookings") if row["id"] == booking["booking_id"]]
    assert moved["starts_at"] not in (milliseconds(wanted), milliseconds(datetime.fromisoformat(booking["starts_at"])))
    overlapping = [
        row
        for row in here.rows("bookings")
        if row["staff_id"] == moved["staff_id"]
        and row["status"] == "confirmed"
        and row["starts_at"] < moved["ends_at"]
        and moved["starts_at"] < row["ends_at"]
    ]
    assert overlapping == [moved]
    assert here.chatty("outbox")["outbox"] == []
