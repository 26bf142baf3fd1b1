"""Every colour, size and duration the app draws with.

A colour is a *role*; the light and the dark palette give each role its value, and Flutter picks between them, so that
following the system's appearance repaints nothing here.  `PAIRS` names every text colour with the grounds it may stand
on; a test computes their WCAG ratios and another walks the screens for pairs that are not named.  No text and no
controls live here.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import flet as ft


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Hex values of the roles, named for what they say."""

    bg: str
    surface: str
    surface_2: str
    line: str
    text: str
    muted: str
    primary: str
    on_primary: str
    violet: str
    ai_ground: str
    ai_text: str
    positive: str
    positive_ground: str
    on_positive_ground: str
    teal: str
    on_teal: str
    warning: str
    warning_ground: str
    on_warning_ground: str
    danger: str
    on_danger: str
    danger_ground: str
    on_danger_ground: str
    bar: str
    on_bar: str
    bar_danger: str
    bar_warning: str
    bar_muted: str


LIGHT: Final = Palette(
    bg="#F6F7FB",
    surface="#FFFFFF",
    surface_2="#EEF0F6",
    line="#E3E6EF",
    text="#0F1420",
    muted="#5B6478",
    primary="#5A4BD6",
    on_primary="#FFFFFF",
    violet="#6C5CE7",
    ai_ground="#EEEBFD",
    ai_text="#4B3FC4",
    positive="#0F7A5C",
    positive_ground="#E3F8F1",
    on_positive_ground="#0F7A5C",
    teal="#20C997",
    on_teal="#06281E",
    warning="#8A4B00",
    warning_ground="#FFF4E0",
    on_warning_ground="#8A4B00",
    danger="#B42318",
    on_danger="#FFFFFF",
    danger_ground="#FDECEA",
    on_danger_ground="#B42318",
    bar="#0F1420",
    on_bar="#EEF1F8",
    bar_danger="#FF8A80",
    bar_warning="#FFB74D",
    bar_muted="#B8C0D2",
)

DARK: Final = Palette(
    bg="#0F1420",
    surface="#171C2B",
    surface_2="#20273A",
    line="#2A3247",
    text="#EEF1F8",
    muted="#9AA4B8",
    primary="#A79BFF",
    on_primary="#0F1420",
    violet="#A79BFF",
    ai_ground="#252043",
    ai_text="#A79BFF",
    positive="#20C997",
    positive_ground="#12352C",
    on_positive_ground="#20C997",
    teal="#20C997",
    on_teal="#06281E",
    warning="#FFB74D",
    warning_ground="#33260F",
    on_warning_ground="#FFB74D",
    danger="#FF8A80",
    on_danger="#0F1420",
    danger_ground="#3A1B1B",
    on_danger_ground="#FF8A80",
    bar="#EEF1F8",
    on_bar="#0F1420",
    bar_danger="#B42318",
    bar_warning="#8A4B00",
    bar_muted="#4A5369",
)

# The role of the platform's colour scheme that carries each of ours.
ROLES: Final[dict[str, ft.Colors]] = {
    "bg": ft.Colors.SURFACE_DIM,
    "surface": ft.Colors.SURFACE,
    "surface_2": ft.Colors.SURFACE_CONTAINER_HIGHEST,
    "line": ft.Colors.OUTLINE_VARIANT,
    "text": ft.Colors.ON_SURFACE,
    "muted": ft.Colors.ON_SURFACE_VARIANT,
    "primary": ft.Colors.PRIMARY,
    "on_primary": ft.Colors.ON_PRIMARY,
    "violet": ft.Colors.PRIMARY_FIXED_DIM,
    "ai_ground": ft.Colors.PRIMARY_CONTAINER,
    "ai_text": ft.Colors.ON_PRIMARY_CONTAINER,
    "positive": ft.Colors.SECONDARY,
    "positive_ground": ft.Colors.SECONDARY_CONTAINER,
    "on_positive_ground": ft.Colors.ON_SECONDARY_CONTAINER,
    "teal": ft.Colors.SECONDARY_FIXED,
    "on_teal": ft.Colors.ON_SECONDARY_FIXED,
    "warning": ft.Colors.TERTIARY,
    "warning_ground": ft.Colors.TERTIARY_CONTAINER,
    "on_warning_ground": ft.Colors.ON_TERTIARY_CONTAINER,
    "danger": ft.Colors.ERROR,
    "on_danger": ft.Colors.ON_ERROR,
    "danger_ground": ft.Colors.ERROR_CONTAINER,
    "on_danger_ground": ft.Colors.ON_ERROR_CONTAINER,
    "bar": ft.Colors.INVERSE_SURFACE,
    "on_bar": ft.Colors.ON_INVERSE_SURFACE,
    "bar_danger": ft.Colors.TERTIARY_FIXED,
    "bar_warning": ft.Colors.ON_TERTIARY_FIXED,
    "bar_muted": ft.Colors.TERTIARY_FIXED_DIM,
}

