"""The agenda: one day at a time from the cache, read only for now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import flet as ft

from client.models.bookings import Booking, BookingStatus
from client.models.business import HoursRange
from client.models.ids import BookingId
from client.state.bookings import AgendaState
from client.state.business import BusinessState
from screens.live import go, strip
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.booking_row import booking_row, now_line
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, see
from widgets.day_strip import Day, day_strip
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What the view draws.  `foreign`: the business's clock is not the device's."""

    state: AgendaState
    ours: BusinessState
    now: datetime
    selected: BookingId | None
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaActions:
    open_booking: Callable[[Booking], None]
    go_to: Callable[[date | None], None]
    toggle_cancelled: Handler
    retry: Handler


@component
def agenda_screen(
    stores: Stores, words: Words, layout: Layout, day: date | None, selected: BookingId | None
) -> ft.Control:
    """The agenda, bound to the stores; the route says which day."""
    effect(lambda: stores.agenda.go_to(day), [day])
    now = see(stores.ticks).now
    agenda = Agenda(
        state=see(stores.agenda).state,
        ours=see(stores.business).state,
        now=now,
        selected=selected,
        foreign=now.astimezone().utcoffset() != now.astimezone(words.zone).utcoffset(),
    )
    actions = AgendaActions(
        open_booking=lambda b: go(stores, _route_of(words, b)),
        go_to=lambda to: go(stores, Route(place=Place.BOOKINGS, day=to)),
        toggle_cancelled=stores.agenda.toggle_cancelled,
        retry=stores.repaint,
    )
    return agenda_view(words, layout, agenda, actions, strip(stores, words))


def agenda_view(words: Words, layout: Layout, agenda: Agenda, actions: AgendaActions, link: ft.Control) -> ft.Control:
    """Title and pager, the week, the day."""
    edge = 12 if layout.is_phone else 24
    if layout.two_panes:
        head = _desk_head(words, agenda, actions, None if layout.rail_speaks else link)
    else:
        head = _phone_head(words, layout, agenda, actions, link)
    return ft.Column(
        [
            ft.Container(head, padding=ft.Padding.only(left=edge + 2, right=edge, top=12)),
            ft.Container(_week(words, agenda, actions), padding=ft.Padding.symmetric(horizontal=edge)),
            ft.ListView(
                _day(words, layout, agenda, actions),
                expand=True,
                padding=ft.Padding.only(left=edge, right=edge, top=8, bottom=16),
                spacing=8,
                key="agenda.list",
            ),
        ],
        spacing=4,
        expand=True,
    )


def _phone_head(words: Words, layout: Layout, agenda: Agenda, actions: AgendaActions, link: ft.Control) -> ft.Control:
    state = agenda.state
    day = state.day
    title = fmt.day_named(words, day, state.today) if day and state.today else words("place.bookings")
    pieces = [_count(words, agenda)]
    if day and state.today and abs((day - state.today).days) <= 1:
        pieces.insert(0, fmt.day_short(words, day))
    subtitle, pager = " · ".join(pieces), _pager(words, agenda, actions)
    if layout.one_column:
        rows = [page_head(words, title, subtitle), ft.Row(pager, spacing=8, wrap=True), link]
    else:
        rows = [page_head(words, title, subtitle, trailing=pager), link]
    return ft.Column(rows, spacing=0, tight=True)


def _desk_head(words: Words, agenda: Agenda, actions: AgendaActions, link: ft.Control | None) -> ft.Control:
    state = agenda.state
    title = fmt.day_long(words, state.day) if state.day else words("place.bookings")
    head = ft.Row(
        [
            *_pager(words, agenda, actions),
            ft.Column(
                [
                    parts.heading(title, size=20),
                    parts.muted(" · ".join([_count(words, agenda), *_hours_and_zone(words, agenda)])),
                ],
                spacing=0,
                expand=True,
                tight=True,
            ),
            *_filter(words, agenda, actions),
        ],
        spacing=8,
    )
    return ft.Column([head, *([link] if link else [])], spacing=0, tight=True)


def _count(words: Words, agenda: Agenda) -> str:
    return words("agenda.count", n=sum(b.status is not BookingStatus.CANCELLED for b in agenda.state.bookings))


def _hours_and_zone(words: Words, agenda: Agenda) -> list[str]:
    pieces: list[str] = []
    if agenda.state.hours:
        pieces.append(words("agenda.hours", hours=", ".join(_range(r) for r in agenda.state.hours)))
    if agenda.foreign:
        pieces.append(fmt.zone_label(words, words.zone))
    return pieces


