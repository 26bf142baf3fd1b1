"""The small parts every widget is made of: text in its few sizes, chips, marks, cards and lines.

What can be pressed is in `buttons`, what can be typed in is in `fields`.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import flet as ft

from widgets import theme
from widgets.theme import Layout

W400: Final = ft.FontWeight.W_400
W500: Final = ft.FontWeight.W_500
W600: Final = ft.FontWeight.W_600
CLEAR: Final = ft.Colors.TRANSPARENT


def text(
    value: str,
    *,
    size: float = 14,
    color: ft.ColorValue = theme.TEXT,
    weight: ft.FontWeight = W400,
    lines: int | None = None,
    expand: bool | int | None = None,
    loose: bool = False,
    italic: bool = False,
    align: ft.TextAlign = ft.TextAlign.START,
    height: float | None = None,
    spacing: float | None = None,
    struck: bool = False,
    tooltip: str | None = None,
    semantics_label: str | None = None,
    selectable: bool | None = None,
    key: str | None = None,
    width: float | None = None,
) -> ft.Text:
    """Text that wraps, or with `lines` ends in an ellipsis; then the full text is a tooltip away.

    `loose`: with `expand`, it may be as wide as there is room for instead of having to be.
    """
    cut = lines is not None
    decoration = ft.TextDecoration.LINE_THROUGH if struck else None
    styled = height or spacing or struck
    return ft.Text(
        value,
        size=size,
        color=color,
        theme_style=_FACES.get(weight),
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if cut else ft.TextOverflow.CLIP,
        expand=expand,
        expand_loose=loose,
        italic=italic,
        text_align=align,
        style=ft.TextStyle(height=height, letter_spacing=spacing, decoration=decoration) if styled else None,
        tooltip=tip(tooltip or (value if cut and len(value) > 24 else None)),
        semantics_label=semantics_label,
        selectable=selectable,
        key=key,
        width=width,
    )


def tip(words: str | None) -> ft.Tooltip | None:
    """Words under a resting pointer, after the time the look gives; who hears the page has them as a name."""
    return ft.Tooltip(message=words, exclude_from_semantics=True) if words else None


_FACES: Final = {W500: theme.MEDIUM, W600: theme.BOLD}


def muted(value: str, *, size: int = 13, **kwargs: Any) -> ft.Text:
    return text(value, size=size, color=theme.MUTED, **kwargs)


def strong(value: str, *, size: int = 15, **kwargs: Any) -> ft.Text:
    return text(value, size=size, weight=W600, **kwargs)


def heading(value: str, *, size: int, level: int = 1) -> ft.Control:
    """A heading that assistive technology can jump to."""
    return ft.Semantics(header=True, heading_level=level, content=text(value, size=size, weight=W600, height=1.25))


def section_label(value: str, trailing: ft.Control | None = None, *, level: int = 2) -> ft.Control:
    """LIVE CALLS · 2: the small capitals over a group."""
    label = ft.Semantics(
        header=True,
        heading_level=level,
        content=text(
            value.upper(),
            size=12,
            color=theme.MUTED,
            weight=W600,
            spacing=0.7,
            semantics_label=value,
        ),
        expand=True,
    )
    return ft.Container(
        ft.Row([label, *([trailing] if trailing else [])], spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        padding=ft.Padding.only(left=2, right=2),
    )


def icon(name: ft.IconData, *, size: int = 20, color: ft.ColorValue = theme.MUTED, label: str | None = None) -> ft.Icon:
    """An icon beside its word; one that stands alone needs a `label`."""
    return ft.Icon(name, size=size, color=color, semantics_label=label)


class Tone(StrEnum):
    """What a chip's colours say; its words always say it too."""

    AI = "ai"
    POSITIVE = "positive"
    WARNING = "warning"
    DANGER = "danger"
    NEUTRAL = "neutral"


_TONES: Final[dict[Tone, tuple[ft.Colors, ft.Colors]]] = {
    Tone.AI: (theme.AI_GROUND, theme.AI_TEXT),
    Tone.POSITIVE: (theme.POSITIVE_GROUND, theme.ON_POSITIVE_GROUND),
    Tone.WARNING: (theme.WARNING_GROUND, theme.ON_WARNING_GROUND),
    Tone.DANGER: (theme.DANGER_GROUND, theme.ON_DANGER_GROUND),
    Tone.NEUTRAL: (theme.SURFACE_2, theme.MUTED),
}


