"""The outbox over a place, bound to the stores; and the section of Today that says what of it needs the owner."""

from functools import partial

import flet as ft

from client.insight.health import Level
from client.insight.outbox import ChangeLine
from client.models.ids import BookingId, ConflictId
from screens.live import go, open_outbox
from screens.routes import CALENDARS, OUTBOX, Route, over_conflict
from screens.stores import Stores
from widgets import format as fmt
from widgets.calendar_cards import trouble_row
from widgets.component import component, effect, memoized, see
from widgets.needs_you import needs_you, nothing_needs_you
from widgets.outbox_sheet import Outbox, OutboxActions, outbox_sheet
from widgets.scaffold import Place
from widgets.sheet import fit, sheet
from widgets.strings import Words
from widgets.theme import Layout


@component
def outbox_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet at /outbox; nothing elsewhere."""
    is_open = see(stores.router).route.over == OUTBOX
    state = see(stores.outbox).state
    outbox = Outbox(
        needs_you=state.needs_you,
        lines=state.lines,
        waiting=state.waiting,
        past=state.past,
        link=see(stores.link).state,
        staff=see(stores.business).state.staff,
        now=see(stores.ticks).now,
        opened=state.opened,
        ready=state.ready,
        broken=state.broken,
    )
    effect(lambda: stores.outbox.show(is_open), [is_open])
    how_high = fit()
    dialog: ft.DialogControl | None = None
    if is_open:
        content = outbox_sheet(words, layout, outbox, _actions(stores), how_high)
        dialog = sheet(layout, content, partial(close_over, stores, OUTBOX), width=560)
    ft.use_dialog(dialog)
    return ft.Container(width=0, height=0)


@memoized
def needs_you_section(stores: Stores, words: Words, layout: Layout, *, gap: int) -> ft.Control:
    """Of Today: what waits for the owner, or that nothing does, and `gap` below it.

    Nothing at all while nobody has looked, and when a caller needs the owner, which is said where the calls are.
    """
    state = see(stores.waiting).state
    ours, now = see(stores.business).state, see(stores.ticks).now
    live, troubles = see(stores.live).state.calls, see(stores.calendars).state.in_trouble
    troubled = [
        trouble_row(words, each, now, lambda: go(stores, Route(place=Place.MORE, page=CALENDARS))) for each in troubles
    ]
    section: ft.Control | None = None
    if state.ready and (state.needs_you or troubled):
        section = needs_you(
            words,
            layout,
            state.needs_you,
            state.stuck,
            ours.staff,
            now,
            lambda line: open_line(stores, line),
            lambda: open_outbox(stores),
            troubled,
        )
    elif state.ready and all(item.health.level is not Level.NEEDS_YOU for item in live):
        section = nothing_needs_you(words)
    return ft.Container(section, padding=ft.Padding.only(bottom=gap if section else 0))


def open_conflict(stores: Stores, conflict_id: ConflictId) -> None:
    go(stores, over_conflict(stores.router.route, conflict_id))


def open_line(stores: Stores, line: ChangeLine) -> None:
    """A clash to its own sheet; any other change to its line in the outbox, with what can be done about it."""
    if line.conflict_id is not None:
        open_conflict(stores, line.conflict_id)
        return
    open_outbox(stores)
    stores.outbox.show(True)
    stores.outbox.point_at(line.change_id)


def close_over(stores: Stores, over: str) -> None:
    """The sheet is gone; harmless when another one has taken its place."""
    if stores.router.route.over == over:
        go(stores, stores.router.route.parent)


def _actions(stores: Stores) -> OutboxActions:
    return OutboxActions(
        toggle=stores.outbox.toggle,
        edit=lambda line: _edit(stores, line),
        cancel=stores.edits.withdraw,
        retry=stores.edits.retry,
        undo=lambda line: stores.edits.undo_past(line.change_id, line.deed),
        open_conflict=lambda conflict_id: open_conflict(stores, conflict_id),
        try_now=stores.runtime.kick,
        more=stores.outbox.show_more,
        reload=stores.repaint,
        close=partial(close_over, stores, OUTBOX),
    )


def _edit(stores: Stores, line: ChangeLine) -> None:
    """To the booking: a change that was not sent is edited where it was made, and the edit becomes part of it."""
    start = line.deed.starts_at
    day = fmt.local_day(stores.words(), start) if start else None
    go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(line.row_id)))
