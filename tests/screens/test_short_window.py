"""An open call on a small phone, or on one held crosswise: its words come before what stands around them."""

import flet as ft
import pytest

from tests.harness import Harness, key_of
from tests.screens import scenes
from tests.screens.conftest import CALL, Open, open_call
from tests.screens.flaws import flaws
from tests.screens.test_large_text import grow

SHORT = {"crosswise": (844.0, 390.0), "small": (320.0, 568.0)}
sizes = pytest.mark.parametrize(("width", "height"), SHORT.values(), ids=SHORT)


def above(window: Harness, key: str) -> list[int]:
    """The rows around a control."""
    (node,) = [node for node in window.nodes() if key_of(node.control) == key]
    return [id(each) for each in node.above if isinstance(each, ft.Row)]


def on_top(window: Harness, key: str) -> int:
    """How many controls with this key the view on top has."""
    top = [each for node in window.nodes() for each in node.above if isinstance(each, ft.View)][-1]
    return sum(key_of(node.control) == key and any(each is top for each in node.above) for node in window.nodes())


@sizes
async def test_nothing_covers_what_can_be_done(open_app: Open, width: float, height: float) -> None:
    async with open_app(open_call, route=CALL, width=width, height=height) as app:
        find = app.window.find
        assert find("call.take_over") and find("call.end") and find("call.whisper") and find("call.about")
        assert on_top(app.window, "live_bar") == on_top(app.window, "kept_strip") == 0
        assert find("action.fold") and not find("action.why")
        assert flaws(app.window) == []
        await grow(app.window, 2.0)
        assert flaws(app.window) == []


@sizes
async def test_the_suggestions_are_behind_one_button(open_app: Open, width: float, height: float) -> None:
    async with open_app(open_call, route=CALL, width=width, height=height) as app:
        whisper = app.window.keyed("call.whisper")._i  # pyright: ignore
        assert app.window.named("action.fold").expanded is False and app.window.says("Suggested · 3")
        await app.window.tap("action.fold")
        assert app.window.named("action.fold").expanded is True
        await app.window.tap("action.offer_slot")
        assert app.stores.command.state.draft == "Please offer 15:30."
        await app.window.tap("action.fold")
        assert app.window.find("action.offer_slot") is None
        assert app.window.keyed("call.whisper")._i == whisper  # pyright: ignore


async def test_crosswise_all_of_the_hand_is_one_row(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, width=844, height=390) as app:
        rows = [set(above(app.window, key)) for key in ("call.whisper", "call.take_over", "call.end", "action.fold")]
        assert set.intersection(*rows)


async def test_crosswise_a_call_that_one_has_is_handed_back_in_one_row(open_app: Open) -> None:
    async with open_app(scenes.human, route=CALL, width=844, height=390) as app:
        rows = [set(above(app.window, key)) for key in ("call.say", "call.hand_back", "call.end")]
        assert set.intersection(*rows) and flaws(app.window) == []


async def test_in_a_high_window_all_is_there(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        assert app.window.find("action.why") and app.window.find("action.fold") is None
        assert on_top(app.window, "live_bar") == on_top(app.window, "kept_strip") == 1


async def test_a_call_that_is_over_says_how_the_data_stands(open_app: Open) -> None:
    async with open_app(scenes.ended, route="/calls/call-booked", width=844, height=390) as app:
        assert on_top(app.window, "kept_strip") == 1
        assert flaws(app.window) == []


async def test_a_keyboard_that_takes_half_of_the_window_leaves_the_box_where_it_is(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        before = [app.window.keyed(key)._i for key in ("call.whisper", "call.take_over.touch")]  # pyright: ignore
        await app.window.type("call.whisper", "Offer")
        for height in (480, 844):
            await app.window.resize(390, height)
            assert app.stores.command.state.draft == "Offer" and (app.window.find("action.fold") is None) == (
                height == 844
            )
            assert [app.window.keyed(key)._i for key in ("call.whisper", "call.take_over.touch")] == before  # pyright: ignore
