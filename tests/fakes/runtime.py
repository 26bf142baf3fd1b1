"""A runtime without a server: who is signed in is a field, what the stores ask for is written down."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from client.api.connection import Api
from client.clock import Clock
from client.models.account import Identity, Tokens
from client.models.encryption import Encryption
from client.models.ids import CallId
from client.models.link import LinkStatus, Thrift
from client.models.removal import Removal
from client.state.runtime import BrowserAnswer, Keeping, Listener, OpenUrl
from client.storage import unsent
from client.storage.database import Database
from client.storage.errors import StorageError
from tests import example_data as eg


class HandClock:
    """Time that stands still until `go` moves it.  `sleep` waits until the time has come."""

    def __init__(self) -> None:
        self.now = eg.NOW
        self.elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, monotonic=lambda: self.elapsed, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.elapsed + seconds, woken))
        await woken.wait()

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.elapsed += seconds
        due = [entry for entry in self._sleepers if entry[0] <= self.elapsed]
        self._sleepers = [entry for entry in self._sleepers if entry[0] > self.elapsed]
        for _, woken in due:
            woken.set()


@dataclass(kw_only=True)
class FakeRuntime:
    """`refusal` is how each way of signing in fails, and signing out; `leftover`: how that ends without having failed.

    `storage_mends`: whether the next try to open the data works.
    `answers`: whether the server takes what is sent, `sends` what that does to the database.
    """

    clock: Clock
    api: Api
    database: Database | None = None
    storage_error: StorageError | None = None
    identity: Identity | None = eg.IDENTITY
    others: tuple[Identity, ...] = ()
    link: LinkStatus = field(default_factory=eg.link)
    keeping: Keeping = Keeping.KEYCHAIN
    encryption: Encryption | None = Encryption.ON
    removal: Removal | None = None
    browser_offered: bool = True
    answer: BrowserAnswer = BrowserAnswer.SIGNED_IN
    refusal: Exception | None = None
    leftover: Exception | None = None
    storage_mends: bool = True
    answers: bool = True
    sends: Callable[[sqlite3.Connection], object] = lambda _: None
    listeners: list[Listener] = field(default_factory=list[Listener])
    watched: dict[int, tuple[CallId, ...]] = field(default_factory=dict[int, tuple[CallId, ...]])
    kicks: int = 0
    seen: bool = True
    thrift: Thrift | None = None
    tried: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    async def sign_in_demo(self) -> None:
        await self._enter("demo")

    async def sign_in_password(self, email: str, password: str) -> None:
        await self._enter("password", email, password)

    async def sign_in_browser(self, open_url: OpenUrl | None, given_up: asyncio.Event | None = None) -> BrowserAnswer:
        del open_url
        if self.answer is BrowserAnswer.GIVEN_UP:
            assert given_up
            await given_up.wait()
        if self.answer is BrowserAnswer.SIGNED_IN:
            await self._enter("browser")
        return self.answer

    @property
    def identities(self) -> tuple[Identity, ...]:
        return (*((self.identity,) if self.identity else ()), *self.others)

    def put_removal_away(self) -> None:
        self.removal = None

    def unsent(self) -> int:
        return self.database.read(unsent.count) if self.database else 0

    async def send_waiting(self) -> bool:
        self.tried.append(("send",))
        if self.database is not None:
            await self.database.write(self.sends)
        self.tell_account()
        return self.answers

    async def switch(self, identity: Identity) -> bool:
        self.tried.append(("switch", identity.account_id))
        if self.refusal is not None:
            raise self.refusal
        if identity not in self.others:
            return False
        self.others = tuple(each for each in self.identities if each != identity)
        self.identity = identity
        self.tell_account()
        return True

    async def sign_out(self, *, discard: bool = False) -> None:
        self.tried.append(("sign out", "discard" if discard else "keep"))
        if self.refusal is not None:
            raise self.refusal
        self.identity, self.others = (self.others[0] if self.others else None), self.others[1:]
        self.tell_account()
        if self.leftover is not None:
            raise self.leftover

    async def try_storage_again(self) -> None:
        self._reopen("try storage again")

    async def repair_storage(self) -> None:
        self._reopen("repair storage")

    def watch(self, watcher: object, calls: Collection[CallId]) -> None:
        self.watched[id(watcher)] = tuple(calls)

    def kick(self) -> None:
        self.kicks += 1

    async def in_sight(self, seen: bool) -> None:
        self.seen = seen
        if seen:
            self.kick()

    def spare(self, thrift: Thrift | None) -> None:
        self.thrift = thrift

    def listen(self, listener: Listener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell_account(self) -> None:
        for listener in list(self.listeners):
            listener.account_changed()

    def _reopen(self, how: str) -> None:
        self.tried.append((how,))
        if not self.storage_mends:
            return
        self.storage_error, self.link = None, eg.link()
        self.tell_account()

    async def _enter(self, *what: str) -> None:
        self.tried.append(what)
        if self.refusal is not None:
            raise self.refusal
        self.identity = eg.IDENTITY
        self.tell_account()


class KeptTokens:
    """A token store that already holds a session."""

    async def load(self) -> Tokens | None:
        return Tokens(access="a", refresh="r", expires_at_ms=1 << 60, device_id="d", session_id="s")

    async def save(self, tokens: Tokens) -> None:
        del tokens

    async def clear(self) -> None:
        return None


def answering(answer: Callable[[httpx.Request], httpx.Response], clock: Clock) -> Api:
    """The real connection, signed in, over a transport that answers with `answer`."""
    return Api("http://test", tokens=KeptTokens(), clock=clock, transport=httpx.MockTransport(answer))
