"""What runs below the screens of one process: who is signed in, their database, the connection, the sync engine.

One DeviceRuntime serves all sessions (windows, tabs) of the process and is the Runtime their stores are built on.  It
owns every long-lived task; a session only listens.  Nothing here knows Flet.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import accounts
import entering
from accounts import AccountTokens, EnteringTokens, KeptSession
from client.clock import Clock
from client.config import Config
from client.models.account import Identity
from client.models.calls import PartialTurn
from client.models.encryption import Encryption
from client.models.ids import CallId
from client.models.link import LinkState, LinkStatus, Thrift, Trouble
from client.models.removal import Removal
from client.platform import PlatformError, detect
from client.state.runtime import BrowserAnswer, Keeping, Listener, OpenUrl
from client.storage.database import Database
from client.storage.driver import Key
from client.storage.errors import StorageError
from entering import Ask
from open_account import NOBODY, OpenAccount
from people import People
from showing import Showing

if TYPE_CHECKING:
    import httpx

    from client.api.connection import Api
    from client.api.sockets import OpenSocket
    from sync.engine import Engine
    from sync.indexing import Indexing
    from sync.session import SessionWatch


class DeviceRuntime:
    """`open` it, `start` it when the first frame is out, `close` it.

    `transport` and `sockets` are the seams of `Api`, for tests; None is the network.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        sockets: "OpenSocket | None" = None,
    ) -> None:
        self.config = config
        self.clock = clock or Clock()
        self._transport = transport
        self._sockets = sockets
        self._people = People(config)
        self._showing = Showing(config, self.clock, self._people, self._new_api)
        self._entering: Api | None = None
        self._listeners: list[Listener] = []
        self._wishes: dict[object, frozenset[CallId]] = {}
        self._started = False
        self._thrift: Thrift | None = None
        self._changing = asyncio.Lock()
        self._leaving: asyncio.Task[None] | None = None

    # --- what the stores look at -----------------------------------------------------------------------------------
    @property
    def api(self) -> "Api":
        """The connection of who is signed in, else one that can only sign in."""
        if self._account is not None:
            return self._account.api
        if self._entering is None:
            self._entering = self._new_api(EnteringTokens())
        return self._entering

    @property
    def database(self) -> Database | None:
        return self._account.database if self._account else None

    @property
    def identity(self) -> Identity | None:
        return self._account.identity if self._account else None

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everybody who is signed in on this device, the one used last first."""
        return self._people.identities

    @property
    def link(self) -> LinkStatus:
        return self._showing.link

    @property
    def storage_error(self) -> StorageError | None:
        """Why the signed-in person's database is not open, None where it is."""
        return self._showing.storage_error

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged database was put when this process opened it; a fresh one has taken its place."""
        return self._showing.set_aside

    @property
    def encryption(self) -> Encryption | None:
        """Whether the data of who is signed in is encrypted, or why not."""
        return self._showing.encryption

    @property
    def _account(self) -> OpenAccount | None:
        return self._showing.account

    @property
    def keeping(self) -> Keeping:
        return self._people.keeping

    @property
    def keychain_trouble(self) -> str | None:
        """Why the keychain is not used, None where it is."""
        return self._people.keychain_trouble

    @property
    def secrets_trouble(self) -> PlatformError | None:
        """What kept the session from being read or kept, None mostly."""
        return self._people.secrets_trouble

    @property
    def removal(self) -> Removal | None:
        """What an earlier process had begun to remove and this one went on with, until the owner knows."""
        return self._people.removal

    def put_removal_away(self) -> None:
        self._people.removal = None

    @property
    def browser_offered(self) -> bool:
        return not detect.is_phone()

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def watch(self, watcher: object, calls: Collection[CallId]) -> None:
        self._wishes.pop(watcher, None)
        if calls:
            self._wishes[watcher] = frozenset(calls)
        self._pass_on_wishes()

    def kick(self) -> None:
        if self._account and (hears := self._account.engine or self._account.watch):
            hears.kick()

    async def in_sight(self, seen: bool) -> None:
        """On a phone nobody else looks when its owner does not; elsewhere other windows may be open."""
        engine = self._account.engine if self._account else None
        if engine is not None and detect.is_phone():
            # A file that cannot be written is told of by whoever has something to write.
            with contextlib.suppress(StorageError):
                await engine.background(not seen)
        elif seen:
            self.kick()

    def spare(self, thrift: Thrift | None) -> None:
        """Of a phone; elsewhere a window may be shown by another device than the one that this runs on."""
        self._thrift = thrift if detect.is_phone() else None
        if self._account and self._account.engine:
            self._account.engine.spare(self._thrift)

    # --- life ------------------------------------------------------------------------------------------------------
    async def open(self) -> None:
        """Find out who is signed in and open their database.  What goes wrong is a state, nothing is raised."""
        await asyncio.to_thread(accounts.prepare, self.config)
        identity = await self._people.meet()
        if self._people.secrets_trouble is not None:
            return
        if identity is not None:
            await self._showing.open(identity)
        self._tell(lambda listener: listener.account_changed())

    async def open_before_page(self) -> None:
        """`open`, except on a phone, whose secure storage needs a page."""
        if not detect.is_phone():
            await self.open()

    async def enter_page(self) -> None:
        """A session has begun and its page is current: on a phone, the moment for what `open_before_page` left out."""
        if detect.is_phone():
            await (self.open() if self._people.keeper is None else self.choose_secrets())

    async def choose_secrets(self) -> None:
        """Decide where secrets rest; on a phone, in the secure storage of the current page."""
        await self._people.choose_secrets()

    async def kept_identity(self) -> Identity | None:
        """Who was signed in last time, without opening anything.  Raises PlatformError."""
        return await self._people.kept_identity()

    async def key_of(self, identity: Identity, *, make: bool = True) -> tuple[Key | None, Encryption | None]:
        """What this account's data is encrypted with, made if there is none yet; or why it is not."""
        return await self._people.key_of(identity, make=make)

    def start(self) -> None:
        """Let the sync engine run, now and for whoever signs in later.  Harmless twice.

        Where the data cannot be opened, only whether the session lasts is asked.
        """
        self._started = True
        account = self._account
        if account is None or account.running is not None:
            return
        if account.database is None:
            account.watch = self._new_watch()
            account.running = asyncio.create_task(self._hear_the_end(account.watch), name="session")
            return
        account.engine = self.new_engine(account.database)
        if self._thrift is not None:
            account.engine.spare(self._thrift)
        account.running = asyncio.create_task(account.engine.run(), name="sync")
        account.indexing = asyncio.create_task(self._new_indexing(account.database).run(), name="index calls")
        self._pass_on_wishes()

    async def close(self) -> None:
        async with self._changing:
            self._started = False
            await self._showing.shut()
            if self._leaving is not None:
                self._leaving.cancel()
            if self._entering is not None:
                await self._entering.aclose()
                self._entering = None

    # --- a database that does not open -----------------------------------------------------------------------------
    async def try_storage_again(self) -> None:
        """Open the signed-in person's database, if it is not; `storage_error` says how that went."""
        await self._reopen(afresh=False)

    async def repair_storage(self) -> None:
        """As `try_storage_again`, with a fresh file: what is there is moved to `set_aside`, and nothing is deleted."""
        await self._reopen(afresh=True)

    # --- signing in and out ----------------------------------------------------------------------------------------
    async def sign_in_demo(self) -> None:
        await self._enter(entering.with_demo())

    async def sign_in_password(self, email: str, password: str) -> None:
        await self._enter(entering.with_password(email, password))

    async def sign_in_browser(self, open_url: OpenUrl | None, given_up: asyncio.Event | None = None) -> BrowserAnswer:
        ask = await entering.in_browser(self.api, self.clock, open_url, given_up or asyncio.Event())
        if isinstance(ask, BrowserAnswer):
            return ask
        await self._enter(ask)
        return BrowserAnswer.SIGNED_IN

    def unsent(self) -> int:
        """How many changes would be lost with the account's data."""
        return self._account.unsent() if self._account else 0

    async def send_waiting(self) -> bool:
        """Send now what may be sent; False when some of it could not be.  Raises StorageError."""
        engine = self._account.engine if self._account else None
        return engine is not None and await engine.send()

    async def switch(self, identity: Identity) -> bool:
        """Show another account that is signed in here; False, and nothing done, when it no longer is."""
        async with self._changing:
            session = await self._people.keeper.of(identity) if self._people.keeper else None
            if session is None or self._people.keeper is None:
                return False
            await self._people.keeper.show(session.identity)
            await self._showing.show(session.identity)
        self._shown()
        return True

    async def sign_out(self, *, discard: bool = False) -> None:
        """End the session and remove the account's data; with unsent changes, or unopened, it stays, locked away.

        `discard`: it goes all the same.  Whoever else is signed in is shown next.
        """
        await self.leave(discard=discard)

    async def leave(self, *, discard: bool = False) -> bool:
        """As `sign_out`; False when the server could not be told, so that the session there ends by itself."""
        async with self._changing:
            account = self._account
            if account is None:
                return True
            try:
                return await self._showing.leave(account, discard=discard)
            finally:
                if self._account is not account:
                    self._shown()

    async def remove_revoked(self) -> None:
        """The server has said that this device was revoked: nothing of who is signed in stays on it."""
        async with self._changing:
            if self._account is not None:
                await self._showing.shred(self._account, replace(NOBODY, trouble=Trouble.DEVICE_REVOKED))
        self._tell(lambda listener: listener.account_changed())

    # --- inside ----------------------------------------------------------------------------------------------------
    def new_engine(self, db: Database) -> "Engine":
        from sync.engine import Engine

        return Engine(
            db=db,
            api=self.api,
            clock=self.clock,
            on_status=self._link_changed,
            on_partial=self._partial_heard,
            lock_path=db.path.with_name(accounts.LOCK),
        )

    def _new_watch(self) -> "SessionWatch":
        from sync.session import SessionWatch

        return SessionWatch(self.api, self.clock)

    async def _hear_the_end(self, watch: "SessionWatch") -> None:
        trouble = await watch.run()
        self._link_changed(replace(NOBODY, trouble=trouble))

    def _new_indexing(self, db: Database) -> "Indexing":
        from sync.indexing import Indexing

        return Indexing(db, self.clock)

    def _new_api(self, tokens: AccountTokens | EnteringTokens) -> "Api":
        from client.api.connection import Api
        from client.api.sockets import open_socket

        return Api(
            self.config.api_url,
            tokens=tokens,
            clock=self.clock,
            transport=self._transport,
            sockets=self._sockets or open_socket,
        )

    async def _enter(self, ask: Ask) -> None:
        """Sign in and switch to that account.  Raises ApiError, PlatformError; then everything is as before."""
        async with self._changing:
            if self._people.keeper is None:
                await self.choose_secrets()
            assert self._people.keeper
            api = self._new_api(EnteringTokens())
            try:
                signed_in = await ask(api)
            finally:
                await api.aclose()
            await self._people.make_room(signed_in.identity)
            await self._people.keep(KeptSession(identity=signed_in.identity, tokens=signed_in.tokens))
            await self._showing.show(signed_in.identity)
        self._shown()

    def _shown(self) -> None:
        """Another account, or another state of it, is there to be seen."""
        self._tell(lambda listener: listener.account_changed())
        if self._started:
            self.start()

    async def _reopen(self, *, afresh: bool) -> None:
        async with self._changing:
            tried = await self._showing.reopen(afresh=afresh)
        if tried:
            self._shown()

    def _pass_on_wishes(self) -> None:
        if self._account and self._account.engine:
            self._account.engine.watch(frozenset[CallId]().union(*self._wishes.values()))

    def _link_changed(self, link: LinkStatus) -> None:
        self._showing.link = link
        self._tell(lambda listener: listener.link_changed(link))
        if link.state is LinkState.SIGNED_OUT and self._account is not None and self._leaving is None:
            self._leaving = asyncio.create_task(self._locked_out(self._account, link), name="locked out")

    async def _locked_out(self, account: OpenAccount, link: LinkStatus) -> None:
        """The server ended the session."""
        async with self._changing:
            self._leaving = None
            if not await self._showing.end(account, link):
                return
        self._tell(lambda listener: listener.account_changed())

    def _partial_heard(self, partial: PartialTurn) -> None:
        self._tell(lambda listener: listener.partial_heard(partial))

    def _tell(self, what: Callable[[Listener], None]) -> None:
        for listener in tuple(self._listeners):
            what(listener)
