"""What a pointer takes in a grid and where it carries it; what of the grid is in sight meanwhile."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import flet as ft

from client.insight.grid import Card, Grid
from client.models.bookings import Booking
from client.models.ids import BookingId
from client.state.moving import Aim, Asks, MoveStore
from widgets.grid_card import Box, box_of
from widgets.grid_ghost import Seen
from widgets.grid_shape import GridShape
from widgets.grid_touch import Gestures, Point

OpenCard = Callable[[int, Card], object]
NewAt = Callable[[int, int], object]
"""Column and wall minute."""

NEAR_THE_EDGE: Final = 44
"""Pixels from the edge of what is in sight at which what is carried takes the grid along."""
QUARTER: Final = 15
SCROLLED_BY: Final = 48.0
SCROLLED_IN_MS: Final = 80
BARS_BELOW: Final = 130
"""Pixels that bars take below a grid at the most."""


@dataclass(kw_only=True, eq=False)
class Sight:
    """The part of the grid that is in sight.  `pixels` it is scrolled by; `height` is known once it was scrolled, and
    guessed where a pointer carries something before.
    """

    pixels: float = 0.0
    height: float = 0.0
    scroller: ft.Ref[ft.Column] = field(default_factory=lambda: ft.Ref[ft.Column]())

    @property
    def seen(self) -> Seen:
        return Seen(top=self.pixels, bottom=self.pixels + self.height if self.height else math.inf)

    def scrolled(self, e: ft.OnScrollEvent) -> None:
        self.pixels, self.height = e.pixels, e.viewport_dimension

    async def scroll_to(self, offset: float) -> None:
        if self.scroller.current is not None:
            await self.scroller.current.scroll_to(offset=max(0.0, offset), duration=0)

    async def scroll_by(self, pixels: float) -> None:
        if self.scroller.current is not None:
            await self.scroller.current.scroll_to(delta=pixels, duration=SCROLLED_IN_MS)

    async def show(self, box: Box) -> None:
        """Scroll as little as is needed to see it whole, or its beginning."""
        bottom = box.top + box.height + NEAR_THE_EDGE
        if box.top - NEAR_THE_EDGE < self.pixels:
            await self.scroll_to(box.top - NEAR_THE_EDGE)
        elif self.height and bottom > self.pixels + self.height:
            await self.scroll_to(min(box.top - NEAR_THE_EDGE, bottom - self.height))


@dataclass(kw_only=True, eq=False)
class Hand:
    """What a pointer has taken.  Kept from render to render; `look` gives it the grid as it is drawn now."""

    sight: Sight = field(default_factory=Sight)
    _cards: dict[BookingId, ft.Ref[ft.TextButton]] = field(default_factory=dict[BookingId, ft.Ref[ft.TextButton]])
    _grid: Grid | None = None
    _shape: GridShape | None = None
    _window_height: float = 0.0
    _from: Point = field(default_factory=lambda: Point(x=0, y=0))
    _last: Point | None = None
    _scrolled: float = 0.0
    _column: int = 0
    _minute: int = 0
    _end_minute: int = 0

    def look(self, grid: Grid, shape: GridShape, window_height: float) -> None:
        self._grid, self._shape, self._window_height = grid, shape, window_height
        here = {card.item.booking_id for c in grid.columns for card in c.cards if isinstance(card.item, Booking)}
        self._cards = {booking_id: self.button(booking_id) for booking_id in here}

    def button(self, booking_id: BookingId) -> ft.Ref[ft.TextButton]:
        """The button of a booking's card, the same for as long as it is on screen, wherever it is moved."""
        return self._cards.setdefault(booking_id, ft.Ref[ft.TextButton]())

    def gestures(self, moves: MoveStore, asks: Asks, open_card: OpenCard, new_at: NewAt) -> Gestures:
        return Gestures(
            press=self._press,
            take=lambda at, finger: self._take(moves, at if finger else self._from, finger=finger),
            carry=lambda at: self._carry(moves, at),
            let_go=lambda at: self._let_go(moves, asks, at),
            tap=lambda at: self._tap(at, open_card, new_at),
        )

    def _press(self, at: Point) -> None:
        """A drag is told of only when the mouse is some pixels away already; it took what it pressed."""
        self._from, self._scrolled = at, self.sight.pixels

    def scrolled(self, moves: MoveStore, e: ft.OnScrollEvent) -> None:
        """What is in the hand stays under the pointer."""
        self.sight.scrolled(e)
        if self._last is not None:
            self._bring(moves, self._last)

    def _take(self, moves: MoveStore, at: Point, *, finger: bool) -> None:
        self._last = None
        if finger:
            self._scrolled = self.sight.pixels
        hit = self._under(at)
        if hit is None:
            return
        _, card, box = hit
        if not isinstance(card.item, Booking):
            return
        by_edge = at.y > box.top + box.height - box.edge(finger=finger) and not card.goes_on
        if moves.take(card.item, Aim.LENGTH if by_edge else Aim.PLACE) and moves.state:
            self._from, self._column = at, moves.state.column
            self._minute, self._end_minute = moves.state.minute, moves.state.end_minute

    def _carry(self, moves: MoveStore, at: Point) -> Awaitable[None] | None:
        self._last = at
        return self._scroll_along(at) if self._bring(moves, at) else None

    def _bring(self, moves: MoveStore, at: Point) -> bool:
        """To this place; False when nothing is in the hand."""
        now, shape = moves.state, self._shape
        if now is None or shape is None or now.by_keys:
            return False
        minutes = shape.minute_at(self._y(at)) - shape.minute_at(self._from.y)
        if now.aim is Aim.LENGTH:
            moves.stretch(self._end_minute + minutes)
        else:
            across = shape.nearest_column(at.x) - shape.nearest_column(self._from.x)
            moves.to(self._column + across, self._minute + minutes)
        return True

    def _y(self, at: Point) -> float:
        """While it drags, a pointer is told of as if the grid stood where it was pressed."""
        return at.y + self.sight.pixels - self._scrolled

    def _let_go(self, moves: MoveStore, asks: Asks, at: Point) -> Awaitable[None] | None:
        """Where it was let go, of which the last that was told before may be short."""
        self._last = None
        return moves.drop(asks) if self._bring(moves, at) else None

    def _tap(self, at: Point, open_card: OpenCard, new_at: NewAt) -> None:
        """What lies over a card, such as its lower edge, is the card too; where nothing is, there is room for one."""
        hit = self._under(at)
        if hit:
            open_card(hit[0], hit[1])
        elif self._shape is not None and (column := self._shape.column_at(at.x)) is not None:
            new_at(column, int(self._shape.minute_at(at.y)) // QUARTER * QUARTER)

    def _under(self, at: Point) -> tuple[int, Card, Box] | None:
        """The card at this place: the last one drawn there."""
        grid, shape = self._grid, self._shape
        column = shape.column_at(at.x) if shape else None
        if grid is None or shape is None or column is None or column >= len(grid.columns):
            return None
        for card in reversed(grid.columns[column].cards):
            box = box_of(shape, column, card)
            if box.holds(at.x, at.y):
                return column, card, box
        return None

    def _scroll_along(self, at: Point) -> Awaitable[None] | None:
        """At the top or the bottom of what is in sight, the grid comes along."""
        y = self._y(at) - self.sight.pixels
        height = self.sight.height = self.sight.height or self._window_height - (at.screen_y - y) - BARS_BELOW
        if y < NEAR_THE_EDGE and self.sight.pixels > 0:
            return self.sight.scroll_by(-SCROLLED_BY)
        return self.sight.scroll_by(SCROLLED_BY) if y > height - NEAR_THE_EDGE else None
