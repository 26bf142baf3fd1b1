"""What is wrong with a screen for somebody who cannot see it well, or at all."""

import flet as ft
from flet.controls.base_control import BaseControl

from tests.harness import Harness, Node, text_of
from widgets import theme


def flaws(window: Harness) -> list[str]:
    """Of everything that is drawn now."""
    nodes = window.nodes()
    kinds = {
        "no name": nameless,
        "selectable without a name": unlabelled,
        "not to be read": unreadable,
        "twice there": doubled,
        "a tip of its own time": untimed,
    }
    return [f"{kind}: {each}" for kind, found in kinds.items() for each in found(nodes)]


PRESSED = (ft.TextButton, ft.IconButton, ft.Button, ft.FilledButton, ft.OutlinedButton)


def nameless(nodes: list[Node]) -> list[str]:
    """Controls that can be pressed or typed into without an identifier, a name or a key."""
    return [describe(node.control) for node in nodes if is_interactive(node.control) and not is_named(node)]


def unlabelled(nodes: list[Node]) -> list[str]:
    """Text that can be selected, which assistive technology takes for a field, without a name."""
    return [
        text_of(node.control)[:30]
        for node in nodes
        if isinstance(node.control, ft.Text) and node.control.selectable and node.nearest(ft.MergeSemantics) is None
    ]


def is_interactive(control: BaseControl) -> bool:
    if isinstance(control, (*PRESSED, ft.TextField)):
        return True
    if isinstance(control, ft.GestureDetector):
        return not control.exclude_from_semantics
    return isinstance(control, ft.Container) and control.on_click is not None


def is_named(node: Node) -> bool:
    meaning = node.nearest(ft.Semantics)
    if meaning is None or not meaning.identifier or node.control.key is None:
        return False
    if isinstance(node.control, ft.TextField):
        return bool(node.control.label or node.control.hint_text)
    return bool(meaning.label and meaning.label.strip())


def doubled(nodes: list[Node]) -> list[str]:
    """Identifiers that are not unique, the bar of the running call apart: it is under a pushed view too."""
    named = [node.control.identifier for node in nodes if isinstance(node.control, ft.Semantics)]
    seen = [each for each in named if each and each not in ("live_bar", "strip", "strip.open")]
    return sorted({i for i in seen if seen.count(i) > 1})


def untimed(nodes: list[Node]) -> list[str]:
    """Tips as plain text, which appear after a time of their own, also where there are to be none."""
    return [tip for node in nodes if isinstance(tip := getattr(node.control, "tooltip", None), str)]


STAFF_GROUNDS = dict.fromkeys(map(theme.staff_ground, theme.STAFF_COLOURS), "staff")
NAMES = STAFF_GROUNDS | {role.value: name for name, role in theme.ROLES.items()}


def unreadable(nodes: list[Node]) -> list[str]:
    """Texts whose colour may not stand on what is behind them."""
    return [
        f"{text_of(node.control)[:30]!r}: {ink} on {ground}"
        for node in nodes
        if isinstance(node.control, ft.Text) and text_of(node.control)
        for ink, ground in [(ink_of(node.control), ground_of(node))]
        if ground not in theme.PAIRS.get(ink, ()) and not (ground == "staff" and ink in theme.ON_STAFF)
    ]


def ink_of(text: ft.Text) -> str:
    colour = text.color or (text.style.color if text.style else None)
    return NAMES.get(getattr(colour, "value", str(colour)), str(colour))


def ground_of(node: Node) -> str:
    """The nearest colour behind the text that is not transparent."""
    for control in reversed(node.above):
        if isinstance(control, ft.SnackBar | ft.AlertDialog | ft.BottomSheet | ft.View | ft.Container):
            colour = control.bgcolor
        elif isinstance(control, ft.TextButton):
            colour = control.style.bgcolor if control.style else None
        else:
            continue
        if colour not in (None, ft.Colors.TRANSPARENT):
            return NAMES.get(getattr(colour, "value", str(colour)), str(colour))
    return "bg"


def describe(control: BaseControl) -> str:
    return f"{type(control).__name__} {getattr(control, 'key', None)}"
