"""Signing out, over a real database: what would be lost is followed while the owner decides."""

import json
import sqlite3

from client.editing.leaving import Doing, LeavingState, Trouble
from client.insight.outbox import Standing
from client.models.ids import ChangeId
from client.models.mutations import ChangeState
from client.platform import PlatformError
from client.state.session import Trouble as SessionTrouble
from client.storage import conflicts
from client.storage.errors import DiskFull
from tests import example_data as eg
from tests.state.conftest import Desk
from tests.state.test_outbox import DOCUMENT
from tests.storage.mutations import become, create, record


def three(conn: sqlite3.Connection) -> None:
    for number in range(3):
        record(conn, create(f"b{number}", customer_name=f"Guest {number}"))


async def test_what_would_be_lost_is_followed(desk: Desk) -> None:
    await desk.write(three)
    leaving = desk.stores.leaving
    assert leaving.state == LeavingState(), "closed, it reads nothing"
    leaving.open()
    assert (leaving.state.unsent, len(leaving.state.lines)) == (3, 3)
    await desk.write(lambda conn: become(conn, 1, ChangeState.ACKED))
    assert leaving.state.unsent == 2, "the server has one of them"
    await desk.write(lambda conn: become(conn, 2, ChangeState.REFUSED))
    await desk.write(lambda conn: conflicts.add(conn, ChangeId(1), "bookings", "b0", DOCUMENT, 5))
    assert [line.standing for line in leaving.state.lines] == [Standing.CLASH, Standing.REFUSED, Standing.WAITING]
    assert leaving.state.unsent == 3


async def test_all_that_was_sent_may_go(desk: Desk) -> None:
    await desk.write(three)
    leaving = desk.stores.leaving
    leaving.open()
    desk.runtime.sends = lambda conn: conn.execute("UPDATE outbox SET state = 'acked'")
    await leaving.send()
    assert (leaving.state.unsent, leaving.state.sent, leaving.state.trouble) == (0, 3, None)
    assert await leaving.leave()
    assert desk.runtime.tried == [("send",), ("sign out", "keep")] and leaving.state == LeavingState()


async def test_what_the_server_cannot_be_given_stays_and_it_is_said(desk: Desk) -> None:
    await desk.write(three)
    leaving = desk.stores.leaving
    leaving.open()
    desk.runtime.answers = False
    await leaving.send()
    assert (leaving.state.unsent, leaving.state.sent, leaving.state.trouble) == (3, 0, Trouble.UNREACHABLE)
    desk.runtime.answers = True
    desk.runtime.sends = lambda conn: conn.execute("UPDATE outbox SET state = 'refused' WHERE change_id = 1")
    await leaving.send()
    assert (leaving.state.unsent, leaving.state.trouble) == (3, Trouble.LEFT_OVER)
    assert desk.runtime.identity is not None


async def test_the_file_holds_every_change(desk: Desk) -> None:
    await desk.write(three)
    leaving = desk.stores.leaving
    leaving.open()
    written = await leaving.write_file()
    assert written is not None and written.name == f"unsent changes {eg.NOW:%Y-%m-%d}.json"
    document = json.loads(written.data)
    assert [each["mutation"]["values"]["customer_name"] for each in document["changes"]] == [
        "Guest 0",
        "Guest 1",
        "Guest 2",
    ]
    leaving.did_save(written.name)
    assert leaving.state.saved == written.name and leaving.state.unsent == 3


async def test_data_that_cannot_be_read_is_said(desk: Desk) -> None:
    leaving = desk.stores.leaving
    leaving.open()
    leaving.state = leaving.failed(DiskFull("no"))
    assert leaving.state.trouble is Trouble.UNREADABLE and leaving.state.is_open


async def test_whoever_cannot_be_removed_is_still_signed_in(desk: Desk) -> None:
    leaving = desk.stores.leaving
    leaving.open()
    desk.runtime.refusal = PlatformError("storage", "no")
    assert not await leaving.leave(discard=True)
    assert (leaving.state.trouble, leaving.state.doing) == (Trouble.NOT_REMOVED, None)
    assert desk.stores.session.state.identity == eg.IDENTITY


async def test_what_is_left_after_leaving_is_said_where_somebody_signs_in(desk: Desk) -> None:
    desk.runtime.leftover = PlatformError("storage", "no")
    assert await desk.stores.leaving.leave()
    state = desk.stores.session.state
    assert (state.identity, state.trouble, state.ended) == (None, SessionTrouble.NOT_REMOVED, False)


async def test_one_thing_at_a_time(desk: Desk) -> None:
    leaving = desk.stores.leaving
    leaving.open()
    leaving.state = LeavingState(is_open=True, doing=Doing.SENDING)
    await leaving.send()
    assert not await leaving.leave()
    assert desk.runtime.tried == []
