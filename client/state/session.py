"""Who is signed in, and signing in and out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import flet as ft

from client.api import health
from client.api.errors import (
    ApiError,
    NotFound,
    RateLimited,
    ServerFault,
    Unreachable,
    UpgradeRequired,
    WrongCredentials,
)
from client.models import link
from client.models.account import Identity
from client.models.encryption import Encryption
from client.models.reaching import signs_in
from client.models.removal import Removal
from client.platform import PlatformError
from client.state.runtime import BrowserAnswer, Keeping, OpenUrl, Runtime
from client.storage.errors import DatabaseTooNew, DiskFull, StorageError


class Way(StrEnum):
    """How somebody signs in."""

    DEMO = "demo"
    PASSWORD = "password"
    BROWSER = "browser"
    SWITCH = "switch"


class Trouble(StrEnum):
    """Why signing in did not work; the sentence is the catalogue's `sign_in.trouble.*`."""

    WRONG_CREDENTIALS = "wrong_credentials"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    SERVER_FAULT = "server_fault"
    NO_DEMO = "no_demo"
    UPGRADE = "upgrade"
    REFUSED = "refused"
    BROWSER_REFUSED = "browser_refused"
    BROWSER_UNANSWERED = "browser_unanswered"
    NO_BROWSER = "no_browser"
    STORAGE = "storage"
    DISK_FULL = "disk_full"
    TOO_NEW = "too_new"
    EMPTY = "empty"
    NO_ADDRESS = "no_address"
    NOT_REMOVED = "not_removed"