BG: Final = ROLES["bg"]
SURFACE: Final = ROLES["surface"]
SURFACE_2: Final = ROLES["surface_2"]
LINE: Final = ROLES["line"]
TEXT: Final = ROLES["text"]
MUTED: Final = ROLES["muted"]
PRIMARY: Final = ROLES["primary"]
ON_PRIMARY: Final = ROLES["on_primary"]
VIOLET: Final = ROLES["violet"]
AI_GROUND: Final = ROLES["ai_ground"]
AI_TEXT: Final = ROLES["ai_text"]
POSITIVE: Final = ROLES["positive"]
POSITIVE_GROUND: Final = ROLES["positive_ground"]
ON_POSITIVE_GROUND: Final = ROLES["on_positive_ground"]
TEAL: Final = ROLES["teal"]
ON_TEAL: Final = ROLES["on_teal"]
WARNING: Final = ROLES["warning"]
WARNING_GROUND: Final = ROLES["warning_ground"]
ON_WARNING_GROUND: Final = ROLES["on_warning_ground"]
DANGER: Final = ROLES["danger"]
ON_DANGER: Final = ROLES["on_danger"]
DANGER_GROUND: Final = ROLES["danger_ground"]
ON_DANGER_GROUND: Final = ROLES["on_danger_ground"]
BAR: Final = ROLES["bar"]
ON_BAR: Final = ROLES["on_bar"]
BAR_DANGER: Final = ROLES["bar_danger"]
BAR_WARNING: Final = ROLES["bar_warning"]
BAR_MUTED: Final = ROLES["bar_muted"]
SCRIM: Final = "#73080C16"

# Text role -> the grounds it may stand on.  All of these hold 4.5:1 in both palettes.
PAIRS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("bg", "surface", "surface_2", "ai_ground", "positive_ground", "warning_ground", "danger_ground"),
    "muted": ("bg", "surface", "surface_2", "ai_ground"),
    "primary": ("bg", "surface", "ai_ground"),
    "on_primary": ("primary",),
    "ai_text": ("ai_ground", "surface"),
    "positive": ("bg", "surface"),
    "on_positive_ground": ("positive_ground",),
    "on_teal": ("teal",),
    "warning": ("bg", "surface"),
    "on_warning_ground": ("warning_ground",),
    "danger": ("bg", "surface", "ai_ground"),
    "on_danger": ("danger",),
    "on_danger_ground": ("danger_ground",),
    "on_bar": ("bar",),
    "bar_danger": ("bar",),
    "bar_muted": ("bar",),
}

# Marks that carry meaning beside a word (dots, bars, icons, the focus ring): 3:1 on these grounds.
MARKS: Final[dict[str, tuple[str, ...]]] = {
    "violet": ("bg", "surface"),
    "primary": ("bg", "surface", "surface_2", "ai_ground"),
    "danger": ("bg", "surface", "ai_ground"),
    "positive": ("bg", "surface"),
    "warning": ("bg", "surface"),
    "bar_warning": ("bar",),
    "muted": ("bg", "surface", "surface_2"),
}


# Bars of members of staff in the calendar; each holds 3:1 on both surfaces.
STAFF_COLOURS: Final = (
    "#6C5CE7",
    "#0F7A5C",
    "#B54708",
    "#1478BD",
    "#C2358A",
    "#737D94",
    "#8F6F10",
    "#CC4338",
)


STAFF_TINT: Final = 0x29
"""How much of a staff colour, of 255, its cards have over a surface."""
ON_STAFF: Final = ("text", "muted")
"""Text roles that may stand on every staff colour's card."""


def staff_ground(colour: str) -> str:
    """The ground of a card of this staff colour; it lets what is under it shine through."""
    return f"#{STAFF_TINT:02X}{colour[1:]}"


