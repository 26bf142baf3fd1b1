"""The way to the data: who is signed in, their database, how things stand; and what goes wrong on it, as a sentence.

Everything shown is read from the local database; the API is only asked whether it is there, and for a first filling.
What goes wrong below is turned into a `Refusal` here, once.
"""

import contextlib
import math
from collections.abc import AsyncGenerator, Generator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from client.api import auth, health
from client.api.errors import (
    ApiError,
    DeviceRevoked,
    MalformedResponse,
    RateLimited,
    ServerFault,
    SignedOut,
    Unreachable,
)
from client.config import Config
from client.editing import NotAllowed
from client.models.calls import PartialTurn
from client.models.link import LinkStatus
from client.platform import PlatformError
from client.state.runtime import Keeping
from client.storage import business, cursors, meta, outbox, rescue
from client.storage.database import Database
from client.storage.errors import DatabaseBusy, DatabaseDamaged, DatabaseTooNew, DiskFull, KeyMissing, StorageError
from desk.documents import Standing
from desk.refusals import refusal_of
from desk.terminal import Offline, Refusal, Terminal
from runtime import DeviceRuntime

if TYPE_CHECKING:
    from sync.once import SyncReport

PROBE_TIMEOUT_S = 2.0

_KEY_LOST = (
    "The data on this device was encrypted with a key that is lost. It is kept as {}, with the changes that were not "
    "sent, and a fresh copy is fetched."
)
REVOKED = (
    "This device was signed out from another one, so its data does not stay here. Changes that were not sent are gone "
    "with it. Sign in with `chatty login`."
)
_REMOVED = "An account was being removed from this device when the app ended. That is finished now."
_NOT_REMOVED = (
    "An account was being removed from this device when the app ended. Some of its data cannot be removed yet; it is "
    "not opened, and the next start tries again."
)
_DAMAGED = "The data on this device was damaged. It is kept as {}, and a fresh copy is fetched."


@contextlib.asynccontextmanager
async def writable(config: Config, terminal: Terminal) -> AsyncGenerator[tuple[DeviceRuntime, Database, Standing]]:
    """As `readable`, without asking whether the API answers: an edit does not wait for that.  Raises Refusal."""
    async with _filled(config, terminal) as (device, database, _):
        standing = standing_of(device, offline=False)
        try:
            yield device, database, standing
        except NotAllowed as error:
            raise refusal_of(error, standing.zone) from error


@contextlib.asynccontextmanager
async def readable(config: Config, terminal: Terminal) -> AsyncGenerator[tuple[DeviceRuntime, Database, Standing]]:
    """A database with something in it: filled from the API first where it never was.  Raises Refusal."""
    async with _filled(config, terminal) as (device, database, was_filled):
        yield device, database, standing_of(device, offline=was_filled and not await _is_reachable(device))


@contextlib.asynccontextmanager
async def _filled(config: Config, terminal: Terminal) -> AsyncGenerator[tuple[DeviceRuntime, Database, bool]]:
    """Whether it was filled before, and so may be offline now."""
    async with signed_in(config, terminal) as (device, database):
        filled = database.read(lambda conn: cursors.stream(conn, "core").usable)
        if not filled:
            try:
                await filled_from_server(device, database, terminal)
            except (Unreachable, ServerFault) as error:
                raise Offline(f"Nothing is on this device yet, and the API cannot be asked. {error.detail}") from error
        yield device, database, filled


@contextlib.asynccontextmanager
async def signed_in(config: Config, terminal: Terminal) -> AsyncGenerator[tuple[DeviceRuntime, Database]]:
    """Who is signed in, with their database; a fresh one where it was damaged.  Raises Refusal."""
    async with device_of(config) as device:
        await open_on(device, terminal)
        if device.identity is None:
            raise Refusal(_nobody(device), code="signed_out")
        if device.set_aside is not None:
            key_lost = device.database is not None and device.database.read(rescue.lost_its_key)
            terminal.note((_KEY_LOST if key_lost else _DAMAGED).format(device.set_aside))
        rescued = device.database.read(rescue.count) if device.database is not None else 0
        if rescued:
            changes = "1 change" if rescued == 1 else f"{rescued} changes"
            terminal.note(f"{changes} that only this device knew could be saved.")
        if device.database is not None and (rescued or device.database.read(rescue.lost_its_key)):
            await device.database.write(rescue.seen)
        if device.database is None:
            assert device.storage_error
            await _hear_of_revocation(device)
            raise device.storage_error
        yield device, device.database


async def _hear_of_revocation(device: DeviceRuntime) -> None:
    """Whoever cannot open the data asks the server all the same.  Raises DeviceRevoked."""
    try:
        await auth.me(device.api, timeout_s=PROBE_TIMEOUT_S)
    except DeviceRevoked:
        raise
    except (ApiError, PlatformError):
        return


