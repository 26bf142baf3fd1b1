"""Rows as this device shows them: the server's row (the base) with the waiting changes in it.

A row without changes is the server's and has no base; the first change copies it to `bases`, and from then on whoever
brings the server's row puts it there and calls `rebase`.  All of it runs inside the caller's transaction.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from client.models.mutations import IN_EFFECT, Payload, Row, effect, refused_fields
from client.storage.columns import json_text, json_value

KINDS = (
    *("bookings", "blocks", "calendars", "leads", "calls", "employees", "tasks", "marks", "corrections"),
    *("blocked_numbers", "assumptions"),
)
"""Tables whose rows can have changes in them; each has a `dirty` column."""

Effects = Iterable[tuple[Payload, frozenset[str]]]
"""Mutations in the order in which they were made, each with the fields that the server refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A row as the server has it; None when it was deleted there or has not arrived yet.

    `is_new`: until now there was none, because the row had no changes in it.
    """

    row: Row | None = field(hash=False)
    version: int
    gen: int
    is_new: bool = field(default=False, compare=False)


def base(conn: sqlite3.Connection, kind: str, row_id: str) -> Base | None:
    """The server's row under the changes of this device; None when there are no changes."""
    found = conn.execute("SELECT row, version, gen FROM bases WHERE kind = ? AND id = ?", (kind, row_id)).fetchone()
    if found is None:
        return None
    return Base(row=None if found[0] is None else json_value(found[0]), version=found[1], gen=found[2])


def put_base(conn: sqlite3.Connection, kind: str, row_id: str, new: Base) -> None:
    """The server's row has changed under the changes of this device; `rebase` it next.

    As everywhere the higher version wins, and a newer generation over an older one.  Nothing for a clean row.
    """
    conn.execute(
        "UPDATE bases SET row = ?, version = ?, gen = ? WHERE kind = ? AND id = ? AND (version <= ? OR gen < ?)",
        (_text(new.row), new.version, new.gen, kind, row_id, new.version, new.gen),
    )


def dirty_ids(conn: sqlite3.Connection, kind: str) -> frozenset[str]:
    """The rows of that table with changes in them, those that the changes removed included."""
    return frozenset(row_id for (row_id,) in conn.execute("SELECT id FROM bases WHERE kind = ?", (kind,)))


def rebase(conn: sqlite3.Connection, kind: str, row_id: str) -> Row | None:
    """Make the row what its base and its changes say, and return it.  A row without changes is the base again."""
    under = base(conn, kind, row_id)
    return (
        effective_row(conn, kind, row_id)
        if under is None
        else show(conn, kind, row_id, under, _effects(conn, kind, row_id))
    )


# --- for outbox.py, which has read the changes already ---------------------------------------------------------------
def hold(conn: sqlite3.Connection, kind: str, row_id: str, shown: Row | None = None) -> Base:
    """The base, kept from now on if the row was clean.  `shown`: the row as `effective_row` gave it, if known."""
    row = shown or effective_row(conn, kind, row_id)
    version, gen = (row["version"], row["gen"]) if row else (0, _generation(conn))
    kept = conn.execute(
        "INSERT INTO bases VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (kind, row_id, _text(row), version, gen)
    )
    new = Base(row=row, version=version, gen=gen, is_new=True)
    return new if kept.rowcount else base(conn, kind, row_id) or new


def show(
    conn: sqlite3.Connection, kind: str, row_id: str, under: Base, effects: Effects, shown: Row | None = None
) -> Row | None:
    """Write the row as `under` and `effects` make it; without effects the base is forgotten.

    `shown` as in `hold`: then only what differs is written, so that the indexes of the rest are left alone.
    """
    effects = tuple(effects)
    row = _replay(conn, under, effects)
    if row is None:
        conn.execute(f"DELETE FROM {kind} WHERE id = ?", (row_id,))
    else:
        row = {**row, "version": under.version, "gen": under.gen}
        if shown is None:
            _write(conn, kind, row, dirty=bool(effects))
        else:
            _write_differences(conn, kind, shown, row, dirty=bool(effects), was_dirty=not under.is_new)
    if not effects:
        conn.execute("DELETE FROM bases WHERE kind = ? AND id = ?", (kind, row_id))
    return row


def effective_row(conn: sqlite3.Connection, kind: str, row_id: str) -> Row | None:
    """The row as it is shown now, by column names, without `dirty`."""
    cursor = conn.execute(f"SELECT * FROM {kind} WHERE id = ?", (row_id,))
    values = cursor.fetchone()
    if values is None:
        return None
    row = dict(zip([column[0] for column in cursor.description], values, strict=True))
    del row["dirty"]
    return row


def _replay(conn: sqlite3.Connection, under: Base, effects: Effects) -> Row | None:
    row = under.row
    for payload, refused in effects:
        row = effect(row, payload, refused, time_zone=_time_zone(conn) if row is None else "")
    return row


def _effects(conn: sqlite3.Connection, kind: str, row_id: str) -> Effects:
    marks = ", ".join("?" * len(IN_EFFECT))
    found = conn.execute(
        f"SELECT payload, result FROM outbox WHERE kind = ? AND id = ? AND state IN ({marks}) ORDER BY change_id",
        (kind, row_id, *IN_EFFECT),
    ).fetchall()
    return [(json_value(payload), refused_fields(json_value(result) if result else None)) for payload, result in found]


def _write(conn: sqlite3.Connection, kind: str, row: dict[str, Any], *, dirty: bool) -> None:
    conn.execute(_upsert(kind, tuple(row)), (*row.values(), dirty))


def _write_differences(
    conn: sqlite3.Connection, kind: str, shown: Row, row: Row, *, dirty: bool, was_dirty: bool
) -> None:
    new = {name: value for name, value in row.items() if value != shown[name] or type(value) is not type(shown[name])}
    if dirty is not was_dirty:
        new["dirty"] = dirty
    if new:
        conn.execute(_update(kind, tuple(new)), (*new.values(), row["id"]))


@lru_cache(maxsize=256)
def _update(kind: str, columns: tuple[str, ...]) -> str:
    updates = ", ".join(f'"{name}" = ?' for name in columns)
    return f"UPDATE {kind} SET {updates} WHERE id = ?"


@lru_cache(maxsize=64)
def _upsert(kind: str, columns: tuple[str, ...]) -> str:
    names = [f'"{name}"' for name in (*columns, "dirty")]
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != '"id"')
    return (
        f"INSERT INTO {kind} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT (id) DO UPDATE SET {updates}"
    )


def _time_zone(conn: sqlite3.Connection) -> str:
    found = conn.execute("SELECT time_zone FROM business ORDER BY version DESC LIMIT 1").fetchone()
    return found[0] if found else "UTC"


def _generation(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT gen FROM streams WHERE name = 'core'").fetchone()[0])


def _text(row: Row | None) -> str | None:
    return None if row is None else json_text(row)
