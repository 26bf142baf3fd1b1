"""A customer on screen: opened from a booking, a call or the search; a page on a phone, the last pane on a desktop."""

from functools import partial
from typing import Final

import flet as ft

from client.insight.clients import OfClient
from client.models.bookings import Booking
from client.models.calls import Call
from client.models.ids import BookingId, CustomerId
from client.models.provenance import EvidenceRow
from client.state.customer import CustomerState
from screens.live import go, open_call
from screens.over import lay_over
from screens.ringing import reaching
from screens.routes import Route
from screens.row_sheet import row_sheet
from screens.stores import Stores
from screens.window import CLIENT
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, see
from widgets.customer_page import booked, facts, line_of, own_figures, since, timeline_row
from widgets.figure_words import value_text
from widgets.numbers import number_row
from widgets.provenance import Origin
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout

NUMBER: Final = 104
"""Wide enough for the name of a figure, in any language."""


@component
def customer_screen(stores: Stores, words: Words, layout: Layout, customer_id: CustomerId) -> ft.Control:
    effect(lambda: stores.customer.open(customer_id), [customer_id])
    state = see(stores.customer).state
    customer = state.customer

    def back() -> None:
        go(stores, stores.router.route.parent)

    close = buttons.icon_button("customer.close", words("action.close"), ft.Icons.CLOSE, back)
    head = page_head(
        words,
        fmt.clipped(customer.name, 300) if customer else words("customer.title"),
        since(words, customer) if customer else None,
        on_back=None if layout.two_panes else back,
        trailing=[close] if layout.two_panes else None,
        size=18 if layout.two_panes else 22,
    )
    return ft.ListView(
        [head, *_body(stores, words, layout, state)],
        spacing=12,
        padding=ft.Padding.only(left=18, right=14, top=14, bottom=20) if layout.two_panes else 12,
        expand=True,
        # Another page begins at its top.
        key=f"customer.list.{state.number}",
    )


def open_own(stores: Stores, which: OfClient) -> None:
    """The sheet of one of the open client's figures."""
    stores.panel.open(f"{CLIENT}{which}")


@component
def client_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet that says where a client's figure comes from."""
    panel = see(stores.panel).state.panel
    named = panel.removeprefix(CLIENT) if panel.startswith(CLIENT) else ""
    which = OfClient(named) if named in set(OfClient) else None
    effect(lambda: stores.customer.show(which), [which])
    figure, now = see(stores.customer).state.figure, see(stores.ticks).now
    if which is None or figure is None:
        return lay_over(stores, None)
    value = value_text(words, figure.unit, figure.value)
    origin = Origin(provenance=figure.provenance, value=value, unit=figure.unit)

    def to_row(row: EvidenceRow) -> None:
        stores.panel.close()
        day = fmt.local_day(words, row.at)
        go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(row.row_id)))

    return lay_over(stores, row_sheet(stores, words, layout, origin, now, to_row))


def open_customer(stores: Stores, customer_id: CustomerId) -> None:
    """Over what is open, so that "back" leads there."""
    route = stores.router.route
    place = route.place if route.call_id else Place.BOOKINGS
    go(
        stores,
        Route(
            place=place,
            call_id=route.call_id,
            day=route.day,
            booking_id=route.booking_id,
            page=route.page if place is route.place else "",
            customer_id=customer_id,
        ),
    )


def _body(stores: Stores, words: Words, layout: Layout, state: CustomerState) -> list[ft.Control]:
    customer, now = state.customer, stores.ticks.now
    if customer is None:
        return [_nothing(words, state)]

    def to_booking(booking: Booking) -> None:
        day = fmt.local_day(words, booking.starts_at)
        go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=booking.booking_id))

    def to_call(call: Call) -> None:
        open_call(stores, call.call_id)

    lines = [line_of(words, each.at, each.thing, now, to_booking, to_call) for each in state.events]
    rows = parts.divided([timeline_row(index, line) for index, line in enumerate(lines)])
    nearest = parts.divided(
        [
            booked(words, "next", state.following, now, to_booking),
            booked(words, "last", state.last, now, to_booking),
        ]
    )
    out: list[ft.Control] = []
    if state.number == 0:
        out += [
            parts.card(
                number_row(own_figures(words, customer, partial(open_own, stores)), layout.text_scale, width=NUMBER),
                padding=8,
            ),
            *reaching(words, "customer", customer.customer_id, customer.name, customer.phone, customer.email),
            parts.card(ft.Column(nearest, spacing=0, tight=True), padding=4),
            *facts(words, layout, customer),
        ]
    out.append(parts.section_label(words("customer.timeline")))
    if state.number:
        out.append(_turn(words, "customer.later", stores.customer.later))
    if rows:
        out.append(parts.card(ft.Column(rows, spacing=0, tight=True), padding=4))
    else:
        out.append(parts.muted(words("customer.no_timeline"), size=14))
    if state.more:
        out.append(_turn(words, "customer.earlier", stores.customer.earlier))
    return out


def _turn(words: Words, key: str, to_page: Handler) -> ft.Control:
    return ft.Row([buttons.button(key, words(key), to_page, kind=Kind.LINK)])


def _nothing(words: Words, state: CustomerState) -> ft.Control:
    """It has not been read yet, cannot be, or is not there."""
    if state.broken:
        return notices.empty(words("broken.title"), words("broken.body"))
    if state.missing:
        return notices.empty(words("customer.missing"), words("customer.missing_body"))
    return notices.skeleton_rows(4, label=words("loading.customer"))
