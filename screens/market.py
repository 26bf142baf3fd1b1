"""Market position: the AI reception beside a person at a desk, in sums of counted calls and the owner's own inputs."""

from functools import partial
from typing import cast

import flet as ft

from client.editing import AssumptionsChange
from client.insight.market import MINUTE_MS
from client.insight.market_figures import MEANS, Counted
from client.insight.metrics import Metric
from client.models.assumptions import Assumptions
from client.models.ids import CallId
from client.models.provenance import EvidenceRow, Figure
from client.state.market import MarketState
from screens.figure_hand import open_provenance, period_actions
from screens.live import go, open_call
from screens.over import lay_over
from screens.row_sheet import row_sheet
from screens.stores import Stores
from screens.task_minutes import minutes_inputs
from screens.window import MARKET
from widgets import format as fmt
from widgets import notices, parts
from widgets.component import component, effect, keyed, see
from widgets.figure_words import decimal, value_text
from widgets.market_card import Counts, InputActions, input_card, sum_cards
from widgets.money_field import cents_of, typed_money
from widgets.period_switch import period_switch
from widgets.provenance import Origin
from widgets.scaffold import page_head
from widgets.strings import Words
from widgets.theme import Layout

_MOST_HOURS = 168.0
_WIDTH = 560.0
_GAP = 16.0


@component
def market_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The page, bound to the stores; read only while it is on screen."""
    chosen = see(stores.figures).state.chosen
    state = see(stores.market).state
    effect(stores.market.begin, [chosen], cleanup=stores.market.rest)
    today = fmt.local_day(words, see(stores.ticks).now)
    edge = layout.edge
    head = page_head(
        words, words("market.title"), words("market.subtitle"), on_back=lambda: go(stores, stores.router.route.parent)
    )
    switch = period_switch(words, layout, chosen, today, period_actions(stores), identifier="market.period")
    sums, own = _body(stores, words, state)
    return ft.Column(
        [
            ft.Container(head, padding=ft.Padding.only(left=edge - 8, right=edge, top=12)),
            ft.ListView(
                [switch, *_laid_out(layout, sums, own)],
                spacing=14,
                padding=ft.Padding.only(left=edge, right=edge, top=8, bottom=24),
                expand=True,
                key="market.list",
            ),
        ],
        spacing=0,
        expand=True,
    )


def open_counted(stores: Stores, counts: Counts) -> None:
    """The sheet with the calls of a counted number."""
    if isinstance(counts, Metric):
        open_provenance(stores, counts, stores.figures.state.chosen)
    else:
        stores.panel.open(f"{MARKET}{counts}")


@component
def market_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet of the counted number that is open, or nothing."""
    panel, now = see(stores.panel).state.panel, see(stores.ticks).now
    named = panel.removeprefix(MARKET) if panel.startswith(MARKET) else ""
    which = Counted(named) if named in set(Counted) else None

    async def read() -> None:
        await stores.market.show(which)

    effect(read, [which])
    figure = see(stores.market).state.figure
    if which is None or figure is None:
        return lay_over(stores, None)

    def to_row(row: EvidenceRow) -> None:
        stores.panel.close()
        open_call(stores, CallId(row.row_id))

    origin = Origin(provenance=figure.provenance, value=_written(words, which, figure), unit=figure.unit)
    return lay_over(stores, row_sheet(stores, words, layout, origin, now, to_row))


def _written(words: Words, which: Counted, figure: Figure) -> str:
    """The value as the page writes it."""
    value = figure.value
    if value is not None and which is Counted.TALK:
        return words("unit.minutes", minutes=fmt.number(words, round(value / MINUTE_MS)))
    if value is not None and which in MEANS:
        return words("market.mean", mean=decimal(words, value))
    return value_text(words, figure.unit, value)


def _laid_out(layout: Layout, sums: list[ft.Control], own: list[ft.Control]) -> list[ft.Control]:
    """What the owner says beside the sums that are made of it, where there is room for both."""
    if not sums or layout.room < (2 * _WIDTH + _GAP) * layout.text_scale:
        return [_narrow(layout, each) for each in (*sums, *own)]
    columns: list[ft.Control] = [
        ft.Container(
            ft.Column(each, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            width=_WIDTH * layout.text_scale,
        )
        for each in (sums, own)
    ]
    return [ft.Row(columns, spacing=_GAP, vertical_alignment=ft.CrossAxisAlignment.START)]


def _narrow(layout: Layout, content: ft.Control) -> ft.Control:
    return content if layout.is_phone else ft.Row([ft.Container(content, width=_WIDTH * layout.text_scale)])


def _body(stores: Stores, words: Words, state: MarketState) -> tuple[list[ft.Control], list[ft.Control]]:
    """The sums, and what the owner says or what is said instead."""
    if state.broken:
        title, body = words("broken.title"), words("broken.body")
        return [], [parts.card(notices.trouble("market.retry", title, body, words("action.retry"), stores.repaint))]
    if not state.ready:
        return [], [notices.skeleton_card(label=words("loading.figures"))]
    if state.said is None:
        return [], [parts.card(notices.empty(words("market.not_here"), words("market.not_here_body")))]
    sums = sum_cards(words, state.position, partial(open_counted, stores)) if state.position else []
    waits = [parts.muted(words("market.pending"))] if state.said.pending else []
    return sums, [
        keyed("market.inputs", inputs, stores, words, state.said, state.position is not None),
        keyed("minutes.inputs", minutes_inputs, stores, words, state.said.task_minutes),
        *waits,
    ]


@component
def inputs(stores: Stores, words: Words, said: Assumptions, told: bool) -> ft.Control:
    """What the owner may say; kept on this device at once, and sent when there is a connection."""
    kept = _typed(said)
    drafts, set_drafts = ft.use_state(cast("dict[str, str]", {}))
    wrong, set_wrong = ft.use_state(cast("str | None", None))
    typed = {**kept, **drafts}

    async def save() -> None:
        change = _change(typed)
        set_wrong(change if isinstance(change, str) else None)
        if isinstance(change, AssumptionsChange) and await stores.edits.work.assume(change) is not None:
            set_drafts({})

    actions = InputActions(
        type=lambda name, text: set_drafts({**drafts, name: text}),
        save=save,
        types=stores.focus.types,
        rests=stores.focus.rests,
    )
    return input_card(words, typed, wrong, actions, told=told)


def _typed(said: Assumptions) -> dict[str, str]:
    """What was said, as it stands in the fields."""
    wage, value, hours = said.wage_cents_per_hour, said.missed_call_value_cents, said.hours_per_week
    return {
        "wage": "" if wage is None else typed_money(wage),
        "value": "" if value is None else typed_money(value),
        "hours": "" if hours is None else f"{hours:g}",
    }


def _change(typed: dict[str, str]) -> AssumptionsChange | str:
    """The change, or the name of the field that is no amount.  An empty field takes back what was said."""
    cents: dict[str, int | None] = {}
    for name in ("wage", "value"):
        cents[name] = cents_of(typed[name]) if typed[name].strip() else None
        if typed[name].strip() and cents[name] is None:
            return name
    hours = _hours(typed["hours"])
    if hours is not None and not 0 <= hours <= _MOST_HOURS:
        return "hours"
    return AssumptionsChange(
        wage_cents_per_hour=cents["wage"], hours_per_week=hours, missed_call_value_cents=cents["value"]
    )


def _hours(text: str) -> float | None:
    """None for nothing; below nought for what is no number."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        return float(plain)
    except ValueError:
        return -1.0
