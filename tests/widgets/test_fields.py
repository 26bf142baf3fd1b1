"""Fields: what is typed stays typed, whatever is drawn in the meantime."""

import flet as ft

from tests.harness import Harness
from widgets.component import component
from widgets.fields import field


class Note(ft.Observable):
    """`beside`: something else on the same screen that changes."""

    def __init__(self) -> None:
        self.text = ""
        self.beside = 0
        self.name = "note"


@component
def page(note: Note) -> ft.Control:
    def keep(text: str) -> None:
        note.text = text

    return ft.Column([ft.Text(f"{note.beside}"), field(note.name, "Note", note.text, keep)])


def shown(window: Harness, name: str = "note") -> str:
    box = window.keyed(name)
    assert isinstance(box, ft.TextField)
    return box.value


async def test_a_letter_that_came_while_the_one_before_was_drawn_stays() -> None:
    note = Note()
    async with Harness() as window:
        await window.render(page, note)
        await window.type("note", "m")
        window.puts_in("note", "ma")
        before = len(window.sent)
        note.beside = 1
        await window.settle()
        assert window.says("1") and shown(window) == "ma", "its handler is told in a moment"
        assert len(window.sent) == before + 1
        await window.type("note", "ma")
        assert (note.text, shown(window)) == ("ma", "ma")


async def test_what_the_app_puts_in_or_takes_out_is_shown() -> None:
    note = Note()
    async with Harness() as window:
        await window.render(page, note)
        await window.type("note", "Offer Thursday")
        note.text = ""
        await window.settle()
        assert shown(window) == ""
        window.puts_in("note", "a")
        note.beside = 1
        await window.settle()
        assert shown(window) == "a"
        note.text = "Thursday at ten"
        await window.settle()
        assert shown(window) == "Thursday at ten"


async def test_a_handler_that_keeps_less_has_the_last_word() -> None:
    @component
    def short(note: Note) -> ft.Control:
        def keep(text: str) -> None:
            note.text = text[:3]

        return field("note", "Note", note.text, keep)

    note = Note()
    async with Harness() as window:
        await window.render(short, note)
        await window.type("note", "abcd")
        assert shown(window) == "abc"


async def test_another_box_in_the_same_place_begins_with_its_own_text() -> None:
    @component
    def alone(note: Note) -> ft.Control:
        return ft.Container(field(note.name, "Note", note.text, lambda text: setattr(note, "text", text)))

    for screen in (page, alone):
        note = Note()
        async with Harness() as window:
            await window.render(screen, note)
            await window.type("note", "m")
            window.puts_in("note", "ma")
            note.name = "other"
            await window.settle()
            assert shown(window, "other") == "m"


async def test_a_box_stays_the_same_when_something_comes_above_it() -> None:
    @component
    def growing(note: Note) -> ft.Control:
        above = [ft.Text(f"found {n}") for n in range(note.beside)]
        boxes = [field(name, name, note.text, lambda text: setattr(note, "text", text)) for name in ("a", "b")]
        return ft.Column([boxes[0], *above, boxes[1]])

    note = Note()
    async with Harness() as window:
        await window.render(growing, note)
        box = window.keyed("b")._i
        note.beside = 2
        await window.settle()
        assert window.says("found 1") and window.keyed("b")._i == box, "with it goes the keyboard"
