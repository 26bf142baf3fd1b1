"""The outbox's stores follow the changes: counted at every commit, read in full while the sheet is open."""

import sqlite3

from client.insight.deeds import Act
from client.insight.outbox import Standing
from client.models.ids import ChangeId
from client.models.link import Trouble
from client.models.mutations import ChangeState
from client.state.outbox import PAGE
from client.storage import conflicts
from client.storage.errors import DiskFull
from tests.state.conftest import Desk, counting, put_booking
from tests.storage.mutations import become, create, patch, record, slot

DOCUMENT = {"field": "slot", "why": "slot_taken", "with": {"customer_name": "Jun", "by_name": "Luna"}}


def one_of_each(conn: sqlite3.Connection) -> None:
    for number, state in enumerate(ChangeState):
        become(conn, record(conn, create(f"b{number}", customer_name=f"Guest {state}")).change_id, state)
    conflicts.add(conn, ChangeId(3), "bookings", "b2", DOCUMENT, 5)


async def test_what_waits_is_counted_and_what_needs_the_owner_comes_clashes_first(desk: Desk) -> None:
    assert desk.stores.waiting.state.ready
    await desk.write(one_of_each)
    state = desk.stores.waiting.state
    assert (state.waiting, state.stuck) == (3, 3)
    assert [line.standing for line in state.needs_you] == [Standing.CLASH, Standing.REFUSED, Standing.SET_ASIDE]
    assert state.clash_of("b2") == 1 and state.clash_of("b1") is None
    first = state.needs_you[0]
    assert first.clash is not None and first.clash.who is not None and first.clash.who.name == "Luna"
    assert first.deed.act is Act.BOOK


async def test_an_answered_clash_no_longer_needs_the_owner(desk: Desk) -> None:
    await desk.write(one_of_each)
    await desk.write(lambda conn: conflicts.close(conn, desk.stores.waiting.state.clashes[0][1], ChangeId(1), 6))
    assert desk.stores.waiting.state.clashes == ()
    assert desk.stores.waiting.state.stuck == 2


async def test_the_list_is_read_while_the_sheet_is_open(desk: Desk) -> None:
    await desk.write(one_of_each)
    with counting(desk.stores, "outbox") as seen:
        await desk.write(lambda conn: record(conn, create("b9")))
        assert seen == [], "closed, it says nothing"
        desk.stores.outbox.show(True)
        await desk.window.settle()
    state = desk.stores.outbox.state
    assert [line.standing for line in state.lines] == [
        Standing.WAITING,
        Standing.SENDING,
        Standing.SENT,
        Standing.WAITING,
    ]
    assert state.waiting == 4 and len(state.needs_you) == 3
    desk.stores.outbox.show(False)
    assert desk.stores.outbox.state.lines == ()


async def test_a_thousand_changes_are_read_a_page_at_a_time(desk: Desk) -> None:
    def many(conn: sqlite3.Connection) -> None:
        for number in range(1000):
            record(conn, create(f"b{number}"))

    await desk.write(many)
    desk.stores.outbox.show(True)
    state = desk.stores.outbox.state
    assert (len(state.lines), state.waiting) == (PAGE, 1000)
    desk.stores.outbox.show_more()
    assert len(desk.stores.outbox.state.lines) == 2 * PAGE


async def test_a_change_speaks_of_its_booking(desk: Desk) -> None:
    await desk.write(lambda conn: put_booking(conn, "15:00"))
    booking_id = f"b-{desk.stores.today.state.day}-15:00"
    await desk.write(lambda conn: record(conn, patch(booking_id, slot((0, 2)))))
    desk.stores.outbox.show(True)
    assert [(line.deed.act, line.deed.name) for line in desk.stores.outbox.state.lines] == [(Act.MOVE, "Guest 15:00")]


async def test_a_waiting_change_is_taken_back_and_the_engine_hears_of_it(desk: Desk) -> None:
    await desk.write(lambda conn: record(conn, create("b1")))
    await desk.stores.edits.withdraw(ChangeId(1))
    await desk.window.settle()
    assert desk.stores.waiting.state.waiting == 0
    assert desk.runtime.kicks == 1


async def test_one_set_aside_is_tried_again(desk: Desk) -> None:
    await desk.write(lambda conn: become(conn, record(conn, create("b1")).change_id, ChangeState.PARKED))
    await desk.stores.edits.retry(ChangeId(1))
    await desk.window.settle()
    assert desk.stores.waiting.state.stuck == 0


async def test_a_full_disk_is_said_and_nothing_is_shown_as_done(desk: Desk) -> None:
    await desk.write(lambda conn: record(conn, create("b1")))

    async def full(_: object) -> None:
        raise DiskFull("no space")

    desk.db.write = full  # type: ignore[method-assign, assignment]
    await desk.stores.edits.withdraw(ChangeId(1))
    assert desk.stores.edits.state.refusal is not None
    assert desk.stores.edits.state.refusal.trouble is Trouble.DISK_FULL
    assert desk.stores.waiting.state.waiting == 1
    desk.stores.edits.put_away()
    assert desk.stores.edits.state.refusal is None


async def test_without_a_database_nothing_is_done(desk: Desk) -> None:
    desk.runtime.database = None
    desk.stores.attach()
    await desk.stores.edits.retry(ChangeId(1))
    assert desk.stores.edits.state.refusal is not None
