"""One booking: what, when, with whom, in which state, and the call it came from."""

from dataclasses import dataclass
from datetime import date, datetime

import flet as ft

from client.models.bookings import Booking, BookingStatus
from client.models.business import Staff
from client.models.ids import BookingId
from client.state.bookings import BookingState
from screens.live import go, open_call
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, marks, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, see
from widgets.parts import Tone
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingActions:
    back: Handler
    open_call: Handler


@component
def booking_screen(stores: Stores, words: Words, layout: Layout, booking_id: BookingId) -> ft.Control:
    """The booking, bound to the stores; a page on a phone, the inspector on a desktop."""
    effect(lambda: stores.booking.open(booking_id), [booking_id])
    state = see(stores.booking).state
    ours = see(stores.business).state
    route = stores.router.route
    actions = BookingActions(
        back=lambda: go(stores, Route(place=Place.BOOKINGS, day=route.day)),
        open_call=lambda: open_call(stores, state.call.call_id) if state.call else None,
    )
    who = ours.who(state.booking.staff_id) if state.booking else None
    return booking_view(words, layout, state, who, see(stores.ticks).now, actions)


def booking_view(
    words: Words, layout: Layout, state: BookingState, staff: Staff | None, now: datetime, actions: BookingActions
) -> ft.Control:
    booking = state.booking
    close = buttons.icon_button("booking.close", words("action.close"), ft.Icons.CLOSE, actions.back)
    if booking is None:
        body: list[ft.Control] = [
            notices.empty(words("booking.missing"), words("booking.missing_body"))
            if state.missing
            else notices.skeleton_rows(3, label=words("loading.booking"))
        ]
        title, subtitle = words("booking.title"), None
    else:
        body = _body(words, layout, state, booking, staff, now, actions)
        title, subtitle = fmt.clipped(booking.customer_name, 300), _what(words, booking)
    head = page_head(
        words,
        title,
        subtitle,
        on_back=None if layout.two_panes else actions.back,
        trailing=[close] if layout.two_panes else None,
        size=18 if layout.two_panes else 22,
    )
    return ft.ListView(
        [head, *body],
        spacing=12,
        padding=ft.Padding.only(left=18, right=14, top=14, bottom=20) if layout.two_panes else 12,
        expand=True,
        key="booking.list",
    )


def _what(words: Words, booking: Booking) -> str:
    pieces = [booking.service_name, fmt.minutes_long(words, booking.duration_minutes)]
    if booking.price_cents is not None:
        pieces.append(fmt.money(words, booking.price_cents))
    return " · ".join(pieces)


def _body(
    words: Words,
    layout: Layout,
    state: BookingState,
    booking: Booking,
    staff: Staff | None,
    now: datetime,
    actions: BookingActions,
) -> list[ft.Control]:
    mark = marks.STATUSES[booking.status]
    chips: list[ft.Control] = [mark.chip(words)]
    if booking.pending:
        chips.append(marks.WAITING.chip(words))
    if booking.payment_status == "paid":
        chips.append(parts.chip(words("booking.paid"), Tone.POSITIVE, ft.Icons.PAYMENTS_OUTLINED))
    out: list[ft.Control] = [ft.Row(chips, spacing=8, wrap=True), _facts(words, layout, booking, staff, now)]
    if booking.notes:
        out += _quote(words("booking.notes"), booking.notes)
    if booking.status is BookingStatus.CANCELLED and booking.cancellation_reason:
        out += _quote(words("booking.why_cancelled"), booking.cancellation_reason)
    if state.customer and state.customer.preferences:
        out += _quote(words("booking.preferences"), state.customer.preferences)
    out += [parts.section_label(words("booking.timeline")), _timeline(words, booking, now)]
    if state.call:
        label = words("booking.open_call", when=fmt.moment(words, state.call.started_at, now))
        opens = buttons.button("booking.call", label, actions.open_call, kind=Kind.PLAIN, icon_name=ft.Icons.CALL)
        out.append(ft.Row([opens], wrap=True))
    return out


def _facts(words: Words, layout: Layout, booking: Booking, staff: Staff | None, now: datetime) -> ft.Control:
    rows = [
        ("booking.day", _day(words, fmt.local_day(words, booking.starts_at), fmt.local_day(words, now))),
        ("booking.time", fmt.time_range(words, booking.starts_at, booking.ends_at)),
        ("booking.with", staff.name if staff else words("booking.nobody")),
    ]
    if booking.customer_phone:
        rows.append(("booking.phone", fmt.phone_whole(booking.customer_phone)))
    if booking.customer_email:
        rows.append(("booking.email", booking.customer_email))
    facts = [parts.fact(words(key), value, layout, label_width=72, size=15) for key, value in rows]
    return parts.card(ft.Column(facts, spacing=8, tight=True), padding=14)


def _day(words: Words, day: date, today: date) -> str:
    """Today · Mon 24 Nov: near days by name and by date."""
    named = fmt.day_named(words, day, today)
    return f"{named} · {fmt.day_short(words, day)}" if abs((day - today).days) <= 1 else named


def _quote(label: str, said: str) -> list[ft.Control]:
    """Somebody's own words under their title."""
    return [parts.section_label(label), parts.card(parts.quote(label, fmt.clipped(said, 2000), size=14), padding=12)]


def _timeline(words: Words, booking: Booking, now: datetime) -> ft.Control:
    """What happened to it, newest first."""
    source = f"source.{booking.source}"
    made = words(source) if words.has(source) else words("source.other")
    events = [
        (booking.cancelled_at, words("timeline.cancelled")),
        (booking.completed_at, words("timeline.completed")),
        (booking.confirmed_at, words("timeline.confirmed")),
        (booking.created_at, made),
    ]
    rows: list[ft.Control] = [
        parts.muted(words("timeline.line", when=fmt.moment(words, at, now), what=what), height=1.5)
        for at, what in events
        if at is not None
    ]
    if booking.reminder_sent:
        rows.insert(0, parts.muted(words("timeline.reminded"), height=1.5))
    return ft.Column(rows, spacing=2, tight=True)
