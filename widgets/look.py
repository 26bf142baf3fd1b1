"""The palettes and faces of `theme.py` as Flet takes them: one whole look for each appearance."""

from dataclasses import dataclass, fields
from typing import Any, Final, cast

import flet as ft

from widgets.theme import RADIUS_SMALL, ROLES, Palette


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Font families of the heavier weights where the platform's own font has none to give."""

    medium: str
    bold: str


BUNDLED: Final = Faces(medium="Chatty Medium", bold="Chatty Bold")
FONT_FILES: Final = {BUNDLED.medium: "fonts/Roboto-Medium.ttf", BUNDLED.bold: "fonts/Roboto-Bold.ttf"}


def scheme(palette: Palette) -> ft.ColorScheme:
    """The platform's colour scheme that says our roles; what we do not name falls back to a neutral of ours."""
    ours = {ROLES[f.name].name.lower(): getattr(palette, f.name) for f in fields(palette)}
    return ft.ColorScheme(
        **ours,
        outline=palette.muted,
        surface_tint=palette.surface,
        surface_bright=palette.surface,
        surface_container=palette.surface,
        surface_container_low=palette.surface,
        surface_container_lowest=palette.surface,
        surface_container_high=palette.surface_2,
        on_secondary=palette.surface,
        on_tertiary=palette.surface,
        shadow="#000000",
        scrim="#000000",
    )


def theme(palette: Palette, faces: Faces | None = None, *, tips: bool = True) -> ft.Theme:
    """The whole look for one appearance.  Transitions between views are off: details appear, they do not fly in.

    `tips`: names appear under a resting pointer.
    """
    still = ft.PageTransitionTheme.NONE
    return ft.Theme(
        color_scheme=scheme(palette),
        scaffold_bgcolor=palette.bg,
        focus_color=f"#33{palette.violet[1:]}",
        hover_color=f"#0F{palette.text[1:]}",
        splash_color=f"#1A{palette.violet[1:]}",
        highlight_color="#00000000",
        divider_color=palette.line,
        visual_density=ft.VisualDensity.STANDARD,
        page_transitions=ft.PageTransitionsTheme(android=still, ios=still, macos=still, linux=still, windows=still),
        scrollbar_theme=ft.ScrollbarTheme(thickness=6, radius=3, thumb_color=f"#66{palette.muted[1:]}"),
        text_theme=_text_theme(palette, faces),
        tooltip_theme=ft.TooltipTheme(
            decoration=ft.BoxDecoration(bgcolor=palette.bar, border_radius=RADIUS_SMALL),
            text_style=ft.TextStyle(color=palette.on_bar, size=12),
            wait_duration=400 if tips else ft.Duration(days=1),
            trigger_mode=None if tips else cast(Any, ft.TooltipTriggerMode).MANUAL,
        ),
    )


def _text_theme(palette: Palette, faces: Faces | None) -> ft.TextTheme:
    """The platform's own spacing of letters is made for smaller type than ours."""
    plain = ft.TextStyle(color=palette.text, letter_spacing=0)
    medium = ft.TextStyle(color=palette.text, letter_spacing=0, weight=ft.FontWeight.W_500)
    bold = ft.TextStyle(color=palette.text, letter_spacing=0, weight=ft.FontWeight.W_600)
    if faces:
        medium = ft.TextStyle(color=palette.text, letter_spacing=0, font_family=faces.medium)
        bold = ft.TextStyle(color=palette.text, letter_spacing=0, font_family=faces.bold)
    return ft.TextTheme(
        body_small=plain,
        body_medium=plain,
        body_large=plain,
        label_large=plain,
        label_medium=medium,
        title_small=bold,
        title_medium=plain,
        title_large=plain,
    )
