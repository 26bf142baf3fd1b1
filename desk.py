"""What the commands of `chatty` do once their options are understood: sign in and out, sync, read.

Everything shown is read from the local database; the API is only asked whether it is there, and for a first filling.
What goes wrong below is turned into a `Refusal` here, once.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accounts import folder_of
from client.api import health
from client.api.errors import ApiError, MalformedResponse, RateLimited, ServerFault, SignedOut, Unreachable
from client.config import Config
from client.models.calls import PartialTurn
from client.models.ids import CallId
from client.models.link import LinkState, LinkStatus
from client.platform import PlatformError
from client.state.runtime import BrowserAnswer, Keeping
from client.storage import bookings, business, calls, cursors, meta, outbox
from client.storage.database import Database
from client.storage.errors import DatabaseBusy, DatabaseDamaged, DatabaseTooNew, DiskFull, StorageError
from documents import (
    Standing,
    booking_document,
    booking_lines,
    call_detail_lines,
    call_document,
    call_lines,
    identity_document,
    json_of,
)
from runtime import DeviceRuntime
from terminal import Offline, Refusal, Terminal, shown

if TYPE_CHECKING:
    from sync.engine import PullReport

PROBE_TIMEOUT_S = 2.0
CALLS_SHOWN = 50

_KEPT_IN = {
    Keeping.KEYCHAIN: "The session is kept in the keychain.",
    Keeping.VAULT: "The session is kept in the vault, which CHATTY_VAULT_PASSPHRASE opens.",
}

_DAMAGED = "The data on this device was damaged. It is kept as {}, and a fresh copy is fetched."


# --- signing in and out ---------------------------------------------------------------------------------------------
async def sign_in(config: Config, terminal: Terminal, *, demo: bool, email: str | None, password: str | None) -> None:
    async with _device(config) as device:
        await device.choose_secrets()
        if demo:
            await device.sign_in_demo()
        elif email is not None and password is not None:
            await device.sign_in_password(email, password)
        else:
            terminal.note("Waiting for your answer in the browser…")
            if await device.sign_in_browser(None) is not BrowserAnswer.SIGNED_IN:
                raise Refusal("Nobody signed in. Nothing was changed.", code="refused")
        identity = device.identity
        assert identity
        if device.secrets_trouble:
            raise device.secrets_trouble
        lasts = device.keeping is not Keeping.MEMORY
        document = identity_document(identity) | {"signed_in": True, "kept_in": device.keeping.value, "lasts": lasts}
        why = (
            f"{device.keychain_trouble or 'No keychain is usable here.'} Set CHATTY_VAULT_PASSPHRASE to stay signed in."
        )
        kept = _KEPT_IN.get(device.keeping) or f"The session ends with this process, because nothing can keep it: {why}"
        terminal.answer(
            document | _standing(device, offline=False).document(),
            [
                f"Signed in to {identity.business_name} as {identity.name} ({identity.role.value.replace('_', ' ')}).",
                kept,
            ],
        )


async def sign_out(config: Config, terminal: Terminal) -> None:
    async with _device(config) as device:
        await device.open()
        if device.secrets_trouble:
            raise device.secrets_trouble
        if device.identity is None:
            terminal.answer({"signed_in": False, "told": True}, ["Nobody is signed in."])
            return
        folder = folder_of(config, device.identity)
        told = await device.leave()
        data = "stays locked on this device" if folder.exists() else "is gone from this device"
        note = "" if told else " The API could not be told; the session there ends by itself."
        terminal.answer(
            {"signed_in": False, "told": told},
            [f"Signed out, and the data of this account {data}.{note}"],
        )


# --- syncing --------------------------------------------------------------------------------------------------------
async def pull(config: Config, terminal: Terminal) -> None:
    async with _signed_in(config, terminal) as (device, database):
        report = await _pull(device, database, terminal)
        standing = _standing(device, offline=False)
        rows = sum(report.rows.values())
        terminal.answer(
            {"rows": report.rows, "seconds": round(report.seconds, 3), "pages": report.pages} | standing.document(),
            [f"Up to date: {rows:,} rows in {report.seconds:.1f} s. {standing.sentence()}."],
        )


async def follow(config: Config, terminal: Terminal) -> None:
    """Until Ctrl-C: one line, or one JSON object, for each change of how things stand."""
    ended = asyncio.Event()

    class Watching:
        def __init__(self) -> None:
            self.last: tuple[object, ...] = ()

        def account_changed(self) -> None:
            if device.identity is None:
                ended.set()

        def partial_heard(self, partial: PartialTurn) -> None: ...

        def link_changed(self, link: LinkStatus) -> None:
            told = (link.state, link.trouble, link.waiting, link.filling and link.filling.done)
            if told != self.last:
                self.last = told
                terminal.answer(_link_document(link, standing), [_link_line(link, standing)])

    async with _signed_in(config, terminal) as (device, _):
        standing = _standing(device, offline=False)
        device.listen(Watching())
        device.start()
        await ended.wait()
        raise Refusal("You were signed out. Sign in again with `chatty login`.", code="signed_out")


def _link_document(link: LinkStatus, standing: Standing) -> dict[str, object]:
    filling = link.filling
    return {
        "state": link.state.value,
        "trouble": link.trouble.value if link.trouble else None,
        "filling": {"done": filling.done, "total": filling.total, "usable": filling.usable} if filling else None,
        "as_of": json_of(link.as_of, standing.zone),
        "offline": link.state is LinkState.OFFLINE,
        "waiting": link.waiting,
    }


def _link_line(link: LinkStatus, standing: Standing) -> str:
    line = link.state.value.replace("_", " ")
    if link.filling:
        line += f" · {link.filling.done:,} of {link.filling.total:,} rows"
    if link.as_of:
        line += f" · data from {link.as_of.astimezone(standing.zone):%d %b %H:%M:%S}"
    return line + (f" · {link.trouble.value.replace('_', ' ')}" if link.trouble else "")


async def _pull(device: DeviceRuntime, database: Database, terminal: Terminal) -> "PullReport":
    with terminal.progress("Fetching") as bar:

        class Filling:
            def account_changed(self) -> None: ...

            def partial_heard(self, partial: PartialTurn) -> None: ...

            def link_changed(self, link: LinkStatus) -> None:
                bar.show(link.filling)

        stop = device.listen(Filling())
        try:
            return await device.new_engine(database).pull_once()
        except DatabaseDamaged:
            terminal.note(_DAMAGED.format(await database.start_afresh()))
            return await device.new_engine(database).pull_once()
        finally:
            stop()


# --- reading --------------------------------------------------------------------------------------------------------
async def show_bookings(
    config: Config, terminal: Terminal, range_of: Callable[[date], tuple[date, date]], *, cancelled: bool
) -> None:
    """`range_of` gives the first and the last day for a today, which is the business's."""
    async with _readable(config, terminal) as (device, database, standing):
        zone = standing.zone
        skew_s = database.read(meta.skew_s) or 0.0
        first, last = range_of((device.clock.now() - timedelta(seconds=skew_s)).astimezone(zone).date())
        found = database.read(
            lambda conn: bookings.between(conn, _midnight(first, zone), _midnight(last, zone, 1), cancelled=cancelled)
        )
        staff = {str(person.staff_id): person.name for person in database.read(business.staff)}
        terminal.answer(
            {
                "bookings": [booking_document(booking, zone, staff) for booking in found],
                "from": first.isoformat(),
                "to": last.isoformat(),
                "time_zone": zone.key,
            }
            | standing.document(),
            [*booking_lines(found, zone, staff), "", standing.sentence()],
        )


