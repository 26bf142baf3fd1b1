"""A figure on a card: label, value, how it compares with the owner's own past, and the ways to what is under it."""

from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from client.insight.figures import MetricFigure
from client.insight.metrics import RATED, Better, How, Metric
from widgets import buttons, parts, theme
from widgets.component import Handler
from widgets.figure_words import Delta, delta, known, line_text, made_of, written
from widgets.sparkline import sparkline
from widgets.strings import Words

_LONGEST_BESIDE: Final = 8
"""A value of more letters leaves its line less room beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What of a figure is seen on its card; equal faces need not be drawn again."""

    metric: Metric
    label: str
    value: str
    change: Delta
    line: tuple[float, ...]
    said: str
    ink: ft.Colors
    apart: bool


def face_of(words: Words, figure: MetricFigure) -> Face:
    return Face(
        metric=figure.metric,
        label=figure.figure.provenance.label,
        value=written(words, figure),
        change=_change(words, figure),
        line=_drawn(figure),
        said=line_text(words, figure),
        ink=ink_of(figure),
        apart=ends_open(figure),
    )


def _change(words: Words, figure: MetricFigure) -> Delta:
    """A rate, a mean or a median never stands without the number of rows, or of hours, it is of."""
    change = delta(words, figure)
    compared = figure.figure.value is not None and figure.before is not None
    if not compared or figure.definition.how not in RATED:
        return change
    return replace(change, words=words("figure.change_of", change=change.words, of=made_of(words, figure)))


def metric_card(words: Words, face: Face, on_open: Handler, on_info: Handler, *, wide: bool, stale: bool) -> ft.Control:
    """`wide`: the line beside the figure instead of below it; `stale`: muted, because the data is old.

    Pressing the card opens the figure, the mark in its corner where it comes from.
    """
    long = len(face.value) > _LONGEST_BESIDE
    size = (24 if long else 28) if wide else 30
    number = parts.text(face.value, size=size, weight=parts.W600, color=theme.MUTED if stale else theme.TEXT, lines=1)
    line = _line(face, width=(64 if long else 96) if wide else 120)
    head = ft.Container(parts.muted(face.label), padding=ft.Padding.only(right=28))
    body: list[ft.Control] = [head]
    if wide:
        body.append(ft.Row([ft.Container(number, expand=True), *([line] if line else [])], spacing=8))
        body.append(delta_line(face.change))
    else:
        body += [number, delta_line(face.change), *([line] if line else [])]
    card = buttons.pressable(
        f"figure.{face.metric}",
        words("figure.spoken", label=face.label, value=face.value, delta=face.change.words),
        ft.Column(body, spacing=2, tight=True),
        on_open,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        radius=theme.RADIUS,
        bgcolor=theme.SURFACE,
        side=ft.BorderSide(1, theme.LINE),
        top=True,
    )
    info = buttons.icon_button(
        f"figure.{face.metric}.info", words("figure.info", label=face.label), ft.Icons.INFO_OUTLINE, on_info, size=16
    )
    return ft.Stack([card, ft.Container(info, right=0, top=0)], expand=True, fit=ft.StackFit.PASS_THROUGH)


def delta_line(change: Delta, *, size: int = 12) -> ft.Control:
    """The comparison as it stands under the value."""
    said = parts.text(change.words, size=size, color=change.ink, expand=change.arrow is not None)
    if change.arrow is None:
        return said
    mark = ft.Icon(change.arrow, size=size + 2, color=change.ink)
    return ft.Row([mark, said], spacing=3, vertical_alignment=ft.CrossAxisAlignment.START)


def ink_of(figure: MetricFigure) -> ft.Colors:
    """Of its line: money green, what should be less amber, else violet."""
    if figure.figure.unit == "cents":
        return theme.POSITIVE
    return theme.WARNING if figure.definition.better is Better.LESS and figure.figure.unit != "wait" else theme.PRIMARY


def ends_open(figure: MetricFigure) -> bool:
    """Whether the last point still grows, so that a line down to it would say what is not so."""
    grows = figure.definition.how in (How.COUNT, How.SUM, How.TIME)
    return grows and bool(figure.line) and not figure.line[-1].whole


def figure_line(words: Words, figure: MetricFigure, *, width: float) -> ft.Control | None:
    """The figure's past as a line, None where there is none to draw."""
    return _line(face_of(words, figure), width=width)


def _drawn(figure: MetricFigure) -> tuple[float, ...]:
    values = known(figure.line)
    return tuple(values) if len(values) > 1 and any(values) else ()


def _line(face: Face, *, width: float) -> ft.Control | None:
    if not face.line:
        return None
    return sparkline(face.line, label=face.said, color=face.ink, low=0.0, width=width, height=30, apart=face.apart)
