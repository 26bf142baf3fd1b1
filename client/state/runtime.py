"""What a window needs of the process it runs in: the Protocol that `main` fulfils and the stores are built on.

One runtime serves several windows (browser tabs, a second session of the same owner); each window has its own stores.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from enum import StrEnum
from typing import Protocol

from client.api.connection import Api
from client.clock import Clock
from client.models.account import Identity
from client.models.calls import PartialTurn
from client.models.encryption import Encryption
from client.models.ids import CallId
from client.models.link import LinkStatus, Thrift
from client.models.removal import Removal
from client.storage.database import Database
from client.storage.errors import StorageError

OpenUrl = Callable[[str], Awaitable[None]]
"""Shows an address in the browser of this window."""


class Keeping(StrEnum):
    """Where the tokens rest.  memory: the session ends with the process, and the sign-in screen says so."""

    KEYCHAIN = "keychain"
    VAULT = "vault"
    MEMORY = "memory"


class BrowserAnswer(StrEnum):
    """How asking in the system browser ended; what breaks is raised."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    GIVEN_UP = "given_up"


class Listener(Protocol):
    """A window that wants to hear.  Called from any thread or task; must not block and does not raise."""

    def account_changed(self) -> None:
        """Somebody signed in or out, or the database was opened or replaced: look at the runtime again."""
        ...

    def link_changed(self, link: LinkStatus) -> None: ...

    def partial_heard(self, partial: PartialTurn) -> None: ...


class Runtime(Protocol):
    """The process, as the stores see it."""

    @property
    def clock(self) -> Clock: ...

    @property
    def api(self) -> Api: ...

    @property
    def database(self) -> Database | None:
        """The open database of who is signed in; None while nobody is, or while it cannot be opened."""
        ...

    @property
    def identity(self) -> Identity | None: ...

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everybody who is signed in on this device, the one used last first."""
        ...

    @property
    def storage_error(self) -> StorageError | None:
        """Why the signed-in person's database is not open, None where it is."""
        ...

    @property
    def link(self) -> LinkStatus: ...

    @property
    def keeping(self) -> Keeping: ...

    @property
    def encryption(self) -> Encryption | None:
        """Whether the data of who is signed in is encrypted on this device, or why not; None while nobody is."""
        ...

    @property
    def removal(self) -> Removal | None:
        """What an earlier process had begun to remove and this one went on with, until the owner knows."""
        ...

    def put_removal_away(self) -> None:
        """The owner knows."""
        ...

    @property
    def browser_offered(self) -> bool:
        """Whether "Sign in with browser" can work here (a loopback listener or a deep link)."""
        ...

    async def sign_in_demo(self) -> None:
        """Raises ApiError; NotFound where no demo is offered."""
        ...

    async def sign_in_password(self, email: str, password: str) -> None:
        """Raises ApiError; WrongCredentials."""
        ...

    async def sign_in_browser(self, open_url: OpenUrl | None, given_up: asyncio.Event | None = None) -> BrowserAnswer:
        """Ask on the consent page; `open_url` None opens the system's browser.  Raises ApiError, PlatformError.

        Nobody waits for the answer any longer, and none is taken, from when `given_up` is set.
        """
        ...

    def unsent(self) -> int:
        """How many changes would be lost with the account's data: not sent, refused, or in a conflict."""
        ...

    async def send_waiting(self) -> bool:
        """Send now what may be sent; False when some of it could not be.  Raises StorageError."""
        ...

    async def switch(self, identity: Identity) -> bool:
        """Show another account that is signed in here; False, and nothing done, when it no longer is.

        Raises PlatformError; then the same account is shown as before.
        """
        ...

    async def sign_out(self, *, discard: bool = False) -> None:
        """End the session, also when the server cannot be told, and wipe the account's data from this device.

        With unsent changes, or where nobody can tell, the data is kept instead, locked away until the same person
        signs in again, unless it is to be discarded.  Whoever else is signed in is shown next.  Raises PlatformError.
        """
        ...

    async def try_storage_again(self) -> None:
        """Open the signed-in person's database, if it is not; `storage_error` says how that went."""
        ...

    async def repair_storage(self) -> None:
        """As `try_storage_again`, with a fresh file: what is there is set aside, and nothing is deleted."""
        ...

    def watch(self, watcher: object, calls: Collection[CallId]) -> None:
        """Ask for the partial words of these calls on behalf of one window; an empty collection ends its wish."""
        ...

    def kick(self) -> None:
        """Try now: the owner asked, or there is a network again."""
        ...

    async def in_sight(self, seen: bool) -> None:
        """The owner came back to the window, which is a kick, or it is out of sight."""
        ...

    def spare(self, thrift: Thrift | None) -> None:
        """Whether the device that shows the window had better fetch only what is looked at, and why."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of changes until the returned function is called."""
        ...
