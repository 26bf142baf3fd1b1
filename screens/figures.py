"""Figures: all of them for one period, as cards or as a table, in the owner's own order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import flet as ft

from client.insight.arrangement import Arrangement
from client.insight.figures import MetricFigure
from client.insight.metrics import Metric
from client.insight.periods import Chosen
from client.models.link import LinkStatus
from client.state.figures import FiguresState
from client.state.link import is_stale
from screens.figure_hand import open_figure, open_provenance, period_actions
from screens.live import go, strip
from screens.looking import look
from screens.routes import MARKET, Route
from screens.saving import saved
from screens.stores import Stores
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.component import Handler, Reuse, component, memoized, reuse, see
from widgets.figure_arranging import ArrangeActions, arranging
from widgets.figure_table import Column, Sorting, figure_table, figures_csv, ordered
from widgets.figure_words import compared, period_text
from widgets.metric_card import Face, face_of, metric_card
from widgets.period_switch import PeriodActions, period_switch
from widgets.scaffold import Place, headed, page_head
from widgets.segments import Segment, segments
from widgets.strings import Words
from widgets.theme import Layout

CARDS = "cards"
TABLE = "table"
_CARD_WIDTH = 270
_WIDE = 260
"""From so many pixels on a card has room for its line beside the figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the view draws.  `as_table`: on a desktop; `is_arranging`: the owner orders the cards."""

    state: FiguresState
    arrangement: Arrangement
    link: LinkStatus
    now: datetime
    as_table: bool
    is_arranging: bool
    sorting: Sorting
    money: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What stands beside the title; the same object from one drawing to the next."""

    look: Callable[[str], object]
    arrange: Handler
    save: Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresActions:
    """`open`, `info` and `market` are the same objects from one drawing to the next; `child` keeps the cards."""

    child: Reuse
    period: PeriodActions
    arrange: ArrangeActions
    open: Callable[[Metric], object]
    info: Callable[[Metric], object]
    sort: Callable[[Column], object]
    retry: Handler
    market: Handler
    tools: Tools


@component
def figures_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The figures, bound to the stores; read only while they are on screen."""
    is_arranging, set_arranging = ft.use_state(False)
    sorting, set_sorting = ft.use_state(Sorting())
    state, chosen = look(stores.figures).state, see(stores.preferences).state
    figures = Figures(
        state=state,
        arrangement=Arrangement.parse(chosen.figures),
        link=see(stores.link).state,
        now=see(stores.ticks).now,
        as_table=chosen.figures_as == TABLE and not layout.is_phone,
        is_arranging=is_arranging,
        sorting=sorting,
        money=stores.role is not None and stores.role.may_see_money,
    )
    hand = ft.use_memo(lambda: _Hand(stores), [])
    tools = ft.use_memo(
        lambda: Tools(
            look=stores.preferences.choose_figures_as,
            arrange=lambda: set_arranging(not is_arranging),
            save=lambda: _save(stores, words, sorting),
        ),
        [words, is_arranging, sorting],
    )
    actions = FiguresActions(
        child=reuse(),
        period=ft.use_memo(lambda: period_actions(stores), []),
        arrange=_arrange_actions(stores, state),
        open=hand.open,
        info=hand.info,
        sort=lambda column: set_sorting(sorting.press(column)),
        retry=stores.repaint,
        market=hand.market,
        tools=tools,
    )
    return figures_view(words, layout, figures, actions, strip(stores, words))


class _Hand:
    """What a card's two buttons do, over the period that is chosen then, and the way to the sums."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def open(self, metric: Metric) -> None:
        open_figure(self._stores, metric, self._stores.figures.state.chosen)

    def info(self, metric: Metric) -> None:
        open_provenance(self._stores, metric, self._stores.figures.state.chosen)

    def market(self) -> None:
        go(self._stores, Route(place=Place.FIGURES, page=MARKET))


