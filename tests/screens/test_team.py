"""The team on screen over a real database: cards with figures that open to their rows, held and let go on, offline."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from client.models.account import Role
from client.models.ids import EmployeeId
from client.models.link import LinkState
from client.state.session import SessionState
from client.storage.database import Database
from screens.routes import Route, parse
from tests import example_data as eg
from tests import figures_book
from tests.screens import salon
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.team_rows import put_pipeline, put_task, put_team, put_work
from tests.screens.test_large_text import grow
from tests.screens.test_leads import DESKTOP, PHONE, SIZES, read
from widgets import theme
from widgets.scaffold import Place


@asynccontextmanager
async def team(open_app: Open, folder: Path, route: str = "/team", **size: float) -> AsyncIterator[App]:
    kept: list[Database] = []

    def fill(stores: Any) -> None:
        kept.append(salon.open_salon(stores, folder))
        for each in (put_team, put_pipeline, put_work):
            kept[0].write_blocking(each)
        stores.attach()

    async with open_app(fill, route=route, **size) as app:
        yield app
    kept[0].close()


def said(app: App) -> str:
    return app.window.named("undo.said").label or ""


def bar_icons(app: App) -> list[Any]:
    return [icon.icon for icon in app.window.all(ft.Icon) if icon.color == theme.ON_BAR]


@SIZES
async def test_a_card_for_each_with_its_own_figures(open_app: Open, tmp_path: Path, size: dict[str, float]) -> None:
    async with team(open_app, tmp_path, **size) as app:
        for name in ("Luna", "Jade", "Flora"):
            assert app.window.says(name)
        spoken = app.window.named("team.e-luna.answered").label or ""
        assert spoken.startswith("Calls answered: ")
        assert app.window.says("satisfied, 0 answers"), "too few are said to be"
        assert (app.window.named("team.e-flora.saved").label or "") == "Time saved: 10 min"
        assert flaws(app.window) == []


async def test_each_figure_opens_to_its_rows(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **DESKTOP) as app:
        await app.window.tap("team.e-luna.missed")
        assert app.window.says("Missed calls") or app.window.says("Calls missed")
        assert app.window.find("evidence.call-missed") is not None
        await app.window.tap("provenance.close")
        await app.window.tap("team_period.year")
        await app.window.tap("team.e-jade.pipeline")
        assert app.window.says("$1,060") and app.window.find("evidence.lead-noor") is not None
        await app.window.tap("evidence.lead-noor")
        assert app.stores.router.route == Route(place=Place.LEADS, page="lead-noor")


async def test_under_each_stands_what_it_did_last_where_they_stand_side_by_side(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **DESKTOP) as app:
        luna, jade = (app.stores.team.state.member(EmployeeId(each)) for each in ("e-luna", "e-jade"))
        assert luna and luna.did and jade and jade.did
        last = luna.did[0]
        assert app.window.find(f"team.did.{jade.did[0].key}") is not None
        assert app.window.says("Everything they did") and app.window.says("WHAT THEY DID LAST")
        await app.window.tap(f"team.did.{last.key}")
        assert app.stores.router.route.place in (Place.CALLS, Place.BOOKINGS)
    (tmp_path / "phone").mkdir()
    async with team(open_app, tmp_path / "phone", **PHONE) as app:
        assert not app.window.says("WHAT THEY DID LAST"), "on a phone the activity is a tap away"


@SIZES
async def test_each_task_behind_a_figure_leads_on(open_app: Open, tmp_path: Path, size: dict[str, float]) -> None:
    async with team(open_app, tmp_path, **size) as app:
        database = app.runtime.database
        assert database is not None

        def more(conn: sqlite3.Connection) -> None:
            done = {"state": "done", "outcome": "ok", "employee_id": "e-flora", "done_at": eg.NOW}
            put_task(conn, "t-one", "Rang back", call_id="call-booked", **done)
            put_task(conn, "t-two", "Wrote to her", call_id="call-booked", **done)
            put_task(conn, "t-lead", "Asked again", lead_id="lead-noor", **done)

        await database.write(more)
        await app.window.settle()
        for task, route in (
            ("t-one", Route(place=Place.CALLS, call_id=eg.PAST[0].call_id)),
            ("t-two", Route(place=Place.CALLS, call_id=eg.PAST[0].call_id)),
            ("t-lead", Route(place=Place.LEADS, page="lead-noor")),
            ("t-reminders", Route(place=Place.ACTIVITY)),
        ):
            await app.window.arrive("/team")
            await app.window.tap("team.e-flora.tasks")
            await app.window.tap(f"evidence.{task}")
            assert app.stores.router.route == route
            for sheet in list(app.window.page._dialogs.controls):
                await app.window.fire(sheet, "dismiss")


async def test_a_rate_says_of_how_many_it_is(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **PHONE) as app:
        assert app.window.says("right, of 1") and app.window.says("quality, of 1")
        spoken = [app.window.named(f"team.{each}").label for each in ("e-flora.accuracy", "e-jade.quality")]
        assert spoken == ["Done right: 100 %, of 1", "Lead quality: 62, of 1"]
        assert app.window.named("team.e-luna.satisfied").label == "Callers who were satisfied: –, 0 answers"
        await app.window.tap("team.e-flora.accuracy")
        assert app.window.says("from 1 task: one more or less changes it much")


@SIZES
async def test_all_calls_are_held_in_one_tap_and_answered_again(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with team(open_app, tmp_path, **size) as app:
        await app.window.tap("team.hold_all")
        assert read(app, "SELECT state FROM employees WHERE id = 'e-luna'") == "held"
        assert app.window.says("on hold, no end set")
        assert read(app, "SELECT state FROM employees WHERE id = 'e-jade'") == "on", "she takes no calls"
        await app.window.tap("employee.e-luna.until")
        assert app.window.says("Hold Luna: for how long?") and app.window.find("team.hold.forever") is None
        await app.window.tap("team.hold.hour")
        assert app.window.says("on hold until 13:41")
        assert flaws(app.window) == []
        await app.window.tap("team.go_on")
        assert read(app, "SELECT state FROM employees WHERE id = 'e-luna'") == "on"


async def test_one_tap_on_today_holds_all_calls_and_is_taken_back(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, route="/today", **DESKTOP) as app:
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        await app.window.tap("team.hold_all")
        assert read(app, "SELECT state FROM employees WHERE id = 'e-luna'") == "held"
        assert app.window.says("hold not in effect yet")
        assert app.window.says("Your change to Luna waits for the server.")
        assert not app.window.says("Luna is not answering")
        assert said(app) == "Luna will be held when there is a connection"
        assert app.window.named("undo").label == "Undo: Luna will be held when there is a connection"
        assert ft.Icons.CHECK not in bar_icons(app), "no tick at what is not so yet"
        await app.window.tap("undo")
        assert said(app) == "Undone: Hold Luna"
        assert read(app, "SELECT state FROM employees WHERE id = 'e-luna'") == "on"


async def test_one_is_held_until_the_business_opens_and_offline_that_is_said(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **DESKTOP) as app:
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        await app.window.tap("employee.e-jade.hold")
        assert app.window.says("You are offline. It takes effect when the server hears of it")
        await app.window.tap("team.hold.opening")
        assert app.window.says("on hold until Tue 25 Nov 09:00")
        assert said(app) == "When there is a connection, Jade will be held until Tue 09:00"
        await app.window.press_key("U")
        assert read(app, "SELECT state FROM employees WHERE id = 'e-jade'") == "on"


async def test_offline_nobody_is_said_to_be_held_or_to_go_on_before_the_server_knows(
    open_app: Open, tmp_path: Path
) -> None:
    async with team(open_app, tmp_path, **PHONE) as app:
        database = app.runtime.database
        assert database is not None
        await database.write(lambda conn: conn.execute("UPDATE employees SET state = 'held' WHERE id = 'e-jade'"))
        await app.window.settle()
        await app.window.tap("employee.e-luna.hold")
        await app.window.tap("team.hold.forever")
        assert said(app) == "Luna is held" and ft.Icons.CHECK in bar_icons(app)
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        await app.window.settle()
        assert said(app) == "Luna will be held when there is a connection"
        await app.window.tap("employee.e-jade.go_on")
        assert said(app) == "2 changes, in effect when there is a connection"
        app.stores.edits.put_away()
        await app.window.tap("employee.e-luna.go_on")
        assert said(app) == "Luna goes on", "she was never held: both together come to nothing"
        await app.window.tap("undo.close")


async def test_one_employee_with_what_was_done_to_it(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **PHONE) as app:
        await app.window.tap("employee.e-luna")
        assert app.window.page.route == "/team/e-luna"
        assert app.window.says("Answers the phone and books") and app.window.says("Now: On, was Held")
        assert flaws(app.window) == []
        await app.window.tap("back")
        assert app.window.page.route == "/team"
        await app.window.arrive("/team/e-flora")
        assert app.window.says("Round of reminders 10 min")
        await app.window.arrive("/team/e-holly")
        assert app.window.says("This employee does not work here any more")


@SIZES
async def test_the_owner_s_own_minutes_are_counted_at_once_and_told_apart(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with team(open_app, tmp_path, route="/team/e-flora", **size) as app:
        assert app.window.says("Time saved is counted by rule: Round of reminders 10 min")
        database = app.runtime.database
        assert database is not None
        await database.write(lambda conn: figures_book.say(conn, None, None, None, reminder_minutes=95))
        await app.window.settle()
        assert app.window.says("by your own minutes: Round of reminders 95 min. By rule: Request for a review 3 min")
        assert flaws(app.window) == []
        assert (app.window.named("employee_page.e-flora.saved").label or "") == "Time saved: 1 h 35 min"
        await app.window.tap("employee_page.e-flora.saved")
        assert app.window.says("Your own minutes for a task of these kinds: Round of reminders 95 min. By rule: ")
        assert app.window.says("your own minutes")
        spoken = app.window.named("evidence.t-reminders").label or ""
        assert spoken.endswith("1 h 35 min, your own minutes"), spoken
        await app.window.tap("provenance.close")
        assert app.window.find("minutes.save") is None
        await app.window.tap("employee_page.minutes")
        await app.window.type("minutes.reminder", "20")
        await app.window.tap("minutes.save")
        await app.window.settle()
        assert (app.window.named("employee_page.e-flora.saved").label or "") == "Time saved: 20 min"
        assert app.window.says("Kept on this device; it is sent when there is a connection.")
        assert flaws(app.window) == []
        await app.window.press_key("U")
        assert (app.window.named("employee_page.e-flora.saved").label or "") == "Time saved: 1 h 35 min"
        await app.window.tap("employee_page.minutes")
        assert app.window.find("minutes.save") is None


async def test_the_front_desk_is_shown_the_rule_and_no_inputs(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, route="/team/e-flora", **PHONE) as app:
        database = app.runtime.database
        assert database is not None
        await database.write(lambda conn: figures_book.say(conn, None, None, None, reminder_minutes=95))
        app.stores.session.state = SessionState(identity=replace(eg.IDENTITY, role=Role.FRONT_DESK))
        app.stores.team.refresh()
        await app.window.settle()
        assert app.window.says("Time saved is counted by rule: ")
        assert app.window.find("employee_page.minutes") is None


async def test_front_desk_looks_and_does_not_hold(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **DESKTOP) as app:
        identity = replace(eg.IDENTITY, role=Role.FRONT_DESK)
        app.stores.session.state = SessionState(identity=identity)
        app.stores.team.refresh()
        await app.window.settle()
        assert app.window.find("team.hold_all") is None and app.window.find("employee.e-luna.hold") is None
        assert app.window.find("team.e-luna.revenue_booked") is None and app.window.find("team.e-jade.pipeline") is None


async def test_trouble_large_text_and_nobody(open_app: Open, tmp_path: Path) -> None:
    async with team(open_app, tmp_path, **PHONE) as app:
        database = app.runtime.database
        assert database is not None
        await database.write(
            lambda conn: conn.execute("UPDATE employees SET state = 'trouble', trouble = 'no text messages'")
        )
        await grow(app.window, 2.0)
        assert app.window.says("since 09:02: no text messages") and flaws(app.window) == []
        await database.write(lambda conn: conn.execute("DELETE FROM employees"))
        await app.window.settle()
        assert app.window.says("No AI employees yet")


@pytest.mark.parametrize(
    ("address", "route"),
    [("/team", Route(place=Place.TEAM)), ("/team/e-1", Route(place=Place.TEAM, page="e-1"))],
)
def test_addresses(address: str, route: Route) -> None:
    assert parse(address) == route
    assert parse(str(route)) == route
