"""The place of the leads: who may become a customer, by stage; found, sorted, moved, written to a file."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

import flet as ft

from client.insight.lead_sheet import write_csv
from client.insight.lead_sums import PIPELINE, SHOWN
from client.models.lead_board import STAGES, TEXT_MAX, LeadFilter, LeadOrder
from client.models.leads import OPEN_STAGES, LeadStage
from client.state.leads import LeadsState
from screens.lead_sums import open_sum
from screens.lead_verbs import ask_stage, put
from screens.live import go, strip
from screens.routes import NEW, Route
from screens.saving import saved
from screens.stores import Stores
from widgets import buttons, fields, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import component, effect, see
from widgets.lead_board import BoardActions, board, stages, sum_line
from widgets.lead_row import CARD_HEIGHT, ROW_HEIGHT
from widgets.long_list import rows_in
from widgets.scaffold import Place, headed, page_head
from widgets.strings import Words
from widgets.theme import Layout

FILTERS: Final = "leads.filters"
OVER: Final = "leads.over"
ANYBODY: Final = "anybody"
BESIDE: Final = 380
SEARCH_WIDTH: Final = 440
_ON_BOARD: Final = (*OPEN_STAGES, LeadStage.CONVERTED)
_HEADS: Final = 260
"""Pixels of a window that are not the board's: heads and filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """What the view draws.  `shown`: the stages whose leads are shown.  `filters`: the choices are unfolded."""

    state: LeadsState
    shown: tuple[LeadStage, ...]
    selected: str
    now: datetime
    filters: bool


