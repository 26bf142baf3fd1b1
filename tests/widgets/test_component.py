"""The guards: a render or a handler that raises never takes the window down."""

import asyncio
import logging
import re
from pathlib import Path

import flet as ft
import pytest

from tests.harness import Harness
from widgets.component import component, effect, handler, keyed, memoized, reuse, see, views_component
from widgets.strings import ENGLISH, Words

ROOT = Path(__file__).parents[2]


class Flag(ft.Observable):
    def __init__(self) -> None:
        self.up = False
        self.renders = 0


@component
def fragile(words: Words, flag: Flag) -> ft.Control:
    del words
    if flag.up:
        raise ValueError("boom")
    return ft.Text("whole")


@component
def both(words: Words, flag: Flag, other: Flag) -> ft.Control:
    return ft.Column([fragile(words, flag), counter(other)])


@component
def counter(flag: Flag) -> ft.Control:
    return ft.Text(f"count {flag.renders}")


async def test_a_raising_render_draws_a_card_and_recovers(caplog: pytest.LogCaptureFixture) -> None:
    flag, other = Flag(), Flag()
    async with Harness() as window:
        await window.render(both, ENGLISH, flag, other)
        assert window.says("whole")
        with caplog.at_level(logging.CRITICAL):
            flag.up = True
            await window.settle()
        assert window.says("This part could not be drawn. The rest works.")
        assert not window.says("whole")
        other.renders = 7
        await window.settle()
        assert window.says("count 7"), "the scheduler of the window is dead"
        flag.up = False
        await window.settle()
        assert window.says("whole")


async def test_a_raising_first_render_draws_a_card_in_the_words_given() -> None:
    flag = Flag()
    flag.up = True
    spanish = Words(language="es", zone=ENGLISH.zone)
    async with Harness() as window:
        await window.render(fragile, spanish, flag)
        assert window.says("Esta parte no se pudo dibujar.")


@views_component
def broken_app() -> list[ft.View]:
    raise ValueError("boom")


async def test_a_raising_app_still_has_a_view() -> None:
    async with Harness() as window:
        window.page.render_views(broken_app)
        await window.settle()
        assert window.says("This part could not be drawn.")


async def test_a_raising_handler_says_so_and_the_window_lives() -> None:
    def bad() -> None:
        raise ValueError("boom")

    async def bad_later() -> None:
        raise ValueError("boom")

    @component
    def view() -> ft.Control:
        return ft.Column(
            [
                ft.TextButton("a", key="a", on_click=handler(bad)),
                ft.TextButton("b", key="b", on_click=handler(bad_later)),
                ft.TextButton("c", key="c", on_click=handler(lambda: bad_later())),
            ]
        )

    async with Harness() as window:
        await window.render(view)
        for key in ("a", "b", "c"):
            await window.fire(window.keyed(key), "click")
            await asyncio.to_thread(lambda: None)
            await window.settle()
        assert sum(said == "That did not work. Nothing was lost." for said in window.texts()) == 3


async def test_a_raising_effect_says_so_and_the_window_lives() -> None:
    tidied: list[str] = []

    def bad() -> None:
        raise ValueError("boom")

    async def bad_later() -> None:
        raise ValueError("boom")

    def bad_end(which: str) -> None:
        tidied.append(which)
        raise ValueError("boom")

    @component
    def view(flag: Flag) -> ft.Control:
        effect(bad, [flag.renders], cleanup=lambda: bad_end("first"))
        effect(bad_later, [flag.renders], cleanup=lambda: bad_end("second"))
        return ft.Text(f"count {flag.renders}")

    flag = Flag()
    async with Harness() as window:
        await window.render(view, flag)
        await window.settle()
        said = "That did not work. Nothing was lost."
        assert window.texts().count(said) == 2
        flag.renders = 1
        await window.settle()
        assert window.says("count 1")
        assert tidied == ["first", "second"]
        assert window.texts().count(said) == 6, "both, their ends, and both again"


async def test_an_effect_runs_again_when_what_it_depends_on_changed_and_stops_at_its_end() -> None:
    seen: list[object] = []
    forever = asyncio.Event()

    async def wait(number: int) -> None:
        seen.append(number)
        try:
            await forever.wait()
        except asyncio.CancelledError:
            seen.append("stopped")
            raise

    @component
    def view(flag: Flag, other: Flag) -> ft.Control:
        number = flag.renders

        async def setup() -> None:
            await wait(number)

        effect(setup, [number])
        return ft.Text(f"{number} {other.renders}")

    flag, other = Flag(), Flag()
    async with Harness() as window:
        await window.render(view, flag, other)
        await window.settle()
        other.renders = 1
        await window.settle()
        assert seen == [0]
        flag.renders = 2
        await window.settle()
        assert seen == [0, "stopped", 2]


async def test_a_handler_may_take_the_event_or_leave_it() -> None:
    got: list[object] = []
    handler(lambda: got.append("none"))(object())
    handler(lambda e: got.append(e))("event")
    assert got == ["none", "event"]


async def test_a_memoized_component_renders_again_for_its_store_alone() -> None:
    seen: list[int] = []

    @memoized
    def leaf(flag: Flag, name: str) -> ft.Control:
        seen.append(see(flag).renders)
        return ft.Text(name)

    @component
    def root(flag: Flag, outer: Flag) -> ft.Control:
        return ft.Column([keyed("leaf", leaf, flag, "same"), ft.Text(str(outer.renders))])

    flag, outer = Flag(), Flag()
    async with Harness() as window:
        await window.render(root, flag, outer)
        outer.renders = 1
        await window.settle()
        assert window.says("1")
        assert seen == [0], "nothing it shows has changed"
        flag.renders = 5
        await window.settle()
        assert seen == [0, 5]


async def test_a_kept_child_is_the_same_object_and_still_repaints_for_its_store() -> None:
    made: list[ft.Control] = []

    @component
    def leaf(flag: Flag, name: str) -> ft.Control:
        return ft.Text(f"{name} {see(flag).renders}")

    @component
    def root(flag: Flag, outer: Flag) -> ft.Control:
        child = reuse()
        made.append(child("first", leaf, flag, "first"))
        names = ["first"] if outer.up else ["first", "second"]
        last = [child(f"leaf-{name}", leaf, flag, name) for name in names]
        return ft.Column([made[-1], ft.Text(f"outer {outer.renders}"), *last, child("end", leaf, flag, f"{outer.up}")])

    flag, outer = Flag(), Flag()
    async with Harness() as window:
        await window.render(root, flag, outer)
        for number in (1, 2):
            outer.renders = number
            await window.settle()
        assert made[0] is made[1] is made[2]
        flag.renders = 7
        await window.settle()
        assert window.says("second 7") and window.says("False 7")
        outer.up = True
        await window.settle()
        assert not window.says("second 7") and window.says("True 7")
        outer.up, flag.renders = False, 8
        await window.settle()
        assert window.says("second 8") and window.says("first 8")


def test_flet_s_own_decorators_are_used_in_one_place() -> None:
    pattern = re.compile(
        r"@ft\.component|\bft\.component\(|\bft\.memo\(|\buse_effect\b|\bon_(un)?mounted\(|from flet import"
    )
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("widgets", "screens", "client", "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in ("component.py", "test_component.py") and pattern.search(path.read_text("utf-8"))
    ]
    assert guilty == []
