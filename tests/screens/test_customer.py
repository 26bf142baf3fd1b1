"""Clients on screen over a real database: found by letters or digits, opened from bookings and calls, one timeline."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from client.editing import BookingChange, change_booking
from client.models.bookings import BookingStatus
from client.models.ids import BookingId, CallId, CustomerId
from client.models.link import LinkState, Trouble
from client.state.customer import PAGE
from client.state.search import MOST
from client.storage.database import Database
from screens.routes import Route, parse
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.salon import MARIA, TOMORROW
from tests.screens.test_large_text import grow
from tests.state.conftest import ms, put_call
from tests.storage.rows import put
from widgets.scaffold import Place

ADDRESS = "/customers/c-maria"
DESKTOP = {"width": 1440.0, "height": 900.0}
PHONE = {"width": 390.0, "height": 844.0}
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
CALLED = CallId("call-maria")


@dataclass(frozen=True, slots=True, kw_only=True)
class Salon:
    app: App
    db: Database

    def says(self, part: str) -> bool:
        return self.app.window.says(part)

    @property
    def route(self) -> Route:
        return self.app.stores.router.route

    async def search(self, text: str) -> None:
        await self.app.window.type("search.box", text)

    def found(self, kind: str) -> list[str]:
        start = f"search.{kind}."
        return [i.removeprefix(start) for i in self.app.window.identifiers() if i.startswith(start)]

    def timeline(self) -> list[str]:
        """The lines that lead somewhere, as they are spoken."""
        return [
            s.label or ""
            for s in self.app.window.all(ft.Semantics)
            if (s.identifier or "").startswith("customer.event.")
        ]

    async def write(self, fill: Any) -> None:
        await self.db.write(fill)
        await self.app.window.settle()


def she_called(conn: sqlite3.Connection) -> None:
    """Maria has called yesterday, and was sent a text."""
    at = eg.NOW - timedelta(days=1)
    put_call(
        conn,
        replace(eg.PAST[0], call_id=CALLED, started_at=at, answered_at=at, ended_at=at, summary="Asks for Tuesday."),
    )
    conn.execute("UPDATE calls SET customer_id = 'c-maria' WHERE id = ?", (CALLED,))
    put(
        conn,
        "messages",
        {
            **{"id": "m-1", "customer_id": "c-maria", "booking_id": MARIA.booking_id, "channel": "sms"},
            **{"text": "See you on Tuesday.", "state": "sent", "sent_at": ms(eg.NOW), "sent_by": "luna"},
            **{"version": 1, "gen": 1},
        },
    )


Visit = AbstractAsyncContextManager[Salon]


@asynccontextmanager
async def visit(open_app: Open, folder: Path, route: str, **size: float) -> AsyncIterator[Salon]:
    kept: list[Database] = []
    async with open_app(lambda stores: kept.append(salon.open_salon(stores, folder)), route=route, **size) as app:
        await kept[0].write(she_called)
        await app.window.settle()
        yield Salon(app=app, db=kept[0])
        kept[0].close()


# --- the client -------------------------------------------------------------------------------------------------------
@SIZES
async def test_who_it_is_what_comes_what_was_and_everything_so_far(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **size) as shop:
        assert shop.says("Maria Gómez") and shop.says("since 2024")
        assert shop.app.window.named("customer.figure.visits").label == "Visits: 0"
        assert shop.app.window.find("customer.figure.spent") is None, "what is to come is not spent"
        assert shop.says("+1 415 555 0142") and shop.says("maria@example.com")
        assert shop.says("Next booking") and shop.says("Tue 25 Nov 14:00")
        assert shop.says("None on this device")
        booking, call = shop.timeline()
        assert booking == "Tue 25 Nov 14:00, Colour and cut, Confirmed"
        assert call.startswith("Sun 23 Nov 12:41, Call · Booked, Asks for Tuesday.")
        assert shop.says("See you on Tuesday.")
        assert flaws(shop.app.window) == []


async def test_it_leads_to_the_booking_and_to_the_call_and_back(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **PHONE) as shop:
        await shop.app.window.tap("customer.next")
        assert shop.route == Route(place=Place.BOOKINGS, day=TOMORROW, booking_id=MARIA.booking_id)
        await shop.app.window.tap("booking.customer")
        assert shop.route.customer_id == "c-maria" and shop.app.window.page.route == ADDRESS
        await shop.app.window.tap("back")
        assert shop.route.booking_id == MARIA.booking_id and shop.route.customer_id is None
        await shop.app.window.tap("booking.customer")
        await shop.app.window.tap("customer.event.2")
        assert shop.route == Route(place=Place.CALLS, call_id=CALLED)


async def test_from_a_call_it_stands_beside_the_call_on_a_desktop(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, f"/calls/{CALLED}", **DESKTOP) as shop:
        await shop.app.window.tap("call.customer")
        assert shop.route == Route(place=Place.CALLS, call_id=CALLED, customer_id=CustomerId("c-maria"))
        assert shop.says("EVERYTHING SO FAR")
        await shop.app.window.press_key("Escape")
        assert shop.route == Route(place=Place.CALLS, call_id=CALLED)


async def test_the_telephone_and_the_post_get_number_and_address_alone(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **PHONE) as shop:
        await shop.write(
            lambda conn: conn.execute(
                "UPDATE customers SET phone = '+1 (415) 555-0142;x', email = 'a b?cc=x@y.z' WHERE id = 'c-maria'"
            )
        )
        shop.app.window.page.platform = ft.PagePlatform.IOS
        await shop.app.window.tap("customer.call")
        await shop.app.window.tap("customer.email")
        asked = [str(arguments) for name, arguments in shop.app.window.calls if name == "launch_url"]
        assert "tel:+14155550142'" in asked[0] and "mailto:a%20b%3Fcc%3Dx@y.z" in asked[1]


async def test_what_the_owner_changed_is_in_the_timeline_at_once(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **PHONE) as shop:
        salon.move_maria(shop.db)
        await shop.app.window.settle()
        assert shop.says("Moved Maria Gómez to Tue 15:00") and shop.says("by you, on this device")
        assert shop.says("Confirmed · Waiting")


async def test_three_thousand_bookings_come_page_by_page_there_and_back(open_app: Open, tmp_path: Path) -> None:
    weeks = 3_000

    def years(conn: sqlite3.Connection) -> None:
        for week in range(weeks):
            starts_at = MARIA.starts_at - timedelta(days=week + 7)
            past = replace(
                MARIA, booking_id=f"b-past-{week}", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
            )  # type: ignore[arg-type]
            salon.put_whole(conn, past)

    async with visit(open_app, tmp_path, ADDRESS, **DESKTOP) as shop:
        await shop.write(years)
        window = shop.app.window
        assert shop.says("Tue 18 Nov 14:00"), "the last one"
        newest = shop.timeline()
        assert len(newest) == PAGE - 1, "one of the page is a message, which leads nowhere"
        await window.tap("customer.earlier")
        assert len(shop.timeline()) == PAGE and shop.timeline() != newest
        await window.tap("customer.later")
        assert shop.timeline() == newest and window.find("customer.later") is None

        store = shop.app.stores.customer
        seen = [event.key for event in store.state.events]
        while store.state.more:
            store.earlier()
            assert 0 < len(store.state.events) <= PAGE
            seen += [event.key for event in store.state.events]
        assert len(seen) == len(set(seen)) == weeks + 3, "each once: with the next one, the call and the message"
        await window.settle()
        assert window.find("customer.earlier") is None and len(shop.timeline()) == len(store.state.events)
        assert flaws(window) == []


def came(conn: sqlite3.Connection) -> None:
    """She has been there three times and stayed away once; one of the visits was refunded."""
    for week, (status, payment) in enumerate(
        [("completed", "paid"), ("completed", "refunded"), ("no_show", "pending"), ("completed", "paid")]
    ):
        starts_at = MARIA.starts_at - timedelta(weeks=week + 1)
        past = replace(MARIA, booking_id=BookingId(f"b-past-{week}"), starts_at=starts_at)
        salon.put_whole(conn, replace(past, status=BookingStatus(status), payment_status=payment))


@SIZES
async def test_a_client_s_figures_open_down_to_the_bookings(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **size) as shop:
        await shop.write(came)
        window = shop.app.window
        said = [window.named(f"customer.figure.{which}").label for which in ("visits", "spent", "no_shows")]
        assert said == ["Visits: 3", "Spent: $280", "No-shows: 1"]
        await window.tap("customer.figure.spent")
        assert shop.says("2 of 5 bookings") and shop.says("1 no-show, 1 not completed yet, 1 refunded booking")
        assert flaws(window) == []
        await window.tap("provenance.save")
        file = next(arguments for name, arguments in window.calls if name == "save_file")
        assert file["file_name"].startswith("spent-") and file["src_bytes"].count(b",true,Completed,14000") == 2
        await window.tap("evidence.b-past-3")
        assert shop.route.booking_id == "b-past-3"
        assert shop.app.stores.customer.state.figure is None, "nothing is read for a sheet that is shut"


async def test_a_client_s_figures_follow_an_edit_without_a_signal(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **PHONE) as shop:
        await shop.write(came)
        await shop.app.window.tap("customer.figure.no_shows")
        change = BookingChange(status=BookingStatus.NO_SHOW)
        await shop.write(lambda conn: change_booking(conn, BookingId("b-past-0"), change, tell=None, now=eg.NOW))
        assert shop.says("2 of 5 bookings")
        await shop.app.window.tap("provenance.close")
        said = [shop.app.window.named(f"customer.figure.{which}").label for which in ("visits", "spent", "no_shows")]
        assert said == ["Visits: 2", "Spent: $140", "No-shows: 2"]


@SIZES
async def test_what_stands_of_the_client_in_a_call_leads_to_their_page(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with visit(open_app, tmp_path, f"/calls/{CALLED}", **size) as shop:
        await shop.write(came)
        wide = size is DESKTOP
        named = shop.app.window.named("call.customer" if wide else "call.client")
        assert "3 visits" in (named.label or "")
        await shop.app.window.tap("call.customer" if wide else "call.client")
        assert shop.route.customer_id == "c-maria" and shop.app.window.find("customer.figure.visits") is not None


async def test_nobody_of_that_id(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/customers/nobody", **PHONE) as shop:
        assert shop.says("This client is not on this device.")


# --- search -----------------------------------------------------------------------------------------------------------
@SIZES
async def test_some_letters_find_clients_and_bookings(open_app: Open, tmp_path: Path, size: dict[str, float]) -> None:
    async with visit(open_app, tmp_path, "/bookings", **size) as shop:
        await shop.app.window.tap("bookings.search")
        assert str(shop.route) == "/bookings/search"
        assert shop.says("It works without a connection.")
        await shop.search("gom")
        assert shop.found("customer") == ["c-maria"]
        assert MARIA.booking_id in shop.found("booking")
        assert flaws(shop.app.window) == []
        await shop.app.window.tap("search.customer.c-maria")
        assert shop.says("EVERYTHING SO FAR")
        close = "customer.close" if size is DESKTOP else "back"
        await shop.app.window.tap(close)
        assert str(shop.route) == "/bookings/search" and shop.found("customer") == ["c-maria"], "what was typed is kept"
        await shop.app.window.tap(f"search.booking.{MARIA.booking_id}")
        assert (shop.route.day, shop.route.booking_id) == (TOMORROW, MARIA.booking_id)


async def test_digits_find_a_number_however_it_is_written(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **PHONE) as shop:
        await shop.search("555-0142")
        assert shop.found("customer") == ["c-maria"]


async def test_nothing_is_found_in_words_and_said_politely(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **PHONE) as shop:
        await shop.search("xyzzy")
        assert shop.says("Nothing is called “xyzzy” here.")
        assert any(s.live_region for s in shop.app.window.all(ft.Semantics))
        await shop.search("   ")
        assert shop.says("It works without a connection."), "blanks look for nothing"


@pytest.mark.parametrize(
    "text", [eg.HUGE, eg.MARKUP, eg.ARABIC, eg.EMOJI, "%_*?[", "'; DROP TABLE bookings;--", "\x00"]
)
async def test_whatever_is_typed_is_looked_for_and_nothing_else_happens(
    open_app: Open, tmp_path: Path, text: str
) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **PHONE) as shop:
        await shop.search(text)
        assert not shop.says("This part could not be drawn")
        assert shop.found("customer") == []
        await shop.search("Maria")
        assert shop.found("customer") == ["c-maria"]


async def test_offline_it_says_how_old_what_it_knows_is(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **PHONE) as shop:
        shop.app.stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE))
        await shop.search("Maria")
        assert shop.found("customer") == ["c-maria"]
        assert shop.says("Searched on this device, which knows everything until 08:41.")


async def test_of_very_many_the_first_are_shown_and_that_there_are_more(open_app: Open, tmp_path: Path) -> None:
    def crowd(conn: sqlite3.Connection) -> None:
        for n in range(1000, 1300):
            salon.put_customer(conn, replace(eg.CUSTOMER, customer_id=CustomerId(f"c-{n}"), name=f"Smith {n}"))

    async with visit(open_app, tmp_path, "/bookings/search", **DESKTOP) as shop:
        await shop.write(crowd)
        await shop.search("smi")
        assert len(shop.found("customer")) == MOST
        assert shop.says(f"There are more; these are the first {MOST}.")
        await shop.search("smith 1299")
        assert shop.found("customer") == ["c-1299"] and not shop.says("There are more")


async def test_while_the_first_sync_runs_it_says_that_some_may_be_missing(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **PHONE) as shop:
        await shop.write(lambda conn: conn.execute("UPDATE streams SET complete = 0, ccursor = NULL"))
        await shop.search("Maria")
        assert shop.says("The first sync still runs")


async def test_what_arrives_while_it_is_open_is_found(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **PHONE) as shop:
        await shop.search("zelda")
        assert shop.found("customer") == []
        zelda = replace(eg.CUSTOMER, customer_id=CustomerId("c-z"), name="Zelda Fitz")
        await shop.write(lambda conn: salon.put_customer(conn, zelda))
        assert shop.found("customer") == ["c-z"]


async def test_the_slash_opens_it_and_goes_to_its_box(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/today", **DESKTOP) as shop:
        await shop.app.window.press_key("/")
        assert str(shop.route) == "/bookings/search"
        before = len([c for c in shop.app.window.calls if c[0] == "focus"])
        await shop.app.window.press_key("/")
        assert len([c for c in shop.app.window.calls if c[0] == "focus"]) == before + 1
        await shop.app.window.fire(shop.app.window.keyed("search.box"), "focus")
        await shop.app.window.press_key("n")
        assert str(shop.route) == "/bookings/search", "what is typed is no shortcut"
        await shop.app.window.press_key("Escape")
        assert str(shop.route) == "/bookings"
        await shop.app.window.press_key("n")
        assert str(shop.route).endswith("/new"), "and keys are keys again"


async def test_control_and_k_open_it_too_but_not_from_a_text(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/today", **DESKTOP) as shop:
        await shop.app.window.press_key("K", ctrl=True)
        assert str(shop.route) == "/bookings/search"
        await shop.app.window.press_key("Escape")
        await shop.app.window.press_key("?")
        assert shop.app.window.says("Ctrl+K")
        await shop.app.window.press_key("K", ctrl=True)
        assert str(shop.route) == "/bookings", "something lies over it"


async def test_what_is_typed_before_the_keyboard_is_there_is_looked_for_too(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/today", **DESKTOP) as shop:
        await shop.app.window.press_keys("/MA")
        assert str(shop.route) == "/bookings/search" and shop.found("customer") == ["c-maria"]
        assert shop.app.stores.search.state.text == "ma"
        await shop.app.window.press_keys("/N")
        assert shop.app.stores.search.state.text == "n", "as in a box that is given the keyboard with its text selected"
        await shop.app.window.press_key("Escape")
        await shop.app.window.press_key("N")
        assert str(shop.route).endswith("/new"), "and keys are keys again"


async def test_on_its_way_elsewhere_nothing_is_typed(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/today", **DESKTOP) as shop:
        shop.app.stores.focus.sets_out()
        await shop.app.window.tap("nav.bookings")
        await shop.app.window.press_keys("GC")
        assert str(shop.route) == "/calls"


async def test_the_button_brings_the_keyboard_back_to_the_box_of_an_open_search(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/bookings/search", **DESKTOP) as shop:
        before = len([c for c in shop.app.window.calls if c[0] == "focus"])
        await shop.app.window.tap("bookings.search")
        assert len([c for c in shop.app.window.calls if c[0] == "focus"]) == before + 1
        assert str(shop.route) == "/bookings/search"


async def test_with_large_text_nothing_is_cut(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, ADDRESS, **PHONE) as shop:
        await grow(shop.app.window, 2.0)
        assert shop.says("EVERYTHING SO FAR") and flaws(shop.app.window) == []


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/customers/c-1", Route(place=Place.BOOKINGS, customer_id=CustomerId("c-1"))),
        ("/customers/../x", Route()),
        ("/bookings/search", Route(place=Place.BOOKINGS, page="search")),
    ],
)
def test_addresses(address: str, route: Route) -> None:
    assert parse(address) == route
    assert parse(str(route)) == route
