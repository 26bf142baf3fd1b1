"""A figure on a card: label, value, how it compares with the owner's own past, and the way to where it comes from."""

from dataclasses import dataclass

import flet as ft

from client.insight.day import Count, DayFigure
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.sparkline import sparkline
from widgets.strings import Words


def written(words: Words, figure: DayFigure) -> str:
    """The value as text; a dash where there is none."""
    value = figure.figure.value
    if value is None:
        return "–"
    return fmt.money(words, round(value)) if figure.figure.unit == "cents" else fmt.number(words, value)


def metric_card(words: Words, figure: DayFigure, on_open: Handler, *, wide: bool, stale: bool) -> ft.Control:
    """`wide`: the line beside the figure instead of below it; `stale`: muted, because the data is old."""
    label = words(f"figure.{figure.count}")
    value = written(words, figure)
    delta = _delta(words, figure)
    number = parts.text(
        value, size=28 if wide else 30, weight=parts.W600, color=theme.MUTED if stale else theme.TEXT, lines=1
    )
    line = figure_line(words, figure, width=96 if wide else 120)
    head = ft.Row(
        [parts.muted(label, expand=True), ft.Icon(ft.Icons.INFO_OUTLINE, size=16, color=theme.MUTED)], spacing=4
    )
    body: list[ft.Control] = [head]
    if wide:
        body.append(ft.Row([ft.Container(number, expand=True), *([line] if line else [])], spacing=8))
        body.append(delta.control())
    else:
        body += [number, delta.control(), *([line] if line else [])]
    return buttons.pressable(
        f"figure.{figure.count}",
        words("figure.spoken", label=label, value=value, delta=delta.words),
        ft.Column(body, spacing=2, tight=True),
        on_open,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        radius=theme.RADIUS,
        bgcolor=theme.SURFACE,
        side=ft.BorderSide(1, theme.LINE),
        expand=True,
        top=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delta:
    """The comparison: in words, with an arrow where it goes up or down."""

    words: str
    ink: ft.Colors
    arrow: ft.IconData | None = None

    def control(self) -> ft.Control:
        said = parts.text(self.words, size=12, color=self.ink, expand=self.arrow is not None)
        if self.arrow is None:
            return said
        mark = ft.Icon(self.arrow, size=14, color=self.ink)
        return ft.Row([mark, said], spacing=3, vertical_alignment=ft.CrossAxisAlignment.START)


def _delta(words: Words, figure: DayFigure) -> _Delta:
    """The comparison in words.  More is not always better: fewer missed calls are."""
    value, before = figure.figure.value, figure.week_ago
    provenance = figure.figure.provenance
    if value is None or before is None:
        said = words("figure.of", n=provenance.rows_seen, counted=provenance.rows_counted)
        return _Delta(words=said, ink=theme.MUTED)
    weekday = words(f"weekday.{provenance.period_from.astimezone(words.zone).weekday()}")
    change = value - before
    if not change:
        return _Delta(words=words("figure.same", weekday=weekday), ink=theme.MUTED)
    amount = fmt.money(words, round(abs(change))) if figure.figure.unit == "cents" else fmt.number(words, abs(change))
    key = "figure.more" if change > 0 else "figure.fewer" if figure.figure.unit == "count" else "figure.less"
    good = (change > 0) is not (figure.count is Count.MISSED)
    return _Delta(
        words=words(key, amount=amount, weekday=weekday),
        ink=theme.POSITIVE if good else theme.WARNING,
        arrow=ft.Icons.ARROW_UPWARD if change > 0 else ft.Icons.ARROW_DOWNWARD,
    )


def figure_line(words: Words, figure: DayFigure, *, width: float) -> ft.Control | None:
    """The figure's past as a line, None where there is none to draw."""
    if len(figure.history) < 2 or not any(figure.history):
        return None
    label = words("figure.history", label=words(f"figure.{figure.count}"), days=len(figure.history))
    color = {Count.MISSED: theme.WARNING, Count.VALUE: theme.POSITIVE}.get(figure.count, theme.PRIMARY)
    return sparkline(figure.history, label=label, color=color, low=0.0, width=width, height=30)
