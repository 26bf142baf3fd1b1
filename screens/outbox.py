"""The outbox over a place, bound to the stores; and the section of Today that says what of it needs the owner."""

from datetime import datetime
from functools import partial
from typing import Final

import flet as ft

from client.insight.deeds import Act
from client.insight.health import Level
from client.insight.needs import Need, Sort
from client.insight.outbox import ChangeLine, Standing, as_it_stands
from client.models.bookings import Calendar
from client.models.ids import BookingId
from client.state.link import is_stale
from client.state.typed_booking import Doing
from screens.live import go, open_conflict, open_line, open_outbox
from screens.over import lay_over
from screens.review_hand import needs_now, open_need
from screens.rewording import open_rewording
from screens.routes import MARKET, OUTBOX, Route
from screens.stores import Stores
from widgets import format as fmt
from widgets.calendar_cards import trouble_row
from widgets.component import component, effect, memoized, see
from widgets.need_row import brief_row
from widgets.needs_you import needs_you, nothing_needs_you
from widgets.outbox_sheet import Outbox, OutboxActions, outbox_sheet
from widgets.scaffold import Place
from widgets.sheet import fit, sheet
from widgets.strings import Words
from widgets.theme import Layout

MOST_SHOWN: Final = 3
"""Of what needs the owner, on Today; the rest is in the review."""


@component
def outbox_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet at /outbox; nothing elsewhere."""
    is_open = see(stores.router).route.over == OUTBOX
    state, link = see(stores.outbox).state, see(stores.link).state
    outbox = Outbox(
        needs_you=state.needs_you,
        lines=tuple(as_it_stands(line, connected=not is_stale(link)) for line in state.lines),
        waiting=state.waiting,
        past=state.past,
        link=link,
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
    return lay_over(stores, dialog)


@memoized
def needs_you_section(stores: Stores, words: Words, layout: Layout, *, gap: int) -> ft.Control:
    """Of Today: what waits for the owner, or that nothing does, and `gap` below it.

    Nothing at all while nobody has looked, and when a caller needs the owner, which is said where the calls are.
    """
    state = see(stores.waiting).state
    ours, now = see(stores.business).state, see(stores.ticks).now
    effect(stores.review.begin, [], cleanup=stores.review.rest)
    live = see(stores.live).state.calls
    others = [need for need in needs_now(stores) if need.sort not in (Sort.CALLER, Sort.CHANGE)]
    room = max(0, MOST_SHOWN - len(state.needs_you))
    besides = [_beside(stores, words, need, now) for need in others[:room]]
    section: ft.Control | None = None
    if state.ready and (state.needs_you or besides):
        section = needs_you(
            words,
            layout,
            state.needs_you,
            state.stuck,
            ours.staff,
            now,
            lambda line: open_line(stores, line),
            lambda: open_outbox(stores),
            besides,
            others=len(others),
            on_review=lambda: go(stores, Route(place=Place.REVIEW)),
        )
    elif state.ready and all(item.health.level is not Level.NEEDS_YOU for item in live):
        section = nothing_needs_you(words)
    return ft.Container(section, padding=ft.Padding.only(bottom=gap if section else 0))


def _beside(stores: Stores, words: Words, need: Need, now: datetime) -> ft.Control:
    if isinstance(need.thing, Calendar):
        return trouble_row(words, need.thing, now, lambda: open_need(stores, need))
    return brief_row(words, need, now, lambda: open_need(stores, need))


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
    """A change that was not sent is edited where it was made, or in its form, and the edit becomes part of it."""
    if line.in_a_form:
        open_rewording(stores, line.change_id)
    else:
        go(stores, _where_made(stores.words(), line))


def _where_made(words: Words, line: ChangeLine) -> Route:
    match line.kind:
        case "marks":
            return Route(place=Place.ASIDE)
        case "leads":
            return Route(place=Place.LEADS, page=line.row_id)
        case "employees":
            return Route(place=Place.TEAM, page=line.row_id)
        case "assumptions":
            return Route(place=Place.FIGURES, page=MARKET)
        case _:
            start = line.deed.starts_at
            day = fmt.local_day(words, start) if start else None
            again = line.standing is Standing.REFUSED and line.deed.act is Act.BOOK
            doing = Doing.NEW if again else None
            return Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(line.row_id), doing=doing)
