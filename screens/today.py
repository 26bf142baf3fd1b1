"""Today: who needs the owner now, what the day holds, and what it came to so far."""

from dataclasses import dataclass, replace

import flet as ft

from client.models.bookings import Booking
from client.models.ids import BookingId
from client.models.link import LinkStatus
from client.state.live_calls import LiveCallsState
from client.state.today import TODAY, TodayState
from screens.ahead import coming_section
from screens.figure_hand import open_figure, open_provenance
from screens.live import elapsed, go, open_call, strip
from screens.looking import look
from screens.outbox import needs_you_section
from screens.review import review_offer
from screens.routes import Route
from screens.stores import Stores
from screens.team_today import hold_button, team_section
from screens.today_sections import (
    AHEAD_SHOWN,
    EARLIER,
    Today,
    TodayActions,
    day_section,
    figures_section,
    latest_section,
    live_section,
)
from screens.window import BUSINESSES
from widgets import format as fmt
from widgets import notices, parts
from widgets.component import Handler, component, see
from widgets.scaffold import Place, headed, page_head
from widgets.strings import Words
from widgets.theme import Layout

SECTION_GAP = 18
FOUR_FIGURES_FROM = 1360
"""A desktop narrower than this, in the owner's own text, would cut their lines off."""


@component
def today_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Today, bound to the stores."""
    today = Today(
        identity=see(stores.session).state.identity,
        state=look(stores.today).state,
        live=see(stores.live).state,
        ours=see(stores.business).state,
        link=_to_the_minute(see(stores.link).state),
        now=see(stores.ticks).now,
        earlier_shown=EARLIER in see(stores.folds).names,
        clashes=frozenset(row_id for row_id, _ in see(stores.waiting).state.clashes),
    )
    actions = ft.use_memo(lambda: _actions(stores, words), [words])
    needs = ft.Column(
        [review_offer(stores, words), needs_you_section(stores, words, layout, gap=SECTION_GAP)], spacing=0, tight=True
    )
    columns = 3 if layout.two_panes and layout.text_width >= FOUR_FIGURES_FROM else 1
    besides = Besides(
        link=strip(stores, words),
        needs=needs,
        ahead=coming_section(stores, words, layout),
        team=team_section(stores, words, columns, layout.text_scale),
        hold=hold_button(stores, words),
    )
    return today_view(words, layout, today, actions, besides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """Parts that are bound to stores of their own.  `link` is the strip, under the title on a phone; `needs` what waits
    for the owner; `ahead` what is coming; `hold` holds all calls.
    """

    link: ft.Control
    needs: ft.Control
    ahead: ft.Control
    team: ft.Control
    hold: ft.Control


def _actions(stores: Stores, words: Words) -> TodayActions:
    return TodayActions(
        open_call=lambda call_id: open_call(stores, call_id),
        open_booking=lambda b: _open_booking(stores, words, b.booking_id, b),
        open_day=lambda: go(stores, Route(place=Place.BOOKINGS)),
        open_calls=lambda: go(stores, Route(place=Place.CALLS)),
        open_figure=lambda metric: open_figure(stores, metric, TODAY),
        open_provenance=lambda metric: open_provenance(stores, metric, TODAY),
        open_businesses=lambda: stores.panel.open(BUSINESSES),
        toggle_earlier=lambda: stores.folds.toggle(EARLIER),
        retry=stores.repaint,
        timer=lambda call: elapsed(stores, call, size=15),
    )


def today_view(words: Words, layout: Layout, today: Today, actions: TodayActions, besides: Besides) -> ft.Control:
    """The place in any width."""
    if layout.is_phone or not layout.two_panes:
        return _narrow(words, layout, today, actions, besides)
    return _wide(words, layout, today, actions, besides)


def _title_of(layout: Layout, actions: TodayActions) -> Handler | None:
    """What the title opens: where there is a rail, the businesses are at its head."""
    return actions.open_businesses if layout.is_phone else None


def _to_the_minute(link: LinkStatus) -> LinkStatus:
    """What this place shows of it: the data is brought up to date every second, and that is not worth a repaint."""
    as_of = link.as_of.replace(second=0, microsecond=0) if link.as_of else None
    return replace(link, as_of=as_of, retry_at=None, skew_s=None)


def _narrow(words: Words, layout: Layout, today: Today, actions: TodayActions, besides: Besides) -> ft.Control:
    name = today.ours.business.name if today.ours.business else today.identity.business_name if today.identity else ""
    edge = layout.edge
    head = ft.Container(
        headed(
            layout, page_head(words, name, _date_line(words, today), on_title=_title_of(layout, actions)), besides.link
        ),
        padding=ft.Padding.only(left=edge + 2, right=edge + 2, top=12),
    )
    sections: list[ft.Control] = [
        *_filling(words, today),
        ft.Column([besides.needs, live_section(words, layout, _running(today), actions)], spacing=0, tight=True),
        day_section(words, layout, replace(today, live=LiveCallsState()), actions, limit=AHEAD_SHOWN),
        figures_section(words, _counted(today), actions, columns=_columns(layout), beside=False),
        besides.ahead,
        besides.team,
        latest_section(words, replace(today, live=LiveCallsState()), actions),
        parts.gap(8),
    ]
    listing = ft.ListView(
        sections,
        spacing=SECTION_GAP,
        padding=ft.Padding.only(left=edge, right=edge, bottom=16),
        expand=True,
        key="today.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _wide(words: Words, layout: Layout, today: Today, actions: TodayActions, besides: Besides) -> ft.Control:
    roomy = layout.text_width >= FOUR_FIGURES_FROM
    left = ft.Column(
        [
            live_section(words, layout, _running(today), actions),
            figures_section(words, _counted(today), actions, columns=4 if roomy else 2, beside=False),
            besides.team,
            besides.ahead,
            latest_section(words, replace(today, live=LiveCallsState()), actions),
        ],
        spacing=16,
        tight=True,
        expand=8,
    )
    day = day_section(words, layout, replace(today, live=LiveCallsState()), actions, limit=14)
    right = ft.Column([besides.needs, day], spacing=0, expand=5, tight=True)
    body = ft.Row([left, right], spacing=16, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.ListView(
        [
            page_head(words, _greeting(words, today), _zone_line(words, today), size=24, trailing=[besides.hold]),
            *_filling(words, today),
            body,
        ],
        spacing=16,
        padding=ft.Padding.only(left=layout.edge, right=layout.edge, top=20, bottom=24),
        expand=True,
        key="today.list",
    )


def _columns(layout: Layout) -> int:
    """How many figures stand side by side where all is in one column."""
    if layout.one_column:
        return 1
    return 2 if layout.is_phone else 4


def _running(today: Today) -> Today:
    """What the calls in progress are drawn from."""
    return replace(today, state=TodayState(ready=today.state.ready, broken=today.state.broken))


def _counted(today: Today) -> Today:
    """What the figures are drawn from."""
    return replace(today, live=LiveCallsState(), state=replace(today.state, bookings=(), latest=()))


def _filling(words: Words, today: Today) -> list[ft.Control]:
    """The first sync in its real numbers, until what is on screen has arrived."""
    filling = today.link.filling
    if filling is None or filling.usable:
        return []
    if not filling.total and not filling.done:
        return [parts.card(notices.progress(0, 0, words("today.filling_begins")))]
    sentence = words(
        "today.filling",
        done=fmt.number(words, filling.done),
        total=fmt.number(words, max(filling.done, filling.total)),
    )
    return [parts.card(notices.progress(filling.done, filling.total, sentence))]


def _greeting(words: Words, today: Today) -> str:
    hour = today.now.astimezone(words.zone).hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    name = today.identity.name.split(" ")[0] if today.identity else ""
    return words(f"today.good_{part}", name=fmt.clipped(name, 40))


def _date_line(words: Words, today: Today) -> str:
    day = today.state.day or fmt.local_day(words, today.now)
    return fmt.day_long(words, day)


def _zone_line(words: Words, today: Today) -> str:
    pieces = [_date_line(words, today), fmt.zone_label(words, words.zone)]
    if today.link.as_of:
        pieces.append(words("today.updated", time=fmt.moment(words, today.link.as_of, today.now)))
    return " · ".join(pieces)


def _open_booking(stores: Stores, words: Words, booking_id: BookingId, booking: Booking) -> None:
    day = fmt.local_day(words, booking.starts_at)
    go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=booking_id))
