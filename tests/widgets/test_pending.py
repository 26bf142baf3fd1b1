"""Whatever is not settled says so in its row, to the eye and to the ear."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import flet as ft
import pytest

from client.insight.grid import Budget, Rows, week_grid
from client.insight.needs import Need, needs_of
from client.models.calls import Outcome
from client.models.tasks import TaskState
from tests import example_data as eg
from tests.harness import Harness
from tests.insight.test_needs import late
from tests.insight.test_team import lead
from widgets.call_row import past_row
from widgets.component import component
from widgets.grid_card import block_card
from widgets.grid_shape import shape_of
from widgets.lead_page import tasks_card
from widgets.need_row import brief_row
from widgets.strings import Words
from widgets.theme import layout_for

EN = Words(language="en", zone=eg.ZONE)
LAYOUT = layout_for(1440, 900)


def nothing(*_: object) -> None:
    return None


def task(pending: bool) -> ft.Control:
    return ft.Column(tasks_card(EN, [replace(late(1, 5), state=TaskState.OPEN, pending=pending)], eg.NOW))


def call(pending: bool) -> ft.Control:
    told = eg.past_call("c", "09:00", "Maria Gómez", Outcome.BOOKED, "Booked a cut.", pending=pending)
    return past_row(EN, told, nothing)


def block(pending: bool) -> ft.Control:
    one = eg.block("12:00", "Lunch", 60, "ana", source="manual")
    two = eg.block("12:00", "Lunch", 60, "luis", source="manual", pending=pending)
    rows = Rows(business=eg.BUSINESS, staff=tuple(eg.STAFF.values()), services=(), bookings=(), blocks=(one, two))
    grid = week_grid(rows, [eg.TODAY], Budget())
    (card,) = grid.columns[0].cards
    shape = shape_of(LAYOUT, 800, 800, grid.span, 1)
    return ft.Stack([block_card(EN, shape, 0, card, card.item, eg.STAFF)])  # type: ignore[arg-type]


def need(pending: bool) -> ft.Control:
    (one,) = needs_of(eg.NOW, tasks=[replace(late(1, 5), pending=pending)])
    return brief_row(EN, one, eg.NOW, nothing)


def lead_to_follow(pending: bool) -> ft.Control:
    due = replace(lead(2, 50, None), next_followup_at=eg.NOW - timedelta(hours=1), pending=pending)
    (one,) = (each for each in needs_of(eg.NOW, leads=[due]) if isinstance(each, Need))
    return brief_row(EN, one, eg.NOW, nothing)


@component
def shown(make: Callable[[bool], ft.Control], pending: bool) -> ft.Control:
    return make(pending)


def seen(window: Harness) -> bool:
    icons = [icon for icon in window.all(ft.Icon) if icon.semantics_label == "Waiting"]
    return bool(icons) or window.says("not sent yet")


def heard(window: Harness) -> bool:
    labels = [node.label or "" for node in window.all(ft.Semantics)]
    labels += [icon.semantics_label or "" for icon in window.all(ft.Icon)]
    return any("Waiting" in label or "not sent yet" in label for label in labels)


@pytest.mark.parametrize("make", [task, call, block, need, lead_to_follow])
async def test_a_row_with_a_change_that_is_not_settled_is_marked(make: Callable[[bool], ft.Control]) -> None:
    for pending in (True, False):
        async with Harness(width=1440, height=900) as window:
            await window.render(shown, make, pending)
            assert (seen(window), heard(window)) == (pending, pending)
