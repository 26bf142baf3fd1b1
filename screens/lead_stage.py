"""Another stage for a lead: chosen at once, but for the two that ask something: what it was worth, why it was lost."""

from collections.abc import Callable
from typing import Final, cast

import flet as ft

from client.models.ids import LeadId
from client.models.lead_board import STAGES
from client.models.leads import Lead, LeadStage
from client.state.leads import LeadsState
from screens.lead_verbs import ASKS_STAGE, lose, put, win
from screens.over import lay_over
from screens.stores import Stores
from widgets import buttons, fields, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import component, see
from widgets.money_field import cents_of, typed_money
from widgets.sheet import body, fit, sheet, titled
from widgets.strings import Words
from widgets.theme import Layout

REASONS: Final = ("elsewhere", "price", "no_answer", "changed_mind", "too_far")
_OTHER: Final = "other"
REASON_MAX: Final = 200


@component
def stage_form(stores: Stores, words: Words, lead: Lead, name: str, on_done: Callable[[], object]) -> ft.Control:
    """`name` begins the identifiers; `on_done` is called once it is decided."""
    asking, ask = ft.use_state(cast("LeadStage | None", None))
    money = stores.role is not None and stores.role.may_see_money
    options = [
        Option(name=stage.value, label=words(f"stage.{stage}"), chosen=stage is (asking or lead.stage))
        for stage in STAGES
    ]

    async def choose(chosen: str) -> None:
        stage = LeadStage(chosen)
        if stage is LeadStage.LOST or (stage is LeadStage.CONVERTED and money):
            ask(stage)
        elif stage is not lead.stage:
            ask(None)
            await put(stores, lead.lead_id, stage)
            on_done()

    def finish() -> None:
        ask(None)
        on_done()

    rows: list[ft.Control] = [choice(words("lead.stage"), f"{name}.stage", options, choose)]
    if asking is LeadStage.CONVERTED:
        rows.append(_won(stores, words, lead, name, finish))
    elif asking is LeadStage.LOST:
        rows.append(_lost(stores, words, lead, name, finish))
    return ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@component
def _won(stores: Stores, words: Words, lead: Lead, name: str, finish: Callable[[], object]) -> ft.Control:
    text, write = ft.use_state("" if lead.value_cents is None else typed_money(lead.value_cents))
    cents = cents_of(text)
    wrong = bool(text.strip()) and cents is None

    async def act() -> None:
        await win(stores, lead.lead_id, cents)
        finish()

    rows: list[ft.Control] = [
        fields.field(
            f"{name}.value",
            words("lead.won_value", currency=words.currency),
            text,
            write,
            keyboard=ft.KeyboardType.NUMBER,
            error=words("lead.value_wrong") if wrong else None,
            max_length=12,
            on_focus=stores.focus.types,
            on_blur=stores.focus.rests,
        ),
        buttons.button(f"{name}.won", words("lead.won"), act, kind=Kind.PRIMARY, disabled=wrong),
    ]
    return ft.Column(rows, spacing=10, tight=True)


@component
def _lost(stores: Stores, words: Words, lead: Lead, name: str, finish: Callable[[], object]) -> ft.Control:
    chosen, pick = ft.use_state("")
    text, write = ft.use_state("")
    options = [
        Option(name=reason, label=words(f"lead.lost.{reason}"), chosen=chosen == reason)
        for reason in (*REASONS, _OTHER)
    ]
    reason = text.strip() if chosen == _OTHER else words(f"lead.lost.{chosen}") if chosen else ""

    async def act() -> None:
        await lose(stores, lead.lead_id, reason)
        finish()

    rows: list[ft.Control] = [choice(words("lead.lost_why"), f"{name}.lost_why", options, pick)]
    if chosen == _OTHER:
        rows.append(
            fields.field(
                f"{name}.lost_text",
                words("lead.lost_text"),
                text,
                write,
                max_length=REASON_MAX,
                on_focus=stores.focus.types,
                on_blur=stores.focus.rests,
            )
        )
    rows.append(buttons.button(f"{name}.lost", words("lead.lose"), act, kind=Kind.PRIMARY, disabled=not reason))
    return ft.Column(rows, spacing=10, tight=True)


@component
def stage_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet that a card of the board opens; nothing elsewhere."""
    panel = see(stores.panel).state.panel
    lead = _asked(see(stores.leads).state, panel)
    how_high = fit()
    dialog: ft.DialogControl | None = None
    if lead is not None:
        head = ft.Row(
            [
                ft.Container(parts.heading(fmt.named(words, lead.name, 80), size=18), expand=True),
                buttons.icon_button("lead_stage.close", words("action.close"), ft.Icons.CLOSE, stores.panel.close),
            ]
        )
        rows = [stage_form(stores, words, lead, "lead_stage", stores.panel.close)]
        dialog = sheet(layout, titled(head, body(rows, how_high, key="lead_stage.list")), stores.panel.close)
    return lay_over(stores, dialog)


def _asked(state: LeadsState, panel: str) -> Lead | None:
    if not panel.startswith(ASKS_STAGE):
        return None
    lead_id = LeadId(panel.removeprefix(ASKS_STAGE))
    return next((lead for column in state.columns for lead in column.leads if lead.lead_id == lead_id), None)
