"""Undo: without a trace while nobody has heard of it, by a change the other way afterwards, never over others."""

from typing import Any

import pytest

from client.editing import (
    BlockDraft,
    BookingChange,
    BookingDraft,
    Edited,
    NotAllowed,
    Undone,
    Why,
    add_calendar,
    cancel_booking,
    change_booking,
    create_block,
    create_booking,
    remove_block,
    remove_calendar,
    undo,
    undoing_of,
)
from client.models.bookings import BookingStatus
from client.models.ids import BlockId, BookingId, CalendarId, ChangeId
from client.models.mutations import ChangeState, Tell, Undoing
from client.storage import blocks, outbox
from client.storage.columns import milliseconds
from tests import example_data as eg
from tests.editing.conftest import MIA, Salon
from tests.storage.mutations import become

B = BookingId("b")


def move(salon: Salon, clock: str, booking_id: BookingId = B, **more: Any) -> Edited:
    return salon.do(change_booking, booking_id, BookingChange(starts_at=eg.at(clock)), **more)


def take_back(salon: Salon, what: Edited | ChangeId, **more: Any) -> Undone:
    return salon.do(undo, what, new_id=salon.new_id, **more)


def refused(salon: Salon, what: Edited | ChangeId) -> Why:
    before = salon.everything()
    with pytest.raises(NotAllowed) as caught:
        take_back(salon, what)
    assert salon.everything() == before
    return caught.value.why


def how(salon: Salon, change_id: ChangeId) -> Undoing:
    return salon.db.read(lambda conn: undoing_of(conn, change_id))


def settle(salon: Salon, change_id: ChangeId) -> None:
    """What settling does: the change is history, the row is the server's with the change in it."""

    def write(conn: Any) -> None:
        conn.execute(
            "INSERT INTO history (change_id, op, v, kind, id, payload, undo, result, created_at, settled_at) "
            "SELECT change_id, op, v, kind, id, payload, undo, result, created_at, 0 FROM outbox WHERE change_id = ?",
            (change_id,),
        )
        change = outbox.get(conn, change_id)
        assert change is not None
        conn.execute("DELETE FROM outbox WHERE change_id = ?", (change_id,))
        conn.execute("DELETE FROM bases WHERE id = ?", (change.row_id,))
        conn.execute(f"UPDATE {change.kind} SET dirty = 0 WHERE id = ?", (change.row_id,))

    salon.write(write)


# --- at once ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("told", [None, Tell(text="Moved.", channel="sms")])
def test_a_move_just_made_leaves_no_trace(salon: Salon, folded: bool, told: Tell | None) -> None:
    salon.add("b", "14:00")
    if folded:
        move(salon, "15:00")
    before = salon.everything()
    edited = move(salon, "16:00", tell=told)
    assert edited.folded == folded
    undone = take_back(salon, edited)
    assert undone.edited is None and salon.everything() == before


def test_an_edit_that_took_another_one_back_is_undone_too(salon: Salon) -> None:
    salon.add("b", "14:00")
    move(salon, "15:00")
    before = salon.everything()
    edited = move(salon, "14:00")
    assert edited.gone
    take_back(salon, edited)
    assert salon.everything() == before


def test_a_new_booking_and_its_cancelling(salon: Salon) -> None:
    nothing = salon.everything()
    draft = BookingDraft(customer_name="Ben", service_name="Cut", starts_at=eg.at("14:00"), ends_at=eg.at("15:00"))
    made = salon.do(create_booking, draft, new_id=salon.new_id)
    there = salon.everything()
    cancelled = salon.do(cancel_booking, BookingId(made.row_id))
    assert salon.everything() == nothing
    take_back(salon, cancelled)
    assert salon.everything() == there
    undone = take_back(salon, made)
    assert undone.after is None and salon.everything() == nothing


def test_the_time_it_left_may_be_taken_by_now(salon: Salon) -> None:
    salon.add("b", "14:00")
    salon.add("other", "16:00")
    edited = move(salon, "17:00")
    move(salon, "14:00", BookingId("other"))
    assert refused(salon, edited) is Why.TAKEN
    assert refused(salon, edited.change_id) is Why.TAKEN
    take_back(salon, edited, allow=("overlap",))
    booking = salon.booking("b")
    assert booking is not None and booking.starts_at == eg.at("14:00")


