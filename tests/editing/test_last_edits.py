"""The last edit is taken back alone, also one that became part of a waiting change; what is no more is had again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from client import editing
from client.editing import (
    BlockDraft,
    BookingChange,
    BookingDraft,
    Edited,
    NotAllowed,
    TaskDraft,
    Why,
    bring_back,
    cancel_booking,
    change_booking,
    create_block,
    create_booking,
    create_task,
    remove_block,
    reword,
    undo,
    undo_edit,
)
from client.models.ids import BlockId, BookingId, ChangeId
from client.models.mutations import Change
from client.models.tasks import TaskKind
from client.storage import last_edits, outbox
from client.storage.last_edits import Gone, Number
from tests import example_data as eg
from tests.editing.conftest import Salon

B = BookingId("b")


def make(salon: Salon, name: str, clock: str = "14:00") -> Edited:
    end = f"{int(clock[:2]) + 1}{clock[2:]}"
    draft = BookingDraft(customer_name=name, service_name="Cut", starts_at=eg.at(clock), ends_at=eg.at(end))
    return salon.do(create_booking, draft, new_id=salon.new_id)


def note(salon: Salon, booking_id: str, text: str) -> Edited:
    return salon.do(change_booking, BookingId(booking_id), BookingChange(notes=text))


def waiting(salon: Salon, change_id: ChangeId) -> Change:
    found = salon.db.read(lambda conn: outbox.get(conn, change_id))
    assert found is not None
    return found


def gone(salon: Salon) -> Sequence[Gone]:
    return salon.db.read(last_edits.gone)


def by_time(salon: Salon) -> list[Number]:
    return [last_edits.number_of(change) for change in salon.changes()]


@pytest.mark.parametrize("times", [1, 3])
def test_each_edit_in_a_waiting_change_is_taken_back_alone_by_another_start(salon: Salon, times: int) -> None:
    made = make(salon, "Ben")
    states = [salon.everything()]
    for text in ("one", "two", "three")[:times]:
        note(salon, made.row_id, text)
        states.append(salon.everything())
    assert states.pop() == salon.everything()
    for state in reversed(states):
        undone = salon.do(undo_edit, waiting(salon, made.change_id))
        assert undone is not None and salon.everything() == state
    assert salon.do(undo_edit, waiting(salon, made.change_id)) is None


def test_an_edit_of_an_older_change_is_the_newest(salon: Salon) -> None:
    first, second = make(salon, "Ben"), make(salon, "Cleo", "16:00")
    assert by_time(salon) == [(first.change_id, 0), (second.change_id, 0)]
    note(salon, first.row_id, "x")
    older, newer = by_time(salon)
    assert older > newer
    note(salon, second.row_id, "y")
    older, newer = by_time(salon)
    assert newer > older
    note(salon, second.row_id, "z")
    assert by_time(salon)[1] > newer
    third = make(salon, "Dan", "10:00")
    assert (third.change_id, 0) > max(by_time(salon)[:2])


def test_of_many_edits_only_the_last_are_kept(salon: Salon) -> None:
    made = make(salon, "Ben")
    for n in range(last_edits.FOLDS_KEPT + 3):
        note(salon, made.row_id, f"note {n}")
    for _ in range(last_edits.FOLDS_KEPT - 1):
        assert salon.do(undo_edit, waiting(salon, made.change_id)) is not None
    before = salon.everything()
    assert salon.do(undo_edit, waiting(salon, made.change_id)) is None
    assert salon.everything() == before


def test_what_starts_from_something_else_now_is_not_put_back_to_what_it_was(salon: Salon) -> None:
    salon.add("b", "14:00")
    moved = salon.do(change_booking, B, BookingChange(starts_at=eg.at("15:00")))
    salon.add("other", "10:00")
    note(salon, "other", "between")
    again = salon.do(change_booking, B, BookingChange(starts_at=eg.at("16:00")))
    note(salon, "b", "folded into the second move")
    assert again.change_id != moved.change_id
    salon.write(lambda conn: outbox.withdraw(conn, moved.change_id))
    assert salon.do(undo_edit, waiting(salon, again.change_id)) is None


def test_an_edit_is_not_taken_back_alone_once_it_was_sent(salon: Salon) -> None:
    made = make(salon, "Ben")
    note(salon, made.row_id, "x")
    salon.sent(made.change_id)
    assert salon.do(undo_edit, waiting(salon, made.change_id)) is None


def test_the_time_it_had_before_the_edit_may_be_taken_by_now(salon: Salon) -> None:
    salon.add("b", "14:00")
    note(salon, "b", "x")
    moved = salon.do(change_booking, B, BookingChange(starts_at=eg.at("16:00")))
    assert moved.folded
    salon.add("lunas", "14:30")
    before = salon.everything()
    with pytest.raises(NotAllowed) as caught:
        salon.do(undo_edit, waiting(salon, moved.change_id))
    assert caught.value.why is Why.TAKEN and salon.everything() == before
    assert salon.do(undo_edit, waiting(salon, moved.change_id), allow=("overlap",)) is not None


def test_what_was_reworded_says_again_what_it_said(salon: Salon) -> None:
    draft = TaskDraft(kind=TaskKind.OTHER, title="Call Maria back")
    made = salon.do(create_task, draft, new_id=salon.new_id)
    said = salon.changes()
    what = salon.db.read(lambda conn: editing.waiting(conn, made.change_id))
    assert what is not None
    salon.do(reword, what, replace(draft, title="Write to Maria"), new_id=salon.new_id)
    assert salon.changes() != said
    assert salon.do(undo_edit, waiting(salon, made.change_id)) is not None
    assert salon.changes() == said


# --- what is no more -------------------------------------------------------------------------------------------------
def test_a_booking_cancelled_before_it_was_sent_is_made_again(salon: Salon) -> None:
    made = make(salon, "Ben")
    note(salon, made.row_id, "by the window")
    there = salon.everything()
    salon.do(cancel_booking, BookingId(made.row_id))
    (kept,) = gone(salon)
    assert kept.number is not None and kept.number > made.change_id
    undone = salon.do(bring_back, kept)
    assert undone.after is not None and salon.everything() == there
    assert gone(salon) == []
    with pytest.raises(NotAllowed) as caught:
        salon.do(bring_back, kept)
    assert caught.value.why is Why.CHANGED_SINCE


def test_a_move_there_and_back_can_be_had_again(salon: Salon) -> None:
    salon.add("b", "14:00")
    salon.do(change_booking, B, BookingChange(starts_at=eg.at("15:00")))
    there = salon.everything()
    assert salon.do(change_booking, B, BookingChange(starts_at=eg.at("14:00"))).gone
    salon.do(bring_back, gone(salon)[0])
    assert salon.everything() == there


@pytest.mark.parametrize("by_undo", [False, True])
def test_what_was_taken_back_is_kept_and_an_undo_is_no_edit(salon: Salon, by_undo: bool) -> None:
    made = make(salon, "Ben")
    there = salon.everything()
    if by_undo:
        salon.do(undo, made.change_id, new_id=salon.new_id)
    else:
        salon.write(lambda conn: outbox.withdraw(conn, made.change_id))
    (kept,) = gone(salon)
    assert (kept.number is None) == by_undo
    salon.do(bring_back, kept)
    assert salon.everything() == there


def test_the_time_of_what_is_made_again_must_be_free(salon: Salon) -> None:
    salon.add("b", "14:00")
    salon.do(change_booking, B, BookingChange(starts_at=eg.at("16:00")))
    salon.do(change_booking, B, BookingChange(starts_at=eg.at("14:00")))
    salon.add("lunas", "16:00")
    with pytest.raises(NotAllowed) as caught:
        salon.do(bring_back, gone(salon)[0])
    assert caught.value.why is Why.TAKEN


def test_what_is_no_more_is_kept_when_something_else_of_the_booking_is_undone(salon: Salon) -> None:
    """Two moves of it wait, because one of another was made between them; the later one goes, a note comes and goes."""
    salon.add("b", "09:00")
    salon.add("c", "12:00")
    first = salon.do(change_booking, B, BookingChange(starts_at=eg.at("16:00")))
    salon.do(change_booking, BookingId("c"), BookingChange(starts_at=eg.at("17:00")))
    second = salon.do(change_booking, B, BookingChange(starts_at=eg.at("14:00")))
    assert first.change_id != second.change_id
    salon.write(lambda conn: outbox.withdraw(conn, second.change_id))
    kept = gone(salon)
    assert len(kept) == 1
    noted = note(salon, "b", "by the window")
    salon.do(undo, noted, new_id=salon.new_id)
    assert gone(salon) == kept


def test_what_an_undo_took_back_is_taken_back_again_when_the_undo_is(salon: Salon) -> None:
    """A block that was removed is blocked again; that is dropped, and had again: it cannot be blocked a second time."""
    draft = BlockDraft(starts_at=eg.at("15:00"), ends_at=eg.at("16:00"), title="Away")
    made = salon.do(create_block, draft, new_id=salon.new_id)
    salon.sent(made.change_id)
    removed = salon.do(remove_block, BlockId(made.row_id))
    salon.sent(removed.change_id)
    undone = salon.do(undo, removed.change_id, new_id=salon.new_id)
    assert undone.edited is not None
    there = salon.everything()
    salon.write(lambda conn: outbox.withdraw(conn, undone.edited.change_id))
    (kept,) = gone(salon)
    salon.do(bring_back, kept)
    assert salon.everything() == there
    with pytest.raises(NotAllowed) as caught:
        salon.do(undo, removed.change_id, new_id=salon.new_id)
    assert caught.value.why is Why.UNDONE_ALREADY
    salon.write(lambda conn: outbox.withdraw(conn, undone.edited.change_id))
    (kept,) = gone(salon)
    salon.do(undo, removed.change_id, new_id=salon.new_id)
    with pytest.raises(NotAllowed) as caught:
        salon.do(bring_back, kept)
    assert caught.value.why is Why.CHANGED_SINCE


def test_only_so_many_are_kept(salon: Salon) -> None:
    for _ in range(last_edits.GONE_KEPT + 2):
        salon.do(cancel_booking, BookingId(make(salon, "Ben").row_id))
    kept = gone(salon)
    assert len(kept) == last_edits.GONE_KEPT
    assert [each.number for each in kept] == sorted((each.number for each in kept if each.number), reverse=True)
