"""The change feed: pages of rows, expiry and the compaction of tombstones.

A first sync walks the account in steps (what is on screen, then the rest) and then follows by version; where it is, is
what a cursor says (cursor.py).  Expiry is judged against `snap`, never against the page position.  Who may ask at all
is decided in sync.py.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from backend_stub.cursor import (
    Cursor,
    CursorExpired,
    CursorSeal,
    Filling,
    Following,
    Stream,
    WrongStream,
    reached_by,
)
from backend_stub.runs import Reached, holds, reached
from backend_stub.store import CORE, TRANSCRIPTS, AccountNo, RowChange, Transaction

STREAM_NUMBER: dict[Stream, int] = {"core": CORE, "transcripts": TRANSCRIPTS}

DAY_MS = 86_400_000
WINDOW_DAYS = 14
CALLS_WINDOW_DAYS = 7
TURNS_WINDOW_DAYS = 2
FOR_EVER = 1 << 62

HIDDEN_FROM_FRONT_DESK: dict[str, dict[str, Any]] = {
    "bookings": {"price_cents": None, "paid_cents": None},
    "calls": {"summary": None, "extracted": {}, "charge_cents": None, "rate_cents": None},
    "customers": {"lifetime_cents": None},
    "leads": {"value_cents": None, "budget": None},
}
UNSEEN_BY_FRONT_DESK = frozenset({"turns", "corrections", "assumptions"})
"""Kinds about money, or with what callers said."""


class Scope(StrEnum):
    """What a role may see.  A cursor made in one scope expires in the other."""

    FULL = "a"
    FRONT_DESK = "d"

    def sees(self, kind: str) -> bool:
        return self is Scope.FULL or kind not in UNSEEN_BY_FRONT_DESK

    def shown(self, kind: str, doc: bytes) -> bytes | None:
        """The row's JSON text as this scope may see it; None for a row it may not see at all."""
        hidden = HIDDEN_FROM_FRONT_DESK.get(kind)
        if self is Scope.FULL or not (hidden or kind == "forecasts"):
            return doc
        row = msgspec.json.decode(doc)
        return None if row.get("unit") == "cents" else msgspec.json.encode({**row, **(hidden or {})})

    def all_shown(self, kind: str, docs: Iterable[bytes]) -> list[bytes]:
        """Those of the rows that this scope may see, as it may."""
        return [text for doc in docs if (text := self.shown(kind, doc)) is not None]


def scope_of(role: str) -> Scope:
    return Scope.FRONT_DESK if role == "front_desk" else Scope.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    cursor: Cursor
    has_more: bool
    upto: Reached
    stage: Literal["window", "backfill", "follow"]
    done: int
    total: int
    changes: dict[str, list[bytes]]
    deleted: dict[str, list[RowChange]]

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Rows of one kind with `since` <= at < `until`, in the order of their instant (or the reverse)."""

    stage: Literal["window", "backfill"]
    kind: str
    since: int = -FOR_EVER
    until: int = FOR_EVER
    newest_first: bool = False
    only: str = ""


FEW = ("marks", "corrections", "blocked_numbers", "assumptions", "forecasts")
"""Kinds with few rows, which what is on screen depends on."""

NAMED = """
AND id IN (SELECT ref FROM entity WHERE account = :account AND kind = 'bookings' AND deleted_at IS NULL
               AND at >= :window_from AND at < :window_to
           UNION SELECT ref FROM entity WHERE account = :account AND kind = 'calls' AND deleted_at IS NULL
               AND at >= :calls_from)
