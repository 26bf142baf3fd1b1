"""Rooms, chairs and bays: what one booking at a time occupies, as the owner books, moves, undoes and decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from client.editing import (
    BookingChange,
    BookingDraft,
    Choosing,
    Edited,
    NotAllowed,
    Why,
    change_booking,
    choices,
    create_booking,
    reinstate_booking,
    resolve,
    room_for,
    undo,
)
from client.insight.changes import deed_of
from client.insight.deeds import Act
from client.models.bookings import BookingStatus
from client.models.ids import BookingId, ConflictId, ResourceId, ServiceId
from client.storage.columns import milliseconds
from tests import example_data as eg
from tests.editing.conftest import ANA, LUIS, MIA, Salon

B = BookingId("b")
CUT = ServiceId("sv-3")
ONE, TWO = ResourceId("chair 1"), ResourceId("chair 2")


@pytest.fixture
def chairs(salon: Salon) -> Salon:
    salon.furnish(ONE, TWO)
    return salon


def draft(clock: str = "14:00", **changes: Any) -> BookingDraft:
    starts_at = eg.at(clock)
    base = BookingDraft(
        customer_name="Ben Ortiz",
        service_name="Cut",
        service_id=CUT,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        staff_id=MIA,
        resource_id=ONE,
    )
    return replace(base, **changes)


def make(salon: Salon, wanted: BookingDraft, **more: Any) -> Edited:
    return salon.do(create_booking, wanted, new_id=salon.new_id, **more)


def change(salon: Salon, allow: tuple[str, ...] = (), **changes: Any) -> Edited:
    return salon.do(change_booking, B, BookingChange(**changes), allow=allow)


def refusal(salon: Salon, fn: Any) -> NotAllowed:
    before = salon.everything()
    with pytest.raises(NotAllowed) as caught:
        fn()
    assert salon.everything() == before, "nothing was written"
    return caught.value


def test_what_is_occupied_is_not_booked_by_somebody_else(chairs: Salon) -> None:
    chairs.add("a", "14:00", who=ANA, resource_id=ONE)
    no = refusal(chairs, lambda: make(chairs, draft("14:30")))
    assert (no.why, no.allowance) == (Why.OCCUPIED, "overlap")
    assert no.obstacle and no.obstacle.booking and no.obstacle.resource
    assert (no.obstacle.booking.booking_id, no.obstacle.resource.name) == ("a", "Chair 1")
    assert make(chairs, draft("14:30", resource_id=TWO)).after
    assert make(chairs, draft("15:00", staff_id=LUIS)).after, "what touches does not overlap"


def test_on_purpose_two_are_in_one(chairs: Salon) -> None:
    chairs.add("a", "14:00", who=ANA, resource_id=ONE)
    make(chairs, draft(), allow=("overlap",))
    [sent] = chairs.changes()
    assert (sent.payload["values"]["resource_id"], sent.payload["allow"]) == (ONE, ["overlap"])


def test_the_buffer_keeps_it(chairs: Salon) -> None:
    chairs.furnish(service="sv-0")
    chairs.add("a", "14:00", who=ANA, resource_id=ONE, service_id="sv-0")
    assert refusal(chairs, lambda: make(chairs, draft("15:10"))).why is Why.OCCUPIED
    assert make(chairs, draft("15:15")).after


def test_nobody_in_particular_needs_a_free_room_all_the_same(chairs: Salon) -> None:
    chairs.add("a", "14:00", who=ANA, resource_id=ONE)
    assert refusal(chairs, lambda: make(chairs, draft(staff_id=None))).why is Why.OCCUPIED


@pytest.mark.parametrize("room", ["chair 1", "nothing"])
def test_only_what_is_in_use_is_booked(chairs: Salon, room: str) -> None:
    chairs.write(lambda conn: conn.execute("UPDATE resources SET active = 0 WHERE id = 'chair 1'"))
    no = refusal(chairs, lambda: make(chairs, draft(resource_id=ResourceId(room))))
    assert (no.why, no.field) == (Why.RESOURCE_UNKNOWN, "resource_id")


def test_a_move_keeps_the_room_and_sends_it_with_the_time(chairs: Salon) -> None:
    chairs.add("b", "14:00", resource_id=ONE)
    change(chairs, starts_at=eg.at("16:00"))
    [sent] = chairs.changes()
    assert sent.payload["set"]["resource_id"] == [ONE, ONE]
    assert set(sent.payload["set"]) == {"starts_at", "ends_at", "staff_id", "resource_id"}
    moved = chairs.booking("b")
    assert moved and (moved.starts_at, moved.resource_id) == (eg.at("16:00"), ONE)


def test_a_business_without_rooms_sends_what_it_always_sent(salon: Salon) -> None:
    salon.add("b", "14:00")
    change(salon, starts_at=eg.at("16:00"))
    make(salon, draft("10:00", resource_id=None))
    patch, create = salon.changes()
    assert set(patch.payload["set"]) == {"starts_at", "ends_at", "staff_id"}
    assert "resource_id" not in create.payload["values"]


def test_that_it_is_nowhere_is_sent_where_it_could_be_somewhere(chairs: Salon) -> None:
    chairs.add("b", "14:00")
    change(chairs, starts_at=eg.at("16:00"))
    assert chairs.changes()[0].payload["set"]["resource_id"] == [None, None]


def test_another_room_at_the_same_time_is_no_question_of_hours_or_people(chairs: Salon) -> None:
    """Booked twice and after closing on purpose: moving next door asks for neither again."""
    chairs.add("a", "20:00")
    chairs.add("b", "20:00", resource_id=ONE)
    change(chairs, resource_id=TWO)
    moved = chairs.booking("b")
    assert moved and moved.resource_id == TWO


def test_what_shares_its_room_on_purpose_is_not_asked_again_what_it_has(chairs: Salon) -> None:
    chairs.add("a", "14:00", who=ANA, resource_id=ONE)
    chairs.add("b", "14:00", resource_id=ONE)
    change(chairs, staff_id=LUIS)
    assert refusal(chairs, lambda: change(chairs, starts_at=eg.at("13:30"))).why is Why.OCCUPIED


def test_coming_back_needs_the_room_to_be_free(chairs: Salon) -> None:
    chairs.add("a", "14:00", who=ANA, resource_id=ONE)
    chairs.add("b", "14:00", resource_id=ONE, status="cancelled")
    assert refusal(chairs, lambda: chairs.do(reinstate_booking, B)).why is Why.OCCUPIED
    change(chairs, status=BookingStatus.CONFIRMED, resource_id=TWO)


def test_undoing_puts_it_back(chairs: Salon) -> None:
    chairs.add("b", "14:00", resource_id=ONE)
    edited = change(chairs, resource_id=TWO)
    chairs.do(undo, edited, new_id=chairs.new_id)
    back = chairs.booking("b")
    assert back and (back.resource_id, chairs.changes()) == (ONE, [])
    edited = change(chairs, resource_id=TWO)
    chairs.sent(edited.change_id)
    chairs.do(undo, edited.change_id, new_id=chairs.new_id)
    back = chairs.booking("b")
    assert back and back.resource_id == ONE
    assert chairs.changes()[-1].payload["set"]["resource_id"] == [TWO, ONE]


def test_it_is_not_put_back_into_what_is_taken_meanwhile(chairs: Salon) -> None:
    chairs.add("b", "14:00", resource_id=ONE)
    edited = change(chairs, resource_id=TWO)
    chairs.add("a", "14:00", who=ANA, resource_id=ONE)
    assert refusal(chairs, lambda: chairs.do(undo, edited, new_id=chairs.new_id)).why is Why.OCCUPIED


def test_what_it_does_is_said_with_its_name() -> None:
    payload = {"set": {"resource_id": [ONE, TWO]}, "tell": None}
    deed = deed_of("booking.patch", payload, {"customer_name": "Ben", "resource_id": ONE}, {TWO: "Chair 2"})
    assert (deed.act, deed.where) == (Act.ROOM, "Chair 2")


# --- where, if nobody says -------------------------------------------------------------------------------------------
def where(salon: Salon, clock: str, service: ServiceId | None = CUT, booking_id: str = "") -> ResourceId | None:
    starts_at = eg.at(clock)
    booking = salon.booking(booking_id) if booking_id else None
    return salon.db.read(lambda conn: room_for(conn, service, starts_at, starts_at + timedelta(hours=1), booking))


def test_the_first_that_is_free_is_taken(chairs: Salon) -> None:
    assert where(chairs, "14:00") == ONE
    chairs.add("a", "14:30", who=ANA, resource_id=ONE)
    assert where(chairs, "14:00") == TWO
    assert where(chairs, "14:00", service=ServiceId("sv-1")) is None
    assert where(chairs, "14:00", service=None) is None
    chairs.add("c", "14:30", who=LUIS, resource_id=TWO)
    assert where(chairs, "14:00") == ONE, "where none is free the first is said to be taken"


def test_a_booking_stays_where_it_is_as_long_as_that_can_be_done_there(chairs: Salon) -> None:
    chairs.add("b", "14:00", resource_id=TWO, service_id=CUT)
    assert where(chairs, "16:00", booking_id="b") == TWO
    assert where(chairs, "16:00", service=ServiceId("sv-1"), booking_id="b") is None
    chairs.add("c", "10:00", service_id="sv-1")
    assert where(chairs, "10:00", booking_id="c") == ONE


# --- conflicts -------------------------------------------------------------------------------------------------------
def taken(salon: Salon, **told: Any) -> ConflictId:
    """Booking b wants chair 1 at 16:00, where Luna put somebody of Ana's meanwhile."""
    salon.add("b", "14:00", resource_id=ONE, service_id=CUT)
    edited = change(salon, starts_at=eg.at("16:00"))
    salon.add("lunas", "16:00", who=ANA, resource_id=ONE, customer_name="Eva Lind")
    ms = [milliseconds(eg.at(clock)) for clock in ("16:00", "17:00")]
    mine = {"starts_at": ms[0], "ends_at": ms[1], "staff_id": MIA, "resource_id": ONE}
    other = {"booking_id": "lunas", "customer_name": "Eva Lind", "staff_id": ANA, "resource_id": ONE}
    document = {"field": "slot", "why": "slot_taken", "mine": mine, "with": other, "free": [], **told}
    return salon.conflicted(edited.change_id, document)


