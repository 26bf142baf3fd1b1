"""Recording, folding, restoring, withdrawing and trying again, each seen in the outbox and on the row."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.models.ids import ChangeId
from client.models.mutations import ChangeState, ConflictState
from client.storage import bookings, conflicts, effective, last_edits, outbox, schema, sending
from client.storage.database import Database
from client.storage.effective import Base
from tests.storage.mutations import become, create, patch, record, slot
from tests.storage.rows import BOOKING, HOUR_MS, NOON_MS, put

NOTES = {"notes": (None, "late")}
CANCEL = {"status": ("confirmed", "cancelled"), "cancellation_reason": (None, "ill")}


@pytest.fixture
def conn(path: Path, db: Database) -> Iterator[sqlite3.Connection]:
    """A connection whose every statement is in the caller's hands, with two bookings of the server."""
    del db
    conn = sqlite3.connect(path, isolation_level=None)
    for row_id in ("b", "other"):
        put(conn, "bookings", {**BOOKING, "id": row_id, "staff_id": "mia", "ends_at": NOON_MS + HOUR_MS})
    yield conn
    conn.close()


def shown(conn: sqlite3.Connection, row_id: str = "b") -> dict[str, object]:
    return effective.effective_row(conn, "bookings", row_id) or {}


def states(conn: sqlite3.Connection) -> list[tuple[int, str]]:
    return [(change.change_id, change.state) for change in outbox.entries(conn)]