"""


def steps_of(cursor: Filling) -> tuple[Step, ...]:
    if cursor.stream == "transcripts":
        recent = cursor.now - TURNS_WINDOW_DAYS * DAY_MS
        return (
            Step(stage="window", kind="turns", since=recent, newest_first=True),
            Step(stage="backfill", kind="turns", until=recent, newest_first=True),
        )
    calls_from = cursor.now - CALLS_WINDOW_DAYS * DAY_MS
    return (
        Step(stage="window", kind="business"),
        Step(stage="window", kind="staff"),
        Step(stage="window", kind="resources"),
        Step(stage="window", kind="services"),
        Step(stage="window", kind="employees"),
        Step(stage="window", kind="calendars"),
        Step(stage="window", kind="bookings", since=cursor.window_from, until=cursor.window_to),
        Step(stage="window", kind="blocks", since=cursor.window_from, until=cursor.window_to),
        Step(stage="window", kind="calls", since=calls_from, newest_first=True),
        Step(stage="window", kind="leads", only="AND open = 1", newest_first=True),
        Step(stage="window", kind="tasks", only="AND open = 1", newest_first=True),
        *(Step(stage="window", kind=kind) for kind in FEW),
        Step(stage="window", kind="customers", only=NAMED),
        Step(stage="backfill", kind="bookings", since=cursor.window_to),
        Step(stage="backfill", kind="bookings", until=cursor.window_from, newest_first=True),
        Step(stage="backfill", kind="blocks", since=cursor.window_to),
        Step(stage="backfill", kind="blocks", until=cursor.window_from, newest_first=True),
        Step(stage="backfill", kind="messages", newest_first=True),
        Step(stage="backfill", kind="calls", until=calls_from, newest_first=True),
        Step(stage="backfill", kind="leads", only="AND open = 0", newest_first=True),
        Step(stage="backfill", kind="tasks", only="AND open = 0", newest_first=True),
        Step(stage="backfill", kind="events", newest_first=True),
        Step(stage="backfill", kind="customers"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to the feed, already authorised.  `now_ms` only decides what the window of a first sync is."""

    account: AccountNo
    stream: Stream
    scope: Scope
    epoch: str
    cursor: str
    limit: int
    now_ms: int
    time_zone: str


def read_page(connection: sqlite3.Connection, asked: Asked, seal: CursorSeal) -> Page:
    """The page after `asked.cursor`, on the connection's snapshot.  Raises CursorExpired (routine) and WrongStream."""
    upto = reached(connection, asked.account)
    if not asked.cursor:
        return _fill(connection, asked, _first(connection, asked, upto), upto)
    cursor = seal.read(asked.cursor)
    if cursor is None or cursor.epoch != asked.epoch:
        raise CursorExpired(asked.epoch, "restore")
    if cursor.scope != asked.scope:
        raise CursorExpired(asked.epoch, "scope")
    if isinstance(cursor, Filling) and cursor.stream != asked.stream:
        raise WrongStream
    position = cursor.snap if isinstance(cursor, Filling) else cursor.at
    if position > upto.seq or not holds(connection, asked.account, reached_by(cursor)):
        # Somebody has put an older copy of the data in place.
        raise CursorExpired(asked.epoch, "restore")
    (floor,) = connection.execute("SELECT floor FROM account WHERE number = ?", (asked.account,)).fetchone()
    if position < floor:
        raise CursorExpired(asked.epoch, "retention")
    if isinstance(cursor, Filling):
        return _fill(connection, asked, cursor, upto)
    return _follow(connection, asked, cursor, upto)


def _first(connection: sqlite3.Connection, asked: Asked, upto: Reached) -> Filling:
    zone = ZoneInfo(asked.time_zone)
    today = datetime.fromtimestamp(asked.now_ms / 1000, UTC).astimezone(zone).date()
    midnight = datetime(today.year, today.month, today.day, tzinfo=zone)
    fresh = Filling(
        epoch=asked.epoch,
        scope=asked.scope,
        stream=asked.stream,
        snap=upto.seq,
        window_from=_ms(midnight - timedelta(days=WINDOW_DAYS)),
        window_to=_ms(midnight + timedelta(days=WINDOW_DAYS + 1)),
        now=asked.now_ms,
        step=0,
        at=None,
        row_id="",
        done=0,
        total=0,
    )
    return msgspec.structs.replace(fresh, total=_count(connection, asked, fresh))


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _count(connection: sqlite3.Connection, asked: Asked, cursor: Filling) -> int:
    """How many rows the filling will bring; the customers named in the window come twice."""
    if asked.stream == "transcripts" and not asked.scope.sees("turns"):
        return 0
    names = _names(asked, cursor)
    unseen = ", ".join(f"'{kind}'" for kind in sorted(UNSEEN_BY_FRONT_DESK) if not asked.scope.sees(kind))
    rows = connection.execute(
        "SELECT count(*) FROM entity WHERE account = :account AND stream = :stream AND deleted_at IS NULL"
        f" AND kind NOT IN ({unseen})",
        names,
    ).fetchone()[0]
    if asked.stream == "transcripts":
        return rows
    again = connection.execute(
        f"SELECT count(*) FROM entity WHERE account = :account AND kind = 'customers' AND deleted_at IS NULL {NAMED}",
        names,
    ).fetchone()[0]
    return rows + again


