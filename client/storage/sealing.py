"""Encryption at rest of one account's files: with which key a file is opened, and how a plain one gets its key.

Beside an encrypted database lies a mark with a fingerprint of its key, so that a key that is lost is told from a file
that is damaged.  The key itself is in the keychain, never here.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from client.models.encryption import Encryption
from client.storage import driver
from client.storage.driver import Key
from client.storage.errors import KeyMissing
from client.storage.syncing import sync, sync_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextlib.contextmanager
def opening(path: Path, key: Key | None) -> Generator[None]:
    """One process at a time: a file must not be replaced while another is about to open it."""
    if key is None:
        yield
        return
    with FileLock(path.with_name(f"{path.name}-opening")):
        yield


def prepared(path: Path, key: Key | None) -> tuple[Key | None, Encryption | None]:
    """The key to open this file with, and how it is encrypted; (None, None) where there is no key for it.

    A plain file is encrypted first, where that can be done now.  Raises KeyMissing, OSError.
    """
    if not path.exists() or path.stat().st_size == 0:
        if key is None:
            mark_of(path).unlink(missing_ok=True)
            return None, None
        _mark(path, key)
        return key, Encryption.ON
    if driver.is_plain(path):
        if key is None:
            return None, None
        why_not = _encrypt(path, key)
        return (key, Encryption.ON) if why_not is None else (None, why_not)
    found = _fingerprint_at(path)
    if found is not None and (key is None or not hmac.compare_digest(found, fingerprint(key))):
        raise KeyMissing(path)
    # Without a mark it is no database at all, or a damaged one; opening it says so.
    return key, Encryption.ON if key else None


def mark_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-sealed")


def fingerprint(key: Key) -> str:
    """Says nothing about a key that is 256 random bits."""
    return hmac.digest(key, b"which key", "sha256").hex()


def _fingerprint_at(path: Path) -> str | None:
    try:
        return mark_of(path).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _mark(path: Path, key: Key) -> None:
    if _fingerprint_at(path) == fingerprint(key):
        return
    fresh = path.with_name(f"{path.name}-sealed.new")
    with fresh.open("w", encoding="ascii") as file:
        fresh.chmod(0o600)
        file.write(fingerprint(key))
        file.flush()
        sync(file.fileno())
    os.replace(fresh, mark_of(path))  # noqa: PTH105
    sync_folder(path.parent)


# --- a plain file -----------------------------------------------------------------------------------------------------
def _encrypt(path: Path, key: Key) -> Encryption | None:
    """Put an encrypted copy in the file's place, whole or not at all; None when it is there.

    The plain file is locked until it has been replaced: nobody can write what the copy does not have.
    """
    copy = path.with_name(f"{path.name}.sealing")
    _remove(copy)
    try:
        conn = driver.connect_plain_to_copy(path)
        try:
            if not _locked(conn):
                return Encryption.IN_USE
            _export(conn, copy, key)
            _mark(path, key)
            if os.name == "posix":
                _swap(copy, path)
        finally:
            conn.close()
        if os.name != "posix":
            # A file that is open cannot be replaced there; one that somebody has opened meanwhile cannot, either.
            _swap(copy, path)
    except OSError:
        _remove(copy)
        return Encryption.FAILED
    except driver.errors() as error:
        _remove(copy)
        busy = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in _BUSY
        return Encryption.IN_USE if busy else Encryption.FAILED
    return None


def _locked(conn: sqlite3.Connection) -> bool:
    """Fold the log into the file and keep everybody else out until the connection is closed."""
    conn.execute("PRAGMA busy_timeout = 0").fetchall()
    conn.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    if conn.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
        return False
    conn.execute("BEGIN EXCLUSIVE")
    conn.execute("COMMIT")
    return True


def _export(conn: sqlite3.Connection, copy: Path, key: Key) -> None:
    copy.touch(mode=0o600)
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    conn.execute(f"ATTACH ? AS sealed KEY {driver.literal(key)}", (str(copy),))
    conn.execute("PRAGMA sealed.journal_mode = OFF").fetchall()
    conn.execute("PRAGMA sealed.synchronous = OFF").fetchall()
    conn.execute("SELECT sqlcipher_export('sealed')").fetchall()
    conn.execute(f"PRAGMA sealed.user_version = {version}").fetchall()
    conn.execute("DETACH sealed")
    with copy.open("rb+") as file:
        sync(file.fileno())


def _swap(copy: Path, path: Path) -> None:
    os.replace(copy, path)  # noqa: PTH105
    sync_folder(path.parent)


def _remove(copy: Path) -> None:
    for tail in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            copy.with_name(copy.name + tail).unlink()


# --- single lines -----------------------------------------------------------------------------------------------------
def seal(key: Key, text: bytes) -> bytes:
    """The text so that nobody can read or change it without the key, in letters that fit on a line."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, text, None))


def unseal(key: Key, sealed: bytes) -> bytes | None:
    """What `seal` was given; None for anything else."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None)
    except (ValueError, InvalidTag):
        return None


@cache
def _cipher(key: Key) -> "AESGCM":
    """A key of its own, made of the database's: one key is for one use."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(key, b"second copy", hashlib.sha256))
