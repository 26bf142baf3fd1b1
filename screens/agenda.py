"""A day of bookings as a list, in order, with the line of now between what has begun and what has not."""

from typing import Final

import flet as ft

from client.models.bookings import Booking
from screens.bookings_head import cancelled_filter, facts, odd_clock, week_strip
from screens.bookings_shown import BookingsActions, BookingsShown
from widgets import buttons, notices, parts
from widgets.booking_row import booking_row, now_line
from widgets.buttons import Kind
from widgets.component import component
from widgets.strings import Words
from widgets.theme import Layout

ROWS_AT_MOST: Final = 60
UNDER_THE_BUTTON: Final = 84
"""How much may be scrolled further, so that the button over the list covers nothing of it."""


def agenda_body(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    """The list, with the week over it where the head does not have it."""
    edge = layout.board_edge
    listing = ft.ListView(
        _sections(words, layout, shown, actions),
        expand=True,
        padding=ft.Padding.only(left=edge, right=edge, top=8, bottom=16 if layout.two_panes else UNDER_THE_BUTTON),
        spacing=8,
        key="agenda.list",
    )
    if not layout.two_panes:
        return listing
    week = ft.Container(week_strip(words, shown, actions), padding=ft.Padding.only(left=edge, right=edge, top=8))
    return ft.Column([week, listing], spacing=0, expand=True)


def _sections(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> list[ft.Control]:
    state = shown.state
    if not state.ready and not state.bookings:
        return [parts.card(notices.skeleton_rows(7, label=words("loading.bookings")), padding=4)]
    out: list[ft.Control] = []
    told = " · ".join(facts(words, shown))
    if told and not layout.two_panes:
        out.append(ft.Container(parts.muted(told[:1].upper() + told[1:]), padding=ft.Padding.only(left=2)))
    out += notes(words, shown)
    if state.bookings:
        out.append(parts.card(_rows(words, layout, shown, actions), padding=4))
    elif state.hours:
        out.append(parts.card(notices.empty(words("agenda.none"), words("agenda.none_body")), padding=4))
    if not layout.two_panes:
        out += [ft.Row([control], wrap=True) for control in cancelled_filter(words, shown, actions)]
    return out


def notes(words: Words, shown: BookingsShown) -> list[ft.Control]:
    """What is unusual about the days shown: closed, a holiday, a clock that is changed."""
    state = shown.state
    out: list[ft.Control] = []
    if not state.hours and len(state.days) == 1:
        key = "agenda.holiday" if state.holiday else "agenda.closed"
        said = words(key, weekday=words(f"weekday.plural.{state.days[0].weekday()}"))
        out.append(notices.banner(said, icon_name=ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, warning=False, live=False))
    for said in odd_clock(words, shown):
        out.append(notices.banner(said, icon_name=ft.Icons.SCHEDULE, warning=False, live=False))
    return out


@component
def _rows(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    """At most so many at a time; a longer day is turned like pages, beginning with what is not over yet."""
    state = shown.state
    chosen, choose = ft.use_state(-1)
    first = _first_shown(shown) if chosen < 0 else min(chosen, max(0, len(state.bookings) - 1))
    page = state.bookings[first : first + ROWS_AT_MOST]
    out = _page(words, layout, shown, actions, page, goes_on=first + len(page) < len(state.bookings))
    if first:
        label = words("agenda.earlier", n=first)
        back = max(0, first - ROWS_AT_MOST)
        out.insert(0, buttons.button("agenda.rows_before", label, lambda: choose(back), kind=Kind.LINK))
    after = len(state.bookings) - first - len(page)
    if after:
        label = words("agenda.later", n=after)
        forth = first + ROWS_AT_MOST
        out.append(buttons.button("agenda.rows_after", label, lambda: choose(forth), kind=Kind.LINK))
    return ft.Column(out, spacing=0, tight=True)


def _first_shown(shown: BookingsShown) -> int:
    state = shown.state
    if len(state.bookings) <= ROWS_AT_MOST or state.day != state.today:
        return 0
    ahead = next((i for i, b in enumerate(state.bookings) if b.ends_at > shown.now), len(state.bookings))
    return max(0, min(ahead - 1, len(state.bookings) - ROWS_AT_MOST))


def _page(
    words: Words,
    layout: Layout,
    shown: BookingsShown,
    actions: BookingsActions,
    page: tuple[Booking, ...],
    *,
    goes_on: bool,
) -> list[ft.Control]:
    out: list[ft.Control] = []
    state = shown.state
    line_due = state.day == state.today
    for booking in page:
        if line_due and booking.starts_at > shown.now:
            out.append(_now(words, layout, shown))
            line_due = False
        elif out:
            out.append(parts.hairline())
        out.append(_row(words, layout, shown, actions, booking))
    if line_due and not goes_on:
        out.append(_now(words, layout, shown))
    return out


def _row(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions, booking: Booking) -> ft.Control:
    return booking_row(
        words,
        booking,
        shown.ours.who(booking.staff_id),
        lambda: actions.open_booking(booking),
        over=booking.ends_at <= shown.now,
        selected=booking.booking_id == shown.selected,
        wide=layout.two_panes,
        scale=layout.text_scale,
    )


def _now(words: Words, layout: Layout, shown: BookingsShown) -> ft.Control:
    line = now_line(words, shown.now, scale=layout.text_scale)
    return ft.Container(line, padding=ft.Padding.symmetric(horizontal=12, vertical=4))
