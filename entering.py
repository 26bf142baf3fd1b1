"""The ways in: demo, password, and asking in the system browser."""

import asyncio
import secrets as randomness
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING

from client.clock import Clock
from client.platform import detect
from client.state.runtime import BrowserAnswer, OpenUrl

if TYPE_CHECKING:
    from client.api.auth import Device, SignedIn
    from client.api.connection import Api
    from client.platform.browser import Consent

CONSENT_TIMEOUT_S = 300.0

Ask = Callable[["Api"], Awaitable["SignedIn"]]
"""Asks the server for a session.  Raises ApiError."""


def with_demo() -> Ask:
    from client.api import auth

    return lambda api: auth.demo(api, device=_this_device())


def with_password(email: str, password: str) -> Ask:
    from client.api import auth

    return lambda api: auth.sign_in(api, email=email, password=password, device=_this_device())


async def in_browser(
    api: "Api", clock: Clock, open_url: OpenUrl | None, given_up: asyncio.Event
) -> Ask | BrowserAnswer:
    """What to ask with once the owner has allowed it on the consent page, or how else that ended.

    Raises PlatformError.
    """
    from client.api import auth
    from client.platform.browser import Granted, Refused
    from client.platform.browser.loopback import LoopbackBrowser

    state = randomness.token_urlsafe(24)
    pkce = auth.pkce_pair(clock.random_bits)
    asked = LoopbackBrowser().ask(
        lambda redirect_uri: auth.authorize_url(api, redirect_uri=redirect_uri, state=state, pkce=pkce),
        state=state,
        timeout_s=CONSENT_TIMEOUT_S,
        open_url=open_url,
    )
    match await _unless(given_up, asked):
        case Granted(code=code, redirect_uri=redirect_uri):
            return lambda api: auth.exchange_code(
                api, code=code, pkce=pkce, redirect_uri=redirect_uri, device=_this_device()
            )
        case Refused():
            return BrowserAnswer.REFUSED
        case None:
            return BrowserAnswer.GIVEN_UP
        case _:
            return BrowserAnswer.UNANSWERED


async def _unless(given_up: asyncio.Event, asked: Coroutine[None, None, "Consent"]) -> "Consent | None":
    """What was answered; None when it was given up first, and then nobody listens any longer."""
    asking, stopping = asyncio.ensure_future(asked), asyncio.ensure_future(given_up.wait())
    try:
        await asyncio.wait((asking, stopping), return_when=asyncio.FIRST_COMPLETED)
        return asking.result() if asking.done() else None
    finally:
        asking.cancel()
        stopping.cancel()


def _this_device() -> "Device":
    from client.api.auth import Device

    return Device(name=detect.device_name(), platform=detect.platform_name())
