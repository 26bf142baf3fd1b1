"""What can be done with the team: an employee held and let go on, all calls held at once, a figure opened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import flet as ft

from client.insight import later
from client.insight.metrics import Metric
from client.insight.team import OwnFigure, trade_of
from client.models.business import Employee, EmployeeState
from client.models.ids import CallId, EmployeeId, LeadId, TaskId
from client.models.link import LinkState
from client.models.provenance import EvidenceRow
from client.state.team import Member, TeamState, TeamStore
from screens.activity import route_of_task
from screens.live import go, open_call
from screens.over import lay_over
from screens.routes import Route
from screens.row_sheet import row_sheet
from screens.stores import Stores
from widgets import buttons, parts
from widgets import format as fmt
from widgets.component import component, see
from widgets.employee_card import Hand
from widgets.figure_words import value_text, written
from widgets.numbers import Number
from widgets.provenance import Origin
from widgets.scaffold import Place
from widgets.sheet import body, fit, sheet, titled
from widgets.strings import Words
from widgets.theme import Layout

HOLDS: Final = "team.hold."
"""Begins the name of the panel that asks for how long; whom it holds follows."""

FIGURE: Final = "team.figure."
"""Begins the name of the panel with an employee's own figure: its id and the figure follow."""


def hand_of(stores: Stores, employee: Employee) -> Hand:
    """Front desk looks, and does not hold."""
    may = stores.role is not None and stores.role.may_supervise
    employee_id = employee.employee_id
    return Hand(
        on_open=lambda: go(stores, Route(place=Place.TEAM, page=employee_id)),
        on_hold=(lambda: stores.panel.open(f"{HOLDS}{employee_id}")) if may else None,
        on_go_on=partial(stores.edits.work.let_go_on, [employee_id]) if may else None,
    )


def receptionists(team: Sequence[Employee]) -> list[Employee]:
    """Those who take calls."""
    return [each for each in team if trade_of(each.kind, each.glyph) == "reception"]


def hold_all(stores: Stores, words: Words, *, wide: bool = True) -> ft.Control | None:
    """Hold all calls at one tap, or let them be answered again; until when is said on the card of who is held.

    Nothing for a role that may not, or where nobody takes calls.
    """
    team = receptionists(see(stores.business).state.employees)
    if stores.role is None or not stores.role.may_supervise:
        return None
    held = [each for each in team if each.state is EmployeeState.HELD]
    on = [each for each in team if each.state in (EmployeeState.ON, EmployeeState.TROUBLE)]
    if held and not on:
        ids = [each.employee_id for each in held]
        going = partial(stores.edits.work.let_go_on, ids)
        label = words("team.answer_again")
        return buttons.button("team.go_on", label, going, kind=buttons.Kind.PRIMARY, icon_name=ft.Icons.PLAY_ARROW)
    if not on:
        return None
    label = words("team.hold_all") if wide else words("team.hold_all_short")
    return buttons.button(
        "team.hold_all",
        label,
        partial(stores.edits.work.hold, [each.employee_id for each in on]),
        icon_name=ft.Icons.PAUSE_CIRCLE_OUTLINE,
        name=words("team.hold_all"),
    )


def numbers_of(
    stores: Stores, words: Words, store: TeamStore, member: Member, *, most: int, name: str = "team"
) -> list[Number]:
    """Its figures as the card shows them, each leading to its rows.  `name` begins their identifiers."""
    state, employee_id = store.state, member.employee.employee_id
    out = [
        Number(
            key=f"{name}.{employee_id}.{figure.metric}",
            label=words(f"team.short.{figure.metric}"),
            name=figure.figure.provenance.label,
            value=written(words, figure),
            on_open=partial(_open_shared, stores, state, employee_id, figure.metric),
        )
        for figure in member.shared
    ]
    out += [
        Number(
            key=f"{name}.{employee_id}.{own.own}",
            label=words(f"team.short.{own.own}"),
            name=own.figure.provenance.label,
            value=own_value(words, own),
            of=_of(words, own),
            on_open=partial(stores.panel.open, f"{FIGURE}{employee_id}.{own.own}"),
        )
        for own in member.own
    ]
    return out[:most]


