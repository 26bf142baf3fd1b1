"""Stores follow the database: what is committed is what they say, once, and nothing else makes them speak."""

import sqlite3
from dataclasses import replace
from datetime import date, timedelta

from client.insight.health import Level, Reason
from client.insight.metrics import Metric
from client.models.calls import Outcome, PartialTurn, Speaker
from client.models.ids import BookingId, CallId, TurnId
from client.models.link import LinkState
from client.state.bookings import BookingState
from client.state.preferences import View
from client.storage.errors import DatabaseUnavailable
from tests import example_data as eg
from tests.state.conftest import Desk, counting, put_booking, put_call, put_turn
from tests.storage.rows import BLOCK, put

LIVE = CallId("call-live")


async def test_a_commit_is_on_screen_and_an_idle_one_is_not(desk: Desk) -> None:
    with counting(desk.stores, "today") as seen:
        await desk.write(lambda conn: put_booking(conn, "15:00"))
        assert [b.customer_name for b in desk.stores.today.state.bookings] == ["Guest 15:00"]
        assert len(seen) == 1
        await desk.write(lambda conn: conn.execute("UPDATE bookings SET gen = gen + 1"))
        assert len(seen) == 1, "an equal state repaints nothing"


async def test_what_nobody_looks_at_is_read_when_somebody_does(desk: Desk) -> None:
    today = desk.stores.today
    today.rest()
    with counting(desk.stores, "today") as seen:
        await desk.write(lambda conn: put_booking(conn, "15:00"))
        desk.stores.tick()
        assert seen == []
        today.catch_up()
        assert [b.customer_name for b in today.state.bookings] == ["Guest 15:00"]
        await desk.write(lambda conn: put_booking(conn, "16:00"))
        assert len(seen) == 1, "drawn, but not yet mounted"
        today.begin()
        assert len(today.state.bookings) == 2
        today.begin()
        today.rest()
        await desk.write(lambda conn: put_booking(conn, "17:00"))
        assert len(today.state.bookings) == 3, "one of two who looked still does"


async def test_commits_in_a_burst_are_read_together(desk: Desk) -> None:
    reads = 0
    read = desk.stores.agenda.read

    def counted(conn: sqlite3.Connection) -> object:
        nonlocal reads
        reads += 1
        return read(conn)

    desk.stores.agenda.read = counted  # type: ignore[method-assign]
    for i in range(10):
        desk.db.write_blocking(lambda conn, i=i: put_booking(conn, f"1{i}:00" if i < 8 else f"0{i}:00"))
    await desk.window.settle()
    assert reads == 1
    assert len(desk.stores.agenda.state.bookings) == 10


