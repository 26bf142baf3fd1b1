"""The bar after an edit: it says what was done, offers the way back on every place, and moves only where it may."""

from dataclasses import replace

import flet as ft
import pytest

from client.editing import Why
from client.models.link import Trouble
from client.state.edits import UNDO_S, EditState, Refusal
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import changes
from tests.screens.conftest import CALL, App, Open, open_call
from widgets.refusals import refusal_sentence, trouble_sentence
from widgets.strings import Words


def said(app: App) -> str:
    return app.window.named("undo.said").label or ""


def shares(app: App) -> list[float]:
    """Of the time, as long as the lines for it are; nothing may move them but a second that went by."""
    assert not any(box.animate_scale for box in app.window.all(ft.Container) if box.height == 2)
    scales = [box.scale for box in app.window.all(ft.Container) if box.height == 2]
    return [scale.scale_x for scale in scales if isinstance(scale, ft.Scale)]


async def test_it_says_what_was_done_politely_and_offers_the_way_back(open_app: Open) -> None:
    async with open_app(changes.done) as app:
        assert said(app) == "Moved Maria Gómez to Tue 16:30. Maria will be told when it is sent."
        assert app.window.named("undo.said").live_region is True
        assert app.window.named("undo").label == f"Undo: {said(app)}"


async def test_several_stand_as_one(open_app: Open) -> None:
    async with open_app(lambda s: changes.done(s, changes.MOVED, changes.MOVED, changes.MOVED)) as app:
        assert said(app) == "3 changes"
        assert app.window.says("Undo all")


async def test_it_survives_going_elsewhere(open_app: Open) -> None:
    def over_a_call(stores: Stores) -> None:
        open_call(stores)
        changes.done(stores)

    async with open_app(over_a_call) as app:
        for place in ("calls", "bookings", "more"):
            await app.window.tap(f"nav.{place}")
            assert app.window.find("undo") is not None
        await app.window.arrive(CALL)
        assert len([i for i in app.window.identifiers() if i == "undo"]) == 1, "over what was pushed, not under it too"


async def test_a_line_shortens_with_the_time_unless_the_owner_wants_stillness(open_app: Open) -> None:
    def just_done(stores: Stores) -> None:
        changes.done(stores)
        stores.edits._until = stores.runtime.clock.monotonic() + UNDO_S

    async with open_app(just_done) as app:
        assert shares(app) == [1.0]
        for second in (1, 2, 3):
            app.hand.go(1)
            await app.window.settle()
            assert shares(app) == [pytest.approx(1 - second / 10)]
        app.stores.window.keep_still()
        await app.window.settle()
        assert shares(app) == []
        assert app.window.find("undo") is not None


async def test_the_key_undoes_and_what_was_undone_is_said(open_app: Open) -> None:
    async with open_app(changes.done, width=1440, height=900) as app:
        await app.window.press_key("U")
        await app.window.settle()
        # There is no database here: what counts is that the key asked.
        assert app.stores.edits.state.refusal is not None
        app.stores.edits.state = EditState(undone=(replace(changes.MOVED, channel=None),))
        await app.window.settle()
        assert said(app) == "Undone: Moved Maria Gómez to Tue 16:30"
        assert app.window.find("undo") is None


async def test_a_refusal_says_why_and_stays_until_it_is_closed(open_app: Open) -> None:
    async with open_app(changes.refused) as app:
        assert said(app) == "Luis has Jun Ortiz then, 15:00 – 15:30."
        app.hand.go(60)
        await app.window.settle()
        assert said(app)
        await app.window.tap("undo.close")
        assert app.window.find("undo.said") is None


async def test_a_refusal_that_a_form_shows_is_not_shown_twice(open_app: Open) -> None:
    def by_a_form(stores: Stores) -> None:
        changes.refused(stores)
        stores.edits.state = EditState(refusal=Refusal(why=Why.PAST, place="form"))

    async with open_app(by_a_form) as app:
        assert app.window.find("undo.said") is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_refusal_has_its_sentence(language: str) -> None:
    words = Words(language=language, zone=eg.ZONE)
    for why in Why:
        assert refusal_sentence(words, why, None, eg.NOW)
    for trouble in Trouble:
        assert trouble_sentence(words, trouble)


async def test_before_what_a_client_was_told_of_is_undone_it_asks(open_app: Open) -> None:
    async with open_app(changes.asking) as app:
        assert app.window.keyed("undo.ask.yes").disabled is True
        await app.window.tap("undo.tell.sms")
        assert app.window.keyed("undo.ask.yes").disabled is False
        await app.window.type("undo.tell.text", "Two o'clock again.")
        assert app.stores.edits.state.asking is not None
        assert app.stores.edits.state.asking.draft.text == "Two o'clock again."
        await app.window.press_key("Escape")
        assert app.stores.edits.state.asking is None
        assert app.stores.edits.state.done, "it can still be undone"
