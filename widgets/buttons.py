"""What can be pressed: any content as one button, buttons with a word, buttons that are an icon.

All of it is made here, so that each has a key, a stable identifier for tests and assistive technology, an accessible
name, a target of at least 44 pixels and a visible ring when it has the keyboard's focus.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import flet as ft

from widgets import theme
from widgets.component import Handler, handler
from widgets.parts import CLEAR, W400, W500, W600, text, tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """What happens when the keyboard comes to a button and when it leaves.  `ref`: to bring it there."""

    ref: "ft.Ref[Any]"
    lands: Handler | None = None
    leaves: Handler | None = None


RING: Final = ft.BorderSide(2, theme.VIOLET)


def _sides(resting: ft.BorderSide | None) -> dict[ft.ControlState, ft.BorderSide]:
    return {ft.ControlState.FOCUSED: RING, ft.ControlState.DEFAULT: resting or ft.BorderSide(0, CLEAR)}


def pressable(
    identifier: str,
    name: str,
    content: ft.Control,
    on_click: Handler,
    *,
    padding: ft.PaddingValue = 0,
    radius: int = theme.RADIUS_SMALL,
    selected: bool | None = None,
    expanded: bool | None = None,
    bgcolor: ft.ColorValue | None = None,
    side: ft.BorderSide | None = None,
    expand: bool | int | None = None,
    on_hover: Handler | None = None,
    width: float | None = None,
    tooltip: str | None = None,
    disabled: bool = False,
    center: bool = False,
    top: bool = False,
    focus: Focus | None = None,
) -> ft.Control:
    """Any content as one button with one name: what the eye reads in pieces the ear hears as `name`."""
    button = ft.TextButton(
        content=ft.Semantics(exclude_semantics=True, content=content),
        key=identifier,
        ref=focus.ref if focus else None,
        on_click=handler(on_click),
        on_hover=handler(on_hover) if on_hover else None,
        on_focus=handler(focus.lands) if focus and focus.lands else None,
        on_blur=handler(focus.leaves) if focus and focus.leaves else None,
        width=width,
        tooltip=tip(tooltip),
        disabled=disabled,
        style=ft.ButtonStyle(
            padding=padding,
            shape=ft.RoundedRectangleBorder(radius=radius),
            side=_sides(side),
            bgcolor=bgcolor or CLEAR,
            color=theme.TEXT,
            alignment=_alignment(center, top),
            overlay_color={
                ft.ControlState.HOVERED: ft.Colors.with_opacity(0.05, theme.TEXT),
                ft.ControlState.FOCUSED: ft.Colors.with_opacity(0.06, theme.VIOLET),
                ft.ControlState.PRESSED: ft.Colors.with_opacity(0.10, theme.VIOLET),
            },
            text_style=ft.TextStyle(size=14, weight=W400),
        ),
    )
    return named(identifier, name, button, selected=selected, expanded=expanded, expand=expand)


def _alignment(center: bool, top: bool) -> ft.Alignment:
    if center:
        return ft.Alignment.CENTER
    return ft.Alignment.TOP_LEFT if top else ft.Alignment.CENTER_LEFT


def named(
    identifier: str,
    name: str,
    control: ft.Control,
    *,
    selected: bool | None = None,
    expanded: bool | None = None,
    expand: bool | int | None = None,
) -> ft.Control:
    """A control with its identifier and its one accessible name, merged into a single node of the semantics tree."""
    return ft.MergeSemantics(
        ft.Semantics(identifier=identifier, label=name, selected=selected, expanded=expanded, content=control),
        expand=expand,
    )


class Kind(StrEnum):
    """How much a button asks to be pressed."""

    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"
    LINK = "link"


def button(
    identifier: str,
    label: str,
    on_click: Handler,
    *,
    kind: Kind = Kind.PLAIN,
    icon_name: ft.IconData | None = None,
    hint: str | None = None,
    name: str | None = None,
    height: int = theme.TARGET,
    expand: bool | int | None = None,
    disabled: bool = False,
    busy: bool = False,
    wraps: bool = False,
) -> ft.Control:
    """A button with a word.  `hint` is the key that does the same; `busy` keeps its place and shows a ring.

    `wraps`: a long label takes as many lines as it needs; the button must stand where its width is given.
    """
    ground, ink, side = _button_colours(kind)
    parts: list[ft.Control] = []
    if busy:
        parts.append(ft.ProgressRing(width=16, height=16, stroke_width=2, color=ink))
    elif icon_name:
        parts.append(ft.Icon(icon_name, size=20, color=ink))
    if wraps:
        parts.append(text(label, size=14, color=ink, weight=W600, expand=True))
    else:
        said = text(label, size=14, color=ink, weight=W600, lines=3, align=ft.TextAlign.CENTER, expand=True, loose=True)
        parts.append(said)
    if hint:
        parts.append(text(hint, size=12, color=ink, weight=W500))
    control = ft.TextButton(
        content=ft.Semantics(
            exclude_semantics=True,
            content=ft.Row(parts, spacing=8, tight=not wraps, alignment=ft.MainAxisAlignment.CENTER),
        ),
        key=identifier,
        on_click=handler(on_click),
        disabled=disabled or busy,
        opacity=0.55 if disabled else 1.0,
        style=ft.ButtonStyle(
            padding=ft.Padding.symmetric(horizontal=16 if kind is not Kind.LINK else 8, vertical=(height - 20) / 2),
            shape=ft.RoundedRectangleBorder(radius=10),
            bgcolor=ground,
            color=ink,
            side=_sides(side),
            overlay_color=ft.Colors.with_opacity(0.10, ink),
            text_style=ft.TextStyle(size=14, weight=W600),
        ),
    )
    return named(identifier, name or label, control, expand=expand)


def _button_colours(kind: Kind) -> tuple[ft.ColorValue, ft.Colors, ft.BorderSide | None]:
    line = ft.BorderSide(1, theme.LINE)
    match kind:
        case Kind.PRIMARY:
            return theme.PRIMARY, theme.ON_PRIMARY, None
        case Kind.DANGER:
            return theme.SURFACE, theme.DANGER, line
        case Kind.LINK:
            return CLEAR, theme.PRIMARY, None
        case Kind.PLAIN:
            return theme.SURFACE, theme.TEXT, line


def icon_button(
    identifier: str,
    name: str,
    icon_name: ft.IconData,
    on_click: Handler,
    *,
    color: ft.ColorValue = theme.MUTED,
    size: int = 22,
    target: int = theme.TARGET,
    disabled: bool = False,
    focus: Focus | None = None,
) -> ft.Control:
    """A button that is an icon: its name is heard, and read in the tooltip."""
    return named(
        identifier,
        name,
        ft.IconButton(
            icon_name,
            key=identifier,
            ref=focus.ref if focus else None,
            on_focus=handler(focus.lands) if focus and focus.lands else None,
            on_blur=handler(focus.leaves) if focus and focus.leaves else None,
            icon_color=color,
            icon_size=size,
            width=target,
            height=target,
            padding=0,
            disabled=disabled,
            tooltip=tip(name),
            on_click=handler(on_click),
            style=ft.ButtonStyle(side=_sides(None), shape=ft.RoundedRectangleBorder(radius=10)),
        ),
    )