def test_the_server_may_have_given_it_away(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = move(salon, "17:00")
    salon.add("lunas", "14:00")
    assert refused(salon, edited) is Why.TAKEN


def test_an_odd_hour_it_had_before_is_given_back(salon: Salon) -> None:
    salon.add("b", "05:00")
    edited = move(salon, "14:00")
    take_back(salon, edited)
    assert salon.changes() == []


def test_a_change_by_its_number_is_withdrawn_while_nobody_has_heard_of_it(salon: Salon) -> None:
    salon.add("b", "14:00")
    before = salon.everything()
    edited = move(salon, "15:00")
    assert how(salon, edited.change_id) is Undoing.REVERSIBLE
    take_back(salon, edited.change_id)
    assert salon.everything() == before
    assert how(salon, edited.change_id) is Undoing.FINAL
    assert refused(salon, edited.change_id) is Why.NOT_THERE


# --- afterwards ------------------------------------------------------------------------------------------------------
def test_what_was_sent_is_taken_back_by_a_change_the_other_way(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = move(salon, "15:00", tell=Tell(text="Moved.", channel="sms"))
    salon.sent(edited.change_id)
    assert how(salon, edited.change_id) is Undoing.COMPENSABLE
    undone = take_back(salon, edited, tell=Tell(text="Back at two.", channel="sms"))
    assert undone.edited is not None and undone.edited.told
    sent, back = salon.changes()
    assert back.payload["set"]["starts_at"] == [milliseconds(eg.at("15:00")), milliseconds(eg.at("14:00"))]
    assert (sent.undone_by, how(salon, sent.change_id)) == (back.change_id, Undoing.FINAL)
    assert refused(salon, edited) is Why.UNDONE_ALREADY
    take_back(salon, undone.edited)
    assert how(salon, sent.change_id) is Undoing.COMPENSABLE
    booking = salon.booking("b")
    assert booking is not None and booking.starts_at == eg.at("15:00")


def test_history_is_taken_back_with_the_same_checks(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = salon.do(cancel_booking, B, reason="ill")
    salon.sent(edited.change_id)
    settle(salon, edited.change_id)
    salon.add("other", "14:30")
    assert refused(salon, edited.change_id) is Why.TAKEN
    salon.do(cancel_booking, BookingId("other"))
    undone = take_back(salon, edited.change_id)
    booking = salon.booking("b")
    assert booking is not None and booking.status is BookingStatus.CONFIRMED
    assert undone.edited is not None
    past = salon.db.read(lambda conn: outbox.past(conn, edited.change_id))
    assert past is not None and past.undone_by == undone.edited.change_id
    assert refused(salon, edited.change_id) is Why.UNDONE_ALREADY


def test_what_somebody_changed_since_is_not_taken_back_too(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = move(salon, "15:00")
    salon.sent(edited.change_id)
    move(salon, "16:00")
    assert refused(salon, edited) is Why.CHANGED_SINCE


def test_only_what_the_server_took_is_taken_back(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = salon.do(change_booking, B, BookingChange(starts_at=eg.at("15:00"), notes="late"))
    salon.conflicted(edited.change_id, {"field": "slot", "why": "slot_taken", "mine": {}})
    take_back(salon, edited.change_id)
    (_, back) = salon.changes()
    assert back.payload["set"] == {"notes": ["late", None]}


def test_a_booking_that_was_sent_is_cancelled(salon: Salon) -> None:
    draft = BookingDraft(customer_name="Ben", service_name="Cut", starts_at=eg.at("14:00"), ends_at=eg.at("15:00"))
    made = salon.do(create_booking, draft, new_id=salon.new_id)
    salon.sent(made.change_id)
    assert how(salon, made.change_id) is Undoing.COMPENSABLE
    take_back(salon, made)
    booking = salon.booking(made.row_id)
    assert booking is not None and booking.status is BookingStatus.CANCELLED


def test_a_refused_change_is_put_away(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = move(salon, "15:00")
    salon.write(lambda conn: become(conn, edited.change_id, ChangeState.REFUSED, result={"status": "rejected"}))
    take_back(salon, edited.change_id)
    assert salon.changes() == []


def test_blocks_come_back_as_new_ones(salon: Salon) -> None:
    draft = BlockDraft(starts_at=eg.at("13:00"), ends_at=eg.at("14:00"), title="Lunch", staff_id=MIA)
    made = salon.do(create_block, draft, new_id=salon.new_id)
    salon.sent(made.change_id)
    removed = salon.do(remove_block, BlockId(made.row_id))
    salon.sent(removed.change_id)
    undone = take_back(salon, removed.change_id)
    assert undone.row_id != made.row_id
    found = salon.db.read(lambda conn: blocks.get(conn, BlockId(undone.row_id)))
    assert found is not None and (found.title, found.staff_id, found.starts_at) == ("Lunch", MIA, eg.at("13:00"))
    take_back(salon, ChangeId(undone.edited.change_id if undone.edited else 0))
    assert salon.db.read(lambda conn: blocks.get(conn, BlockId(undone.row_id))) is None


def test_the_address_of_a_calendar_does_not_come_back(salon: Salon) -> None:
    made = salon.do(add_calendar, "Family", "https://cal.example/f", new_id=salon.new_id)
    salon.sent(made.change_id)
    removed = salon.do(remove_calendar, CalendarId(made.row_id))
    assert how(salon, removed.change_id) is Undoing.REVERSIBLE
    salon.sent(removed.change_id)
    assert how(salon, removed.change_id) is Undoing.FINAL
    assert refused(salon, removed.change_id) is Why.FINAL


def test_a_calendar_that_was_added_is_removed(salon: Salon) -> None:
    made = salon.do(add_calendar, "Family", "https://cal.example/f", new_id=salon.new_id)
    salon.sent(made.change_id)
    undone = take_back(salon, made)
    assert undone.after is None
