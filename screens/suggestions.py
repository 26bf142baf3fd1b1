"""Why something is suggested: the rule of each suggestion, the line that caused it, and what was set aside."""

from functools import partial

import flet as ft

from client.insight.actions import Action
from client.models.marks import About, MarkWord
from client.state.call import CallState
from screens.over import lay_over
from screens.stores import Stores
from screens.window import SUGGESTIONS
from widgets import buttons, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import component, see
from widgets.sheet import Fit, body, fit, sheet, titled
from widgets.strings import Words
from widgets.theme import Layout


@component
def suggestions_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet, while it is open."""
    panel, state = see(stores.panel).state, see(stores.call).state
    how_high = fit()
    content = _rules(stores, words, state, how_high) if panel.panel == SUGGESTIONS and state.call else None
    return lay_over(stores, sheet(layout, content, stores.panel.close, width=520) if content is not None else None)


async def set_aside(stores: Stores, action_id: str) -> None:
    """Not useful: it does not come back for this turn, and nothing else is concluded from it."""
    await stores.edits.work.mark(About.SUGGESTION, action_id, MarkWord.NOT_USEFUL)


def _rules(stores: Stores, words: Words, state: CallState, how_high: Fit) -> ft.Control:
    async def bring_back(action_id: str) -> None:
        await stores.edits.work.clear_mark(About.SUGGESTION, action_id)

    rows: list[ft.Control] = [_rule(stores, words, action) for action in state.actions]
    if not rows:
        rows.append(parts.muted(words("suggestions.none"), height=1.4))
    if state.set_aside:
        rows.append(parts.section_label(words("suggestions.set_aside")))
    for action in state.set_aside:
        back = buttons.button(
            f"suggestions.{action.action_id}.back",
            words("suggestions.back"),
            partial(bring_back, action.action_id),
            kind=Kind.LINK,
        )
        rows.append(ft.Column([_rule(stores, words, action), ft.Row([back])], spacing=2, tight=True))
    rows.append(parts.muted(words("suggestions.learns"), size=12, height=1.45))
    head = ft.Row(
        [
            ft.Container(parts.heading(words("suggestions.title"), size=18), expand=True),
            buttons.icon_button("suggestions.close", words("action.close"), ft.Icons.CLOSE, stores.panel.close),
        ]
    )
    return titled(head, body(rows, how_high, key="suggestions-list", spacing=12))


def _rule(stores: Stores, words: Words, action: Action) -> ft.Control:
    turn = stores.call.turn(action.turn_id)
    told: list[ft.Control] = [
        parts.strong(words(f"action.{action.kind}", **dict(action.gaps)), size=14),
        parts.text(words(f"action.rule.{action.kind}"), size=13, height=1.4),
    ]
    if turn is not None:
        said = fmt.phones_masked(turn.text) if turn.tool else turn.text
        told.append(parts.muted(words("promise.said", text=fmt.clipped(said, 200)), height=1.4))
    return ft.MergeSemantics(ft.Column(told, spacing=2, tight=True))