def everything(conn: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    tables = ("bookings", "bases", "outbox", "conflicts")
    return [conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


def test_a_change_shows_waits_and_keeps_the_servers_row(conn: sqlite3.Connection) -> None:
    clean = shown(conn)
    recorded = record(conn, patch("b", slot((0, 2))))
    assert (recorded.folded, recorded.gone, outbox.waiting(conn)) == (False, False, 1)
    assert list(recorded.after) == outbox.of_row(conn, "bookings", "b")
    assert shown(conn)["starts_at"] == NOON_MS + 2 * HOUR_MS
    under = effective.base(conn, "bookings", "b")
    assert under is not None and under.row == clean
    assert effective.dirty_ids(conn, "bookings") == {"b"}
    booking = bookings.get(conn, "b")  # type: ignore[arg-type]
    assert booking is not None and booking.pending


def test_never_sent_changes_fold_and_the_change_keeps_its_number(conn: sqlite3.Connection) -> None:
    first = record(conn, patch("b", slot((0, 2))))
    second = record(conn, patch("b", slot((2, 3))))
    assert (second.change_id, second.folded) == (first.change_id, True)
    (change,) = outbox.entries(conn)
    assert change.payload["set"]["starts_at"] == [NOON_MS, NOON_MS + 3 * HOUR_MS]
    assert change.undo["set"]["starts_at"] == [NOON_MS + 3 * HOUR_MS, NOON_MS]


def test_there_and_back_leaves_nothing(conn: sqlite3.Connection) -> None:
    before = everything(conn)
    record(conn, patch("b", slot((0, 2))))
    assert record(conn, patch("b", slot((2, 0)))).gone
    assert everything(conn) == before


def test_a_sent_change_stays_as_it_is(conn: sqlite3.Connection) -> None:
    first = record(conn, patch("b", slot((0, 2))))
    become(conn, first.change_id, ChangeState.SENT)
    second = record(conn, patch("b", slot((2, 0))))
    assert second.change_id > first.change_id and not second.folded
    assert shown(conn)["starts_at"] == NOON_MS


def test_a_slot_does_not_overtake_other_rows_but_a_note_may(conn: sqlite3.Connection) -> None:
    record(conn, patch("b", NOTES))
    record(conn, patch("other", slot((0, 4))))
    assert not record(conn, patch("b", slot((0, 2)))).folded
    assert record(conn, patch("other", NOTES)).folded
    assert [c.row_id for c in outbox.entries(conn)] == ["b", "other", "b"]


def test_a_new_booking_takes_later_changes_in(conn: sqlite3.Connection) -> None:
    made = record(conn, create("new"))
    record(conn, patch("new", slot((0, 1)) | NOTES))
    (change,) = outbox.entries(conn)
    assert change.change_id == made.change_id
    assert (change.payload["values"]["starts_at"], change.payload["values"]["notes"]) == (NOON_MS + HOUR_MS, "late")
    assert change.undo["create"] is True
    assert shown(conn, "new")["notes"] == "late"


def test_cancelling_what_the_server_never_heard_of_removes_it_with_all_that_followed(conn: sqlite3.Connection) -> None:
    before = everything(conn)
    record(conn, create("new"))
    other = record(conn, patch("other", NOTES))
    record(conn, patch("new", slot((0, 1))))
    gone = record(conn, patch("new", CANCEL))
    assert gone.gone and not shown(conn, "new")
    assert outbox.withdraw(conn, other.change_id)
    assert everything(conn) == before
    assert effective.dirty_ids(conn, "bookings") == frozenset()


@pytest.mark.parametrize("last", ["patch", "fold", "vanish", "create", "create gone"])
def test_restoring_leaves_no_trace(conn: sqlite3.Connection, last: str) -> None:
    if last in ("fold", "vanish"):
        record(conn, patch("b", slot((0, 2)) | NOTES))
    if last == "vanish":
        record(conn, patch("b", {"notes": ("late", None)}))
    if last == "create gone":
        record(conn, create("new"))
        record(conn, patch("other", NOTES))
        record(conn, patch("new", slot((0, 1))))
    before = everything(conn)
    payload = {
        "patch": patch("b", NOTES),
        "fold": patch("b", slot((2, 3))),
        "vanish": patch("b", slot((2, 0))),
        "create": create("new"),
        "create gone": patch("new", CANCEL),
    }[last]
    recorded = record(conn, payload)
    assert everything(conn) != before
    assert outbox.restore(conn, recorded)
    assert everything(conn) == before


def test_what_was_sent_or_changed_meanwhile_is_not_restored(conn: sqlite3.Connection) -> None:
    first = record(conn, patch("b", slot((0, 2))))
    record(conn, patch("b", NOTES))
    assert not outbox.restore(conn, first)
    second = record(conn, patch("other", NOTES))
    become(conn, second.change_id, ChangeState.SENT)
    before = everything(conn)
    assert not outbox.restore(conn, second)
    assert everything(conn) == before


def test_what_was_put_back_and_sent_is_not_put_back_again(conn: sqlite3.Connection) -> None:
    change_id = record(conn, patch("b", slot((0, 2)))).change_id
    vanished = record(conn, patch("b", slot((2, 0))))
    assert outbox.restore(conn, vanished)
    become(conn, change_id, ChangeState.SENT)
    before = everything(conn)
    assert not outbox.restore(conn, vanished)
    assert everything(conn) == before


def test_a_withdrawn_change_leaves_the_later_ones_starting_from_the_servers_row(conn: sqlite3.Connection) -> None:
    first = record(conn, patch("b", slot((0, 2)) | NOTES))
    record(conn, patch("other", NOTES))
    record(conn, patch("b", slot((2, 3))))
    assert outbox.withdraw(conn, first.change_id)
    later = outbox.of_row(conn, "bookings", "b")[-1]
    assert later.payload["set"]["starts_at"] == [NOON_MS, NOON_MS + 3 * HOUR_MS]
    assert (shown(conn)["starts_at"], shown(conn)["notes"]) == (NOON_MS + 3 * HOUR_MS, None)


def test_a_later_change_that_becomes_none_goes_too(conn: sqlite3.Connection) -> None:
    first = record(conn, patch("b", slot((0, 2))))
    record(conn, patch("other", NOTES))
    record(conn, patch("b", slot((2, 0))))
    outbox.withdraw(conn, first.change_id)
    assert outbox.of_row(conn, "bookings", "b") == []
    assert effective.base(conn, "bookings", "b") is None


def test_what_a_later_change_had_answered_that_becomes_none_is_open_and_known_to_be(conn: sqlite3.Connection) -> None:
    """So that it is answered again when both are brought back."""
    first = record(conn, patch("b", slot((0, 2))))
    record(conn, patch("other", NOTES))
    later = record(conn, patch("b", slot((2, 0))))
    document = {"field": "slot", "why": "taken", "base": None, "mine": None, "server": None}
    conflicts.add(conn, ChangeId(77), "bookings", "b", document, NOON_MS)
    (conflict,) = conflicts.open_conflicts(conn)
    conflicts.close(conn, conflict.conflict_id, later.change_id, NOON_MS)
    outbox.withdraw(conn, first.change_id)
    assert [each.resolved_by for each in conflicts.open_conflicts(conn)] == [None]
    assert last_edits.gone(conn)[0].reopened == ((conflict.conflict_id, later.change_id),)


def test_what_rests_on_a_withdrawn_booking_goes_with_it(conn: sqlite3.Connection) -> None:
    made = record(conn, create("new"))
    record(conn, patch("other", NOTES))
    record(conn, patch("new", slot((0, 1))))
    assert outbox.withdraw(conn, made.change_id)
    assert [c.row_id for c in outbox.entries(conn)] == ["other"] and not shown(conn, "new")


@pytest.mark.parametrize("state", [ChangeState.SENT, ChangeState.ACKED])
def test_what_is_on_its_way_cannot_be_withdrawn_or_hurried(conn: sqlite3.Connection, state: ChangeState) -> None:
    change_id = record(conn, patch("b", NOTES)).change_id
    become(conn, change_id, state)
    assert not outbox.withdraw(conn, change_id)
    assert not outbox.retry(conn, change_id)
    assert not outbox.withdraw(conn, ChangeId(99)) and not outbox.retry(conn, ChangeId(99))
    assert shown(conn)["notes"] == "late"


def test_a_refused_change_is_not_in_effect_until_it_is_tried_again(conn: sqlite3.Connection) -> None:
    change_id = record(conn, patch("b", NOTES)).change_id
    become(conn, change_id, ChangeState.REFUSED, result={"status": "rejected", "code": "closed"})
    assert shown(conn)["notes"] is None
    assert (outbox.waiting(conn), states(conn)) == (0, [(change_id, "refused")])
    assert effective.dirty_ids(conn, "bookings") == frozenset()
    assert outbox.retry(conn, change_id)
    again = outbox.get(conn, change_id)
    assert again is not None and again.never_sent and again.result is None
    assert shown(conn)["notes"] == "late"


def test_a_change_set_aside_stays_in_effect_and_keeps_its_number(conn: sqlite3.Connection) -> None:
    change_id = record(conn, patch("b", NOTES)).change_id
    become(conn, change_id, ChangeState.PARKED, mid=7)
    assert (shown(conn)["notes"], outbox.waiting(conn)) == ("late", 1)
    assert outbox.retry(conn, change_id)
    again = outbox.get(conn, change_id)
    assert again is not None
    assert (again.state, again.mid, again.client_id, again.never_sent) == (ChangeState.SENT, 7, "client", False)


def test_what_is_tried_again_by_hand_is_due_whatever_the_clock_says(conn: sqlite3.Connection) -> None:
    """And what has to go before it, because it is of the same row."""
    of = (("b", NOTES), ("other", NOTES), ("b", slot((0, 1))))
    first, _, last = (record(conn, patch(row_id, fields)).change_id for row_id, fields in of)
    conn.execute("UPDATE outbox SET next_try = ?, attempts = 3", (NOON_MS + HOUR_MS,))
    assert sending.next_batch(conn, NOON_MS) is None
    assert outbox.retry(conn, last)
    batch = sending.next_batch(conn, NOON_MS - 24 * HOUR_MS)
    assert batch is not None and [change.change_id for change in batch.changes] == [first, last]
    assert [change.attempts for change in batch.changes] == [3, 0]
    assert sending.due_at(conn) == NOON_MS + HOUR_MS, "that of the other row"


@pytest.mark.parametrize("numbered", [True, False])
def test_what_was_set_aside_holds_the_later_changes_of_its_row(conn: sqlite3.Connection, numbered: bool) -> None:
    """Even with its number: what the server has under that may be the change of another copy of this file."""
    first, other, last = (
        record(conn, patch(row_id, fields)).change_id
        for row_id, fields in (("b", NOTES), ("other", NOTES), ("b", slot((0, 1))))
    )
    batch = sending.next_batch(conn, NOON_MS, most=1)
    assert batch is not None and batch.changes[0].change_id == first
    sending.park(conn, first, keep_number=numbered)
    batch = sending.next_batch(conn, NOON_MS)
    assert batch is not None and [change.change_id for change in batch.changes] == [other]
    assert outbox.retry(conn, first)
    batch = sending.next_batch(conn, NOON_MS)
    assert batch is not None and [change.change_id for change in batch.changes if change.row_id == "b"] == [first, last]


def test_a_number_given_before_an_earlier_change_was_set_aside_is_given_up(conn: sqlite3.Connection) -> None:
    first, last = (
        record(conn, patch(row_id, fields)).change_id for row_id, fields in (("b", NOTES), ("b", slot((0, 1))))
    )
    record(conn, patch("other", NOTES))
    assert first == last, "they are one"
    sending.next_batch(conn, NOON_MS)
    later = record(conn, patch("b", slot((1, 2)))).change_id
    sending.next_batch(conn, NOON_MS)
    sending.park(conn, first, keep_number=True)
    conn.execute("UPDATE outbox SET state = 'acked' WHERE id = 'other'")
    batch = sending.next_batch(conn, NOON_MS)
    assert batch is not None and batch.overtaking and [change.change_id for change in batch.changes] == [later]


def test_the_servers_row_arrives_under_a_change(conn: sqlite3.Connection) -> None:
    record(conn, patch("b", slot((0, 2))))
    under = effective.base(conn, "bookings", "b")
    assert under is not None and under.row is not None
    effective.put_base(conn, "bookings", "b", Base(row={**under.row, "notes": "hers"}, version=9, gen=1))
    effective.put_base(conn, "bookings", "b", Base(row=under.row, version=8, gen=1))
    effective.rebase(conn, "bookings", "b")
    assert (shown(conn)["notes"], shown(conn)["starts_at"]) == ("hers", NOON_MS + 2 * HOUR_MS)
    assert shown(conn)["version"] == 9
    effective.put_base(conn, "bookings", "b", Base(row=None, version=1, gen=2))
    effective.rebase(conn, "bookings", "b")
    assert not shown(conn)


def test_putting_a_base_under_a_clean_row_does_nothing(conn: sqlite3.Connection) -> None:
    before = everything(conn)
    effective.put_base(conn, "bookings", "b", Base(row=None, version=9, gen=9))
    effective.rebase(conn, "bookings", "b")
    assert everything(conn) == before


def test_an_answer_that_is_taken_back_opens_the_conflict_again(conn: sqlite3.Connection) -> None:
    change_id = record(conn, patch("b", slot((0, 2)))).change_id
    document = {"field": "slot", "why": "slot_taken", "free": []}
    conflicts.add(conn, change_id, "bookings", "b", document, NOON_MS)
    conflicts.add(conn, change_id, "bookings", "b", document, NOON_MS)
    become(conn, change_id, ChangeState.ACKED, version=5, result={"conflicts": [document]})
    assert shown(conn)["starts_at"] == NOON_MS
    (conflict,) = conflicts.open_conflicts(conn)
    assert (conflict.state, conflict.document) == (ConflictState.OPEN, document)
    answer = record(conn, patch("b", slot((0, 3))))
    conflicts.close(conn, conflict.conflict_id, answer.change_id, NOON_MS)
    (conflict,) = conflicts.of_row(conn, "bookings", "b")
    assert (conflict.state, conflict.resolved_by) == (ConflictState.ANSWERED, answer.change_id)
    outbox.withdraw(conn, answer.change_id)
    assert conflicts.open_conflicts(conn)[0].state is ConflictState.OPEN


def test_what_was_decided_about_the_same_values_stays_decided(conn: sqlite3.Connection) -> None:
    """A server that was restored is asked again: its answer may be the same, another one, or about less."""
    change_id = record(conn, patch("b", NOTES)).change_id
    notes = {"field": "notes", "why": "changed", "mine": {"notes": "late"}, "server": {"notes": "hers"}, "free": []}
    slot_of_hers = {"field": "slot", "why": "changed", "mine": {"starts_at": 1}, "server": {"starts_at": 2}}
    for document in (notes, slot_of_hers):
        conflicts.add(conn, change_id, "bookings", "b", document, NOON_MS)
    answered, undecided = conflicts.open_conflicts(conn)
    answer = record(conn, patch("other", NOTES)).change_id
    conflicts.close(conn, answered.conflict_id, answer, NOON_MS)
    conflicts.forget(conn, change_id)
    assert [conflict.field for conflict in conflicts.open_conflicts(conn)] == ["notes"]
    assert conflicts.get(conn, undecided.conflict_id) is None
    conflicts.add(conn, change_id, "bookings", "b", {**notes, "free": [{"starts_at": 5}]}, NOON_MS)
    (again,) = conflicts.open_conflicts(conn)
    assert (again.state, again.resolved_by) == (ConflictState.ANSWERED, answer)
    conflicts.add(conn, change_id, "bookings", "b", {**notes, "server": {"notes": "his"}}, NOON_MS)
    (other,) = conflicts.open_conflicts(conn)
    assert (other.state, other.document["server"]) == (ConflictState.OPEN, {"notes": "his"})
    conflicts.keep_only(conn, change_id, ["slot"])
    assert conflicts.open_conflicts(conn) == []


def test_a_decision_that_is_taken_back_does_not_open_what_was_forgotten(conn: sqlite3.Connection) -> None:
    change_id = record(conn, patch("b", NOTES)).change_id
    conflicts.add(conn, change_id, "bookings", "b", {"field": "notes", "why": "changed"}, NOON_MS)
    become(conn, change_id, ChangeState.SENT)
    answer = record(conn, patch("b", slot((0, 3)))).change_id
    conflicts.close(conn, conflicts.open_conflicts(conn)[0].conflict_id, answer, NOON_MS)
    assert outbox.withdraw(conn, answer)
    assert conflicts.open_conflicts(conn) == []


def test_a_conflict_ends_at_once_or_with_its_answer(conn: sqlite3.Connection) -> None:
    for field in ("slot", "notes"):
        conflicts.add(conn, ChangeId(1), "bookings", "b", {"field": field, "why": "changed"}, NOON_MS)
    slot_conflict, notes_conflict = conflicts.open_conflicts(conn)
    conflicts.close(conn, notes_conflict.conflict_id, None, NOON_MS)
    conflicts.close(conn, slot_conflict.conflict_id, ChangeId(2), NOON_MS)
    assert [c.field for c in conflicts.open_conflicts(conn)] == ["slot"]
    conflicts.answered(conn, ChangeId(2), NOON_MS)
    assert conflicts.open_conflicts(conn) == []
    resolved = conflicts.get(conn, slot_conflict.conflict_id)
    assert resolved is not None and resolved.state is ConflictState.RESOLVED


def test_history_newest_first_by_row_or_all(conn: sqlite3.Connection) -> None:
    sql = (
        "INSERT INTO history (change_id, op, v, kind, id, payload, undo, created_at, settled_at) "
        "VALUES (?, 'booking.patch', 1, 'bookings', ?, '{}', '{}', 0, 0)"
    )
    conn.executemany(sql, [(1, "b"), (2, "other"), (3, "b")])
    assert [c.change_id for c in outbox.history(conn, 2)] == [3, 2]
    assert [c.change_id for c in outbox.history(conn, 9, "bookings", "b")] == [3, 1]
    outbox.mark_undone(conn, ChangeId(1), ChangeId(3))
    past = outbox.past(conn, ChangeId(1))
    assert past is not None and past.undone_by == 3


def test_every_table_with_changes_in_it_is_known() -> None:
    assert set(effective.KINDS) <= set(schema.MIRRORED)


def test_who_goes_on_and_who_needs_the_owner(conn: sqlite3.Connection) -> None:
    for number, state in enumerate(ChangeState):
        become(conn, record(conn, create(f"b{number}")).change_id, state)
    assert [change.state for change in outbox.stuck(conn)] == [ChangeState.REFUSED, ChangeState.PARKED]
    going = [ChangeState.QUEUED, ChangeState.SENT, ChangeState.ACKED]
    assert [change.state for change in outbox.on_the_way(conn, 9)] == going
    assert [change.state for change in outbox.on_the_way(conn, 2)] == going[:2]
    assert outbox.count_on_the_way(conn) == 3
