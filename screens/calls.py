"""All calls: those in progress first, then by day, newest first; narrowed by words that were said and by a filter.

Of the calls that are over a window is drawn, and room is left for those above it, so that the list can be scrolled
through however many there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import flet as ft

from client.models.call_history import EVERYTHING, CallQuestion, Hit
from client.models.calls import Call
from client.models.ids import CallId, TurnId
from client.state.calls import CallsOfDay, CallsState
from client.state.live_calls import LiveCallsState
from screens.call_filters import ask, call_search
from screens.live import elapsed, open_call, strip
from screens.looking import look
from screens.stores import Stores
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.call_row import LINE, ROW, live_row, lost_row, past_row
from widgets.component import Handler, component, effect, handler, keyed, memoized, see
from widgets.scaffold import headed, page_head
from widgets.strings import Words
from widgets.theme import Layout

LABEL: Final = 40
"""How high the name of a day is, at the usual size of text."""

NEAR: Final = 700.0
"""So close to an end of the window, in pixels, the next page is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What the view draws; `selected` is the call that is open beside the list."""

    state: CallsState
    live: LiveCallsState
    selected: CallId | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsActions:
    open_call: Callable[[CallId, TurnId | None], None]
    show_more: Handler
    scrolled: Handler
    clear: Handler
    retry: Handler
    timer: Callable[[Call], ft.Control]


@component
def calls_screen(
    stores: Stores, words: Words, layout: Layout, selected: CallId | None, asked: CallQuestion
) -> ft.Control:
    """The list, bound to the stores; `asked` is what its address says."""
    live = see(stores.live).state
    calls = Calls(state=look(stores.calls).state, live=live, selected=selected, now=stores.ticks.now)
    listing: ft.Ref[ft.Column] = ft.use_memo(lambda: ft.Ref[ft.Column](), [])
    actions = ft.use_memo(lambda: _actions(stores), [])
    effect(lambda: stores.calls.ask(asked), [asked])

    async def to_top() -> None:
        if listing.current and calls.state.asked_anew:
            await listing.current.scroll_to(offset=0, duration=0)

    effect(to_top, [calls.state.asked_anew])
    search = keyed("search", call_search, stores, words)
    return calls_view(words, layout, calls, actions, strip(stores, words), search, listing)


def _actions(stores: Stores) -> CallsActions:
    return CallsActions(
        open_call=lambda call_id, turn_id: open_call(stores, call_id, turn_id),
        show_more=stores.calls.show_more,
        scrolled=_Scrolling(stores).scrolled,
        clear=lambda: ask(stores, EVERYTHING),
        retry=stores.repaint,
        timer=lambda call: elapsed(stores, call, size=13),
    )


class _Scrolling:
    """Moves the window with the owner's scrolling: once for each length of the list, however often it is told."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._moved_at = -1.0

    def scrolled(self, e: ft.OnScrollEvent) -> None:
        state, extent = self._stores.calls.state, e.max_scroll_extent
        if extent == self._moved_at:
            return
        scale = self._stores.window.state.layout.text_scale
        if state.more and extent - e.pixels < NEAR:
            self._moved_at = extent
            self._stores.calls.show_more()
        elif state.above.calls and e.pixels < room_above(state, scale) + NEAR:
            self._moved_at = extent
            self._stores.calls.show_newer()


def room_above(state: CallsState, scale: float) -> float:
    """How high what lies above the window is."""
    above = state.above
    return (above.calls * ROW + above.days * LABEL + above.lines * LINE) * scale


