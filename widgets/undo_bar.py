"""What was just done, for ten seconds, with the way back; several stand as one.  And what could not be done."""

from dataclasses import dataclass

import flet as ft

from widgets import buttons, parts, theme
from widgets.component import Handler
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoBar:
    """`sentence`: what was done.  `undoes` is how many changes the button takes back; 0 where none can be.

    `key_hint`: the key that does the same.  `waits`: it has no effect yet, so that no tick stands at it.
    """

    sentence: str
    undoes: int
    key_hint: str | None = None
    waits: bool = False


def undo_bar(
    words: Words, bar: UndoBar, on_undo: Handler, on_close: Handler, line: ft.Control | None = None
) -> ft.Control:
    """`line`: how much of the time is left, at its foot."""
    tail: list[ft.Control] = []
    if bar.undoes:
        label = words("undo.all") if bar.undoes > 1 else words("undo.undo")
        tail.append(_press("undo", words("undo.spoken", what=bar.sentence), label, on_undo, bar.key_hint))
    tail.append(_close(words, on_close))
    return _bar(ft.Icons.SCHEDULE if bar.waits else ft.Icons.CHECK, bar.sentence, tail, line)


def refusal_bar(words: Words, sentence: str, on_close: Handler, on_purpose: Handler | None = None) -> ft.Control:
    """Why something was not done.  It stays until it is closed: nobody reads against a clock.

    `on_purpose`: leads to where it can be had all the same.
    """
    tail: list[ft.Control] = []
    if on_purpose:
        label = words("undo.on_purpose")
        tail.append(_press("undo.on_purpose", words("undo.on_purpose_spoken"), label, on_purpose, None))
    return _bar(ft.Icons.ERROR_OUTLINE, sentence, [*tail, _close(words, on_close)], None)


def time_left(share: float) -> ft.Control:
    """A line as long as what is left of the time.  It goes by steps: were it moved, every frame would be drawn."""
    scale = ft.Scale(scale_x=min(1.0, max(0.0, share)), scale_y=1.0, alignment=ft.Alignment.CENTER_LEFT)
    return ft.Container(height=2, bgcolor=theme.BAR_MUTED, scale=scale)


def _bar(icon: ft.IconData, sentence: str, tail: list[ft.Control], line: ft.Control | None) -> ft.Control:
    said = ft.Semantics(
        identifier="undo.said",
        live_region=True,
        label=sentence,
        content=ft.Semantics(
            exclude_semantics=True, content=parts.text(sentence, size=14, color=theme.ON_BAR, lines=3)
        ),
        expand=True,
    )
    row = ft.Row([ft.Icon(icon, size=18, color=theme.ON_BAR), said, *tail], spacing=10)
    body = ft.Container(row, padding=ft.Padding.only(left=14, right=6, top=6, bottom=6))
    return ft.Container(
        ft.Column([body, *([line] if line else [])], spacing=0, tight=True),
        bgcolor=theme.BAR,
        border_radius=theme.RADIUS,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _press(identifier: str, name: str, label: str, on_click: Handler, hint: str | None) -> ft.Control:
    said: list[ft.Control] = [parts.text(label, size=14, weight=parts.W600, color=theme.ON_BAR)]
    if hint:
        said.append(parts.text(hint, size=12, weight=parts.W500, color=theme.BAR_MUTED))
    return buttons.pressable(
        identifier,
        name,
        ft.Row(said, spacing=8, tight=True),
        on_click,
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
        radius=10,
        side=ft.BorderSide(1, theme.BAR_MUTED),
        center=True,
    )


def _close(words: Words, on_close: Handler) -> ft.Control:
    return buttons.icon_button(
        "undo.close", words("action.close"), ft.Icons.CLOSE, on_close, color=theme.ON_BAR, size=18
    )