def _arrange_actions(stores: Stores, state: FiguresState) -> ArrangeActions:
    metrics = [figure.metric for figure in state.figures]

    def kept(change: Callable[[Arrangement], Arrangement]) -> object:
        now = Arrangement.parse(stores.preferences.state.figures)
        return stores.preferences.choose_figures(str(change(now)))

    return ArrangeActions(
        move=lambda metric, by: kept(lambda now: now.move(metric, by, metrics)),
        hide=lambda metric: kept(lambda now: now.hide(metric, metrics)),
        show=lambda metric: kept(lambda now: now.show(metric)),
    )


async def _save(stores: Stores, words: Words, sorting: Sorting) -> None:
    state = stores.figures.state
    shown = _shown(state, Arrangement.parse(stores.preferences.state.figures))
    if shown:
        day = fmt.local_day(words, shown[0].figure.provenance.period_from).isoformat()
        name = f"{words('place.figures').lower()}-{state.chosen.period}-{day}.csv"
        await saved(name, figures_csv(ordered(shown, sorting)).encode())


def figures_view(
    words: Words, layout: Layout, figures: Figures, actions: FiguresActions, link: ft.Control
) -> ft.Control:
    """The place in any width."""
    edge = layout.edge
    head = actions.child(
        "figures.head",
        figures_head,
        words,
        layout,
        _period_line(words, figures),
        figures.is_arranging,
        figures.as_table,
        actions.tools,
    )
    today = fmt.local_day(words, figures.now)
    listing = ft.ListView(
        [
            actions.child("figures.period", switch, words, layout, figures.state.chosen, today, actions.period),
            *_body(words, layout, figures, actions),
            *(
                [actions.child.drawn("figures.market", _to_market, words, actions.market)]
                if figures.state.ready and figures.money
                else []
            ),
            parts.gap(8),
        ],
        spacing=14,
        padding=ft.Padding.only(left=edge, right=edge, bottom=24),
        expand=True,
        key="figures.list",
    )
    top = ft.Container(
        headed(layout, head, link),
        padding=ft.Padding.only(left=edge, right=edge, top=12 if layout.is_phone else 20),
    )
    return ft.Column([top, listing], spacing=0, expand=True)


@memoized
def switch(words: Words, layout: Layout, chosen: Chosen, today: date, actions: PeriodActions) -> ft.Control:
    """The periods, drawn again when another one is chosen."""
    return period_switch(words, layout, chosen, today, actions)


@memoized
def figures_head(
    words: Words, layout: Layout, line: str | None, arranging: bool, as_table: bool, tools: Tools
) -> ft.Control:
    """The title, the period in words, and what the page can be made to look like."""
    return page_head(
        words,
        words("place.figures"),
        line,
        trailing=_tools(words, layout, tools, arranging=arranging, as_table=as_table) if line else [],
        size=22 if layout.is_phone else 24,
    )


def _to_market(words: Words, on_open: Handler) -> ft.Control:
    """The way to the sums that need the owner's own inputs."""
    said = ft.Column(
        [parts.strong(words("market.title")), parts.muted(words("market.subtitle"), height=1.4)],
        spacing=2,
        tight=True,
        expand=True,
    )
    return buttons.pressable(
        "figures.market",
        words("market.open"),
        ft.Row([said, ft.Icon(ft.Icons.CHEVRON_RIGHT, size=22, color=theme.MUTED)], spacing=12),
        on_open,
        padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        radius=theme.RADIUS,
        bgcolor=theme.SURFACE,
        side=ft.BorderSide(1, theme.LINE),
    )


def _period_line(words: Words, figures: Figures) -> str | None:
    shown = figures.state.figures
    return period_text(words, shown[0].figure.provenance) if shown else None


