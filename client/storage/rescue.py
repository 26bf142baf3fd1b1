"""Changes that the database file has lost come back from its mirror and from what can be read of a damaged file.

Asked at every opening: a fresh file that took a damaged one's place, or one that lost its end when the power went,
lacks changes that are known elsewhere.  A change the server may have heard of keeps its number, so that it is
answered with its stored result instead of being done twice.
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from client.clock import Clock
from client.models.mutations import ChangeState, Op, Payload, Row
from client.storage import driver, effective, meta
from client.storage.columns import json_value
from client.storage.driver import Key
from client.storage.mirror import KEYS, Mirror, Mirrored, is_pending, read, rows_of
from client.storage.salvage import Salvaged, read_damaged

RESCUED: Final = "rescued"
KEY_LOST: Final = "key_lost"

Bases = dict[tuple[str, str], Row]


def at_opening(conn: sqlite3.Connection, path: Path, mirror: Mirror, clock: Clock, key: Key | None = None) -> int:
    """Bring back what this file lacks; returns how many changes.  Costs next to nothing where nothing is pending.

    `key`: what the files may be encrypted with.
    """
    asides = tuple(_unread(path))
    if not (mirror.size() or asides or is_pending(conn)):
        return 0
    conn.execute("BEGIN IMMEDIATE")
    try:
        mirrored = read(mirror.path, key)
        back = _bring_back(conn, mirrored, [read_damaged(aside, key) for aside in asides], clock)
        if not _is_current(conn, mirrored) or (mirrored.plain and mirror.key is not None):
            mirror.rewrite(conn)
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    for aside in asides:
        with contextlib.suppress(OSError):
            _note_of(aside).touch(mode=0o600)
    return back


def count(conn: sqlite3.Connection) -> int:
    """How many changes were brought back and not yet seen by the owner."""
    return int(meta.get(conn, RESCUED) or 0)


def key_was_lost(conn: sqlite3.Connection) -> None:
    """This file took the place of one that nobody can read any more."""
    meta.put(conn, KEY_LOST, "1")


def lost_its_key(conn: sqlite3.Connection) -> bool:
    """Whether that happened, and the owner has not seen it yet."""
    return meta.get(conn, KEY_LOST) is not None


def seen(conn: sqlite3.Connection) -> None:
    """The owner knows."""
    conn.execute("DELETE FROM meta WHERE k IN (?, ?)", (RESCUED, KEY_LOST))


def _unread(path: Path) -> Iterable[Path]:
    """Damaged files that were put aside and not looked into."""
    for aside in sorted(path.parent.glob(f"{path.name}.corrupt-*")):
        is_file = aside.suffix.removeprefix(".corrupt-").isdigit()
        if is_file and not _note_of(aside).exists():
            yield aside


def _note_of(aside: Path) -> Path:
    """A file that says by being there that the damaged one was looked into."""
    return aside.with_name(aside.name.replace(".corrupt-", ".read-"))


def _is_current(conn: sqlite3.Connection, mirrored: Mirrored) -> bool:
    """Whether the mirror says what the database does, and is worth keeping as it is."""
    rows = rows_of(conn)
    said = {key: row for key, row in mirrored.rows.items() if row is not None}
    return bool(rows) and mirrored.whole and not mirrored.torn and said == rows


def _bring_back(conn: sqlite3.Connection, mirrored: Mirrored, salvaged: list[Salvaged], clock: Clock) -> int:
    rows = _best(mirrored, salvaged)
    bases = {key: base for each in salvaged for key, base in each.bases.items()}
    back = [key for key in _missing(conn, rows) if _put(conn, key[0], rows[key], bases)]
    _continue_numbers(conn, {*rows, *mirrored.rows})
    changes = [rows[key] for key in back if key[0] == "outbox"]
    if any(change.get("client_id") == meta.client_id(conn) for change in changes):
        # This file goes on from an older state, so it would give numbers again that it has given before.
        meta.put(conn, "client_id", clock.new_id())
        meta.put(conn, "next_mid", "1")
    if changes:
        meta.put(conn, RESCUED, str(count(conn) + len(changes)))
    return len(changes)


def _best(mirrored: Mirrored, salvaged: list[Salvaged]) -> dict[tuple[str, int], Row]:
    """Each row as it was last: as the mirror says, unless it may have missed something."""
    rows: dict[tuple[str, int], Row] = {}
    for each in salvaged:
        rows |= each.rows
    for key, row in mirrored.rows.items():
        if not mirrored.whole and key in rows:
            continue
        if row is not None:
            rows[key] = row
        else:
            rows.pop(key, None)
    return {key: row for key, row in rows.items() if _makes_sense(key[0], row)}


def _makes_sense(what: str, row: Row) -> bool:
    """A damaged page may have given back anything."""
    try:
        match what:
            case "outbox":
                return _is_change(row, json_value(row["payload"]))
            case "conflicts":
                return row["state"] == "open" and isinstance(json_value(row["document"]), dict)
            case _:
                return isinstance(json_value(row["payload"]), dict)
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


def _is_change(row: Row, payload: Payload) -> bool:
    """Whether the payload is what the other columns say, and complete enough to be shown."""
    op = Op(row["op"])
    if (payload["op"], payload["id"], op.kind) != (row["op"], row["id"], row["kind"]):
        return False
    if op.creates or op.puts:
        whole = bool(dict(payload["values"]))
    elif op.patches:
        whole = all(len(pair) == 2 for pair in payload["set"].values())
    else:
        whole = op.removes or isinstance(payload["turn_id"], str)
    return whole and isinstance(payload["client_ts"], int) and bool(ChangeState(row["state"]))


def _missing(conn: sqlite3.Connection, rows: dict[tuple[str, int], Row]) -> list[tuple[str, int]]:
    """Those the file knows neither as they are nor as settled, in the order in which they were made."""
    settled = {number for what, number in rows if what == "history"}
    known: dict[str, set[int]] = {
        what: {number for (number,) in conn.execute(f"SELECT {key} FROM {what}")}
        for what, key in (*KEYS.items(), ("history", "change_id"))
    }
    gone = {"outbox": known["outbox"] | known["history"] | settled, **{k: known[k] for k in ("conflicts", "history")}}
    return sorted(key for key in rows if key[1] not in gone[key[0]])


def _put(conn: sqlite3.Connection, what: str, row: Row, bases: Bases) -> bool:
    """Write a row, and show what it changes; False, and nothing done, where it makes no sense to this version."""
    conn.execute("SAVEPOINT one")
    try:
        names = [name for (name,) in conn.execute("SELECT name FROM pragma_table_info(?)", (what,)) if name in row]
        values = [row[name] for name in names]
        conn.execute(f"INSERT INTO {what} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", values)
        if what == "outbox":
            _show(conn, row["kind"], row["id"], bases.get((row["kind"], row["id"])))
    except (ValueError, LookupError, TypeError, *driver.mistakes()):
        conn.execute("ROLLBACK TO one")
        return False
    finally:
        conn.execute("RELEASE one")
    return True


def _show(conn: sqlite3.Connection, kind: str, row_id: str, base: Row | None) -> None:
    """The row as it was shown, as far as the server's is known; the next sync brings that."""
    if base is not None and effective.base(conn, kind, row_id) is None and _is_row(base):
        conn.execute("INSERT INTO bases VALUES (?, ?, ?, ?, 0)", (kind, row_id, base["row"], base["version"]))
    else:
        effective.hold(conn, kind, row_id)
    effective.rebase(conn, kind, row_id)


def _continue_numbers(conn: sqlite3.Connection, keys: Iterable[tuple[str, int]]) -> None:
    """No number that was ever given is given again."""
    last = {"outbox": 0, "conflicts": 0}
    for what, number in keys:
        counter = "conflicts" if what == "conflicts" else "outbox"
        last[counter] = max(last[counter], number)
    for counter, number in last.items():
        found = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (counter,)).fetchone()
        if found is None and number:
            conn.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (counter, number))
        elif found and found[0] < number:
            conn.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, counter))


def _is_row(base: Row) -> bool:
    with contextlib.suppress(ValueError, TypeError):
        return base["row"] is None or isinstance(json_value(base["row"]), dict)
    return False
