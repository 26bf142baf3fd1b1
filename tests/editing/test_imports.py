"""Calendar files brought in: rehearsed, done, done again, undone; and what is left out, with the reason."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from client import editing
from client.calendars.imported import Imported, ImportedEvent
from client.editing import BookingChange, NotAllowed, Why
from client.editing.imports import (
    As,
    Fate,
    Import,
    Omission,
    Rehearsed,
    Wanted,
    import_events,
    joined,
    rehearse,
    slices,
    span,
    undo_all,
)
from client.models.bookings import Block, BookingStatus
from client.models.ids import BookingId, StaffId
from client.storage import blocks, outbox
from tests import example_data as eg
from tests.editing.conftest import ANA, MIA, Salon

BLOCKS = Wanted(as_=As.BLOCKS, busy="Busy", appointment="Appointment", staff_id=MIA)
BOOKINGS = Wanted(as_=As.BOOKINGS, busy="Busy", appointment="Appointment", staff_id=MIA)


def event(clock: str, minutes: int = 60, **more: Any) -> ImportedEvent:
    starts_at = eg.at(clock)
    known = {"uid": f"u-{clock}", "occurrence": "", "all_day": False, "title": "Dentist", "notes": "", "line": 3}
    return ImportedEvent(**{**known, "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes), **more})


def file(*events: ImportedEvent, cancelled: tuple[ImportedEvent, ...] = ()) -> Imported:
    return Imported(events=events, cancelled=cancelled)


def bring(salon: Salon, imported: Imported, wanted: Wanted = BLOCKS) -> Import:
    return salon.do(import_events, imported, wanted, new_id=salon.new_id)


def blocked(salon: Salon) -> list[Block]:
    return salon.db.read(lambda conn: blocks.overlapping(conn, *span(salon.now, eg.ZONE)))


def fates(done: Import) -> list[Fate]:
    return [line.fate for line in done.lines]


def undo_import(salon: Salon, done: Import) -> tuple[int, ...]:
    return salon.do(undo_all, done.edited, new_id=salon.new_id)


# --- blocked time ---------------------------------------------------------------------------------------------------
def test_events_become_blocks_each_a_change_that_waits(salon: Salon) -> None:
    done = bring(salon, file(event("15:00"), event("16:00", title="")))
    assert fates(done) == [Fate.ADD, Fate.ADD]
    assert [(block.title, block.staff_id, block.source) for block in blocked(salon)] == [
        ("Dentist", MIA, "ics"),
        ("Busy", MIA, "ics"),
    ]
    assert [change.change_id for change in salon.changes()] == list(done.change_ids)


def test_a_rehearsal_says_the_same_and_changes_nothing(salon: Salon) -> None:
    salon.add("there", "15:00")
    before = salon.everything()
    imported = file(event("15:00"), event("16:00"))
    with pytest.raises(Rehearsed) as rehearsed:
        salon.do(rehearse, imported, BLOCKS, new_id=salon.new_id)
    assert salon.everything() == before
    assert rehearsed.value.done.lines == bring(salon, imported).lines


def test_the_bookings_in_the_way_of_a_block_are_named_and_stay(salon: Salon) -> None:
    mine = salon.add("mine", "15:30")
    salon.add("hers", "15:30", who="s-ana")
    salon.add("off", "15:00", status="cancelled")
    done = bring(salon, file(event("15:00")))
    assert [booking.booking_id for booking in done.lines[0].meets] == [mine]
    everybody = bring(salon, file(event("15:00", uid="all")), Wanted(as_=As.BLOCKS, busy="Busy", appointment="x"))
    assert len(everybody.lines[0].meets) == 2
    assert salon.booking("mine") is not None


def test_the_same_file_again_changes_nothing(salon: Salon) -> None:
    imported = file(event("15:00"), event("16:00"))
    bring(salon, imported)
    before = salon.everything()
    again = bring(salon, imported)
    assert fates(again) == [Fate.HERE, Fate.HERE] and again.change_ids == ()
    assert salon.everything() == before


def test_what_moved_in_the_file_moves_and_what_it_calls_off_becomes_free(salon: Salon) -> None:
    bring(salon, file(event("15:00", uid="a"), event("16:00", uid="b")))
    done = bring(salon, file(event("17:00", uid="a"), cancelled=(event("16:00", uid="b"), event("12:00", uid="never"))))
    assert sorted(fates(done)) == [Fate.FREE, Fate.MOVE]
    assert [block.starts_at for block in blocked(salon)] == [eg.at("17:00")]


def test_the_same_file_for_somebody_else_is_another_import(salon: Salon) -> None:
    imported = file(event("15:00"))
    bring(salon, imported)
    theirs = Wanted(as_=As.BLOCKS, busy="Busy", appointment="x", staff_id=ANA)
    assert fates(bring(salon, imported, theirs)) == [Fate.ADD]
    assert {block.staff_id for block in blocked(salon)} == {ANA, MIA}


def test_a_fortnight_away_can_be_blocked_but_not_two_years(salon: Salon) -> None:
    done = bring(salon, file(event("15:00", 14 * 24 * 60), event("16:00", 2 * 366 * 24 * 60)))
    assert [(line.fate, line.omission) for line in done.lines] == [
        (Fate.ADD, None),
        (Fate.LEFT_OUT, Omission.TOO_LONG),
    ]


def test_somebody_who_left_refuses_all_of_it(salon: Salon) -> None:
    before = salon.everything()
    gone = Wanted(as_=As.BLOCKS, busy="Busy", appointment="x", staff_id=StaffId("s-gone"))
    with pytest.raises(NotAllowed) as refusal:
        bring(salon, file(event("15:00")), gone)
    assert refusal.value.why is Why.STAFF_UNKNOWN and salon.everything() == before


# --- bookings -------------------------------------------------------------------------------------------------------
def test_events_become_bookings_of_the_service_their_title_names(salon: Salon) -> None:
    service = eg.SERVICES[0]
    done = bring(
        salon,
        file(
            event("15:00", title=f"{service.name.upper()} for Eva", notes="likes tea"),
            event("16:30", uid="b", title="Eva"),
        ),
        BOOKINGS,
    )
    assert fates(done) == [Fate.ADD, Fate.ADD]
    first, second = (salon.booking(change.row_id) for change in salon.changes())
    assert first and second
    assert (first.service_id, first.service_name, first.notes) == (service.service_id, service.name, "likes tea")
    assert (second.customer_name, second.service_id, second.service_name) == ("Eva", None, "Appointment")


def test_a_time_that_is_taken_is_left_out_and_says_by_whom_unless_it_is_on_purpose(salon: Salon) -> None:
    salon.add("there", "15:00")
    imported = file(event("15:30"), event("17:00", uid="free"))
    done = bring(salon, imported, BOOKINGS)
    assert [(line.fate, line.omission) for line in done.lines] == [
        (Fate.LEFT_OUT, Omission.TAKEN),
        (Fate.ADD, None),
    ]
    obstacle = done.lines[0].obstacle
    assert obstacle and obstacle.booking and obstacle.booking.booking_id == "there"
    on_purpose = Wanted(as_=As.BOOKINGS, busy="Busy", appointment="x", staff_id=MIA, allow=frozenset({"overlap"}))
    assert fates(bring(salon, imported, on_purpose)) == [Fate.ADD, Fate.HERE]


def test_two_of_one_file_at_the_same_time_do_not_both_fit(salon: Salon) -> None:
    done = bring(salon, file(event("15:00", uid="a"), event("15:15", uid="b")), BOOKINGS)
    assert [line.omission for line in done.lines] == [None, Omission.TAKEN]


def test_what_no_booking_can_be_is_left_out(salon: Salon) -> None:
    tonight = eg.at("23:00")
    events = (
        event("15:00", all_day=True),
        event("15:00", 13 * 60, uid="long"),
        event("15:00", 1, uid="short"),
        event("15:00", uid="night", starts_at=tonight, ends_at=tonight + timedelta(minutes=30)),
    )
    done = bring(salon, file(*events), BOOKINGS)
    assert {line.omission for line in done.lines} == {
        Omission.ALL_DAY,
        Omission.TOO_LONG,
        Omission.TOO_SHORT,
        Omission.CLOSED,
    }
    assert salon.changes() == []


def test_bookings_imported_before_are_known_whatever_became_of_them(salon: Salon) -> None:
    imported = file(event("15:00", uid="a"), event("17:00", uid="b"))
    bring(salon, imported, BOOKINGS)
    first, second = (BookingId(change.row_id) for change in salon.changes())
    salon.do(editing.change_booking, first, BookingChange(starts_at=eg.at("16:00")))
    for change in salon.changes():
        salon.sent(change.change_id)
    salon.do(editing.change_booking, second, BookingChange(status=BookingStatus.CANCELLED))
    again = bring(salon, imported, BOOKINGS)
    assert [(line.fate, line.omission) for line in again.lines] == [
        (Fate.HERE, None),
        (Fate.LEFT_OUT, Omission.CANCELLED_HERE),
    ]
    off = bring(salon, file(cancelled=(event("15:00", uid="a"),)), BOOKINGS)
    assert [line.omission for line in off.lines] == [Omission.CALLED_OFF]


def test_a_booking_of_the_same_event_has_the_same_id_on_every_device(salon: Salon) -> None:
    bring(salon, file(event("15:00")), BOOKINGS)
    (first,) = salon.changes()
    salon.do(editing.undo, first.change_id, new_id=salon.new_id)
    bring(salon, file(event("15:00")), BOOKINGS)
    assert [change.row_id for change in salon.changes()] == [first.row_id]


# --- undone as one --------------------------------------------------------------------------------------------------
def test_an_import_is_undone_as_one_while_it_waits(salon: Salon) -> None:
    before = salon.everything()
    done = bring(salon, file(event("15:00"), event("16:00")))
    assert undo_import(salon, done) == () and salon.everything() == before


def test_an_import_that_was_sent_is_undone_by_changes_in_the_other_direction(salon: Salon) -> None:
    done = bring(salon, file(event("15:00"), event("16:00")))
    for change_id in done.change_ids:
        salon.sent(change_id)
    assert undo_import(salon, done) == () and blocked(salon) == []
    assert undo_import(salon, done) == ()


def test_a_repeated_import_that_moved_something_is_undone_to_what_was_there(salon: Salon) -> None:
    bring(salon, file(event("15:00", uid="a")))
    for change in salon.changes():
        salon.sent(change.change_id)
    moved = bring(salon, file(event("17:00", uid="a")))
    undo_import(salon, moved)
    assert [block.starts_at for block in blocked(salon)] == [eg.at("15:00")]


def test_a_repeated_import_while_the_first_waits_is_undone_to_the_first(salon: Salon) -> None:
    bring(salon, file(event("15:00", uid="a")))
    moved = bring(salon, file(event("17:00", uid="a")))
    assert len(moved.edited) == 2 and len(moved.change_ids) == 1
    undo_import(salon, moved)
    assert [block.starts_at for block in blocked(salon)] == [eg.at("15:00")]


def test_what_was_changed_since_stays_and_is_named(salon: Salon) -> None:
    done = bring(salon, file(event("15:00", uid="a"), event("17:00", uid="b")), BOOKINGS)
    for change_id in done.change_ids:
        salon.sent(change_id)
    row_id = salon.changes()[0].row_id
    salon.now = eg.at("15:00")
    salon.do(editing.change_booking, BookingId(row_id), BookingChange(status=BookingStatus.COMPLETED))
    kept = undo_import(salon, done)
    statuses = [salon.booking(change.row_id) for change in salon.changes()[:2]]
    assert [each.status for each in statuses if each] == [BookingStatus.COMPLETED, BookingStatus.CANCELLED]
    assert kept == done.change_ids[:1]


def test_changes_of_one_import_know_one_another(salon: Salon) -> None:
    alone = salon.do(editing.create_block, draft(eg.at("12:00")), new_id=salon.new_id)
    done = bring(salon, file(event("15:00"), event("16:00")))

    def together(change_id: int) -> list[int]:
        def read(conn: Any) -> list[int]:
            change = next(each for each in outbox.entries(conn) if each.change_id == change_id)
            return list(outbox.together(conn, change))

        return salon.db.read(read)

    assert together(alone.change_id) == [alone.change_id]
    assert all(together(change_id) == list(done.change_ids) for change_id in done.change_ids)


def draft(at: datetime) -> editing.BlockDraft:
    return editing.BlockDraft(starts_at=at, ends_at=at + timedelta(hours=1), title="Lunch")


# --- long files -------------------------------------------------------------------------------------------------------
def long_file(days: int, chance: random.Random) -> Imported:
    """Days full of events that are in one another's way, with nights between them."""
    events: list[ImportedEvent] = []
    for day in range(days):
        for number in range(12):
            at = eg.at("08:00") + timedelta(days=day + 1, minutes=chance.randrange(0, 600, 5))
            lasts = timedelta(minutes=chance.choice((15, 45, 90)))
            events.append(replace(event("08:00"), uid=f"{day}/{number}", starts_at=at, ends_at=at + lasts))
    return file(*sorted(events, key=lambda each: each.starts_at), cancelled=(event("09:00", uid="off"),))


