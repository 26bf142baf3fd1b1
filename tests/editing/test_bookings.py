"""What can be saved is saved and shown; what cannot is refused with its reason before anything is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client.clock import Clock
from client.editing import (
    BookingChange,
    BookingDraft,
    Edited,
    NotAllowed,
    Why,
    cancel_booking,
    change_booking,
    complete_booking,
    create_booking,
    mark_no_show,
    open_diary,
    reinstate_booking,
    undo,
)
from client.models.account import Role
from client.models.bookings import BookingStatus
from client.models.ids import BookingId, CustomerId, ServiceId, StaffId
from client.models.mutations import Tell, Undoing
from client.storage.columns import milliseconds
from client.storage.database import Database
from tests import example_data as eg
from tests.editing.conftest import ANA, LUIS, MIA, Salon

B = BookingId("b")
TOLD = Tell(text="Hi Maria, now at four.", channel="sms")


def draft(clock: str = "14:00", minutes: int = 60, **changes: Any) -> BookingDraft:
    starts_at = eg.at(clock)
    base = BookingDraft(
        customer_name="Ben Ortiz",
        service_name="Cut",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        staff_id=MIA,
    )
    return replace(base, **changes)


def make(salon: Salon, wanted: BookingDraft | None = None, **more: Any) -> Edited:
    return salon.do(create_booking, wanted or draft(), new_id=salon.new_id, **more)


def change(salon: Salon, **changes: Any) -> Edited:
    options = {name: changes.pop(name) for name in ("tell", "allow") if name in changes}
    return salon.do(change_booking, B, BookingChange(**changes), **options)


def refusal(salon: Salon, fn: Any) -> NotAllowed:
    before = salon.everything()
    with pytest.raises(NotAllowed) as caught:
        fn()
    assert salon.everything() == before
    return caught.value


# --- making ----------------------------------------------------------------------------------------------------------
def test_a_new_booking_is_shown_at_once_and_waits(salon: Salon) -> None:
    edited = make(salon, draft(notes=" late \r\n maybe ", customer_phone="  ", customer_email=" b@x.example "))
    booking = salon.booking(edited.row_id)
    assert booking is not None and booking.pending
    assert (booking.customer_name, booking.starts_at, booking.zone) == ("Ben Ortiz", eg.at("14:00"), eg.ZONE)
    assert (booking.notes, booking.customer_phone, booking.customer_email) == ("late \n maybe", None, "b@x.example")
    (waiting,) = salon.changes()
    assert waiting.payload["values"]["status"] == "confirmed"
    assert waiting.payload["client_ts"] == milliseconds(eg.NOW)
    assert (edited.undo, edited.before, edited.told, edited.folded) == (Undoing.REVERSIBLE, None, False, False)


@pytest.mark.parametrize("name", ["--help", "<b>x</b>", eg.ARABIC, eg.EMOJI, "O'Hara; DROP TABLE bookings", "%s {0}"])
def test_whatever_somebody_is_called(salon: Salon, name: str) -> None:
    booking = salon.booking(make(salon, draft(customer_name=name)).row_id)
    assert booking is not None and booking.customer_name == name


@pytest.mark.parametrize(
    ("changes", "why", "field"),
    [
        ({"customer_name": ""}, Why.NO_NAME, "customer_name"),
        ({"customer_name": " \t "}, Why.NO_NAME, "customer_name"),
        ({"customer_name": eg.HUGE}, Why.TEXT_TOO_LONG, "customer_name"),
        ({"customer_name": "a\nb"}, Why.TEXT_UNREADABLE, "customer_name"),
        ({"customer_name": "a\x00b"}, Why.TEXT_UNREADABLE, "customer_name"),
        ({"customer_name": "a\ud800"}, Why.TEXT_UNREADABLE, "customer_name"),
        ({"service_name": "  "}, Why.NO_SERVICE, "service_name"),
        ({"notes": "n" * 2001}, Why.TEXT_TOO_LONG, "notes"),
        ({"notes": "bell\x07"}, Why.TEXT_UNREADABLE, "notes"),
        ({"customer_phone": "1" * 41}, Why.TEXT_TOO_LONG, "customer_phone"),
        ({"customer_email": "e" * 255}, Why.TEXT_TOO_LONG, "customer_email"),
        ({"service_id": ServiceId("nothing")}, Why.SERVICE_UNKNOWN, "service_id"),
        ({"customer_id": CustomerId("nobody")}, Why.CUSTOMER_UNKNOWN, "customer_id"),
        ({"staff_id": StaffId("nobody")}, Why.STAFF_UNKNOWN, "staff_id"),
        ({"staff_id": StaffId("s-gone")}, Why.STAFF_UNKNOWN, "staff_id"),
        ({"status": BookingStatus.CANCELLED}, Why.STATUS, None),
        ({"starts_at": datetime(1969, 1, 1, tzinfo=UTC)}, Why.PAST, "starts_at"),
        ({"ends_at": datetime(9999, 1, 1, tzinfo=UTC)}, Why.TOO_FAR, "ends_at"),
        ({"ends_at": datetime(2099, 12, 31, 16, tzinfo=UTC)}, Why.TOO_LONG, None),
    ],
)
def test_what_makes_no_sense_is_refused(salon: Salon, changes: dict[str, Any], why: Why, field: str | None) -> None:
    refused = refusal(salon, lambda: make(salon, draft(**changes)))
    assert (refused.why, refused.field, refused.allowance) == (why, field, None)


@pytest.mark.parametrize(
    ("clock", "minutes", "why", "allowance"),
    [
        ("14:00", 0, Why.TOO_SHORT, None),
        ("14:00", -30, Why.TOO_SHORT, None),
        ("14:00", 1440, Why.TOO_LONG, None),
        ("07:00", 60, Why.CLOSED, "closed"),
        ("17:30", 60, Why.CLOSED, "closed"),
        ("15:30", 60, Why.TAKEN, "overlap"),
    ],
)
def test_times_that_cannot_be_had(salon: Salon, clock: str, minutes: int, why: Why, allowance: str | None) -> None:
    salon.add("there", "16:00")
    refused = refusal(salon, lambda: make(salon, draft(clock, minutes)))
    assert (refused.why, refused.allowance) == (why, allowance)
    assert refused.obstacle is not None
    if why is Why.TAKEN:
        assert refused.obstacle.booking is not None and refused.obstacle.booking.booking_id == "there"


def test_yesterday_is_over_even_when_the_device_says_otherwise(salon: Salon) -> None:
    salon.now = eg.NOW + timedelta(days=1)
    assert refusal(salon, lambda: make(salon)).why is Why.PAST


def test_what_is_allowed_on_purpose_is_sent_as_such(salon: Salon) -> None:
    salon.add("there", "17:30", 30)
    make(salon, draft("17:30", 60), allow=("overlap", "closed"))
    assert salon.changes()[0].payload["allow"] == ["closed", "overlap"]


def test_the_front_desk_does_not_overbook(salon: Salon) -> None:
    salon.as_role(Role.FRONT_DESK)
    assert refusal(salon, lambda: make(salon, allow=("overlap",))).why is Why.FORBIDDEN
    make(salon, allow=("closed",))


def test_nothing_is_booked_before_the_business_is_known(tmp_path: Any) -> None:
    db = Database.open(tmp_path / "empty.db", Clock())
    empty = Salon(db)
    refused = refusal(empty, lambda: make(empty, draft(staff_id=None)))
    assert refused.why is Why.NOT_READY
    assert db.read(lambda conn: open_diary(conn, eg.NOW, eg.NOW + timedelta(days=1), eg.NOW)) is None
    db.close()


def test_two_in_a_row_see_one_another(salon: Salon) -> None:
    first = make(salon)
    refused = refusal(salon, lambda: make(salon, draft("14:30")))
    assert refused.obstacle is not None and refused.obstacle.booking is not None
    assert refused.obstacle.booking.booking_id == first.row_id
    make(salon, draft("14:30", staff_id=ANA))


# --- messages --------------------------------------------------------------------------------------------------------
def test_a_message_goes_with_the_change_and_nowhere_else(salon: Salon) -> None:
    edited = make(salon, draft(customer_phone="+1 555 0142"), tell=Tell(text="  See you\n", channel="sms"))
    assert edited.told
    assert salon.changes()[0].payload["tell"] == {"text": "See you", "channel": "sms"}


@pytest.mark.parametrize(
    ("tell", "why"),
    [
        (Tell(text=" ", channel="sms"), Why.NO_MESSAGE),
        (Tell(text="x" * 481, channel="sms"), Why.TEXT_TOO_LONG),
        (Tell(text="x", channel="email"), Why.NO_RECIPIENT),
        (Tell(text="x", channel="pigeon"), Why.NO_RECIPIENT),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(salon: Salon, tell: Tell, why: Why) -> None:
    assert refusal(salon, lambda: make(salon, draft(customer_phone="+1 555 0142"), tell=tell)).why is why


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        *(("sms", phone) for phone in ("abc", "+1", "555 0142 x12", "1" * 16, "555-0l42")),
        *(("email", email) for email in ("not an address", "a@b", "@b.c", "a@b@c.de", "a@.c")),
    ],
)
def test_what_cannot_be_a_recipient_is_none(salon: Salon, channel: str, given: str) -> None:
    there = {"customer_phone": given} if channel == "sms" else {"customer_email": given}
    tell = Tell(text="x", channel=channel)
    assert refusal(salon, lambda: make(salon, draft(**there), tell=tell)).why is Why.NO_RECIPIENT
    make(salon, draft(**there))


# --- changing --------------------------------------------------------------------------------------------------------
def test_a_move_keeps_the_length_and_sends_the_whole_slot(salon: Salon) -> None:
    salon.add("b", "14:00", 90)
    edited = change(salon, starts_at=eg.at("15:00"), tell=TOLD)
    booking = salon.booking("b")
    assert booking is not None and (booking.starts_at, booking.duration_minutes) == (eg.at("15:00"), 90)
    assert set(salon.changes()[0].payload["set"]) == {"starts_at", "ends_at", "staff_id"}
    assert edited.told and edited.before is not None and edited.after is not None
    assert edited.before["starts_at"] == milliseconds(eg.at("14:00"))


def test_several_fields_are_one_change(salon: Salon) -> None:
    salon.add("b", "14:00")
    change(salon, staff_id=ANA, notes="late", service_id=eg.SERVICES[3].service_id, customer_phone=None)
    (waiting,) = salon.changes()
    assert waiting.payload["set"]["service_name"] == ["Cut", "Cut"]
    assert waiting.payload["set"]["customer_phone"] == ["+1 555 0142", None]
    booking = salon.booking("b")
    assert booking is not None and (booking.staff_id, booking.notes, booking.price_cents) == (ANA, "late", None)


def test_nothing_is_nothing(salon: Salon) -> None:
    salon.add("b", "14:00")
    assert refusal(salon, lambda: change(salon)).why is Why.NOTHING
    assert refusal(salon, lambda: change(salon, starts_at=eg.at("14:00"), notes=" ")).why is Why.NOTHING


def test_what_is_not_there_cannot_be_changed(salon: Salon) -> None:
    assert refusal(salon, lambda: change(salon, notes="x")).why is Why.NOT_THERE


def test_a_booking_may_shrink_or_lose_its_place_in_what_overlaps_it_but_not_grow(salon: Salon) -> None:
    salon.add("b", "14:00", 90)
    salon.add("there", "15:00")
    change(salon, ends_at=eg.at("15:15"))
    assert refusal(salon, lambda: change(salon, ends_at=eg.at("15:45"))).why is Why.TAKEN
    change(salon, staff_id=ANA)


def test_a_service_with_a_longer_buffer_needs_the_room(salon: Salon) -> None:
    salon.add("b", "14:00")
    salon.add("there", "15:00")
    refused = refusal(salon, lambda: change(salon, service_id=eg.SERVICES[0].service_id))
    assert refused.why is Why.TAKEN
    change(salon, service_id=eg.SERVICES[1].service_id)


def test_other_fields_of_a_booking_at_an_odd_time_can_be_changed(salon: Salon) -> None:
    salon.add("b", "05:00")
    salon.now = eg.NOW + timedelta(days=3)
    change(salon, notes="was early")
    change(salon, service_name="Trim")
    change(salon, staff_id=LUIS, allow=("closed",))
    assert refusal(salon, lambda: change(salon, ends_at=eg.at("05:30"))).why is Why.PAST


def test_names_that_the_server_let_through_do_not_stop_other_changes(salon: Salon) -> None:
    salon.add("b", "14:00", customer_name=eg.HUGE)
    change(salon, notes="x", customer_name=eg.HUGE)
    assert "customer_name" not in salon.changes()[0].payload["set"]


# --- status ----------------------------------------------------------------------------------------------------------
def test_cancelling_with_a_reason_and_reinstating(salon: Salon) -> None:
    salon.add("b", "14:00")
    salon.do(cancel_booking, B, reason=" ill ", tell=TOLD)
    booking = salon.booking("b")
    assert booking is not None and (booking.status, booking.cancellation_reason) == (BookingStatus.CANCELLED, "ill")
    assert refusal(salon, lambda: salon.do(cancel_booking, B, reason="again")).why is Why.NOTHING
    salon.do(reinstate_booking, B)
    booking = salon.booking("b")
    assert booking is not None and (booking.status, booking.cancellation_reason) == (BookingStatus.CONFIRMED, None)
    assert salon.changes() == []


def test_only_the_notes_of_a_cancelled_booking_can_be_changed(salon: Salon) -> None:
    salon.add("b", "14:00", status="cancelled")
    change(salon, notes="called back")
    assert refusal(salon, lambda: change(salon, starts_at=eg.at("15:00"))).why is Why.IS_CANCELLED
    assert refusal(salon, lambda: change(salon, customer_name="Eva")).why is Why.IS_CANCELLED
    change(salon, status=BookingStatus.CONFIRMED, starts_at=eg.at("15:00"))


@pytest.mark.parametrize("gone", ["cancelled", "no_show"])
def test_who_comes_back_needs_the_time_to_be_free(salon: Salon, gone: str) -> None:
    salon.add("b", "14:00", status=gone)
    salon.add("there", "14:30")
    refused = refusal(salon, lambda: salon.do(reinstate_booking, B))
    assert refused.why is Why.TAKEN
    salon.do(reinstate_booking, B, allow=("overlap",))


def test_done_and_not_come(salon: Salon) -> None:
    salon.add("b", "09:00")
    salon.do(complete_booking, B)
    assert refusal(salon, lambda: salon.do(cancel_booking, B)).why is Why.STATUS
    salon.do(mark_no_show, B)
    salon.do(complete_booking, B)
    booking = salon.booking("b")
    assert booking is not None and booking.status is BookingStatus.COMPLETED


@pytest.mark.parametrize("verb", [complete_booking, mark_no_show])
@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_what_has_not_begun_is_neither_done_nor_missed(salon: Salon, status: str, verb: Callable[..., Edited]) -> None:
    salon.add("b", "14:00", status=status)
    before = salon.everything()
    salon.now = eg.at("14:00") - timedelta(seconds=1)
    assert refusal(salon, lambda: salon.do(verb, B)).why is Why.NOT_BEGUN
    assert salon.everything() == before
    salon.now = eg.at("14:00")
    salon.do(verb, B)


def test_what_is_moved_to_come_is_not_done_with_that(salon: Salon) -> None:
    salon.add("b", "09:00")
    both = BookingChange(starts_at=eg.at("16:00"), status=BookingStatus.COMPLETED)
    assert refusal(salon, lambda: salon.do(change_booking, B, both)).why is Why.NOT_BEGUN


def test_what_is_over_and_what_was_cancelled_is_refused_as_before(salon: Salon) -> None:
    salon.add("b", "14:00", status="cancelled")
    assert refusal(salon, lambda: salon.do(complete_booking, B)).why is Why.STATUS
    salon.add("c", "16:00", status="completed")
    assert refusal(salon, lambda: salon.do(complete_booking, BookingId("c"))).why is Why.NOTHING


def test_what_the_server_has_as_done_before_it_began_comes_back_and_that_is_undone(salon: Salon) -> None:
    salon.add("b", "14:00", status="completed")
    edited = salon.do(reinstate_booking, B)
    salon.sent(edited.change_id)
    salon.do(undo, edited, new_id=salon.new_id)
    booking = salon.booking("b")
    assert booking is not None and booking.status is BookingStatus.COMPLETED


def test_a_status_of_a_newer_server_is_left_alone(salon: Salon) -> None:
    salon.add("b", "14:00", status="waitlisted")
    assert refusal(salon, lambda: change(salon, notes="x")).why is Why.UNKNOWN_STATUS
    assert refusal(salon, lambda: salon.do(cancel_booking, B)).why is Why.UNKNOWN_STATUS


def test_a_new_booking_that_is_cancelled_never_was(salon: Salon) -> None:
    before = salon.everything()
    made = make(salon)
    edited = salon.do(cancel_booking, BookingId(made.row_id))
    assert edited.gone and edited.after is None and not edited.told
    assert salon.everything() == before


def test_the_diary_of_a_screen_holds_what_reaches_into_it(salon: Salon) -> None:
    salon.add("b", "09:00", 120)
    diary = salon.db.read(lambda conn: open_diary(conn, eg.at("10:30"), eg.at("12:00"), eg.NOW))
    assert diary is not None
    assert [b.booking_id for b in diary.bookings] == ["b"]
