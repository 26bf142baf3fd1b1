"""The app as an owner uses it: moving about, the keyboard, the data's age, a figure's rows, this device."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import flet as ft
import pytest

from client.models.link import LinkState, Thrift, Trouble
from client.state.command import Asking
from client.state.outbox import WaitingState
from client.state.preferences import Appearance
from screens.app import mount
from screens.routes import Route, parse
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, HandClock
from tests.harness import Harness
from tests.screens import scenes
from tests.screens.conftest import CALL, Open, open_call
from widgets.scaffold import Place

# --- moving about -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/today", Route()),
        ("", Route()),
        ("/nonsense/x", Route()),
        ("/calls", Route(place=Place.CALLS)),
        ("/calls/abc-1?from=alert", Route(place=Place.CALLS, call_id="abc-1")),
        ("/calls/../../etc", Route(place=Place.CALLS)),
        ("/bookings/2025-11-24", Route(place=Place.BOOKINGS, day=eg.TODAY)),
        ("/bookings/2025-13-99", Route(place=Place.BOOKINGS)),
        ("/bookings/2025-11-24/b1", Route(place=Place.BOOKINGS, day=eg.TODAY, booking_id="b1")),
        ("/more", Route(place=Place.MORE)),
    ],
)
def test_addresses(address: str, route: Route) -> None:
    assert parse(address) == route
    assert parse(str(route)) == route


async def test_the_bar_leads_everywhere_and_the_address_follows(open_app: Open) -> None:
    async with open_app() as app:
        for place in ("calls", "bookings", "more", "today"):
            await app.window.tap(f"nav.{place}")
            assert app.window.page.route == f"/{place}"
            assert app.window.named(f"nav.{place}").selected is True


async def test_a_call_is_pushed_on_a_phone_and_back_leads_to_the_list(open_app: Open) -> None:
    async with open_app(open_call, route="/calls") as app:
        await app.window.tap("live.call-live")
        assert app.window.page.route == CALL
        assert app.window.find("nav.calls") is not None, "the list stays under it"
        await app.window.tap("back")
        assert app.window.page.route == "/calls"
        assert app.window.find("call.whisper") is None


async def test_the_system_s_back_leads_to_the_parent(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        await app.window.fire(app.window.page, "view_pop", {"route": CALL})
        assert app.stores.router.route == Route(place=Place.CALLS)
        await app.window.arrive(CALL)
        assert app.stores.router.route.call_id == "call-live"


async def test_on_a_desktop_the_call_stands_beside_the_list(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, width=1440, height=900) as app:
        assert app.window.find("call.call-booked") is not None
        assert app.window.find("call.whisper") is not None
        assert app.window.says("Why this call is marked".upper())
        await app.window.resize(390, 844)
        assert app.window.find("back") is not None


async def test_keys(open_app: Open) -> None:
    async with open_app(open_call, route="/today", width=1440, height=900) as app:
        press = app.window.press_key
        await press("G")
        await press("C")
        assert app.stores.router.route.place is Place.CALLS
        await press("J")
        assert app.stores.router.route.call_id == "call-live"
        await press("J")
        assert app.stores.router.route.call_id == "call-calm"
        await press("K")
        assert app.stores.router.route.call_id == "call-live"
        await press("Escape")
        assert app.stores.router.route.call_id is None
        await press("?")
        assert app.window.says("Keyboard")
        assert not any(app.window.says(arrow) for arrow in "↓↑→←"), "not every device's font has them"
        await press("Escape")
        assert app.stores.panel.state.panel == ""
        await press("G")
        app.hand.go(5)
        await press("B")
        assert app.stores.router.route.place is Place.CALLS, "G had waited too long"


async def test_letters_are_text_while_somebody_types(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, width=1440, height=900) as app:
        await app.window.fire(app.window.keyed("call.whisper"), "focus")
        await app.window.press_key("G")
        await app.window.press_key("T")
        assert app.stores.router.route.call_id == "call-live"
        await app.window.fire(app.window.keyed("call.whisper"), "blur")
        app.hand.go(2)
        await app.window.press_key("T")
        assert app.stores.command.state.asking == Asking.TAKE_OVER


async def test_the_rest_of_a_word_is_no_command_when_the_box_loses_the_keyboard_in_it(open_app: Open) -> None:
    """As a browser does it to a box that moves about in what it reads aloud."""
    async with open_app(open_call, route=CALL, width=1440, height=900) as app:
        await app.window.fire(app.window.keyed("call.whisper"), "focus")
        await app.window.press_key("H")
        await app.window.fire(app.window.keyed("call.whisper"), "blur")
        for letter in "OTN":
            app.hand.go(0.6)
            await app.window.press_key(letter)
        assert app.stores.command.state.asking is None and not app.stores.router.route.over
        await app.window.press_key("Escape")
        await app.window.press_key("O")
        assert app.stores.router.route.over == "outbox", "a key that is no letter ends the word"


async def test_the_bar_of_the_running_call_is_on_every_place(open_app: Open) -> None:
    async with open_app(open_call) as app:
        for place in ("today", "calls", "bookings", "more"):
            await app.window.tap(f"nav.{place}")
            assert app.window.find("live_bar") is not None
        await app.window.tap("live_bar")
        assert app.stores.router.route.call_id == "call-live"


async def test_timers_run_and_stop_with_the_call(open_app: Open) -> None:
    async with open_app(open_call) as app:
        assert app.window.says("2:14")
        app.hand.go(1)
        await app.window.settle()
        assert app.window.says("2:15")
        scenes.live(app.stores, [])
        await app.window.settle()
        assert app.window.find("live_bar") is None
        before = len(app.window.sent)
        app.hand.go(1)
        await app.window.settle()
        assert len(app.window.sent) == before, "nothing runs, so nothing is painted"


async def test_a_timer_stands_where_the_connection_was_lost_and_goes_on_with_it(open_app: Open) -> None:
    async with open_app(open_call) as app:
        lost = eg.link(LinkState.OFFLINE, as_of=app.stores.ticks.server_now(), trouble=Trouble.UNREACHABLE)
        app.stores.link.show(lost)
        app.hand.go(70)
        await app.window.settle()
        assert app.window.says("2:14") and not app.window.says("3:24"), "nobody here knows whether it still runs"
        app.stores.link.show(eg.link())
        await app.window.settle()
        assert app.window.says("3:24")


# --- how old the data is ----------------------------------------------------------------------------------------------


async def test_the_strip_says_how_old_the_data_is_and_announces_it_once(open_app: Open) -> None:
    async with open_app() as app:
        assert app.window.find("strip") is None
        link = eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE)
        app.stores.waiting.state = WaitingState(waiting=2, ready=True)
        for listener in list(app.runtime.listeners):
            listener.link_changed(link)
        await app.window.settle()
        strip = app.window.named("strip")
        assert strip.label == "Offline · data from 08:41 · 2 changes waiting"
        assert strip.live_region is True
        sent = len(app.window.sent)
        for listener in list(app.runtime.listeners):
            listener.link_changed(replace(link, retry_at=eg.NOW))
        await app.window.settle()
        assert len(app.window.sent) == sent, "the same words are not said again"


async def test_nothing_is_said_of_calls_before_they_have_arrived(open_app: Open) -> None:
    quiet = "No call right now"
    async with open_app(scenes.filling) as app:
        assert not app.window.says(quiet)
        app.stores.today.state = replace(app.stores.today.state, ready=True)
        await app.window.settle()
        assert app.window.says(quiet)


async def test_coming_back_paints_what_changed_meanwhile(open_app: Open) -> None:
    async with open_app() as app:
        before = app.stores.window.state.epoch
        await app.window.fire(app.window.page, "connect")
        assert app.stores.window.state.epoch == before + 1
        await app.window.fire(app.window.page, "app_lifecycle_state_change", {"state": "resume"})
        assert app.runtime.kicks == 1


async def test_who_brings_the_data_hears_when_nobody_looks(open_app: Open) -> None:
    async with open_app() as app:
        for state, seen in (("inactive", True), ("hide", False), ("pause", False), ("show", True), ("resume", True)):
            await app.window.fire(app.window.page, "app_lifecycle_state_change", {"state": state})
            assert app.runtime.seen is seen
        assert app.runtime.kicks == 2


async def test_who_brings_the_data_hears_by_what_the_device_is_connected(open_app: Open) -> None:
    async with open_app() as app:
        network = app.window.service(ft.Connectivity)
        for ways, thrift, kicks in (
            (["wifi"], None, 0),
            (["mobile"], Thrift.METERED, 0),
            (["mobile", "wifi"], None, 0),
            (["none"], None, 0),
            (["mobile", "vpn"], Thrift.METERED, 1),
            ([], None, 1),
            (["ethernet"], None, 2),
        ):
            await app.window.fire(network, "change", {"connectivity": ways})
            assert (app.runtime.thrift, app.runtime.kicks) == (thrift, kicks), ways


@contextlib.asynccontextmanager
async def a_device(**more: Any) -> AsyncIterator[tuple[Harness, FakeRuntime]]:
    async with Harness(route="/today", **more) as window:
        stores = scenes.build()
        scenes.full(stores)
        await window.run(lambda page: mount(page, stores))
        assert isinstance(stores.runtime, FakeRuntime)
        yield window, stores.runtime
        await stores.runtime.api.aclose()


async def test_a_device_that_starts_without_a_network_or_on_a_costly_one_is_known_at_once() -> None:
    for ways, thrift in ((["mobile"], Thrift.METERED), (["none"], None)):
        async with a_device(replies={"get_connectivity": ways}) as (window, runtime):
            assert (runtime.thrift, runtime.kicks) == (thrift, 0)
            await window.fire(window.service(ft.Connectivity), "change", {"connectivity": ["wifi"]})
            assert (runtime.thrift, runtime.kicks) == (None, int(not thrift))


async def test_who_brings_the_data_spares_the_battery_of_a_phone() -> None:
    says: dict[str, Any] = {
        "is_in_battery_save_mode": False,
        "get_battery_state": "discharging",
        "get_battery_level": 20,
    }
    async with a_device(replies=says, platform="android", web=False) as (window, runtime):
        assert runtime.thrift is Thrift.LOW_BATTERY
        for news, thrift in (
            ({"get_battery_level": 21}, None),
            ({"is_in_battery_save_mode": True}, Thrift.LOW_BATTERY),
            ({"is_in_battery_save_mode": False, "get_battery_level": None}, None),
            ({"get_battery_level": 3}, Thrift.LOW_BATTERY),
        ):
            says |= news
            await window.fire(window.page, "app_lifecycle_state_change", {"state": "resume"})
            assert runtime.thrift is thrift, says
        for state, thrift in (("charging", None), ("discharging", Thrift.LOW_BATTERY)):
            says["get_battery_state"] = state
            await window.fire(window.service(ft.Battery), "state_change", {"state": state})
            assert runtime.thrift is thrift
        await window.fire(window.service(ft.Connectivity), "change", {"connectivity": ["mobile"]})
        assert runtime.thrift is Thrift.METERED, "what the owner can do something about comes first"


async def test_the_battery_of_a_computer_is_not_asked_for() -> None:
    async with a_device(replies={"is_in_battery_save_mode": True}) as (window, runtime):
        assert runtime.thrift is None
        assert not any(name == "is_in_battery_save_mode" for name, _ in window.calls)


# --- where a figure comes from ----------------------------------------------------------------------------------------


async def test_a_figure_opens_to_its_rows_and_a_row_to_its_call(open_app: Open) -> None:
    async with open_app() as app:
        await app.window.tap("figure.missed.info")
        assert app.window.says("incoming calls that nobody answered")
        assert app.window.says("1 of 7 calls")
        await app.window.tap("provenance.copy")
        name, arguments = next(call for call in app.window.calls if call[0] == "set")
        assert name == "set" and "call-missed" in str(arguments)
        assert app.window.says("Copied")
        await app.window.tap("provenance.save")
        file = next(arguments for name, arguments in app.window.calls if name == "save_file")
        assert file["file_name"] == "missed-calls-2025-11-24.csv"
        assert b"call-missed" in file["src_bytes"]
        assert app.window.says("Saved")
        await app.window.tap("evidence.call-missed")
        await app.window.settle()
        assert app.stores.router.route.call_id == "call-missed"
        assert app.stores.panel.state.panel == ""


# --- this device ------------------------------------------------------------------------------------------------------


async def test_appearance_and_language_are_chosen_at_once(open_app: Open) -> None:
    async with open_app(route="/more") as app:
        await app.window.tap("appearance.dark")
        assert app.window.page.theme_mode is ft.ThemeMode.DARK
        assert app.stores.preferences.state.appearance is Appearance.DARK
        await app.window.tap("language.es")
        assert app.window.says("Hoy") and app.window.says("Cerrar sesión")
        await app.window.tap("hours.12")
        await app.window.tap("nav.today")
        assert app.window.says("1:30 PM")
        kept = [arguments for name, arguments in app.window.calls if name == "set"]
        assert {"key": "chatty.language", "value": "es"} in kept


async def test_two_windows_of_one_runtime_do_not_share_what_they_show() -> None:
    from screens.app import mount

    async with Harness(route="/today") as one, Harness(route="/calls") as other:
        first = scenes.build()
        second = Stores.build(first.runtime)
        for stores in (first, second):
            scenes.full(stores)
        await one.run(lambda page: mount(page, first))
        await other.run(lambda page: mount(page, second))
        assert first.router.route != second.router.route


async def test_a_client_that_leaves_during_the_start_finds_the_app_when_it_comes_back() -> None:
    """A reload at the wrong moment: Flet gives the new page the session whose start had no client."""
    hand = HandClock()
    async with Harness(route="/today") as window:
        stores = scenes.build(hand.clock())
        scenes.full(stores)
        await window.drop()
        await window.run(lambda page: mount(page, stores))
        await window.come_back()
        assert "nav.today" in window.identifiers()
        await stores.runtime.api.aclose()


@pytest.mark.parametrize(("width", "side_by_side"), [(1240, 2), (1359, 2), (1360, 4), (1440, 4)])
async def test_figures_stand_four_in_a_row_where_there_is_room(open_app: Open, width: float, side_by_side: int) -> None:
    async with open_app(scenes.full, width=width, height=900) as app:
        cells = [row.controls[::2] for row in app.window.all(ft.Row) if row.intrinsic_height]
        assert [len(each) for each in cells if len(each) in (2, 4)][:1] == [side_by_side]
