"""One of a few: chips of equal weight, the chosen one coloured, filled and said to be selected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from widgets import buttons, parts, theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """`name` ends its identifier."""

    name: str
    label: str
    chosen: bool


def choice(
    label: str, identifier: str, options: Sequence[Option], choose: Callable[[str], object], *, disabled: bool = False
) -> ft.Control:
    """`choose` gets the name of the option; `label` is said with each."""
    chips: list[ft.Control] = [
        buttons.pressable(
            f"{identifier}.{option.name}",
            f"{label}: {option.label}",
            parts.text(
                option.label,
                size=14,
                weight=parts.W600 if option.chosen else parts.W500,
                color=theme.AI_TEXT if option.chosen else theme.TEXT,
            ),
            partial(choose, option.name),
            padding=ft.Padding.symmetric(horizontal=14, vertical=12),
            radius=10,
            selected=option.chosen,
            disabled=disabled,
            bgcolor=theme.AI_GROUND if option.chosen else theme.SURFACE,
            side=ft.BorderSide(1, theme.PRIMARY if option.chosen else theme.LINE),
            center=True,
        )
        for option in options
    ]
    return ft.Column([parts.muted(label), ft.Row(chips, spacing=8, wrap=True, run_spacing=8)], spacing=6, tight=True)
