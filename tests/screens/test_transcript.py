"""The words of a call: what is mounted, what follows, and what a changed word costs."""

import time
from dataclasses import replace

import pytest

from client.models.calls import PartialTurn, Speaker, Turn
from client.models.ids import CallId, TurnId
from client.state.transcript import CHUNK, CHUNKS_SHOWN
from screens.stores import Stores
from tests import example_data as eg
from tests.pace import slowness
from tests.screens import scenes
from tests.screens.conftest import CALL, App, Open

LONG = tuple(eg.turn(i, f"line {i}", Speaker.CALLER if i % 2 else Speaker.ASSISTANT) for i in range(500))


def long_call(stores: Stores) -> None:
    scenes.full(stores)
    scenes.call(stores, turns=LONG, partial=False)


def partial(index: int, text: str) -> PartialTurn:
    turn_id = TurnId(f"t-{index}")
    return PartialTurn(
        call_id=CallId("call-live"), turn_id=turn_id, index=index, speaker=Speaker.CALLER, name=None, text=text
    )


def lines(app: App) -> list[str]:
    return [said for said in app.window.texts() if said.startswith("line ")]


async def scroll(app: App, *, to_end: bool) -> None:
    at = {"pixels": 1000.0 if to_end else 400.0, "scroll_delta": 1.0 if to_end else -20.0}
    event = {"event_type": "update", "min_scroll_extent": 0.0, "max_scroll_extent": 1000.0, "viewport_dimension": 600.0}
    await app.window.fire(app.window.keyed("transcript.list"), "scroll", {**event, **at})


async def test_at_most_a_hundred_lines_are_mounted_and_the_rest_can_be_reached(open_app: Open) -> None:
    async with open_app(long_call, route=CALL) as app:
        assert lines(app)[-1] == "line 499"
        assert len(lines(app)) == CHUNK * CHUNKS_SHOWN
        assert app.window.says("Show earlier · 400 lines")
        await app.window.tap("transcript.earlier")
        assert lines(app)[-1] == "line 459"
        assert len(lines(app)) == CHUNK * CHUNKS_SHOWN
        for _ in range(12):
            if app.window.find("transcript.earlier"):
                await app.window.tap("transcript.earlier")
        assert lines(app)[0] == "line 0"
        while app.window.find("transcript.later"):
            await app.window.tap("transcript.later")
        assert lines(app)[-1] == "line 499"


async def test_words_grow_in_place_and_become_the_turn(open_app: Open) -> None:
    async with open_app(long_call, route=CALL) as app:
        for text in ("My", "My booking", "My booking was"):
            app.stores.transcript.show_partials((partial(500, text),))
            await app.window.settle()
            assert app.window.says(f"{text}…")
        count = len(lines(app))
        app.stores.transcript.show_turns((*LONG, eg.turn(500, "My booking was moved.")), live=True)
        await app.window.settle()
        assert app.window.says("My booking was moved.")
        assert not app.window.says("My booking was…")
        assert len(lines(app)) in (count, count - CHUNK)


async def test_the_newest_is_followed_at_the_end_alone(open_app: Open) -> None:
    async with open_app(long_call, route=CALL) as app:

        def scrolls() -> int:
            return sum(name == "scroll_to" for name, _ in app.window.calls)

        before = scrolls()
        app.stores.transcript.show_turns((*LONG, eg.turn(500, "line 500")), live=True)
        await app.window.settle()
        assert scrolls() == before + 1
        await scroll(app, to_end=False)
        app.stores.transcript.show_turns((*LONG, *(eg.turn(i, f"line {i}") for i in range(500, 504))), live=True)
        await app.window.settle()
        assert scrolls() == before + 1, "the owner reads above"
        assert app.window.says("3 new")
        await app.window.tap("transcript.newest")
        assert lines(app)[-1] == "line 503"
        assert app.window.find("transcript.newest") is None
        assert scrolls() == before + 2


async def test_scrolling_back_to_the_end_follows_again(open_app: Open) -> None:
    async with open_app(long_call, route=CALL) as app:
        await scroll(app, to_end=False)
        assert app.stores.transcript.state.following is False
        await scroll(app, to_end=True)
        assert app.stores.transcript.state.following is True


async def test_words_not_received_are_a_gap(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        scenes.call(stores, turns=(LONG[0], LONG[3]), partial=False)

    async with open_app(fill, route=CALL) as app:
        assert app.window.says("— 18 s not received —")


async def test_words_that_were_not_heard_clearly_are_marked(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        out_of_bounds = ((2, 6), (4, 8), (50, 900))
        scenes.call(stores, turns=(eg.turn(0, "a very unclear line", low_confidence=out_of_bounds),), partial=False)

    async with open_app(fill, route=CALL) as app:
        assert app.window.says("a very unclear line")


async def test_a_call_that_is_over_is_read_from_its_beginning(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        scenes.call(stores, replace(eg.PAST[0], call_id=CallId("call-live")), LONG)

    async with open_app(fill, route=CALL) as app:
        assert lines(app)[0] == "line 0"
        assert app.window.find("transcript.newest") is None


async def test_a_changed_line_paints_that_line_alone(open_app: Open) -> None:
    async with open_app(long_call, route=CALL) as app:
        sent = len(app.window.sent)
        app.stores.transcript.show_turns((*LONG[:-1], replace(LONG[-1], text="line 499, longer")), live=True)
        await app.window.settle()
        patches = app.window.sent[sent:]
        assert app.window.says("line 499, longer")
        assert sum(patches) < 600


@pytest.mark.slow
async def test_a_changed_line_of_five_hundred_costs_little(open_app: Open) -> None:
    """At most 2 ms of the app's own time; the best of several runs, because the machine is shared."""
    async with open_app(long_call, route=CALL) as app:
        costs: list[float] = []
        for i in range(40):
            turns: tuple[Turn, ...] = (*LONG[:-1], replace(LONG[-1], text=f"line 499 {'x' * i}"))
            began = time.process_time()
            app.stores.transcript.show_turns(turns, live=True)
            for _ in range(6):
                await _turn_of_the_loop()
            costs.append(time.process_time() - began)
        assert sorted(costs)[10] < 0.002 * slowness(), [round(c * 1000, 2) for c in sorted(costs)]


async def _turn_of_the_loop() -> None:
    import asyncio

    await asyncio.sleep(0)
