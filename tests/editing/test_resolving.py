"""Conflicts: what is offered, what each choice leads to, and that "mine" is a new change of what is there now."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from client.editing import (
    BookingChange,
    BookingDraft,
    Choice,
    Choosing,
    Edited,
    NotAllowed,
    Resolved,
    Why,
    at,
    cancel_booking,
    change_booking,
    choices,
    complete_booking,
    create_booking,
    reinstate_booking,
    resolve,
    undo,
)
from client.insight.diary import Slot
from client.models.account import Role
from client.models.bookings import BookingStatus
from client.models.ids import BookingId, ConflictId, ServiceId
from client.models.mutations import ConflictState, Tell
from client.storage import conflicts, effective
from client.storage.columns import milliseconds
from client.storage.effective import Base
from tests import example_data as eg
from tests.editing.conftest import ANA, MIA, Salon

B = BookingId("b")
TOLD = Tell(text="Now at four.", channel="sms")


def ms(clock: str) -> int:
    return milliseconds(eg.at(clock))


def slot(clock: str, minutes: int = 60, who: Any = MIA) -> Slot:
    return Slot(starts_at=eg.at(clock), ends_at=eg.at(clock) + timedelta(minutes=minutes), staff_id=who)


def offered(salon: Salon, conflict_id: ConflictId) -> tuple[Choice, ...]:
    return salon.db.read(lambda conn: choices(conn, conflict_id, salon.now))


def kinds(salon: Salon, conflict_id: ConflictId) -> list[str]:
    return [choice.kind.value for choice in offered(salon, conflict_id)]


def one(salon: Salon, conflict_id: ConflictId, kind: Choosing) -> Choice:
    return next(choice for choice in offered(salon, conflict_id) if choice.kind is kind)


def decide(salon: Salon, conflict_id: ConflictId, choice: Choice, **more: Any) -> Resolved:
    return salon.do(resolve, conflict_id, choice, new_id=salon.new_id, **more)


def state(salon: Salon, conflict_id: ConflictId) -> ConflictState:
    found = salon.db.read(lambda conn: conflicts.get(conn, conflict_id))
    assert found is not None
    return found.state


def server_has(salon: Salon, row_id: str, **columns: Any) -> None:
    """The server's row changes under the device's."""

    def write(conn: Any) -> None:
        under = effective.base(conn, "bookings", row_id)
        assert under is not None and under.row is not None
        new = Base(row={**under.row, **columns} if columns else None, version=under.version + 1, gen=under.gen)
        effective.put_base(conn, "bookings", row_id, new)
        effective.rebase(conn, "bookings", row_id)

    salon.write(write)


def clash(salon: Salon, change: BookingChange, field: str, why: str, tell: Tell | None = None, **more: Any) -> Any:
    """An edit of booking b that the server refused in one field; gives the conflict."""
    edited = salon.do(change_booking, B, change, tell=tell)
    return salon.conflicted(edited.change_id, {"field": field, "why": why, **more})


def taken(salon: Salon, tell: Tell | None = TOLD) -> Any:
    """Booking b wants 16:00, where Luna put somebody meanwhile."""
    salon.add("b", "14:00")
    edited = salon.do(change_booking, B, BookingChange(starts_at=eg.at("16:00")), tell=tell)
    salon.add("lunas", "16:00", customer_name="Eva Lind", customer_id="c-1", customer_phone="+1 555 0199")
    told = {"booking_id": "lunas", "customer_name": "Eva Lind"}
    mine = {"starts_at": ms("16:00"), "ends_at": ms("17:00"), "staff_id": MIA}
    free = [{"starts_at": ms("15:00"), "ends_at": ms("16:00"), "staff_id": MIA}]
    document = {"field": "slot", "why": "slot_taken", "mine": mine, "with": told, "free": free}
    return salon.conflicted(edited.change_id, document)


# --- a slot that is taken --------------------------------------------------------------------------------------------
def test_what_is_offered_for_a_taken_slot(salon: Salon) -> None:
    conflict_id = taken(salon)
    assert kinds(salon, conflict_id) == [
        *("free", "free", "free", "other", "overbook", "move_other", "cancel", "theirs"),
    ]
    free = [choice.slot for choice in offered(salon, conflict_id) if choice.kind is Choosing.FREE]
    assert free[0] == slot("15:00")
    assert len({each.starts_at for each in free if each}) == 3


def test_a_free_time_that_is_no_longer_free_here_is_not_offered(salon: Salon) -> None:
    conflict_id = taken(salon)
    salon.add("more", "15:00")
    free = [choice.slot for choice in offered(salon, conflict_id) if choice.kind is Choosing.FREE]
    assert slot("15:00") not in free and len(free) == 3


@pytest.mark.parametrize("free", [None, [{}], [{"starts_at": "soon"}], [{"starts_at": 10**30, "ends_at": 0}]])
def test_free_times_that_make_no_sense_are_passed_over(salon: Salon, free: Any) -> None:
    salon.add("b", "14:00")
    conflict_id = clash(salon, BookingChange(starts_at=eg.at("16:00")), "slot", "slot_taken", free=free)
    assert kinds(salon, conflict_id).count("free") == 3


def test_each_choice_says_what_it_leads_to_and_who_could_be_told_what(salon: Salon) -> None:
    conflict_id = taken(salon)
    free = one(salon, conflict_id, Choosing.FREE)
    assert [(step.booking_id, step.after.starts_at) for step in free.steps] == [("b", eg.at("15:00"))]
    assert free.notices[0].asked and "3:00 pm" in free.notices[0].tell.text
    both = one(salon, conflict_id, Choosing.MOVE_OTHER)
    assert [step.booking_id for step in both.steps] == ["lunas", "b"]
    assert [(notice.name, notice.asked) for notice in both.notices] == [("Eva Lind", False), ("Maria Gómez", True)]
    assert both.notices[0].tell.text.startswith("Hola Mari")
    cancel = one(salon, conflict_id, Choosing.CANCEL)
    assert "cancelled" in cancel.notices[0].tell.text
    theirs = one(salon, conflict_id, Choosing.THEIRS)
    assert (theirs.steps, theirs.notices) == ((), ())


def test_mine_at_a_free_time_is_a_new_change_and_its_answer_ends_the_conflict(salon: Salon) -> None:
    conflict_id = taken(salon)
    choice = one(salon, conflict_id, Choosing.FREE)
    resolved = decide(salon, conflict_id, choice, tell=choice.notices)
    (edited,) = resolved.edited
    (_, waiting) = salon.changes()
    assert waiting.payload["set"]["starts_at"] == [ms("14:00"), ms("15:00")]
    assert waiting.payload["tell"]["text"] == choice.notices[0].tell.text
    assert state(salon, conflict_id) is ConflictState.ANSWERED
    with pytest.raises(NotAllowed) as caught:
        decide(salon, conflict_id, choice)
    assert caught.value.why is Why.DECIDED_ALREADY
    salon.write(lambda conn: conflicts.answered(conn, edited.change_id, 0))
    assert state(salon, conflict_id) is ConflictState.RESOLVED


def test_nobody_is_told_what_the_owner_does_not_send(salon: Salon) -> None:
    conflict_id = taken(salon)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.FREE))
    assert salon.changes()[-1].payload["tell"] is None


def test_the_owner_may_choose_another_time_and_words(salon: Salon) -> None:
    conflict_id = taken(salon)
    choice = salon.do(lambda conn, now: at(conn, conflict_id, Choosing.OTHER, slot("17:00", who=ANA), now))
    words = replace(choice.notices[0], tell=Tell(text="Five o'clock with Ana?", channel="sms"))
    decide(salon, conflict_id, choice, tell=[words])
    waiting = salon.changes()[-1].payload
    assert waiting["set"]["staff_id"] == [MIA, ANA]
    assert waiting["tell"]["text"] == "Five o'clock with Ana?"


def test_another_time_is_checked_like_any(salon: Salon) -> None:
    conflict_id = taken(salon)
    before = salon.everything()
    for wanted, why in ((slot("16:30"), Why.TAKEN), (slot("06:00"), Why.CLOSED), (None, Why.NO_SUCH_CHOICE)):
        with pytest.raises(NotAllowed) as caught:
            decide(salon, conflict_id, Choice(kind=Choosing.OTHER, slot=wanted))
        assert caught.value.why is why
    assert salon.everything() == before


def test_overbooking_says_so_and_is_not_for_the_front_desk(salon: Salon) -> None:
    conflict_id = taken(salon)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.OVERBOOK))
    assert salon.changes()[-1].payload["allow"] == ["overlap"]
    booking = salon.booking("b")
    assert booking is not None and booking.starts_at == eg.at("16:00")


def test_the_front_desk_is_not_offered_to_overbook(salon: Salon) -> None:
    conflict_id = taken(salon)
    salon.as_role(Role.FRONT_DESK)
    assert "overbook" not in kinds(salon, conflict_id)
    with pytest.raises(NotAllowed) as caught:
        decide(salon, conflict_id, Choice(kind=Choosing.OVERBOOK))
    assert caught.value.why is Why.NO_SUCH_CHOICE


def test_moving_the_other_goes_first(salon: Salon) -> None:
    conflict_id = taken(salon)
    resolved = decide(salon, conflict_id, one(salon, conflict_id, Choosing.MOVE_OTHER))
    assert [edited.row_id for edited in resolved.edited] == ["lunas", "b"]
    assert [change.row_id for change in salon.changes()[-2:]] == ["lunas", "b"]
    found = salon.db.read(lambda conn: conflicts.get(conn, conflict_id))
    assert found is not None and found.resolved_by == resolved.edited[-1].change_id
    assert all(change.payload["allow"] == [] for change in salon.changes())


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize(("minutes", "others"), [(60, 30), (45, 30), (30, 90), (60, 60)])
@pytest.mark.parametrize("buffered", [(), ("mine",), ("other",), ("mine", "other")])
def test_the_other_goes_where_mine_leaves_it_room(
    salon: Salon, buffered: tuple[str, ...], minutes: int, others: int, is_new: bool
) -> None:
    service = {name: ServiceId("sv-0" if name in buffered else "sv-3") for name in ("mine", "other")}
    starts_at, ends_at = eg.at("15:00"), eg.at("15:00") + timedelta(minutes=minutes)
    if is_new:
        what = {"customer_name": "Ben Ortiz", "service_name": "Cut", "service_id": service["mine"], "staff_id": MIA}
        draft = BookingDraft(starts_at=starts_at, ends_at=ends_at, **what)
        edited = salon.do(create_booking, draft, new_id=salon.new_id)
    else:
        salon.add("b", "13:00", minutes=minutes, service_id=service["mine"])
        edited = salon.do(change_booking, B, BookingChange(starts_at=starts_at))
    salon.add("lunas", "15:00", minutes=others, service_id=service["other"])
    salon.add("before", "12:00", minutes=180)
    document = {"field": "slot", "why": "slot_taken", "with": {"booking_id": "lunas"}}
    conflict_id = salon.conflicted(edited.change_id, document)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.MOVE_OTHER))
    mine, other = salon.booking(edited.row_id), salon.booking("lunas")
    assert mine is not None and other is not None and (mine.starts_at, mine.ends_at) == (starts_at, ends_at)
    assert other.duration_minutes == others
    first, second = sorted((mine, other), key=lambda booking: booking.starts_at)
    assert first.ends_at + timedelta(minutes=15 * (first.service_id == "sv-0")) <= second.starts_at


def test_moving_the_other_is_not_offered_where_somebody_else_is_in_the_way_too(salon: Salon) -> None:
    salon.add("b", "13:00", minutes=90)
    edited = salon.do(change_booking, B, BookingChange(starts_at=eg.at("15:00")))
    salon.add("lunas", "15:00", minutes=30)
    document = {"field": "slot", "why": "slot_taken", "with": {"booking_id": "lunas"}}
    conflict_id = salon.conflicted(edited.change_id, document)
    assert "move_other" in kinds(salon, conflict_id)
    salon.add("third", "16:00", minutes=30)
    assert "move_other" not in kinds(salon, conflict_id)


def test_a_block_or_a_booking_that_is_gone_cannot_be_moved(salon: Salon) -> None:
    salon.add("b", "14:00")
    gone = {"booking_id": "never-seen"}
    conflict_id = clash(salon, BookingChange(starts_at=eg.at("16:00")), "slot", "slot_taken", **{"with": gone})
    assert "move_other" not in kinds(salon, conflict_id)


def test_theirs_ends_it_at_once_and_sends_nothing(salon: Salon) -> None:
    conflict_id = taken(salon)
    before = len(salon.changes())
    resolved = decide(salon, conflict_id, one(salon, conflict_id, Choosing.THEIRS))
    assert resolved.edited == () and len(salon.changes()) == before
    assert state(salon, conflict_id) is ConflictState.RESOLVED


def test_cancelling_mine(salon: Salon) -> None:
    conflict_id = taken(salon)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.CANCEL))
    booking = salon.booking("b")
    assert booking is not None and booking.status is BookingStatus.CANCELLED


def test_undoing_an_answer_opens_the_conflict_again(salon: Salon) -> None:
    conflict_id = taken(salon)
    resolved = decide(salon, conflict_id, one(salon, conflict_id, Choosing.FREE))
    salon.do(undo, resolved.edited[0], new_id=salon.new_id)
    assert state(salon, conflict_id) is ConflictState.OPEN


def test_an_answer_that_is_edited_and_undone_is_still_the_answer(salon: Salon) -> None:
    conflict_id = taken(salon)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.FREE))
    before = salon.everything()
    noted = salon.do(change_booking, B, BookingChange(notes="x"))
    salon.do(undo, noted, new_id=salon.new_id)
    assert salon.everything() == before
    moved_back = salon.do(change_booking, B, BookingChange(starts_at=eg.at("14:00")))
    assert moved_back.gone and state(salon, conflict_id) is ConflictState.OPEN
    salon.do(undo, moved_back, new_id=salon.new_id)
    assert state(salon, conflict_id) is ConflictState.ANSWERED


# --- a new booking whose slot is taken -------------------------------------------------------------------------------
def new_booking(salon: Salon) -> tuple[Edited, Any]:
    draft = BookingDraft(
        customer_name="Ben Ortiz",
        customer_phone="+1 555 0142",
        service_name="Cut",
        staff_id=MIA,
        starts_at=eg.at("16:00"),
        ends_at=eg.at("17:00"),
    )
    made = salon.do(create_booking, draft, tell=TOLD, new_id=salon.new_id)
    salon.add("lunas", "16:00")
    document = {"field": "slot", "why": "slot_taken", "mine": {"starts_at": 1}, "with": {"booking_id": "lunas"}}
    return made, salon.conflicted(made.change_id, document)


def test_a_new_booking_that_found_its_slot_taken_is_not_shown_but_not_lost(salon: Salon) -> None:
    made, conflict_id = new_booking(salon)
    assert salon.booking(made.row_id) is None
    found = kinds(salon, conflict_id)
    assert found[0] == "free" and found[-1] == "discard"
    assert not {"cancel", "theirs"} & set(found)
    choice = one(salon, conflict_id, Choosing.FREE)
    assert choice.steps[0].before is None and "booked" in choice.notices[0].tell.text
    decide(salon, conflict_id, choice, tell=choice.notices)
    booking = salon.booking(made.row_id)
    assert booking is not None and choice.slot is not None
    assert (booking.customer_name, booking.starts_at) == ("Ben Ortiz", choice.slot.starts_at)


def test_a_new_booking_may_be_forgotten(salon: Salon) -> None:
    made, conflict_id = new_booking(salon)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.DISCARD))
    assert salon.booking(made.row_id) is None and state(salon, conflict_id) is ConflictState.RESOLVED


# --- other fields ----------------------------------------------------------------------------------------------------
def test_notes_may_be_kept_both(salon: Salon) -> None:
    salon.add("b", "14:00", notes="a")
    conflict_id = clash(salon, BookingChange(notes="mine"), "notes", "changed", mine={"notes": "mine"})
    server_has(salon, "b", notes="hers")
    assert kinds(salon, conflict_id) == ["both", "mine", "theirs"]
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.BOTH))
    booking = salon.booking("b")
    assert booking is not None and booking.notes == "hers\nmine"
    assert salon.changes()[-1].payload["set"]["notes"] == ["hers", "hers\nmine"]


def test_two_notes_that_are_too_long_together_are_refused(salon: Salon) -> None:
    salon.add("b", "14:00", notes="a")
    conflict_id = clash(salon, BookingChange(notes="m" * 1500), "notes", "changed")
    server_has(salon, "b", notes="h" * 1500)
    with pytest.raises(NotAllowed) as caught:
        decide(salon, conflict_id, one(salon, conflict_id, Choosing.BOTH))
    assert caught.value.why is Why.TEXT_TOO_LONG


def test_what_has_become_mine_meanwhile_needs_no_change(salon: Salon) -> None:
    salon.add("b", "14:00", notes="a")
    conflict_id = clash(salon, BookingChange(notes="mine"), "notes", "changed")
    stale = one(salon, conflict_id, Choosing.MINE)
    server_has(salon, "b", notes="mine")
    assert kinds(salon, conflict_id) == ["theirs"]
    with pytest.raises(NotAllowed):
        decide(salon, conflict_id, stale)
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.THEIRS))


def test_a_slot_both_moved(salon: Salon) -> None:
    salon.add("b", "14:00")
    mine = {"starts_at": 1, "ends_at": 1, "staff_id": MIA}
    conflict_id = clash(salon, BookingChange(starts_at=eg.at("15:00")), "slot", "changed", mine=mine)
    server_has(salon, "b", starts_at=ms("16:00"), ends_at=ms("17:00"))
    assert kinds(salon, conflict_id) == ["mine", "other", "theirs"]
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.MINE))
    assert salon.changes()[-1].payload["set"]["starts_at"] == [ms("16:00"), ms("15:00")]


def test_closed_hours_may_be_booked_on_purpose(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = salon.do(change_booking, B, BookingChange(starts_at=eg.at("20:00"), notes="x"), allow=("closed",))
    conflict_id = salon.conflicted(edited.change_id, {"field": "slot", "why": "closed"})
    assert {"mine", "other", "theirs"} <= set(kinds(salon, conflict_id))
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.MINE))
    assert salon.changes()[-1].payload["allow"] == ["closed"]


def test_an_edit_of_a_booking_cancelled_meanwhile(salon: Salon) -> None:
    salon.add("b", "14:00")
    mine = {"starts_at": 1, "ends_at": 1, "staff_id": MIA}
    conflict_id = clash(salon, BookingChange(starts_at=eg.at("15:00")), "row", "cancelled", mine=mine)
    server_has(salon, "b", status="cancelled", cancellation_reason="ill")
    assert kinds(salon, conflict_id) == ["restore", "discard"]
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.RESTORE))
    booking = salon.booking("b")
    assert booking is not None
    assert (booking.status, booking.starts_at) == (BookingStatus.CONFIRMED, eg.at("15:00"))


def test_an_edit_of_a_booking_deleted_meanwhile_brings_it_back_as_a_new_one(salon: Salon) -> None:
    salon.add("b", "14:00", customer_id="c-1", service_id="gone", notes="Allergic")
    conflict_id = clash(salon, BookingChange(starts_at=eg.at("15:00")), "row", "deleted")
    server_has(salon, "b")
    assert salon.booking("b") is None
    assert kinds(salon, conflict_id) == ["restore", "discard"]
    (edited,) = decide(salon, conflict_id, one(salon, conflict_id, Choosing.RESTORE)).edited
    booking = salon.booking(edited.row_id)
    assert edited.row_id != "b" and booking is not None
    assert (booking.customer_name, booking.starts_at, booking.notes) == ("Maria Gómez", eg.at("15:00"), "Allergic")
    assert (booking.customer_id, booking.service_id) == ("c-1", None)
    assert state(salon, conflict_id) is ConflictState.ANSWERED


def test_somebody_coming_back_whose_slot_is_taken(salon: Salon) -> None:
    salon.add("b", "14:00", status="cancelled")
    edited = salon.do(reinstate_booking, B)
    salon.add("lunas", "14:00")
    mine = {"status": "confirmed", "cancellation_reason": None}
    document = {"field": "status", "why": "slot_taken", "mine": mine, "with": {"booking_id": "lunas"}}
    conflict_id = salon.conflicted(edited.change_id, document)
    choice = one(salon, conflict_id, Choosing.FREE)
    decide(salon, conflict_id, choice)
    booking = salon.booking("b")
    assert booking is not None and choice.slot is not None
    assert (booking.status, booking.starts_at) == (BookingStatus.CONFIRMED, choice.slot.starts_at)


def test_a_status_that_can_no_longer_be_had(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = salon.do(cancel_booking, B)
    mine = {"status": "cancelled", "cancellation_reason": None}
    conflict_id = salon.conflicted(edited.change_id, {"field": "status", "why": "completed", "mine": mine})
    server_has(salon, "b", status="completed")
    assert kinds(salon, conflict_id) == ["theirs"]


def test_what_counted_as_done_before_it_was_put_off_is_done_all_the_same(salon: Salon) -> None:
    salon.add("b", "09:00")
    edited = salon.do(complete_booking, B)
    mine = {"status": "completed", "cancellation_reason": None}
    conflict_id = salon.conflicted(edited.change_id, {"field": "status", "why": "changed", "mine": mine})
    server_has(salon, "b", status="no_show", starts_at=ms("16:00"), ends_at=ms("17:00"))
    decide(salon, conflict_id, one(salon, conflict_id, Choosing.MINE))
    booking = salon.booking("b")
    assert booking is not None and booking.status is BookingStatus.COMPLETED


# --- what is not there -----------------------------------------------------------------------------------------------
def test_a_conflict_that_is_not_there(salon: Salon) -> None:
    with pytest.raises(NotAllowed) as caught:
        offered(salon, ConflictId(99))
    assert caught.value.why is Why.NOT_THERE


def test_a_conflict_over_a_block_can_only_be_put_away(salon: Salon) -> None:
    salon.add("b", "14:00")
    edited = salon.do(change_booking, B, BookingChange(notes="x"))
    salon.write(
        lambda conn: conflicts.add(conn, edited.change_id, "blocks", "k", {"field": "row", "why": "deleted"}, 0)
    )
    conflict_id = salon.db.read(conflicts.open_conflicts)[0].conflict_id
    assert kinds(salon, conflict_id) == ["discard"]
