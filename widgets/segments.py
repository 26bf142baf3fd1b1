"""One of a few: buttons that stand together, of which one is on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from widgets import buttons, parts, theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`key` becomes part of the identifier; `name` is what is said where the label alone would not do."""

    key: str
    label: str
    name: str | None = None


def segments(
    identifier: str, choices: Sequence[Segment], chosen: str | None, on_choose: Callable[[str], object]
) -> ft.Control:
    """Side by side in one frame; the chosen one is filled and said to be selected."""
    row: list[ft.Control] = []
    for index, choice in enumerate(choices):
        if index:
            row.append(ft.Container(width=1, height=theme.TARGET - 4, bgcolor=theme.LINE))
        row.append(_segment(identifier, choice, choice.key == chosen, on_choose))
    return ft.Container(
        ft.Row(row, spacing=0, tight=True),
        border=ft.Border.all(1, theme.LINE),
        border_radius=10,
        bgcolor=theme.SURFACE,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _segment(identifier: str, choice: Segment, on: bool, on_choose: Callable[[str], object]) -> ft.Control:
    ink = theme.AI_TEXT if on else theme.TEXT
    return buttons.pressable(
        f"{identifier}.{choice.key}",
        choice.name or choice.label,
        parts.text(choice.label, size=14, color=ink, weight=parts.W600 if on else parts.W500, lines=1),
        lambda: on_choose(choice.key),
        padding=ft.Padding.symmetric(horizontal=14, vertical=11),
        radius=0,
        selected=on,
        bgcolor=theme.AI_GROUND if on else None,
        center=True,
    )
