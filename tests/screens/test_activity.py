"""The team's feed on screen over a real database: by day, of everybody or of one, paged, live."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from client.state.activity import PAGE
from client.storage.database import Database
from screens.routes import Route, parse
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.team_rows import put_pipeline, put_team, put_work
from tests.screens.test_large_text import grow
from tests.screens.test_leads import DESKTOP, PHONE, SIZES
from tests.state.conftest import ms
from tests.storage.rows import CALL, put
from widgets.scaffold import Place


@asynccontextmanager
async def activity(open_app: Open, folder: Path, route: str = "/activity", **size: float) -> AsyncIterator[App]:
    kept: list[Database] = []

    def fill(stores: Any) -> None:
        kept.append(salon.open_salon(stores, folder))
        for each in (put_team, put_pipeline, put_work):
            kept[0].write_blocking(each)
        stores.attach()

    async with open_app(fill, route=route, **size) as app:
        yield app
    kept[0].close()


def lines(app: App) -> list[str]:
    return [i.removeprefix("activity.") for i in app.window.identifiers() if i.startswith("activity.")]


@SIZES
async def test_what_they_did_newest_first(open_app: Open, tmp_path: Path, size: dict[str, float]) -> None:
    async with activity(open_app, tmp_path, **size) as app:
        says = app.window.says
        assert says("Luna booked Priya Shah, 15:45") and says("from a call")
        assert says("Sent 6 reminders for Tuesday, Nov 25") and says("See you tomorrow at 14:00.")
        assert says("Noor Haddad moved to Qualified") and says("Luna is now: On")
        assert says("was missed")
        assert says("TODAY") and says("YESTERDAY")
        assert flaws(app.window) == []


async def test_each_line_opens_its_thing(open_app: Open, tmp_path: Path) -> None:
    async with activity(open_app, tmp_path, **PHONE) as app:
        for line, route in (
            ("call-missed", Route(place=Place.CALLS, call_id=eg.PAST[1].call_id)),
            ("e-moved", Route(place=Place.LEADS, page="lead-noor")),
            ("b-24-1545-mia", Route(place=Place.BOOKINGS, day=eg.TODAY, booking_id=eg.BOOKINGS[5].booking_id)),
        ):
            await app.window.arrive("/activity")
            await app.window.tap(f"activity.{line}")
            assert app.stores.router.route == route
        await app.window.arrive("/activity")
        await app.window.tap("activity.m-flora")
        assert app.stores.router.route.customer_id == "c-maria"


async def test_of_one_employee(open_app: Open, tmp_path: Path) -> None:
    async with activity(open_app, tmp_path, **DESKTOP) as app:
        await app.window.tap("activity.who.e-flora")
        assert not app.window.says("Priya Shah") and app.window.says("Sent 6 reminders for Tuesday, Nov 25")
        await app.window.tap("activity.who.everybody")
        assert app.window.says("Luna booked Priya Shah, 15:45")


async def test_many_are_paged_and_what_happens_now_is_drawn(open_app: Open, tmp_path: Path) -> None:
    async with activity(open_app, tmp_path, **DESKTOP) as app:

        def many(conn: Any) -> None:
            for n in range(3 * PAGE):
                at = ms(eg.NOW - timedelta(minutes=n))
                row = {**CALL, "id": f"many-{n:03d}", "started_at": at, "ended_at": at, "outcome": "info_provided"}
                put(conn, "calls", row)

        await app.runtime.database.write(many)  # type: ignore[union-attr]
        await app.window.settle()
        seen = [line for line in lines(app) if line.startswith("many-")]
        assert seen[0] == "many-000" and len(seen) <= 60
        await app.window.tap("activity.older")
        older = [line for line in lines(app) if line.startswith("many-")]
        assert not set(seen) & set(older) and older[0] > seen[-1] and len(older) <= 60
        await app.window.tap("activity.newer")
        assert [line for line in lines(app) if line.startswith("many-")] == seen
        await app.runtime.database.write(  # type: ignore[union-attr]
            lambda conn: put(
                conn, "calls", {**CALL, "id": "just-now", "started_at": ms(eg.NOW), "ended_at": ms(eg.NOW)}
            )
        )
        await app.window.settle()
        assert "just-now" in lines(app)


async def test_nothing_yet_and_large_text(open_app: Open, tmp_path: Path) -> None:
    async with activity(open_app, tmp_path, **PHONE) as app:
        await grow(app.window, 2.0)
        assert flaws(app.window) == []

        def nothing(conn: Any) -> None:
            for table in ("calls", "tasks", "events", "messages", "bookings"):
                conn.execute(f"DELETE FROM {table}")

        await app.runtime.database.write(nothing)  # type: ignore[union-attr]
        await app.window.settle()
        assert app.window.says("Nothing was done yet")


async def test_what_an_employee_did_who_is_no_more_is_still_told(open_app: Open, tmp_path: Path) -> None:
    async with activity(open_app, tmp_path, **PHONE) as app:
        await app.runtime.database.write(lambda conn: conn.execute("DELETE FROM employees"))  # type: ignore[union-attr]
        await app.window.settle()
        assert app.window.says("Your team booked Priya Shah, 15:45")
        assert app.window.says("Sent 6 reminders for Tuesday, Nov 25")


@pytest.mark.parametrize("address", ["/activity", "/activity/anything"])
def test_addresses(address: str) -> None:
    assert parse(address) == Route(place=Place.ACTIVITY)
