"""Keeping the tallies: of each stretch of time how many rows of each kind there are, and what their amounts come to.

They are derived and say nothing of their own.  Triggers keep them in the same transaction as the rows, in two lengths
of stretches, so that a year is some hundred of them.  They are made when a first sync is over, in one reading of the
rows, and made anew when a newer version asks something else of a row.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from client.models.tallies import Axis
from client.storage.tally_terms import LEVELS, TABLES, Table, of


def is_kept(conn: sqlite3.Connection) -> bool:
    """Whether the file has tallies, made by this version's expressions."""
    return conn.execute("SELECT 1 FROM meta WHERE k = 'tallies' AND v = ?", (_made_by(),)).fetchone() is not None


def ensure(conn: sqlite3.Connection) -> None:
    """Make the tallies and what keeps them, inside the caller's transaction; costs nothing when they are there.

    Those of another version's expressions, or whose triggers went with a table that was made anew, are made anew.
    """
    if are_complete(conn):
        return
    forget(conn)
    for statement in (*_CREATING, *_FILLING, *_triggers()):
        conn.execute(statement)
    conn.execute("INSERT OR REPLACE INTO meta VALUES ('tallies', ?)", (_made_by(),))


def forget(conn: sqlite3.Connection) -> None:
    """Take them away, with all that keeps them, inside the caller's transaction; `ensure` makes them anew."""
    for name in names(conn):
        conn.execute(f"DROP {'TRIGGER' if name.startswith(_TRIGGER) else 'TABLE'} IF EXISTS {name}")
    conn.execute("DELETE FROM meta WHERE k = 'tallies'")


def are_complete(conn: sqlite3.Connection) -> bool:
    """Whether the tallies and all that keeps them are there."""
    return is_kept(conn) and names(conn) == _NAMES


def names(conn: sqlite3.Connection) -> frozenset[str]:
    """What of the file's schema is made here."""
    found = conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')")
    return frozenset(name for (name,) in found if name in _DERIVED or name.startswith(_TRIGGER))


_TRIGGER: Final = "tallies_of_"
_DERIVED: Final = ("tallies", "first_visits")
_CREATING: Final = (
    "CREATE TABLE tallies (axis INTEGER, level INTEGER, stretch INTEGER, code INTEGER, n INTEGER NOT NULL, "
    "amount INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (axis, level, stretch, code)) WITHOUT ROWID",
    "CREATE TABLE first_visits (customer_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
)
_COARSE, _FINE = LEVELS
# The plus keeps SQLite from the index: by that it would come to each row out of order, and decrypt its page anew.
_FILLING: Final = (
    "INSERT INTO first_visits SELECT customer_id, min(starts_at) FROM bookings "
    "WHERE status = 'completed' AND customer_id IS NOT NULL GROUP BY +customer_id",
    *(
        f"INSERT INTO tallies SELECT {axis.value}, {_FINE}, {of(table.at, 't')} >> {_FINE}, {of(table.code, 't')}, "
        f"count(*), sum({of(table.amount, 't')}), sum({of(table.length, 't')}) FROM {table.table} t GROUP BY 3, 4"
        for axis, table in TABLES.items()
    ),
    f"INSERT INTO tallies SELECT {Axis.FIRST.value}, {_FINE}, at >> {_FINE}, 0, count(*), 0, 0 FROM first_visits "
    "GROUP BY 3",
    f"INSERT INTO tallies SELECT axis, {_COARSE}, stretch >> {_COARSE - _FINE}, code, sum(n), sum(amount), sum(length) "
    f"FROM tallies WHERE level = {_FINE} GROUP BY 1, 3, 4",
)


def _triggers() -> Iterator[str]:
    for axis, table in TABLES.items():
        name = f"{_TRIGGER}{axis.name.lower()}"
        took, added = _taking(axis, table), _adding(axis, table)
        yield f"CREATE TRIGGER {name}_added AFTER INSERT ON {table.table} BEGIN {added} END"
        yield f"CREATE TRIGGER {name}_removed AFTER DELETE ON {table.table} BEGIN {took} END"
        yield (
            f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {table.columns} ON {table.table} "
            f"WHEN {_alike(table, 'OLD')} IS NOT {_alike(table, 'NEW')} BEGIN {took} {added} END"
        )
    for row, verb in (("NEW", "INSERT"), ("OLD", "DELETE")):
        did = _FIRSTS_ADDING if verb == "INSERT" else _FIRSTS_TAKING
        yield f"CREATE TRIGGER {_TRIGGER}firsts_{verb.lower()} AFTER {verb} ON first_visits BEGIN {did} END"
        yield (
            f"CREATE TRIGGER {_TRIGGER}visits_{verb.lower()} AFTER {verb} ON bookings "
            f"WHEN {_visited(row)} BEGIN {_look_again(row)} END"
        )
    yield (
        f"CREATE TRIGGER {_TRIGGER}visits_update AFTER UPDATE OF status, customer_id, starts_at ON bookings "
        f"WHEN ({_visited('OLD')} OR {_visited('NEW')}) "
        "AND (OLD.status, OLD.customer_id, OLD.starts_at) IS NOT (NEW.status, NEW.customer_id, NEW.starts_at) "
        f"BEGIN {_look_again('OLD')} {_look_again('NEW')} END"
    )


def _alike(table: Table, row: str) -> str:
    """What two versions of a row agree in that are counted alike."""
    return of(f"({table.at} >> {_FINE}, {table.code}, {table.amount}, {table.length})", row)


def _adding(axis: Axis, table: Table) -> str:
    return "".join(
        of(
            f"INSERT INTO tallies VALUES ({axis.value}, {level}, {table.at} >> {level}, {table.code}, 1, "
            f"{table.amount}, {table.length}) ON CONFLICT (axis, level, stretch, code) DO UPDATE SET n = n + 1, "
            "amount = amount + excluded.amount, length = length + excluded.length; ",
            "NEW",
        )
        for level in LEVELS
    )


def _taking(axis: Axis, table: Table) -> str:
    return "".join(
        of(
            f"UPDATE tallies SET n = n - 1, amount = amount - {table.amount}, length = length - {table.length} "
            f"WHERE {where}; DELETE FROM tallies WHERE {where} AND n = 0; ",
            "OLD",
        )
        for level in LEVELS
        for where in [
            f"axis = {axis.value} AND level = {level} AND stretch = {table.at} >> {level} AND code = {table.code}"
        ]
    )


_FIRSTS: Final = Table(table="first_visits", at="{}.at", code="0", amount="0", length="0", columns="at")
_FIRSTS_ADDING: Final = _adding(Axis.FIRST, _FIRSTS)
_FIRSTS_TAKING: Final = _taking(Axis.FIRST, _FIRSTS)


def _visited(row: str) -> str:
    return f"({row}.status = 'completed' AND {row}.customer_id IS NOT NULL)"


def _look_again(row: str) -> str:
    """Find this customer's first visit anew."""
    return (
        f"DELETE FROM first_visits WHERE customer_id = {row}.customer_id; "
        "INSERT INTO first_visits SELECT customer_id, starts_at FROM bookings "
        f"WHERE customer_id = {row}.customer_id AND status = 'completed' ORDER BY starts_at LIMIT 1;"
    )


@lru_cache(maxsize=1)
def _made_by() -> str:
    """Another one for other expressions."""
    return hashlib.sha256("".join((*_CREATING, *_FILLING, *_triggers())).encode()).hexdigest()


_NAMES: Final = frozenset((*_DERIVED, *(statement.split(maxsplit=3)[2] for statement in _triggers())))
