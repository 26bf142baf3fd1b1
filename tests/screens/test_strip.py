"""How the data stands is said in a place of its own, which stays as high whatever is said: nothing moves below it."""

from dataclasses import replace

import flet as ft
import pytest

from client.models.link import Filling, LinkState, LinkStatus, Thrift, Trouble
from client.state.outbox import WaitingState
from screens.stores import Stores
from tests import example_data as eg
from tests.harness import Harness, Node, key_of, text_of
from tests.screens import scenes
from tests.screens.conftest import App, Open, open_call
from tests.screens.flaws import flaws
from tests.screens.test_large_text import grow
from widgets.link_strip import LINES, strip_height
from widgets.theme import TARGET_TOUCH

PLACES = (
    *("/today", "/calls", "/calls/call-live", "/bookings", "/leads", "/team", "/figures", "/ahead", "/activity"),
    *("/review", "/aside", "/more", "/more/calendars"),
)
OFFLINE = eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE)
LINKS = (
    eg.link(),
    OFFLINE,
    eg.link(LinkState.CONNECTING, as_of=eg.at("08:41")),
    eg.link(LinkState.CONNECTING, filling=Filling(done=1200, total=500_000, usable=True)),
    *(eg.link(filling=Filling(done=1200, total=500_000, usable=True, waits=why)) for why in Thrift),
    eg.link(LinkState.SIGNED_OUT),
    eg.link(LinkState.STANDBY),
    *(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=trouble) for trouble in Trouble),
)
WAITING = (WaitingState(ready=True), WaitingState(waiting=2, ready=True), WaitingState(waiting=1, stuck=1, ready=True))


def kept(window: Harness) -> Node:
    """Of the view on top."""
    return [node for node in window.nodes() if key_of(node.control) == "kept_strip"][-1]


def shown(window: Harness) -> list[ft.Text]:
    place = kept(window).control
    return [node.control for node in window.nodes() if place in node.above and isinstance(node.control, ft.Text)]


async def stands(app: App, link: LinkStatus, waiting: WaitingState) -> None:
    app.stores.link.show(link)
    app.stores.waiting.state = waiting
    await app.window.settle()


def stays(app: App, scale: float = 1.0) -> None:
    """As high as it always is, outside of what scrolls, with no more lines than it has room for."""
    node = kept(app.window)
    assert isinstance(node.control, ft.Container) and node.control.height == strip_height(scale)
    assert not any(isinstance(each, ft.ListView) or getattr(each, "scroll", None) for each in node.above)
    assert all(text.max_lines and text.max_lines <= LINES for text in shown(app.window))


@pytest.mark.parametrize("language", ["en", "es"])
async def test_its_place_is_as_high_whatever_it_says(open_app: Open, language: str) -> None:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        stores.window.speaks(language)

    async with open_app(fill, route="/aside") as app:
        for scale in (1.0, 2.0):
            await grow(app.window, scale)
            for link in LINKS:
                for waiting in WAITING:
                    await stands(app, link, waiting)
                    stays(app, scale)


@pytest.mark.parametrize("place", PLACES)
async def test_so_it_is_in_every_place(open_app: Open, place: str) -> None:
    async with open_app(open_call if place.startswith("/calls/") else scenes.full, route=place) as app:
        for link, waiting in ((LINKS[0], WAITING[0]), (OFFLINE, WAITING[0]), (OFFLINE, WAITING[1])):
            await stands(app, link, waiting)
            stays(app)


def test_its_place_has_room_for_a_thumb_and_for_two_lines_of_any_text() -> None:
    assert strip_height(1.0) == TARGET_TOUCH
    for scale in (1.0, 1.3, 1.6, 2.0):
        assert strip_height(scale) >= LINES * 13 * 1.2 * scale + 4


async def test_how_old_the_data_is_stands_there_with_what_waits(open_app: Open) -> None:
    async with open_app(route="/review") as app:
        assert [text_of(text) for text in shown(app.window)] == ["Updated 12:41"]
        await stands(app, OFFLINE, WAITING[0])
        assert [text_of(text) for text in shown(app.window)] == ["Offline · data from 08:41"]
        await stands(app, OFFLINE, WAITING[1])
        (said,) = shown(app.window)
        assert text_of(said) == "Offline · data from 08:41 · 2\N{NO-BREAK SPACE}waiting"
        assert said.tooltip and app.window.named("strip").label == "Offline · data from 08:41 · 2 changes waiting"
        await stands(app, replace(eg.link(), as_of=eg.at("08:41")), WAITING[2])
        assert [text_of(text) for text in shown(app.window)] == ["Can't sync 1".replace(" ", "\N{NO-BREAK SPACE}")]
        assert flaws(app.window) == []


async def test_all_of_its_place_leads_to_what_waits(open_app: Open) -> None:
    async with open_app(route="/review") as app:
        await stands(app, OFFLINE, WAITING[1])
        button = app.window.keyed("strip.open")
        above = next(node.above for node in app.window.nodes() if node.control is button)
        assert all(getattr(each, "alignment", None) is None for each in above[above.index(kept(app.window).control) :])
        await app.window.tap("strip.open")
        assert app.stores.router.route.over == "outbox"