def _of(words: Words, own: OwnFigure) -> str:
    """A rate says of how many it is, to who sees it and to who hears it."""
    if own.few is not None:
        return words("team.few_value", n=own.few)
    return words("team.of", n=fmt.number(words, own.among)) if own.among else ""


def own_value(words: Words, own: OwnFigure) -> str:
    value = own.figure.value
    if own.figure.unit == "time" and value is not None:
        return fmt.minutes_long(words, round(value / 60_000))
    return value_text(words, own.figure.unit, value)


def _open_shared(stores: Stores, state: TeamState, employee_id: EmployeeId, metric: Metric) -> None:
    stores.evidence.open(metric, state.chosen, employee_id)
    stores.panel.open_figure(metric)


@component
def team_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheets of the team: for how long to hold, and where one of its own figures comes from."""
    state = see(stores.panel).state
    link, now = see(stores.link).state, see(stores.ticks).now
    ours = see(stores.business).state
    team, today = see(stores.team).state, see(stores.team_today).state
    how_high = fit()
    dialog: ft.DialogControl | None = None
    if state.panel.startswith(HOLDS):
        named = state.panel.removeprefix(HOLDS)
        whom = next((each for each in ours.employees if each.employee_id == named), None)
        if whom is not None:
            rows = _holding(stores, words, whom, offline=link.state is not LinkState.ONLINE)
            head = _head(stores, words, words("team.hold_title", name=whom.name))
            content = titled(head, body(rows, how_high, key="team_hold.list", spacing=8))
            dialog = sheet(layout, content, stores.panel.close)
    elif state.panel.startswith(FIGURE):
        own = _own(state.panel.removeprefix(FIGURE), team if stores.router.route.place is Place.TEAM else today)
        if own is not None:
            value = own_value(words, own) if own.few is None else words("team.few_value", n=own.few)
            origin = Origin(provenance=own.figure.provenance, value=value, unit=own.figure.unit)
            dialog = row_sheet(stores, words, layout, origin, now, partial(_to_row, stores))
    return lay_over(stores, dialog)


def _head(stores: Stores, words: Words, title: str) -> ft.Control:
    close = buttons.icon_button("team_over.close", words("action.close"), ft.Icons.CLOSE, stores.panel.close)
    return ft.Row([ft.Container(parts.heading(title, size=18), expand=True), close])


def _holding(stores: Stores, words: Words, whom: Employee, *, offline: bool) -> list[ft.Control]:
    """For how long, each at one tap; what it means for callers, and when it takes effect without a connection."""
    ours, now = stores.business.state.business, stores.ticks.now
    opening = later.next_opening(ours, now) if ours else None

    async def hold(until: datetime | None) -> None:
        stores.panel.close()
        await stores.edits.work.hold([whom.employee_id], until)

    hour = now + timedelta(hours=1)
    ways: list[tuple[str, str, datetime | None]] = [
        ("forever", words("team.hold.forever"), None),
        ("hour", words("team.hold.hour", time=fmt.clock_time(words, hour)), hour),
    ]
    if whom.state is EmployeeState.HELD and whom.held_until is None:
        del ways[0]
    if opening is not None:
        ways.append(("opening", words("team.hold.opening", time=fmt.moment(words, opening, now)), opening))
    rows: list[ft.Control] = [parts.muted(words("team.hold_told"), size=14, height=1.45)]
    rows += [
        ft.Row([buttons.button(f"team.hold.{name}", label, partial(hold, until), expand=True)])
        for name, label, until in ways
    ]
    if offline:
        rows.append(parts.muted(words("team.hold_offline"), height=1.4))
    return rows


def _own(named: str, state: TeamState) -> OwnFigure | None:
    employee_id, _, own = named.rpartition(".")
    member = state.member(EmployeeId(employee_id))
    return next((each for each in member.own if each.own == own), None) if member else None


def _to_row(stores: Stores, row: EvidenceRow) -> None:
    stores.panel.close()
    if row.kind == "call":
        open_call(stores, CallId(row.row_id))
    elif row.kind == "lead":
        go(stores, Route(place=Place.LEADS, page=LeadId(row.row_id)))
    else:
        task = stores.team.task(TaskId(row.row_id))
        go(stores, (route_of_task(task) if task else None) or Route(place=Place.ACTIVITY))
