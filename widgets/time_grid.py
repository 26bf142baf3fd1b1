"""The paper a grid of bookings is drawn on: hours, quarters, columns, what is shut, where the day is.

One control draws all lines and one each stretch that is shut: both are gradients that repeat.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import flet as ft

from client.insight.grid import Column
from client.insight.walltime import wall_minute
from widgets import format as fmt
from widgets import parts, theme
from widgets.component import memoized
from widgets.grid_shape import GridShape
from widgets.parts import CLEAR
from widgets.strings import Words

STRIPE: Final = 12
"""Pixels from one stripe of what is shut to the next."""
FAINT: Final = ft.Colors.with_opacity(0.4, theme.LINE)


@memoized
def paper(words: Words, shape: GridShape, columns: tuple[Column, ...]) -> ft.Control:
    """Everything under the cards; it says nothing to assistive technology, the columns' heads do."""
    layers = [_lines(shape), *_stripes(shape, columns), *_rules(shape), *_hours(words, shape)]
    return ft.Semantics(exclude_semantics=True, content=ft.Stack(list(layers), width=shape.width, height=shape.height))


@dataclass(frozen=True, slots=True)
class NowMark:
    """The line of now: under the cards, so that it strikes nobody out; its end and its time over them."""

    under: list[ft.Control]
    over: list[ft.Control]


def now_mark(words: Words, shape: GridShape, now: datetime, first: int, last: int) -> NowMark:
    """Across these columns, with its time beside the hours; nothing when it is outside the hours shown."""
    minute = wall_minute(now.astimezone(words.zone).time())
    if not shape.span.start <= minute < shape.span.end:
        return NowMark([], [])
    y = shape.y(minute)
    line = ft.Container(
        height=2,
        width=shape.column * (last - first + 1),
        left=shape.x(first),
        top=y - 1,
        bgcolor=theme.DANGER,
    )
    dot = ft.Container(width=9, height=9, border_radius=9, left=shape.x(first) - 4, top=y - 4.5, bgcolor=theme.DANGER)
    return NowMark([line], [dot, _now_time(words, shape, fmt.clock_time(words, now), y)])


def _now_time(words: Words, shape: GridShape, time: str, y: float) -> ft.Control:
    """On a ground of its own, because an hour may stand in the same place."""
    said = parts.text(time, size=12, weight=parts.W600, color=theme.DANGER, align=ft.TextAlign.END, lines=1)
    return ft.Container(
        ft.Semantics(
            label=words("today.now_line", time=time), content=ft.Semantics(exclude_semantics=True, content=said)
        ),
        left=0,
        top=min(max(0.0, y - 9 * shape.scale), shape.height - 18 * shape.scale),
        width=shape.axis - 8,
        bgcolor=theme.SURFACE,
        padding=ft.Padding.symmetric(vertical=1),
    )


def _lines(shape: GridShape) -> ft.Control:
    """A line each hour, a faint one each quarter."""
    one = 1 / shape.hour
    stops, colours = [0.0, one, one], [theme.LINE, theme.LINE, CLEAR]
    for quarter in (0.25, 0.5, 0.75):
        stops += [quarter, quarter, quarter + one, quarter + one]
        colours += [CLEAR, FAINT, FAINT, CLEAR]
    return ft.Container(
        left=shape.axis,
        top=0,
        width=shape.width - shape.axis,
        height=shape.height,
        gradient=ft.LinearGradient(
            begin=ft.Alignment(0, -1),
            end=ft.Alignment(0, -1 + 2 * shape.hour / shape.height),
            colors=[*colours, CLEAR],
            stops=[*stops, 1.0],
            tile_mode=ft.GradientTileMode.REPEATED,
        ),
    )


def _stripes(shape: GridShape, columns: Iterable[Column]) -> Iterable[ft.Control]:
    for index, column in enumerate(columns):
        for shut in column.shut:
            start, end = max(shut.span.start, shape.span.start), min(shut.span.end, shape.span.end)
            if start < end:
                yield _striped(shape.x(index) + 1, shape.y(start), shape.column - 1, shape.y(end) - shape.y(start))


def _striped(left: float, top: float, width: float, height: float) -> ft.Control:
    return ft.Container(
        left=left,
        top=top,
        width=width,
        height=height,
        gradient=ft.LinearGradient(
            begin=ft.Alignment(-1, -1),
            end=ft.Alignment(-1 + 2 * STRIPE / width, -1 + 2 * STRIPE / height),
            colors=[theme.SURFACE_2, theme.SURFACE_2, CLEAR, CLEAR],
            stops=[0.0, 0.5, 0.5, 1.0],
            tile_mode=ft.GradientTileMode.REPEATED,
        ),
    )


def _rules(shape: GridShape) -> Iterable[ft.Control]:
    """The lines between the columns."""
    for column in range(shape.columns + 1):
        yield ft.Container(left=shape.x(column), top=0, width=1, height=shape.height, bgcolor=theme.LINE)


def _hours(words: Words, shape: GridShape) -> Iterable[ft.Control]:
    """The hours beside their lines; the first would stand half outside."""
    for minute in range(shape.span.start + 60, shape.span.end, 60):
        yield ft.Container(
            parts.muted(fmt.hour_label(words, minute // 60), size=12, align=ft.TextAlign.END, lines=1),
            left=0,
            top=shape.y(minute) - 8 * shape.scale,
            width=shape.axis - 8,
        )
