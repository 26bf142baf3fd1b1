"""The picture of the busy hours: a cell for each hour of each weekday, its colour and its number what is expected.

Drawn by matplotlib, which is slow to import and to draw: never on the loop, and once for the same data and look.
Every cell has its number, so that nothing is said by colour alone.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from widgets.theme import DARK, LIGHT, Palette

SCALE: Final = 2
"""Pixels a logical pixel."""
_FONT: Final = Path(__file__).parents[1] / "assets" / "fonts" / "Roboto-Medium.ttf"
_VERSION: Final = 1
"""Goes up when the same data is drawn in another way."""
SHADES: Final = 5
"""A few that can be told apart; between them would be grounds on which neither ink can be read."""
_SIZES: Final = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """What is drawn.  `rows`: from Monday, a value for each of `hours`.  `upright`: hours go down, days across.

    `days`, `hours`: their labels.  `width` in logical pixels; `text_scale` is how large the owner has text.  `point`
    stands before a decimal.
    """

    rows: tuple[tuple[float, ...], ...]
    days: tuple[str, ...]
    hours: tuple[str, ...]
    dark: bool
    upright: bool
    width: int
    text_scale: float = 1.0
    point: str = "."

    @property
    def key(self) -> str:
        """The same for the same picture."""
        return hashlib.sha256(f"{_VERSION}{self!r}".encode()).hexdigest()[:32]

    @property
    def height(self) -> int:
        lines = len(self.hours) if self.upright else len(self.days)
        return round((lines * 30 + 30) * self.text_scale)


def picture(heat: Heat) -> bytes:
    """A PNG of `width` by `height` logical pixels.  Half a second; call it on a thread of its own."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

    palette = DARK if heat.dark else LIGHT
    values = _across(heat.rows) if heat.upright else heat.rows
    across, down = (heat.days, heat.hours) if heat.upright else (heat.hours, heat.days)
    dpi = 72 * SCALE
    figure = Figure(figsize=(heat.width / 72, heat.height / 72), dpi=dpi, facecolor=palette.surface)
    FigureCanvasAgg(figure)
    left, top = 48 * heat.text_scale / heat.width, 24 * heat.text_scale / heat.height
    axes: Any = figure.add_axes((left, 0.01, 0.99 - left, 0.99 - top))
    most = max((value for row in values for value in row), default=0.0) or 1.0
    shaded = [[shade(value, most) for value in row] for row in values]
    colours = ListedColormap([ground for ground, _ in shades(palette)])
    axes.pcolormesh(shaded, cmap=colours, vmin=0, vmax=SHADES - 1, edgecolors=palette.surface, linewidth=2)
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    font = _font(_SIZES * heat.text_scale)
    axes.set_xticks([place + 0.5 for place in range(len(across))], across, fontproperties=font, color=palette.muted)
    axes.set_yticks([place + 0.5 for place in range(len(down))], down, fontproperties=font, color=palette.muted)
    axes.tick_params(length=0)
    axes.set_frame_on(False)
    inks = [ink for _, ink in shades(palette)]
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            style = {"ha": "center", "va": "center_baseline", "color": inks[shade(value, most)]}
            axes.text(x + 0.5, y + 0.5, shown_number(value, heat.point), fontproperties=font, **style)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi, facecolor=palette.surface)
    return out.getvalue()


def shown_number(value: float, point: str = ".") -> str:
    """What stands in a cell: whole bookings, a decimal below two, nothing where next to none come."""
    if value < 0.05:
        return ""
    return f"{value:.0f}" if value >= 1.95 else f"{value:.1f}".replace(".", point)


def shade(value: float, most: float) -> int:
    """Which of the shades a cell has."""
    return min(SHADES - 1, round(value / most * (SHADES - 1)))


def shades(palette: Palette) -> tuple[tuple[str, str], ...]:
    """Ground and ink of each, from none to most."""
    steps = [_between(palette.surface_2, palette.violet, step / (SHADES - 1)) for step in range(SHADES)]
    return tuple((ground, _ink(ground, palette)) for ground in steps)


def _ink(ground: str, palette: Palette) -> str:
    return max((palette.text, palette.on_primary), key=lambda ink: contrast(ink, ground))


def contrast(one: str, other: str) -> float:
    """The WCAG ratio of two colours."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _between(one: str, other: str, share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _across(rows: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(zip(*rows, strict=True))


def _font(size: float) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(_FONT), size=size) if _FONT.exists() else FontProperties(size=size)
