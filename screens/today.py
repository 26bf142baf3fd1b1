"""Today: who needs the owner now, what the day holds, and what it came to so far."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import flet as ft

from client.insight.day import Count
from client.insight.health import LiveCall
from client.models.account import Identity
from client.models.bookings import Booking
from client.models.business import Employee
from client.models.calls import Call
from client.models.ids import BookingId, CallId
from client.models.link import LinkStatus
from client.state.business import BusinessState
from client.state.link import is_stale
from client.state.today import TodayState
from screens.live import elapsed, go, open_call, strip
from screens.outbox import needs_you_section
from screens.routes import Route
from screens.stores import Stores
from screens.window import BUSINESSES
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.booking_row import booking_row, now_line
from widgets.buttons import Kind
from widgets.call_row import live_row, past_row
from widgets.component import Handler, component, memoized, see
from widgets.employee_card import employee_card
from widgets.metric_card import metric_card
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout

EARLIER = "today.earlier"
AHEAD_SHOWN = 6
SECTION_GAP = 18
FOUR_FIGURES_FROM = 1360
"""A desktop narrower than this, in the owner's own text, would cut their lines off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the view draws.  `now` on the server's clock."""

    identity: Identity | None
    state: TodayState
    live: tuple[LiveCall, ...]
    ours: BusinessState
    link: LinkStatus
    now: datetime
    earlier_shown: bool
    clashes: frozenset[str] = frozenset()
    """Bookings in a clash that the owner has not decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayActions:
    """`timer` makes the counting time of a call."""

    open_call: Callable[[CallId], None]
    open_booking: Callable[[Booking], None]
    open_day: Handler
    open_calls: Handler
    open_figure: Callable[[Count], None]
    open_businesses: Handler
    toggle_earlier: Handler
    retry: Handler
    timer: Callable[[Call], ft.Control]


