"""A forecast drawn: what came as a line, what is expected as dots, the 80 % range as a band.  It stands still."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import flet as ft
import flet.canvas as cv

from widgets import parts, theme
from widgets.strings import Words

_INSET: Final = 6.0
_DASHES: Final[list[ft.Number]] = [5, 4]
_MOST_DOTS: Final = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A day to come: `low` to `high` is its range."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What is written: the first day at the left, the days to come at the right, the largest value at the top."""

    first: str
    ahead: str
    top: str


def forecast_chart(
    past: Sequence[float], ahead: Sequence[Ahead], axis: Axis, *, label: str, width: float, height: float
) -> ft.Control:
    """`past` oldest first, up to the day before `ahead`; `label` says in words what is drawn."""
    scale = _Scale(past=past, ahead=ahead, width=width, height=height)
    canvas = cv.Canvas([*_ground(scale), *_range(scale), *_expected(scale), *_came(scale)], width=width, height=height)
    top = ft.Container(parts.muted(axis.top, size=11), left=0, top=0)
    under = ft.Row(
        [parts.muted(axis.first, size=11, expand=True), parts.muted(axis.ahead, size=11)], spacing=4, width=width
    )
    drawn = ft.Column([ft.Stack([canvas, top], width=width, height=height), under], spacing=2, tight=True)
    return ft.Semantics(label=label, image=True, exclude_semantics=True, content=drawn)


def legend(words: Words) -> ft.Control:
    """What is what: by shape and by word."""
    return ft.Row(
        [
            _key(words("forecast.legend.came"), cv.Line(0, 6, 22, 6, paint=_line(theme.TEXT))),
            _key(
                words("forecast.legend.expected"),
                cv.Line(0, 6, 22, 6, paint=_line(theme.PRIMARY, dashed=True)),
                cv.Circle(11, 6, 3, paint=ft.Paint(color=theme.PRIMARY)),
            ),
            _key(words("forecast.legend.range"), cv.Rect(0, 0, 22, 12, paint=ft.Paint(color=theme.AI_GROUND))),
        ],
        spacing=14,
        run_spacing=4,
        wrap=True,
    )


def _key(word: str, *shapes: cv.Shape) -> ft.Control:
    sign = cv.Canvas(list(shapes), width=22, height=12)
    return ft.Row([sign, parts.muted(word, size=12)], spacing=6, tight=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From days and values to pixels; nought is at the bottom."""

    past: Sequence[float]
    ahead: Sequence[Ahead]
    width: float
    height: float

    @property
    def top(self) -> float:
        return max([1.0, *self.past, *(day.high for day in self.ahead)])

    def spot(self, place: int, value: float) -> tuple[float, float]:
        step = (self.width - 2 * _INSET) / max(1, len(self.past) + len(self.ahead) - 1)
        share = min(1.0, max(0.0, value / self.top))
        return _INSET + place * step, self.height - _INSET - share * (self.height - 2 * _INSET)

    def ahead_spots(self, values: Sequence[float]) -> list[tuple[float, float]]:
        return [self.spot(len(self.past) + place, value) for place, value in enumerate(values)]


def _ground(scale: _Scale) -> list[cv.Shape]:
    """The line of nought, and where what is known ends."""
    faint = ft.Paint(color=theme.LINE, stroke_width=1, style=ft.PaintingStyle.STROKE)
    bottom = scale.spot(0, 0.0)[1]
    shapes: list[cv.Shape] = [cv.Line(0, bottom, scale.width, bottom, paint=faint)]
    if scale.past and scale.ahead:
        x = (scale.spot(len(scale.past) - 1, 0.0)[0] + scale.spot(len(scale.past), 0.0)[0]) / 2
        shapes.append(cv.Line(x, 0, x, bottom, paint=faint))
    return shapes


def _range(scale: _Scale) -> list[cv.Shape]:
    """The band with its edges, which do not need its colour."""
    low = scale.ahead_spots([day.low for day in scale.ahead])
    high = scale.ahead_spots([day.high for day in scale.ahead])
    if len(low) < 2:
        return [cv.Line(*at, *to, paint=_line(theme.VIOLET)) for at, to in zip(low, high, strict=True)]
    edge = ft.Paint(color=theme.VIOLET, stroke_width=1, style=ft.PaintingStyle.STROKE, stroke_dash_pattern=[2, 3])
    return [
        cv.Path([*_along([*high, *reversed(low)]), cv.Path.Close()], paint=ft.Paint(color=theme.AI_GROUND)),
        cv.Path(_along(low), paint=edge),
        cv.Path(_along(high), paint=edge),
    ]


def _expected(scale: _Scale) -> list[cv.Shape]:
    spots = scale.ahead_spots([day.mean for day in scale.ahead])
    joined: list[cv.Shape] = [cv.Path(_along(spots), paint=_line(theme.PRIMARY, dashed=True))] if len(spots) > 1 else []
    if len(spots) > _MOST_DOTS:
        return joined
    return [*joined, *(cv.Circle(x, y, 3, paint=ft.Paint(color=theme.PRIMARY)) for x, y in spots)]


def _came(scale: _Scale) -> list[cv.Shape]:
    spots = [scale.spot(place, value) for place, value in enumerate(scale.past)]
    return [cv.Path(_along(spots), paint=_line(theme.TEXT))] if len(spots) > 1 else []


def _along(spots: Sequence[tuple[float, float]]) -> list[cv.Path.PathElement]:
    first, *rest = spots
    return [cv.Path.MoveTo(*first), *(cv.Path.LineTo(*spot) for spot in rest)]


def _line(color: ft.Colors, *, dashed: bool = False) -> ft.Paint:
    return ft.Paint(
        color=color,
        stroke_width=2,
        style=ft.PaintingStyle.STROKE,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
        stroke_dash_pattern=_DASHES if dashed else None,
    )
