"""What is done to controls before they are drawn: the same that Flet itself does."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import flet as ft
import pytest
from flet.controls import object_patch
from flet.controls.base_control import BaseControl

from tests.harness import Harness
from widgets.preparing import _prepared, prepare_sparingly

Prepare = Callable[..., Iterator[Any]]


def flets_own() -> Prepare:
    """Of a copy of its module in which nothing was put in the place of anything."""
    spec = importlib.util.spec_from_file_location("object_patch_untouched", object_patch.__file__)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.DiffBuilder._configure_dataclass


@dataclass
class Tray:
    """No control itself: what is in it belongs to the control around it."""

    cup: ft.Control
    saucers: list[ft.Control] = field(default_factory=list)
    spoon: ft.Control | None = None


@ft.control("Table")
class Table(ft.Control):
    tray: Tray | None = None
    trays: dict[str, Tray] = field(default_factory=dict)
    beside: tuple[int, ...] = ()


def laid() -> ft.View:
    table = Table(
        tray=Tray(ft.Text("tea"), [ft.Text("a"), ft.Icon(ft.Icons.ADD)]),
        trays={"second": Tray(ft.Text("coffee"), spoon=ft.Text("sugar"))},
    )
    row = ft.Row([ft.Text("x", spans=[ft.TextSpan("y", ft.TextStyle(size=3))]), ft.TextField(prefix=ft.Text("+"))])
    row.spacing = 3
    button = ft.TextButton(content="go", style=ft.ButtonStyle(padding=ft.Padding.all(3), side=ft.BorderSide(1)))
    bar = ft.AppBar(title=ft.Text("title"), actions=[ft.PopupMenuButton(items=[ft.PopupMenuItem(content="one")])])
    boxed = ft.Container(row, border=ft.Border.all(1), badge=ft.Badge(label="3"), tooltip=ft.Tooltip(message="why"))
    return ft.View(route="/", controls=[boxed, button, table, ft.Stack([ft.Column([ft.Divider()])])], appbar=bar)


class Builder:
    def __init__(self, prepare: Prepare) -> None:
        self.control_cls = BaseControl
        self._configure_dataclass: Prepare = lambda *about: prepare(self, *about)


def seen(prepare: Prepare, *, frozen: bool = False, only_setattr: bool = False) -> list[tuple[Any, ...]]:
    """Each control with what is around it, and how it was left."""
    found = list(prepare(Builder(prepare), laid(), None, frozen, only_setattr))
    kinds = {id(each): f"{type(each).__name__} {number}" for number, each in enumerate(found)}
    return [
        (
            kinds[id(each)],
            kinds.get(id(each._parent())) if getattr(each, "_parent", None) else None,
            getattr(each, "_frozen", None),
            getattr(each, "_initialized", None),
            dict(each._dirty),
        )
        for each in found
    ]


@pytest.mark.parametrize("how", [{}, {"frozen": True}, {"only_setattr": True}], ids=str)
def test_the_same_controls_are_found_in_the_same_order_and_left_the_same(how: dict[str, bool]) -> None:
    assert seen(_prepared, **how) == seen(flets_own(), **how)


def test_what_is_no_control_notes_its_changes() -> None:
    tray = Tray(ft.Text("tea"))
    assert len(list(_prepared(Builder(_prepared), tray, None, False))) == 1
    tray.spoon = ft.Text("sugar")
    assert "spoon" in getattr(tray, "__changes")


async def test_a_window_is_drawn_with_it() -> None:
    prepare_sparingly()
    async with Harness() as window:
        window.page.add(ft.Container(ft.Text("drawn")))
        await window.settle()
        assert window.texts() == ["drawn"]
        assert [each.page for each in window.all(ft.Text)] == [window.page]
