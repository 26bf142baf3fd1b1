"""A day with a column a person, or a week with a column a day: heads that stay, hours that scroll."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from client.insight.grid import Blocks, Card, Column, Crowd, Grid, Rows, day_grid, people_of, week_grid
from client.models.bookings import Booking
from client.state.moving import Ground
from client.state.preferences import View
from screens.agenda import notes
from screens.bookings_head import facts
from screens.bookings_shown import BookingsActions, BookingsShown
from screens.grid_ghost import ghost_over, moving_line
from screens.grid_hand import Hand, Sight
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.buttons import Focus
from widgets.component import component, effect, handler
from widgets.grid_card import CardLook, block_card, booking_card, buffer_tail, crowd_card
from widgets.grid_shape import GridShape, budget_of, people_that_fit, shape_of
from widgets.grid_touch import touched
from widgets.strings import Words
from widgets.theme import Layout
from widgets.time_grid import NowMark, now_mark, paper

HEAD_HEIGHT = 36
ABOVE_AND_BELOW = 130
"""Pixels of a window that are not the grid's: bars, heads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """`first`: how many of `everybody` are before the first column of a day; a week is never paged."""

    grid: Grid
    first: int = 0
    everybody: int = 0


@component
def grid_body(words: Words, layout: Layout, shown: BookingsShown, actions: BookingsActions, width: float) -> ft.Control:
    """The grid of the view that is shown, `width` pixels wide."""
    first, turn_to = ft.use_state(0)
    paged = ft.use_memo(lambda: _laid_out(layout, shown, width, first), [layout, shown.state, shown.ours, width, first])
    shape = shape_of(layout, width, layout.height - ABOVE_AND_BELOW, paged.grid.span, len(paged.grid.columns))
    hand = ft.use_memo(Hand, [])
    hand.look(paged.grid, shape, layout.height)
    effect(partial(_to_now, hand.sight, shown, shape), [shown.state.view, shown.state.days, layout])
    ground = ft.use_memo(lambda: _ground(shown, paged.grid), [shown.state.view, paged.grid])
    effect(lambda: actions.moves.lay_out(ground), [ground])
    effect(lambda: None, [], cleanup=lambda: actions.moves.lay_out(None))
    body = ft.Column(
        [_hours(words, layout, shape, paged.grid, hand, shown, actions)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        ref=hand.sight.scroller,
        on_scroll=handler(partial(hand.scrolled, actions.moves)),
        scroll_interval=100,
        key="grid_hours",
    )
    edge = ft.Padding.symmetric(horizontal=12, vertical=6)
    above = [ft.Container(note, padding=edge) for note in _above(words, layout, shown)]
    line = moving_line(actions.moves, words, shape, paged.grid, shown.ours, hand.sight)
    grid = ft.Column([*above, _heads(words, shape, paged, shown, actions, turn_to), body], spacing=0, expand=True)
    over = ft.Container(line, left=0, right=0, bottom=0)
    return ft.Container(ft.Stack([grid, over], expand=True), bgcolor=theme.SURFACE, expand=True)


def _ground(shown: BookingsShown, grid: Grid) -> Ground:
    """What the columns are, for a booking that is moved over them."""
    people = shown.state.view is View.DAY
    whose = tuple((column.day, column.staff.staff_id if column.staff else None) for column in grid.columns)
    return Ground(columns=whose, span=grid.span, people=people)


def _laid_out(layout: Layout, shown: BookingsShown, width: float, first: int) -> Paged:
    state, ours = shown.state, shown.ours
    rows = Rows(
        business=ours.business,
        staff=tuple(ours.staff.values()),
        services=ours.services,
        bookings=state.bookings,
        blocks=state.blocks,
    )
    if state.view is View.WEEK:
        grid = week_grid(rows, state.days, budget_of(layout, width, len(state.days)))
        if len(grid.columns) < len(state.days):
            # Days that are left away leave room for more beside one another in the others.
            grid = week_grid(rows, state.days, budget_of(layout, width, len(grid.columns)))
        return Paged(grid=grid)
    everybody = people_of(rows)
    fits = people_that_fit(layout, width)
    first = min(first, max(0, len(everybody) - fits))
    people = everybody[first : first + fits]
    grid = day_grid(rows, state.days[0], people, budget_of(layout, width, len(people)))
    return Paged(grid=grid, first=first, everybody=len(everybody))


def _above(words: Words, layout: Layout, shown: BookingsShown) -> list[ft.Control]:
    """What must be said of the days before they are looked at."""
    told = " · ".join(facts(words, shown))
    line = [parts.muted(told[:1].upper() + told[1:])] if told and not layout.two_panes else []
    return [*line, *notes(words, shown)]


# --- heads ------------------------------------------------------------------------------------------------------------
def _heads(
    words: Words,
    shape: GridShape,
    paged: Paged,
    shown: BookingsShown,
    actions: BookingsActions,
    turn_to: Callable[[int], object],
) -> ft.Control:
    cells = [
        ft.Container(_head(words, column, shown, actions), width=shape.column, alignment=ft.Alignment.CENTER_LEFT)
        for column in paged.grid.columns
    ]
    height = round(HEAD_HEIGHT * shape.scale)
    row = ft.Container(
        ft.Row([ft.Container(width=shape.axis), *cells], spacing=0),
        height=height,
        border=ft.Border.only(bottom=ft.BorderSide(1, theme.LINE)),
    )
    if paged.everybody <= len(paged.grid.columns):
        return row
    return ft.Column([_people_pager(words, paged, turn_to), row], spacing=0, tight=True)


def _head(words: Words, column: Column, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    if shown.state.view is View.WEEK:
        return _day_head(words, column, shown, actions)
    return _person_head(words, column)


def _day_head(words: Words, column: Column, shown: BookingsShown, actions: BookingsActions) -> ft.Control:
    day = column.day
    ink = theme.PRIMARY if day == shown.state.today else theme.TEXT
    name = words("grid.day", weekday=words(f"weekday.short.{day.weekday()}"), day=day.day)
    said = words("agenda.count", n=column.count)
    if not column.open:
        said = words("agenda.holiday") if column.holiday else words("agenda.closed_short")
    count = str(column.count) if column.open or column.count else words("agenda.closed_short")
    return buttons.pressable(
        f"grid.day.{day.isoformat()}",
        words("grid.head_day", day=fmt.day_long(words, day), said=said),
        ft.Row(
            [parts.text(name, size=13, weight=parts.W600, color=ink), parts.muted(f"· {count}", lines=1, expand=True)],
            spacing=4,
        ),
        lambda: actions.open_day(day),
        padding=ft.Padding.symmetric(horizontal=9, vertical=7),
        radius=0,
    )


def _person_head(words: Words, column: Column) -> ft.Control:
    person = column.staff
    name = person.name if person else words("booking.nobody")
    off = column.open and person is not None and not person.works.on(column.day)
    said = words("grid.staff_off") if off else words("agenda.count", n=column.count)
    told = words("grid.staff_off") if off else str(column.count)
    content = ft.Row(
        [
            *([parts.avatar(person.initials, size=24)] if person else []),
            parts.text(name, size=13, weight=parts.W600, lines=1, expand=True, loose=True),
            parts.muted(f"· {told}"),
        ],
        spacing=6,
    )
    return ft.Semantics(
        label=words("grid.head_person", name=name, said=said),
        header=True,
        content=ft.Semantics(
            exclude_semantics=True, content=ft.Container(content, padding=ft.Padding.symmetric(horizontal=8))
        ),
    )


def _people_pager(words: Words, paged: Paged, turn_to: Callable[[int], object]) -> ft.Control:
    shown = len(paged.grid.columns)
    last = paged.first + shown
    said = words("grid.people", first=paged.first + 1, last=last, all=paged.everybody)
    return ft.Container(
        ft.Row(
            [
                parts.muted(said, expand=True),
                buttons.icon_button(
                    "grid.people_previous",
                    words("grid.people_previous"),
                    ft.Icons.CHEVRON_LEFT,
                    lambda: turn_to(max(0, paged.first - shown)),
                    disabled=paged.first == 0,
                ),
                buttons.icon_button(
                    "grid.people_next",
                    words("grid.people_next"),
                    ft.Icons.CHEVRON_RIGHT,
                    lambda: turn_to(last),
                    disabled=last >= paged.everybody,
                ),
            ],
            spacing=0,
        ),
        padding=ft.Padding.only(left=12, right=4),
    )


# --- hours ------------------------------------------------------------------------------------------------------------
def _hours(
    words: Words,
    layout: Layout,
    shape: GridShape,
    grid: Grid,
    hand: Hand,
    shown: BookingsShown,
    actions: BookingsActions,
) -> ft.Control:
    now = _now(words, shape, grid, shown)
    layers: list[ft.Control] = [paper(words, shape, grid.columns), *now.under]
    for index, column in enumerate(grid.columns):
        layers += [tail for card in column.cards if (tail := buffer_tail(shape, index, card))]
    for index, column in enumerate(grid.columns):
        layers += [_card(words, layout, shape, hand, index, column, card, shown, actions) for card in column.cards]
    known_at = fmt.moment(words, shown.known_at, shown.now) if shown.known_at else ""
    layers += [*now.over, ghost_over(actions.moves, words, shape, grid, shown.ours, hand.sight, known_at)]
    stack = ft.Stack(layers, width=shape.width, height=shape.height)

    def open_card(index: int, card: Card) -> None:
        match card.item:
            case Booking() as booking:
                actions.open_booking(booking)
            case Crowd():
                _open_crowd(grid.columns[index], shown, actions)
            case Blocks():
                pass

    def new_at(index: int, minute: int) -> None:
        column = grid.columns[index]
        actions.new_at(column.day, minute, column.staff.staff_id if column.staff else None)

    return touched("grid", stack, hand.gestures(actions.moves, actions.asks, open_card, new_at))


def _card(
    words: Words,
    layout: Layout,
    shape: GridShape,
    hand: Hand,
    index: int,
    column: Column,
    card: Card,
    shown: BookingsShown,
    actions: BookingsActions,
) -> ft.Control:
    match card.item:
        case Booking() as booking:
            look = CardLook(
                names_staff=column.staff is None,
                over=booking.ends_at <= shown.now,
                selected=booking.booking_id == shown.selected,
                edge=not layout.is_phone and not card.goes_on,
            )
            staff = shown.ours.who(booking.staff_id)
            button = hand.button(booking.booking_id)
            focus = Focus(
                ref=button, lands=lambda: actions.land(booking, button), leaves=lambda: actions.leave(booking)
            )
            return booking_card(
                words, shape, index, card, booking, staff, look, lambda: actions.open_booking(booking), focus
            )
        case Blocks() as blocks:
            return block_card(words, shape, index, card, blocks, shown.ours.staff)
        case Crowd() as crowd:
            identifier = f"crowd.{column.day.isoformat()}.{index}.{card.span.start}"
            return crowd_card(
                words, shape, index, card, crowd, lambda: _open_crowd(column, shown, actions), identifier=identifier
            )


def _open_crowd(column: Column, shown: BookingsShown, actions: BookingsActions) -> None:
    """Where there is more room: a week's crowd in the day, a day's in the list."""
    if shown.state.view is View.WEEK:
        actions.open_day(column.day)
    else:
        actions.show(View.AGENDA)


def _now(words: Words, shape: GridShape, grid: Grid, shown: BookingsShown) -> NowMark:
    todays = [index for index, column in enumerate(grid.columns) if column.day == shown.state.today]
    return now_mark(words, shape, shown.now, todays[0], todays[-1]) if todays else NowMark([], [])


async def _to_now(sight: Sight, shown: BookingsShown, shape: GridShape) -> None:
    """On today, what comes next is in sight; on other days, what is in sight stays."""
    if shown.state.today not in shown.state.days:
        return
    local = shown.now.astimezone(shown.ours.business.zone) if shown.ours.business else shown.now
    above = shape.y(local.hour * 60 + local.minute) - 2 * shape.hour
    if above > 0:
        await sight.scroll_to(above)
