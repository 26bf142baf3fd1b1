"""The open conflict: what is offered of it, other times, who is told, and that a decision is a new change."""

import sqlite3
from typing import Any

import pytest

from client.editing import BookingChange, Choosing, Why, change_booking
from client.models.ids import BookingId, ConflictId
from client.models.mutations import ChangeState, Tell
from client.models.tell_draft import TellBy
from client.state.conflicts import PLACE, OpenConflict
from client.storage import bookings, conflicts, outbox
from client.storage.columns import milliseconds
from client.storage.errors import DiskFull
from tests import example_data as eg
from tests.editing import conftest as salon
from tests.state.conftest import Desk
from tests.storage.mutations import become
from tests.storage.rows import put

B, OTHER = BookingId("b"), BookingId("other")
TOLD = Tell(text="Now at 16:30.", channel="sms")
NUMBER = ConflictId(1)


def booking(row_id: str, clock: str, name: str, **columns: Any) -> dict[str, Any]:
    starts = milliseconds(eg.at(clock))
    return {
        **{"id": row_id, "customer_name": name, "customer_phone": "+1 555 0142", "service_name": "Cut"},
        **{"staff_id": "s-mia", "starts_at": starts, "ends_at": starts + 3_600_000, "status": "confirmed"},
        **{"time_zone": eg.ZONE.key, "source": "luna", "payment_status": "pending", "reminder_sent": 0},
        **{"created_at": 0, "price_cents": 4500, "version": 1, "gen": 1},
        **columns,
    }


def clash(why: str = "slot_taken") -> dict[str, Any]:
    return {
        "field": "slot",
        "why": why,
        "base": {"starts_at": milliseconds(eg.at("14:00")), "ends_at": milliseconds(eg.at("15:00"))},
        "mine": {"starts_at": milliseconds(eg.at("16:30")), "ends_at": milliseconds(eg.at("17:30"))},
        "server": {"starts_at": milliseconds(eg.at("14:00")), "ends_at": milliseconds(eg.at("15:00"))},
        "by": None,
        "with": {"booking_id": OTHER, "customer_name": "Jun Ortiz", "by_name": "Luna", "call_id": "call-1"},
        "free": [],
    }


@pytest.fixture
async def taken(desk: Desk) -> OpenConflict:
    """Maria at 14:00, moved to 16:30 with a message; Luna has given 16:30 to Jun."""

    def fill(conn: sqlite3.Connection) -> None:
        conn.execute("DELETE FROM business")
        salon.fill(conn)
        put(conn, "bookings", booking(B, "14:00", "Maria Gómez", customer_id="c-1"))
        moved = change_booking(conn, B, BookingChange(starts_at=eg.at("16:30")), tell=TOLD, now=eg.NOW)
        put(conn, "bookings", booking(OTHER, "16:30", "Jun Ortiz"))
        document = clash()
        conflicts.add(conn, moved.change_id, "bookings", B, document, 1)
        become(conn, moved.change_id, ChangeState.ACKED, version=2, result={"conflicts": [document]})
        conn.execute("UPDATE bookings SET starts_at = ?, ends_at = ? WHERE id = 'b'", tuple(document["base"].values()))

    await desk.write(fill)
    desk.stores.conflicts.open(NUMBER)
    return desk.stores.conflicts.state


def starts(desk: Desk, booking_id: BookingId = B) -> str:
    found = desk.db.read(lambda conn: bookings.get(conn, booking_id))
    assert found is not None
    return f"{found.starts_at.astimezone(eg.ZONE):%H:%M}"


def last_tell(desk: Desk) -> Tell | None:
    return desk.db.read(outbox.entries)[-1].tell


async def test_it_is_told_with_its_ways_out_and_the_message_as_decided_before(taken: OpenConflict) -> None:
    assert taken.clash is not None and taken.clash.who is not None and taken.clash.who.call_id == "call-1"
    assert taken.booking is not None and taken.booking.customer_name == "Maria Gómez"
    kinds = [choice.kind for choice in taken.choices]
    assert kinds[0] is Choosing.FREE and {Choosing.OTHER, Choosing.OVERBOOK, Choosing.THEIRS} < set(kinds)
    assert taken.draft is not None and taken.draft.by is TellBy.SMS
    assert taken.draft.expected_at == taken.booking.starts_at


async def test_a_free_time_is_taken_and_the_client_hears_of_that_time(desk: Desk, taken: OpenConflict) -> None:
    slot = taken.choices[0].slot
    assert slot is not None
    assert await desk.stores.conflicts.decide(Choosing.FREE)
    await desk.window.settle()
    assert starts(desk) == f"{slot.starts_at.astimezone(eg.ZONE):%H:%M}"
    tell = last_tell(desk)
    assert tell is not None and tell.channel == "sms" and "Mari" in tell.text
    assert desk.stores.conflicts.state.answered
    assert desk.stores.waiting.state.clashes == (), "it needs nobody any more"
    assert desk.stores.edits.state.done, "and can be undone from the bar"


@pytest.mark.usefixtures("taken")
async def test_undoing_the_decision_opens_the_conflict_again(desk: Desk) -> None:
    await desk.stores.conflicts.decide(Choosing.FREE)
    await desk.stores.edits.undo()
    await desk.window.settle()
    assert not desk.stores.conflicts.state.answered
    assert desk.stores.conflicts.state.choices


