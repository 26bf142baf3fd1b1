"""The place of bookings: its head, and the agenda or the grid under it."""

from datetime import date, datetime
from functools import partial
from typing import Final

import flet as ft

from client.models.bookings import Booking
from client.models.ids import BookingId
from client.state.link import is_stale
from client.state.preferences import View
from screens.agenda import agenda_body
from screens.booking_verbs import ask_about, open_new
from screens.bookings_head import bookings_head
from screens.bookings_shown import BookingsActions, BookingsShown, view_in
from screens.grids import grid_body
from screens.live import go, strip
from screens.routes import Route
from screens.search import open_search
from screens.stores import Stores
from widgets import buttons, notices, theme
from widgets import format as fmt
from widgets.component import component, effect, see
from widgets.scaffold import Place
from widgets.strings import Words
from widgets.theme import Layout


@component
def bookings_screen(
    stores: Stores,
    words: Words,
    layout: Layout,
    day: date | None,
    selected: BookingId | None,
    beside: ft.Control | None,
    *,
    wide: bool = False,
) -> ft.Control:
    """The place, bound to the stores; the route says which day.

    `beside`: what is open next to it on a desktop; `wide`: that needs more room than a
    booking does.
    """
    view = view_in(layout, see(stores.preferences).state.view)
    effect(lambda: stores.agenda.go_to(day, view), [day, view])
    now = see(stores.ticks).now
    link = see(stores.link).state
    shown = BookingsShown(
        state=see(stores.agenda).state,
        ours=see(stores.business).state,
        now=now,
        selected=selected,
        waiting=link.waiting,
        ahead_minutes=_ahead(words, now),
        beside=_pane_width(layout, wide=wide) if beside else 0,
        known_at=link.as_of if is_stale(link) else None,
    )
    actions = BookingsActions(
        open_booking=lambda b: go(stores, route_of(words, b)),
        go_to=lambda to: go(stores, Route(place=Place.BOOKINGS, day=to)),
        open_day=lambda to: _open_day(stores, to),
        show=stores.preferences.choose_view,
        toggle_cancelled=stores.agenda.toggle_cancelled,
        new=lambda: open_new(stores, day),
        search=lambda: open_search(stores),
        new_at=lambda on, minute, staff_id: open_new(stores, on, minute, staff_id),
        retry=stores.repaint,
        moves=stores.moves,
        asks=partial(ask_about, stores),
        land=lambda b, card: stores.focus.lands(b.booking_id, card),
        leave=lambda b: stores.focus.leaves(b.booking_id),
    )
    return bookings_view(words, layout, shown, actions, strip(stores, words), beside)


def bookings_view(
    words: Words,
    layout: Layout,
    shown: BookingsShown,
    actions: BookingsActions,
    link: ft.Control,
    beside: ft.Control | None,
) -> ft.Control:
    """Head over body; what is open stands beside the body, under the head."""
    body = _body(words, layout, shown, actions)
    if beside:
        edge = ft.Border.only(left=ft.BorderSide(1, theme.LINE))
        # In a list: the same control as a `content` anew would lose its page, and could not be given the keyboard.
        pane = ft.Stack([beside], fit=ft.StackFit.EXPAND)
        aside = ft.Container(pane, width=shown.beside, bgcolor=theme.BG, border=edge)
        body = ft.Row(
            [ft.Container(body, expand=True), aside],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    if not layout.two_panes:
        body = ft.Stack([body, _new_button(words, actions)], expand=True)
    return ft.Column([bookings_head(words, layout, shown, actions, link), body], spacing=0, expand=True)


def _new_button(words: Words, actions: BookingsActions) -> ft.Control:
    """Where a thumb is, over the list."""
    face = ft.Container(
        ft.Icon(ft.Icons.ADD, size=26, color=theme.ON_PRIMARY),
        width=FLOATING,
        height=FLOATING,
        alignment=ft.Alignment.CENTER,
    )
    button = buttons.pressable(
        "bookings.new", words("bookings.new"), face, actions.new, bgcolor=theme.PRIMARY, radius=16, width=FLOATING
    )
    return ft.Container(button, right=16, bottom=16)


FLOATING: Final = 56
WIDE: Final = 360


def _pane_width(layout: Layout, *, wide: bool) -> int:
    """How wide the pane beside the bookings is."""
    return round((WIDE if wide else 300) * layout.text_scale)


def route_of(words: Words, booking: Booking) -> Route:
    return Route(place=Place.BOOKINGS, day=fmt.local_day(words, booking.starts_at), booking_id=booking.booking_id)


def _body(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    state = shown.state
    if state.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return ft.Container(notices.trouble("agenda.retry", *said, actions.retry), expand=True)
    if state.view is View.AGENDA or not (state.ready or state.bookings):
        return agenda_body(words, layout, shown, actions)
    return grid_body(words, layout, shown, actions, _room(layout, shown))


def _room(layout: Layout, shown: BookingsShown) -> float:
    """How wide the grid may be."""
    return layout.width - layout.rail_width - (shown.beside + 1 if shown.beside else 0)


def _open_day(stores: Stores, day: date) -> None:
    async def show() -> None:
        await stores.preferences.choose_view(View.DAY)

    ft.context.page.run_task(show)
    go(stores, Route(place=Place.BOOKINGS, day=day))


def _ahead(words: Words, now: datetime) -> int:
    """Minutes by which the business's clock is ahead of this device's."""
    here, there = now.astimezone().utcoffset(), now.astimezone(words.zone).utcoffset()
    return round((there - here).total_seconds() / 60) if here is not None and there is not None else 0
