"""What opens over a place: from the bottom edge on a phone, in the middle of a desktop; as high as what is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import flet as ft

from widgets import theme
from widgets.component import Handler, handler
from widgets.theme import Layout

TALLEST: Final = 0.9
"""Of the window's height: what is under it stays in sight."""


def sheet(layout: Layout, content: ft.Control, on_closed: Handler, *, width: int = 460) -> ft.DialogControl:
    """The sheet around `content`.  `on_closed` is called however it was closed; `width` is the desktop's."""
    tallest = layout.height * TALLEST
    if layout.is_phone:
        return ft.BottomSheet(
            ft.Container(content, padding=ft.Padding.only(left=18, right=14, top=4, bottom=20)),
            show_drag_handle=True,
            scrollable=True,
            draggable=True,
            bgcolor=theme.SURFACE,
            barrier_color=theme.SCRIM,
            size_constraints=ft.BoxConstraints(max_height=tallest),
            shape=ft.RoundedRectangleBorder(radius=ft.BorderRadius.only(top_left=20, top_right=20)),
            on_dismiss=handler(on_closed),
        )
    return ft.AlertDialog(
        content=ft.Container(content, width=min(width, layout.width - 96)),
        bgcolor=theme.SURFACE,
        barrier_color=theme.SCRIM,
        shape=ft.RoundedRectangleBorder(radius=16),
        content_padding=ft.Padding.only(left=24, right=18, top=18, bottom=20),
        on_dismiss=handler(on_closed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How high what scrolls in a sheet is, None until it has been drawn; and who hears when that changes."""

    height: float | None
    measured: Callable[[float], object]


def fit() -> Fit:
    """For the component that shows the sheet: what scrolls takes all the height it may unless it is told.  A hook."""
    height, measured = ft.use_state(cast("float | None", None))
    return Fit(height=height, measured=measured)


def body(rows: list[ft.Control], how_high: Fit, *, key: str, spacing: int = 0) -> ft.Control:
    """What scrolls under a sheet's head: as high as its rows, as far as the sheet may grow."""
    column = ft.Column(
        rows,
        spacing=spacing,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        on_size_change=handler(lambda e: how_high.measured(e.height)),
    )
    return ft.Column(
        [column],
        scroll=ft.ScrollMode.AUTO,
        height=how_high.height,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
        expand_loose=True,
        key=key,
    )


def titled(head: ft.Control, rows: ft.Control, *foot: ft.Control) -> ft.Control:
    """Head and body of a sheet, and what stays under the body while it scrolls."""
    return ft.Column([head, rows, *foot], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
