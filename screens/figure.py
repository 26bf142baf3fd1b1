"""One figure on a page of its own: its value and past, how it is made, and its rows."""

from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.insight.figures import MetricFigure
from client.insight.metrics import Metric
from client.insight.periods import Chosen
from client.state.link import is_stale
from screens.figure_hand import evidence_actions, evidence_of, file_state, period_actions
from screens.live import go
from screens.stores import Stores
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, see
from widgets.figure_chart import figure_chart, points_table
from widgets.figure_words import delta, known, period_text, written
from widgets.metric_card import delta_line
from widgets.period_switch import PeriodActions, period_switch
from widgets.provenance import (
    Evidence,
    EvidenceActions,
    FileState,
    evidence_rows,
    fact_rows,
    figure_origin,
    file_buttons,
)
from widgets.scaffold import page_head
from widgets.strings import Words
from widgets.theme import Layout

POINTS = "figure.points"
_FACTS_WIDTH = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the view draws.  `metric` None: the address names a figure this version does not know.

    `figure` None until it has been counted; `stale`: the device does not follow; `points`: the line as a table.
    """

    metric: Metric | None
    chosen: Chosen
    figure: MetricFigure | None
    evidence: Evidence
    file: FileState
    now: datetime
    broken: bool
    stale: bool
    points: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageActions:
    period: PeriodActions
    evidence: EvidenceActions
    points: Handler
    retry: Handler
    back: Handler


@component
def figure_screen(stores: Stores, words: Words, layout: Layout, name: str) -> ft.Control:
    """The figure an address names, over the period that is chosen."""
    chosen = see(stores.figures).state.chosen
    state = see(stores.evidence).state
    metric = Metric(name) if name in set(Metric) else None

    def open_it() -> None:
        if metric is not None:
            stores.evidence.open(metric, chosen)

    effect(open_it, [metric, chosen], cleanup=stores.evidence.close)
    page = Page(
        metric=metric,
        chosen=chosen,
        figure=state.figure if state.figure is not None and state.figure.metric is metric else None,
        evidence=evidence_of(state),
        file=file_state(see(stores.panel).state),
        now=see(stores.ticks).now,
        broken=state.broken,
        stale=is_stale(see(stores.link).state),
        points=POINTS in see(stores.folds).names,
    )
    actions = PageActions(
        period=period_actions(stores),
        evidence=evidence_actions(stores, words),
        points=lambda: stores.folds.toggle(POINTS),
        retry=stores.repaint,
        back=lambda: go(stores, stores.router.route.parent),
    )
    return figure_view(words, layout, page, actions)


def figure_view(words: Words, layout: Layout, page: Page, actions: PageActions) -> ft.Control:
    """The page in any width."""
    edge = layout.edge
    title = words(f"figure.{page.metric}") if page.metric else words("figure.unknown")
    line = period_text(words, page.figure.figure.provenance) if page.figure else None
    head = page_head(words, title, line, on_back=actions.back)
    return ft.Column(
        [
            ft.Container(head, padding=ft.Padding.only(left=edge - 8, right=edge, top=12)),
            ft.ListView(
                _body(words, layout, page, actions),
                spacing=14,
                padding=ft.Padding.only(left=edge, right=edge, top=8, bottom=24),
                expand=True,
                key="figure.list",
            ),
        ],
        spacing=0,
        expand=True,
    )


def _body(words: Words, layout: Layout, page: Page, actions: PageActions) -> list[ft.Control]:
    if page.metric is None:
        return [parts.card(notices.empty(words("figure.unknown_title"), words("figure.unknown_body")))]
    today = fmt.local_day(words, page.now)
    switch = period_switch(words, layout, page.chosen, today, actions.period, identifier="figure.period")
    if page.broken:
        title, body = words("broken.title"), words("broken.body")
        return [parts.card(notices.trouble("figure.retry", title, body, words("action.retry"), actions.retry))]
    if page.figure is None:
        return [switch, notices.skeleton_card(label=words("loading.figures"))]
    return [switch, *_counted(words, layout, page, page.figure, actions)]


def _counted(words: Words, layout: Layout, page: Page, figure: MetricFigure, actions: PageActions) -> list[ft.Control]:
    """Value, past and rows; how it is made beside them where there is room."""
    room = layout.room
    facts_width = _FACTS_WIDTH * layout.text_scale
    beside = not layout.is_phone and room >= 2 * facts_width
    past = _past(words, page, figure, actions, room - (facts_width + 14 if beside else 0) - 34)
    origin = figure_origin(words, figure)
    facts = parts.card(ft.Column(fact_rows(words, origin, page.now), spacing=4, tight=True))
    rows = parts.card(
        ft.Column(
            [
                *evidence_rows(words, origin, page.evidence, actions.evidence),
                file_buttons(words, page.evidence, actions.evidence, page.file),
            ],
            spacing=4,
            tight=True,
        )
    )
    if not beside:
        return [past, facts, rows]
    left = ft.Column([past, rows], spacing=14, tight=True, expand=True)
    right = ft.Container(facts, width=facts_width)
    return [ft.Row([left, right], spacing=14, vertical_alignment=ft.CrossAxisAlignment.START)]


def _past(words: Words, page: Page, figure: MetricFigure, actions: PageActions, width: float) -> ft.Control:
    ink = theme.MUTED if page.stale else theme.TEXT
    column: list[ft.Control] = [
        parts.text(written(words, figure), size=34, weight=parts.W600, height=1.2, color=ink),
        delta_line(delta(words, figure), size=14),
    ]
    if len(known(figure.line)) < 2:
        column.append(parts.muted(words("figure.no_line"), height=1.4))
        return parts.card(ft.Column(column, spacing=6, tight=True))
    label = words("figure.as_chart" if page.points else "figure.as_table")
    column += [
        points_table(words, figure) if page.points else figure_chart(words, figure, width=width),
        ft.Row([buttons.button(POINTS, label, actions.points, kind=Kind.LINK)]),
    ]
    return parts.card(ft.Column(column, spacing=6, tight=True))
