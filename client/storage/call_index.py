"""The words of every call that is over, so that twenty thousand transcripts can be searched in a millisecond.

Derived from calls and turns and nothing else: it is made in the background (sync/indexing.py), is behind for a moment,
and can be thrown away.  `call_texts` has a document a call, a line a turn, the first line for who called and how it
went; its number grows with the call's start, so that the newest is found first without sorting.  `call_words` is the
index over them (FTS5), which is not there where SQLite cannot make one.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from client.models.calls import Call, Turn, TurnKind
from client.models.ids import CallId
from client.storage import cursors, meta, promises, schema
from client.storage.columns import milliseconds
from client.storage.words import endings, line

FORMAT: Final = "3"
"""Of the documents, and of how promises are judged: a file with others makes them anew."""

_MADE: Final = "call_index"
_LEFT: Final = "call_index_left"
_INDEXED: Final = "indexed"
_PLAIN: Final = "plain"
_IN_A_SECOND: Final = 16
"""So many calls may start in one second before one of them takes a number of the next."""

_TABLE: Final = """
CREATE TABLE call_texts (
    docid INTEGER PRIMARY KEY, call_id TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, words TEXT NOT NULL)
"""
_INDEX: Final = """
CREATE VIRTUAL TABLE call_words USING fts5(words, content = 'call_texts', content_rowid = 'docid',
    tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3', columnsize = 0)
"""
# What has changed since is found by its version.  A first sync is done before these are made.
_VERSIONS: Final = (
    "CREATE INDEX IF NOT EXISTS calls_by_version ON calls(version)",
    "CREATE INDEX IF NOT EXISTS turns_by_version ON turns(version)",
)
_STAMP: Final = """c.version || '.' || (SELECT coalesce(max(version), 0) || '.' || count(*) FROM turns
WHERE call_id = c.id)"""
_OVER: Final = "(c.ended_at IS NOT NULL OR c.status = 'ended')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Which rows the index was compared with: another file, another history or a resync makes it another one."""

    file: str
    epochs: tuple[str | None, ...]
    gens: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`stamp`: of the rows it was made from."""

    call_id: CallId
    started_at: datetime
    stamp: str
    words: str


# --- as the file is opened ------------------------------------------------------------------------------------------
def prepare(conn: sqlite3.Connection) -> None:
    """Make the tables, and throw away what an older format, or an SQLite without the index, has written."""
    made = f"{FORMAT} {_INDEXED if schema.has_fts5(conn) else _PLAIN}"
    if meta.get(conn, _MADE) == made:
        return
    conn.execute("BEGIN IMMEDIATE")
    # Another process may have made them while we waited for the lock.
    if meta.get(conn, _MADE) != made:
        _make(conn, made)
    conn.execute("COMMIT")


def has_words(conn: sqlite3.Connection) -> bool:
    """Whether the words of this file are indexed; else they are looked through."""
    return (meta.get(conn, _MADE) or "").endswith(_INDEXED)


def _make(conn: sqlite3.Connection, made: str) -> None:
    indexed = made.endswith(_INDEXED)
    if indexed:
        conn.execute("DROP TABLE IF EXISTS call_words")
    conn.execute("DROP TABLE IF EXISTS call_texts")
    conn.execute("DROP TABLE IF EXISTS call_promises")
    for statement in (_TABLE, promises.TABLE, promises.INDEX):
        conn.execute(statement)
    if indexed:
        conn.execute(_INDEX)
    conn.execute("DELETE FROM meta WHERE k = ?", (_LEFT,))
    meta.put(conn, _MADE, made)


# --- what is to be done -----------------------------------------------------------------------------------------------
def source(conn: sqlite3.Connection, *, transcripts: bool) -> Source | None:
    """What there is to index, or None while it still arrives.  `transcripts`: the role may read what was said."""
    streams = [cursors.stream(conn, name) for name in ("core", *(["transcripts"] if transcripts else []))]
    if not all(stream.complete for stream in streams):
        return None
    epochs, gens = tuple(stream.epoch for stream in streams), tuple(stream.gen for stream in streams)
    return Source(file=meta.client_id(conn), epochs=epochs, gens=gens)


def make_version_indexes(conn: sqlite3.Connection) -> None:
    for statement in _VERSIONS:
        conn.execute(statement)


def newest_version(conn: sqlite3.Connection) -> int:
    """Up to which `changed_since` has told everything."""
    return int(
        conn.execute(
            "SELECT max((SELECT coalesce(max(version), 0) FROM calls), (SELECT coalesce(max(version), 0) FROM turns))"
        ).fetchone()[0]
    )


def stale(conn: sqlite3.Connection) -> list[CallId]:
    """All calls that are over and not indexed as they are now, newest first.  Looks at every turn: a third of a second
    for 20,000 transcripts."""
    rows = conn.execute(
        f"SELECT c.id FROM calls c LEFT JOIN call_texts t ON t.call_id = c.id WHERE {_OVER} "
        f"AND (t.stamp IS NULL OR t.stamp <> {_STAMP}) ORDER BY c.started_at DESC"
    )
    return [CallId(call_id) for (call_id,) in rows]


def changed_since(conn: sqlite3.Connection, version: int) -> list[CallId]:
    """The calls that are over and have changed after that version, newest first."""
    rows = conn.execute(
        f"SELECT c.id FROM calls c WHERE {_OVER} AND c.id IN (SELECT id FROM calls WHERE version > ? UNION "
        "SELECT call_id FROM turns WHERE version > ?) ORDER BY c.started_at DESC",
        (version, version),
    )
    return [CallId(call_id) for (call_id,) in rows]


def gone(conn: sqlite3.Connection) -> list[CallId]:
    """Indexed calls that are no more."""
    rows = conn.execute("SELECT call_id FROM call_texts t WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = t.call_id)")
    return [CallId(call_id) for (call_id,) in rows]


def left(conn: sqlite3.Connection) -> int | None:
    """How many calls are still to be read; None before anybody has counted."""
    text = meta.get(conn, _LEFT)
    return None if text is None else int(text)


def put_left(conn: sqlite3.Connection, count: int) -> None:
    meta.put(conn, _LEFT, str(count))


# --- documents --------------------------------------------------------------------------------------------------------
def document(call: Call, turns: Sequence[Turn]) -> Document:
    """What of a call is searched: who called and how it went, then each spoken turn in its order."""
    about = " ".join(piece for piece in (call.caller_name, endings(call.caller_phone), call.summary) if piece)
    lines = [line(about), *(line(turn.text) for turn in turns if turn.kind is TurnKind.SPEECH)]
    newest = max((turn.version for turn in turns), default=0)
    return Document(
        call_id=call.call_id,
        started_at=call.started_at,
        stamp=f"{call.version}.{newest}.{len(turns)}",
        words="\n".join(lines),
    )


def put(conn: sqlite3.Connection, documents: Sequence[Document]) -> None:
    """Index these calls, or index them anew."""
    indexed = has_words(conn)
    for each in documents:
        known = conn.execute("SELECT docid, stamp FROM call_texts WHERE call_id = ?", (each.call_id,)).fetchone()
        if known and known[1] == each.stamp:
            continue
        if known:
            _take_out(conn, known[0], indexed)
        number = _number(conn, each.started_at)
        conn.execute("INSERT INTO call_texts VALUES (?, ?, ?, ?)", (number, each.call_id, each.stamp, each.words))
        if indexed:
            conn.execute("INSERT INTO call_words (rowid, words) VALUES (?, ?)", (number, each.words))


def remove(conn: sqlite3.Connection, call_ids: Sequence[CallId]) -> None:
    indexed = has_words(conn)
    for call_id in call_ids:
        known = conn.execute("SELECT docid FROM call_texts WHERE call_id = ?", (call_id,)).fetchone()
        if known:
            _take_out(conn, known[0], indexed)
        promises.remove(conn, call_id)


def tidy(conn: sqlite3.Connection) -> bool:
    """Join some pieces of the index, so that it answers sooner; False when there is nothing left to join."""
    if not has_words(conn):
        return False
    before = conn.total_changes
    conn.execute("INSERT INTO call_words (call_words, rank) VALUES ('merge', 100)")
    return conn.total_changes - before >= 2


def number_at(at: datetime) -> int:
    """The least number a call that started then, or later, can have."""
    return milliseconds(at) // 1000 * _IN_A_SECOND


def _take_out(conn: sqlite3.Connection, number: int, indexed: bool) -> None:
    if indexed:
        # An index without a text of its own is told what it has to forget.
        conn.execute(
            "INSERT INTO call_words (call_words, rowid, words) SELECT 'delete', docid, words FROM call_texts "
            "WHERE docid = ?",
            (number,),
        )
    conn.execute("DELETE FROM call_texts WHERE docid = ?", (number,))


def _number(conn: sqlite3.Connection, started_at: datetime) -> int:
    """The first free number at the call's start or after it."""
    number = number_at(started_at)
    while conn.execute("SELECT 1 FROM call_texts WHERE docid = ?", (number,)).fetchone():
        number += 1
    return number
