"""The history of calls on screen over a real database: searched, narrowed, scrolled through however long it is."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from client.clock import Clock
from client.models.call_history import CallFilter, CallQuestion
from client.models.calls import Outcome
from client.models.ids import CallId
from client.state.calls import MOST
from client.storage import call_index
from client.storage.database import Database
from screens.routes import Route, parse
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime
from tests.screens.conftest import App, Open
from tests.state.conftest import put_business
from tests.storage.rows import CALL, TURN, put
from tests.storage.test_call_history import index
from widgets.scaffold import Place

DESKTOP: dict[str, Any] = {"width": 1440, "height": 900}
NOW_MS = int(eg.NOW.timestamp() * 1000)


def put_calls(conn: sqlite3.Connection, count: int) -> None:
    put_business(conn)
    conn.execute("UPDATE streams SET complete = 1, cursor = 'c', ccursor = 'c', stage = 'follow', as_of = 0")
    for number in range(count):
        at = NOW_MS - (number + 1) * 3_600_000
        fields = {
            "id": f"call-{number}",
            "caller_name": f"Caller {number}",
            "started_at": at,
            "ended_at": at + 60_000,
            "status": "ended",
            "outcome": "booked" if number % 3 else "missed",
            "flags": '[{"turn_id":"x","label":""}]' if number == 4 else "[]",
        }
        put(conn, "calls", {**CALL, **fields})
        said = {"id": f"turn-{number}", "call_id": f"call-{number}", "text": f"Balayage number {number}"}
        put(conn, "turns", {**TURN, **said})
    index(conn)
    call_index.put_left(conn, 0)


@dataclass
class Desk:
    app: App
    db: Database

    @property
    def stores(self) -> Stores:
        return self.app.stores

    def rows(self) -> list[str]:
        keys = (getattr(control, "key", None) for control in self.app.window.controls())
        return [key for key in keys if isinstance(key, str) and key.startswith("call.call-")]

    async def scroll(self, pixels: float, extent: float) -> None:
        event = {"event_type": "update", "min_scroll_extent": 0.0, "viewport_dimension": 800.0, "scroll_delta": 1.0}
        at = {"pixels": float(pixels), "max_scroll_extent": float(extent)}
        await self.app.window.fire(self.app.window.keyed("calls.list"), "scroll", {**event, **at})
        await self.app.window.settle()


Visit = Callable[..., Any]


@pytest.fixture
def visit(open_app: Open, tmp_path: Path) -> Visit:
    @asynccontextmanager
    async def visited(route: str = "/calls", count: int = 100, **size: Any) -> AsyncIterator[Desk]:
        db = Database.open(tmp_path / "chatty.db", Clock())
        db.write_blocking(lambda conn: put_calls(conn, count))

        def fill(stores: Stores) -> None:
            runtime = stores.runtime
            assert isinstance(runtime, FakeRuntime)
            runtime.database = db
            stores.attach()

        async with open_app(fill, route=route, **size) as app:
            yield Desk(app=app, db=db)
        db.close()

    return visited


async def test_words_typed_narrow_the_list_and_their_lines_are_shown(visit: Visit) -> None:
    async with visit(**DESKTOP) as desk:
        assert desk.app.window.says("100 calls")
        await desk.app.window.type("calls.search", "number 42")
        assert desk.rows() == ["call.call-42"]
        assert desk.app.window.says("1 call")
        await desk.app.window.tap("call.call-42")
        assert desk.app.window.page.route == "/calls/call-42?at=turn-42&said=number%2042"
        assert desk.rows() == ["call.call-42"], "the list beside the call stays narrowed"


async def test_back_from_a_call_on_a_phone_leads_to_what_was_searched(visit: Visit) -> None:
    async with visit() as desk:
        await desk.app.window.type("calls.search", "number 42")
        await desk.app.window.tap("call.call-42")
        await desk.app.window.tap("back")
        assert desk.app.window.page.route == "/calls?said=number%2042"
        assert desk.rows() == ["call.call-42"]
        assert desk.stores.calls.asked.text == "number 42"


async def test_calls_that_failed_and_calls_that_were_spam_are_in_the_list(visit: Visit) -> None:
    async with visit(count=6) as desk:

        def change(conn: sqlite3.Connection) -> None:
            conn.execute("UPDATE calls SET outcome = 'spam' WHERE id = 'call-1'")
            conn.execute("UPDATE calls SET outcome = 'booking_failed' WHERE id = 'call-2'")

        desk.db.write_blocking(change)
        await desk.app.window.settle()
        assert desk.rows() == [f"call.call-{number}" for number in range(6)]
        spoken = [desk.app.window.named(f"call.call-{number}").label or "" for number in (0, 1, 2)]
        assert "Missed" in spoken[0] and "Spam" in spoken[1] and "Not booked" in spoken[2], spoken


async def test_nothing_found_offers_one_way_out(visit: Visit) -> None:
    async with visit() as desk:
        await desk.app.window.type("calls.search", "xylophone")
        assert desk.app.window.says("No calls like that")
        await desk.app.window.tap("calls.none.clear")
        assert desk.app.window.says("100 calls") and desk.app.window.page.route == "/calls"


async def test_a_filter_is_chosen_in_a_sheet_and_stands_in_the_address(visit: Visit) -> None:
    async with visit() as desk:
        await desk.app.window.tap("calls.filter")
        await desk.app.window.tap("filter.outcome.missed")
        assert desk.app.window.says("Show 34 calls")
        await desk.app.window.tap("filter.when.today")
        await desk.app.window.tap("filter.show")
        assert desk.app.window.says("Filters · 2")
        assert desk.app.window.page.route == "/calls?outcome=missed&from=2025-11-24&to=2025-11-24"
        await desk.app.window.tap("calls.clear")
        assert desk.app.window.page.route == "/calls"


async def test_days_are_typed_in_either_language_and_what_is_no_day_is_said(visit: Visit) -> None:
    async with visit() as desk:
        await desk.app.window.tap("calls.filter")
        await desk.app.window.type("filter.first", "22 nov")
        await desk.app.window.type("filter.last", "23 de noviembre")
        which = desk.stores.calls.asked.which
        assert (str(which.first), str(which.last)) == ("2025-11-22", "2025-11-23")
        await desk.app.window.type("filter.last", "21 nov")
        assert desk.app.window.says("Write two days, the earlier one first")
        assert str(desk.stores.calls.asked.which.last) == "2025-11-23", "what is wrong changes nothing"
        await desk.app.window.tap("filter.flagged")
        await desk.app.window.tap("filter.clear")
        assert desk.stores.calls.asked.which == CallFilter()


async def test_an_address_narrows_the_list(visit: Visit) -> None:
    async with visit("/calls?outcome=missed&flagged=1&said=balayage") as desk:
        assert desk.stores.calls.asked == CallQuestion(
            text="balayage", which=CallFilter(outcome=Outcome.MISSED, flagged=True)
        )
        assert desk.app.window.says("No calls like that")


async def test_calls_narrowed_to_an_employee_who_is_no_more(visit: Visit) -> None:
    async with visit("/calls?employee=e-holly") as desk:
        assert desk.app.window.says("a former employee") and desk.app.window.says("No calls like that")


async def test_the_window_moves_with_the_owner_and_leaves_room_for_what_is_above(visit: Visit) -> None:
    async with visit(count=400, **DESKTOP) as desk:
        assert len(desk.rows()) == 24
        extent = 2_000.0
        seen = list(desk.rows())
        for _ in range(40):
            await desk.scroll(extent - 100, extent)
            extent += 800
            seen += [row for row in desk.rows() if row not in seen]
            assert len(desk.rows()) <= MOST
        assert seen == [f"call.call-{number}" for number in range(400)]
        state = desk.stores.calls.state
        assert not state.more and state.above.calls + len(desk.rows()) == 400
        for _ in range(30):
            await desk.scroll(100, extent)
            extent -= 800
            assert len(desk.rows()) <= MOST
        assert desk.rows()[0] == "call.call-0" and desk.stores.calls.state.above.calls == 0
        assert desk.stores.calls.state.days[0].begins


async def test_each_length_of_the_list_moves_it_once(visit: Visit) -> None:
    async with visit(count=200) as desk:
        for _ in range(5):
            await desk.scroll(1_990, 2_000)
        assert len(desk.rows()) == 36


async def test_what_is_above_is_counted_as_it_was_drawn(visit: Visit) -> None:
    async with visit(count=400) as desk:
        extent = 2_000.0
        starts = [eg.NOW - timedelta(hours=number + 1) for number in range(400)]
        days = [start.astimezone(eg.ZONE).date() for start in starts]
        for _ in range(12):
            await desk.scroll(extent - 10, extent)
            extent += 800
            state = desk.stores.calls.state
            assert state.above.days == len(set(days[: state.above.calls]))
            first = days[state.above.calls]
            assert state.days[0].day == first and state.days[0].begins is (first not in days[: state.above.calls])


async def test_while_it_is_read_a_search_says_so(visit: Visit) -> None:
    async with visit() as desk:
        await desk.db.write(lambda conn: call_index.put_left(conn, 1_200))
        await desk.app.window.type("calls.search", "balayage")
        assert desk.app.window.says("1,200 more calls are being read")
        await desk.db.write(lambda conn: conn.execute("DELETE FROM meta WHERE k = 'call_index_left'"))
        await desk.app.window.type("calls.search", "balayage ")
        assert desk.app.window.says("What was said is being read on this device")


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/calls?said=a%20b&employee=jade", CallQuestion(text="a b", which=CallFilter(employee_id="jade"))),  # type: ignore[arg-type]
        ("/calls?outcome=unknown&from=yesterday&to=&flagged=yes", CallQuestion()),
        ("/calls?%00=1&said=%F0", CallQuestion(text="\ufffd")),
    ],
)
def test_what_an_address_asks(address: str, route: CallQuestion) -> None:
    assert parse(address) == Route(place=Place.CALLS, asked=route)


def test_an_address_is_read_as_it_was_written() -> None:
    asked = CallQuestion(text="50% off & more?", which=CallFilter(outcome=Outcome.SPAM, flagged=True))
    route = Route(place=Place.CALLS, call_id=CallId("x"), asked=asked)
    assert parse(str(route)) == route
    assert route.parent == Route(place=Place.CALLS, asked=asked)