async def test_the_figures_of_today(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        for call in eg.PAST:
            put_call(conn, replace(call, booking_id=None))
        put_call(conn, eg.past_call("y", "10:00", "Past", Outcome.BOOKED, "", day=eg.TODAY - timedelta(days=7)))

    await desk.write(fill)
    values = {f.metric: f.figure.value for f in desk.stores.today.state.figures}
    assert (values[Metric.ANSWERED], values[Metric.BOOKED], values[Metric.MISSED]) == (4, 2, 1)
    desk.stores.today.turn_of_minute()
    assert {f.metric: f.before for f in desk.stores.today.state.figures}[Metric.BOOKED] == 1
    assert desk.stores.today.state.ready


async def test_the_day_changes_at_the_business_s_midnight(desk: Desk) -> None:
    await desk.write(lambda conn: put_booking(conn, "09:00", day=date(2025, 11, 25)))
    assert desk.stores.today.state.bookings == ()
    desk.hand.go(11 * 3600 + 19 * 60)
    desk.stores.tick()
    assert desk.stores.today.state.day == date(2025, 11, 25)
    assert len(desk.stores.today.state.bookings) == 1
    assert desk.stores.agenda.state.day == date(2025, 11, 25), "an agenda on today stays on today"


async def test_a_device_clock_days_off_shows_the_server_s_day(desk: Desk) -> None:
    desk.hand.go(3 * 86_400)
    for listener in desk.runtime.listeners:
        listener.link_changed(eg.link(skew_s=3 * 86_400.0))
    await desk.window.settle()
    desk.stores.tick()
    assert desk.stores.ticks.now.date() == eg.NOW.date()
    assert desk.stores.today.state.day == eg.TODAY


async def test_live_calls_are_judged_as_their_words_arrive(desk: Desk) -> None:
    await desk.write(lambda conn: put_call(conn, eg.call()))
    assert [item.health.reason for item in desk.stores.live.state.calls] == [Reason.CALM]
    await desk.write(lambda conn: put_turn(conn, eg.turn(0, "Can I speak to the owner?")))
    await desk.write(lambda conn: put_turn(conn, eg.turn(1, "I want to speak to the owner, please")))
    assert desk.stores.live.state.calls[0].health.level is Level.NEEDS_YOU
    over = eg.call(ended_at=eg.NOW, outcome=Outcome.HUNG_UP)
    await desk.write(lambda conn: put_call(conn, over))
    assert desk.stores.live.state.calls == ()
    assert desk.stores.calls.state.ids() == ["call-live"]


async def test_silence_is_noticed_by_the_clock(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_call(conn, eg.call())
        put_turn(conn, eg.turn(0, "Hello?", started_at=eg.NOW, ended_at=eg.NOW))

    await desk.write(fill)
    assert desk.stores.live.state.calls[0].health.reason is Reason.CALM
    desk.hand.go(13)
    desk.stores.tick()
    assert desk.stores.live.state.calls[0].health.reason is Reason.SILENCE


async def test_nobody_is_called_silent_while_nothing_can_be_heard(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_call(conn, eg.call())
        put_turn(conn, eg.turn(0, "Hello?", started_at=eg.NOW, ended_at=eg.NOW))

    await desk.write(fill)
    desk.stores.open_call(LIVE)
    desk.stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.NOW + timedelta(seconds=5)))
    desk.hand.go(60)
    desk.stores.tick()
    assert desk.stores.live.state.calls[0].health.reason is Reason.CALM
    await desk.write(lambda conn: put_turn(conn, eg.turn(1, "Are you there?", started_at=eg.NOW, ended_at=eg.NOW)))
    assert desk.stores.call.state.health.reason is Reason.CALM
    desk.stores.link.show(eg.link())
    desk.stores.tick()
    assert desk.stores.live.state.calls[0].health.reason is Reason.SILENCE


async def test_the_open_call_and_its_words(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_call(conn, eg.call())
        for turn in eg.TURNS:
            put_turn(conn, replace(turn, tool=None))

    await desk.write(fill)
    desk.stores.open_call(LIVE)
    state = desk.stores.call.state
    assert state.call is not None and state.health.reason is Reason.ASKED_TWICE
    assert [t.index for t in state.evidence] == [3, 6]
    assert desk.stores.transcript.state.heard
    partial = PartialTurn(
        call_id=LIVE, turn_id=TurnId("t-8"), index=8, speaker=Speaker.CALLER, name=None, text="It's Jun"
    )
    for listener in desk.runtime.listeners:
        listener.partial_heard(partial)
    await desk.window.settle()
    assert last_line(desk) == "It's Jun"
    await desk.write(lambda conn: put_turn(conn, eg.turn(8, "It's Jun Ortiz.")))
    assert last_line(desk) == "It's Jun Ortiz."
    assert desk.runtime.watched[id(desk.stores)] == (LIVE,)
    desk.stores.open_call(None)
    assert desk.stores.call.state.call is None
    assert not desk.stores.transcript.state.heard


async def test_words_of_another_call_stay_out_of_the_open_one(desk: Desk) -> None:
    await desk.write(lambda conn: put_call(conn, eg.call()))
    desk.stores.open_call(LIVE)
    other = PartialTurn(
        call_id=CallId("other"), turn_id=TurnId("x"), index=0, speaker=Speaker.CALLER, name=None, text="secret"
    )
    for listener in desk.runtime.listeners:
        listener.partial_heard(other)
    await desk.window.settle()
    assert not desk.stores.transcript.state.heard


async def test_turns_that_are_taken_away_are_gone(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_call(conn, eg.call())
        for i in range(3):
            put_turn(conn, eg.turn(i, f"line {i}"))

    await desk.write(fill)
    desk.stores.open_call(LIVE)
    await desk.write(lambda conn: conn.execute("DELETE FROM turns WHERE id = 't-2'"))
    assert last_line(desk) == "line 1"


async def test_a_suggestion_that_was_not_useful_does_not_come_back(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_call(conn, eg.call())
        put_turn(conn, eg.turn(0, "Get me the owner"))

    await desk.write(fill)
    desk.stores.open_call(LIVE)
    (action,) = desk.stores.call.state.actions
    aside = {"about": "suggestion", "subject": action.action_id, "word": "not_useful"}
    await desk.write(lambda conn: put(conn, "marks", {"id": "m", **aside, "created_at": 0, "version": 1, "gen": 1}))
    assert desk.stores.call.state.actions == () and desk.stores.call.state.set_aside == (action,)
    await desk.write(lambda conn: conn.execute("DELETE FROM marks"))
    assert desk.stores.call.state.actions == (action,), "it can be brought back"


async def test_a_call_that_arrives_later_fills_its_place(desk: Desk) -> None:
    desk.stores.open_call(LIVE)
    assert desk.stores.call.state.missing
    await desk.write(lambda conn: put_call(conn, eg.call()))
    assert desk.stores.call.state.call is not None


async def test_the_agenda_pages_filters_and_knows_its_hours(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_booking(conn, "09:00")
        put_booking(conn, "10:00", status="cancelled")

    await desk.write(fill)
    agenda = desk.stores.agenda
    assert (len(agenda.state.bookings), agenda.state.cancelled) == (1, 1)
    assert [day.count for day in agenda.state.strip] == [1, 0, 0, 0, 0, 0, 0]
    assert agenda.state.strip[6].closed
    agenda.toggle_cancelled()
    assert (len(agenda.state.bookings), agenda.state.cancelled) == (2, 0)
    agenda.go_to(date(2025, 11, 30))
    assert agenda.state.hours == () and not agenda.state.holiday
    agenda.go_to(date(2025, 12, 25))
    assert agenda.state.holiday


async def test_a_grid_has_its_days_with_what_reaches_into_them_and_what_is_blocked(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        for day, clock in ((23, "23:45"), (24, "09:00"), (30, "20:00"), (31, "09:00")):
            put_booking(conn, clock, day=date(2025, 11, day) if day < 31 else date(2025, 12, 1))
        put(conn, "blocks", {**BLOCK, "id": "away", "starts_at": 0, "ends_at": 1 << 50})
        noon = int(eg.at("12:00").timestamp() * 1000)
        put(conn, "blocks", {**BLOCK, "id": "lunch", "starts_at": noon, "ends_at": noon + 3_600_000})

    await desk.write(fill)
    agenda = desk.stores.agenda
    assert [b.customer_name for b in agenda.state.bookings] == ["Guest 09:00"]
    agenda.go_to(None, View.DAY)
    assert [b.customer_name for b in agenda.state.bookings] == ["Guest 23:45", "Guest 09:00"]
    assert [b.block_id for b in agenda.state.blocks] == ["lunch"], "what began in 1970 is not looked for"
    agenda.go_to(None, View.WEEK)
    assert agenda.state.days[0] == date(2025, 11, 24) and len(agenda.state.days) == 7
    assert [b.customer_name for b in agenda.state.bookings] == ["Guest 23:45", "Guest 09:00", "Guest 20:00"]
    assert agenda.state.count == 3
    await desk.write(lambda conn: conn.execute("DELETE FROM blocks WHERE id = 'lunch'"))
    assert agenda.state.blocks == ()


async def test_an_open_booking(desk: Desk) -> None:
    await desk.write(lambda conn: put_booking(conn, "09:00"))
    desk.stores.booking.open(BookingId("no such one"))
    assert desk.stores.booking.state == BookingState(missing=True)
    desk.stores.booking.open(BookingId("b-2025-11-24-09:00"))
    assert desk.stores.booking.state.booking is not None


async def test_older_calls_come_a_page_at_a_time(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        for i in range(50):
            put_call(conn, eg.past_call(f"c{i:02d}", f"{i % 12:02d}:{i:02d}", None, Outcome.SPAM, ""))

    await desk.write(fill)
    calls = desk.stores.calls
    assert calls.state.more and len(calls.state.ids()) == 24 and calls.state.count == 50
    calls.show_more()
    calls.show_more()
    calls.show_more()
    assert not calls.state.more and len(calls.state.ids()) == 50


async def test_a_database_that_cannot_be_read_is_a_state(desk: Desk) -> None:
    def fails(_fn: object) -> object:
        raise DatabaseUnavailable

    desk.db.read = fails  # type: ignore[method-assign,assignment]
    for name in ("today", "calls", "agenda"):
        store = getattr(desk.stores, name)
        store.refresh()
        assert store.state.broken


async def test_signing_out_lets_go_of_the_database(desk: Desk) -> None:
    await desk.write(lambda conn: put_booking(conn, "15:00"))
    desk.runtime.identity, desk.runtime.database = None, None
    desk.runtime.tell_account()
    await desk.window.settle()
    assert desk.stores.session.state.identity is None
    with counting(desk.stores, "today") as seen:
        await desk.write(lambda conn: put_booking(conn, "16:00"))
        assert seen == []


async def test_what_is_heard_on_another_thread_arrives(desk: Desk) -> None:
    import asyncio

    link = eg.link(LinkState.OFFLINE)
    for listener in desk.runtime.listeners:
        await asyncio.to_thread(listener.link_changed, link)
    await desk.window.settle()
    assert desk.stores.link.state == link


async def test_a_closed_window_hears_nothing_more(desk: Desk) -> None:
    ears = list(desk.runtime.listeners)
    desk.stores.close()
    assert desk.runtime.listeners == []
    ears[0].link_changed(eg.link(LinkState.OFFLINE))
    await desk.window.settle()
    assert desk.stores.link.state.state is LinkState.ONLINE


def last_line(desk: Desk) -> str:
    return desk.stores.transcript.state.chunks[-1].cells[-1].state.text