def _tools(words: Words, layout: Layout, tools: Tools, *, arranging: bool, as_table: bool) -> list[ft.Control]:
    arrange = words("arrange.done" if arranging else "arrange.begin")
    icon = ft.Icons.CHECK if arranging else ft.Icons.TUNE
    if layout.is_phone:
        return [buttons.icon_button("figures.arrange", arrange, icon, tools.arrange)]
    looks = [Segment(key=key, label=words(f"figures.{key}")) for key in (CARDS, TABLE)]
    save = buttons.button("figures.save", words("figures.save"), tools.save, icon_name=ft.Icons.DOWNLOAD)
    return [
        segments("figures.as", looks, TABLE if as_table else CARDS, tools.look),
        *([save] if as_table else []),
        buttons.button("figures.arrange", arrange, tools.arrange, icon_name=icon),
    ]


def _shown(state: FiguresState, arrangement: Arrangement) -> list[MetricFigure]:
    found = {figure.metric: figure for figure in state.figures}
    return [found[metric] for metric in arrangement.shown(list(found))]


def _body(words: Words, layout: Layout, figures: Figures, actions: FiguresActions) -> list[ft.Control]:
    state = figures.state
    if state.broken:
        title, body = words("broken.title"), words("broken.body")
        return [parts.card(notices.trouble("figures.retry", title, body, words("action.retry"), actions.retry))]
    if not state.ready:
        return [_skeleton(words, layout)]
    metrics = [figure.metric for figure in state.figures]
    if figures.is_arranging:
        shown, away = figures.arrangement.shown(metrics), figures.arrangement.put_away(metrics)
        return [ft.Container(arranging(words, shown, away, actions.arrange), width=None if layout.is_phone else 560)]
    shown = _shown(state, figures.arrangement)
    if not shown:
        return [parts.card(notices.empty(words("figures.all_away"), words("figures.all_away_body")))]
    against = actions.child.drawn("figures.against", _against, words, _past_of(words, shown))
    if figures.as_table:
        return [figure_table(words, shown, figures.sorting, actions.sort, actions.open), against]
    return [_grid(words, layout, figures, shown, actions), against]


def _past_of(words: Words, shown: list[MetricFigure]) -> str | None:
    known = next((figure for figure in shown if figure.before is not None), None)
    return compared(words, known) if known else None


def _against(words: Words, past: str | None) -> ft.Control:
    """What all of it is compared with, said once."""
    said = words("figures.against", compared=past) if past else words("figures.no_past")
    return parts.muted(said, height=1.4)


def _grid(
    words: Words, layout: Layout, figures: Figures, shown: list[MetricFigure], actions: FiguresActions
) -> ft.Control:
    columns = _columns(layout)
    cards = [
        actions.child(
            f"card.{figure.metric}",
            figure_card,
            words,
            face_of(words, figure),
            actions.open,
            actions.info,
            wide=layout.room / layout.text_scale / columns >= _WIDE,
            stale=is_stale(figures.link),
        )
        for figure in shown
    ]
    cards += [ft.Container(expand=True)] * (-len(cards) % columns)
    gap = 10 if layout.is_phone else 14
    rows: list[ft.Control] = [parts.abreast(cards[at : at + columns], gap) for at in range(0, len(cards), columns)]
    return ft.Column(rows, spacing=gap, tight=True)


@memoized
def figure_card(
    words: Words,
    face: Face,
    on_open: Callable[[Metric], object],
    on_info: Callable[[Metric], object],
    *,
    wide: bool,
    stale: bool,
) -> ft.Control:
    """One card, drawn again when it would look different.  `wide`: as `metric_card`."""
    return metric_card(words, face, lambda: on_open(face.metric), lambda: on_info(face.metric), wide=wide, stale=stale)


def _columns(layout: Layout) -> int:
    if layout.one_column:
        return 1
    if layout.is_phone:
        return 2
    return max(2, int(layout.room / layout.text_scale // _CARD_WIDTH))


def _skeleton(words: Words, layout: Layout) -> ft.Control:
    label = words("loading.figures")
    columns = min(4, _columns(layout))
    return ft.Row([notices.skeleton_card(label=label) for _ in range(columns)], spacing=14)
