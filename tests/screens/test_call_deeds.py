"""What an owner does about a call and its lines, on a real database without a signal: each is kept at once."""

import sqlite3
from pathlib import Path

from client.insight.promises import judged
from client.models.corrections import CorrectionScope
from client.models.ids import CallId, TurnId
from client.models.marks import About
from client.models.promises import PromiseState
from client.storage import calls, corrections, marks, meta, promises, tasks
from screens.window import NO_PANEL
from tests import example_data as eg
from tests.screens.test_call_history import DESKTOP, Desk, Visit, visit  # noqa: F401
from tests.storage.rows import TURN, put

CALL = CallId("call-0")
SAID = "I'll have someone call you back today."


def conversation(conn: sqlite3.Connection) -> None:
    """The first call of the history: a question, a promise nobody kept."""
    meta.put_identity(conn, eg.IDENTITY)
    conn.execute("DELETE FROM turns WHERE call_id = ?", (CALL,))
    for index, (speaker, text) in enumerate((("caller", "Who looks at my bill?"), ("assistant", SAID))):
        row = {"id": f"turn-x{index}", "call_id": CALL, "index": index, "speaker": speaker, "text": text}
        put(conn, "turns", {**TURN, **row})
    conn.execute("UPDATE calls SET caller_phone = '+15550104567', turn_count = 2 WHERE id = ?", (CALL,))
    call = calls.get(conn, CALL)
    assert call is not None
    turns = calls.turns(conn, CALL)
    promises.put(conn, call, judged(call, turns, promises.done_about(conn, call), eg.NOW))


async def begin(desk: Desk) -> None:
    await desk.db.write(conversation)
    await desk.app.window.settle()
    await desk.app.window.arrive(f"/calls/{CALL}")


