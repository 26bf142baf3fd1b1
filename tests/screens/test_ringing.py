"""A call that is over, a client and a lead lead to who is behind them: rung by a telephone, copied elsewhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import flet as ft
import pytest

from client.models.calls import Call, Outcome
from client.models.ids import CallId
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.test_customer import visit
from tests.screens.test_leads import SIZES, leads

ROUTE = "/calls/call-live"
PHONE = "+1 (415) 555-0142"
MISSED = replace(
    eg.PAST[0],
    call_id=CallId("call-live"),
    caller_phone=PHONE,
    answered_at=None,
    outcome=Outcome.MISSED,
    summary=None,
)


def over(call: Call) -> Callable[[Stores], None]:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        scenes.call(stores, call, ())

    return fill


def told(app: App) -> list[ft.Text]:
    return [text for text in app.window.all(ft.Text) if "The number is copied" in (text.value or "")]


def asked(app: App, method: str) -> list[str]:
    return [str(arguments) for name, arguments in app.window.calls if name == method]


async def of_call(open_app: Open, folder: Path, size: dict[str, float]) -> AsyncIterator[App]:
    del folder
    async with open_app(over(MISSED), route=ROUTE, **size) as app:
        yield app


async def of_customer(open_app: Open, folder: Path, size: dict[str, float]) -> AsyncIterator[App]:
    async with visit(open_app, folder, "/customers/c-maria", **size) as shop:
        await shop.write(lambda conn: conn.execute("UPDATE customers SET phone = ? WHERE id = 'c-maria'", (PHONE,)))
        yield shop.app


async def of_lead(open_app: Open, folder: Path, size: dict[str, float]) -> AsyncIterator[App]:
    async with leads(open_app, folder, "/leads/lead-noor", **size) as app:
        database = app.stores.runtime.database
        assert database is not None
        await database.write(lambda conn: conn.execute("UPDATE leads SET phone = ? WHERE id = 'lead-noor'", (PHONE,)))
        await app.window.settle()
        yield app


Of = Callable[[Open, Path, dict[str, float]], AsyncIterator[App]]
EVERYWHERE = pytest.mark.parametrize(
    ("of", "button"),
    [(of_call, "call.call_back"), (of_customer, "customer.call"), (of_lead, "lead.call")],
    ids=["call", "customer", "lead"],
)


@EVERYWHERE
@SIZES
async def test_a_computer_copies_the_number_and_opens_what_rings_there(
    open_app: Open, tmp_path: Path, size: dict[str, float], of: Of, button: str
) -> None:
    async with asynccontextmanager(of)(open_app, tmp_path, size) as app:
        app.window.replies["can_launch_url"] = True
        await app.window.tap(button)
        assert "'+14155550142'" in asked(app, "set")[0]
        assert "tel:+14155550142'" in asked(app, "launch_url")[0]
        assert app.window.says("The number is copied: +1 415 555 0142")
        assert any(s.live_region and s.content in told(app) for s in app.window.all(ft.Semantics)), "and is heard"
        assert flaws(app.window) == []


@EVERYWHERE
async def test_where_nothing_rings_the_number_is_copied_all_the_same(
    open_app: Open, tmp_path: Path, of: Of, button: str
) -> None:
    async with asynccontextmanager(of)(open_app, tmp_path, {}) as app:
        app.window.replies["can_launch_url"] = False
        await app.window.tap(button)
        assert len(asked(app, "set")) == 1 and asked(app, "launch_url") == []
        assert len(told(app)) == 1


@EVERYWHERE
@pytest.mark.parametrize("platform", [ft.PagePlatform.ANDROID, ft.PagePlatform.IOS])
async def test_a_telephone_rings(
    open_app: Open, tmp_path: Path, platform: ft.PagePlatform, of: Of, button: str
) -> None:
    async with asynccontextmanager(of)(open_app, tmp_path, {}) as app:
        app.window.page.platform = platform
        await app.window.tap(button)
        assert "tel:+14155550142'" in asked(app, "launch_url")[0] and asked(app, "set") == []
        assert told(app) == []


async def test_of_another_number_nothing_was_copied(open_app: Open, tmp_path: Path) -> None:
    async with visit(open_app, tmp_path, "/customers/c-maria") as shop:
        await shop.app.window.tap("customer.call")
        assert len(told(shop.app)) == 1
        await shop.write(lambda conn: conn.execute("UPDATE customers SET phone = '+4930123' WHERE id = 'c-maria'"))
        assert told(shop.app) == []


@pytest.mark.parametrize(
    "call", [replace(MISSED, caller_phone=None), replace(MISSED, outcome=Outcome.SPAM)], ids=["no number", "spam"]
)
async def test_nobody_is_rung_where_there_is_nobody(open_app: Open, call: Call) -> None:
    async with open_app(over(call), route=ROUTE) as app:
        assert app.window.find("call.call_back") is None and app.window.find("call.follow_up") is not None


async def test_a_call_in_progress_is_not_rung_back(open_app: Open) -> None:
    async with open_app(over(eg.call(caller_phone=PHONE)), route=ROUTE, width=1440, height=900) as app:
        assert app.window.find("call.call_back") is None