def _range(hours: HoursRange) -> str:
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M}"


def _pager(words: Words, agenda: Agenda, actions: AgendaActions) -> list[ft.Control]:
    day = agenda.state.day or fmt.local_day(words, agenda.now)
    one = timedelta(days=1)
    today = buttons.button("agenda.today", words("date.today"), lambda: actions.go_to(None), kind=Kind.PLAIN, height=40)
    return [
        *([today] if agenda.state.day != agenda.state.today else []),
        buttons.icon_button(
            "agenda.previous", words("agenda.previous"), ft.Icons.CHEVRON_LEFT, lambda: actions.go_to(day - one)
        ),
        buttons.icon_button(
            "agenda.next", words("agenda.next"), ft.Icons.CHEVRON_RIGHT, lambda: actions.go_to(day + one)
        ),
    ]


def _filter(words: Words, agenda: Agenda, actions: AgendaActions) -> list[ft.Control]:
    state = agenda.state
    if not state.show_cancelled and not state.cancelled:
        return []
    label = words("agenda.hide_cancelled") if state.show_cancelled else words("agenda.cancelled", n=state.cancelled)
    shown = ft.Icons.VISIBILITY_OFF_OUTLINED if state.show_cancelled else ft.Icons.VISIBILITY_OUTLINED
    return [
        buttons.button("agenda.cancelled", label, actions.toggle_cancelled, kind=Kind.LINK, icon_name=shown, height=40)
    ]


def _week(words: Words, agenda: Agenda, actions: AgendaActions) -> ft.Control:
    state = agenda.state
    days = [
        Day(
            day=each.day,
            count=each.count,
            closed=each.closed,
            selected=each.day == state.day,
            today=each.day == state.today,
        )
        for each in state.strip
    ]
    return day_strip(words, days, lambda day: actions.go_to(None if day == state.today else day))


def _day(words: Words, layout: Layout, agenda: Agenda, actions: AgendaActions) -> list[ft.Control]:
    state = agenda.state
    if state.broken:
        return [
            notices.trouble(
                "agenda.retry", words("broken.title"), words("broken.body"), words("action.retry"), actions.retry
            )
        ]
    if not state.ready and not state.bookings:
        return [parts.card(notices.skeleton_rows(7, label=words("loading.bookings")), padding=4)]
    wide = layout.two_panes
    out: list[ft.Control] = []
    if not state.hours and state.day:
        key = "agenda.holiday" if state.holiday else "agenda.closed"
        said = words(key, weekday=words(f"weekday.plural.{state.day.weekday()}"))
        out.append(notices.banner(said, icon_name=ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, warning=False, live=False))
    if state.bookings:
        rows = _rows(words, agenda, actions, wide=wide, scale=layout.text_scale)
        out.append(parts.card(ft.Column(rows, spacing=0, tight=True), padding=4))
    elif state.hours:
        out.append(parts.card(notices.empty(words("agenda.none"), words("agenda.none_body")), padding=4))
    if not layout.two_panes:
        facts = " · ".join(_hours_and_zone(words, agenda))
        out.insert(0, ft.Container(parts.muted(facts[:1].upper() + facts[1:]), padding=ft.Padding.only(left=2)))
        out += [ft.Row([control], wrap=True) for control in _filter(words, agenda, actions)]
    return out


def _rows(words: Words, agenda: Agenda, actions: AgendaActions, *, wide: bool, scale: float) -> list[ft.Control]:
    """The day in order, with the line of now between what has begun and what has not."""
    state = agenda.state
    out: list[ft.Control] = []
    line_due = state.day == state.today
    for booking in state.bookings:
        if line_due and booking.starts_at > agenda.now:
            out.append(_now(words, agenda, scale))
            line_due = False
        elif out:
            out.append(parts.hairline())
        out.append(
            booking_row(
                words,
                booking,
                agenda.ours.who(booking.staff_id),
                lambda b=booking: actions.open_booking(b),
                over=booking.ends_at <= agenda.now,
                selected=booking.booking_id == agenda.selected,
                wide=wide,
                scale=scale,
            )
        )
    if line_due:
        out.append(_now(words, agenda, scale))
    return out


def _now(words: Words, agenda: Agenda, scale: float) -> ft.Control:
    line = now_line(words, agenda.now, scale=scale)
    return ft.Container(line, padding=ft.Padding.symmetric(horizontal=12, vertical=4))


def _route_of(words: Words, booking: Booking) -> Route:
    return Route(place=Place.BOOKINGS, day=fmt.local_day(words, booking.starts_at), booking_id=booking.booking_id)
