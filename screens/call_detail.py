"""One call: its head, its words as they are spoken, the owner's hand in it, and beside it what is known of it.

Its parts are bound to their own stores, because they change at different speeds: the words several times a second, a
draft with every key, the rest a few times a minute.
"""

from dataclasses import replace
from functools import partial

import flet as ft

from client.models.ids import CallId, TurnId
from client.state.call import CallState
from screens.about_call import about_actions, about_call
from screens.call_hand import call_foot
from screens.call_head import call_head
from screens.call_transcript import transcript_pane
from screens.live import go
from screens.stores import Stores
from widgets import buttons, notices
from widgets.component import component, effect, memoized, reuse, see
from widgets.strings import Words
from widgets.theme import Layout


@component
def call_screen(
    stores: Stores, words: Words, layout: Layout, call_id: CallId, at: TurnId | None, said: str
) -> ft.Control:
    """The call that is open: head, words, and hand.  `at`: the line to bring on screen, `said` what was looked for."""
    effect(lambda: stores.open_call(call_id), [call_id], cleanup=lambda: stores.leave_call(call_id))
    effect(lambda: stores.transcript.point_at(at, said), [call_id, at])
    state = see(stores.call).state
    child = reuse()
    if state.missing:
        return _missing(words, layout, stores)
    return ft.Column(
        [
            child("head", call_head, stores, words, layout),
            child("words", transcript_pane, stores, words, layout),
            child("hand", call_foot, stores, words, layout),
        ],
        spacing=0,
        expand=True,
    )


@component
def call_inspector(stores: Stores, words: Words) -> ft.Control:
    """Who calls, why it is flagged, what came of it."""
    state = see(stores.call).state
    return inspector_panel(stores, words, replace(state, last_word_at=None, actions=()))


@memoized
def inspector_panel(stores: Stores, words: Words, state: CallState) -> ft.Control:
    now = see(stores.ticks).now
    if state.call is None:
        return ft.Container()
    return ft.ListView(
        about_call(words, state, now, about_actions(stores, state)),
        padding=16,
        spacing=10,
        expand=True,
        key="call.inspector",
    )


def _missing(words: Words, layout: Layout, stores: Stores) -> ft.Control:
    to_list = partial(go, stores, stores.router.route.parent)
    back = buttons.button("call.missing.back", words("call.missing_back"), to_list)
    return ft.Container(
        notices.empty(words("call.missing"), words("call.missing_body"), None if layout.two_panes else back),
        padding=16,
        expand=True,
    )
