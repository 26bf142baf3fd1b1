"""All figures as one table: sortable by every column, numbers to the right, and the same as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import flet as ft

from client.insight.figures import MetricFigure
from client.insight.metrics import Metric
from widgets import buttons, parts, theme
from widgets.figure_words import delta, made_of, value_text, written
from widgets.metric_card import figure_line
from widgets.provenance import table_csv
from widgets.strings import Words


class Column(StrEnum):
    NAME = "name"
    VALUE = "value"
    BEFORE = "before"
    CHANGE = "change"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """None is the owner's own order."""

    column: Column | None = None
    down: bool = False

    def press(self, column: Column) -> "Sorting":
        """Up, down, and back to the owner's order."""
        if self.column is not column:
            return Sorting(column=column)
        return Sorting() if self.down else Sorting(column=column, down=True)


_WIDTHS: Final = {Column.VALUE: 120, Column.BEFORE: 120, Column.CHANGE: 250, Column.ROWS: 150}
_LINE: Final = 120


def figure_table(
    words: Words,
    figures: Sequence[MetricFigure],
    sorting: Sorting,
    on_sort: Callable[[Column], object],
    on_open: Callable[[Metric], object],
) -> ft.Control:
    """A row a figure; each opens it."""
    head = ft.Container(
        ft.Row([*(_head(words, column, sorting, on_sort) for column in Column), ft.Container(width=_LINE)], spacing=12),
        padding=ft.Padding.symmetric(horizontal=16),
        border=ft.Border.only(bottom=ft.BorderSide(1, theme.LINE)),
    )
    rows = [_row(words, figure, on_open) for figure in ordered(figures, sorting)]
    return parts.card(ft.Column([head, *parts.divided(rows)], spacing=0, tight=True), padding=0)


def ordered(figures: Sequence[MetricFigure], sorting: Sorting) -> list[MetricFigure]:
    """What has nothing in the column comes last either way."""
    if sorting.column is None:
        return list(figures)
    if sorting.column is Column.NAME:
        return sorted(figures, key=lambda f: f.figure.provenance.label.casefold(), reverse=sorting.down)
    known = [(value, figure) for figure in figures if (value := _sortable(figure, sorting.column)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=sorting.down)
    return [*(figure for _, figure in known), *(f for f in figures if _sortable(f, sorting.column) is None)]


def _sortable(figure: MetricFigure, column: Column) -> float | None:
    value, before = figure.figure.value, figure.before
    match column:
        case Column.VALUE:
            return value
        case Column.BEFORE:
            return before
        case Column.CHANGE:
            return (value - before) / abs(before) if value is not None and before else None
        case _:
            return float(figure.figure.provenance.rows_counted)


def _head(words: Words, column: Column, sorting: Sorting, on_sort: Callable[[Column], object]) -> ft.Control:
    on = sorting.column is column
    said = words(f"figures.column.{column}")
    state = words("figures.sorted_down" if sorting.down else "figures.sorted_up") if on else ""
    label = parts.text(said, size=12, weight=parts.W600, color=theme.TEXT if on else theme.MUTED)
    arrow = ft.Icon(ft.Icons.ARROW_DOWNWARD if sorting.down else ft.Icons.ARROW_UPWARD, size=14, color=theme.TEXT)
    right = column in _WIDTHS
    return buttons.pressable(
        f"figures.sort.{column}",
        words("figures.sort", column=said, state=state),
        ft.Row(
            [label, *([arrow] if on else [])],
            spacing=4,
            alignment=ft.MainAxisAlignment.END if right else ft.MainAxisAlignment.START,
        ),
        lambda: on_sort(column),
        padding=ft.Padding.symmetric(vertical=13),
        width=_WIDTHS.get(column),
        expand=None if right else True,
        selected=on,
    )


def _row(words: Words, figure: MetricFigure, on_open: Callable[[Metric], object]) -> ft.Control:
    value, change = written(words, figure), delta(words, figure)
    before = value_text(words, figure.figure.unit, figure.before)
    said = change.words if figure.before is not None else "–"
    cells: list[ft.Control] = [
        parts.text(figure.figure.provenance.label, size=14, weight=parts.W500, expand=True, lines=1),
        _number(value, Column.VALUE, weight=parts.W600),
        _number(before, Column.BEFORE, color=theme.MUTED),
        _number(said, Column.CHANGE, color=change.ink),
        _number(made_of(words, figure), Column.ROWS, color=theme.MUTED),
        ft.Container(figure_line(words, figure, width=_LINE), width=_LINE),
    ]
    return buttons.pressable(
        f"figure.{figure.metric}",
        words("figure.spoken", label=figure.figure.provenance.label, value=value, delta=change.words),
        ft.Row(cells, spacing=12),
        lambda: on_open(figure.metric),
        padding=ft.Padding.symmetric(horizontal=16, vertical=8),
        radius=0,
    )


def _number(
    said: str, column: Column, *, color: ft.ColorValue = theme.TEXT, weight: ft.FontWeight = parts.W400
) -> ft.Control:
    return parts.text(
        said, size=13, width=_WIDTHS[column], align=ft.TextAlign.RIGHT, lines=1, color=color, weight=weight
    )


def figures_csv(figures: Sequence[MetricFigure]) -> str:
    """Each figure a line, values plain: counts, cents, shares of 1, milliseconds, those of hours too."""
    return table_csv(
        [
            *("figure", "unit", "value", "before", "rows_counted", "rows_seen", "from", "to", "zone", "formula"),
            *("left_out", "hours_booked", "hours_worked"),
        ],
        (_cells(figure) for figure in figures),
    )


def _cells(figure: MetricFigure) -> list[str]:
    provenance = figure.figure.provenance
    hours = provenance.hours
    return [
        figure.metric.value,
        figure.figure.unit,
        _plain(figure.figure.value),
        _plain(figure.before),
        str(provenance.rows_counted),
        str(provenance.rows_seen),
        provenance.period_from.isoformat(),
        provenance.period_to.isoformat(),
        provenance.zone.key,
        provenance.formula,
        "; ".join(provenance.left_out),
        *((_plain(hours.booked), _plain(hours.worked)) if hours else ("", "")),
    ]


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}" if value != round(value) else f"{value:.0f}"
