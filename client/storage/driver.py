"""Which SQLite a file is opened with: Python's own, or SQLCipher for a file that has a key.

The one place that knows there are two.  SQLCipher is a package that not every machine has; it is imported when the
first key is used.  Its exceptions are its own, so whoever catches SQLite's names them by the functions here.  A file
must never be open in both at once in one process: the system's locks belong to the process and do not keep them apart.
"""

import importlib
import importlib.util
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from client.storage.noting import Noting, NotingConnection

_SQLCIPHER: Final = "sqlcipher3"
_MAGIC: Final = b"SQLite format 3\x00"
KEY_BYTES: Final = 32

Key = bytes
"""256 random bits, used as they are: nothing is derived from them, so opening costs no time."""


def _as_it_is(nothing: None) -> None:
    return nothing


# Without an adapter for None the binding looks for one in vain, for each empty column of each row: that is a quarter of
# what writing rows takes, and two thirds with SQLCipher's.
sqlite3.register_adapter(type(None), _as_it_is)


@cache
def is_available() -> bool:
    """Whether files can have keys here."""
    if importlib.util.find_spec(_SQLCIPHER) is None:
        return False
    try:
        return bool(_sqlcipher().connect(":memory:").execute("PRAGMA cipher_version").fetchone())
    except (ImportError, *errors()):
        return False


def connect(path: Path, key: Key | None) -> sqlite3.Connection:
    """A connection in autocommit, for any thread.  A wrong key is noticed by the first statement that reads."""
    if key is None:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    return _unlocked(_sqlcipher().connect(str(path), isolation_level=None, check_same_thread=False), key)


def connect_noting(path: Path, key: Key | None) -> NotingConnection:
    """As `connect`, one that can tell which tables its statements write."""
    if key is None:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=NotingConnection)
    made = _sqlcipher().connect(str(path), isolation_level=None, check_same_thread=False, factory=_noting_with_a_key())
    return cast("NotingConnection", _unlocked(made, key))


def connect_plain_to_copy(path: Path) -> sqlite3.Connection:
    """A file without a key, opened by the SQLite that can write a copy with one."""
    conn: sqlite3.Connection = _sqlcipher().connect(str(path), isolation_level=None)
    conn.execute("PRAGMA cipher_log_level = NONE").fetchall()
    return conn


def literal(key: Key) -> str:
    """The key as SQL takes it."""
    return f"\"x'{key.hex()}'\""


def is_plain(path: Path) -> bool:
    """Whether the file is a database without a key; an empty or missing one is neither.  Raises OSError."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


# --- what either of them raises ---------------------------------------------------------------------------------------
def errors() -> tuple[type[sqlite3.Error], ...]:
    """All that SQLite says no with."""
    return _both("Error")


def mistakes() -> tuple[type[sqlite3.Error], ...]:
    """Values that do not fit a table."""
    return (*_both("IntegrityError"), *_both("ProgrammingError"))


def _both(name: str) -> tuple[type[sqlite3.Error], ...]:
    if not _is_loaded():
        return (getattr(sqlite3, name),)
    return getattr(sqlite3, name), getattr(_sqlcipher(), name)


# --- SQLCipher --------------------------------------------------------------------------------------------------------
def _is_loaded() -> bool:
    return bool(_sqlcipher.cache_info().currsize)


@cache
def _sqlcipher() -> Any:
    found = importlib.import_module(f"{_SQLCIPHER}.dbapi2")
    found.register_adapter(type(None), _as_it_is)
    return found


@cache
def _noting_with_a_key() -> type:
    return type("NotingConnection", (Noting, _sqlcipher().Connection), {})


def _unlocked(conn: sqlite3.Connection, key: Key) -> sqlite3.Connection:
    # It would write to standard error what is raised anyway.
    conn.execute("PRAGMA cipher_log_level = NONE").fetchall()
    conn.execute(f"PRAGMA key = {literal(key)}").fetchall()
    return conn
