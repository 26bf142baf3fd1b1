"""What the server sent becomes rows, in transactions that are right whatever arrives twice, late or out of order.

Plain functions of a connection, run as whole transactions.  Three guards make a page harmless: its request's ticket
(checked where it is fetched), the cursor and generation it continues (compared here, inside the transaction), and the
version of each row.  Rows go from the decoder to SQLite as tuples; nothing looks into a booking on the way.  Only a row
with changes of this device in it takes the longer way: the server's row becomes its base, and the changes are made on
that again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from client.api.kinds import ROW_TYPES
from client.api.rows import Row
from client.api.wire import Deleted, Delta, Page, Rows, Snapshot, Tombstone, UnknownRow
from client.storage import answers, cursors, effective
from client.storage.cursors import StreamState
from client.storage.effective import Base
from client.storage.schema import STREAM_KINDS

STREAMS = tuple(STREAM_KINDS)
CORE, TRANSCRIPTS = STREAMS

_EARLY_STAGES = ("window", "backfill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a pull continues: if the stream has moved on since, its pages are stale.

    `seq`: the account's counter as the page before this one told it.  `answered`: epoch to the newest version in an
    answer that has not settled, as it was before this was asked.
    """

    stream: str
    cursor: str
    gen: int
    epoch: str | None
    seq: int
    answered: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)


def is_restored(ask: Ask, page: Page[Rows]) -> bool:
    """Whether the server's data is not what it was when the page before this one was made, or not as new.

    In the middle of a pull the cursor does not tell that it went back: it may be one that the older data has as well,
    while rows of before it were left out, because they came once more in what is gone.
    """
    return bool(ask.cursor) and (page.epoch != ask.epoch or page.seq < ask.seq or _forgot_answers(ask, page))


def _forgot_answers(ask: Ask, page: Page[Rows]) -> bool:
    """The counter is lower than an answer had it, in the same epoch: the server went back since."""
    return page.seq < ask.answered.get(page.epoch, 0)


def apply_pages(conn: sqlite3.Connection, ask: Ask, pages: Sequence[Page[Rows]]) -> bool:
    """Write consecutive pages and the cursor they lead to.  False, and nothing written, if the pages are stale."""
    state = cursors.stream(conn, ask.stream)
    if (state.cursor, state.gen, state.epoch) != (ask.cursor, ask.gen, ask.epoch) or pages[0].since != ask.cursor:
        return False
    if _forgot_answers(ask, pages[0]):
        answers.went_back(conn, pages[0].epoch)
    if any(page.forgot for page in pages):
        answers.forgotten(conn)
    for page in pages:
        _write_rows(conn, page.changes, state, _kinds(ask.stream))
        _delete_rows(conn, page.deleted, state, _kinds(ask.stream))
    _move_cursor(conn, state, pages[0], pages[-1])
    return True


def begin_resync(conn: sqlite3.Connection, ask: Ask) -> None:
    """The cursor has expired: start over in a new generation.  What is on screen stays until the end.

    An older copy of the server may have been put in place without another epoch, so it is asked again what it answered.
    """
    state = cursors.stream(conn, ask.stream)
    if (state.cursor, state.gen) != (ask.cursor, ask.gen):
        return
    cursors.start_over(conn, ask.stream)
    if ask.stream == CORE:
        answers.went_back(conn, ask.epoch)


def apply_delta(conn: sqlite3.Connection, delta: Delta[Rows], as_of_ms: int) -> frozenset[str]:
    """Write a live delta to each stream it continues; those it does not continue have a gap and must be pulled."""
    return frozenset(name for name in STREAMS if not _continue(conn, cursors.stream(conn, name), delta, as_of_ms))


def apply_snapshot(conn: sqlite3.Connection, snapshot: Snapshot[Rows]) -> frozenset[str]:
    """Write rows ahead of the feed where that is safe; the streams that are behind the snapshot must be pulled."""
    behind: set[str] = set()
    for name in STREAMS:
        state = cursors.stream(conn, name)
        epoch = snapshot.epoch or state.epoch
        _write_early(conn, state, epoch, snapshot.seq, snapshot.changes)
        if epoch != state.epoch or not state.complete or snapshot.seq > state.seq:
            behind.add(name)
    return frozenset(behind)


def touch(conn: sqlite3.Connection, as_of_ms: int) -> None:
    """The complete streams are known to equal the server at this moment of its clock."""
    conn.execute("UPDATE streams SET as_of = ? WHERE complete", (as_of_ms,))


