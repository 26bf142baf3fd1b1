"""What lies over a place takes the keys, whatever has the keyboard; and letters are a word's while it is typed."""

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import flet as ft
import pytest

from client.state.command import Asking
from screens.overs import SHEETS
from screens.stores import Stores
from screens.window import ABOUT_CALL, BLOCK, BUSINESSES, CALL_FILTER, KEYS_PANEL, SUGGESTIONS, TASK, TURN
from tests.harness import Harness
from tests.screens import ahead_scenes, calendar_scenes, changes, leaving_scenes, scenes
from tests.screens.conftest import CALL, Open, open_call
from tests.screens.test_large_text import grow
from tests.screens.test_leads import leads
from widgets.scaffold import Place

ROOT = Path(__file__).parents[2]
DESKTOP = {"width": 1440.0, "height": 900.0}
PHONE = {"width": 390.0, "height": 844.0}


def panel(name: str, fill: Callable[[Stores], None] = scenes.full) -> Callable[[Stores], None]:
    def opened(stores: Stores) -> None:
        fill(stores)
        stores.panel.open(name)

    return opened


def asks(question: str, fill: Callable[[Stores], None]) -> Callable[[Stores], None]:
    def opened(stores: Stores) -> None:
        fill(stores)
        stores.command.ask(question)

    return opened


OVER: dict[str, tuple[str, Callable[[Stores], None]]] = {
    "the keys": ("/today", panel(KEYS_PANEL)),
    "the businesses": ("/today", panel(BUSINESSES)),
    "a figure's rows": ("/today", scenes.figure),
    "what narrows the calls": ("/calls", panel(CALL_FILTER)),
    "about a call": (CALL, panel(ABOUT_CALL, open_call)),
    "the rules of suggestions": (CALL, panel(SUGGESTIONS, open_call)),
    "a task of a call": ("/calls/call-booked", panel(f"{TURN}.{TASK}", scenes.promised)),
    "blocking a number": ("/calls/call-booked", panel(BLOCK, scenes.promised)),
    "taking over": (CALL, asks(Asking.TAKE_OVER, open_call)),
    "handing back": (CALL, asks(Asking.HAND_BACK, scenes.human)),
    "ending": (CALL, asks(Asking.END, open_call)),
    "the outbox": ("/outbox", changes.outbox),
    "a clash": ("/conflicts/3", changes.conflict),
    "whether a client is told": ("/today", changes.asking),
    "signing out": ("/more", leaving_scenes.unsent),
    "a file on its way in": ("/more/calendars", calendar_scenes.opened),
    "a file that cannot be read": ("/more/calendars", calendar_scenes.refused),
    "a forecast's record": ("/ahead", ahead_scenes.opened("forecast.bookings_week")),
    "what a finding rests on": ("/ahead", ahead_scenes.opened("pattern.churn.c-Rosa-Lind")),
}


def lying_over(window: Harness) -> list[ft.DialogControl]:
    return [each for each in window.page._dialogs.controls if each.open]


@pytest.mark.parametrize("what", OVER)
async def test_letters_are_no_commands_while_something_lies_over_the_place(open_app: Open, what: str) -> None:
    route, fill = OVER[what]
    async with open_app(fill, route=route, **DESKTOP) as app:
        (dialog,) = lying_over(app.window)
        where, named = app.stores.router.route, app.stores.panel.state.panel
        for key in "GCGTNOUTWMDJK?/":
            await app.window.press_key(key)
        await app.window.press_key("Z", ctrl=True)
        assert (app.stores.router.route, app.stores.panel.state.panel) == (where, named)
        assert len(lying_over(app.window)) == 1
        await app.window.fire(dialog, "dismiss")
        assert lying_over(app.window) == [] and not app.stores.focus.covered
        await app.window.press_keys("GF")
        assert app.stores.router.route.place is Place.FIGURES, "and letters are commands again"


