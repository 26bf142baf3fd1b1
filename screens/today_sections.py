"""What Today is made of: the calls in progress, the day's bookings, its figures, the team, the latest calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft

from client.insight.metrics import Metric
from client.models.account import Identity
from client.models.bookings import Booking
from client.models.calls import Call
from client.models.ids import CallId
from client.models.link import LinkStatus
from client.state.business import BusinessState
from client.state.link import is_stale
from client.state.live_calls import LiveCallsState
from client.state.today import TodayState
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.booking_row import booking_row, now_line
from widgets.buttons import Kind
from widgets.call_row import live_row, lost_row, past_row
from widgets.component import Handler, memoized
from widgets.metric_card import face_of, metric_card
from widgets.strings import Words
from widgets.theme import Layout

EARLIER = "today.earlier"
AHEAD_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the view draws.  `now` on the server's clock."""

    identity: Identity | None
    state: TodayState
    live: LiveCallsState
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
    open_figure: Callable[[Metric], None]
    open_provenance: Callable[[Metric], None]
    open_businesses: Handler
    toggle_earlier: Handler
    retry: Handler
    timer: Callable[[Call], ft.Control]


@memoized
def live_section(words: Words, layout: Layout, today: Today, actions: TodayActions) -> ft.Control:
    rows: list[ft.Control] = [
        live_row(
            words,
            item,
            actions.timer(item.call),
            lambda call_id=item.call.call_id: actions.open_call(call_id),
            roomy=not layout.is_phone,
            scale=layout.text_scale,
        )
        for item in today.live.calls
    ]
    label = words("today.live", n=len(rows)) if rows else words("today.live_none")
    if today.live.lost and today.live.heard_at is not None:
        when, scale = fmt.moment(words, today.live.heard_at, today.now), layout.text_scale
        label = words("calls.lost", n=len(today.live.lost))
        rows = [
            lost_row(words, call, when, lambda call_id=call.call_id: actions.open_call(call_id), scale=scale)
            for call in today.live.lost
        ]
    if not rows and not (today.state.ready or today.state.broken):
        rows = [notices.skeleton_rows(1, label=words("loading.calls"))]
    elif not rows:
        rows = [notices.empty(words("today.quiet"), _who_answers(words, today))]
    if today.link.as_of is not None and is_stale(today.link) and today.live.calls:
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
    if reception.pending:
        return words("today.quiet_unheard", name=reception.name)
    key = "today.quiet_on" if reception.state == "on" else "today.quiet_off"
    return words(key, name=reception.name)


@memoized
def day_section(words: Words, layout: Layout, today: Today, actions: TodayActions, *, limit: int) -> ft.Control:
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
def figures_section(
    words: Words, today: Today, actions: TodayActions, *, columns: int, beside: bool = True
) -> ft.Control:
    """`beside`: on cards wide enough the line stands beside the figure."""
    figures = today.state.figures
    wide = columns > 2 and beside
    cards: list[ft.Control] = [
        metric_card(
            words,
            face_of(words, figure),
            lambda metric=figure.metric: actions.open_figure(metric),
            lambda metric=figure.metric: actions.open_provenance(metric),
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
        rows.append(parts.abreast(group, 10 if columns <= 2 else 14))
    grid = ft.Column(rows, spacing=10 if columns <= 2 else 14, tight=True)
    if columns > 2:
        return grid
    return ft.Column([parts.section_label(words("today.so_far")), grid], spacing=8, tight=True)


@memoized
def latest_section(words: Words, today: Today, actions: TodayActions) -> ft.Control:
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
