"""The way of a change to the server: which goes next, and under which number.

A number (`client_id`, `mid`) is given in the transaction that marks a change sent, and what has a number never changes:
the server recognises a repetition by it.  Whatever is handed out again goes out under its old number, unless it is
certain that the server did not, and never will, act on that one.  What comes back is for answers.py.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from client.models.ids import ChangeId
from client.models.operations import CREATES
from client.storage import meta

MOST = 100
MOST_BYTES = 256 * 1024
CAREFUL = 5
"""A change that was in so many batches the server failed on goes alone from then on."""

UNNUMBERED = "state = 'queued', client_id = NULL, mid = NULL, sent_at = NULL"
"""As a change was before it was sent; only for one the server never acted on under its number, and never will."""

_FRAME_BYTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A numbered change; `text` is the JSON object the server gets, without its number."""

    change_id: ChangeId
    mid: int
    kind: str
    row_id: str
    attempts: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Consecutive changes of one client id.

    `overtaking`: the only one in it would be done before an earlier change of the same row; its number has to be given
    up, so that it can be sent after that one.
    """

    client_id: str
    changes: tuple[Outgoing, ...]
    overtaking: bool = False


# --- out -------------------------------------------------------------------------------------------------------------
_OUT = "change_id, mid, kind, id, attempts, payload"

# A change whose turn has not come, or that was set aside, holds the later ones of its row; so does a row whose making
# was refused.  One that keeps its number holds them, too: what the server has under that may be another copy's.
_MAKING = ", ".join(f"'{op}'" for op in sorted(CREATES))
_HOLDS = f"""SELECT kind, id, min(change_id) FROM outbox
WHERE (state = 'queued' AND next_try > ?) OR state = 'parked' OR (state = 'refused' AND op IN ({_MAKING}))
GROUP BY kind, id"""

# A change that has a number though an earlier one of its row is not on its way: it was put off or set aside.
_OVERTAKES = """EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.kind = outbox.kind AND earlier.id = outbox.id
AND earlier.change_id < outbox.change_id AND earlier.state IN ('queued', 'parked'))"""


def next_batch(
    conn: sqlite3.Connection, now_ms: int, *, most: int = MOST, most_bytes: int = MOST_BYTES
) -> Batch | None:
    """What to send next, None when nothing may be: first what was sent already, as it was, then what was not.

    Changes that are sent for the first time get their numbers here.
    """
    client_id, again = _sent_again(conn, most)
    if again and again[0][1]:
        return Batch(client_id=client_id, changes=(again[0][0],), overtaking=True)
    room = _Room(most, most_bytes)
    room.fill(change for change, _ in _until_overtaking(again))
    if not room.full and len(room.changes) == len(again) and client_id == meta.client_id(conn):
        _number(conn, client_id, room, now_ms)
    return Batch(client_id=client_id, changes=tuple(room.changes)) if room.changes else None


def is_due(conn: sqlite3.Connection, now_ms: int) -> bool:
    """Whether `next_batch` would give one."""
    if conn.execute("SELECT 1 FROM outbox WHERE state = 'sent' LIMIT 1").fetchone():
        return True
    return next(_unsent(conn, now_ms), None) is not None


def due_at(conn: sqlite3.Connection) -> int | None:
    """When the next change the server put off is due, None without any."""
    return conn.execute("SELECT min(next_try) FROM outbox WHERE state = 'queued'").fetchone()[0]


def newest(conn: sqlite3.Connection) -> int:
    """The number of the last change that was made, 0 before the first; it grows with each one."""
    row = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return row[0] if row else 0


def forget_waits(conn: sqlite3.Connection) -> None:
    """What the server put off is due: after a start nobody knows how much time has passed."""
    conn.execute("UPDATE outbox SET next_try = NULL WHERE state = 'queued' AND next_try IS NOT NULL")


class _Room:
    """A batch being filled; a change that has to go alone does."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self.changes: list[Outgoing] = []
        self.full = False
        self._most = most
        self._left = most_bytes - _FRAME_BYTES

    def fill(self, changes: Iterable[Outgoing]) -> None:
        for change in changes:
            if not self.take(change):
                return

    def take(self, change: Outgoing) -> bool:
        """Whether there was room for it; for the first one there always is."""
        careful = change.attempts >= CAREFUL
        self._left -= len(change.text.encode()) + len(f'"mid":{change.mid},,')
        if self.full or (self.changes and (careful or self._left < 0)):
            self.full = True
            return False
        self.changes.append(change)
        self.full = careful or len(self.changes) >= self._most
        return True


