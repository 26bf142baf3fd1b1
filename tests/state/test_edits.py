"""The owner's edits as stores: kept at once, undone for ten seconds, refused with the reason before anything shows."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from client.editing import BlockDraft, BookingChange, BookingDraft, Why
from client.insight.deeds import Act
from client.insight.diary import Why as InTheWay
from client.models.bookings import BookingStatus
from client.models.ids import BlockId, BookingId, ChangeId, StaffId
from client.models.link import Trouble
from client.models.mutations import ChangeState, Tell
from client.models.tell_draft import TellBy
from client.state.edits import BAR, UNDO_S, UNDONE_S, EditStore
from client.storage import bookings, outbox
from client.storage.errors import DatabaseBusy, DiskFull, StorageError
from tests import example_data as eg
from tests.state.conftest import Desk
from tests.state.conftest import put_booking as put_guest
from tests.storage.mutations import become
from tests.storage.rows import put

MARIA = BookingId("b-maria")
TOLD = Tell(text="Your time is now 16:30.", channel="sms")


@pytest.fixture(autouse=True)
async def salon(desk: Desk) -> None:
    """Ana, and Maria at 14:00 with her."""

    def fill(conn: object) -> None:
        put(conn, "staff", _person("s-ana", "Ana"))  # type: ignore[arg-type]
        put_guest(conn, "14:00")  # type: ignore[arg-type]
        conn.execute(  # type: ignore[attr-defined]
            "UPDATE bookings SET id = ?, customer_name = 'Maria Gómez', customer_phone = '+1 555', staff_id = 's-ana'",
            (MARIA,),
        )

    await desk.write(fill)


def _person(staff_id: str, name: str) -> dict[str, object]:
    week = '{"mon": [["09:00", "18:00"]]}'
    return {
        **{"id": staff_id, "name": name, "initials": name[:2], "colour_index": 0, "services": "[]", "works": week},
        **{"active": 1, "version": 1, "gen": 1},
    }


def starts(desk: Desk) -> str:
    booking = desk.db.read(lambda conn: bookings.get(conn, MARIA))
    assert booking is not None
    return f"{booking.starts_at.astimezone(eg.ZONE):%H:%M}"


async def move(desk: Desk, clock: str, tell: Tell | None = None, place: str = BAR) -> bool:
    change = BookingChange(starts_at=eg.at(clock))
    edited = await desk.stores.edits.change(MARIA, change, tell=tell, place=place)
    await desk.window.settle()
    return edited is not None


async def test_a_move_is_kept_shown_and_sent_as_soon_as_it_can_be(desk: Desk) -> None:
    assert await move(desk, "16:30")
    assert starts(desk) == "16:30"
    [done] = desk.stores.edits.state.done
    assert (done.deed.act, done.deed.name, done.deed.starts_at) == (Act.MOVE, "Maria Gómez", eg.at("16:30"))
    assert desk.stores.waiting.state.waiting == 1
    assert desk.runtime.kicks == 1
    assert desk.stores.today.state.bookings[0].pending


async def test_every_verb_is_one_change_with_its_own_deed(desk: Desk) -> None:
    edits = desk.stores.edits
    draft = BookingDraft(
        customer_name="Ben",
        service_name="Cut",
        starts_at=eg.at("16:00"),
        ends_at=eg.at("16:45"),
        staff_id=StaffId("s-ana"),
    )
    lunch = BlockDraft(starts_at=eg.at("17:00"), ends_at=eg.at("17:30"), title="Lunch")
    desk.hand.go(2 * 3600)
    verbs: list[tuple[Callable[[], Awaitable[object]], Act]] = [
        (lambda: edits.create(draft), Act.BOOK),
        (lambda: edits.no_show(MARIA), Act.NO_SHOW),
        (lambda: edits.reinstate(MARIA), Act.REINSTATE),
        (lambda: edits.complete(MARIA), Act.COMPLETE),
        (lambda: edits.change(MARIA, BookingChange(status=BookingStatus.CONFIRMED)), Act.REINSTATE),
        (lambda: edits.cancel(MARIA, reason="ill"), Act.CANCEL),
        (lambda: edits.create_block(lunch), Act.BLOCK),
    ]
    for verb, act in verbs:
        assert await verb() is not None, act
        assert edits.state.done[-1].deed.act is act
    block = edits.state.done[-1].edited.row_id
    assert await edits.remove_block(BlockId(block)) is not None
    assert edits.state.done[-1].deed.act is Act.UNBLOCK
    assert edits.state.done[5].deed.said == "ill"


async def test_the_bar_stands_ten_seconds_and_each_edit_begins_them_anew(desk: Desk) -> None:
    await move(desk, "16:30")
    desk.hand.go(6)
    await move(desk, "16:45")
    assert (len(desk.stores.edits.state.done), desk.stores.edits.left_s) == (2, UNDO_S)
    desk.hand.go(9.5)
    await desk.window.settle()
    assert desk.stores.edits.state.done
    desk.hand.go(0.5)
    await desk.window.settle()
    assert desk.stores.edits.state.done == ()
    assert starts(desk) == "16:45", "the time is over for the bar, not for the edit"


async def test_undo_leaves_no_trace_of_what_never_left(desk: Desk) -> None:
    await move(desk, "16:30", TOLD)
    await desk.stores.edits.undo()
    await desk.window.settle()
    assert starts(desk) == "14:00"
    assert desk.stores.waiting.state.waiting == 0
    state = desk.stores.edits.state
    assert state.done == () and state.undone[0].act is Act.MOVE and state.undone[0].channel is None
    desk.hand.go(UNDONE_S)
    await desk.window.settle()
    assert desk.stores.edits.state.undone == ()


async def test_undo_takes_all_that_the_bar_shows_back(desk: Desk) -> None:
    await move(desk, "16:30")
    await move(desk, "16:45")
    await desk.stores.edits.cancel(MARIA)
    await desk.stores.edits.undo()
    assert starts(desk) == "14:00"
    booking = desk.db.read(lambda conn: bookings.get(conn, MARIA))
    assert booking is not None and booking.status is BookingStatus.CONFIRMED and not booking.pending
    assert len(desk.stores.edits.state.undone) == 3


async def test_folded_edits_that_were_sent_as_one_are_taken_back_as_one(desk: Desk) -> None:
    await move(desk, "16:30")
    await move(desk, "16:45")
    await desk.write(lambda conn: become(conn, ChangeId(1), ChangeState.SENT))
    await desk.stores.edits.undo()
    assert desk.stores.edits.state.refusal is None
    assert starts(desk) == "14:00"
    assert [change.state for change in desk.db.read(outbox.entries)] == [ChangeState.SENT, ChangeState.QUEUED]


async def test_a_client_who_was_told_is_thought_of_before_it_is_taken_back(desk: Desk) -> None:
    edits = desk.stores.edits
    await move(desk, "16:30", TOLD)
    await desk.write(lambda conn: become(conn, ChangeId(1), ChangeState.ACKED))
    await edits.undo()
    assert starts(desk) == "16:30", "asked first"
    asking = edits.state.asking
    assert asking is not None and asking.draft.by is None and "2:00 pm" in asking.draft.text
    assert asking.draft.expected_at == eg.at("16:30"), "that is what the client was told"
    await edits.undo_asked()
    assert starts(desk) == "16:30", "nothing was decided yet"
    edits.type_tell(asking.draft.choose(TellBy.SMS).type("Back to two o'clock."))
    await edits.undo_asked()
    assert starts(desk) == "14:00"
    assert desk.db.read(outbox.entries)[-1].tell == Tell(text="Back to two o'clock.", channel="sms")
    assert edits.state.asking is None and edits.state.undone[0].channel == "sms"


async def test_one_may_keep_it_after_all_or_undo_without_telling(desk: Desk) -> None:
    edits = desk.stores.edits
    await move(desk, "16:30", TOLD)
    await desk.write(lambda conn: become(conn, ChangeId(1), ChangeState.ACKED))
    await edits.undo()
    edits.keep()
    assert edits.state.asking is None and starts(desk) == "16:30"
    await edits.undo()
    assert edits.state.asking is not None
    edits.type_tell(edits.state.asking.draft.choose(TellBy.NOBODY))
    await edits.undo_asked()
    assert starts(desk) == "14:00" and desk.db.read(outbox.entries)[-1].tell is None


async def test_of_several_the_client_hears_in_the_way_they_heard_before(desk: Desk) -> None:
    await move(desk, "16:30", TOLD)
    await desk.write(lambda conn: become(conn, ChangeId(1), ChangeState.ACKED))
    await desk.stores.edits.cancel(MARIA)
    await desk.stores.edits.undo()
    tell = desk.db.read(outbox.entries)[-1].tell
    assert tell is not None and tell.channel == "sms" and "2:00 pm" in tell.text


async def test_a_change_of_the_history_is_taken_back_by_its_number(desk: Desk) -> None:
    await move(desk, "16:30")
    await desk.write(lambda conn: become(conn, ChangeId(1), ChangeState.ACKED))
    deed = desk.stores.edits.state.done[0].deed
    desk.stores.edits.put_away()
    await desk.stores.edits.undo_past(ChangeId(1), deed)
    assert starts(desk) == "14:00"
    await desk.stores.edits.undo_past(ChangeId(1), deed)
    assert desk.stores.edits.state.refusal is not None
    assert desk.stores.edits.state.refusal.why is Why.UNDONE_ALREADY


async def test_what_cannot_be_is_a_reason_and_nothing_else(desk: Desk) -> None:
    await desk.write(lambda conn: put_guest(conn, "16:00"))
    await desk.write(lambda conn: conn.execute("UPDATE bookings SET staff_id = 's-ana'"))
    assert not await move(desk, "16:30")
    refusal = desk.stores.edits.state.refusal
    assert refusal is not None and refusal.why is Why.TAKEN and refusal.obstacle is not None
    assert refusal.obstacle.why is InTheWay.TAKEN and refusal.allowance == "overlap"
    assert starts(desk) == "14:00" and desk.stores.waiting.state.waiting == 0
    assert desk.runtime.kicks == 0 and desk.stores.edits.state.done == ()
    assert await move(desk, "17:00"), "and the next edit puts it away"
    assert desk.stores.edits.state.refusal is None


async def test_a_form_shows_its_own_refusal(desk: Desk) -> None:
    await move(desk, "03:00", place="form")
    refusal = desk.stores.edits.state.refusal
    assert refusal is not None and refusal.place == "form"


@pytest.mark.parametrize(("error", "trouble"), [(DiskFull, Trouble.DISK_FULL), (DatabaseBusy, Trouble.UNAVAILABLE)])
async def test_what_cannot_be_kept_is_said_before_anything_shows_as_saved(
    error: type[StorageError], trouble: Trouble, desk: Desk
) -> None:
    async def fails(_: object) -> None:
        raise error("no")

    desk.db.write = fails  # type: ignore[method-assign, assignment]
    assert not await move(desk, "16:30")
    assert desk.stores.edits.state.refusal is not None
    assert desk.stores.edits.state.refusal.trouble is trouble
    assert desk.stores.edits.state.done == () and starts(desk) == "14:00"


async def test_when_one_of_several_cannot_be_undone_none_is(desk: Desk) -> None:
    await move(desk, "16:30")
    await desk.stores.edits.change(MARIA, BookingChange(notes="window"))
    await desk.write(lambda conn: become(conn, ChangeId(1), ChangeState.ACKED))
    await desk.write(lambda conn: conn.execute("UPDATE bookings SET notes = 'by Noor' WHERE id = ?", (MARIA,)))
    await desk.stores.edits.undo()
    assert desk.stores.edits.state.refusal is not None
    assert starts(desk) == "16:30"
    assert desk.stores.edits.state.done, "the bar still offers it"


async def test_another_account_is_not_offered_what_was_done_to_the_first(desk: Desk) -> None:
    await move(desk, "16:30")
    desk.runtime.database = None
    desk.runtime.tell_account()
    await desk.window.settle()
    assert desk.stores.edits.state.done == ()
    assert await desk.stores.edits.no_show(MARIA) is None


async def test_a_closed_window_leaves_no_timer_behind(desk: Desk) -> None:
    await move(desk, "16:30")
    desk.stores.edits.close()
    desk.hand.go(UNDO_S + timedelta(seconds=1).total_seconds())
    await desk.window.settle()
    assert desk.stores.edits.state.done == ()
    assert isinstance(desk.stores.edits, EditStore)
