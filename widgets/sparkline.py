"""A small line of a figure's past.  Drawn once per change; never animated."""

from collections.abc import Sequence

import flet as ft
import flet.canvas as cv

from widgets import theme


def sparkline(
    values: Sequence[float],
    *,
    label: str,
    width: float = 110,
    height: float = 30,
    color: ft.Colors = theme.PRIMARY,
    low: float | None = None,
    high: float | None = None,
    ground: ft.Colors = theme.SURFACE,
    zero: bool = False,
    apart: bool = False,
) -> ft.Control:
    """The values left to right, the newest as a hollow ring; `label` says in words what the line shows.

    `low` and `high` fix the scale; `zero` draws the line of nought; `apart`: the newest is not over, and no line leads
    to it.
    """
    bottom = min(values) if low is None else low
    top = max(values) if high is None else high
    span = (top - bottom) or 1.0
    inset = 4.0
    step = (width - 2 * inset) / max(1, len(values) - 1)

    def spot(index: int, value: float) -> tuple[float, float]:
        share = (value - bottom) / span if top > bottom else 0.5
        return inset + index * step, height - inset - share * (height - 2 * inset)

    spots = [spot(i, v) for i, v in enumerate(values)]
    stroke = ft.Paint(
        color=color,
        stroke_width=2,
        style=ft.PaintingStyle.STROKE,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
    )
    shapes: list[cv.Shape] = []
    if zero:
        middle = spot(0, 0.0)[1]
        faint = ft.Paint(color=theme.LINE, stroke_width=1, style=ft.PaintingStyle.STROKE)
        shapes.append(cv.Line(inset, middle, width - inset, middle, paint=faint))
    joined = spots[:-1] if apart else spots
    if len(joined) > 1:
        first, *rest = joined
        elements: list[cv.Path.PathElement] = [cv.Path.MoveTo(*first), *(cv.Path.LineTo(*s) for s in rest)]
        shapes.append(cv.Path(elements, paint=stroke))
    if spots:
        x, y = spots[-1]
        shapes.append(cv.Circle(x, y, 3, paint=ft.Paint(color=ground)))
        shapes.append(cv.Circle(x, y, 3, paint=stroke))
    return ft.Semantics(
        label=label, image=True, content=ft.Container(cv.Canvas(shapes, width=width, height=height), width=width)
    )