_ENDED = (link.Trouble.SESSION_REVOKED, link.Trouble.WRONG_ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """`busy`: the way that is being tried.  `wait_s`: how long the server asked to wait, for RATE_LIMITED.

    `unopened`: somebody is signed in, but their data cannot be opened.  `opening`: it is being tried again.
    `others`: who else is signed in here, the one used last first.  `adding`: another business is being signed in to.
    `demo`: whether the server offers it, None while not known.  `reachable`: None while not known.
    `ended`: the server ended the session, and the data is kept.  `revoked`: the device with it, and its data is gone.
    `removal`: what an earlier start had begun to remove, until the owner has read of it.
    """

    identity: Identity | None = None
    others: tuple[Identity, ...] = ()
    adding: bool = False
    keeping: Keeping = Keeping.MEMORY
    encryption: Encryption | None = None
    browser_offered: bool = False
    demo: bool | None = None
    reachable: bool | None = None
    busy: Way | None = None
    trouble: Trouble | None = None
    wait_s: float | None = None
    detail: str = ""
    ended: bool = False
    revoked: bool = False
    removal: Removal | None = None
    unopened: bool = False
    opening: bool = False


class SessionStore(ft.Observable):
    """`state.ended` and `state.revoked` are for the sign-in screen, which says why it is there."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.state = SessionState()
        self._given_up = asyncio.Event()
        self.look()

    def look(self) -> None:
        """Take over what the runtime says now."""
        identity = self._runtime.identity
        self.state = replace(
            self.state,
            identity=identity,
            others=tuple(each for each in self._runtime.identities if each != identity),
            keeping=self._runtime.keeping,
            encryption=self._runtime.encryption,
            browser_offered=self._runtime.browser_offered,
            unopened=self._is_unopened(),
            removal=self._runtime.removal,
            ended=identity is None and self._runtime.link.trouble in _ENDED,
            revoked=identity is None and self._runtime.link.trouble is link.Trouble.DEVICE_REVOKED,
        )

    def _is_unopened(self) -> bool:
        runtime = self._runtime
        return runtime.identity is not None and runtime.database is None and runtime.storage_error is not None

    async def ask_server(self) -> None:
        """Whether the server is there and offers the demo."""
        try:
            answer = await health.health(self._runtime.api)
        except ApiError:
            self.state = replace(self.state, reachable=False)
            return
        self.state = replace(self.state, reachable=True, demo=answer.demo)

    async def sign_in_demo(self) -> None:
        await self._try(Way.DEMO, self._runtime.sign_in_demo)

    async def sign_in_password(self, email: str, password: str) -> None:
        if not email.strip() or not password:
            self.state = replace(self.state, trouble=Trouble.EMPTY)
            return
        if not signs_in(email):
            self.state = replace(self.state, trouble=Trouble.NO_ADDRESS)
            return
        await self._try(Way.PASSWORD, lambda: self._runtime.sign_in_password(email.strip(), password))

    async def sign_in_browser(self, open_url: OpenUrl | None) -> None:
        async def ask() -> None:
            self._given_up = asyncio.Event()
            answer = await self._runtime.sign_in_browser(open_url, self._given_up)
            trouble = {
                BrowserAnswer.REFUSED: Trouble.BROWSER_REFUSED,
                BrowserAnswer.UNANSWERED: Trouble.BROWSER_UNANSWERED,
            }.get(answer)
            self.state = replace(self.state, trouble=trouble)

        await self._try(Way.BROWSER, ask)

    def give_browser_up(self) -> None:
        """Nobody will answer: another way can be tried at once."""
        self._given_up.set()

    def put_removal_away(self) -> None:
        self._runtime.put_removal_away()
        self.look()

    def add_another(self) -> None:
        """Sign in to another business; who is signed in stays so."""
        self.state = replace(self.state, adding=True, trouble=None, ended=False)

    def stop_adding(self) -> None:
        self.state = replace(self.state, adding=False, trouble=None, ended=False)

    async def switch(self, identity: Identity) -> None:
        """Show another business; where its session has ended, ask to sign in to it again."""
        if self.state.busy is not None:
            return
        self.state = replace(self.state, busy=Way.SWITCH)
        try:
            there = await self._runtime.switch(identity)
        except PlatformError:
            there = False
        finally:
            self.look()
            self.state = replace(self.state, busy=None)
        self.state = replace(self.state, adding=not there, ended=not there)

    async def sign_out(self, *, discard: bool = False) -> None:
        """What cannot be removed now is said where somebody signs in, and removed by the next start."""
        self.state = replace(self.state, busy=Way.PASSWORD, trouble=None)
        trouble: Trouble | None = None
        try:
            await self._runtime.sign_out(discard=discard)
        except PlatformError:
            trouble = Trouble.NOT_REMOVED
        finally:
            self.look()
            self.state = replace(self.state, busy=None, ended=False, trouble=trouble)

    async def try_storage_again(self) -> None:
        await self._open(self._runtime.try_storage_again)

    async def repair_storage(self) -> None:
        await self._open(self._runtime.repair_storage)

    async def _open(self, attempt: Callable[[], Awaitable[None]]) -> None:
        if self.state.opening:
            return
        self.state = replace(self.state, opening=True)
        try:
            await attempt()
        finally:
            self.look()
            self.state = replace(self.state, opening=False)

    async def _try(self, way: Way, sign_in: Callable[[], Awaitable[None]]) -> None:
        if self.state.busy is not None:
            return
        self.state = replace(self.state, busy=way, trouble=None, wait_s=None, detail="")
        try:
            await sign_in()
        except (ApiError, PlatformError, StorageError) as error:
            trouble, wait_s, detail = _classify(error)
            self.state = replace(self.state, trouble=trouble, wait_s=wait_s, detail=detail)
        except asyncio.CancelledError:
            self.state = replace(self.state, busy=None)
            raise
        self.look()
        self.state = replace(self.state, busy=None, adding=self.state.adding and self.state.trouble is not None)


def _classify(error: Exception) -> tuple[Trouble, float | None, str]:
    match error:
        case WrongCredentials():
            return Trouble.WRONG_CREDENTIALS, None, ""
        case Unreachable():
            return Trouble.UNREACHABLE, None, ""
        case RateLimited():
            return Trouble.RATE_LIMITED, error.retry_after_s, ""
        case NotFound():
            return Trouble.NO_DEMO, None, ""
        case UpgradeRequired():
            return Trouble.UPGRADE, None, ""
        case ServerFault():
            return Trouble.SERVER_FAULT, error.retry_after_s, ""
        case ApiError():
            return Trouble.REFUSED, None, error.detail
        case PlatformError():
            return Trouble.NO_BROWSER, None, ""
        case DiskFull():
            return Trouble.DISK_FULL, None, ""
        case DatabaseTooNew():
            return Trouble.TOO_NEW, None, ""
        case _:
            return Trouble.STORAGE, None, ""
