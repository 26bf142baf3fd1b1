"""Figures side by side, each a small number over its name, leading to where it comes from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import flet as ft

from widgets import buttons, parts

NUMBER_WIDTH: Final = 62
"""Three stand side by side in the narrowest card."""
_LETTER_WIDTH: Final = 9.2
_NUMBER_EDGE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """`label` is short, `name` whole; `on_open` leads to where it comes from.

    `of`: the number of rows that a rate or a mean is of, in words; empty of a count.
    """

    key: str
    label: str
    name: str
    value: str
    on_open: Callable[[], object]
    of: str = ""


def number_row(numbers: Sequence[Number], scale: float, *, width: float = NUMBER_WIDTH) -> ft.Control:
    cells: list[ft.Control] = [_number(number, width * scale, scale) for number in numbers]
    return ft.Row(cells, spacing=0, run_spacing=4, wrap=True, vertical_alignment=ft.CrossAxisAlignment.START)


def _number(number: Number, width: float, scale: float) -> ft.Control:
    """As wide as its value, which is never cut: half a sum is a wrong one."""
    said = ", ".join(filter(None, (number.label, number.of)))
    spoken = ", ".join(filter(None, (f"{number.name}: {number.value}", number.of)))
    face = ft.Column(
        [
            parts.text(number.value, size=17, weight=parts.W600, lines=1),
            parts.muted(said, size=12, lines=3),
        ],
        spacing=0,
        tight=True,
    )
    return ft.Container(
        buttons.pressable(
            number.key,
            spoken,
            face,
            number.on_open,
            padding=ft.Padding.symmetric(horizontal=_NUMBER_EDGE, vertical=5),
            expand=True,
            top=True,
        ),
        width=max(width, (len(number.value) * _LETTER_WIDTH + 2 * _NUMBER_EDGE + 2) * scale),
    )
