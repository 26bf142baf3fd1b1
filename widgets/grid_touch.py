"""Pointers over a grid: a mouse drags at once; a finger presses long first, so that a short stroke still scrolls.

One pair of detectors around the whole grid: where a pointer is says what is under it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import flet as ft

from widgets.component import handler

EVERY_MS: Final = 33
"""A drag is told of no more often than this; where it ends is told too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`x`, `y` from the grid's corner, where that was when it was pressed; `screen_y` from the window's top."""

    x: float
    y: float
    screen_y: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gestures:
    """What is done: a mouse presses somewhere; what is there is taken (with a finger or not), carried, let go; or a
    place is tapped.
    """

    press: Callable[[Point], object]
    take: Callable[[Point, bool], object]
    carry: Callable[[Point], object]
    let_go: Callable[[Point], object]
    tap: Callable[[Point], object]


@dataclass(kw_only=True)
class FingerMove(ft.Event["Fingers"]):
    """A finger that pressed long moves.  Flet 1.0.5 also asks for a field that its client does not send."""

    local_position: ft.Offset = field(metadata={"data_field": "l"})
    global_position: ft.Offset = field(metadata={"data_field": "g"})


@ft.control("GestureDetector")
class Fingers(ft.GestureDetector):
    on_long_press_move_update: ft.EventHandler[FingerMove] | None = None  # pyright: ignore[reportIncompatibleVariableOverride]


_Drag = ft.DragDownEvent | ft.DragStartEvent | ft.DragUpdateEvent | ft.DragEndEvent
_Touch = _Drag | ft.TapEvent | ft.LongPressStartEvent | FingerMove | ft.LongPressEndEvent


def touched(key: str, content: ft.Control, gestures: Gestures) -> ft.Control:
    """`content` with pointers over it.  It says nothing to assistive technology: keys do the same."""
    mouse = ft.GestureDetector(
        content=content,
        key=f"{key}.mouse",
        allowed_devices=[ft.PointerDeviceType.MOUSE],
        exclude_from_semantics=True,
        drag_interval=EVERY_MS,
        on_pan_down=handler(lambda e: gestures.press(_point(e))),
        on_pan_start=handler(lambda e: gestures.take(_point(e), False)),
        on_pan_update=handler(lambda e: gestures.carry(_point(e))),
        on_pan_end=handler(lambda e: gestures.let_go(_point(e))),
        on_tap_up=handler(lambda e: gestures.tap(_point(e))),
    )
    return Fingers(
        content=mouse,
        key=f"{key}.fingers",
        allowed_devices=[ft.PointerDeviceType.TOUCH, ft.PointerDeviceType.STYLUS],
        exclude_from_semantics=True,
        on_long_press_start=handler(lambda e: gestures.take(_point(e), True)),
        on_long_press_move_update=handler(lambda e: gestures.carry(_point(e))),
        on_long_press_end=handler(lambda e: gestures.let_go(_point(e))),
        on_tap_up=handler(lambda e: gestures.tap(_point(e))),
    )


def edge(key: str, width: float, height: float) -> ft.Control:
    """Where a mouse takes a lower edge: it only shows that it can."""
    return ft.GestureDetector(
        content=ft.Container(width=width, height=height),
        key=key,
        mouse_cursor=ft.MouseCursor.RESIZE_UP_DOWN,
        exclude_from_semantics=True,
    )


def _point(e: _Touch) -> Point:
    inside, screen = e.local_position, e.global_position
    return Point(x=inside.x if inside else 0.0, y=inside.y if inside else 0.0, screen_y=screen.y if screen else 0.0)