@component
def leads_screen(stores: Stores, words: Words, layout: Layout, selected: str, beside: ft.Control | None) -> ft.Control:
    """The place, bound to the stores; `beside` is what is open next to it on a desktop."""
    opened, turn = ft.use_state(LeadStage.NEW)
    names = see(stores.folds).names
    narrow = not layout.two_panes
    shown = (opened,) if narrow else STAGES if OVER in names else _ON_BOARD
    height = ROW_HEIGHT if narrow else CARD_HEIGHT
    limit = rows_in(max(200.0, layout.height - (0 if narrow else _HEADS)), height * layout.text_scale)
    effect(lambda: stores.leads.show(shown, limit), [shown, limit])
    state = see(stores.leads).state
    leads = Leads(
        state=state,
        shown=shown,
        selected=selected,
        now=see(stores.ticks).now,
        filters=FILTERS in names,
    )
    actions = ft.use_memo(
        lambda: BoardActions(
            open=lambda lead_id: go(stores, Route(place=Place.LEADS, page=lead_id)),
            ask_stage=partial(ask_stage, stores),
            put=partial(put, stores),
            scrolled=stores.leads.scrolled,
            turn=turn,
            open_sum=partial(open_sum, stores),
        ),
        [],
    )
    head = _head(stores, words, layout, leads, strip(stores, words))
    body = _body(stores, words, layout, leads, actions, beside is not None)
    if beside is not None:
        body = ft.Row(
            [
                ft.Container(body, expand=True),
                ft.Container(ft.Stack([beside], fit=ft.StackFit.EXPAND), width=BESIDE * min(1.4, layout.text_scale)),
            ],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return ft.Column([head, body], spacing=0, expand=True)


def _head(stores: Stores, words: Words, layout: Layout, leads: Leads, link: ft.Control) -> ft.Control:
    edge = layout.board_edge
    back = (lambda: go(stores, Route(place=Place.MORE))) if layout.is_phone else None
    summary = _summary(stores, words, leads.state)
    title = page_head(
        words,
        words("place.leads"),
        None if layout.is_phone else summary,
        on_back=back,
        trailing=_trailing(stores, words, layout, leads),
        size=22,
        back="leads.back",
    )
    if layout.is_phone and summary is not None:
        # Beside the buttons of the title two sums have no room on one line.
        title = ft.Column([title, summary], spacing=0, tight=True)
    found = _search(stores, words, leads)
    rows = [found if layout.is_phone else ft.Row([ft.Container(found, width=SEARCH_WIDTH * layout.text_scale)])]
    if leads.filters:
        told = _choices(stores, words, leads)
        # Beside one another where there is room for it.
        rows += told if layout.is_phone else [ft.Row(told[:-1], spacing=28, run_spacing=8, wrap=True), told[-1]]
    return ft.Container(
        ft.Column([headed(layout, title, link), ft.Column(rows, spacing=8, tight=True)], spacing=0, tight=True),
        padding=ft.Padding.only(left=edge, right=edge, top=12, bottom=10),
    )


def _summary(stores: Stores, words: Words, state: LeadsState) -> ft.Control | None:
    """48 leads, $12,340 in the pipeline: of those that are shown and still open; each leads to its rows."""
    if not state.ready:
        return None
    sums = [(SHOWN, words("leads.n", n=state.total))]
    values = [c.count.value_cents for c in state.columns if c.stage in OPEN_STAGES and c.count.value_cents is not None]
    if values:
        sums.append((PIPELINE, words("leads.pipeline", amount=fmt.money(words, sum(values)))))
    told = [sum_line(f"leads.sum.{which}", said, partial(open_sum, stores, which)) for which, said in sums]
    return ft.Row(told, spacing=10, run_spacing=0, wrap=True)


def _trailing(stores: Stores, words: Words, layout: Layout, leads: Leads) -> list[ft.Control]:
    async def export() -> None:
        found = stores.leads.everything()
        day = fmt.local_day(words, stores.ticks.now)
        await saved(f"leads {day.isoformat()}.csv", write_csv(found, words.zone, leads.state.currency))

    def new() -> None:
        go(stores, Route(place=Place.LEADS, page=NEW))

    saving, making = words("leads.export"), words("leads.new")
    if layout.is_phone:
        return [
            buttons.icon_button("leads.export", saving, ft.Icons.DOWNLOAD, export),
            buttons.icon_button("leads.new", making, ft.Icons.ADD, new),
        ]
    return [
        buttons.button("leads.export", saving, export, icon_name=ft.Icons.DOWNLOAD),
        buttons.button("leads.new", making, new, icon_name=ft.Icons.ADD, kind=Kind.PRIMARY),
    ]


def _search(stores: Stores, words: Words, leads: Leads) -> ft.Control:
    chosen = leads.state.chosen
    text = fields.field(
        "leads.search",
        words("leads.search"),
        chosen.text,
        lambda typed: stores.leads.choose(replace(stores.leads.state.chosen, text=typed)),
        max_length=TEXT_MAX,
        on_focus=stores.focus.types,
        on_blur=stores.focus.rests,
        expand=True,
    )
    active = sum((chosen.assigned is not None, chosen.overdue, leads.state.order is not LeadOrder.WAITING))
    toggle = buttons.icon_button(
        FILTERS,
        words("leads.filters_n", n=active) if active else words("leads.filters"),
        ft.Icons.FILTER_LIST_ALT if active else ft.Icons.FILTER_LIST,
        lambda: stores.folds.toggle(FILTERS),
    )
    return ft.Row([text, toggle], spacing=4)


def _choices(stores: Stores, words: Words, leads: Leads) -> list[ft.Control]:
    state = leads.state
    people = [Option(name=ANYBODY, label=words("leads.anybody"), chosen=state.chosen.assigned is None)]
    people += [
        Option(name=str(index), label=fmt.clipped(name, 40), chosen=state.chosen.assigned == name)
        for index, name in enumerate(state.people)
    ]
    due = [
        Option(name="all", label=words("leads.due_all"), chosen=not state.chosen.overdue),
        Option(name="overdue", label=words("leads.due_overdue"), chosen=state.chosen.overdue),
    ]
    orders = [Option(name=each, label=words(f"leads.order.{each}"), chosen=each is state.order) for each in LeadOrder]

    def assign(name: str) -> None:
        chosen = None if name == ANYBODY else state.people[int(name)]
        stores.leads.choose(replace(stores.leads.state.chosen, assigned=chosen))

    def due_only(name: str) -> None:
        stores.leads.choose(replace(stores.leads.state.chosen, overdue=name != "all"))

    return [
        choice(words("leads.assigned"), "leads.assigned", people, assign),
        choice(words("leads.due"), "leads.due", due, due_only),
        choice(words("leads.order"), "leads.order", orders, lambda name: stores.leads.sort(LeadOrder(name))),
        parts.muted(words(f"leads.order.{state.order}.rule")),
    ]


def _body(
    stores: Stores, words: Words, layout: Layout, leads: Leads, actions: BoardActions, beside: bool
) -> ft.Control:
    state = leads.state
    if state.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return notices.trouble("leads.retry", *said, stores.repaint)
    if not state.columns or (not state.ready and not state.total):
        return notices.skeleton_rows(6, label=words("loading.leads"))
    if not state.total:
        return _nothing(stores, words, state)
    if not layout.two_panes:
        return stages(words, state.columns, leads.shown[0], leads.now, actions, scale=layout.text_scale)
    shown = [each for each in state.columns if each.stage in leads.shown]
    pane = BESIDE * min(1.4, layout.text_scale) if beside else 0
    width = layout.width - layout.rail_width - 2 * layout.board_edge - pane
    laid_out = board(
        words,
        shown,
        leads.now,
        actions,
        selected=leads.selected,
        width=width,
        scale=layout.text_scale,
        serial=state.serial,
    )
    rows: list[ft.Control] = [laid_out, _over(stores, words, leads)]
    return ft.Container(
        ft.Column(rows, spacing=6, expand=True), padding=ft.Padding.only(left=20, right=20, bottom=10), expand=True
    )


def _over(stores: Stores, words: Words, leads: Leads) -> ft.Control:
    """The way to those that are over, which few look for."""
    hidden = [column.count.n for column in leads.state.columns if column.stage not in _ON_BOARD]
    shown = len(leads.shown) > len(_ON_BOARD)
    label = words("leads.hide_over") if shown else words("leads.show_over", n=sum(hidden))
    icon = ft.Icons.VISIBILITY_OFF_OUTLINED if shown else ft.Icons.VISIBILITY_OUTLINED
    toggle = buttons.button(OVER, label, lambda: stores.folds.toggle(OVER), kind=Kind.LINK, icon_name=icon)
    return ft.Row([toggle])


def _nothing(stores: Stores, words: Words, state: LeadsState) -> ft.Control:
    if state.chosen.is_empty:
        return notices.empty(words("leads.none"), words("leads.none_body"))
    clear = buttons.button("leads.clear", words("leads.clear"), lambda: stores.leads.choose(LeadFilter()))
    return notices.empty(words("leads.none_found"), None, clear)