def _continue(conn: sqlite3.Connection, state: StreamState, delta: Delta[Rows], as_of_ms: int) -> bool:
    if not state.complete:
        _write_early(conn, state, delta.epoch, delta.seq, delta.changes)
        return False
    if delta.epoch != state.epoch:
        return False
    if delta.seq <= state.seq:
        return True
    if delta.prev != state.cursor:
        return False
    _write_rows(conn, delta.changes, state, _kinds(state.name))
    _delete_rows(conn, delta.deleted, state, _kinds(state.name))
    conn.execute(
        "UPDATE streams SET cursor = ?, ccursor = ?, seq = ?, as_of = ? WHERE name = ?",
        (delta.cursor, delta.cursor, delta.seq, as_of_ms, state.name),
    )
    if state.name == CORE:
        answers.settle(conn, as_of_ms)
    return True


def _write_early(conn: sqlite3.Connection, state: StreamState, epoch: str | None, seq: int, rows: Rows) -> None:
    """Rows of a stream that still fills, without moving its cursor.

    Safe only between the first page and `follow`, and only for what is not older than the beginning of the fill:
    everything after that beginning will be delivered again in order, so no tombstone can be missed.
    """
    begun = state.epoch is not None and state.stage in _EARLY_STAGES
    if begun and epoch == state.epoch and seq >= state.snap:
        _write_rows(conn, rows, state, _kinds(state.name))


def _move_cursor(conn: sqlite3.Connection, state: StreamState, first: Page[Rows], last: Page[Rows]) -> None:
    complete = not last.has_more
    progress = last.progress
    conn.execute(
        "UPDATE streams SET epoch = ?, cursor = ?, complete = ?, ccursor = ?, seq = ?, snap = ?, stage = ?, done = ?, "
        "total = ?, resync = ?, as_of = ? WHERE name = ?",
        (
            last.epoch,
            last.cursor,
            complete,
            last.cursor if complete else state.ccursor,
            last.seq,
            state.snap if state.cursor else first.seq,
            last.stage,
            progress.done if progress else state.done,
            progress.total if progress else state.total,
            state.resync and not complete,
            last.server_time if complete else _as_of_ms(conn, state.name),
            state.name,
        ),
    )
    if complete and state.resync:
        _sweep(conn, state)
    if complete and state.name == CORE:
        if not state.complete:
            answers.ask_again(conn, lambda epoch: epoch != last.epoch)
        answers.settle(conn, last.server_time)


def _as_of_ms(conn: sqlite3.Connection, stream: str) -> int | None:
    return conn.execute("SELECT as_of FROM streams WHERE name = ?", (stream,)).fetchone()[0]


def _sweep(conn: sqlite3.Connection, state: StreamState) -> None:
    """Remove what a resync did not bring.  What this device changed or made stays, on top of nothing."""
    for kind in _kinds(state.name):
        if kind in effective.KINDS:
            _sweep_bases(conn, kind, state.gen)
        conn.execute(f"DELETE FROM {kind} WHERE gen < ?", (state.gen,))
    conn.execute("DELETE FROM unknown_rows WHERE stream = ? AND gen < ?", (state.name, state.gen))


def _sweep_bases(conn: sqlite3.Connection, kind: str, gen: int) -> None:
    stale = conn.execute("SELECT id FROM bases WHERE kind = ? AND gen < ? ORDER BY id", (kind, gen)).fetchall()
    for (row_id,) in stale:
        _rebase(conn, kind, row_id, Base(row=None, version=0, gen=gen))


# --- rows ----------------------------------------------------------------------------------------------------------
def _kinds(stream: str) -> tuple[str, ...]:
    return STREAM_KINDS[stream]


_COLUMNS = {kind: (*row_type.__struct_fields__, "gen", "extra") for kind, row_type in ROW_TYPES.items()}


def _upsert(kind: str) -> str:
    """A row of an older generation is always replaced: after a restore the server's versions begin lower."""
    names = [f'"{name}"' for name in _COLUMNS[kind]]
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != '"id"')
    return (
        f"INSERT INTO {kind} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT (id) DO UPDATE SET {updates} "
        f"WHERE excluded.version >= {kind}.version OR excluded.gen > {kind}.gen"
    )


_UPSERT = {kind: _upsert(kind) for kind in ROW_TYPES}
_UPSERT_UNKNOWN = (
    "INSERT INTO unknown_rows (kind, id, stream, row, version, gen) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (kind, id) DO UPDATE SET row = excluded.row, version = excluded.version, gen = excluded.gen "
    "WHERE excluded.version >= unknown_rows.version OR excluded.gen > unknown_rows.gen"
)

