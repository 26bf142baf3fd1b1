"""The documents of the contract (docs/api.md) as they come over the wire, and their decoding.

A document of the known shape is decoded strictly, in one pass.  One with fields or kinds of a newer server is decoded a
second time, loosely, and what is unknown is kept beside what is known.  The rows themselves are in kinds.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from client.api.errors import MalformedResponse
from client.api.kinds import ROW_TYPES, Changes
from client.api.rows import Instant, Row, Text, Whole

T = TypeVar("T")
C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRow:
    """A row of a kind this app does not know, as JSON text."""

    kind: str
    id: str
    version: int
    row: str


Extras = dict[str, dict[str, str]]
"""Kind to id to the JSON text of fields this app does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a document brought: the known kinds, the unknown fields of their rows, and the unknown kinds."""

    known: Changes
    extras: Extras = field(default_factory=Extras)
    unknown: tuple[UnknownRow, ...] = ()

    def of(self, kind: str) -> list[Row]:
        return getattr(self.known, kind)

    def kinds(self) -> Iterator[str]:
        """The known kinds that have rows here."""
        return (kind for kind in ROW_TYPES if self.of(kind))

    def count(self) -> int:
        return sum(len(self.of(kind)) for kind in ROW_TYPES) + len(self.unknown)


class Tombstone(Struct, kw_only=True, gc=False):
    id: Text
    version: Whole
    reason: Text = "deleted"


Deleted = dict[str, list[Tombstone]]


class Progress(Struct, kw_only=True, gc=False):
    done: Whole
    total: Whole


class Page(Struct, Generic[C], kw_only=True):
    """One answer of the change feed.  `forgot`: the server's data does not go on from what it was `heard` to say."""

    epoch: Text
    ticket: Text
    stream: Text
    since: Text
    cursor: Text
    has_more: bool
    seq: Whole
    stage: Text
    progress: Progress | None = None
    changes: C
    deleted: Deleted = {}
    last_mid: Whole = 0
    server_time: Instant
    forgot: bool = False


class Hello(Struct, kw_only=True):
    """`forgot`: as in a page."""

    epoch: Text
    seq: Whole
    cursor: Text
    server_time: Instant
    account_id: Text
    last_mid: Whole = 0
    forgot: bool = False


class Snapshot(Struct, Generic[C], kw_only=True):
    """Rows as they stood at `seq`: of the calls in progress, or of one call that was asked for.

    `epoch` is None where the answer carries none.
    """

    epoch: Text | None = None
    seq: Whole
    changes: C


class Delta(Struct, Generic[C], kw_only=True):
    """The rows of one commit, leading from cursor `prev` to `cursor`."""

    epoch: Text
    prev: Text
    cursor: Text
    seq: Whole
    changes: C
    deleted: Deleted = {}


class Poke(Struct, kw_only=True):
    seq: Whole


class Partial(Struct, kw_only=True):
    call_id: Text
    turn_id: Text
    index: Whole
    speaker: Text
    name: Text | None = None
    text: Text


class Ping(Struct, kw_only=True):
    pass


class Bye(Struct, kw_only=True):
    code: Text


_Loose = dict[str, list[dict[str, Any]]]

_strict_page = msgspec.json.Decoder(Page[Changes])
_loose_page = msgspec.json.Decoder(Page[_Loose])
_strict_snapshot = msgspec.json.Decoder(Snapshot[Changes])
_loose_snapshot = msgspec.json.Decoder(Snapshot[_Loose])
_strict_delta = msgspec.json.Decoder(Delta[Changes])
_loose_delta = msgspec.json.Decoder(Delta[_Loose])


def decode_page(body: bytes) -> Page[Rows]:
    """Raises MalformedResponse, which is routine."""
    return _decode(_strict_page, _loose_page, body)


def decode_snapshot(body: bytes | str) -> Snapshot[Rows]:
    """Raises MalformedResponse."""
    return _decode(_strict_snapshot, _loose_snapshot, body)


def decode_delta(body: bytes | str) -> Delta[Rows]:
    """Raises MalformedResponse."""
    return _decode(_strict_delta, _loose_delta, body)


def read(decoder: msgspec.json.Decoder[T], body: bytes | str) -> T:
    """The document, or MalformedResponse naming the place that is wrong."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedResponse(_path(error)) from None


def _decode(strict: msgspec.json.Decoder[Any], loose: msgspec.json.Decoder[Any], body: bytes | str) -> Any:
    """The document with its `changes` as Rows."""
    try:
        document = strict.decode(body)
    except msgspec.ValidationError:
        document = read(loose, body)
        return msgspec.structs.replace(document, changes=_sort_out(document.changes))
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedResponse(_path(error)) from None
    return msgspec.structs.replace(document, changes=Rows(known=document.changes))


def _sort_out(changes: _Loose) -> Rows:
    """Known rows to their structs, the rest kept as text."""
    known = Changes()
    extras: Extras = {}
    unknown: list[UnknownRow] = []
    for kind, rows in changes.items():
        if kind in ROW_TYPES:
            setattr(known, kind, [_sort_row(kind, place, row, extras) for place, row in enumerate(rows)])
        else:
            unknown.extend(_unknown_rows(kind, rows))
    return Rows(known=known, extras=extras, unknown=tuple(unknown))


def _sort_row(kind: str, place: int, row: dict[str, Any], extras: Extras) -> Row:
    row_type = ROW_TYPES[kind]
    names = row_type.__struct_fields__
    try:
        known = msgspec.convert({name: row[name] for name in names if name in row}, row_type)
    except msgspec.ValidationError as error:
        raise MalformedResponse(f"$.changes.{kind}[{place}]{_path(error)[1:]}") from None
    if len(row) > len(names) or any(name not in names for name in row):
        rest = {name: value for name, value in row.items() if name not in names}
        extras.setdefault(kind, {})[row["id"]] = msgspec.json.encode(rest).decode()
    return known


def _unknown_rows(kind: str, rows: list[dict[str, Any]]) -> Iterator[UnknownRow]:
    """Rows of an unknown kind, as far as they have what every row has."""
    for row in rows:
        row_id, version = row.get("id"), row.get("version")
        if isinstance(row_id, str) and isinstance(version, int) and abs(version) < 2**53:
            yield UnknownRow(kind=kind, id=row_id, version=version, row=msgspec.json.encode(row).decode())


def _path(error: Exception) -> str:
    found = re.search(r" - at `(.+)`$", str(error))
    return found.group(1) if found else "$"
