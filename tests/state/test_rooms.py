"""The room of a booking in its form and in the grid: the first that is free, until the owner says otherwise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from client.editing import BookingChange
from client.insight.diary import Why as InTheWay
from client.insight.walltime import Span
from client.models.bookings import Booking
from client.models.ids import StaffId
from client.models.tell_draft import TellBy
from client.state.moving import Ground
from client.state.typed_booking import Doing
from client.storage import bookings, outbox
from tests import example_data as eg
from tests.screens import salon
from tests.screens.salon import CHAIRS, MARIA, TOMORROW
from tests.state.test_booking_form import CUT, LUIS, Form, form, new

__all__ = ["form"]
COLOUR = eg.SERVICES[0]
ONE, TWO = (chair.resource_id for chair in CHAIRS)


@pytest.fixture
async def chairs(form: Form) -> Form:
    """Maria is in the first of two chairs tomorrow from 14:00 to 15:30, where hair is coloured."""
    await form.db.write(lambda conn: salon.furnish(conn, COLOUR, occupied=MARIA))
    await form.window.settle()
    return form


async def colour(form: Form, start: str) -> None:
    new(form, start=start)
    form.store.choose_service(COLOUR)
    await form.window.settle()


async def elsewhere(form: Form, start: str, whose: StaffId = LUIS) -> Booking:
    """Somebody else's client in the first chair."""
    other = replace(eg.booking(start, "Kim Lee", "Cut", 45, "luis", day=TOMORROW), staff_id=whose, resource_id=ONE)
    await form.write(other)
    return other


async def save(form: Form) -> Booking | None:
    if form.state.draft and not form.state.draft.decided:
        form.store.tell(form.state.draft.choose(TellBy.NOBODY))
    booking_id = await form.store.save()
    return form.booking(booking_id) if booking_id else None


async def test_the_first_that_is_free_is_chosen_and_follows_the_time(chairs: Form) -> None:
    await colour(chairs, "10:00")
    assert (chairs.state.typed.resource_id, chairs.state.rooms) == (ONE, CHAIRS)
    chairs.store.type(start="15:00")
    assert chairs.state.typed.resource_id == TWO, "Maria is in the first until half past three"
    made = await save(chairs)
    assert made and made.resource_id == TWO


async def test_what_the_owner_chooses_stays_chosen_and_says_who_is_there(chairs: Form) -> None:
    await colour(chairs, "15:00")
    chairs.store.choose_room(ONE)
    [obstacle] = chairs.state.in_the_way
    assert (obstacle.why, obstacle.booking and obstacle.booking.customer_name) == (InTheWay.OCCUPIED, "Maria Gómez")
    assert obstacle.resource == CHAIRS[0]
    assert await chairs.store.save() is None and not chairs.db.read(outbox.entries)
    chairs.store.type(start="16:00")
    assert (chairs.state.typed.resource_id, chairs.state.in_the_way) == (ONE, ())


async def test_a_free_time_is_one_with_a_free_room(chairs: Form) -> None:
    await colour(chairs, "10:00")
    before = {slot.starts_at for slot in chairs.state.slots}
    assert eg.at("11:00", TOMORROW) in before
    both = eg.booking("11:00", "Ida", "Cut", 45, "mia", day=TOMORROW)
    await chairs.write(replace(both, resource_id=ONE))
    assert eg.at("11:00", TOMORROW) in {slot.starts_at for slot in chairs.state.slots}
    other = eg.booking("11:00", "Eva", "Cut", 45, "ana", day=TOMORROW)
    await chairs.write(replace(other, resource_id=TWO))
    assert eg.at("11:00", TOMORROW) not in {slot.starts_at for slot in chairs.state.slots}


async def test_a_service_that_needs_none_has_none_and_leaves_the_one_it_was_in(chairs: Form) -> None:
    new(chairs)
    assert (chairs.state.typed.resource_id, chairs.state.rooms) == (None, ())
    chairs.store.open(Doing.EDIT, MARIA.booking_id)
    assert (chairs.state.typed.resource_id, chairs.state.touched) == (ONE, False)
    chairs.store.choose_service(CUT)
    assert chairs.state.typed.resource_id is None
    changed = await save(chairs)
    assert changed and changed.resource_id is None


async def test_a_move_keeps_its_room_and_is_told_why_that_is_taken(chairs: Form) -> None:
    await elsewhere(chairs, "17:00")
    chairs.store.open(Doing.MOVE, MARIA.booking_id)
    chairs.store.type(start="18:00")
    assert chairs.state.typed.resource_id == ONE
    chairs.store.type(start="17:15")
    assert InTheWay.OCCUPIED in chairs.reasons()
    chairs.store.choose_room(TWO)
    assert InTheWay.OCCUPIED not in chairs.reasons()


async def test_what_is_allowed_of_one_room_is_not_allowed_of_the_next(chairs: Form) -> None:
    await colour(chairs, "15:00")
    chairs.store.choose_room(ONE)
    chairs.store.allow("overlap", True)
    assert chairs.state.in_the_way == ()
    chairs.store.choose_room(TWO)
    assert not chairs.state.allow


async def test_a_room_that_only_follows_takes_no_allowance_back(chairs: Form) -> None:
    await chairs.write(eg.booking("15:00", "Kim Lee", "Cut", 45, "luis", day=TOMORROW))
    await colour(chairs, "10:00")
    chairs.store.type(start="15:00")
    chairs.store.allow("overlap", True)
    chairs.store.type(notes="tea")
    assert (chairs.state.typed.resource_id, chairs.state.in_the_way) == (TWO, ())


async def test_what_is_undone_is_said_with_where_it_was(chairs: Form) -> None:
    edits = chairs.stores.edits
    await edits.change(MARIA.booking_id, BookingChange(resource_id=TWO))
    assert edits.state.done[0].deed.where == "Colour chair 2"
    await edits.undo()
    assert chairs.booking().resource_id == ONE
    assert edits.state.undone[0].where == "Colour chair 2"


async def test_in_the_grid_a_booking_keeps_its_room_and_does_not_go_where_that_is_taken(chairs: Form) -> None:
    await elsewhere(chairs, "12:00")
    moves = chairs.stores.moves
    days = tuple((eg.TODAY + timedelta(days=n), None) for n in range(6))
    moves.lay_out(Ground(columns=days, span=Span(start=8 * 60, end=19 * 60), people=False))
    assert moves.take(chairs.booking())
    moves.to(1, 11 * 60 + 30)
    assert moves.state and moves.state.obstacle and moves.state.obstacle.why is InTheWay.OCCUPIED
    moves.to(1, 12 * 60 + 45)
    assert moves.state and moves.state.obstacle is None
    await moves.drop()
    moved = chairs.db.read(lambda conn: bookings.get(conn, MARIA.booking_id))
    assert moved and (moved.resource_id, moved.starts_at) == (ONE, eg.at("12:45", TOMORROW))
