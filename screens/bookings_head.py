"""The head of the place of bookings: which days, how many, how they are laid out, what waits."""

from datetime import date, timedelta

import flet as ft

from client.insight.walltime import repeated, skipped
from client.models.business import HoursRange
from client.state.preferences import View
from screens.bookings_shown import BookingsActions, BookingsShown, views_in
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.day_strip import Day, day_strip
from widgets.scaffold import headed, page_head
from widgets.segments import Segment, segments
from widgets.strings import Words
from widgets.theme import Layout


def bookings_head(
    words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions, link: ft.Control
) -> ft.Control:
    """One bar on a desktop; title, switch and week over one another on a phone."""
    edge = layout.board_edge
    if layout.two_panes:
        rows = [
            _bar(words, layout, shown, actions),
            *(parts.muted(said[:1].upper() + said[1:]) for said in _clock(words, shown)),
        ]
        bar = headed(layout, ft.Column(rows, spacing=4, tight=True), link, gap=11)
        line = ft.Border.only(bottom=ft.BorderSide(1, theme.LINE))
        return ft.Container(bar, padding=ft.Padding.only(left=edge, right=edge, top=11), border=line)
    rows = [headed(layout, _title(words, layout, shown, actions), link)]
    if shown.state.view is not View.WEEK:
        rows.append(week_strip(words, shown, actions))
    return ft.Container(
        ft.Column(rows, spacing=2, tight=True), padding=ft.Padding.only(left=edge, right=edge, top=12, bottom=4)
    )


def facts(words: Words, shown: BookingsShown) -> list[str]:
    """When it is open, and what is particular about its clock."""
    return [*_hours(words, shown), *_clock(words, shown)]


def _hours(words: Words, shown: BookingsShown) -> list[str]:
    state = shown.state
    if not state.hours or state.view is View.WEEK:
        return []
    return [words("agenda.hours", hours=", ".join(_range(r) for r in state.hours))]


def _clock(words: Words, shown: BookingsShown) -> list[str]:
    """Which it is, where it is another than the device's."""
    if not shown.ahead_minutes:
        return []
    key = "agenda.zone_ahead" if shown.ahead_minutes > 0 else "agenda.zone_behind"
    hours = f"{abs(shown.ahead_minutes) / 60:g}"
    return [words(key, zone=fmt.zone_label(words, words.zone), hours=hours)]


def odd_clock(words: Words, shown: BookingsShown) -> list[str]:
    """The days shown on which the clock is changed, in words."""
    out: list[str] = []
    for day in shown.state.days:
        gap, twice = skipped(day, words.zone), repeated(day, words.zone)
        if gap:
            out.append(words("grid.clock_forward", time=fmt.wall_clock(words, gap.start)))
        if twice:
            out.append(words("grid.clock_back", time=fmt.wall_clock(words, twice.end)))
    return out


def title_of(words: Words, shown: BookingsShown) -> str:
    """Monday 24 November, or 24 – 30 November."""
    state = shown.state
    if state.day is None:
        return words("place.bookings")
    if state.view is View.WEEK and state.days:
        return fmt.days_long(words, state.days[0], state.days[-1])
    return fmt.day_long(words, state.day)


def cancelled_filter(words: Words, shown: BookingsShown, actions: BookingsActions) -> list[ft.Control]:
    """Nothing where nothing is cancelled."""
    state = shown.state
    if not state.show_cancelled and not state.cancelled:
        return []
    label = words("agenda.hide_cancelled") if state.show_cancelled else words("agenda.cancelled", n=state.cancelled)
    glyph = ft.Icons.VISIBILITY_OFF_OUTLINED if state.show_cancelled else ft.Icons.VISIBILITY_OUTLINED
    return [
        buttons.button("agenda.cancelled", label, actions.toggle_cancelled, kind=Kind.LINK, icon_name=glyph, height=40)
    ]


def _bar(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    told = " · ".join([words("agenda.count", n=shown.state.count), *_hours(words, shown)])
    heading = _of_days(shown, parts.heading(title_of(words, shown), size=20))
    titles = ft.Column([heading, parts.muted(told, lines=1)], spacing=0, expand=True, tight=True)
    return ft.Row(
        [
            *_pager(words, layout, shown, actions),
            titles,
            buttons.icon_button("bookings.search", words("search.open"), ft.Icons.SEARCH, actions.search),
            *cancelled_filter(words, shown, actions),
            _switch(words, layout, shown, actions),
            buttons.button(
                "bookings.new",
                words("bookings.new"),
                actions.new,
                kind=Kind.PRIMARY,
                icon_name=ft.Icons.ADD,
                hint="N" if layout.rail_speaks else None,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _of_days(shown: BookingsShown, title: ft.Control) -> ft.Control:
    """Says to tests which days are shown.  Another control each time: a client does not follow a new identifier."""
    days = shown.state.days
    of = f"days.{days[0].isoformat()}" if days else ""
    return ft.Semantics(identifier=of, key=f"title.{of}", content=title) if of else title


def _title(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    state = shown.state
    title = title_of(words, shown)
    pieces = [words("agenda.count", n=state.count)]
    if state.day and state.today and state.view is not View.WEEK:
        title = fmt.day_named(words, state.day, state.today)
        if abs((state.day - state.today).days) <= 1:
            pieces.insert(0, fmt.day_short(words, state.day))
    find = buttons.icon_button("bookings.search", words("search.open"), ft.Icons.SEARCH, actions.search)
    head = _of_days(shown, page_head(words, title, " · ".join(pieces), trailing=[find]))
    pager = ft.Row(_pager(words, layout, shown, actions), spacing=4, tight=True)
    switch = _switch(words, layout, shown, actions)
    if layout.one_column:
        return ft.Column([head, ft.Row([switch], wrap=True), ft.Row([pager], wrap=True)], spacing=6, tight=True)
    tools = ft.Row([switch, pager], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    return ft.Column([head, tools], spacing=6, tight=True)


def _switch(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    choices = [
        Segment(key=view, label=words(f"view.{view}"), name=words("view.name", view=words(f"view.{view}")))
        for view in views_in(layout)
    ]
    return segments("view", choices, shown.state.view, lambda key: actions.show(View(key)))


def _pager(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions) -> list[ft.Control]:
    state = shown.state
    day = state.day or fmt.local_day(words, shown.now)
    week = state.view is View.WEEK
    step = timedelta(days=7 if week else 1)
    here = state.today in state.days and not layout.two_panes
    today = buttons.button("agenda.today", words("date.today"), lambda: actions.go_to(None), kind=Kind.PLAIN, height=40)
    previous = words("agenda.previous_week") if week else words("agenda.previous")
    following = words("agenda.next_week") if week else words("agenda.next")

    def turn(to: date) -> None:
        actions.go_to(None if to == state.today else to)

    return [
        *([] if here else [today]),
        buttons.icon_button("agenda.previous", previous, ft.Icons.CHEVRON_LEFT, lambda: turn(day - step)),
        buttons.icon_button("agenda.next", following, ft.Icons.CHEVRON_RIGHT, lambda: turn(day + step)),
    ]


def week_strip(words: Words, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    """The week around the day, to move about in."""
    state = shown.state
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


def _range(hours: HoursRange) -> str:
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M}"
