"""A call opened at one of its lines: mounted, marked, brought on screen, and let go of."""

from dataclasses import replace

import flet as ft

from client.models.calls import Speaker
from client.models.ids import CallId, TurnId
from screens.seeking import AGAIN_S, MOST, SIGHT
from screens.stores import Stores
from tests import example_data as eg
from tests.harness import text_of
from tests.screens import scenes
from tests.screens.conftest import App, Open

LONG = tuple(eg.turn(i, f"line {i}", Speaker.CALLER if i % 2 else Speaker.ASSISTANT) for i in range(300))
FAR = "/calls/call-live?at=t-150&said=line+150"


def over(stores: Stores) -> None:
    scenes.full(stores)
    scenes.call(stores, replace(eg.PAST[0], call_id=CallId("call-live")), LONG)


def sent(app: App) -> list[object]:
    asked = [arguments["scroll_key"] for name, arguments in app.window.calls if name == "scroll_to"]
    return [key for key in asked if key is not None]


async def moves(app: App, *, by_owner: bool = False) -> None:
    place = {"pixels": 400.0, "min_scroll_extent": 0.0, "max_scroll_extent": 9000.0, "viewport_dimension": 600.0}
    kind = {"event_type": "user", "direction": "reverse"} if by_owner else {"event_type": "update", "scroll_delta": 9.0}
    await app.window.fire(app.window.keyed("transcript.list"), "scroll", place | kind)


async def pass_time(app: App, times: int = 1) -> None:
    for _ in range(times):
        app.hand.go(AGAIN_S)
        await app.window.settle()


def marked(app: App) -> list[str]:
    """What is said to be found in a line."""
    spans = [span for text in app.window.all(ft.Text) for span in text.spans or []]
    return [span.text or "" for span in spans if span.style and span.style.bgcolor]


async def test_the_line_is_mounted_marked_and_led_by_the_one_before_it(open_app: Open) -> None:
    async with open_app(over, route=FAR) as app:
        texts = app.window.texts()
        assert "line 150" in texts and texts.index("Found here") == texts.index("line 150") + 1
        assert marked(app) == ["line", "150"]
        shown = [(type(c).__name__, text_of(c)) for c in app.window.controls() if isinstance(c, ft.Text)]
        assert ("Text", "line 149") in shown
        anchors = [c for c in app.window.controls() if isinstance(c.key, ft.ScrollKey)]
        assert [anchor.key.value for anchor in anchors] == [SIGHT]


async def test_it_is_asked_for_until_the_list_has_moved_and_stands_still(open_app: Open) -> None:
    async with open_app(over, route=FAR) as app:
        assert sent(app) == [SIGHT]
        await pass_time(app, 3)
        assert len(sent(app)) == 4, "the client is still laying the list out"
        await moves(app)
        await pass_time(app)
        assert len(sent(app)) == 5, "it may have moved to where the line was before"
        await pass_time(app, 5)
        assert len(sent(app)) == 5
        listing = app.window.keyed("transcript.list")
        assert isinstance(listing, ft.ListView) and listing.cache_extent is None


async def test_a_line_that_is_on_screen_already_is_asked_for_a_while(open_app: Open) -> None:
    async with open_app(over, route=FAR) as app:
        await pass_time(app, MOST + 5)
        assert len(sent(app)) == MOST


async def test_the_owners_own_hand_ends_it(open_app: Open) -> None:
    async with open_app(over, route=FAR) as app:
        await pass_time(app)
        before = len(sent(app))
        await moves(app, by_owner=True)
        await pass_time(app, 4)
        assert len(sent(app)) == before


async def test_a_line_that_comes_later_is_waited_for(open_app: Open) -> None:
    def early(stores: Stores) -> None:
        scenes.full(stores)
        scenes.call(stores, replace(eg.PAST[0], call_id=CallId("call-live")), LONG[:40])

    async with open_app(early, route=FAR) as app:
        assert sent(app) == [] and not app.window.says("Found here")
        app.stores.transcript.show_turns(LONG, live=False)
        await app.window.settle()
        assert sent(app) == [SIGHT] and app.window.says("Found here")


async def test_another_line_of_the_same_call_takes_the_mark(open_app: Open) -> None:
    async with open_app(over, route=FAR, width=1440, height=900) as app:
        await pass_time(app, MOST)
        before = len(sent(app))
        app.stores.transcript.point_at(TurnId("t-20"), "line 20")
        await app.window.settle()
        assert marked(app) == ["line", "20"] and len(sent(app)) == before + 1
        assert app.window.texts().count("Found here") == 1


async def test_without_a_line_a_call_begins_at_its_first(open_app: Open) -> None:
    async with open_app(over, route="/calls/call-live") as app:
        assert "line 0" in app.window.texts() and sent(app) == [] and marked(app) == []
