"""Calls that were in progress when the device last heard of them, too long ago to be called live."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from client.models.link import LinkState, LinkStatus, Trouble
from client.state.link import LIVE_FOR
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import CALL, App, Open, open_call
from tests.screens.flaws import flaws
from tests.state.conftest import put_call

SIZES = pytest.mark.parametrize("size", [{}, {"width": 1440.0, "height": 900.0}], ids=["phone", "desktop"])
JUST = LIVE_FOR - timedelta(seconds=1)
LONG = timedelta(days=1)


def offline(ago: timedelta) -> LinkStatus:
    return eg.link(LinkState.OFFLINE, as_of=eg.NOW - ago, trouble=Trouble.UNREACHABLE)


def with_a_call(
    open_app: Open, folder: Path, ago: timedelta, route: str = "/today", **size: float
) -> AbstractAsyncContextManager[App]:
    """Over a real database with one call in it that has no end."""

    def fill(stores: Stores) -> None:
        salon.open_salon(stores, folder)
        database = stores.runtime.database
        assert database is not None
        database.write_blocking(lambda conn: put_call(conn, eg.call()))
        stores.runtime.link = offline(ago)  # type: ignore[misc]
        stores.attach()

    return open_app(fill, route=route, **size)


@SIZES
@pytest.mark.parametrize("route", ["/today", "/calls"])
async def test_what_was_heard_of_a_day_ago_is_not_live(
    open_app: Open, tmp_path: Path, route: str, size: dict[str, float]
) -> None:
    async with with_a_call(open_app, tmp_path, LONG, route, **size) as app:
        assert app.window.says("was in progress at Sun 23 Nov 12:41")
        assert app.window.find("live.call-live") is None and app.window.find("live_bar") is None
        assert not app.window.says("it goes on while you are offline")
        assert flaws(app.window) == []
        await app.window.tap("lost.call-live")
        assert app.stores.router.route.call_id == "call-live"


async def test_a_call_is_live_until_it_was_not_heard_of_for_longer_than_calls_last(
    open_app: Open, tmp_path: Path
) -> None:
    async with with_a_call(open_app, tmp_path, JUST) as app:
        assert app.window.find("live.call-live") is not None and app.window.find("live_bar") is not None
        app.hand.go(2)
        app.stores.tick()
        await app.window.settle()
        assert app.window.find("lost.call-live") is not None and app.window.find("live_bar") is None
        app.stores.link.show(eg.link())
        app.stores.tick()
        await app.window.settle()
        assert app.window.find("live.call-live") is not None


@SIZES
async def test_nothing_is_done_in_a_call_that_was_lost_sight_of(open_app: Open, size: dict[str, float]) -> None:
    async with open_app(open_call, route=CALL, **size) as app:
        app.stores.link.show(offline(JUST))
        await app.window.settle()
        assert app.window.find("call.take_over") is not None and app.window.says("Reconnecting. Last word heard")
        app.stores.link.show(offline(LONG))
        await app.window.settle()
        assert app.window.says("In progress when last heard of, Sun 23 Nov 12:41.")
        assert app.window.says("Without a connection nothing can be done in this call")
        for hand in ("call.take_over", "call.end", "call.whisper", "call.send"):
            assert app.window.find(hand) is None
        assert app.window.says("No end heard") and not app.window.says("Reconnecting")
        await app.window.press_key("T")
        assert app.stores.command.state.asking is None
        assert flaws(app.window) == []
        app.stores.link.show(eg.link())
        await app.window.settle()
        assert app.window.find("call.take_over") is not None