@pytest.mark.usefixtures("taken")
async def test_theirs_sends_nothing_and_is_decided_at_once(desk: Desk) -> None:
    before = len(desk.db.read(outbox.entries))
    assert await desk.stores.conflicts.decide(Choosing.THEIRS)
    await desk.window.settle()
    assert len(desk.db.read(outbox.entries)) == before
    assert desk.stores.conflicts.state.decided


async def test_the_owner_s_words_go_out_and_nobody_is_told_who_should_not_be(desk: Desk, taken: OpenConflict) -> None:
    assert taken.draft is not None
    desk.stores.conflicts.tell(taken.draft.type("Come at noon, dear."))
    await desk.stores.conflicts.decide(Choosing.OVERBOOK)
    assert last_tell(desk) == Tell(text="Come at noon, dear.", channel="sms")
    assert starts(desk) == "16:30" and starts(desk, OTHER) == "16:30"


async def test_without_a_message_none_goes_out(desk: Desk, taken: OpenConflict) -> None:
    assert taken.draft is not None
    desk.stores.conflicts.tell(taken.draft.choose(TellBy.NOBODY))
    await desk.stores.conflicts.decide(Choosing.FREE)
    assert last_tell(desk) is None


async def test_an_empty_message_is_not_sent_and_nothing_is_decided(desk: Desk, taken: OpenConflict) -> None:
    assert taken.draft is not None
    desk.stores.conflicts.tell(taken.draft.type("  "))
    assert not await desk.stores.conflicts.decide(Choosing.FREE)
    assert starts(desk) == "14:00"


@pytest.mark.usefixtures("taken")
async def test_moving_the_other_one_makes_room(desk: Desk) -> None:
    assert await desk.stores.conflicts.decide(Choosing.MOVE_OTHER)
    assert starts(desk) == "16:30" and starts(desk, OTHER) != "16:30"
    assert len(desk.stores.edits.state.done) == 2, "two changes, one undo"
    await desk.stores.edits.undo()
    assert starts(desk, OTHER) == "16:30"


@pytest.mark.usefixtures("taken")
async def test_other_times_of_the_day_and_of_the_next(desk: Desk) -> None:
    assert not await desk.stores.conflicts.decide(Choosing.OTHER)
    picking = desk.stores.conflicts.state.picking
    assert picking is not None and picking.day == eg.TODAY
    times = [f"{slot.starts_at.astimezone(eg.ZONE):%H:%M}" for slot in picking.slots]
    assert times == sorted(times) and "16:30" not in times and "15:30" in times
    assert "12:30" not in times, "that is over"
    desk.stores.conflicts.pick(eg.TODAY.replace(day=30))
    picking = desk.stores.conflicts.state.picking
    assert picking is not None and picking.slots == (), "closed on Sundays"
    desk.stores.conflicts.pick(None)
    assert desk.stores.conflicts.state.picking is None


@pytest.mark.usefixtures("taken")
async def test_a_time_is_typed_and_taken(desk: Desk) -> None:
    store = desk.stores.conflicts
    await store.decide(Choosing.OTHER)
    for text, unreadable in (("soon", True), ("16:40", False), ("15:20", False)):
        store.type_time(text)
        assert store.state.picking is not None
        assert store.state.picking.unreadable is unreadable
        assert (store.state.picking.obstacle is not None) is (text == "16:40")
    slot = store.state.picking.typed_slot if store.state.picking else None
    assert slot is not None and await store.decide_time(slot)
    assert starts(desk) == "15:20"
    tell = last_tell(desk)
    assert tell is not None and "15:20" in tell.text, "the message names the time that was taken"


async def test_a_time_taken_meanwhile_is_refused_with_what_is_in_the_way(desk: Desk, taken: OpenConflict) -> None:
    store = desk.stores.conflicts
    slot = taken.choices[0].slot
    assert slot is not None
    await desk.db.write(
        lambda conn: put(
            conn,
            "bookings",
            {
                **booking("x", "09:00", "Ida"),
                "starts_at": milliseconds(slot.starts_at),
                "ends_at": milliseconds(slot.ends_at),
            },
        )
    )
    assert not await store.decide_time(slot)
    refusal = desk.stores.edits.state.refusal
    assert refusal is not None and refusal.why is Why.TAKEN and refusal.place == PLACE
    assert starts(desk) == "14:00"


@pytest.mark.usefixtures("taken")
async def test_a_full_disk_decides_nothing(desk: Desk) -> None:
    async def full(_: object) -> None:
        raise DiskFull("no space")

    desk.db.write = full  # type: ignore[method-assign, assignment]
    assert not await desk.stores.conflicts.decide(Choosing.FREE)
    assert desk.stores.edits.state.refusal is not None
    assert not desk.stores.conflicts.state.busy


async def test_one_that_is_not_here_says_so(desk: Desk) -> None:
    desk.stores.conflicts.open(ConflictId(99))
    assert desk.stores.conflicts.state.missing
    assert not await desk.stores.conflicts.decide(Choosing.THEIRS)
    desk.stores.conflicts.open(None)
    assert desk.stores.conflicts.state == OpenConflict()
