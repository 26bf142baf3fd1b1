"""What narrows the list of calls, bound to its stores: the box, the line of what is shown, the sheet."""

from dataclasses import replace
from datetime import date

import flet as ft

from client.models.business import Employee
from client.models.call_history import EVERYTHING, CallFilter, CallQuestion
from client.state.calls import CallsState
from screens.live import go
from screens.over import lay_over
from screens.stores import Stores
from screens.window import CALL_FILTER, bring_keyboard
from widgets import buttons, fields, parts
from widgets import format as fmt
from widgets.call_filters import FilterActions, TypedDays, filter_button, filter_sheet, told
from widgets.component import component, effect, keyed, memoized, see
from widgets.pen import Pen
from widgets.scaffold import Place
from widgets.sheet import Fit, fit, sheet
from widgets.strings import Words
from widgets.theme import Layout


@component
def call_search(stores: Stores, words: Words) -> ft.Control:
    """The box to look for words, and under it what is shown and what it is narrowed by."""
    state = see(stores.calls).state
    employees = see(stores.business).state.employees
    box = ft.use_memo(lambda: ft.Ref[ft.TextField](), [])

    async def to_box() -> None:
        await bring_keyboard(box)

    def opened() -> None:
        stores.focus.to_search = to_box

    def gone() -> None:
        stores.focus.to_search = None
        stores.focus.gone("calls.search")

    effect(opened, [], cleanup=gone)

    def rests(e: ft.Event[ft.TextField]) -> None:
        stores.focus.rests(e)
        settle(stores)

    field = fields.field(
        "calls.search",
        words("calls.search"),
        state.asked.text,
        stores.calls.type,
        on_focus=stores.focus.types,
        on_blur=rests,
        on_submit=lambda: settle(stores),
        ref=box,
    )
    line: list[ft.Control] = [
        filter_button(words, state.asked.which, lambda: stores.panel.open(CALL_FILTER)),
        ft.Container(parts.muted(_shown(words, state), lines=2), expand=True),
    ]
    if state.asked.is_asked:
        line.append(
            buttons.icon_button("calls.clear", words("calls.clear"), ft.Icons.CLOSE, lambda: ask(stores, EVERYTHING))
        )
    rows: list[ft.Control] = [field, ft.Row(line, spacing=10, vertical_alignment=ft.CrossAxisAlignment.CENTER)]
    narrowed = told(words, state.asked.which, employees, state.today)
    rows += [parts.muted(text, height=1.4) for text in (narrowed, _read(words, state)) if text]
    return ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def ask(stores: Stores, question: CallQuestion) -> None:
    """Narrow the list, and let the address follow."""
    stores.calls.ask(question)
    settle(stores)


def settle(stores: Stores) -> None:
    """The address says what the list is narrowed to, once nothing is being typed any more."""
    route = stores.router.route
    if route.place is Place.CALLS and route.asked != stores.calls.asked:
        go(stores, replace(route, asked=stores.calls.asked))


@component
def filter_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet of conditions, while it is open."""
    panel, state = see(stores.panel).state, see(stores.calls).state
    employees = see(stores.business).state.employees
    how_high = fit()
    content: ft.Control | None = None
    if panel.panel == CALL_FILTER:
        content = keyed("conditions", conditions, stores, words, state, employees, how_high)
    return lay_over(stores, sheet(layout, content, stores.panel.close) if content is not None else None)


@memoized
def conditions(
    stores: Stores, words: Words, state: CallsState, employees: tuple[Employee, ...], how_high: Fit
) -> ft.Control:
    typed, set_typed = ft.use_state(TypedDays())
    which = state.asked.which
    today = state.today or stores.ticks.server_now().date()

    def narrow(changed: CallFilter) -> None:
        ask(stores, replace(stores.calls.asked, which=changed))

    def type_days(days: TypedDays) -> None:
        first, last = _day(words, days.first, today), _day(words, days.last, today)
        unread = any(bool(text.strip()) != bool(day) for text, day in ((days.first, first), (days.last, last)))
        wrong = unread or bool(first and last and last < first)
        set_typed(replace(days, wrong=wrong))
        if not wrong:
            narrow(replace(stores.calls.asked.which, first=first, last=last))

    def clear() -> None:
        set_typed(TypedDays())
        narrow(CallFilter())

    actions = FilterActions(narrow=narrow, type_days=type_days, clear=clear, close=stores.panel.close)
    return filter_sheet(
        words,
        which,
        typed,
        employees,
        today,
        words("filter.show", n=state.count, count=_count(words, state)),
        actions,
        focus=(stores.focus.types, stores.focus.rests),
        how_high=how_high,
    )


def _day(words: Words, text: str, today: date) -> date | None:
    """A day of the past: one without a year that would be still to come is last year's."""
    day = Pen(lambda: words).day_of(text, today)
    if day is None or day <= today or any(len(piece) == 4 and piece.isdigit() for piece in text.split()):
        return day
    return day.replace(year=day.year - 1) if "-" not in text else day


def _count(words: Words, state: CallsState) -> str:
    return fmt.number(words, state.count)


def _shown(words: Words, state: CallsState) -> str:
    """How many calls the list has in all."""
    if state.broken or not state.ready:
        return ""
    return words("calls.shown_many" if state.many else "calls.shown", n=state.count, count=_count(words, state))


def _read(words: Words, state: CallsState) -> str:
    """What keeps a search from finding all there is."""
    if not state.asked.text.strip() or state.broken:
        return ""
    if state.left is None:
        return words("calls.unread")
    if state.left:
        return words("calls.reading", n=state.left, count=fmt.number(words, state.left))
    return words("calls.scanned") if state.scanned else ""