def calls_view(
    words: Words,
    layout: Layout,
    calls: Calls,
    actions: CallsActions,
    link: ft.Control,
    search: ft.Control,
    listing: ft.Ref[ft.Column],
) -> ft.Control:
    """The list as a whole place on a phone, as a pane beside the call on a desktop."""
    edge = 4
    head = ft.Container(
        ft.Column(
            [headed(layout, page_head(words, words("place.calls"), size=18 if layout.two_panes else 22), link), search],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(left=12 + edge, right=12 + edge, top=12, bottom=6),
    )
    # All of it is laid out: of what a ListView builds on demand it guesses the height, and the room above would shake.
    rows = ft.Column(
        [*_live(words, layout, calls, actions), *_past(words, layout, calls, actions), parts.gap(16)],
        ref=listing,
        scroll=ft.ScrollMode.AUTO,
        on_scroll=handler(actions.scrolled),
        scroll_interval=60,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
        key="calls.list",
    )
    padded = ft.Container(rows, padding=ft.Padding.symmetric(horizontal=edge), expand=True)
    return ft.Column([head, padded], spacing=0, expand=True)


def _live(words: Words, layout: Layout, calls: Calls, actions: CallsActions) -> list[ft.Control]:
    if calls.state.asked.is_asked:
        return []
    if calls.live.lost and calls.live.heard_at is not None:
        when = fmt.moment(words, calls.live.heard_at, calls.now)
        lost: list[ft.Control] = [
            lost_row(
                words,
                call,
                when,
                lambda call_id=call.call_id: actions.open_call(call_id, None),
                selected=call.call_id == calls.selected,
                scale=layout.text_scale,
            )
            for call in calls.live.lost
        ]
        return [_label(words("calls.lost", n=len(lost))), *parts.divided(lost), parts.gap(6)]
    if not calls.live.calls:
        return []
    rows: list[ft.Control] = [
        live_row(
            words,
            item,
            actions.timer(item.call),
            lambda call_id=item.call.call_id: actions.open_call(call_id, None),
            selected=item.call.call_id == calls.selected,
            scale=layout.text_scale,
        )
        for item in calls.live.calls
    ]
    return [_label(words("calls.live", n=len(rows))), *parts.divided(rows), parts.gap(6)]


def _past(words: Words, layout: Layout, calls: Calls, actions: CallsActions) -> list[ft.Control]:
    state = calls.state
    if state.broken:
        return [
            notices.trouble(
                "calls.retry", words("broken.title"), words("broken.body"), words("action.retry"), actions.retry
            )
        ]
    if not state.days:
        return _nothing(words, calls, actions)
    out: list[ft.Control] = []
    if state.above.calls:
        out.append(ft.Container(height=room_above(state, layout.text_scale), key="calls-above"))
    for day in state.days:
        out += _day(words, layout, calls, day, actions)
    if state.more:
        more = buttons.button("calls.more", words("calls.more"), actions.show_more, kind=Kind.LINK)
        out.append(ft.Row([more], wrap=True))
    return out


def _nothing(words: Words, calls: Calls, actions: CallsActions) -> list[ft.Control]:
    """Still being read, none yet, or none of those that are looked for."""
    state = calls.state
    if not state.ready:
        return [notices.skeleton_rows(8, label=words("loading.calls"))]
    if state.asked.is_asked:
        clear = buttons.button("calls.none.clear", words("calls.clear"), actions.clear)
        said = notices.empty(words("calls.none_found"), words("calls.none_found_body"), clear)
        return [ft.Semantics(live_region=True, content=said)]
    return [] if calls.live.calls or calls.live.lost else [notices.empty(words("calls.none"), words("calls.none_body"))]


def _day(words: Words, layout: Layout, calls: Calls, day: CallsOfDay, actions: CallsActions) -> list[ft.Control]:
    out: list[ft.Control] = []
    if day.begins:
        today = calls.state.today
        name = fmt.day_named(words, day.day, today) if today else fmt.day_long(words, day.day)
        out.append(ft.Container(_label(name), height=LABEL * layout.text_scale))
    for hit in day.hits:
        is_open = hit.call.call_id == calls.selected
        key = f"past-{hit.call.call_id}"
        out.append(keyed(key, _past_row, words, hit, actions, is_open, layout.text_scale))
    return out


@memoized
def _past_row(words: Words, hit: Hit, actions: CallsActions, selected: bool, scale: float) -> ft.Control:
    """A row that is drawn again when its call, what was found in it, or its being selected changes."""
    call = hit.call
    return past_row(
        words,
        call,
        lambda: actions.open_call(call.call_id, hit.best),
        selected=selected,
        lines=hit.lines,
        scale=scale,
    )


def _label(text: str) -> ft.Control:
    return ft.Container(parts.section_label(text), padding=ft.Padding.only(left=10, right=10, top=14, bottom=6))
