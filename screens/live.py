"""What moves while a call runs: timers, the bar of the running call, the strip of how old the data is."""

from dataclasses import replace
from datetime import datetime

import flet as ft

from client.insight.outbox import ChangeLine
from client.models.calls import Call
from client.models.ids import CallId, ConflictId, TurnId
from client.models.link import LinkStatus
from client.state.link import heard_until
from screens.routes import OUTBOX, Route, over_conflict
from screens.stores import Stores
from widgets import format as fmt
from widgets import parts, theme
from widgets.call_row import reason
from widgets.component import component, memoized, see
from widgets.link_strip import Changes, kept_strip, rail_line, strip_of
from widgets.parts import text
from widgets.scaffold import LiveBar, Place, live_bar
from widgets.strings import Words


@component
def elapsed(stores: Stores, call: Call, *, size: int, color: ft.ColorValue = theme.TEXT) -> ft.Control:
    """How long it runs, as far as this device knows: it counts while there is a connection.

    Only this text changes with the second.
    """
    until = heard_until(see(stores.link).state, see(stores.ticks.second).now)
    seconds = max(0.0, (until - (call.answered_at or call.started_at)).total_seconds())
    return ft.Semantics(
        exclude_semantics=True,
        content=text(fmt.duration_clock(seconds), size=size, weight=parts.W600, color=color),
    )


@memoized
def running_call(stores: Stores, words: Words, besides: CallId | None) -> ft.Control:
    """The bar over the bottom bar; nothing while no call runs.  `besides`: the call that is on screen already."""
    calls = [item for item in see(stores.live).state.calls if item.call.call_id != besides]
    if not calls:
        return ft.Container(height=0)
    first = calls[0]
    bar = LiveBar(
        call_id=first.call.call_id,
        employee=first.call.handler_name or first.call.employee_name,
        reason=reason(words, first),
        level=first.health.level,
        more=len(calls) - 1,
    )
    timer = elapsed(stores, first.call, size=14, color=theme.ON_BAR)
    stacked = see(stores.window).state.layout.one_column
    return live_bar(words, bar, timer, lambda: open_call(stores, first.call.call_id), stacked=stacked)


@memoized
def strip(stores: Stores, words: Words) -> ft.Control:
    """The line under a title: how old the data is while all is well, else what is not well.

    Always there and always as high, so that nothing moves under a thumb.
    """
    link, now = see(stores.link).state, see(stores.ticks).now
    said, scale = strip_of(words, link, now, changes(stores)), see(stores.window).state.layout.text_scale
    return kept_strip(words, said, _all_is_well(words, link, now), lambda: open_outbox(stores), scale=scale)


def _all_is_well(words: Words, link: LinkStatus, now: datetime) -> str:
    return words("strip.updated", time=fmt.moment(words, link.as_of, now)) if link.as_of else ""


@memoized
def rail_foot(stores: Stores, words: Words, *, short: bool) -> ft.Control:
    link, now = see(stores.link).state, see(stores.ticks).now
    return rail_line(words, link, now, changes(stores), lambda: open_outbox(stores), short=short)


def changes(stores: Stores) -> Changes:
    """How many of the owner's changes are under way, and how many need the owner.  A hook."""
    state = see(stores.waiting).state
    return Changes(waiting=state.waiting, stuck=state.stuck)


def open_outbox(stores: Stores) -> None:
    """The owner's changes, over whatever place is there."""
    go(stores, replace(stores.router.route, over=OUTBOX))


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


def open_call(stores: Stores, call_id: CallId, turn_id: TurnId | None = None) -> None:
    """The list beside it, or under it, stays narrowed as it was.  `turn_id`: the line to bring on screen."""
    go(stores, Route(place=Place.CALLS, call_id=call_id, turn_id=turn_id, asked=stores.calls.asked))


def to_place(stores: Stores, place: Place) -> None:
    go(stores, Route(place=place, asked=stores.calls.asked) if place is Place.CALLS else Route(place=place))


def go(stores: Stores, route: Route) -> None:
    """Move there at once, and let the client's address and history follow."""
    stores.focus.arrives()
    stores.router.route = route
    ft.context.page.run_task(ft.context.page.push_route, str(route))
