"""Removing an account from this device, completely, also when the power goes in the middle of it.

A mark is written first; as long as it is there, the removal is not over, and the next start goes on with it.  Secrets
go before files: without its session and its key, what is left of an account is of no use to anybody.
"""

import asyncio
import contextlib
import os
import shutil
from pathlib import Path

import accounts
from accounts import SessionKeeper
from client.config import Config
from client.models.removal import Reason, Removal
from client.storage.syncing import sync_folder

_MARK = ".wipe"


def begin(folder: Path, reason: Reason) -> None:
    """Decide that this account's folder goes; from here on there is no way back.  Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _mark_of(folder).open("wb") as mark:
        mark.write(reason.encode())
        mark.flush()
        os.fsync(mark.fileno())
    sync_folder(folder.parent)


def is_begun(folder: Path) -> bool:
    return _mark_of(folder).exists()


async def finish(folder: Path, keeper: SessionKeeper) -> None:
    """Remove what is there of an account.  Raises PlatformError, OSError; then try again.

    Where no mark could be written, the session goes last: a next start has only that to go on from.
    """
    await keeper.destroy_key(folder.name)
    if is_begun(folder):
        await keeper.forget(folder.name)
        await asyncio.to_thread(_remove, folder)
    else:
        await asyncio.to_thread(_remove, folder)
        await keeper.forget(folder.name)


async def finish_all(config: Config, keeper: SessionKeeper) -> Removal | None:
    """Go on with what an earlier process began: what that was, None without any.

    Raises PlatformError where the secrets cannot be reached.
    """
    reasons: set[Reason] = set()
    complete = True
    for mark in await asyncio.to_thread(lambda: tuple(accounts.folders(config).glob(f"*{_MARK}"))):
        reasons.add(await asyncio.to_thread(_reason_in, mark))
        try:
            await finish(mark.with_suffix(""), keeper)
        except OSError:
            # What cannot be removed now stays marked, and is never opened.
            complete = False
    if not reasons:
        return None
    return Removal(reason=Reason.REVOKED if Reason.REVOKED in reasons else Reason.LEFT, complete=complete)


def _reason_in(mark: Path) -> Reason:
    """Versions up to 0.2.0 wrote none, and so does a kill before it is written."""
    try:
        return Reason(mark.read_text("utf-8"))
    except (OSError, ValueError):
        return Reason.LEFT


def _remove(folder: Path) -> None:
    while folder.is_dir():
        # Another copy of the app may be removing the same.
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)
    folder.unlink(missing_ok=True)
    sync_folder(folder.parent)
    _mark_of(folder).unlink(missing_ok=True)


def _mark_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _MARK)