async def show_calls(config: Config, terminal: Terminal, *, live: bool) -> None:
    async with _readable(config, terminal) as (_, database, standing):
        found = database.read(calls.live if live else lambda conn: calls.recent(conn, CALLS_SHOWN))
        terminal.answer(
            {"calls": [call_document(call, standing.zone, None) for call in found]} | standing.document(),
            [*call_lines(found, standing.zone), "", standing.sentence()],
        )


async def show_call(config: Config, terminal: Terminal, call_id: str) -> None:
    async with _readable(config, terminal) as (_, database, standing):
        call = database.read(lambda conn: calls.get(conn, CallId(call_id)))
        if call is None:
            raise Refusal(f"No call on this device has the id {shown(call_id)}.", code="not_found")
        turns = database.read(lambda conn: calls.turns(conn, call.call_id))
        terminal.answer(
            {"calls": [call_document(call, standing.zone, turns)]} | standing.document(),
            [*call_detail_lines(call, turns, standing.zone), "", standing.sentence()],
        )


def _midnight(day: date, zone: ZoneInfo, days_on: int = 0) -> datetime:
    try:
        return datetime.combine(day + timedelta(days=days_on), time(), zone)
    except OverflowError:
        return datetime.max.replace(tzinfo=zone)


# --- the way to the data --------------------------------------------------------------------------------------------
@contextlib.asynccontextmanager
async def _readable(config: Config, terminal: Terminal) -> AsyncGenerator[tuple[DeviceRuntime, Database, Standing]]:
    """A database with something in it: filled from the API first where it never was.  Raises Refusal."""
    async with _signed_in(config, terminal) as (device, database):
        filled = database.read(lambda conn: cursors.stream(conn, "core").usable)
        if not filled:
            try:
                await _pull(device, database, terminal)
            except (Unreachable, ServerFault) as error:
                raise Offline(f"Nothing is on this device yet, and the API cannot be asked. {error.detail}") from error
        yield device, database, _standing(device, offline=filled and not await _is_reachable(device))