async def test_a_moment_is_flagged(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.app.window.tap("turn.turn-x1")
        assert desk.app.window.says(SAID)
        await desk.app.window.tap("turn.do.flag")
        call = desk.db.read(lambda conn: calls.get(conn, CALL))
        assert call and [flag.turn_id for flag in call.flags] == ["turn-x1"] and call.pending
        assert desk.app.window.says("Flagged")


async def test_a_flag_is_taken_away(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.stores.edits.work.flag(CALL, TurnId("turn-x1"))
        await desk.app.window.tap("turn.turn-x1")
        assert desk.app.window.says("Take the flag away")
        await desk.app.window.tap("turn.do.flag")
        call = desk.db.read(lambda conn: calls.get(conn, CALL))
        assert call and call.flags == ()


async def test_a_wrong_answer_is_put_right_and_shown_as_waiting(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.app.window.tap("turn.turn-x1")
        await desk.app.window.tap("turn.do.correct")
        assert desk.app.window.says("Who looks at my bill?")
        await desk.app.window.type("correction.right", "Rosa looks at bills, on Mondays.")
        assert desk.app.window.says("When somebody asks “Who looks at my bill?”, Luna will say: “Rosa looks at bills")
        await desk.app.window.tap("correction.scope.everywhere")
        await desk.app.window.tap("correction.yes")
        (found,) = desk.db.read(lambda conn: corrections.of_call(conn, CALL))
        assert (found.scope, found.turn_id, found.wrong) == (CorrectionScope.EVERYWHERE, "turn-x1", SAID)
        assert desk.app.window.says("Luna will learn this when online")
        assert desk.stores.panel.state.panel == "turn.turn-x1.ask", "the same can be asked again at once"


async def test_an_empty_answer_is_refused_in_the_form(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.app.window.tap("turn.turn-x1")
        await desk.app.window.tap("turn.do.correct")
        await desk.app.window.tap("correction.yes")
        assert desk.stores.panel.state.panel == "turn.turn-x1.correct", "the form stays"
        assert desk.db.read(lambda conn: corrections.of_call(conn, CALL)) == []


async def test_the_caller_is_not_corrected(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.app.window.tap("turn.turn-x0")
        assert desk.app.window.find("turn.do.correct") is None


async def test_a_call_becomes_a_task_with_a_date(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.app.window.tap("call.follow_up")
        await desk.app.window.tap("new_task.due.week")
        await desk.app.window.tap("new_task.yes")
        (task,) = desk.db.read(lambda conn: tasks.of_call(conn, CALL))
        assert task.title == "Call Caller 0 back" and task.due_at is not None and (task.due_at - eg.NOW).days in (6, 7)
        assert task.turn_id is None


async def test_a_sheet_that_goes_leaves_the_one_that_was_opened_from_it(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", width=390.0, height=844.0) as desk:
        await begin(desk)
        window, panel = desk.app.window, desk.stores.panel
        await window.tap("call.about")
        (about,) = window.page._dialogs.controls
        await window.tap("about.follow_up")
        await window.fire(about, "dismiss")
        assert panel.state.panel == "turn..task"
        (task,) = window.page._dialogs.controls
        await window.fire(task, "dismiss")
        assert panel.state.panel == NO_PANEL and window.page._dialogs.controls == []


async def test_a_number_is_blocked_after_asking_and_answered_again(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        await desk.app.window.tap("call.block")
        assert desk.app.window.says("Block this number?")
        assert desk.db.read(corrections.blocked_numbers) == []
        await desk.app.window.tap("blocking.yes")
        assert [each.phone for each in desk.db.read(corrections.blocked_numbers)] == ["+15550104567"]
        assert desk.app.window.says("Number blocked, waits to be sent")
        await desk.app.window.tap("call.unblock")
        assert desk.db.read(corrections.blocked_numbers) == []


async def test_a_promise_waits_on_today_until_the_owner_is_done_with_it(visit: Visit) -> None:  # noqa: F811
    async with visit("/today", **DESKTOP) as desk:
        await desk.db.write(conversation)
        await desk.app.window.settle()
        assert desk.app.window.says("Caller 0 was promised a call back")
        await desk.app.window.tap("needs_you.promise:turn-x1:call_back")
        assert desk.app.window.page.route == f"/calls/{CALL}?at=turn-x1"
        assert desk.app.window.says("Promised, not done: a call back")
        await desk.app.window.tap("call.promise.turn-x1.call_back.done")
        assert desk.db.read(lambda conn: marks.get(conn, About.PROMISE, "turn-x1")) is not None
        assert desk.app.window.says("You are done with it")
        await desk.app.window.tap("nav.today")
        assert not desk.app.window.says("was promised a call back")


async def test_what_was_promised_twice_in_a_call_waits_once_and_is_done_with_at_once(visit: Visit) -> None:  # noqa: F811
    def again(conn: sqlite3.Connection) -> None:
        conversation(conn)
        said = "They'll call you back on this number."
        row = {"id": "turn-x2", "call_id": CALL, "index": 2, "speaker": "assistant", "text": said}
        put(conn, "turns", {**TURN, **row})
        conn.execute("UPDATE calls SET turn_count = 3 WHERE id = ?", (CALL,))
        call = calls.get(conn, CALL)
        assert call is not None
        found = judged(call, calls.turns(conn, CALL), promises.done_about(conn, call), eg.NOW)
        assert [each.state for each in found] == [PromiseState.UNKEPT] * 2
        promises.put(conn, call, found)

    async with visit("/today", **DESKTOP) as desk:
        await desk.db.write(again)
        await desk.app.window.settle()
        waits = [each for each in desk.app.window.identifiers() if each.startswith("needs_you.promise:")]
        assert waits == ["needs_you.promise:turn-x1:call_back"]
        await desk.app.window.arrive(f"/calls/{CALL}?at=turn-x2")
        await desk.app.window.tap("call.promise.turn-x2.call_back.done")
        await desk.app.window.tap("nav.today")
        assert not desk.app.window.says("was promised a call back")


async def test_the_history_is_narrowed_to_promises(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls?promise=unkept") as desk:
        await desk.db.write(conversation)
        await desk.app.window.settle()
        assert desk.rows() == [f"call.{CALL}"]
        assert desk.app.window.says("Not kept")


def test_promises_are_kept_as_they_were_judged(tmp_path: Path) -> None:
    from client.clock import Clock
    from client.storage.database import Database
    from tests.screens.test_call_history import put_calls

    db = Database.open(tmp_path / "chatty.db", Clock())
    db.write_blocking(lambda conn: put_calls(conn, 2))
    db.write_blocking(conversation)
    (found,) = db.read(lambda conn: promises.of_call(conn, CALL))
    assert (found.state, found.promise.said, found.promise.turn_id) == (PromiseState.UNKEPT, SAID, TurnId("turn-x1"))
    long_ago = eg.NOW.replace(year=2020)
    assert db.read(lambda conn: promises.to_look_at(conn, long_ago)) == [CALL]
    assert len(db.read(lambda conn: promises.unkept(conn, long_ago, eg.NOW, 9))) == 1
    assert db.read(lambda conn: promises.unkept(conn, long_ago, long_ago, 9)) == (), "there is time after a call"
    db.write_blocking(lambda conn: promises.remove(conn, CALL))
    assert db.read(lambda conn: promises.of_call(conn, CALL)) == ()
    db.close()


async def test_one_key_opens_what_can_be_done_about_the_line_the_keyboard_is_on(visit: Visit) -> None:  # noqa: F811
    async with visit("/calls", **DESKTOP) as desk:
        await begin(desk)
        window, panel = desk.app.window, desk.stores.panel
        await window.press_key("D")
        assert panel.state.panel == NO_PANEL, "it is on no line"
        await window.fire(window.keyed("turn.turn-x0"), "focus")
        await window.press_key("D")
        assert window.says("This line") and panel.state.panel == "turn.turn-x0"
        await window.press_key("Escape")
        await window.fire(window.keyed("turn.turn-x0"), "blur")
        await window.press_key("D")
        assert panel.state.panel == NO_PANEL
        await window.arrive(f"/calls/{CALL}?at=turn-x1")
        await window.press_key("D")
        assert panel.state.panel == "turn.turn-x1", "the line it was opened at"
