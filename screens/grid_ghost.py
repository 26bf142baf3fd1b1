"""A booking on its way: the ghost over the grid, and for the keyboard a line that says where it is and what keys do."""

from dataclasses import replace

import flet as ft

from client.insight.grid import Grid
from client.models.bookings import Booking
from client.state.business import BusinessState
from client.state.moving import Aim, MoveStore, Moving
from screens.grid_hand import Sight
from screens.window import bring_keyboard
from widgets import format as fmt
from widgets import parts, theme
from widgets.booking_row import staff_colour
from widgets.component import effect, memoized
from widgets.grid_card import Box, box_of
from widgets.grid_ghost import Ghost, ghost_box, ghost_layer
from widgets.grid_shape import GridShape
from widgets.refusals import obstacle_sentence
from widgets.strings import Words

LINE_WIDTH = 620


@memoized
def ghost_over(
    moves: MoveStore, words: Words, shape: GridShape, grid: Grid, ours: BusinessState, sight: Sight, known_at: str
) -> ft.Control:
    """The one control that a drag patches.  `known_at`: of when is what this device knows, where it is older."""
    now = moves.state
    if now is None:
        return ft.Container()
    return ghost_layer(shape, replace(ghost_of(words, shape, grid, ours, now, known_at), seen=sight.seen))


@memoized
def moving_line(
    moves: MoveStore,
    words: Words,
    shape: GridShape,
    grid: Grid,
    ours: BusinessState,
    sight: Sight,
) -> ft.Control:
    """While the keyboard moves a booking: it has the focus, so that no key does anything else, and says each step."""
    now = moves.state if moves.state and moves.state.by_keys else None
    listener = ft.use_memo(lambda: ft.Ref[ft.KeyboardListener](), [])

    async def hold() -> None:
        if now is None:
            return
        await sight.show(ghost_box(shape, ghost_of(words, shape, grid, ours, now, "")))
        await bring_keyboard(listener)

    effect(hold, [now])
    if now is None:
        return ft.Container(height=0)
    return _line(words, ours, now, listener)


def _line(words: Words, ours: BusinessState, now: Moving, listener: "ft.Ref[ft.KeyboardListener]") -> ft.Control:
    """What is moved and where to, said politely at each step; how, for the eye and once for the ear."""
    name = fmt.clipped(now.booking.customer_name, 80)
    title = words("moving.length" if now.aim is Aim.LENGTH else "moving.place", name=name)
    keys = words("moving.keys_length" if now.aim is Aim.LENGTH else "moving.keys")
    step = f"{when(words, ours, now)}. {why_not(words, now) or words('moving.free')}"
    said = step if now.changed else f"{title}. {keys}"
    ink = theme.BAR_DANGER if now.blocked else theme.ON_BAR
    shown = ft.Column(
        [
            parts.text(title, size=14, weight=parts.W600, color=theme.ON_BAR, lines=2),
            *([parts.text(step, size=14, color=ink, lines=3)] if now.changed else []),
            parts.text(keys, size=12, color=theme.BAR_MUTED, lines=3),
        ],
        spacing=3,
        tight=True,
    )
    spoken = ft.Semantics(
        identifier="grid.moving",
        live_region=True,
        label=said,
        content=ft.Semantics(exclude_semantics=True, content=shown),
    )
    bar = ft.Container(
        ft.KeyboardListener(spoken, key="moving", ref=listener),
        width=LINE_WIDTH,
        bgcolor=theme.BAR,
        border_radius=theme.RADIUS,
        padding=ft.Padding.symmetric(horizontal=16, vertical=11),
    )
    return ft.Container(bar, padding=12, alignment=ft.Alignment.BOTTOM_CENTER)


def _where_it_stands(shape: GridShape, grid: Grid, booking: Booking) -> Box | None:
    for index, column in enumerate(grid.columns):
        for card in column.cards:
            if isinstance(card.item, Booking) and card.item.booking_id == booking.booking_id:
                return box_of(shape, index, card)
    return None


def ghost_of(words: Words, shape: GridShape, grid: Grid, ours: BusinessState, now: Moving, known_at: str) -> Ghost:
    why = why_not(words, now)
    return Ghost(
        column=now.column,
        start=now.minute,
        minutes=now.end_minute - now.minute,
        colour=staff_colour(ours.who(now.staff_id)),
        name=fmt.clipped(now.booking.customer_name, 80),
        when=when(words, ours, now),
        why=why,
        note="" if why or not known_at else words("moving.free_as_of", time=known_at),
        veiled=_where_it_stands(shape, grid, now.booking),
    )


def when(words: Words, ours: BusinessState, now: Moving) -> str:
    """Its new time with what a column is, Tue 25 Nov or Ana; its length where that is what is changed."""
    if now.starts_at is None or now.ends_at is None:
        return fmt.wall_clock(words, now.minute)
    time = fmt.time_range(words, now.starts_at, now.ends_at)
    if now.aim is Aim.LENGTH:
        return f"{time} · {fmt.minutes_long(words, now.minutes)}"
    person = ours.who(now.staff_id)
    whose = person.name if person else words("booking.nobody")
    day = fmt.day_short(words, fmt.local_day(words, now.starts_at))
    return f"{time} · {whose}" if now.people else f"{day} · {time}"


def why_not(words: Words, now: Moving) -> str:
    """Why it cannot be dropped there; nothing where it can."""
    if now.starts_at is None:
        return words("not_allowed.skipped")
    return obstacle_sentence(words, now.obstacle, now.since) if now.obstacle else ""