def test_a_room_that_is_taken_is_decided_by_another_one_at_the_same_time(chairs: Salon) -> None:
    conflict_id = taken(chairs)
    offered = chairs.db.read(lambda conn: choices(conn, conflict_id, chairs.now))
    first = next(each for each in offered if each.kind is Choosing.FREE)
    assert first.slot and (first.slot.starts_at, first.slot.resource_id) == (eg.at("16:00"), TWO)
    chairs.do(resolve, conflict_id, first, new_id=chairs.new_id)
    assert chairs.changes()[-1].payload["set"]["resource_id"] == [ONE, TWO]


def test_a_free_time_of_a_server_that_knows_no_rooms_is_in_the_room_that_was_wanted(chairs: Salon) -> None:
    times = {"starts_at": milliseconds(eg.at("15:00")), "ends_at": milliseconds(eg.at("16:00")), "staff_id": MIA}
    conflict_id = taken(chairs, free=[times])
    offered = chairs.db.read(lambda conn: choices(conn, conflict_id, chairs.now))
    first = next(each for each in offered if each.kind is Choosing.FREE)
    assert first.slot and (first.slot.starts_at, first.slot.resource_id) == (eg.at("15:00"), ONE)


def test_the_other_moves_and_mine_takes_its_room(chairs: Salon) -> None:
    conflict_id = taken(chairs)
    offered = chairs.db.read(lambda conn: choices(conn, conflict_id, chairs.now))
    moving = next(each for each in offered if each.kind is Choosing.MOVE_OTHER)
    chairs.do(resolve, conflict_id, moving, new_id=chairs.new_id)
    other, mine = chairs.booking("lunas"), chairs.booking("b")
    assert other and mine and mine.resource_id == ONE and mine.starts_at == eg.at("16:00")
    assert other.starts_at >= mine.ends_at or other.ends_at <= mine.starts_at
