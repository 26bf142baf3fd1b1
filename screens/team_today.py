"""The team on Today: a card each with what it came to today, and the hand that holds it."""

from dataclasses import replace
from typing import Final

import flet as ft

from client.insight.metrics import Metric
from client.insight.team import Own
from client.models.link import LinkState
from client.state.team import Member
from screens.live import go
from screens.routes import Route
from screens.stores import Stores
from screens.team_hand import hand_of, hold_all, numbers_of
from widgets import buttons, parts
from widgets.buttons import Kind
from widgets.component import effect, memoized, see
from widgets.employee_card import employee_card
from widgets.scaffold import Place
from widgets.strings import Words

SHOWN: Final = frozenset(
    {
        *(Metric.ANSWERED.value, Metric.BOOKED.value, Metric.MISSED.value),
        *(Own.LEADS.value, Own.CONVERSIONS.value, Own.PIPELINE.value),
        *(Own.TASKS.value, Own.SAVED.value, Own.ACCURACY.value),
    }
)
"""Three figures of each trade."""


@memoized
def team_section(stores: Stores, words: Words, columns: int, scale: float) -> ft.Control:
    """In as many columns; in one column rows of one card.  Nothing where nobody works here."""
    effect(stores.team_today.begin, [], cleanup=stores.team_today.rest)
    state, ours = see(stores.team_today).state, see(stores.business).state
    offline = see(stores.link).state.state is not LinkState.ONLINE
    known = {member.employee.employee_id: member for member in state.members}
    members = [known.get(each.employee_id, Member(employee=each)) for each in ours.employees]
    if not members:
        return ft.Container(height=0)
    bare = columns == 1
    cards = [_card(stores, words, member, bare=bare, scale=scale, offline=offline) for member in members]
    link = buttons.button(
        "today.activity", words("place.activity"), lambda: go(stores, Route(place=Place.ACTIVITY)), kind=Kind.LINK
    )
    label = parts.section_label(words("today.team"), link)
    if bare:
        body: ft.Control = parts.card(ft.Column(parts.divided(cards), spacing=0, tight=True), padding=4)
    else:
        body = parts.abreast(cards[:columns], 14)
    return ft.Column([label, body], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _card(stores: Stores, words: Words, member: Member, *, bare: bool, scale: float, offline: bool) -> ft.Control:
    numbers = numbers_of(stores, words, stores.team_today, member, most=9, name="today_team")
    shown = [number for number in numbers if number.key.rpartition(".")[2] in SHOWN]
    return employee_card(
        words,
        member.employee,
        stores.ticks.now,
        bare=bare,
        numbers=shown,
        # Held from the head of Today or from the team's own place; let go on where it is seen to be held.
        hand=replace(hand_of(stores, member.employee), on_hold=None),
        scale=scale,
        identifier="today_employee",
        offline=offline,
    )


@memoized
def hold_button(stores: Stores, words: Words) -> ft.Control:
    """At the head of Today on a desktop."""
    return hold_all(stores, words) or ft.Container(width=0, height=0)
