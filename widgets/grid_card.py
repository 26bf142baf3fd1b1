"""What stands in a grid of hours: a booking, blocked time, a crowd.  As much is written as fits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import flet as ft
import flet.canvas as cv

from client.insight.grid import Blocks, Card, Crowd
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Staff
from client.models.ids import StaffId
from widgets import buttons, grid_touch, marks, parts, theme
from widgets import format as fmt
from widgets.booking_row import spoken, staff_colour
from widgets.buttons import Focus
from widgets.grid_shape import AIR, CARD_AT_LEAST, GridShape
from widgets.strings import Words

LINE_1: Final = 17
LINE_2: Final = 15
"""Pixels a line of the name, and of what is under it, takes at the usual size."""
EDGE: Final = 4
RADIUS: Final = 8
MOUSE_EDGE: Final = 8.0
FINGER_EDGE: Final = 16.0
"""Pixels at the bottom of a card by which it is made longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLook:
    """How a card is drawn.  `over`: it has ended; `names_staff`: a column is no person; `edge`: a mouse can take its
    lower edge.
    """

    names_staff: bool
    over: bool = False
    selected: bool = False
    edge: bool = False


def booking_card(
    words: Words,
    shape: GridShape,
    column: int,
    card: Card,
    booking: Booking,
    staff: Staff | None,
    look: CardLook,
    on_open: Callable[[], object],
    focus: Focus | None = None,
) -> ft.Control:
    """One booking as a button.  Not sent yet: on a plain ground with a dashed outline, and the words."""
    box = box_of(shape, column, card)
    colour = staff_colour(staff)
    ground = theme.SURFACE if booking.pending else theme.staff_ground(colour)
    said = _said(words, booking, staff, look)
    struck = _struck(booking)
    face = _face(shape, box, said, colour=colour, ink=_ink(booking, look), struck=struck, pale=look.over)
    button = buttons.pressable(
        f"booking.{booking.booking_id}",
        _card_name(words, card, booking, staff),
        face,
        on_open,
        radius=RADIUS,
        selected=look.selected or None,
        bgcolor=ground,
        side=buttons.RING if look.selected else None,
        top=True,
        focus=focus,
    )
    layers: list[ft.Control] = [ft.Container(button, width=box.width, height=box.height)]
    if booking.pending and not look.selected:
        layers.append(_dashes(box, colour))
    if look.edge:
        layers.append(_lower_edge(box, booking))
    return box.placed(ft.Stack(layers), key=f"card.{booking.booking_id}{'.after' if card.from_before else ''}")


def buffer_tail(shape: GridShape, column: int, card: Card) -> ft.Control | None:
    """The minutes kept free after a booking: a thin bar under its card, only to be seen."""
    if not card.buffer:
        return None
    box = box_of(shape, column, card)
    return ft.Container(
        left=box.left,
        top=box.top + box.height,
        width=box.width,
        height=max(3.0, card.buffer * shape.hour / 60 - AIR),
        bgcolor=ft.Colors.with_opacity(0.6, theme.SURFACE_2),
        border=ft.Border.only(left=ft.BorderSide(2, theme.LINE)),
    )


def block_card(
    words: Words, shape: GridShape, column: int, card: Card, blocks: Blocks, people: Mapping[StaffId, Staff]
) -> ft.Control:
    """Time nobody can be booked in: grey, with what it is and where that comes from."""
    block = blocks.first
    box = box_of(shape, column, card)
    whose = ", ".join(people[staff_id].name for staff_id in blocks.whose if staff_id in people)
    source = words(f"block.{block.source}") if words.has(f"block.{block.source}") else words("block.manual")
    time = fmt.time_range(words, block.starts_at, block.ends_at)
    title = fmt.clipped(block.title, 80)
    waits = words("grid.not_sent") if block.pending else ""
    told = " · ".join(piece for piece in (waits, source, whose) if piece)
    face = _face(shape, box, [title, told], colour=theme.MUTED, ink=theme.TEXT)
    name = words("block.spoken", title=title, time=time, source=source, who=whose or words("block.everybody"))
    name = f"{name}, {waits}" if waits else name
    shown = ft.Container(face, bgcolor=theme.SURFACE_2, border_radius=RADIUS, border=_outline(block))
    return box.placed(ft.Semantics(label=name, content=ft.Semantics(exclude_semantics=True, content=shown)))


def crowd_card(
    words: Words,
    shape: GridShape,
    column: int,
    card: Card,
    crowd: Crowd,
    on_open: Callable[[], object],
    *,
    identifier: str,
) -> ft.Control:
    """Several on one card: how many, and as many names as fit.  Opens where there is room for each."""
    box = box_of(shape, column, card)
    count = words("grid.crowd", n=len(crowd.bookings) + crowd.blocks)
    names = [fmt.clipped(b.customer_name, 40) for b in crowd.bookings]
    start, end = (fmt.wall_clock(words, minute) for minute in (card.span.start, card.span.end))
    button = buttons.pressable(
        identifier,
        words("grid.crowd_spoken", count=count, start=start, end=end),
        ft.Container(
            _lines([count, *names], box.height, shape.scale, theme.TEXT, False),
            padding=ft.Padding.only(left=9, right=4, top=_top(box.height, shape.scale)),
        ),
        on_open,
        radius=RADIUS,
        bgcolor=theme.SURFACE_2,
        side=ft.BorderSide(1, theme.LINE),
        top=True,
    )
    return box.placed(ft.Container(button, width=box.width, height=box.height))


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a card is drawn, in pixels from the grid's corner."""

    left: float
    top: float
    width: float
    height: float

    def placed(self, content: ft.Control, *, key: str | None = None) -> ft.Control:
        return ft.Container(
            content,
            key=key,
            left=self.left,
            top=self.top,
            width=self.width,
            height=self.height,
            bgcolor=theme.SURFACE,
            border_radius=RADIUS,
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        )

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    def edge(self, *, finger: bool) -> float:
        """How high the strip at the bottom is by which it is made longer; a third of it at the most."""
        return min(FINGER_EDGE if finger else MOUSE_EDGE, self.height / 3)


