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

_MARK = ".wipe"


def begin(folder: Path) -> None:
    """Decide that this account's folder goes; from here on there is no way back.  Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _mark_of(folder).open("wb") as mark:
        os.fsync(mark.fileno())
    _sync(folder.parent)


def is_begun(folder: Path) -> bool:
    return _mark_of(folder).exists()


async def finish(folder: Path, keeper: SessionKeeper) -> None:
    """Remove what is there of an account whose removal was begun.  Raises PlatformError, OSError; then try again."""
    await keeper.forget(folder.name)
    await asyncio.to_thread(_remove, folder)


async def finish_all(config: Config, keeper: SessionKeeper) -> None:
    """Go on with what an earlier process began.  Raises PlatformError where the secrets cannot be reached."""
    for mark in await asyncio.to_thread(lambda: tuple(accounts.folders(config).glob(f"*{_MARK}"))):
        # What cannot be removed now stays marked, and is never opened.
        with contextlib.suppress(OSError):
            await finish(mark.with_suffix(""), keeper)


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)
    _sync(folder.parent)
    _mark_of(folder).unlink(missing_ok=True)


def _mark_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _MARK)


def _sync(folder: Path) -> None:
    """Names in a folder are as durable as the folder; Windows does that by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
