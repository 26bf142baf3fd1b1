"""Everything the team did, newest first, by day; each line opens its thing."""

from collections.abc import Callable

import flet as ft

from client.models.bookings import Booking, Message
from client.models.business import Employee
from client.models.calls import Call
from client.models.events import Event
from client.models.ids import EmployeeId, LeadId
from client.models.tasks import Task
from client.state.activity import ActivityState
from client.storage.activity import Entry
from screens.live import go, strip
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.activity_row import activity_row, line_of
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import component, effect, keyed, memoized, see
from widgets.scaffold import Place, headed, one_column, page_head
from widgets.strings import Words
from widgets.theme import Layout

EVERYBODY = "everybody"


@component
def activity_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The place, bound to the stores."""
    effect(stores.activity.begin, [], cleanup=stores.activity.rest)
    state = see(stores.activity).state
    team = see(stores.business).state.employees
    edge = layout.edge
    title = page_head(
        words,
        words("place.activity"),
        words("activity.told"),
        on_back=lambda: go(stores, Route(place=Place.MORE)),
        back="activity.back",
    )
    head = ft.Container(
        ft.Column(
            [headed(layout, title, strip(stores, words)), _who(stores, words, team, state.employee_id)],
            spacing=0,
            tight=True,
        ),
        padding=ft.Padding.only(left=edge + 2, right=edge, top=14, bottom=6),
    )
    listing = ft.ListView(
        [one_column(layout, _body(stores, words, state))],
        padding=ft.Padding.only(left=edge, right=edge, bottom=24),
        expand=True,
        # Another page begins at its top.
        key=f"activity.list.{state.number}",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _who(stores: Stores, words: Words, team: tuple[Employee, ...], chosen: EmployeeId | None) -> ft.Control:
    options = [Option(name=EVERYBODY, label=words("activity.everybody"), chosen=chosen is None)]
    options += [
        Option(name=each.employee_id, label=fmt.clipped(each.name, 40), chosen=each.employee_id == chosen)
        for each in team
    ]

    def choose(name: str) -> None:
        stores.activity.choose(None if name == EVERYBODY else EmployeeId(name))

    return choice(words("activity.who"), "activity.who", options, choose)


def _body(stores: Stores, words: Words, state: ActivityState) -> list[ft.Control]:
    if state.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return [notices.trouble("activity.retry", *said, stores.repaint)]
    if not state.days and not state.ready:
        return [notices.skeleton_rows(6, label=words("loading.activity"))]
    if not state.days:
        return [notices.empty(words("activity.none"), words("activity.none_body"))]
    out: list[ft.Control] = []
    if state.number:
        newer = buttons.button("activity.newer", words("activity.newer"), stores.activity.newer, kind=Kind.LINK)
        out.append(ft.Row([newer]))
    for day in state.days:
        name = fmt.day_named(words, day.day, state.today) if state.today else fmt.day_long(words, day.day)
        out.append(ft.Container(parts.section_label(name), padding=ft.Padding.only(top=6)))
        rows = [keyed(f"did-{entry.key}", entry_row, stores, words, entry) for entry in day.entries]
        out.append(parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4))
    if state.more:
        older = buttons.button("activity.older", words("activity.older"), stores.activity.older, kind=Kind.LINK)
        out.append(ft.Row([older]))
    return out


@memoized
def entry_row(stores: Stores, words: Words, entry: Entry) -> ft.Control:
    """One line, which leads to what it is about."""
    team = {each.employee_id: each for each in see(stores.business).state.employees}
    line = line_of(words, entry.thing, team, stores.ticks.now)
    return activity_row(words, f"activity.{entry.key}", line, entry.at, opener(stores, words, entry))


def opener(stores: Stores, words: Words, entry: Entry) -> Callable[[], object] | None:
    """What opens the thing of an entry; None where nothing more is known of it."""
    route = _route_of(words, entry)
    return (lambda: go(stores, route)) if route else None


def _route_of(words: Words, entry: Entry) -> Route | None:
    match entry.thing:
        case Call() as call:
            return Route(place=Place.CALLS, call_id=call.call_id)
        case Booking() as booking:
            day = fmt.local_day(words, booking.starts_at)
            return Route(place=Place.BOOKINGS, day=day, booking_id=booking.booking_id)
        case Task() as task:
            return route_of_task(task)
        case Event() as event:
            return Route(place=Place.LEADS, page=LeadId(event.subject_id)) if event.subject_kind == "leads" else None
        case Message() as message:
            return Route(place=Place.BOOKINGS, customer_id=message.customer_id) if message.customer_id else None


def route_of_task(task: Task) -> Route | None:
    """To the call, the lead or the client it is about."""
    if task.call_id:
        return Route(place=Place.CALLS, call_id=task.call_id)
    if task.lead_id:
        return Route(place=Place.LEADS, page=task.lead_id)
    return Route(place=Place.BOOKINGS, customer_id=task.customer_id) if task.customer_id else None
