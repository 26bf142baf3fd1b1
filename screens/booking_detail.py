"""One booking: what, when, with whom, in which state, and the call it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import flet as ft

from client.insight.clients import visits
from client.insight.outbox import Standing
from client.models.bookings import Booking, BookingStatus
from client.models.business import Staff
from client.models.ids import BookingId
from client.state.bookings import BookingState
from client.state.link import is_stale
from screens.booking_verbs import changes_card, verb_buttons
from screens.customer import open_customer
from screens.live import go, open_call
from screens.routes import Route
from screens.saving import saved
from screens.stores import Stores
from widgets import buttons, change_words, marks, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, see
from widgets.parts import Tone
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingActions:
    """`verbs`, `changes`: what can be done, and what was done here and is not settled.

    `exported`: the name of the file this booking was written to.
    """

    back: Handler
    open_call: Handler
    open_customer: Handler
    export: Handler
    exported: str = ""
    verbs: Sequence[ft.Control] = ()
    changes: Sequence[ft.Control] = ()


@component
def booking_screen(stores: Stores, words: Words, layout: Layout, booking_id: BookingId) -> ft.Control:
    """The booking, bound to the stores; a page on a phone, the inspector on a desktop."""
    effect(lambda: stores.booking.open(booking_id), [booking_id])
    state = see(stores.booking).state
    ours, now = see(stores.business).state, see(stores.ticks).now
    connected = not is_stale(see(stores.link).state)
    route = stores.router.route
    exported, set_exported = ft.use_state("")

    async def export() -> None:
        written = await stores.calendars.export_booking(booking_id)
        if written is not None and await saved(written.name, written.data):
            set_exported(written.name)

    actions = BookingActions(
        back=lambda: go(stores, Route(place=Place.BOOKINGS, day=route.day)),
        open_call=lambda: open_call(stores, state.call.call_id) if state.call else None,
        open_customer=lambda: open_customer(stores, state.customer.customer_id) if state.customer else None,
        export=export,
        exported=exported,
        verbs=verb_buttons(words, stores, state.booking, now) if state.booking else (),
        changes=changes_card(stores, words, layout, state, ours, now, connected=connected),
    )
    booking = state.booking
    who, where = (ours.who(booking.staff_id), ours.where(booking.resource_id)) if booking else (None, "")
    return booking_view(words, layout, state, who, where, now, actions)


def booking_view(
    words: Words,
    layout: Layout,
    state: BookingState,
    staff: Staff | None,
    where: str,
    now: datetime,
    actions: BookingActions,
) -> ft.Control:
    """`where`: what the booking occupies; nothing is said of one that is nowhere in particular."""
    booking = state.booking
    close = buttons.icon_button("booking.close", words("action.close"), ft.Icons.CLOSE, actions.back)
    if booking is None:
        body = _nothing(words, state, actions)
        title, subtitle = words("booking.title"), None
    else:
        body = _body(words, layout, state, booking, staff, where, now, actions)
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


def _nothing(words: Words, state: BookingState, actions: BookingActions) -> list[ft.Control]:
    """It has not been read yet, is not there, or was never made because the server said no."""
    if not state.missing:
        return [notices.skeleton_rows(3, label=words("loading.booking"))]
    key = "booking.not_made" if state.changes else "booking.missing"
    return [notices.empty(words(key), words(f"{key}_body")), *actions.changes]


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
    where: str,
    now: datetime,
    actions: BookingActions,
) -> list[ft.Control]:
    mark = marks.STATUSES[booking.status]
    chips: list[ft.Control] = [mark.chip(words)]
    if any(line.standing in (Standing.WAITING, Standing.SENDING) for line in state.changes):
        chips.append(parts.chip(words("booking.yours"), Tone.AI, ft.Icons.SYNC))
    elif booking.pending:
        chips.append(marks.WAITING.chip(words))
    if booking.payment_status == "paid":
        chips.append(parts.chip(words("booking.paid"), Tone.POSITIVE, ft.Icons.PAYMENTS_OUTLINED))
    facts = _facts(words, layout, booking, state.was, staff, where, now)
    out: list[ft.Control] = [ft.Row(chips, spacing=8, wrap=True), facts, *actions.verbs, *actions.changes]
    if booking.notes:
        out += _quote(words("booking.notes"), booking.notes)
    if booking.status is BookingStatus.CANCELLED and booking.cancellation_reason:
        out += _quote(words("booking.why_cancelled"), booking.cancellation_reason)
    if state.customer and state.customer.preferences:
        out += _quote(words("booking.preferences"), state.customer.preferences)
    out += [parts.section_label(words("booking.timeline")), _timeline(words, booking, now)]
    out += [*_onward(words, state, now, actions), *_export(words, booking, actions)]
    return out


def _onward(words: Words, state: BookingState, now: datetime, actions: BookingActions) -> list[ft.Control]:
    """To the client, and to the call it came from."""
    out: list[ft.Control] = []
    if state.customer:
        came = visits(state.customer)
        label = words("booking.open_client")
        if came is not None:
            label = words("booking.open_customer", visits=words("customer.visits", n=came))
        icon = ft.Icons.PERSON_OUTLINE
        opens = buttons.button("booking.customer", label, actions.open_customer, kind=Kind.PLAIN, icon_name=icon)
        out.append(ft.Row([opens], wrap=True))
    if state.call:
        label = words("booking.open_call", when=fmt.moment(words, state.call.started_at, now))
        opens = buttons.button("booking.call", label, actions.open_call, kind=Kind.PLAIN, icon_name=ft.Icons.CALL)
        out.append(ft.Row([opens], wrap=True))
    return out


def _export(words: Words, booking: Booking, actions: BookingActions) -> list[ft.Control]:
    """The booking for another calendar, and where it was written."""
    name = words("booking.export_name", name=fmt.clipped(booking.customer_name, 80))
    label = words("booking.export")
    button = buttons.button("booking.export", label, actions.export, icon_name=ft.Icons.SAVE_ALT, name=name)
    if not actions.exported:
        return [ft.Row([button], wrap=True)]
    said = parts.muted(words("booking.exported", file=actions.exported), size=14)
    return [ft.Row([button], wrap=True), ft.Semantics(live_region=True, content=said)]


def _facts(
    words: Words,
    layout: Layout,
    booking: Booking,
    was: Booking | None,
    staff: Staff | None,
    where: str,
    now: datetime,
) -> ft.Control:
    moved = was is not None and was.starts_at != booking.starts_at
    rows = [("booking.with", staff.name if staff else words("booking.nobody"))]
    if moved:
        rows.insert(0, ("booking.now", _span(words, booking, now)))
    else:
        day = _day(words, fmt.local_day(words, booking.starts_at), fmt.local_day(words, now))
        rows[:0] = [("booking.day", day), ("booking.time", fmt.time_range(words, booking.starts_at, booking.ends_at))]
    if where:
        rows.append(("booking.where", where))
    if booking.customer_phone:
        rows.append(("booking.phone", fmt.phone_whole(booking.customer_phone)))
    if booking.customer_email:
        rows.append(("booking.email", booking.customer_email))
    if booking.series_id or booking.series_label:
        rows.append(("booking.series", booking.series_label or words("booking.series_of")))
    facts = [parts.fact(words(key), value, layout, label_width=72, size=15) for key, value in rows]
    if was is not None and moved:
        before = change_words.near(words, was.starts_at, now)
        facts.insert(0, parts.fact(words("booking.was"), before, layout, label_width=72, size=15, struck=True))
    return parts.card(ft.Column(facts, spacing=8, tight=True), padding=14)


def _span(words: Words, booking: Booking, now: datetime) -> str:
    """Tue 16:30 – 18:00."""
    return f"{change_words.near(words, booking.starts_at, now)} – {fmt.clock_time(words, booking.ends_at)}"


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
        (
            booking.updated_at if booking.updated_by else None,
            words("timeline.changed", name=fmt.clipped(booking.updated_by or "", 60)),
        ),
        (booking.confirmed_at, words("timeline.confirmed")),
        (booking.created_at, made),
    ]
    happened = sorted(((at, what) for at, what in events if at is not None), key=lambda event: event[0], reverse=True)
    rows: list[ft.Control] = [
        parts.muted(words("timeline.line", when=fmt.moment(words, at, now), what=what), height=1.5)
        for at, what in happened
    ]
    if booking.reminder_sent:
        rows.insert(0, parts.muted(words("timeline.reminded"), height=1.5))
    return ft.Column(rows, spacing=2, tight=True)