@contextlib.asynccontextmanager
async def _signed_in(config: Config, terminal: Terminal) -> AsyncGenerator[tuple[DeviceRuntime, Database]]:
    """Who is signed in, with their database; a fresh one where it was damaged.  Raises Refusal."""
    async with _device(config) as device:
        await device.open()
        if device.secrets_trouble:
            raise device.secrets_trouble
        if device.identity is None:
            raise Refusal(_nobody(device), code="signed_out")
        if device.set_aside is not None:
            terminal.note(_DAMAGED.format(device.set_aside))
        if device.database is None:
            assert device.storage_error
            raise device.storage_error
        yield device, device.database


def _nobody(device: DeviceRuntime) -> str:
    if device.keeping is not Keeping.MEMORY:
        return "Nobody is signed in. Sign in with `chatty login`."
    return (
        "Nobody is signed in, and nothing here can keep a session from one command to the next. "
        f"{device.keychain_trouble or ''} Set CHATTY_VAULT_PASSPHRASE, then sign in with `chatty login`."
    )


@contextlib.asynccontextmanager
async def _device(config: Config) -> AsyncGenerator[DeviceRuntime]:
    device = DeviceRuntime(config)
    try:
        with _refusing():
            yield device
    finally:
        await device.close()


async def _is_reachable(device: DeviceRuntime) -> bool:
    try:
        await health.health(device.api, timeout_s=PROBE_TIMEOUT_S)
    except ApiError:
        return False
    return True


def _standing(device: DeviceRuntime, *, offline: bool) -> Standing:
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


# --- what goes wrong ------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _refusing() -> Generator[None]:
    try:
        yield
    except Unreachable as error:
        raise Offline(f"{error.detail} What is on this device can still be read.") from error
    except ServerFault as error:
        raise Offline(f"The API is in trouble. {error.detail}") from error
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
        case DatabaseTooNew():
            return "The data on this device was written by a newer version of the app. Update this one to read it."
        case DiskFull():
            return "The disk is full. Free some space and try again; nothing was lost."
        case DatabaseBusy():
            return "Another program keeps the data locked. Try again in a moment."
        case _:
            return f"{str(error)[:1].upper()}{str(error)[1:]}."
