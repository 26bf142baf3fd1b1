"""Where a booking would stand that is being moved: its new time beside it, and the reason where it cannot stand."""

import math
from dataclasses import dataclass
from typing import Final

import flet as ft

from widgets import parts, theme
from widgets.grid_card import RADIUS, Box
from widgets.grid_shape import AIR, CARD_AT_LEAST, GridShape

BUBBLE: Final = 264
GAP: Final = 6
ROOM: Final = 120
"""Pixels that what is said needs at the most, with the gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The part of the grid that is in sight, in pixels from its top."""

    top: float = 0.0
    bottom: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """`start`, `minutes` by the wall.  `when`: its new time; `why`: what is in the way, `note`: what is good to know.

    `veiled`: where the booking stands now.
    """

    column: int
    start: int
    minutes: int
    colour: str
    name: str
    when: str
    why: str = ""
    note: str = ""
    veiled: Box | None = None
    seen: Seen = Seen()


def ghost_layer(shape: GridShape, ghost: Ghost) -> ft.Control:
    """As large as the grid, and nothing in it can be pressed."""
    box = ghost_box(shape, ghost)
    layers: list[ft.Control] = []
    if ghost.veiled:
        layers.append(_veil(ghost.veiled))
    layers += [_outline(box, ghost), _bubble(shape, box, ghost)]
    drawn = ft.Stack(layers, width=shape.width, height=shape.height)
    return ft.Container(ft.Semantics(exclude_semantics=True, content=drawn), ignore_interactions=True)


def ghost_box(shape: GridShape, ghost: Ghost) -> Box:
    """The whole width of its column: beside what it would stand is not decided before it is dropped."""
    return Box(
        left=shape.x(ghost.column) + 4,
        top=shape.y(ghost.start) + 1,
        width=shape.column - 8,
        height=max(CARD_AT_LEAST * shape.scale, ghost.minutes * shape.hour / 60 - AIR),
    )


def _veil(box: Box) -> ft.Control:
    """Over the booking where it stands: it is not there any more, and not gone either."""
    return ft.Container(
        left=box.left,
        top=box.top,
        width=box.width,
        height=box.height,
        bgcolor=ft.Colors.with_opacity(0.65, theme.SURFACE),
    )


def _outline(box: Box, ghost: Ghost) -> ft.Control:
    ground, ink = (theme.DANGER_GROUND, theme.ON_DANGER_GROUND) if ghost.why else (theme.SURFACE, theme.TEXT)
    line = theme.DANGER if ghost.why else ghost.colour
    name = parts.text(ghost.name, size=13, weight=parts.W600, color=ink, lines=1, height=1.25)
    return ft.Container(
        name,
        left=box.left,
        top=box.top,
        width=box.width,
        height=box.height,
        bgcolor=ft.Colors.with_opacity(0.92, ground),
        border=ft.Border.all(2, line),
        border_radius=RADIUS,
        padding=ft.Padding.only(left=9, right=4, top=max(0.0, min(3.0, (box.height - 22) / 2))),
        shadow=ft.BoxShadow(blur_radius=12, color="#33000000", offset=ft.Offset(0, 3)),
        key="ghost",
    )


def _bubble(shape: GridShape, box: Box, ghost: Ghost) -> ft.Control:
    """What is said of the place, as `_beside` places it."""
    width = min(BUBBLE * shape.scale, shape.width - 8)
    left = max(4.0, min(box.left, shape.width - width - 4))
    top, bottom = _beside(shape, box, ghost.seen)
    rows: list[ft.Control] = [parts.text(ghost.when, size=14, weight=parts.W600, color=theme.ON_BAR, lines=2)]
    if ghost.why:
        rows.append(
            ft.Row(
                [
                    ft.Icon(ft.Icons.BLOCK, size=16, color=theme.BAR_DANGER),
                    parts.text(ghost.why, size=13, color=theme.ON_BAR, lines=3, expand=True),
                ],
                spacing=6,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    elif ghost.note:
        rows.append(parts.text(ghost.note, size=12, color=theme.BAR_MUTED, lines=1))
    return ft.Container(
        ft.Column(rows, spacing=3, tight=True),
        left=left,
        top=top,
        bottom=bottom,
        width=width,
        bgcolor=theme.BAR,
        border_radius=theme.RADIUS_SMALL,
        padding=ft.Padding.symmetric(horizontal=11, vertical=8),
        key="ghost.said",
    )


def _beside(shape: GridShape, box: Box, seen: Seen) -> tuple[float | None, float | None]:
    """From the grid's top or from its bottom: over the ghost, where a finger does not cover it; under it where the head
    would; on it where neither is in sight.
    """
    room = ROOM * shape.scale
    end = box.top + box.height
    if box.top - seen.top >= room:
        return None, shape.height - box.top + GAP
    return (end if seen.bottom - end >= room else seen.top) + GAP, None
