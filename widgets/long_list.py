"""A list of any length, of which a screenful is built: what is above and below it is empty room of the same height.

The rows are all of one height, so that where the list stands says which of them are in sight.
"""

import math
from collections.abc import Callable, Sequence

import flet as ft

from widgets.component import handler

AROUND = 3
"""Rows that are built beyond what is in sight, above and below."""


def rows_in(height: float, row_height: float) -> int:
    """How many rows have to be built for a list as high as this."""
    return math.ceil(height / row_height) + 2 * AROUND


def long_list(
    key: str,
    rows: Sequence[ft.Control],
    *,
    first: int,
    count: int,
    row_height: float,
    on_scrolled: Callable[[int], object],
    above: Sequence[ft.Control] = (),
    above_height: float = 0.0,
    below: Sequence[ft.Control] = (),
    padding: ft.PaddingValue = 0,
) -> ft.Control:
    """`rows` are those from the `first` one (0 is the top) of `count`.  `on_scrolled` hears the first row to be built.

    `above`, which is `above_height` high, and `below` scroll with them.
    """

    def scrolled(e: ft.OnScrollEvent) -> None:
        on_scrolled(max(0, int((e.pixels - above_height) // row_height) - AROUND))

    after = max(0, count - first - len(rows))
    return ft.ListView(
        [
            *above,
            ft.Container(height=first * row_height, key=f"{key}.before"),
            *(ft.Container(row, height=row_height, key=f"{key}.row.{first + i}") for i, row in enumerate(rows)),
            ft.Container(height=after * row_height, key=f"{key}.after"),
            *below,
        ],
        padding=padding,
        expand=True,
        key=key,
        on_scroll=handler(scrolled),
        scroll_interval=50,
    )
