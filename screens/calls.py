"""All calls: those in progress first, then by day, newest first."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from client.insight.health import LiveCall
from client.models.calls import Call
from client.models.ids import CallId
from client.state.calls import CallsState
from screens.live import elapsed, open_call, strip
from screens.stores import Stores
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.call_row import live_row, past_row
from widgets.component import Handler, component, keyed, memoized, see
from widgets.scaffold import page_head
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What the view draws; `selected` is the call that is open beside the list."""

    state: CallsState
    live: tuple[LiveCall, ...]
    selected: CallId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsActions:
    open_call: Callable[[CallId], None]
    show_more: Handler
    retry: Handler
    timer: Callable[[Call], ft.Control]


@component
def calls_screen(stores: Stores, words: Words, layout: Layout, selected: CallId | None) -> ft.Control:
    """The list, bound to the stores."""
    calls = Calls(state=see(stores.calls).state, live=see(stores.live).state.calls, selected=selected)
    actions = ft.use_memo(lambda: _actions(stores), [])
    return calls_view(words, layout, calls, actions, strip(stores, words))


def _actions(stores: Stores) -> CallsActions:
    return CallsActions(
        open_call=lambda call_id: open_call(stores, call_id),
        show_more=stores.calls.show_more,
        retry=stores.repaint,
        timer=lambda call: elapsed(stores.ticks.second, call.answered_at or call.started_at, size=13, color=theme.TEXT),
    )


def calls_view(words: Words, layout: Layout, calls: Calls, actions: CallsActions, link: ft.Control) -> ft.Control:
    """The list as a whole place on a phone, as a pane beside the call on a desktop."""
    edge = 4
    head = ft.Container(
        ft.Column(
            [
                page_head(words, words("place.calls"), size=18 if layout.two_panes else 22),
                *([] if layout.rail_speaks else [link]),
            ],
            spacing=0,
            tight=True,
        ),
        padding=ft.Padding.only(left=12 + edge, right=12 + edge, top=12, bottom=2),
    )
    listing = ft.ListView(
        [*_live(words, layout, calls, actions), *_past(words, calls, actions)],
        padding=ft.Padding.only(left=edge, right=edge, bottom=16),
        expand=True,
        key="calls.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _live(words: Words, layout: Layout, calls: Calls, actions: CallsActions) -> list[ft.Control]:
    if not calls.live:
        return []
    rows: list[ft.Control] = [
        live_row(
            words,
            item,
            actions.timer(item.call),
            lambda call_id=item.call.call_id: actions.open_call(call_id),
            selected=item.call.call_id == calls.selected,
            scale=layout.text_scale,
        )
        for item in calls.live
    ]
    return [_label(words("calls.live", n=len(rows))), *parts.divided(rows), parts.gap(6)]


def _past(words: Words, calls: Calls, actions: CallsActions) -> list[ft.Control]:
    state = calls.state
    if state.broken:
        return [
            notices.trouble(
                "calls.retry", words("broken.title"), words("broken.body"), words("action.retry"), actions.retry
            )
        ]
    if not state.days and not state.ready:
        return [notices.skeleton_rows(8, label=words("loading.calls"))]
    if not state.days and not calls.live:
        return [notices.empty(words("calls.none"), words("calls.none_body"))]
    out: list[ft.Control] = []
    for day in state.days:
        name = fmt.day_named(words, day.day, state.today) if state.today else fmt.day_long(words, day.day)
        out.append(_label(words("calls.day", day=name, n=len(day.calls))))
        rows: list[ft.Control] = [
            keyed(f"past-{call.call_id}", _past_row, words, call, actions, call.call_id == calls.selected)
            for call in day.calls
        ]
        out += [*parts.divided(rows), parts.gap(6)]
    if state.more:
        more = buttons.button("calls.more", words("calls.more"), actions.show_more, kind=Kind.LINK)
        out.append(ft.Row([more], wrap=True))
    return out


@memoized
def _past_row(words: Words, call: Call, actions: CallsActions, selected: bool) -> ft.Control:
    """A row that is drawn again when its call or its being selected changes."""
    return past_row(words, call, lambda: actions.open_call(call.call_id), selected=selected)


def _label(text: str) -> ft.Control:
    return ft.Container(parts.section_label(text), padding=ft.Padding.only(left=10, right=10, top=12, bottom=6))