def _names(asked: Asked, cursor: Filling) -> dict[str, Any]:
    return {
        "account": asked.account,
        "stream": STREAM_NUMBER[asked.stream],
        "window_from": cursor.window_from,
        "window_to": cursor.window_to,
        "calls_from": cursor.now - CALLS_WINDOW_DAYS * DAY_MS,
    }


def _fill(connection: sqlite3.Connection, asked: Asked, cursor: Filling, upto: Reached) -> Page:
    """A page of the first sync.  It ends where the window ends, so that the app knows what it can show."""
    steps = steps_of(cursor)
    changes: dict[str, list[bytes]] = {}
    at, row_id, index, room = cursor.at, cursor.row_id, cursor.step, asked.limit
    stage: Literal["window", "backfill"] = steps[min(index, len(steps) - 1)].stage
    while index < len(steps) and room > 0:
        step = steps[index]
        if changes and step.stage != stage:
            break
        stage = step.stage
        rows = _step_rows(connection, asked, cursor, step, at, row_id, room) if asked.scope.sees(step.kind) else []
        if rows:
            if shown := asked.scope.all_shown(step.kind, (row[2] for row in rows)):
                changes.setdefault(step.kind, []).extend(shown)
            at, row_id = rows[-1][0], rows[-1][1]
        if len(rows) < room:
            index, at, row_id = index + 1, None, ""
        room -= len(rows)
    done = cursor.done + asked.limit - room
    finished = index >= len(steps)
    return Page(
        cursor=Following(epoch=cursor.epoch, scope=asked.scope, at=cursor.snap, upto=upto.seq, run=upto.run)
        if finished
        else msgspec.structs.replace(cursor, step=index, at=at, row_id=row_id, done=done, upto=upto.seq, run=upto.run),
        has_more=not finished or upto.seq > cursor.snap,
        upto=upto,
        stage=stage,
        done=done,
        total=max(cursor.total, done),
        changes=changes,
        deleted={},
    )


def _step_rows(
    connection: sqlite3.Connection,
    asked: Asked,
    cursor: Filling,
    step: Step,
    at: int | None,
    row_id: str,
    room: int,
) -> list[tuple[int, str, bytes]]:
    after = "" if at is None else f"AND (at, id) {'<' if step.newest_first else '>'} (:at, :row_id)"
    order = "at DESC, id DESC" if step.newest_first else "at, id"
    return connection.execute(
        f"SELECT at, id, CAST(doc AS BLOB) FROM entity WHERE account = :account AND kind = :kind AND deleted_at IS NULL"
        f" AND at >= :since AND at < :until {step.only} {after} ORDER BY {order} LIMIT :room",
        {
            **_names(asked, cursor),
            "kind": step.kind,
            "since": step.since,
            "until": step.until,
            "at": at,
            "row_id": row_id,
            "room": room,
        },
    ).fetchall()


