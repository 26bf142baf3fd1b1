"""How large a grid of hours is drawn: wall minutes and columns to pixels, and back."""

from dataclasses import dataclass
from typing import Final

from client.insight.grid import Budget
from client.insight.walltime import Span
from widgets.theme import Layout

AXIS: Final = 56
HOUR: Final = 64
HOUR_AT_MOST: Final = 96
CARD_AT_LEAST: Final = 24
"""Pixels; smaller cannot be pressed."""
LANE_AT_LEAST: Final = 58
PERSON_AT_LEAST: Final = 112
AIR: Final = 2
"""Pixels between a card and the one after it."""
MINUTES_AT_LEAST: Final = -(-(CARD_AT_LEAST + AIR) * 60 // HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridShape:
    """`axis`: width of the hours at its left; `column`: of one column; `hour`: pixels an hour is high."""

    span: Span
    columns: int
    axis: int
    column: float
    hour: int
    scale: float = 1.0

    @property
    def width(self) -> float:
        return self.axis + self.column * self.columns

    @property
    def height(self) -> float:
        return self.y(self.span.end)

    def y(self, minute: float) -> float:
        """Where a wall minute is, from the grid's top."""
        return (minute - self.span.start) * self.hour / 60

    def x(self, column: int) -> float:
        """Where a column begins, from the grid's left."""
        return self.axis + column * self.column

    def minute_at(self, y: float) -> float:
        return self.span.start + y * 60 / self.hour

    def column_at(self, x: float) -> int | None:
        """The column at this place, None over the hours and beyond the last."""
        column = int((x - self.axis) // self.column)
        return column if 0 <= column < self.columns else None

    def nearest_column(self, x: float) -> int:
        """As `column_at`, and the first or the last beyond them."""
        return max(0, min(self.columns - 1, int((x - self.axis) // self.column)))


def people_that_fit(layout: Layout, width: float) -> int:
    """How many members of staff have room side by side."""
    return max(1, int((width - _axis(layout)) // (PERSON_AT_LEAST * layout.text_scale)))


def budget_of(layout: Layout, width: float, columns: int) -> Budget:
    """What there is room for in columns of that width."""
    column = (width - _axis(layout)) / max(1, columns)
    return Budget(lanes=max(1, int(column // (LANE_AT_LEAST * layout.text_scale))), least=MINUTES_AT_LEAST)


def shape_of(layout: Layout, width: float, height: float, span: Span, columns: int) -> GridShape:
    """As high as its hours need for their text, or as there is room for; whole pixels, so that lines are sharp."""
    axis = _axis(layout)
    hours = (span.end - span.start) / 60
    usual = round(HOUR * layout.text_scale)
    hour = max(usual, min(HOUR_AT_MOST, int(height / hours))) // 4 * 4
    return GridShape(
        span=span,
        columns=columns,
        axis=axis,
        column=int((width - axis) / max(1, columns)),
        hour=hour,
        scale=layout.text_scale,
    )


def _axis(layout: Layout) -> int:
    return round((AXIS if not layout.is_phone else AXIS - 8) * layout.text_scale)
