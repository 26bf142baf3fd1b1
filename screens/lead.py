"""A lead on screen: a page on a phone, the last pane of the board on a desktop."""

import flet as ft

from client.models.ids import LeadId
from client.models.leads import Lead
from client.state.lead import LeadState
from screens.lead_hand import assign_choice, followup_form, notes_form, value_form
from screens.lead_stage import stage_form
from screens.live import go, open_call
from screens.ringing import reaching
from screens.stores import Stores
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.component import component, effect, keyed, see
from widgets.history import history
from widgets.lead_page import call_card, chips, facts, score_card, summary, tasks_card
from widgets.scaffold import page_head
from widgets.strings import Words
from widgets.theme import Layout


@component
def lead_screen(stores: Stores, words: Words, layout: Layout, lead_id: LeadId) -> ft.Control:
    effect(lambda: stores.lead.open(lead_id), [lead_id])
    state, now = see(stores.lead).state, see(stores.ticks).now
    lead = state.lead

    def back() -> None:
        go(stores, stores.router.route.parent)

    close = buttons.icon_button("lead.close", words("action.close"), ft.Icons.CLOSE, back)
    head = page_head(
        words,
        fmt.named(words, lead.name, 300) if lead else words("lead.title"),
        summary(words, lead, now) if lead else None,
        on_back=None if layout.two_panes else back,
        trailing=[close] if layout.two_panes else None,
        size=18 if layout.two_panes else 22,
    )
    edge = ft.Border.only(left=ft.BorderSide(1, theme.LINE)) if layout.two_panes else None
    listing = ft.ListView(
        [head, *_body(stores, words, layout, state)],
        spacing=12,
        padding=ft.Padding.only(left=18, right=14, top=4, bottom=20) if layout.two_panes else 12,
        expand=True,
        key="lead.list",
    )
    return ft.Container(listing, border=edge, expand=True)


def _body(stores: Stores, words: Words, layout: Layout, state: LeadState) -> list[ft.Control]:
    lead, now = state.lead, stores.ticks.now
    if lead is None:
        return [_nothing(words, state)]
    out: list[ft.Control] = [
        chips(words, lead),
        *reaching(words, "lead", lead.lead_id, fmt.named(words, lead.name, 80), lead.phone, lead.email),
        score_card(words, lead),
        facts(words, layout, lead, now),
        _hand(stores, words, state, lead),
    ]
    if call := state.call:
        out += call_card(words, call, lambda: open_call(stores, call.call_id))
    return [*out, *tasks_card(words, state.tasks, now), *history(words, state.events, now, about=lead.lead_id)]


def _hand(stores: Stores, words: Words, state: LeadState, lead: Lead) -> ft.Control:
    """What can be done, each kept at once."""
    key, money = lead.lead_id, stores.role is not None and stores.role.may_see_money
    rows: list[ft.Control] = [
        keyed(f"stage-{key}", stage_form, stores, words, lead, "lead", _nothing_more),
        keyed(f"followup-{key}", followup_form, stores, words, lead),
        assign_choice(stores, words, lead, state.people),
        *([keyed(f"worth-{key}", value_form, stores, words, lead)] if money else []),
        keyed(f"notes-{key}", notes_form, stores, words, lead),
    ]
    return parts.card(ft.Column(rows, spacing=16, tight=True), padding=14)


def _nothing_more() -> None:
    """The page stays open when a stage was chosen."""


def _nothing(words: Words, state: LeadState) -> ft.Control:
    """It has not been read yet, cannot be, or is not there."""
    if state.broken:
        return notices.empty(words("broken.title"), words("broken.body"))
    if state.missing:
        return notices.empty(words("lead.missing"), words("lead.missing_body"))
    return notices.skeleton_rows(4, label=words("loading.lead"))