def _follow(connection: sqlite3.Connection, asked: Asked, cursor: Following, upto: Reached) -> Page:
    """Rows newer than the cursor in order of version.  The last page ends at the seq, not at its last row's version:

    the newest seq may belong to a row whose tombstone is gone, and then the client would never be done.
    """
    rows = _newer(connection, asked, cursor.at) if asked.scope.sees("turns") or asked.stream == "core" else []
    has_more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    changes: dict[str, list[bytes]] = {}
    deleted: dict[str, list[RowChange]] = {}
    for row in rows:
        if not asked.scope.sees(row.kind):
            continue
        if row.doc is None:
            deleted.setdefault(row.kind, []).append(row)
        elif (shown := asked.scope.shown(row.kind, row.doc)) is not None:
            changes.setdefault(row.kind, []).append(shown)
    position = rows[-1].version if has_more else upto.seq
    done = cursor.done + len(rows)
    return Page(
        cursor=Following(
            epoch=cursor.epoch,
            scope=cursor.scope,
            at=position,
            done=done if has_more else 0,
            upto=upto.seq,
            run=upto.run,
        ),
        has_more=has_more,
        upto=upto,
        stage="follow",
        done=done,
        total=done + (_remaining(connection, asked, position) if has_more else 0),
        changes=changes,
        deleted=deleted,
    )


def _newer(connection: sqlite3.Connection, asked: Asked, position: int) -> list[RowChange]:
    cursor = connection.execute(
        "SELECT kind, id, version, CAST(doc AS BLOB), reason FROM entity"
        " WHERE account = ? AND stream = ? AND version > ? ORDER BY version LIMIT ?",
        (asked.account, STREAM_NUMBER[asked.stream], position, asked.limit + 1),
    )
    return [RowChange(kind=row[0], id=row[1], version=row[2], doc=row[3], reason=row[4]) for row in cursor]


def _remaining(connection: sqlite3.Connection, asked: Asked, position: int) -> int:
    return connection.execute(
        "SELECT count(*) FROM entity WHERE account = ? AND stream = ? AND version > ?",
        (asked.account, STREAM_NUMBER[asked.stream], position),
    ).fetchone()[0]


def compact(tx: Transaction, account: AccountNo, before_ms: int) -> int:
    """Forget tombstones older than `before_ms`; cursors that might still need one expire.  Answers how many went."""
    gone = tx.connection.execute(
        "DELETE FROM entity WHERE account = ? AND deleted_at < ? RETURNING version", (account, before_ms)
    ).fetchall()
    if gone:
        tx.connection.execute(
            "UPDATE account SET floor = max(floor, ?) WHERE number = ?", (max(row[0] for row in gone), account)
        )
    return len(gone)


def joined(rows: dict[str, list[bytes]]) -> bytes:
    """`{"kind":[…],…}` from ready JSON texts."""
    return b"".join(_pieces(rows))


def _pieces(rows: dict[str, list[bytes]]) -> Iterator[bytes]:
    """Pages are megabytes, so they are put together once."""
    comma = b"{"
    for kind, docs in rows.items():
        yield b'%b"%b":[' % (comma, kind.encode())
        yield b",".join(docs)
        yield b"]"
        comma = b","
    yield b"}" if rows else b"{}"


def tombstones(rows: dict[str, list[RowChange]]) -> bytes:
    gone = {
        kind: [{"id": row.id, "version": row.version, "reason": row.reason} for row in changes]
        for kind, changes in rows.items()
    }
    return msgspec.json.encode(gone)


def with_rows(head: dict[str, object], changes: dict[str, list[bytes]], deleted: dict[str, list[RowChange]]) -> bytes:
    """The JSON object `head` with `changes` and `deleted` added, without decoding a row."""
    start = msgspec.json.encode(head)[:-1]
    return b"".join((start, b',"changes":', *_pieces(changes), b',"deleted":', tombstones(deleted), b"}"))


def as_text(
    page: Page,
    *,
    epoch: str,
    stream: Stream,
    since: str,
    ticket: str,
    cursor: str,
    last_mid: int,
    server_time: int,
    has_forgotten: bool,
) -> bytes:
    """The page as the contract's JSON."""
    head: dict[str, object] = {
        "epoch": epoch,
        "ticket": ticket,
        "stream": stream,
        "since": since,
        "cursor": cursor,
        "has_more": page.has_more,
        "seq": page.upto.seq,
        "stage": page.stage,
        "progress": {"done": page.done, "total": page.total},
        "last_mid": last_mid,
        "server_time": server_time,
        "forgot": has_forgotten,
    }
    return with_rows(head, page.changes, page.deleted)
