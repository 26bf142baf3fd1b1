"""The morning review on screen over a real database: five things to all quiet, by button, swipe and key, offline."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from client.insight.health import Health, Level, LiveCall, Reason
from client.models.link import LinkState
from client.storage.database import Database
from screens.review_hand import needs_here
from screens.routes import Route, parse
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.team_rows import DAY, put_task, put_team, put_waiting, put_work
from tests.screens.test_large_text import grow
from tests.screens.test_leads import DESKTOP, PHONE, SIZES, read
from tests.state.conftest import ms
from widgets.scaffold import Place


@asynccontextmanager
async def review(
    open_app: Open, folder: Path, route: str = "/review", *, waits: bool = True, **size: float
) -> AsyncIterator[App]:
    kept: list[Database] = []

    def fill(stores: Any) -> None:
        kept.append(salon.open_salon(stores, folder))
        for each in (put_team, *([put_waiting] if waits else []), put_work):
            kept[0].write_blocking(each)
        stores.attach()

    async with open_app(fill, route=route, **size) as app:
        yield app
    kept[0].close()


def waiting(app: App) -> list[str]:
    """What waits, in its order."""
    found = [i.removeprefix("review.") for i in app.window.identifiers() if i.startswith("review.")]
    return [i for i in found if ":" in i and "." not in i]


@SIZES
async def test_the_dearest_wait_first_each_with_its_reason(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with review(open_app, tmp_path, **size) as app:
        assert waiting(app) == ["task:t-rosa", "lead:lead-hot", "lead:lead-late", "lead:lead-noor", "task:t-noor"]
        says = app.window.says
        assert says("Call back Rosa Lind") and says("expects a call; due since 08:41")
        assert says("Answer Hanna Vogt") and says("Sorted by what waiting costs")
        assert flaws(app.window) == []


async def test_five_things_to_all_quiet_and_back(open_app: Open, tmp_path: Path) -> None:
    async with review(open_app, tmp_path, **PHONE) as app:
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        await app.window.tap("review.task:t-rosa.done")
        await app.window.tap("review.lead:lead-hot.done")
        await app.window.tap("review.lead:lead-late.tomorrow")
        await app.window.tap("review.lead:lead-noor.next_week")
        await app.window.tap("review.task:t-noor.done")
        assert waiting(app) == [] and app.window.says("All quiet")
        assert read(app, "SELECT state FROM tasks WHERE id = 't-rosa'") == "done"
        assert read(app, "SELECT stage FROM leads WHERE id = 'lead-hot'") == "contacted"
        assert app.stores.waiting.state.waiting == 5
        await app.window.press_key("U")
        assert len(waiting(app)) == 5, "all of them are undone together"


@pytest.mark.parametrize(
    ("way", "state", "due"),
    [("done", "done", None), ("tomorrow", "open", eg.at("09:00", eg.TODAY.replace(day=eg.TODAY.day + 1)))],
)
async def test_a_follow_up_and_its_task_are_one_thing_and_go_and_come_back_together(
    open_app: Open, tmp_path: Path, way: str, state: str, due: datetime | None
) -> None:
    async with review(open_app, tmp_path, **PHONE) as app:
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        was, name = eg.NOW - 2 * DAY, "Follow up with Omar Haddad"
        database = app.stores.runtime.database
        assert database is not None
        await database.write(lambda conn: put_task(conn, "t-late", name, lead_id="lead-late", due_at=was))
        await app.window.settle()
        before = waiting(app)
        assert "lead:lead-late" in before and "task:t-late" not in before
        await app.window.tap(f"review.lead:lead-late.{way}")
        assert waiting(app) == [each for each in before if each != "lead:lead-late"]
        assert read(app, "SELECT next_followup_at FROM leads WHERE id = 'lead-late'") == (due and ms(due))
        assert read(app, "SELECT state FROM tasks WHERE id = 't-late'") == state
        assert read(app, "SELECT due_at FROM tasks WHERE id = 't-late'") == ms(due or was)
        await app.window.press_key("U")
        assert waiting(app) == before
        assert read(app, "SELECT state FROM tasks WHERE id = 't-late'") == "open"
        assert read(app, "SELECT next_followup_at FROM leads WHERE id = 'lead-late'") == ms(was)


async def test_a_swipe_is_done_or_tomorrow(open_app: Open, tmp_path: Path) -> None:
    async with review(open_app, tmp_path, **PHONE) as app:
        swiped = {str(c.key): c for c in app.window.all(ft.Dismissible)}
        right = {"direction": ft.DismissDirection.START_TO_END.value}
        await app.window.fire(swiped["review.task:t-rosa.swipe"], "confirm_dismiss", right)
        assert read(app, "SELECT state FROM tasks WHERE id = 't-rosa'") == "done"
        left = {"direction": ft.DismissDirection.END_TO_START.value}
        await app.window.fire(swiped["review.lead:lead-late.swipe"], "confirm_dismiss", left)
        assert "lead:lead-late" not in waiting(app)
        assert read(app, "SELECT next_followup_at FROM leads WHERE id = 'lead-late'") == int(
            eg.at("09:00", eg.TODAY.replace(day=eg.TODAY.day + 1)).timestamp() * 1000
        )


async def test_keys_go_through_the_list(open_app: Open, tmp_path: Path) -> None:
    async with review(open_app, tmp_path, **DESKTOP) as app:
        await app.window.press_key("E")
        assert waiting(app)[0] == "lead:lead-hot"
        await app.window.press_key("J")
        await app.window.press_key("L")
        assert waiting(app) == ["lead:lead-hot", "lead:lead-noor", "task:t-noor"]


async def test_each_opens_its_thing_and_each_figure_its_rows(open_app: Open, tmp_path: Path) -> None:
    async with review(open_app, tmp_path, **DESKTOP) as app:
        await app.window.tap("review.calls")
        assert app.window.find("evidence.call-booked") is not None
        await app.window.tap("provenance.close")
        await app.window.tap("review.spend")
        assert app.window.says("The charges of the calls that ended since the business closed.")
        app.stores.panel.close()
        await app.window.tap("review.lead:lead-noor")
        assert app.stores.router.route == Route(place=Place.LEADS, page="lead-noor")


async def test_nothing_waits_large_text(open_app: Open, tmp_path: Path) -> None:
    async with review(open_app, tmp_path, waits=False, **PHONE) as app:
        await grow(app.window, 2.0)
        assert app.window.says("All quiet") and app.window.says("calls were answered since you closed.")
        assert app.window.says("SINCE YOU CLOSED, SAT 22 NOV") and flaws(app.window) == []


@pytest.mark.parametrize("address", ["/review", "/review/anything"])
def test_addresses(address: str) -> None:
    assert parse(address) == Route(place=Place.REVIEW)


@pytest.mark.parametrize(("size", "beside"), [(PHONE, False), (DESKTOP, True)], ids=["phone", "desktop"])
async def test_what_is_done_about_a_thing_stands_beside_it_where_there_is_room(
    open_app: Open, tmp_path: Path, size: dict[str, float], beside: bool
) -> None:
    async with review(open_app, tmp_path, **size) as app:
        row, done, another = (
            around(app, f"review.{name}") for name in ("task:t-rosa", "task:t-rosa.done", "task:t-noor")
        )
        shared = [each for each in row if isinstance(each, ft.Row) and any(each is other for other in done)]
        own = [each for each in shared if not any(each is other for other in another)]
        assert bool(own) is beside


def around(app: App, identifier: str) -> tuple[object, ...]:
    return next(node.above for node in app.window.nodes() if node.control is app.window.named(identifier))


@pytest.mark.parametrize(("width", "beside"), [(390.0, False), (1024.0, False), (1440.0, True)])
async def test_the_night_stands_beside_the_list_where_there_is_room(
    open_app: Open, tmp_path: Path, width: float, beside: bool
) -> None:
    async with review(open_app, tmp_path, width=width, height=900.0) as app:
        assert app.window.says("Since you closed".upper()) and flaws(app.window) == []
        listing = next(each for each in app.window.all(ft.ListView) if each.key == "review.list")
        (column,) = listing.controls
        assert (isinstance(column, ft.Row) and len(column.controls) == 2) is beside


async def test_today_and_the_review_say_one_number_and_who_is_on_the_line(open_app: Open, tmp_path: Path) -> None:
    async with review(open_app, tmp_path, "/today", **PHONE) as app:
        angry = LiveCall(call=eg.call(), health=Health(level=Level.NEEDS_YOU, reason=Reason.EMERGENCY))
        app.stores.live.state = replace(app.stores.live.state, calls=(angry,))
        app.stores.ticks.now = eg.at("11:50")
        await app.window.settle()
        assert len(needs_here(app.stores)) == 6
        assert app.window.says("Morning review · 5 things wait") and app.window.says("NEEDS YOU · 5")
        assert app.window.says("Review all 5")
        await app.window.tap("today.review")
        assert app.window.says("NEEDS YOU · 5, AND 1 CALLER ON THE LINE")
