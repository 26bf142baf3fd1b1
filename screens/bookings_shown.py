"""What the place of bookings draws, and what can be done in it: shared by its head, its agenda and its grids."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import flet as ft

from client.models.bookings import Booking
from client.models.ids import BookingId, StaffId
from client.state.agenda import AgendaState
from client.state.business import BusinessState
from client.state.moving import Asks, MoveStore
from client.state.preferences import View
from widgets.component import Handler
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingsShown:
    """`waiting`: changes not yet sent.  `ahead_minutes`: how far the business's clock is ahead of the device's.

    `beside`: how wide the pane is that is open next to them, 0 for none.
    `known_at`: when what is known of the bookings is of, where the device does not follow the server now.
    """

    state: AgendaState
    ours: BusinessState
    now: datetime
    selected: BookingId | None
    waiting: int = 0
    ahead_minutes: int = 0
    beside: int = 0
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingsActions:
    """`go_to` None is today.  `asks`: whether a move by hand is asked about first, and the question is on screen then.

    `land`, `leave`: the keyboard is on this booking's card, or no longer.
    """

    open_booking: Callable[[Booking], None]
    go_to: Callable[[date | None], None]
    open_day: Callable[[date], None]
    show: Callable[[View], object]
    toggle_cancelled: Handler
    new: Handler
    search: Handler
    new_at: Callable[[date, int, StaffId | None], object]
    retry: Handler
    moves: MoveStore
    asks: Asks
    land: Callable[[Booking, ft.Ref[Any]], object]
    leave: Callable[[Booking], object]


def views_in(layout: Layout) -> tuple[View, ...]:
    """The ways of laying out that this window has room for."""
    return (View.AGENDA, View.DAY) if layout.is_phone else (View.AGENDA, View.DAY, View.WEEK)


def view_in(layout: Layout, chosen: View | None) -> View:
    """The chosen way, or what suits the window: a week on a desktop, else a list."""
    if chosen is None:
        return View.WEEK if layout.two_panes else View.AGENDA
    return chosen if chosen in views_in(layout) else View.AGENDA