class Density(StrEnum):
    """phone: thumbs, below 600 · comfortable: a tablet or half a window · compact: a desktop."""

    PHONE = "phone"
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What fits into the window.  Widths in logical pixels; `text_scale` is how large the owner has text drawn."""

    width: float
    height: float
    density: Density
    rail_width: int
    list_width: int
    inspector_width: int
    text_scale: float = 1.0

    @property
    def text_width(self) -> float:
        """The width in the owner's own text: at twice the size half as many words stand beside one another."""
        return self.width / self.text_scale

    @property
    def is_phone(self) -> bool:
        return self.density is Density.PHONE

    @property
    def edge(self) -> int:
        """Beside what is read from top to bottom."""
        return 12 if self.is_phone else 26

    @property
    def board_edge(self) -> int:
        """Beside what is as wide as it can be: the head of a grid, a board of columns."""
        return 12 if self.is_phone else 20

    @property
    def room(self) -> float:
        """The width between the edges of a place."""
        return self.width - self.rail_width - 2 * self.edge

    @property
    def two_panes(self) -> bool:
        """List and detail side by side, from 880."""
        return self.list_width > 0

    @property
    def has_inspector(self) -> bool:
        return self.inspector_width > 0

    @property
    def has_wide_detail(self) -> bool:
        """Whether the pane beside the list has room for a field and its buttons in one row."""
        pane = self.width - self.rail_width - self.list_width - self.inspector_width
        return self.two_panes and pane / self.text_scale >= WIDE_DETAIL_FROM

    @property
    def is_short(self) -> bool:
        """A small phone, or one held crosswise: what is read comes before what stands around it."""
        return not self.two_panes and 0 < self.height < SHORT_BELOW

    @property
    def has_long_row(self) -> bool:
        """Whether a field and its buttons stand in one row: there is room for it, or none for two."""
        return self.has_wide_detail or (self.is_short and not self.is_phone)

    @property
    def rail_speaks(self) -> bool:
        """Whether the rail has room for words: then its foot says how the data stands, on every screen."""
        return self.rail_width > RAIL_SHORT

    @property
    def one_column(self) -> bool:
        """Too narrow for two of anything side by side: a small phone, or large text."""
        return self.text_width < TWO_COLUMNS_FROM


TWO_COLUMNS_FROM: Final = 320
WIDE_DETAIL_FROM: Final = 560
PHONE_BELOW: Final = 600
SHORT_BELOW: Final = 600
TWO_PANES_FROM: Final = 880
DESKTOP_FROM: Final = 1024
INSPECTOR_FROM: Final = 1240
WIDE_FROM: Final = 1440
RAIL_SHORT: Final = 72
RAIL: Final = 212


def layout_for(width: float, height: float, text_scale: float = 1.0) -> Layout:
    """What fits into a window of this size with text of this size: a desktop with large text is laid out as a tablet.

    An unknown width counts as a phone.
    """
    fits = width / text_scale
    if fits < PHONE_BELOW:
        density, rail = Density.PHONE, 0
    elif fits < DESKTOP_FROM:
        density, rail = Density.COMFORTABLE, RAIL_SHORT
    else:
        density, rail = Density.COMPACT, round(RAIL * text_scale)
    return Layout(
        width=width,
        height=height,
        density=density,
        rail_width=rail,
        list_width=0 if fits < TWO_PANES_FROM else round((320 if fits < DESKTOP_FROM else 340) * text_scale),
        inspector_width=round(300 * text_scale) if fits >= INSPECTOR_FROM else 0,
        text_scale=text_scale,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSizes:
    """Text sizes of one density, in logical pixels before the owner's own scaling."""

    title: int
    heading: int
    body: int
    secondary: int
    caption: int
    figure: int


SIZES: Final[dict[Density, TypeSizes]] = {
    Density.PHONE: TypeSizes(title=22, heading=17, body=15, secondary=13, caption=12, figure=30),
    Density.COMFORTABLE: TypeSizes(title=22, heading=16, body=15, secondary=13, caption=12, figure=28),
    Density.COMPACT: TypeSizes(title=24, heading=16, body=14, secondary=13, caption=12, figure=28),
}

RADIUS: Final = 12
RADIUS_SMALL: Final = 8
TARGET: Final = 44
TARGET_TOUCH: Final = 48
MOTION_MS: Final = 160
HOLD_MS: Final = 600


MEDIUM: Final = ft.TextThemeStyle.LABEL_MEDIUM
BOLD: Final = ft.TextThemeStyle.TITLE_SMALL
