"""The place of bookings: its head, and the agenda or the grid under it."""

from datetime import date, datetime

import flet as ft

from client.models.bookings import Booking
from client.models.ids import BookingId
from client.state.preferences import View
from screens.agenda import agenda_body
from screens.bookings_head import bookings_head
from screens.bookings_shown import BookingsActions, BookingsShown, view_in
from screens.grids import grid_body
from screens.live import go, strip
from screens.routes import Route
from screens.stores import Stores
from widgets import format as fmt
from widgets import notices, theme
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
) -> ft.Control:
    """The place, bound to the stores; the route says which day.  `beside`: what is open next to it on a desktop."""
    view = view_in(layout, see(stores.preferences).state.view)
    effect(lambda: stores.agenda.go_to(day, view), [day, view])
    now = see(stores.ticks).now
    shown = BookingsShown(
        state=see(stores.agenda).state,
        ours=see(stores.business).state,
        now=now,
        selected=selected,
        waiting=see(stores.link).state.waiting,
        ahead_minutes=_ahead(words, now),
    )
    actions = BookingsActions(
        open_booking=lambda b: go(stores, route_of(words, b)),
        go_to=lambda to: go(stores, Route(place=Place.BOOKINGS, day=to)),
        open_day=lambda to: _open_day(stores, to),
        show=stores.preferences.choose_view,
        toggle_cancelled=stores.agenda.toggle_cancelled,
        retry=stores.repaint,
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
        width = inspector_width(layout)
        edge = ft.Border.only(left=ft.BorderSide(1, theme.LINE))
        aside = ft.Container(beside, width=width, bgcolor=theme.BG, border=edge)
        body = ft.Row(
            [ft.Container(body, expand=True), aside],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return ft.Column([bookings_head(words, layout, shown, actions, link), body], spacing=0, expand=True)


def inspector_width(layout: Layout) -> int:
    """How wide the pane beside the bookings is."""
    return layout.inspector_width or round(300 * layout.text_scale)


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
    beside = inspector_width(layout) + 1 if shown.selected and layout.two_panes else 0
    return layout.width - layout.rail_width - beside


def _open_day(stores: Stores, day: date) -> None:
    async def show() -> None:
        await stores.preferences.choose_view(View.DAY)

    ft.context.page.run_task(show)
    go(stores, Route(place=Place.BOOKINGS, day=day))


def _ahead(words: Words, now: datetime) -> int:
    """Minutes by which the business's clock is ahead of this device's."""
    here, there = now.astimezone().utcoffset(), now.astimezone(words.zone).utcoffset()
    return round((there - here).total_seconds() / 60) if here is not None and there is not None else 0
