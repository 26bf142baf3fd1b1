"""A window with the app in it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

import screens.sheets  # noqa: F401 - as in an app that has been open for a moment
from screens.app import mount
from screens.stores import Stores
from tests.fakes.runtime import FakeRuntime, HandClock
from tests.harness import Harness
from tests.screens import scenes

CALL = "/calls/call-live"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The mounted app: what it draws, its stores, the runtime under it, its clock."""

    window: Harness
    stores: Stores
    runtime: FakeRuntime
    hand: HandClock


Open = Callable[..., AbstractAsyncContextManager[App]]


def open_call(stores: Stores) -> None:
    scenes.full(stores)
    scenes.call(stores)


@asynccontextmanager
async def opened(
    fill: Callable[[Stores], None] = scenes.full,
    *,
    route: str = "/today",
    width: float = 390,
    height: float = 844,
    answer: Callable[[httpx.Request], httpx.Response] = scenes.no_server,
    replies: dict[str, Any] | None = None,
) -> AsyncIterator[App]:
    """`replies`: what the client answers when it is asked."""
    hand = HandClock()
    async with Harness(width=width, height=height, route=route, replies=replies) as window:
        stores = scenes.build(hand.clock(), answer)
        fill(stores)
        await window.run(lambda page: mount(page, stores))
        assert isinstance(stores.runtime, FakeRuntime)
        yield App(window=window, stores=stores, runtime=stores.runtime, hand=hand)
        await stores.runtime.api.aclose()


@pytest.fixture
def open_app() -> Open:
    return opened
