"""What was just done, or could not be; and the question before what a client was told of is taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import flet as ft

from client.insight.deeds import Act, Deed
from client.insight.diary import OVERLAP
from client.models.link import LinkState
from client.state.business import BusinessState
from client.state.edits import BAR, UNDO_S, Asking, Done, EditState, Refusal
from screens.booking_verbs import move_on_purpose
from screens.over import lay_over
from screens.stores import Stores
from widgets import buttons, change_words, parts
from widgets.buttons import Kind
from widgets.component import component, memoized, see
from widgets.refusals import refusal_sentence, trouble_sentence
from widgets.sheet import body, fit, sheet, titled
from widgets.strings import Words
from widgets.tell_card import TellActions, tell_card
from widgets.theme import Layout
from widgets.undo_bar import UndoBar, refusal_bar, time_left, undo_bar

BAR_WIDTH = 560
_HELD: Final = frozenset({Act.HOLD, Act.HOLD_UNTIL, Act.GO_ON})
"""What an employee has to hear of before it is so."""


@memoized
def undo_over(stores: Stores, words: Words, *, pushed: bool = False) -> ft.Control:
    """The bar; nothing while there is nothing to take back and nothing to explain.

    `pushed`: over a detail on a phone; the bar is on the view that is seen, and not on the one under it too.
    """
    route = see(stores.router).route
    state, window = see(stores.edits).state, see(stores.window).state
    ours, now = see(stores.business).state, see(stores.ticks).now
    offline = see(stores.link).state.state is not LinkState.ONLINE
    is_phone = window.layout.is_phone
    if pushed is not (route.is_detail and not window.layout.two_panes):
        return ft.Container(height=0)
    refusal = state.refusal if state.refusal and state.refusal.place == BAR else None
    if refusal is not None:
        why = trouble_sentence(words, refusal.trouble) if refusal.trouble else ""
        if refusal.why:
            why = refusal_sentence(words, refusal.why, refusal.obstacle, now)
        bar = refusal_bar(words, why, stores.edits.put_away, _on_purpose(stores, refusal))
    elif state.done or state.undone:
        said = _said(words, state, ours, now, desk=not is_phone, offline=offline)
        line = _time_left(stores) if window.moves and said.undoes else None
        bar = undo_bar(words, said, stores.edits.undo, stores.edits.put_away, line)
    else:
        return ft.Container(height=0)
    width = None if is_phone else min(BAR_WIDTH, window.layout.width - 48)
    return ft.Container(
        ft.Row([ft.Container(bar, width=width, expand=width is None)], alignment=ft.MainAxisAlignment.CENTER),
        padding=ft.Padding.only(left=12, right=12, top=4, bottom=8),
    )


def _on_purpose(stores: Stores, refusal: Refusal) -> Callable[[], None] | None:
    """The way to have it all the same, for a role that may."""
    role, wanted = stores.role, refusal.wanted
    if wanted is None or role is None or (refusal.allowance == OVERLAP and not role.may_overbook):
        return None
    return partial(move_on_purpose, stores, wanted)


@component
def _time_left(stores: Stores) -> ft.Control:
    """Each second a tenth less."""
    see(stores.ticks.second)
    return time_left(stores.edits.left_s / UNDO_S)


def _said(words: Words, state: EditState, ours: BusinessState, now: datetime, *, desk: bool, offline: bool) -> UndoBar:
    if state.undone:
        what = _sentence(words, state.undone, ours, now)
        if offline and len(state.undone) == 1 and state.undone[0].act in _HELD:
            # Whether it was in effect is not known here.
            what = change_words.to_do(words, state.undone[0], None, now)
        return UndoBar(sentence=words("undo.done", what=what), undoes=0)
    deeds = [each.deed for each in state.done]
    waits = offline and _unheard(state.done, ours)
    return UndoBar(
        sentence=_will_be(words, deeds, now) if waits else _sentence(words, deeds, ours, now),
        undoes=len(deeds),
        key_hint="U" if desk else None,
        waits=waits,
    )


def _unheard(done: Sequence[Done], ours: BusinessState) -> bool:
    """Whether all of it is for employees, of whom none has heard of it."""
    unheard = {each.employee_id for each in ours.employees if each.pending}
    return all(each.deed.act in _HELD and each.edited.row_id in unheard for each in done)


def _will_be(words: Words, deeds: Sequence[Deed], now: datetime) -> str:
    if len(deeds) > 1:
        return words("undo.several_unheard", n=len(deeds))
    return change_words.will_be(words, deeds[0], now)


def _sentence(words: Words, deeds: Sequence[Deed], ours: BusinessState, now: datetime) -> str:
    """One deed in full, several by their number."""
    if len(deeds) > 1:
        return words("undo.several", n=len(deeds))
    deed = deeds[0]
    person = ours.who(deed.staff_id)
    said = change_words.done(words, deed, person.name if person else None, now)
    if deed.channel is None:
        return said
    return words("undo.and_told", what=said, told=change_words.will_tell(words, deed))


@component
def undo_question(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Whether the client, who was told of a change, is told that it is taken back."""
    asking = see(stores.edits).state.asking
    offline = see(stores.link).state.state is not LinkState.ONLINE
    ours, now = see(stores.business).state, see(stores.ticks).now
    how_high = fit()
    dialog: ft.DialogControl | None = None
    if asking is not None:
        person = ours.who(asking.deed.staff_id)
        what = change_words.done(words, asking.deed, person.name if person else None, now)
        head = ft.Row(
            [
                ft.Container(parts.heading(words("undo.ask.title"), size=20), expand=True),
                buttons.icon_button("undo.ask.close", words("action.close"), ft.Icons.CLOSE, stores.edits.keep),
            ],
            spacing=8,
        )
        rows = _question(stores, words, layout, asking, what, now, offline=offline)
        content = titled(head, body(rows, how_high, key="undo.list", spacing=14))
        dialog = sheet(layout, content, stores.edits.keep)
    return lay_over(stores, dialog)


def _question(
    stores: Stores, words: Words, layout: Layout, asking: Asking, what: str, now: datetime, *, offline: bool
) -> list[ft.Control]:
    edits, draft = stores.edits, asking.draft
    tell = tell_card(
        words,
        layout,
        draft,
        TellActions(
            choose=lambda by: edits.type_tell(draft.choose(by)),
            type=lambda text: edits.type_tell(draft.type(text)),
            focus=stores.focus.types,
            blur=stores.focus.rests,
        ),
        now,
        name="undo.tell",
        offline=offline,
    )
    ways = ft.Row(
        [
            buttons.button("undo.ask.keep", words("undo.ask.keep"), edits.keep, expand=True),
            buttons.button(
                "undo.ask.yes",
                words("undo.undo"),
                edits.undo_asked,
                kind=Kind.PRIMARY,
                disabled=not draft.decided,
                expand=True,
            ),
        ],
        spacing=12,
    )
    return [parts.muted(words("undo.ask.body", what=what), size=14, height=1.45), tell, ways]