@component
def today_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Today, bound to the stores."""
    today = Today(
        identity=see(stores.session).state.identity,
        state=see(stores.today).state,
        live=see(stores.live).state.calls,
        ours=see(stores.business).state,
        link=_to_the_minute(see(stores.link).state),
        now=see(stores.ticks).now,
        earlier_shown=EARLIER in see(stores.folds).names,
        clashes=frozenset(row_id for row_id, _ in see(stores.waiting).state.clashes),
    )
    actions = ft.use_memo(lambda: _actions(stores, words), [words])
    needs = needs_you_section(stores, words, layout, gap=SECTION_GAP)
    return today_view(words, layout, today, actions, link=strip(stores, words), needs=needs)


def _actions(stores: Stores, words: Words) -> TodayActions:
    return TodayActions(
        open_call=lambda call_id: open_call(stores, call_id),
        open_booking=lambda b: _open_booking(stores, words, b.booking_id, b),
        open_day=lambda: go(stores, Route(place=Place.BOOKINGS)),
        open_calls=lambda: go(stores, Route(place=Place.CALLS)),
        open_figure=stores.panel.open_figure,
        open_businesses=lambda: stores.panel.open(BUSINESSES),
        toggle_earlier=lambda: stores.folds.toggle(EARLIER),
        retry=stores.repaint,
        timer=lambda call: elapsed(stores.ticks.second, call.answered_at or call.started_at, size=15, color=theme.TEXT),
    )


def today_view(
    words: Words, layout: Layout, today: Today, actions: TodayActions, *, link: ft.Control, needs: ft.Control
) -> ft.Control:
    """The place in any width.  `link` is the strip, under the title on a phone; `needs` what waits for the owner."""
    if layout.is_phone or not layout.two_panes:
        return _narrow(words, layout, today, actions, link, needs)
    return _wide(words, layout, today, actions, needs)


def _title_of(layout: Layout, actions: TodayActions) -> Handler | None:
    """What the title opens: where there is a rail, the businesses are at its head."""
    return actions.open_businesses if layout.is_phone else None


def _to_the_minute(link: LinkStatus) -> LinkStatus:
    """What this place shows of it: the data is brought up to date every second, and that is not worth a repaint."""
    as_of = link.as_of.replace(second=0, microsecond=0) if link.as_of else None
    return replace(link, as_of=as_of, retry_at=None, skew_s=None)


def _narrow(
    words: Words, layout: Layout, today: Today, actions: TodayActions, link: ft.Control, needs: ft.Control
) -> ft.Control:
    name = today.ours.business.name if today.ours.business else today.identity.business_name if today.identity else ""
    edge = 12 if layout.is_phone else 24
    head = ft.Container(
        ft.Column(
            [page_head(words, name, _date_line(words, today), on_title=_title_of(layout, actions)), link],
            spacing=0,
            tight=True,
        ),
        padding=ft.Padding.only(left=edge + 2, right=edge + 2, top=12),
    )
    sections: list[ft.Control] = [
        *_filling(words, today),
        ft.Column([needs, _live(words, layout, _running(today), actions)], spacing=0, tight=True),
        _day(words, layout, replace(today, live=()), actions, limit=AHEAD_SHOWN),
        _figures(words, _counted(today), actions, columns=_columns(layout), beside=False),
        _team(words, today, columns=1),
        _latest(words, replace(today, live=()), actions),
        parts.gap(8),
    ]
    listing = ft.ListView(
        sections,
        spacing=SECTION_GAP,
        padding=ft.Padding.only(left=edge, right=edge, top=6, bottom=16),
        expand=True,
        key="today.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _wide(words: Words, layout: Layout, today: Today, actions: TodayActions, needs: ft.Control) -> ft.Control:
    roomy = layout.text_width >= FOUR_FIGURES_FROM
    left = ft.Column(
        [
            _live(words, layout, _running(today), actions),
            _figures(words, _counted(today), actions, columns=4 if roomy else 2, beside=False),
            _team(words, today, columns=3 if roomy else 1),
            _latest(words, replace(today, live=()), actions),
        ],
        spacing=16,
        tight=True,
        expand=8,
    )
    day = _day(words, layout, replace(today, live=()), actions, limit=14)
    right = ft.Column([needs, day], spacing=0, expand=5, tight=True)
    body = ft.Row([left, right], spacing=16, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.ListView(
        [
            page_head(words, _greeting(words, today), _zone_line(words, today), size=24),
            *_filling(words, today),
            body,
        ],
        spacing=16,
        padding=ft.Padding.only(left=26, right=26, top=20, bottom=24),
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
    return replace(today, live=(), state=replace(today.state, bookings=(), latest=()))


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


@memoized
def _live(words: Words, layout: Layout, today: Today, actions: TodayActions) -> ft.Control:
    rows: list[ft.Control] = [
        live_row(
            words,
            item,
            actions.timer(item.call),
            lambda call_id=item.call.call_id: actions.open_call(call_id),
            roomy=not layout.is_phone,
            scale=layout.text_scale,
        )
        for item in today.live
    ]
    label = words("today.live", n=len(today.live)) if today.live else words("today.live_none")
    if not rows and not (today.state.ready or today.state.broken):
        rows = [notices.skeleton_rows(1, label=words("loading.calls"))]
    elif not rows:
        rows = [notices.empty(words("today.quiet"), _who_answers(words, today))]
    if today.link.as_of is not None and is_stale(today.link) and today.live:
        rows.append(
            ft.Container(
                parts.muted(words("today.live_stale", time=fmt.moment(words, today.link.as_of, today.now))),
                padding=ft.Padding.only(left=12, bottom=8, top=4),
            )
        )
    link = buttons.button("today.all_calls", words("today.all_calls"), actions.open_calls, kind=Kind.LINK)
    return _section(label, parts.divided(rows), link)


def _who_answers(words: Words, today: Today) -> str:
    reception = next((e for e in today.ours.employees if e.glyph == "phone"), None)
    if reception is None:
        return words("today.quiet_body")
    key = "today.quiet_on" if reception.state == "on" else "today.quiet_off"
    return words(key, name=reception.name)


@memoized
def _day(words: Words, layout: Layout, today: Today, actions: TodayActions, *, limit: int) -> ft.Control:
    bookings = today.state.bookings
    link = buttons.button("today.see_day", words("today.see_day"), actions.open_day, kind=Kind.LINK)
    label = words("today.bookings", n=len(bookings))
    if today.state.broken:
        body: list[ft.Control] = [
            notices.trouble(
                "today.retry", words("broken.title"), words("broken.body"), words("action.retry"), actions.retry
            )
        ]
    elif not today.state.ready and not bookings:
        body = [notices.skeleton_rows(4, label=words("loading.bookings"))]
    elif not bookings:
        body = [notices.empty(words("today.no_bookings"), words("today.no_bookings_body"))]
    else:
        body = _agenda(words, layout, today, actions, limit)
    return _section(label if bookings else words("today.bookings_title"), body, link)


def _agenda(words: Words, layout: Layout, today: Today, actions: TodayActions, limit: int) -> list[ft.Control]:
    """What is over folded into one row, the line of now, and what comes."""
    scale = layout.text_scale
    over = [b for b in today.state.bookings if b.ends_at <= today.now]
    rest = [b for b in today.state.bookings if b.ends_at > today.now]
    rows: list[ft.Control] = []
    if over:
        # Where there is room and nothing comes, what is over is shown unless it was folded.
        unfolded = today.earlier_shown is not (not rest and limit > AHEAD_SHOWN)
        rows.append(_earlier_row(words, len(over), unfolded, actions.toggle_earlier))
        if unfolded:
            rows += [_booking(words, today, actions, b, scale, over=True) for b in over]
    running = [b for b in rest if b.starts_at <= today.now]
    ahead = [b for b in rest if b.starts_at > today.now]
    rows += [_booking(words, today, actions, b, scale) for b in running]
    out = parts.divided(rows)
    line = now_line(words, today.now, scale=scale)
    out.append(ft.Container(line, padding=ft.Padding.symmetric(horizontal=12, vertical=6)))
    if not ahead:
        out.append(
            ft.Container(parts.muted(words("today.no_more")), padding=ft.Padding.only(left=12, bottom=10, top=4))
        )
        return out
    out += parts.divided([_booking(words, today, actions, b, scale) for b in ahead[:limit]])
    if len(ahead) > limit:
        more = words("today.more_bookings", n=len(ahead) - limit)
        out.append(ft.Row([buttons.button("today.more", more, actions.open_day, kind=Kind.LINK)], wrap=True))
    return out


def _booking(
    words: Words, today: Today, actions: TodayActions, booking: Booking, scale: float, *, over: bool = False
) -> ft.Control:
    staff = today.ours.who(booking.staff_id)
    clash = booking.booking_id in today.clashes
    return booking_row(
        words, booking, staff, lambda: actions.open_booking(booking), over=over, clash=clash, scale=scale
    )


def _earlier_row(words: Words, count: int, shown: bool, on_toggle: Handler) -> ft.Control:
    said = words("today.earlier", n=count)
    return buttons.pressable(
        EARLIER,
        said,
        ft.Row(
            [
                parts.muted(said, expand=True),
                ft.Icon(ft.Icons.EXPAND_LESS if shown else ft.Icons.EXPAND_MORE, size=20, color=theme.MUTED),
            ]
        ),
        on_toggle,
        expanded=shown,
        padding=ft.Padding.symmetric(horizontal=12, vertical=12),
    )


@memoized
def _figures(words: Words, today: Today, actions: TodayActions, *, columns: int, beside: bool = True) -> ft.Control:
    """`beside`: on cards wide enough the line stands beside the figure."""
    figures = today.state.figures
    wide = columns > 2 and beside
    cards: list[ft.Control] = [
        metric_card(
            words,
            figure,
            lambda count=figure.count: actions.open_figure(count),
            wide=wide,
            stale=_is_old(today),
        )
        for figure in figures
    ]
    if not today.state.ready and not any(f.figure.provenance.rows_seen for f in figures):
        cards = [notices.skeleton_card(label=words("loading.figures")) for _ in range(4)]
    rows: list[ft.Control] = []
    for at in range(0, len(cards), columns):
        group = cards[at : at + columns]
        group += [ft.Container(expand=True)] * (columns - len(group)) if len(cards) > columns else []
        rows.append(
            ft.Row(
                group,
                spacing=10 if columns <= 2 else 14,
                intrinsic_height=True,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        )
    grid = ft.Column(rows, spacing=10 if columns <= 2 else 14, tight=True)
    if columns > 2:
        return grid
    return ft.Column([parts.section_label(words("today.so_far")), grid], spacing=8, tight=True)


def _team(words: Words, today: Today, *, columns: int) -> ft.Control:
    team: tuple[Employee, ...] = today.ours.employees
    if not team:
        return ft.Container(height=0)
    if columns == 1:
        rows = [employee_card(words, e, today.now, bare=True) for e in team]
        return _section(words("today.team"), parts.divided(rows))
    return ft.Row(
        [employee_card(words, e, today.now, bare=False) for e in team[:columns]],
        spacing=14,
        intrinsic_height=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@memoized
def _latest(words: Words, today: Today, actions: TodayActions) -> ft.Control:
    if not today.state.ready:
        return ft.Container(height=0)
    rows: list[ft.Control] = [
        past_row(words, call, lambda call_id=call.call_id: actions.open_call(call_id)) for call in today.state.latest
    ]
    if not rows:
        rows = [notices.empty(words("today.no_calls"), words("today.no_calls_body"))]
    return _section(words("today.latest"), parts.divided(rows))


def _section(label: str, rows: list[ft.Control], trailing: ft.Control | None = None) -> ft.Control:
    return ft.Column(
        [
            parts.section_label(label, trailing),
            parts.card(ft.Column(rows, spacing=0, tight=True), padding=ft.Padding.symmetric(horizontal=4, vertical=4)),
        ],
        spacing=4 if trailing else 8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _is_old(today: Today) -> bool:
    """Figures are shown as old when the device no longer follows and five minutes have gone by."""
    as_of = today.link.as_of
    return is_stale(today.link) and (as_of is None or today.now - as_of > timedelta(minutes=5))


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