def _sent_again(conn: sqlite3.Connection, most: int) -> tuple[str, list[tuple[Outgoing, bool]]]:
    """The oldest unanswered changes of one client id, each with whether it overtakes; of a former id before others."""
    current = meta.client_id(conn)
    row = conn.execute(
        "SELECT client_id FROM outbox WHERE state = 'sent' ORDER BY client_id = ?, change_id LIMIT 1", (current,)
    ).fetchone()
    if row is None:
        return current, []
    rows = conn.execute(
        f"SELECT {_OUT}, {_OVERTAKES} FROM outbox WHERE state = 'sent' AND client_id = ? ORDER BY mid LIMIT ?",
        (row[0], most),
    )
    return row[0], [(_outgoing(found), bool(found[6])) for found in rows]


def _until_overtaking(again: list[tuple[Outgoing, bool]]) -> Iterable[tuple[Outgoing, bool]]:
    for change, overtakes in again:
        if overtakes:
            return
        yield change, overtakes


def _number(conn: sqlite3.Connection, client_id: str, room: _Room, now_ms: int) -> None:
    """Give numbers to as many unsent changes as there is room for."""
    next_mid = int(meta.get(conn, "next_mid") or 1)
    given: list[tuple[str, int, int, int]] = []
    for change_id, _, kind, row_id, attempts, text in _unsent(conn, now_ms):
        change = Outgoing(change_id=change_id, mid=next_mid, kind=kind, row_id=row_id, attempts=attempts, text=text)
        if not room.take(change):
            break
        given.append((client_id, next_mid, now_ms, change_id))
        next_mid += 1
        if room.full:
            break
    if given:
        conn.executemany(
            "UPDATE outbox SET state = 'sent', client_id = ?, mid = ?, sent_at = ?, next_try = NULL "
            "WHERE change_id = ?",
            given,
        )
        meta.put(conn, "next_mid", str(next_mid))


def _unsent(conn: sqlite3.Connection, now_ms: int) -> Iterator[Any]:
    """Queued changes that nothing holds back, oldest first."""
    held = {(kind, row_id): change_id for kind, row_id, change_id in conn.execute(_HOLDS, (now_ms,))}
    rows = conn.execute(f"SELECT {_OUT} FROM outbox WHERE state = 'queued' ORDER BY change_id")
    return (row for row in rows if held.get((row[2], row[3]), row[0] + 1) > row[0])


def _outgoing(row: Sequence[Any]) -> Outgoing:
    return Outgoing(change_id=row[0], mid=row[1], kind=row[2], row_id=row[3], attempts=row[4], text=row[5])


# --- poison ----------------------------------------------------------------------------------------------------------
def blame(conn: sqlite3.Connection, changes: Iterable[Outgoing], strikes: int = 1) -> None:
    """The server failed on a batch with these, though it is well otherwise."""
    conn.executemany(
        "UPDATE outbox SET attempts = attempts + ? WHERE change_id = ?",
        [(strikes, change.change_id) for change in changes],
    )


def park(conn: sqlite3.Connection, change_id: ChangeId, *, keep_number: bool) -> None:
    """Set a change aside until the owner decides; it stays in effect here.

    With `keep_number` the server has it and fails only on saying so: then it is asked again under the same number.
    """
    unnumbered = "" if keep_number else ", client_id = NULL, mid = NULL, sent_at = NULL"
    conn.execute(f"UPDATE outbox SET state = 'parked'{unnumbered} WHERE change_id = ? AND state = 'sent'", (change_id,))


def put_back(conn: sqlite3.Connection, change_id: ChangeId) -> None:
    """Its number was given up; it waits for its turn."""
    conn.execute(f"UPDATE outbox SET {UNNUMBERED} WHERE change_id = ? AND state = 'sent'", (change_id,))