def box_of(shape: GridShape, column: int, card: Card) -> Box:
    """Inside its lane, with air around it; the buffer below has its own."""
    lane = (shape.column - 6) / card.lanes
    height = (card.span.end - card.span.start) * shape.hour / 60 - AIR
    return Box(
        left=shape.x(column) + 4 + card.lane * lane,
        top=shape.y(card.span.start) + 1,
        width=lane * card.wide - 2,
        height=max(CARD_AT_LEAST * shape.scale, height),
    )


def _face(
    shape: GridShape,
    box: Box,
    said: list[str],
    *,
    colour: ft.ColorValue,
    ink: ft.Colors,
    struck: bool = False,
    pale: bool = False,
) -> ft.Control:
    """A bar of the colour at the left, the words beside it."""
    told = _lines(said, box.height, shape.scale, ink, struck)
    air = ft.Padding.only(left=7, right=4, top=_top(box.height, shape.scale))
    return ft.Row(
        [
            ft.Container(width=EDGE, bgcolor=colour, opacity=0.5 if pale else 1.0),
            ft.Container(told, expand=True, padding=air),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _lines(told: list[str], height: float, scale: float, ink: ft.Colors, struck: bool) -> ft.Control:
    """The first in bold, then as many as the height has room for."""
    room = (height - 4) / scale - LINE_1
    shown = max(0, int(room // LINE_2))
    first = parts.text(told[0], size=13, weight=parts.W600, color=ink, lines=1, height=1.25)
    if struck:
        first.spans = [ft.TextSpan(told[0], ft.TextStyle(decoration=ft.TextDecoration.LINE_THROUGH))]
        first.value = ""
    rest: list[ft.Control] = [parts.muted(line, size=12, lines=1, height=1.2) for line in told[1 : 1 + shown] if line]
    return ft.Column([first, *rest], spacing=0, tight=True)


def _said(words: Words, booking: Booking, staff: Staff | None, look: CardLook) -> list[str]:
    """Name; what is unusual about it; time, service and who."""
    unusual = _unusual(words, booking, look)
    time = fmt.clock_time(words, booking.starts_at)
    who = staff.name if staff and look.names_staff else ""
    what = " · ".join(piece for piece in (booking.service_name, who) if piece)
    if unusual:
        return [fmt.clipped(booking.customer_name, 80), f"{time} · {unusual}", fmt.clipped(what, 120)]
    return [fmt.clipped(booking.customer_name, 80), fmt.clipped(f"{time} {what}", 120)]


def _unusual(words: Words, booking: Booking, look: CardLook) -> str:
    mark = marks.status_of(booking)
    if booking.pending:
        return words("grid.not_sent")
    usual = look.over and booking.status is BookingStatus.COMPLETED
    return words(mark.key) if mark and not usual else ""


def _card_name(words: Words, card: Card, booking: Booking, staff: Staff | None) -> str:
    """The row as a sentence, with what only a grid shows."""
    said = spoken(words, booking, staff)
    if card.goes_on or card.from_before:
        return words("grid.over_midnight", said=said)
    return said


def _ink(booking: Booking, look: CardLook) -> ft.Colors:
    return theme.MUTED if look.over or _struck(booking) else theme.TEXT


def _struck(booking: Booking) -> bool:
    return booking.status in (BookingStatus.CANCELLED, BookingStatus.NO_SHOW)


def _top(height: float, scale: float) -> float:
    """Air over the first line, as long as there is any."""
    return max(0.0, min(5.0, (height - LINE_1 * scale) / 2))


def _outline(block: Block) -> ft.Border | None:
    return ft.Border.all(1, theme.VIOLET) if block.pending else None


def _lower_edge(box: Box, booking: Booking) -> ft.Control:
    height = box.edge(finger=False)
    strip = grid_touch.edge(f"edge.{booking.booking_id}", box.width, height)
    return ft.Container(strip, left=0, top=box.height - height)


def _dashes(box: Box, colour: str) -> ft.Control:
    path = cv.Path.Rect(0.75, 0.75, box.width - 1.5, box.height - 1.5, border_radius=RADIUS)
    paint = ft.Paint(stroke_width=1.5, color=colour, style=ft.PaintingStyle.STROKE, stroke_dash_pattern=[4, 3])
    drawn = cv.Canvas([cv.Path([path], paint=paint)], width=box.width, height=box.height)
    return ft.Container(ft.Semantics(exclude_semantics=True, content=drawn), ignore_interactions=True)