async def open_on(device: DeviceRuntime, terminal: Terminal) -> None:
    """Open it, and say what that went on with.  Raises PlatformError."""
    await device.open()
    if device.secrets_trouble:
        raise device.secrets_trouble
    if device.removal is not None:
        terminal.note(_REMOVED if device.removal.complete else _NOT_REMOVED)


def _nobody(device: DeviceRuntime) -> str:
    if device.keeping is not Keeping.MEMORY:
        return "Nobody is signed in. Sign in with `chatty login`."
    return (
        "Nobody is signed in, and nothing here can keep a session from one command to the next. "
        f"{device.keychain_trouble or ''} Set CHATTY_VAULT_PASSPHRASE, then sign in with `chatty login`."
    )


@contextlib.asynccontextmanager
async def device_of(config: Config) -> AsyncGenerator[DeviceRuntime]:
    device = DeviceRuntime(config)
    try:
        with refusing():
            try:
                yield device
            except DeviceRevoked:
                await device.remove_revoked()
                raise
    finally:
        await device.close()


def now_of(device: DeviceRuntime, database: Database) -> datetime:
    """Now by the server's clock, as far as it is known: this device's may be days off."""
    return device.clock.now() - timedelta(seconds=database.read(meta.skew_s) or 0.0)


async def _is_reachable(device: DeviceRuntime) -> bool:
    try:
        await health.health(device.api, timeout_s=PROBE_TIMEOUT_S)
    except ApiError:
        return False
    return True


def standing_of(device: DeviceRuntime, *, offline: bool) -> Standing:
    database = device.database
    if database is None:
        return Standing(as_of=None, offline=offline, waiting=0, zone=ZoneInfo("UTC"))
    shop = database.read(business.get)
    return Standing(
        as_of=database.read(cursors.as_of),
        offline=offline,
        waiting=database.read(outbox.waiting),
        zone=shop.zone if shop else ZoneInfo("UTC"),
    )


async def filled_from_server(device: DeviceRuntime, database: Database, terminal: Terminal) -> "SyncReport":
    with terminal.progress("Fetching") as bar:

        class Filling:
            def account_changed(self) -> None: ...

            def partial_heard(self, partial: PartialTurn) -> None: ...

            def link_changed(self, link: LinkStatus) -> None:
                bar.show(link.filling)

        stop = device.listen(Filling())
        try:
            return await device.new_engine(database).sync_once()
        except DatabaseDamaged:
            terminal.note(_DAMAGED.format(await database.start_afresh()))
            return await device.new_engine(database).sync_once()
        finally:
            stop()


# --- what goes wrong ------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def refusing() -> Generator[None]:
    try:
        yield
    except Unreachable as error:
        raise Offline(f"{error.detail} What is on this device can still be read.") from error
    except ServerFault as error:
        raise Offline(f"The API is in trouble. {error.detail}") from error
    except DeviceRevoked as error:
        raise Refusal(REVOKED, code="device_revoked") from error
    except SignedOut as error:
        raise Refusal(f"{error.detail} Sign in with `chatty login`.", code="signed_out") from error
    except RateLimited as error:
        seconds = math.ceil(error.retry_after_s)
        wait = f"{seconds} s" if seconds < 100 else f"{math.ceil(seconds / 60)} min"
        raise Refusal(f"That was too often. Try again in {wait}.", code="rate_limited") from error
    except MalformedResponse as error:
        sentence = f"The API's answer makes no sense (at {error.path}). Nothing of it was used; try again later."
        raise Refusal(sentence, code="malformed") from error
    except ApiError as error:
        raise Refusal(error.detail, code=getattr(error, "code", "") or "refused") from error
    except PlatformError as error:
        raise Refusal(error.sentence, code=error.service.replace(" ", "_")) from error
    except StorageError as error:
        raise Refusal(_storage_sentence(error), code="storage") from error


def _storage_sentence(error: StorageError) -> str:
    match error:
        case DatabaseDamaged(path=path):
            return f"The data on this device is damaged ({path}). `chatty sync` sets it aside and fetches it again."
        case KeyMissing(path=path):
            return (
                f"The data on this device is encrypted ({path}), and its key cannot be read from the keychain. "
                "Unlock the keychain and try again; nothing was changed."
            )
        case DatabaseTooNew():
            return "The data on this device was written by a newer version of the app. Update this one to read it."
        case DiskFull():
            return "The disk is full. Free some space and try again; nothing was lost."
        case DatabaseBusy():
            return "Another program keeps the data locked. Try again in a moment."
        case _:
            return f"{str(error)[:1].upper()}{str(error)[1:]}."
