"""A call that is over, or that nobody answered, leads back to the caller: rung by a telephone, copied elsewhere."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft
import pytest

from client.models.calls import Call, Outcome
from client.models.ids import CallId
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.conftest import App, Open
from tests.screens.test_leads import SIZES

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


def asked(app: App, method: str) -> list[str]:
    return [str(arguments) for name, arguments in app.window.calls if name == method]


@SIZES
async def test_a_computer_copies_the_number_and_opens_what_rings_there(open_app: Open, size: dict[str, float]) -> None:
    async with open_app(over(MISSED), route=ROUTE, replies={"can_launch_url": True}, **size) as app:
        assert app.window.find("call.follow_up") is not None
        await app.window.tap("call.call_back")
        assert "+14155550142" in asked(app, "set")[0]
        assert "tel:+14155550142" in asked(app, "launch_url")[0]
        assert app.window.says("The number is copied: +1 415 555 0142") or app.window.says(f"is copied: {PHONE}")


async def test_where_nothing_rings_the_number_is_copied_all_the_same(open_app: Open) -> None:
    async with open_app(over(MISSED), route=ROUTE, replies={"can_launch_url": False}) as app:
        await app.window.tap("call.call_back")
        assert len(asked(app, "set")) == 1 and asked(app, "launch_url") == []
        assert app.window.says("The number is copied")


@pytest.mark.parametrize("platform", [ft.PagePlatform.ANDROID, ft.PagePlatform.IOS])
async def test_a_telephone_rings(open_app: Open, platform: ft.PagePlatform) -> None:
    async with open_app(over(MISSED), route=ROUTE) as app:
        app.window.page.platform = platform
        await app.window.tap("call.call_back")
        assert "tel:+14155550142" in asked(app, "launch_url")[0] and asked(app, "set") == []
        assert not app.window.says("The number is copied")


@pytest.mark.parametrize(
    "call", [replace(MISSED, caller_phone=None), replace(MISSED, outcome=Outcome.SPAM)], ids=["no number", "spam"]
)
async def test_nobody_is_rung_where_there_is_nobody(open_app: Open, call: Call) -> None:
    async with open_app(over(call), route=ROUTE) as app:
        assert app.window.find("call.call_back") is None and app.window.find("call.follow_up") is not None


async def test_a_call_in_progress_is_not_rung_back(open_app: Open) -> None:
    async with open_app(over(eg.call(caller_phone=PHONE)), route=ROUTE, width=1440, height=900) as app:
        assert app.window.find("call.call_back") is None
