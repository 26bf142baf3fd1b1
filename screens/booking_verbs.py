"""What can be done about the open booking, and what the owner did to it that is not settled."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Final

import flet as ft

from client.editing import BookingChange, Verb, verbs_of
from client.insight.outbox import ChangeLine, Standing, as_it_stands
from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId, StaffId
from client.state.bookings import BookingState
from client.state.business import BusinessState
from client.state.edits import BAR, Wanted
from client.state.typed_booking import Doing
from screens.live import go, open_line
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, marks, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.change_line import change_line
from widgets.marks import Mark
from widgets.scaffold import Place
from widgets.strings import Words
from widgets.theme import Layout

_ICONS: Final = {
    Verb.MOVE: ft.Icons.EVENT_OUTLINED,
    Verb.EDIT: ft.Icons.EDIT_OUTLINED,
    Verb.CONFIRM: ft.Icons.CHECK,
    Verb.COMPLETE: ft.Icons.DONE_ALL,
    Verb.NO_SHOW: ft.Icons.PERSON_OFF_OUTLINED,
    Verb.CANCEL: ft.Icons.EVENT_BUSY_OUTLINED,
    Verb.REINSTATE: ft.Icons.EVENT_REPEAT,
}
_NOT_IN_EFFECT: Final = Mark(key="booking.not_in_effect", tone=parts.Tone.DANGER)


def open_form(stores: Stores, doing: Doing, booking: Booking) -> None:
    day = fmt.local_day(stores.words(), booking.starts_at)
    go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=booking.booking_id, doing=doing))


def open_new(stores: Stores, day: date | None, minute: int | None = None, staff_id: StaffId | None = None) -> None:
    """The form of a new booking: on this day, at this minute of it, with this person, where that is known."""
    if day is not None and minute is not None:
        stores.form.start(day, minute, staff_id)
    go(stores, Route(place=Place.BOOKINGS, day=day, doing=Doing.NEW))


def ask_about(stores: Stores, booking: Booking, change: BookingChange) -> bool:
    """Open the form of a move that was made by hand, if the client would hear of it; False where they would not."""
    if not stores.form.propose(booking.booking_id, change):
        return False
    open_form(stores, Doing.MOVE, booking)
    return True


def move_on_purpose(stores: Stores, wanted: Wanted) -> None:
    """Open the form of a move that was refused, where what is in its way can be booked over on purpose."""
    stores.edits.forget_refusal(BAR)
    if stores.form.insist(wanted.booking.booking_id, wanted.change):
        open_form(stores, Doing.MOVE, wanted.booking)


def verb_buttons(words: Words, stores: Stores, booking: Booking, now: datetime) -> list[ft.Control]:
    """Each verb that is possible now; nothing where none is.

    What the client may hear of, or has a reason, opens its form; the rest is done at once and undone from the bar.
    """
    out = [
        buttons.button(
            f"booking.{verb}",
            words(f"verb.{verb}"),
            _deed_of(stores, verb, booking),
            kind=Kind.DANGER if verb is Verb.CANCEL else Kind.PLAIN,
            icon_name=_ICONS[verb],
            name=words("verb.spoken", verb=words(f"verb.{verb}"), name=fmt.clipped(booking.customer_name, 80)),
        )
        for verb in verbs_of(booking, now)
    ]
    return [ft.Row(out, spacing=8, run_spacing=8, wrap=True)] if out else []


def _deed_of(stores: Stores, verb: Verb, booking: Booking) -> Callable[[], object]:
    edits, booking_id = stores.edits, booking.booking_id
    match verb:
        case Verb.MOVE | Verb.EDIT | Verb.CANCEL:
            return partial(open_form, stores, Doing(verb), booking)
        case Verb.CONFIRM:
            return partial(edits.change, booking_id, BookingChange(status=BookingStatus.CONFIRMED))
        case Verb.COMPLETE:
            return partial(edits.complete, booking_id)
        case Verb.NO_SHOW:
            return partial(edits.no_show, booking_id)
        case Verb.REINSTATE:
            return partial(_reinstate, stores, booking)


async def _reinstate(stores: Stores, booking: Booking) -> None:
    """At once where there is nothing to decide."""
    if booking.status is BookingStatus.COMPLETED:
        await stores.edits.reinstate(booking.booking_id)
    else:
        open_form(stores, Doing.REINSTATE, booking)


# --- what is not settled ----------------------------------------------------------------------------------------------
def changes_card(
    stores: Stores,
    words: Words,
    layout: Layout,
    state: BookingState,
    ours: BusinessState,
    now: datetime,
    *,
    connected: bool,
) -> list[ft.Control]:
    """The owner's changes of this booking as lines that open what can be done about them; nothing without any."""
    if not state.changes:
        return []
    rows = [
        change_line(
            words,
            layout,
            line,
            ours.staff,
            now,
            _mark_of(line),
            partial(open_line, stores, line),
            identifier=f"booking.change.{line.change_id}",
            beside=False,
        )
        for line in (as_it_stands(each, connected=connected) for each in state.changes)
    ]
    card = parts.card(
        ft.Column(parts.divided(rows), spacing=0, tight=True), padding=ft.Padding.symmetric(horizontal=10, vertical=2)
    )
    return [parts.section_label(words("booking.changes")), card]


def _mark_of(line: ChangeLine) -> Mark:
    return _NOT_IN_EFFECT if line.standing is Standing.REFUSED else marks.STANDINGS[line.standing]


def back_to(stores: Stores, booking_id: BookingId | None) -> None:
    """From a form to this booking, or to all of them."""
    route = stores.router.route
    go(stores, Route(place=Place.BOOKINGS, day=route.day, booking_id=booking_id))
