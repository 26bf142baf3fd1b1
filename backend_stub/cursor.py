"""Cursors of the change feed: positions that only the server can read, sealed with a key of the account.

A cursor carries the epoch, the phase, the position and, while it fills, `snap`: the seq at which the filling began.  It
also says how far the account had come when it was made (`upto`, in `run`): everything sent until then is of that state,
so a server whose data does not go on from there cannot follow it.
"""

import base64
import hashlib
import hmac
import sqlite3
from dataclasses import dataclass
from typing import Literal

import msgspec

from backend_stub.runs import Reached, holds

Stream = Literal["core", "transcripts"]


class CursorExpired(Exception):
    """The client must fill again from the start.  `reason`: retention, restore, scope, schema."""

    def __init__(self, epoch: str, reason: str) -> None:
        super().__init__(reason)
        self.epoch = epoch
        self.reason = reason


class WrongStream(Exception):
    """A cursor of one stream was used on the other while it fills."""


class Filling(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="w"):
    """The position of a first sync: `step` and the last row of it that was sent (`at`, `row_id`)."""

    epoch: str
    scope: str
    stream: Stream
    snap: int
    window_from: int
    window_to: int
    now: int
    step: int
    at: int | None
    row_id: str
    done: int
    total: int
    upto: int = 0
    run: str = ""


class Following(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="f"):
    """Everything up to version `at` was sent.  The same text for both streams, so a delta can continue either.

    `done` counts the rows sent so far by a pull that is not finished.
    """

    epoch: str
    scope: str
    at: int
    done: int = 0
    upto: int = 0
    run: str = ""


Cursor = Filling | Following
_decode_cursor = msgspec.json.Decoder(Cursor).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorSeal:
    """Writes cursors as text of one account and reads them back; a text it did not write is None."""

    key: bytes

    def write(self, cursor: Cursor) -> str:
        body = base64.urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=")
        return f"{body.decode()}.{self._mac(body)}"

    def read(self, text: str) -> Cursor | None:
        body, _, mac = text.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(body.encode()).encode()):
            return None
        return _decode_cursor(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))

    def _mac(self, body: bytes) -> str:
        return base64.urlsafe_b64encode(hmac.new(self.key, body, hashlib.sha256).digest()[:9]).decode()


def following(epoch: str, scope: str, upto: Reached) -> Following:
    """The cursor of a stream that is complete up to there."""
    return Following(epoch=epoch, scope=scope, at=upto.seq, upto=upto.seq, run=upto.run)


def forgot(connection: sqlite3.Connection, account: int, seal: CursorSeal, epoch: str, heard: str) -> bool:
    """Whether a device `heard` of a time that the data does not go on from.  What cannot be read tells nothing."""
    cursor = seal.read(heard) if heard else None
    return cursor is not None and (cursor.epoch != epoch or not holds(connection, account, reached_by(cursor)))


def reached_by(cursor: Cursor) -> Reached:
    """How far the account had come when the cursor was made."""
    return Reached(cursor.upto, cursor.run)
