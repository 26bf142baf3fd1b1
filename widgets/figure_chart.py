"""A figure's own past as a chart: a line over its periods with their names, and the same as a table."""

from dataclasses import dataclass
from typing import Final

import flet as ft
import flet.canvas as cv

from client.insight.figures import MetricFigure
from widgets import parts, theme
from widgets.figure_words import line_text, point_label, value_text
from widgets.metric_card import ends_open, ink_of
from widgets.strings import Words

HEIGHT: Final = 190
_LEFT: Final = 56
_RIGHT: Final = 14
_TOP: Final = 12
_BOTTOM: Final = 26
_LABEL_WIDTH: Final = 52
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_LINES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Where values and points stand in the drawing; `top` is the highest of the named lines."""

    width: float
    points: int
    step: float
    top: float

    def x(self, index: int) -> float:
        across = self.width - _LEFT - _RIGHT
        return _LEFT + (across * index / (self.points - 1) if self.points > 1 else across / 2)

    def y(self, value: float) -> float:
        down = HEIGHT - _TOP - _BOTTOM
        return _TOP + down * (1 - value / self.top)


def figure_chart(words: Words, figure: MetricFigure, *, width: float) -> ft.Control:
    """`width` in pixels; nothing drawn between points where there were no rows, a ring where the period goes on."""
    values = [point.value for point in figure.line]
    scale = _scale(max((v for v in values if v is not None), default=0.0), len(values), width, figure.figure.unit)
    shapes = [*_ground(words, figure, scale), *_names(words, figure, scale), *_line(figure, scale)]
    return ft.Semantics(
        label=line_text(words, figure),
        image=True,
        content=ft.Container(cv.Canvas(shapes, width=width, height=HEIGHT), width=width),
    )


def _scale(highest: float, points: int, width: float, unit: str) -> _Scale:
    base = {"wait": 1000.0, "time": 3_600_000.0, "cents": 100.0, "share": 0.01}.get(unit, 1.0)
    step = base
    while step * _LINES < highest:
        step = next(base * s * 10**n for n in range(16) for s in _STEPS if base * s * 10**n > step)
    lines = max(1, -(-int(highest / base * 1000) // int(step / base * 1000)))
    return _Scale(width=width, points=points, step=step, top=step * lines)


def _ground(words: Words, figure: MetricFigure, scale: _Scale) -> list[cv.Shape]:
    faint = ft.Paint(color=theme.LINE, stroke_width=1, style=ft.PaintingStyle.STROKE)
    shapes: list[cv.Shape] = []
    for number in range(round(scale.top / scale.step) + 1):
        value = number * scale.step
        y = scale.y(value)
        shapes.append(cv.Line(_LEFT, y, scale.width - _RIGHT, y, paint=faint))
        shapes.append(_text(value_text(words, figure.figure.unit, value), 0, y - 8))
    return shapes


def _names(words: Words, figure: MetricFigure, scale: _Scale) -> list[cv.Shape]:
    """As many as have room, the last one always."""
    count = len(figure.line)
    room = max(1, int((scale.width - _LEFT - _RIGHT) // _LABEL_WIDTH))
    every = max(1, -(-count // room))
    shown = range(count - 1, -1, -every)
    return [
        _text(
            point_label(words, figure.chosen, figure.line[index].first),
            min(scale.x(index), scale.width - 26),
            HEIGHT - 18,
            alignment=ft.Alignment.TOP_CENTER,
        )
        for index in shown
    ]


def _text(said: str, x: float, y: float, *, alignment: ft.Alignment = ft.Alignment.TOP_LEFT) -> cv.Text:
    return cv.Text(x, y, said, style=ft.TextStyle(size=11, color=theme.MUTED), alignment=alignment)


def _line(figure: MetricFigure, scale: _Scale) -> list[cv.Shape]:
    ink = ink_of(figure)
    stroke = ft.Paint(
        color=ink,
        stroke_width=2,
        style=ft.PaintingStyle.STROKE,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
    )
    elements: list[cv.Path.PathElement] = []
    dots: list[cv.Shape] = []
    pen_down = False
    for index, point in enumerate(figure.line):
        if point.value is None:
            pen_down = False
            continue
        x, y = scale.x(index), scale.y(point.value)
        if index == len(figure.line) - 1 and ends_open(figure):
            pen_down = False
        elements.append(cv.Path.LineTo(x, y) if pen_down else cv.Path.MoveTo(x, y))
        pen_down = True
        if point.whole:
            dots.append(cv.Circle(x, y, 3, paint=ft.Paint(color=ink)))
        else:
            dots += [cv.Circle(x, y, 4, paint=ft.Paint(color=theme.SURFACE)), cv.Circle(x, y, 4, paint=stroke)]
    return [*([cv.Path(elements, paint=stroke)] if elements else []), *dots]


def points_table(words: Words, figure: MetricFigure) -> ft.Control:
    """The chart's points as rows, the newest first."""
    rows: list[ft.Control] = [
        ft.MergeSemantics(
            ft.Container(
                ft.Row(
                    [
                        parts.muted(point_label(words, figure.chosen, point.first), expand=True),
                        parts.text(value_text(words, figure.figure.unit, point.value), size=14, weight=parts.W500),
                    ]
                ),
                padding=ft.Padding.symmetric(vertical=7),
            )
        )
        for point in reversed(figure.line)
    ]
    return ft.Column(parts.divided(rows), spacing=0, tight=True)