def tone_ink(tone: Tone) -> ft.Colors:
    """The colour of a mark or text of this tone on a plain surface."""
    return {
        Tone.AI: theme.PRIMARY,
        Tone.POSITIVE: theme.POSITIVE,
        Tone.WARNING: theme.WARNING,
        Tone.DANGER: theme.DANGER,
        Tone.NEUTRAL: theme.MUTED,
    }[tone]


def chip(value: str, tone: Tone, icon_name: ft.IconData | None = None, *, small: bool = False) -> ft.Control:
    """A word on its colour."""
    ground, ink = _TONES[tone]
    parts: list[ft.Control] = [ft.Icon(icon_name, size=14, color=ink)] if icon_name else []
    parts.append(text(value, size=11 if small else 12, color=ink, weight=W500, lines=1))
    return ft.Container(
        ft.Row(parts, spacing=4, tight=True, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        bgcolor=ground,
        border_radius=theme.RADIUS_SMALL,
        padding=ft.Padding.symmetric(horizontal=6 if small else 8, vertical=1 if small else 3),
    )


def ai_mark(label: str) -> ft.Control:
    """The mark beside every AI employee's name."""
    return chip(label, Tone.AI, small=True)


def dot(tone: Tone, *, size: int = 9, label: str | None = None) -> ft.Control:
    mark = ft.Container(width=size, height=size, border_radius=size, bgcolor=tone_ink(tone))
    return ft.Semantics(label=label, content=mark) if label else mark


def avatar(letters: str, *, size: int = 32, label: str | None = None) -> ft.Control:
    """A person: initials in a circle, without an AI mark.  The platform keeps them in it however large text is."""
    return ft.CircleAvatar(
        text(letters, size=round(size * 0.38), weight=W600, color=theme.MUTED, semantics_label=label, lines=1),
        radius=size / 2,
        bgcolor=theme.SURFACE_2,
    )


def fact(
    label: str, value: str, layout: Layout, *, label_width: int, size: int = 14, struck: bool = False
) -> ft.Control:
    """A named value: beside its name, below it where there is no room.  One node to assistive technology.

    `struck`: it no longer holds.
    """
    ink = theme.MUTED if struck else theme.TEXT
    said = text(value, size=size, height=1.4, color=ink, struck=struck, selectable=True, expand=not layout.one_column)
    if layout.one_column:
        return ft.MergeSemantics(ft.Column([muted(label), said], spacing=1, tight=True))
    name = muted(label, width=label_width * layout.text_scale)
    return ft.MergeSemantics(ft.Row([name, said], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START))


def quote(label: str, said: str, *, size: int) -> ft.Control:
    """Words to be read and copied.  What can be selected is a text field to assistive technology: it needs a name."""
    return ft.MergeSemantics(ft.Semantics(label=label, content=text(said, size=size, height=1.45, selectable=True)))


def card(
    content: ft.Control,
    *,
    padding: ft.PaddingValue = 16,
    expand: bool | int | None = None,
    key: str | None = None,
    border: ft.Border | None = None,
) -> ft.Container:
    """A surface that groups."""
    return ft.Container(
        content,
        bgcolor=theme.SURFACE,
        border=border or ft.Border.all(1, theme.LINE),
        border_radius=theme.RADIUS,
        padding=padding,
        expand=expand,
        key=key,
    )


def divided(rows: Sequence[ft.Control]) -> list[ft.Control]:
    """Rows with hairlines between them."""
    out: list[ft.Control] = []
    for index, row in enumerate(rows):
        if index:
            out.append(hairline())
        out.append(row)
    return out


def abreast(cells: Sequence[ft.Control], gap: int) -> ft.Row:
    """Cells beside each other, all as high as the highest.

    The gaps are boxes of their own: a row's height is reckoned as if the cells had its spacing too, and a text that
    then takes a line more is cut off.
    """
    spaced = [each for cell in cells for each in (ft.Container(width=gap), cell)][1:]
    return ft.Row(spaced, spacing=0, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def hairline() -> ft.Control:
    return ft.Container(height=1, bgcolor=theme.LINE)


def gap(height: int) -> ft.Control:
    return ft.Container(height=height)


def in_the_middle(content: ft.Control) -> ft.Control:
    """A form alone in the window; it scrolls where the window is lower."""
    return ft.Container(
        ft.Column(
            [content],
            scroll=ft.ScrollMode.AUTO,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            expand=True,
        ),
        expand=True,
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.symmetric(horizontal=16, vertical=24),
    )