@pytest.mark.parametrize("wanted", [BLOCKS, BOOKINGS])
def test_a_long_file_is_rehearsed_in_pieces_that_say_what_the_whole_does(salon: Salon, wanted: Wanted) -> None:
    imported = long_file(60, random.Random(3))
    pieces = slices(imported)
    assert len(pieces) >= 6 and max(len(piece.events) for piece in pieces) < 130
    assert [each for piece in pieces for each in piece.events] == list(imported.events)
    assert [piece.cancelled for piece in pieces if piece.cancelled] == [imported.cancelled]
    parts: list[Import] = []
    for piece in pieces:
        with pytest.raises(Rehearsed) as rehearsed:
            salon.do(rehearse, piece, wanted, new_id=salon.new_id)
        parts.append(rehearsed.value.done)
    rehearsal = joined(parts)
    done = bring(salon, imported, wanted)
    assert [(line.event, line.fate, line.omission) for line in rehearsal.lines] == [
        (line.event, line.fate, line.omission) for line in done.lines
    ]
    assert len(rehearsal.edited) == len(done.edited) > 0
    if wanted is BOOKINGS:
        assert done.of(Fate.LEFT_OUT), "some are in the way of others of the same file"


def test_events_without_a_pause_are_one_piece() -> None:
    events = tuple(
        event(
            "08:00",
            6 * 60,
            uid=str(n),
            starts_at=eg.at("08:00") + timedelta(hours=5 * n),
            ends_at=eg.at("08:00") + timedelta(hours=5 * n + 6),
        )
        for n in range(300)
    )
    assert len(slices(file(*events))) == 1 and len(slices(file())) == 1
