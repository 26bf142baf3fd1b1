"""What is coming, and what the rows say beside it: forecasts with their record, busy hours, who stays away, demand."""

from functools import partial
from typing import Final

import flet as ft

from client.insight.outlook import Standing
from client.state.link import is_stale
from client.state.outlook import BusyHours, OutlookState, coming
from client.state.preferences import Appearance
from screens.ahead_patterns import patterns_section
from screens.aside import way_aside
from screens.live import go, strip
from screens.routes import Route
from screens.stores import Stores
from screens.window import FORECAST, HOURS, LENGTHS
from widgets import notices, parts
from widgets.busy_hours import busy_card, heat_of, staffing_card
from widgets.component import component, effect, see
from widgets.forecast_card import CardActions, brief_card, forecast_card
from widgets.forecast_chart import legend
from widgets.heatmap import picture
from widgets.scaffold import Place, headed, page_head
from widgets.strings import Words
from widgets.theme import Layout

TABLE: Final = "ahead.table."
"""What is shown as a table is unfolded under this and its name."""
GAP: Final = 16
TODAY_LEFT: Final = 8 / 13
"""How much of Today's width its left side has."""
_UPRIGHT_BELOW: Final = 560
_CELLS_FROM: Final = 230


@component
def ahead_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The place, bound to the stores."""
    state = see(stores.outlook).state
    sections = [
        forecasts_section(stores, words, layout, state),
        hours_section(stores, words, layout),
        patterns_section(stores, words, layout),
        way_aside(stores, words),
    ]
    edge = layout.edge
    on_back = partial(go, stores, Route(place=Place.MORE)) if layout.is_phone else None
    title = page_head(words, words("place.ahead"), on_back=on_back, size=22 if layout.is_phone else 24)
    head = ft.Container(
        headed(layout, title, strip(stores, words), gap=0),
        padding=ft.Padding.only(left=edge, right=edge, top=14),
    )
    listing = ft.ListView(
        sections,
        spacing=GAP,
        padding=ft.Padding.only(left=edge, right=edge, top=6 if layout.rail_speaks else 0, bottom=24),
        expand=True,
        key="ahead.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


@component
def coming_section(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Of Today: the next days' bookings and the way to the rest; nothing while nothing can be said of them."""
    found, now = coming(see(stores.outlook).state), see(stores.ticks).now
    link = see(stores.link).state
    if found is None or found.standing is not Standing.COMING:
        return ft.Container(height=0)
    width = layout.room
    if layout.two_panes:
        width = (width - GAP) * TODAY_LEFT
    card = brief_card(
        words, found, now, lambda: go(stores, Route(place=Place.AHEAD)), width=width, stale=is_stale(link)
    )
    if layout.two_panes:
        return card
    label = parts.section_label(words("place.ahead"))
    column = ft.CrossAxisAlignment.STRETCH
    return ft.Column([label, card], spacing=8, tight=True, horizontal_alignment=column)


def forecasts_section(stores: Stores, words: Words, layout: Layout, state: OutlookState) -> ft.Control:
    """A card for each forecast: side by side where there is room, else one below the other.  A hook."""
    now, link, shown = see(stores.ticks).now, see(stores.link).state, see(stores.folds).names
    if state.broken:
        retry = words("action.retry")
        card = notices.trouble("ahead.retry", words("broken.title"), words("broken.body"), retry, stores.repaint)
        return parts.card(card, padding=4)
    if not state.ready:
        return parts.card(notices.skeleton_rows(3, label=words("loading.forecasts")), padding=4)
    if not state.outlooks:
        return parts.card(notices.empty(words("forecast.none"), words("forecast.none_body")), padding=4)
    columns = len(state.outlooks) if layout.text_width >= 1180 else 1
    width = min(760.0, (layout.room - (columns - 1) * GAP) / columns)
    cards = [
        forecast_card(
            words,
            outlook,
            now,
            card_actions(stores),
            width=width,
            as_table=f"{TABLE}{outlook.measure}" in shown,
            stale=is_stale(link),
        )
        for outlook in state.outlooks
    ]
    key = ft.Container(legend(words), padding=ft.Padding.only(left=2))
    if columns == 1:
        # In a column an expanding card would take all the height.
        for card in cards:
            card.expand = None
            card.width = None if layout.is_phone else width
        return ft.Column([key, *(ft.Row([c]) if c.width else c for c in cards)], spacing=10, tight=True)
    return ft.Column([key, parts.abreast(cards, GAP)], spacing=8, tight=True)


def card_actions(stores: Stores) -> CardActions:
    return CardActions(
        open=lambda measure: stores.panel.open(f"{FORECAST}{measure}"),
        toggle=lambda measure: stores.folds.toggle(f"{TABLE}{measure}"),
    )


@component
def hours_section(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The busy hours and what they say about who works."""
    state, drawn = see(stores.outlook).state, see(stores.pictures).state
    ours, dark = see(stores.business).state.business, is_dark(stores)
    turned = f"{TABLE}{HOURS}" in see(stores.folds).names
    busy = state.busy
    wide = layout.text_width >= 1000
    room = layout.room
    width = round(room * 0.6 if wide else min(room, 760.0)) - 34
    # In large text a day's column would be narrower than its numbers: then the table comes first.
    as_table = turned is not (width / layout.text_scale < _CELLS_FROM)
    heat = None
    if busy is not None:
        heat = heat_of(
            words,
            busy.rows,
            ours,
            dark=dark,
            upright=width / layout.text_scale < _UPRIGHT_BELOW,
            width=width,
            text_scale=layout.text_scale,
        )
    key = heat.key if heat else ""

    async def draw() -> None:
        if heat is not None and not as_table:
            await stores.pictures.show(heat.key, partial(picture, heat))

    effect(draw, [key, as_table])
    label = parts.section_label(words("busy.title"))
    if busy is None or heat is None:
        return ft.Column([label, _no_hours(words, state)], spacing=8, tight=True)
    card = busy_card(
        words,
        heat,
        busy.rows,
        drawn.png if drawn.key == key else None,
        failed=drawn.failed and drawn.key == key,
        as_table=as_table,
        record=busy.record,
        on_toggle=lambda: stores.folds.toggle(f"{TABLE}{HOURS}"),
        on_info=partial(stores.panel.open, HOURS),
    )
    enough = _enough(stores, words, busy)
    left = ft.Column([label, card], spacing=8, tight=True)
    if not wide:
        return ft.Column([left, enough], spacing=GAP, tight=True)
    left.expand, enough.expand = 6, 4
    return ft.Row([left, enough], spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.START)


def _enough(stores: Stores, words: Words, busy: BusyHours) -> ft.Column:
    card = staffing_card(words, busy.advice, busy.lengths, partial(stores.panel.open, LENGTHS))
    return ft.Column([parts.section_label(words("staffing.title")), card], spacing=8, tight=True)


def _no_hours(words: Words, state: OutlookState) -> ft.Control:
    if not state.ready and not state.broken:
        return parts.card(notices.skeleton_rows(3, label=words("loading.forecasts")), padding=4)
    body = words("busy.none_body")
    if state.too_little is not None:
        body = words("forecast.too_little", needs=state.too_little.needs_days, has=state.too_little.history_days)
    return parts.card(notices.empty(words("busy.none"), body), padding=4)


def is_dark(stores: Stores) -> bool:
    """Whether this window is drawn in dark.  A hook."""
    chosen, window = see(stores.preferences).state.appearance, see(stores.window).state
    return chosen is Appearance.DARK or (chosen is Appearance.SYSTEM and window.dark)
