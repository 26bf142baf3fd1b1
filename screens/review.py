"""The morning review: what waits for the owner, what today holds, what happened since the business closed."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import flet as ft

from client.insight.needs import Need, waiting
from client.insight.overnight import Night
from client.models.ids import CallId
from client.models.provenance import EvidenceRow, Figure
from client.state.link import is_stale
from client.state.review import ReviewState
from screens.live import go, open_call, strip
from screens.looking import look
from screens.over import lay_over
from screens.review_hand import need_actions, needs_now
from screens.routes import Route
from screens.row_sheet import row_sheet
from screens.stores import Stores
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.booking_row import booking_row
from widgets.component import component, effect, keyed, memoized, see
from widgets.figure_words import value_text
from widgets.need_row import need_row
from widgets.provenance import Origin
from widgets.scaffold import Place, headed, one_column, page_head
from widgets.strings import Words
from widgets.theme import Layout

FIGURE: Final = "review.figure."
MOST: Final = 40
NOON: Final = 12
LIST_WIDTH: Final = 760
GAP: Final = 16
BESIDE_FROM: Final = LIST_WIDTH + GAP + 320
"""From this width on the night stands beside the list: two of its figures side by side."""


@component
def review_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    effect(stores.review.begin, [], cleanup=stores.review.rest)
    state, now = see(stores.review).state, see(stores.ticks).now
    needs = needs_now(stores)
    at = min(see(stores.window).state.review_at, max(0, len(needs) - 1))
    edge = layout.edge
    title = page_head(
        words,
        words("place.review"),
        fmt.day_long(words, fmt.local_day(words, now)),
        on_back=(lambda: go(stores, Route(place=Place.MORE))) if layout.is_phone else None,
        back="review.back",
    )
    head = ft.Container(
        headed(layout, title, strip(stores, words), gap=12),
        padding=ft.Padding.only(left=edge + 2, right=edge, top=14),
    )
    chosen = -1 if layout.is_phone else at
    waits = [*_needs(stores, words, layout, state, needs, chosen), *_today(stores, words, layout)]
    night = _night(stores, words, layout, state)
    over = figure_over(stores, words, layout, state)
    if layout.room >= BESIDE_FROM * layout.text_scale and night:
        # What happened since closing is read first: it stands where it is seen without scrolling.
        left = ft.Container(_stacked([*waits, over]), width=LIST_WIDTH)
        row: list[ft.Control] = [left, ft.Container(_stacked(night), expand=True)]
        column: ft.Control = ft.Row(row, spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.START)
    else:
        column = one_column(layout, [*waits, *night, over], spacing=10)
    listing = ft.ListView(
        [column],
        padding=ft.Padding.only(left=edge, right=edge, bottom=24),
        expand=True,
        key="review.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _stacked(rows: list[ft.Control]) -> ft.Control:
    return ft.Column(rows, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _needs(
    stores: Stores, words: Words, layout: Layout, state: ReviewState, needs: tuple[Need, ...], at: int
) -> list[ft.Control]:
    if state.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return [notices.trouble("review.retry", *said, stores.repaint)]
    if not needs and not state.ready:
        return [notices.skeleton_rows(4, label=words("loading.review"))]
    if not needs:
        return [_quiet(words, state)]
    rows = [
        keyed(f"need-{need.subject}", _row, stores, words, need, index == at, layout.two_panes)
        for index, need in enumerate(needs[:MOST])
    ]
    out: list[ft.Control] = [
        parts.section_label(_counted(words, needs)),
        parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4),
    ]
    if len(needs) > MOST:
        out.append(parts.muted(words("review.more", n=len(needs) - MOST)))
    return [*out, parts.muted(words("review.rule"), size=12, height=1.4)]


def _counted(words: Words, needs: Sequence[Need]) -> str:
    """As many as Today counts, and whoever is on the line."""
    n = waiting(needs)
    callers = len(needs) - n
    return words("review.title_called", waiting=n, n=callers) if callers else words("needs_you.title", n=n)


@memoized
def _row(stores: Stores, words: Words, need: Need, selected: bool, wide: bool) -> ft.Control:
    actions = ft.use_memo(lambda: need_actions(stores), [])
    ours, now = see(stores.business).state, stores.ticks.now
    deed = getattr(need.thing, "deed", None)
    person = ours.who(deed.staff_id) if deed else None
    return need_row(words, need, person.name if person else None, now, actions, selected=selected, wide=wide)


def _quiet(words: Words, state: ReviewState) -> ft.Control:
    """Nothing waits: said once, with what the night came to."""
    figures = dict(state.nights)
    answered = figures.get(Night.CALLS)
    n = round(answered.value or 0) if answered else 0
    row = ft.Row(
        [
            ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=28, color=theme.POSITIVE),
            ft.Column(
                [
                    parts.strong(words("review.quiet"), size=18),
                    parts.muted(words("review.quiet_body", n=n), size=14, height=1.4),
                ],
                spacing=2,
                tight=True,
                expand=True,
            ),
        ],
        spacing=14,
    )
    return ft.Semantics(identifier="review.quiet", live_region=True, content=parts.card(row, padding=18))


def _today(stores: Stores, words: Words, layout: Layout) -> list[ft.Control]:
    state, ours = look(stores.today).state, see(stores.business).state
    out: list[ft.Control] = [parts.section_label(words("today.bookings", n=len(state.bookings)))]
    if not state.bookings:
        return [*out, parts.muted(words("today.no_bookings"), size=14)]
    rows = [
        booking_row(
            words,
            booking,
            ours.who(booking.staff_id),
            partial(
                go,
                stores,
                Route(
                    place=Place.BOOKINGS,
                    day=fmt.local_day(words, booking.starts_at),
                    booking_id=booking.booking_id,
                ),
            ),
            scale=layout.text_scale,
        )
        for booking in state.bookings
    ]
    return [*out, parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)]


def _night(stores: Stores, words: Words, layout: Layout, state: ReviewState) -> list[ft.Control]:
    if not state.nights or state.since is None:
        return []
    stale = is_stale(see(stores.link).state)
    since = fmt.moment(words, state.since, stores.ticks.now)
    cards = [_figure(stores, words, night, figure, stale=stale) for night, figure in state.nights]
    wide = 150 * layout.text_scale
    return [
        parts.section_label(words("review.night", when=since)),
        ft.Row([ft.Container(card, width=wide) for card in cards], spacing=10, run_spacing=10, wrap=True),
    ]


def _figure(stores: Stores, words: Words, night: Night, figure: Figure, *, stale: bool) -> ft.Control:
    value, label = value_text(words, figure.unit, figure.value), words(f"night.{night}")
    ink = theme.MUTED if stale else theme.TEXT
    face = ft.Column(
        [parts.muted(label, lines=2), parts.text(value, size=24, weight=parts.W600, color=ink)], spacing=2, tight=True
    )
    return buttons.pressable(
        f"review.{night}",
        f"{label}: {value}",
        face,
        lambda: stores.panel.open(f"{FIGURE}{night}"),
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
        radius=theme.RADIUS,
        bgcolor=theme.SURFACE,
        side=ft.BorderSide(1, theme.LINE),
        top=True,
    )


@component
def figure_over(stores: Stores, words: Words, layout: Layout, state: ReviewState) -> ft.Control:
    """The sheet that says where a figure of the night comes from."""
    panel, now = see(stores.panel).state, see(stores.ticks).now
    figure = next((f for night, f in state.nights if panel.panel == f"{FIGURE}{night}"), None)
    dialog: ft.DialogControl | None = None
    if figure is not None:
        value = value_text(words, figure.unit, figure.value)
        origin = Origin(provenance=figure.provenance, value=value, unit=figure.unit)
        dialog = row_sheet(stores, words, layout, origin, now, partial(_to_row, stores))
    return lay_over(stores, dialog)


def _to_row(stores: Stores, row: EvidenceRow) -> None:
    if row.kind == "call":
        stores.panel.close()
        open_call(stores, CallId(row.row_id))


@memoized
def review_offer(stores: Stores, words: Words) -> ft.Control:
    """Of Today in the morning: the way to the review, and how much waits there."""
    effect(stores.review.begin, [], cleanup=stores.review.rest)
    needs, now = needs_now(stores), see(stores.ticks).now
    if now.astimezone(words.zone).hour >= NOON:
        return ft.Container(height=0)
    n = waiting(needs)
    label = words("review.offer", n=n) if n else words("review.offer_quiet")
    way = buttons.button(
        "today.review",
        label,
        lambda: go(stores, Route(place=Place.REVIEW)),
        icon_name=ft.Icons.WB_TWILIGHT,
        expand=True,
    )
    return ft.Container(ft.Row([way]), padding=ft.Padding.only(bottom=14))