# Columns that hold JSON text, and what stands for a missing value where the column must not be empty.
_JSON: dict[str, dict[str, str | None]] = {
    "business": {"opening_hours": "{}", "closed_days": "[]"},
    "staff": {"services": "[]", "works": "{}"},
    "services": {"resources": "[]"},
    "leads": {"score_reasons": "[]", "interested_services": "[]", "tags": "[]"},
    "calls": {"extracted": "{}", "consent": "{}", "flags": "[]", "recording": None},
    "corrections": {"replaces": "[]"},
    "forecasts": {"days": "[]", "total": None, "grid": None, "record": None},
    "turns": {"low_confidence": "[]", "tool": None},
}
_JSON_PLACES = {
    kind: [(ROW_TYPES[kind].__struct_fields__.index(name), empty) for name, empty in columns.items()]
    for kind, columns in _JSON.items()
}


def _write_rows(conn: sqlite3.Connection, rows: Rows, state: StreamState, kinds: tuple[str, ...]) -> None:
    for kind in rows.kinds():
        if kind in kinds:
            extras = rows.extras.get(kind, {})
            conn.executemany(_UPSERT[kind], _clean(conn, kind, _tuples(kind, rows.of(kind), state.gen, extras)))
    # Kinds nobody knows travel with core.
    if rows.unknown and state.name == CORE:
        conn.executemany(_UPSERT_UNKNOWN, _unknown_tuples(rows.unknown, state))


def _clean(conn: sqlite3.Connection, kind: str, rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """Those without changes of this device, which are most; under the others the server's row is put as their base."""
    dirty = _dirty_ids(conn, kind)
    if not dirty:
        return rows
    found = list(rows)
    for values in found:
        if values[0] in dirty:
            row = dict(zip(_COLUMNS[kind], values, strict=True))
            _rebase(conn, kind, row["id"], Base(row=row, version=row["version"], gen=row["gen"]))
    return [values for values in found if values[0] not in dirty]


def _dirty_ids(conn: sqlite3.Connection, kind: str) -> frozenset[str]:
    return effective.dirty_ids(conn, kind) if kind in effective.KINDS else frozenset()


def _rebase(conn: sqlite3.Connection, kind: str, row_id: str, base: Base) -> None:
    effective.put_base(conn, kind, row_id, base)
    effective.rebase(conn, kind, row_id)


def _tuples(kind: str, rows: Iterable[Row], gen: int, extras: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    as_tuple = msgspec.structs.astuple
    places = _JSON_PLACES.get(kind, [])
    if not places and not extras:
        tail = (gen, None)
        return (as_tuple(row) + tail for row in rows)
    return (_flat(as_tuple(row), places, gen, extras) for row in rows)


def _flat(
    values: tuple[Any, ...], places: list[tuple[int, str | None]], gen: int, extras: dict[str, str]
) -> tuple[Any, ...]:
    flat = list(values)
    for place, empty in places:
        value = flat[place]
        flat[place] = empty if value is None or value == [] else msgspec.json.encode(value).decode()
    return (*flat, gen, extras.get(values[0]))


def _unknown_tuples(rows: Iterable[UnknownRow], state: StreamState) -> Iterator[tuple[Any, ...]]:
    return ((row.kind, row.id, state.name, row.row, row.version, state.gen) for row in rows)


def _delete_rows(conn: sqlite3.Connection, deleted: Deleted, state: StreamState, kinds: tuple[str, ...]) -> None:
    for kind, tombstones in deleted.items():
        if kind in kinds:
            conn.executemany(
                f"DELETE FROM {kind} WHERE id = ? AND version <= ?",
                [(tombstone.id, tombstone.version) for tombstone in _of_clean(conn, kind, tombstones, state.gen)],
            )
        elif kind not in ROW_TYPES and state.name == CORE:
            conn.executemany(
                "DELETE FROM unknown_rows WHERE kind = ? AND id = ? AND version <= ?",
                ((kind, tombstone.id, tombstone.version) for tombstone in tombstones),
            )


def _of_clean(conn: sqlite3.Connection, kind: str, tombstones: list[Tombstone], gen: int) -> list[Tombstone]:
    """Those of rows without changes of this device; the others are gone below their changes, which await an answer."""
    dirty = _dirty_ids(conn, kind)
    for tombstone in tombstones:
        if tombstone.id in dirty:
            _rebase(conn, kind, tombstone.id, Base(row=None, version=tombstone.version, gen=gen))
    return [tombstone for tombstone in tombstones if tombstone.id not in dirty]
