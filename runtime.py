"""What runs below the screens of one process: who is signed in, their database, the connection, the sync engine.

One DeviceRuntime serves all sessions (windows, tabs) of the process and is the Runtime their stores are built on.  It
owns every long-lived task; a session only listens.  Nothing here knows Flet.
"""

import asyncio
import contextlib
import secrets as randomness
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import accounts
import wiping
from accounts import AccountTokens, EnteringTokens, KeptSession, SessionKeeper
from client.clock import Clock
from client.config import Config
from client.models.account import Identity
from client.models.calls import PartialTurn
from client.models.ids import CallId
from client.models.link import LinkState, LinkStatus
from client.platform import PlatformError, detect
from client.platform.secrets.memory import MemorySecrets
from client.state.runtime import BrowserAnswer, Keeping, Listener, OpenUrl
from client.storage.database import Database, move_aside
from client.storage.errors import StorageError, trouble_of, unusable
from open_account import NOBODY, OpenAccount, open_account

if TYPE_CHECKING:
    import httpx

    from client.api.auth import Device, SignedIn
    from client.api.connection import Api
    from client.api.sockets import OpenSocket
    from sync.engine import Engine

CONSENT_TIMEOUT_S = 300.0


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
        self.keychain_trouble: str | None = None
        """Why the keychain is not used, None where it is."""
        self.secrets_trouble: PlatformError | None = None
        """What kept the session from being read or kept, None mostly."""
        self.storage_error: StorageError | None = None
        """Why the signed-in person's database is not open, None where it is."""
        self.set_aside: Path | None = None
        """Where a damaged database was put when this process opened it; a fresh one has taken its place."""
        self._keeping = Keeping.MEMORY
        self._keeper: SessionKeeper | None = None
        self._account: OpenAccount | None = None
        self._identities: tuple[Identity, ...] = ()
        self._entering: Api | None = None
        self._link = NOBODY
        self._listeners: list[Listener] = []
        self._wishes: dict[object, frozenset[CallId]] = {}
        self._started = False
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
        return self._identities

    @property
    def link(self) -> LinkStatus:
        return self._link

    @property
    def keeping(self) -> Keeping:
        return self._keeping

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
        if self._account and self._account.engine:
            self._account.engine.kick()

    # --- life ------------------------------------------------------------------------------------------------------
    async def open(self) -> None:
        """Find out who is signed in and open their database.  What goes wrong is a state, nothing is raised."""
        await asyncio.to_thread(accounts.prepare, self.config)
        await self.choose_secrets()
        assert self._keeper
        try:
            await wiping.finish_all(self.config, self._keeper)
            kept = await self._keeper.shown()
            self._identities = await self._keeper.identities()
        except PlatformError as error:
            self.secrets_trouble = error
            return
        if kept is not None:
            self._account = await self._opened(kept.identity)
        self._tell(lambda listener: listener.account_changed())

    async def open_before_page(self) -> None:
        """`open`, except on a phone, whose secure storage needs a page."""
        if not detect.is_phone():
            await self.open()

    async def enter_page(self) -> None:
        """A session has begun and its page is current: on a phone, the moment for what `open_before_page` left out."""
        if detect.is_phone():
            await (self.open() if self._keeper is None else self.choose_secrets())

    async def choose_secrets(self) -> None:
        """Decide where secrets rest; on a phone, in the secure storage of the current page."""
        if detect.is_phone():
            choice = detect.choose_secrets(self.config.data_dir, self.config.vault_passphrase)
        else:
            choice = await asyncio.to_thread(detect.choose_secrets, self.config.data_dir, self.config.vault_passphrase)
        self.keychain_trouble = choice.keychain_trouble
        self._keeping = Keeping(choice.secrets.keeping.value)
        self._keeper = SessionKeeper(choice.secrets, self.config)

    async def kept_identity(self) -> Identity | None:
        """Who was signed in last time, without opening anything.  Raises PlatformError."""
        kept = await self._keeper.shown() if self._keeper else None
        return kept.identity if kept else None

    def start(self) -> None:
        """Let the sync engine run, now and for whoever signs in later.  Harmless twice."""
        self._started = True
        account = self._account
        if account is None or account.database is None or account.running is not None:
            return
        account.engine = self.new_engine(account.database)
        account.running = asyncio.create_task(account.engine.run(), name="sync")
        self._pass_on_wishes()

    async def close(self) -> None:
        async with self._changing:
            self._started = False
            account, self._account = self._account, None
            if account is not None:
                await account.shut()
            if self._leaving is not None:
                self._leaving.cancel()
            if self._entering is not None:
                await self._entering.aclose()
                self._entering = None

    # --- a database that does not open -----------------------------------------------------------------------------
    async def try_storage_again(self) -> None:
        """Open the signed-in person's database, if it is not; `storage_error` says how that went."""
        await self._reopen(lambda _: None)

    async def repair_storage(self) -> None:
        """As `try_storage_again`, with a fresh file: what is there is moved to `set_aside`, and nothing is deleted."""

        def repair(path: Path) -> None:
            self.set_aside = move_aside(path, self.clock)

        await self._reopen(repair)

    # --- signing in and out ----------------------------------------------------------------------------------------
    async def sign_in_demo(self) -> None:
        from client.api import auth

        await self._enter(lambda api: auth.demo(api, device=self._this_device()))

    async def sign_in_password(self, email: str, password: str) -> None:
        from client.api import auth

        await self._enter(lambda api: auth.sign_in(api, email=email, password=password, device=self._this_device()))

    async def sign_in_browser(self, open_url: OpenUrl | None) -> BrowserAnswer:
        from client.api import auth
        from client.platform.browser import Granted, Refused
        from client.platform.browser.loopback import LoopbackBrowser

        api, state = self.api, randomness.token_urlsafe(24)
        pkce = auth.pkce_pair(self.clock.random_bits)
        consent = await LoopbackBrowser().ask(
            lambda redirect_uri: auth.authorize_url(api, redirect_uri=redirect_uri, state=state, pkce=pkce),
            state=state,
            timeout_s=CONSENT_TIMEOUT_S,
            open_url=open_url,
        )
        match consent:
            case Granted(code=code, redirect_uri=redirect_uri):
                await self._enter(
                    lambda api: auth.exchange_code(
                        api, code=code, pkce=pkce, redirect_uri=redirect_uri, device=self._this_device()
                    )
                )
                return BrowserAnswer.SIGNED_IN
            case Refused():
                return BrowserAnswer.REFUSED
            case _:
                return BrowserAnswer.UNANSWERED

    def unsent(self) -> int:
        """How many changes would be lost with the account's data."""
        return self._account.unsent() if self._account else 0

    async def switch(self, identity: Identity) -> bool:
        """Show another account that is signed in here; False, and nothing done, when it no longer is."""
        async with self._changing:
            session = await self._keeper.of(identity) if self._keeper else None
            if session is None or self._keeper is None:
                return False
            await self._keeper.show(session.identity)
            await self._show(session.identity)
        self._shown()
        return True

    async def sign_out(self, *, discard: bool = False) -> None:
        """End the session and remove the account's data; with unsent changes, or unopened, it stays, locked away.

        `discard`: it goes all the same.  Whoever else is signed in is shown next.
        """
        await self.leave(discard=discard)

    async def leave(self, *, discard: bool = False) -> bool:
        """As `sign_out`; False when the server could not be told, so that the session there ends by itself."""
        from client.api import auth
        from client.api.errors import ApiError

        async with self._changing:
            account = self._account
            if account is None:
                return True
            goes = discard or not account.may_hold_unsent()
            if goes:
                await account.begin_wipe()
            try:
                await auth.sign_out(account.api)
                told = True
            except ApiError:
                told = False
            await self._forget_account(NOBODY)
            try:
                if goes and self._keeper is not None:
                    await account.wipe(self._keeper)
            finally:
                await self._show_next()
                self._shown()
            return told

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

    def _this_device(self) -> "Device":
        from client.api.auth import Device

        return Device(name=detect.device_name(), platform=detect.platform_name())

    async def _enter(self, ask: Callable[["Api"], Awaitable["SignedIn"]]) -> None:
        """Sign in and switch to that account.  Raises ApiError, PlatformError; then everything is as before."""
        async with self._changing:
            if self._keeper is None:
                await self.choose_secrets()
            assert self._keeper
            entering = self._new_api(EnteringTokens())
            try:
                signed_in = await ask(entering)
            finally:
                await entering.aclose()
            await self._make_room(signed_in.identity)
            await self._keep(KeptSession(identity=signed_in.identity, tokens=signed_in.tokens))
            await self._show(signed_in.identity)
        self._shown()

    async def _make_room(self, identity: Identity) -> None:
        """What is left of an account that was being removed is not what its owner comes back to."""
        assert self._keeper
        folder = accounts.folder_of(self.config, identity)
        if wiping.is_begun(folder):
            try:
                await wiping.finish(folder, self._keeper)
            except OSError as error:
                raise unusable(error) from error

    async def _show(self, identity: Identity) -> None:
        """Shut what is open and open this account."""
        before, self._account = self._account, None
        if before is not None:
            await before.shut()
        self._account = await self._opened(identity)
        await self._look_who_is_there()

    async def _show_next(self) -> None:
        """After a sign-out: whoever of the others was there last."""
        if self._keeper is None or not self._identities:
            return
        with contextlib.suppress(PlatformError):
            identity = self._identities[0]
            await self._keeper.show(identity)
            await self._show(identity)

    async def _look_who_is_there(self) -> None:
        if self._keeper is not None:
            with contextlib.suppress(PlatformError):
                self._identities = await self._keeper.identities()

    def _shown(self) -> None:
        """Another account, or another state of it, is there to be seen."""
        self._tell(lambda listener: listener.account_changed())
        if self._started:
            self.start()

    async def _keep(self, session: KeptSession) -> None:
        """Where the session cannot be kept, it goes on and ends with this process: nobody is turned away for that."""
        assert self._keeper
        try:
            await self._keeper.keep(session)
            self.secrets_trouble = None
        except PlatformError as error:
            self.secrets_trouble = error
            self._keeping = Keeping.MEMORY
            self._keeper = SessionKeeper(MemorySecrets(), self.config)
            await self._keeper.keep(session)

    async def _opened(self, identity: Identity) -> OpenAccount:
        assert self._keeper
        api = self._new_api(AccountTokens(self._keeper, identity))
        folder = accounts.folder_of(self.config, identity)
        account = await open_account(identity, folder=folder, api=api, clock=self.clock)
        self._link, self.storage_error = account.first_link, account.storage_error
        self.set_aside = account.set_aside or self.set_aside
        return account

    async def _reopen(self, before: Callable[[Path], None]) -> None:
        async with self._changing:
            account = self._account
            if account is None or account.database is not None:
                return
            try:
                await asyncio.to_thread(before, account.path)
            except OSError as error:
                self.storage_error = unusable(error)
                self._link = replace(self._link, trouble=trouble_of(self.storage_error))
            else:
                await account.shut()
                self._account = await self._opened(account.identity)
        self._shown()

    async def _forget_account(self, link: LinkStatus) -> None:
        account, self._account = self._account, None
        self._link = link
        if account is not None:
            await account.shut()
        if self._keeper is not None:
            with contextlib.suppress(PlatformError):
                if account is not None:
                    await self._keeper.forget(accounts.name_of(account.identity))
        await self._look_who_is_there()

    def _pass_on_wishes(self) -> None:
        if self._account and self._account.engine:
            self._account.engine.watch(frozenset[CallId]().union(*self._wishes.values()))

    def _link_changed(self, link: LinkStatus) -> None:
        self._link = link
        self._tell(lambda listener: listener.link_changed(link))
        if link.state is LinkState.SIGNED_OUT and self._account is not None and self._leaving is None:
            self._leaving = asyncio.create_task(self._locked_out(link), name="locked out")

    async def _locked_out(self, link: LinkStatus) -> None:
        """The server ended the session: the data stays, but nobody can read it before signing in again."""
        async with self._changing:
            self._leaving = None
            await self._forget_account(link)
        self._tell(lambda listener: listener.account_changed())

    def _partial_heard(self, partial: PartialTurn) -> None:
        self._tell(lambda listener: listener.partial_heard(partial))

    def _tell(self, what: Callable[[Listener], None]) -> None:
        for listener in tuple(self._listeners):
            what(listener)
