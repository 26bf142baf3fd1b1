"""The team: a card for each AI employee, and one employee with everything that was done to it and by it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import flet as ft

from client.insight.task_minutes import minutes_by, told
from client.insight.team import trade_of
from client.models.business import Employee
from client.models.ids import EmployeeId
from client.models.link import LinkState
from client.state.team import Member, TeamState
from client.storage.activity import Entry
from screens.activity import opener
from screens.live import go, strip
from screens.routes import Route
from screens.stores import Stores
from screens.task_minutes import minutes_inputs
from screens.team_hand import hand_of, hold_all, numbers_of
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.activity_row import activity_row, line_of
from widgets.component import component, effect, keyed, see
from widgets.employee_card import employee_card
from widgets.history import history
from widgets.period_switch import PeriodActions, period_switch
from widgets.scaffold import Place, headed, one_column, page_head
from widgets.strings import Words
from widgets.theme import Layout

CARD_LEAST = 330
MOST_NUMBERS = 6
NUMBER_WIDTH = 84
ABREAST = 4
NUMBER_WIDE = 110
"""So many numbers stand on one line; more of them three on a line, so that none is left there alone."""
MINUTES = "employee_page.minutes"
"""What is unfolded where the owner says how long a task takes."""


@component
def team_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """All of them."""
    effect(stores.team.begin, [], cleanup=stores.team.rest)
    state = see(stores.team).state
    offline = see(stores.link).state.state is not LinkState.ONLINE
    hold = hold_all(stores, words, wide=not layout.is_phone)
    edge = layout.edge
    title = page_head(
        words,
        words("place.team"),
        words("team.told"),
        on_back=(lambda: go(stores, Route(place=Place.MORE))) if layout.is_phone else None,
        trailing=[hold] if hold and not layout.is_phone else None,
        back="team.back",
    )
    head = ft.Container(
        headed(layout, title, strip(stores, words), gap=12),
        padding=ft.Padding.only(left=edge + 2, right=edge, top=14),
    )
    rows: list[ft.Control] = []
    if hold and layout.is_phone:
        rows.append(ft.Row([hold]))
    rows.append(_period(stores, words, layout, state))
    rows += _cards(stores, words, layout, state, offline=offline)
    to_activity = buttons.button(
        "team.activity",
        words("team.activity"),
        lambda: go(stores, Route(place=Place.ACTIVITY)),
        kind=buttons.Kind.LINK,
        icon_name=ft.Icons.HISTORY,
    )
    if 1 < len(state.members) <= _columns(layout):
        rows += _lately(stores, words, state, to_activity)
    else:
        rows.append(ft.Row([to_activity]))
    listing = ft.ListView(
        rows,
        spacing=12,
        padding=ft.Padding.only(left=edge, right=edge, bottom=24),
        expand=True,
        key="team.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _period(
    stores: Stores, words: Words, layout: Layout, state: TeamState, identifier: str = "team_period"
) -> ft.Control:
    actions = PeriodActions(choose=stores.team.choose, types=stores.focus.types, rests=stores.focus.rests)
    today = fmt.local_day(words, stores.ticks.now)
    return period_switch(words, layout, state.chosen, today, actions, identifier=identifier)


def _cards(stores: Stores, words: Words, layout: Layout, state: TeamState, *, offline: bool) -> list[ft.Control]:
    if state.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return [notices.trouble("team.retry", *said, stores.repaint)]
    if not state.members:
        if not state.ready:
            return [notices.skeleton_rows(3, label=words("loading.team"))]
        return [notices.empty(words("team.none"), words("team.none_body"))]
    cards = [_card(stores, words, layout, member, offline=offline) for member in state.members]
    columns = _columns(layout)
    out: list[ft.Control] = []
    for at in range(0, len(cards), columns):
        group = cards[at : at + columns]
        group += [ft.Container(expand=True)] * (columns - len(group))
        out.append(parts.abreast(group, 14) if columns > 1 else ft.Row([group[0]]))
    return out


def _columns(layout: Layout) -> int:
    return 1 if layout.is_phone else max(1, min(3, int(layout.room / layout.text_scale // CARD_LEAST)))


def _lately(stores: Stores, words: Words, state: TeamState, to_activity: ft.Control) -> list[ft.Control]:
    """Under each of them what it did last, where all stand side by side."""
    team = {member.employee.employee_id: member.employee for member in state.members}
    now = stores.ticks.now
    columns: list[ft.Control] = []
    for member in state.members:
        rows = [_did(stores, words, team, entry, now) for entry in member.did]
        body = parts.divided(rows) or [ft.Container(parts.muted(words("activity.none")), padding=12)]
        columns.append(parts.card(ft.Column(body, spacing=0, tight=True), padding=4, expand=True))
    label = ft.Container(parts.section_label(words("team.lately"), to_activity), padding=ft.Padding.only(top=6))
    return [label, ft.Row(columns, spacing=14, vertical_alignment=ft.CrossAxisAlignment.START)]


def _did(stores: Stores, words: Words, team: Mapping[EmployeeId, Employee], entry: Entry, now: datetime) -> ft.Control:
    """Whose it is, its column says."""
    line = replace(line_of(words, entry.thing, team, now), who=None)
    return activity_row(words, f"team.did.{entry.key}", line, entry.at, opener(stores, words, entry), now=now)


def _card(stores: Stores, words: Words, layout: Layout, member: Member, name: str = "", *, offline: bool) -> ft.Control:
    """`name`: what its identifiers begin with, where it is the card of a page."""
    numbers = numbers_of(stores, words, stores.team, member, most=MOST_NUMBERS, name=name or "team")
    return employee_card(
        words,
        member.employee,
        stores.ticks.now,
        bare=False,
        numbers=numbers,
        hand=hand_of(stores, member.employee),
        scale=layout.text_scale,
        identifier=name or "employee",
        number_width=NUMBER_WIDTH if len(numbers) <= ABREAST else NUMBER_WIDE,
        offline=offline,
    )


@component
def employee_screen(stores: Stores, words: Words, layout: Layout, employee_id: EmployeeId) -> ft.Control:
    """One of them."""
    effect(stores.team.begin, [], cleanup=stores.team.rest)
    effect(lambda: stores.team.open(employee_id), [employee_id], cleanup=lambda: stores.team.open(None))
    state, shown = see(stores.team).state, see(stores.folds).names
    offline = see(stores.link).state.state is not LinkState.ONLINE
    member = state.member(employee_id)
    edge = layout.edge
    name = fmt.clipped(member.employee.name, 120) if member else words("team.employee")
    told = words(f"team.trade.{_trade(member)}") if member else None
    head = page_head(words, name, told, on_back=lambda: go(stores, Route(place=Place.TEAM)))
    about = _about(stores, words, layout, state, member, offline=offline, unfolded=MINUTES in shown)
    column = one_column(layout, about, spacing=12)
    return ft.ListView(
        [head, column],
        spacing=12,
        padding=ft.Padding.only(left=edge, right=edge, top=12, bottom=24),
        expand=True,
        key="employee.list",
    )


def _trade(member: Member) -> str:
    return trade_of(member.employee.kind, member.employee.glyph) or "other"


def _about(
    stores: Stores,
    words: Words,
    layout: Layout,
    state: TeamState,
    member: Member | None,
    *,
    offline: bool,
    unfolded: bool,
) -> list[ft.Control]:
    if member is None:
        if state.members or state.ready:
            return [notices.empty(words("team.missing"), words("team.missing_body"))]
        return [notices.skeleton_rows(3, label=words("loading.team"))]
    out: list[ft.Control] = [
        ft.Row([_card(stores, words, layout, member, "employee_page", offline=offline)]),
        _period(stores, words, layout, state, "employee_period"),
    ]
    if _trade(member) == "operations":
        out += _minutes(stores, words, state, unfolded=unfolded)
    out += history(words, state.events, stores.ticks.now, about=member.employee.employee_id)
    return out


def _minutes(stores: Stores, words: Words, state: TeamState, *, unfolded: bool) -> list[ft.Control]:
    """How time saved is counted, and where the owner says it otherwise."""
    out: list[ft.Control] = [parts.muted(told(minutes_by(state.said), "team.rule", words), height=1.4)]
    if state.said is None:
        return out
    out.append(
        ft.Row(
            [
                buttons.button(
                    MINUTES,
                    words("team.minutes"),
                    lambda: stores.folds.toggle(MINUTES),
                    kind=buttons.Kind.LINK,
                    icon_name=ft.Icons.EXPAND_LESS if unfolded else ft.Icons.EXPAND_MORE,
                )
            ]
        )
    )
    if unfolded:
        out.append(keyed("minutes.inputs", minutes_inputs, stores, words, state.said.task_minutes))
    if state.said.pending:
        out.append(parts.muted(words("market.pending")))
    return out
