"""A forecast drawn: what came as a line, what is expected as dots, the 80 % range as a band.  It stands still."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import flet as ft
import flet.canvas as cv

from widgets import parts, theme
from widgets.strings import Words

_INSET: Final = 6.0
_DASHES: Final[list[ft.Number]] = [5, 4]
_MOST_DOTS: Final = 31
_Spot = tuple[float, float]


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
    past: Sequence[float | None],
    ahead: Sequence[Ahead | None],
    axis: Axis,
    *,
    label: str,
    width: float,
    height: float,
) -> ft.Control:
    """`past` oldest first, up to the day before `ahead`, None on a day that is closed; `label` says what is drawn."""
    scale = _Scale(past=past, ahead=ahead, width=width, height=height)
    shapes = [*_ground(scale), *_shut(scale), *_range(scale), *_expected(scale), *_came(scale)]
    canvas = cv.Canvas(shapes, width=width, height=height)
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
            _key(words("forecast.legend.closed"), cv.Line(11, 2, 11, 10, paint=_tick())),
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

    past: Sequence[float | None]
    ahead: Sequence[Ahead | None]
    width: float
    height: float

    @property
    def top(self) -> float:
        return max([1.0, *(value or 0.0 for value in self.past), *(day.high for day in self.ahead if day)])

    def spot(self, place: int, value: float) -> _Spot:
        step = (self.width - 2 * _INSET) / max(1, len(self.past) + len(self.ahead) - 1)
        share = min(1.0, max(0.0, value / self.top))
        return _INSET + place * step, self.height - _INSET - share * (self.height - 2 * _INSET)

    def came(self) -> list[list[_Spot]]:
        """The days before, those between two closed days together."""
        return _runs([None if value is None else self.spot(place, value) for place, value in enumerate(self.past)])

    def expected(self, value: Callable[[Ahead], float]) -> list[list[_Spot]]:
        """The days to come likewise."""
        return _runs(
            [None if day is None else self.spot(len(self.past) + n, value(day)) for n, day in enumerate(self.ahead)]
        )


def _runs(spots: Sequence[_Spot | None]) -> list[list[_Spot]]:
    runs: list[list[_Spot]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if run]


def _shut(scale: _Scale) -> list[cv.Shape]:
    """A tick on the ground where a day is closed, which is no nought."""
    days = [*scale.past, *scale.ahead]
    ticks = [scale.spot(place, 0.0) for place, day in enumerate(days) if day is None]
    return [cv.Line(x, y - 3, x, y + 4, paint=_tick()) for x, y in ticks]


def _tick() -> ft.Paint:
    return ft.Paint(color=theme.MUTED, stroke_width=1.5, style=ft.PaintingStyle.STROKE)


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
    lows, highs = scale.expected(lambda day: day.low), scale.expected(lambda day: day.high)
    return [shape for low, high in zip(lows, highs, strict=True) for shape in _band(low, high)]


def _band(low: list[_Spot], high: list[_Spot]) -> list[cv.Shape]:
    if len(low) < 2:
        return [cv.Line(*at, *to, paint=_line(theme.VIOLET)) for at, to in zip(low, high, strict=True)]
    edge = ft.Paint(color=theme.VIOLET, stroke_width=1, style=ft.PaintingStyle.STROKE, stroke_dash_pattern=[2, 3])
    return [
        cv.Path([*_along([*high, *reversed(low)]), cv.Path.Close()], paint=ft.Paint(color=theme.AI_GROUND)),
        cv.Path(_along(low), paint=edge),
        cv.Path(_along(high), paint=edge),
    ]


def _expected(scale: _Scale) -> list[cv.Shape]:
    runs = scale.expected(lambda day: day.mean)
    joined: list[cv.Shape] = [
        cv.Path(_along(run), paint=_line(theme.PRIMARY, dashed=True)) for run in runs if len(run) > 1
    ]
    # A day between two closed ones has no line to be on.
    dotted = [run for run in runs if len(run) == 1 or len(scale.ahead) <= _MOST_DOTS]
    return [*joined, *(cv.Circle(x, y, 3, paint=ft.Paint(color=theme.PRIMARY)) for run in dotted for x, y in run)]


def _came(scale: _Scale) -> list[cv.Shape]:
    runs = scale.came()
    lines: list[cv.Shape] = [cv.Path(_along(run), paint=_line(theme.TEXT)) for run in runs if len(run) > 1]
    alone = [run[0] for run in runs if len(run) == 1 and len(scale.past) > 1]
    return [*lines, *(cv.Circle(x, y, 1.5, paint=ft.Paint(color=theme.TEXT)) for x, y in alone)]


def _along(spots: Sequence[_Spot]) -> list[cv.Path.PathElement]:
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
