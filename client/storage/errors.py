"""What can go wrong with the device's memory, in the words the rest of the app handles.

SQLite's own exceptions are classified here once; the rest (a wrong column, a broken constraint) are our bugs and stay
as they are.
"""

import errno
import sqlite3
from pathlib import Path

from client.models.link import Trouble

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNAVAILABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,
}


class StorageError(Exception):
    """Root of everything the device's memory can say no with."""


class DatabaseDamaged(StorageError):
    """The file is not a database any more.  It is never deleted: `Database.start_afresh` moves it aside."""

    def __init__(self, path: Path) -> None:
        super().__init__("the local database is damaged")
        self.path = path


class DatabaseTooNew(StorageError):
    """A newer version of the app wrote this file.  It is refused and left as it is."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"the local database has schema {found}, this app knows {known}")
        self.found = found
        self.known = known


class KeyMissing(StorageError):
    """The file is encrypted, and the key it was encrypted with is not at hand.  It is left as it is."""

    def __init__(self, path: Path) -> None:
        super().__init__("the local database is encrypted and its key is not there")
        self.path = path


class DiskFull(StorageError):
    """Nothing was written; what was there before is unharmed."""


class DatabaseBusy(StorageError):
    """Another process held the write lock for longer than five seconds.  Nothing was written."""


class DatabaseUnavailable(StorageError):
    """The file cannot be opened, read or written at all: permissions, a vanished disk."""


def classify(error: sqlite3.Error, path: Path) -> StorageError | None:
    """The storage error that `error` stands for, or None if it is a mistake in our own SQL."""
    extended = getattr(error, "sqlite_errorcode", None)
    if not isinstance(extended, int):
        return None
    primary = extended & 0xFF
    if extended in _FULL or primary in _FULL:
        return DiskFull("the disk is full")
    if primary in _DAMAGED:
        return DatabaseDamaged(path)
    if primary in _BUSY:
        return DatabaseBusy("another program keeps the local database locked")
    if primary in _UNAVAILABLE:
        return DatabaseUnavailable(f"the local database cannot be used ({error})")
    return None


def unusable(error: OSError) -> StorageError:
    """What a folder that cannot be read or written means for the database in it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("the disk is full")
    return DatabaseUnavailable(f"the local database cannot be used ({error.strerror})")


def trouble_of(error: StorageError) -> Trouble:
    """The owner's word for what went wrong."""
    match error:
        case DiskFull():
            return Trouble.DISK_FULL
        case DatabaseTooNew():
            return Trouble.TOO_NEW
        case DatabaseDamaged():
            return Trouble.DAMAGED
        case KeyMissing():
            return Trouble.KEY_MISSING
        case _:
            return Trouble.UNAVAILABLE