@pytest.mark.parametrize("what", OVER)
async def test_escape_closes_what_lies_over_and_goes_nowhere(open_app: Open, what: str) -> None:
    route, fill = OVER[what]
    async with open_app(fill, route=route, **DESKTOP) as app:
        (dialog,) = lying_over(app.window)
        under = replace(app.stores.router.route, over="")
        await app.window.press_key("Escape")
        assert lying_over(app.window) == []
        # The client closes it at the same key, and says so when it has left the screen.
        await app.window.fire(dialog, "dismiss")
        assert app.stores.router.route == under


async def test_word_that_a_question_is_gone_leaves_the_next_one(open_app: Open) -> None:
    async with open_app(asks(Asking.HAND_BACK, scenes.human), route=CALL, **DESKTOP) as app:
        (hand_back,) = lying_over(app.window)
        await app.window.tap("ask.no")
        app.stores.command.ask(Asking.END)
        await app.window.settle()
        await app.window.fire(hand_back, "dismiss")
        assert app.stores.command.state.asking == Asking.END and app.window.find("ask.yes") is not None


async def test_behind_the_form_of_another_business_nothing_is_done(open_app: Open) -> None:
    def adding(stores: Stores) -> None:
        scenes.full(stores)
        stores.session.state = replace(stores.session.state, adding=True)

    async with open_app(adding, **DESKTOP) as app:
        where = app.stores.router.route
        await app.window.press_keys("NORA")
        await app.window.press_key("Escape")
        assert app.stores.router.route == where
        await app.window.tap("sign_in.back")
        await app.window.press_keys("GC")
        assert app.stores.router.route.place is Place.CALLS


# --- boxes ------------------------------------------------------------------------------------------------------------
async def test_the_keyboard_goes_from_box_to_box_in_whatever_order_a_client_says_so(
    open_app: Open, tmp_path: Path
) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-noor", **DESKTOP) as app:
        notes, value = app.window.keyed("lead.notes"), app.window.keyed("leads.search")
        await app.window.fire(notes, "focus")
        await app.window.fire(value, "focus")
        await app.window.fire(notes, "blur")
        app.hand.go(2)
        await app.window.press_keys("GC")
        assert app.stores.router.route.place is Place.LEADS
        await app.window.fire(value, "blur")
        app.hand.go(2)
        await app.window.press_keys("GC")
        assert app.stores.router.route.place is Place.CALLS


async def test_a_word_goes_on_after_a_letter_was_taken_back(open_app: Open, tmp_path: Path) -> None:
    """The browser has taken the keyboard from the box in the middle of it."""
    async with leads(open_app, tmp_path, "/leads", **DESKTOP) as app:
        box = app.window.keyed("leads.search")
        await app.window.fire(box, "focus")
        await app.window.press_key("M")
        await app.window.fire(box, "blur")
        for key in ("Backspace", "N", "O"):
            await app.window.press_key(key)
        assert app.stores.router.route.place is Place.LEADS and not app.stores.router.route.page
        app.hand.go(2)
        await app.window.press_key("N")
        assert app.stores.router.route.page == "new", "and keys are keys again"


def test_all_that_lies_over_a_place_is_laid_there_by_one_hook() -> None:
    lays = re.compile(r"\buse_dialog\(")
    files = [path for folder in ("screens", "widgets") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in files if lays.search(path.read_text("utf-8"))] == ["over.py"]


async def test_what_is_opened_before_the_first_frame_is_there_opens_then(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, SHEETS)
    monkeypatch.setattr("screens.window.PAINTED_S", 0.01)
    async with open_app(panel(KEYS_PANEL)) as app:
        assert app.window.find("panel.close") is None
        await grow(app.window, 1.0)
        async with asyncio.timeout(5):
            while app.window.find("panel.close") is None:
                await asyncio.sleep(0.01)
                await app.window.settle()
        assert SHEETS in sys.modules
