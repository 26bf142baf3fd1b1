"""What the server says to the changes it was sent, and what that means for them.

Plain functions of a connection, each to be run in one transaction: an answer, the conflicts in it and the row as it is
shown change together or not at all.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.models.ids import ChangeId
from client.models.mutations import Op
from client.storage import conflicts, cursors, effective, meta, outbox
from client.storage.columns import json_text, json_value
from client.storage.schema import STREAM_KINDS
from client.storage.sending import UNNUMBERED

LONGEST_DEFERRAL_S = 3600.0
_USUAL_DEFERRAL_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the server says became of a change.

    `status`: ok, conflict, rejected, deferred or mismatch.  `clashes`: what a conflict says about each group of fields
    (docs/api.md).
    """

    mid: int
    status: str
    version: int | None = None
    code: str | None = None
    detail: str | None = None
    retry_after_s: float | None = None
    clashes: tuple[dict[str, Any], ...] = field(default=(), hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to a batch or, without verdicts, to a handshake.

    `last_mid`: how far the server has come with this client id.  `new_id`: a fresh id, should one be needed.  `heard`:
    what the server was told that this file had heard.  `cursor`, `forgot`: as it said to that (docs/api.md).
    """

    client_id: str
    last_mid: int
    epoch: str
    verdicts: tuple[Verdict, ...] = ()
    new_id: str
    now_ms: int
    heard: str = ""
    cursor: str = ""
    forgot: bool = False


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a reply did: changes accepted whole, in part and not at all, and whether anything moved."""

    accepted: int = 0
    in_conflict: int = 0
    refused: int = 0
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    change_id: ChangeId
    kind: str
    row_id: str
    op: Op
    has_conflicts: bool


# --- back ------------------------------------------------------------------------------------------------------------
def acknowledge(conn: sqlite3.Connection, reply: Reply) -> Outcome:
    """Write down what the server said, and bring the numbers here in line with its count."""
    outcome = Outcome()
    if reply.forgot:
        forgotten(conn)
        outcome.moved = True
    sent = _sent_as(conn, reply)
    for verdict in reply.verdicts:
        if (change := sent.get(verdict.mid)) is not None:
            outcome.moved = True
            _judge(conn, reply, change, verdict, outcome)
    # Only what was said to somebody who had heard all that this file has vouches for all of it.
    if reply.verdicts and reply.cursor and meta.heard(conn) == reply.heard:
        meta.put_heard(conn, reply.cursor, reply.epoch)
    _compare(conn, reply, outcome)
    settle(conn, reply.now_ms)
    return outcome


def _sent_as(conn: sqlite3.Connection, reply: Reply) -> dict[int, _Sent]:
    """The unanswered changes by the numbers the verdicts are about."""
    if not reply.verdicts:
        return {}
    rows = conn.execute(
        "SELECT mid, change_id, kind, id, op, change_id IN (SELECT change_id FROM conflicts) FROM outbox "
        "WHERE client_id = ? AND mid BETWEEN ? AND ? AND state = 'sent'",
        (reply.client_id, reply.verdicts[0].mid, reply.verdicts[-1].mid),
    )
    return {
        row[0]: _Sent(change_id=row[1], kind=row[2], row_id=row[3], op=Op(row[4]), has_conflicts=bool(row[5]))
        for row in rows
    }


def _judge(conn: sqlite3.Connection, reply: Reply, change: _Sent, verdict: Verdict, outcome: Outcome) -> None:
    match verdict.status:
        case "ok":
            _answered(conn, "acked", reply, change, verdict)
            outcome.accepted += 1
        case "conflict":
            _answered(conn, "acked", reply, change, verdict)
            _clashed(conn, reply, change, verdict)
            outcome.in_conflict += 1
        case "rejected":
            _answered(conn, "refused", reply, change, verdict)
            _refused(conn, change)
            outcome.refused += 1
        case "deferred":
            _put_off(conn, reply, change, verdict)
        case _:
            _start_again(conn, reply.client_id, verdict.mid, reply.new_id)


def _answered(conn: sqlite3.Connection, state: str, reply: Reply, change: _Sent, verdict: Verdict) -> None:
    """Keep the whole answer, and nothing of one that was forgotten.

    Its version can be compared with others of the same epoch only.
    """
    told = {
        "mid": verdict.mid,
        "status": verdict.status,
        "version": verdict.version,
        "code": verdict.code,
        "detail": verdict.detail,
        "epoch": reply.epoch,
        "conflicts": list(verdict.clashes),
    }
    result = {name: value for name, value in told.items() if value not in (None, [])}
    conn.execute(
        "UPDATE outbox SET state = ?, ver = ?, result = ?, attempts = 0 WHERE change_id = ?",
        (state, verdict.version, json_text(result), change.change_id),
    )
    if change.has_conflicts:
        conflicts.keep_only(conn, change.change_id, [clash["field"] for clash in verdict.clashes])


def _clashed(conn: sqlite3.Connection, reply: Reply, change: _Sent, verdict: Verdict) -> None:
    """The owner has to decide; until then the row shows what the server has."""
    for clash in verdict.clashes:
        conflicts.add(conn, change.change_id, change.kind, change.row_id, clash, reply.now_ms)
    effective.rebase(conn, change.kind, change.row_id)


def _refused(conn: sqlite3.Connection, change: _Sent) -> None:
    """It is no longer in effect.  What was done later to a row that was never made waits for the owner, too."""
    conflicts.reopen(conn, change.change_id)
    if not change.op.creates and (whole := outbox.get(conn, change.change_id)) is not None:
        outbox.leave_out(conn, whole)
    effective.rebase(conn, change.kind, change.row_id)


def _put_off(conn: sqlite3.Connection, reply: Reply, change: _Sent, verdict: Verdict) -> None:
    """The server wants this one later; the number is spent."""
    asked_s = _USUAL_DEFERRAL_S if verdict.retry_after_s is None else min(verdict.retry_after_s, LONGEST_DEFERRAL_S)
    conn.execute(
        f"UPDATE outbox SET {UNNUMBERED}, next_try = ? WHERE change_id = ?",
        (reply.now_ms + int(asked_s * 1000), change.change_id),
    )


# --- numbers that do not fit -----------------------------------------------------------------------------------------
def _start_again(conn: sqlite3.Connection, client_id: str, from_mid: int, new_id: str) -> None:
    """The server knows another change under `from_mid`, so it did nothing with this one nor with what follows.

    They are sent anew under a new client id, which no copy of this file has.  What it answered under this one it is
    asked again: if it went back since, another copy may have used those numbers, too.
    """
    conn.execute(
        f"UPDATE outbox SET {UNNUMBERED}, next_try = NULL WHERE state = 'sent' AND client_id = ? AND mid >= ?",
        (client_id, from_mid),
    )
    _forget(conn, _answered_under(conn, client_id))
    if client_id == meta.client_id(conn):
        new_client_id(conn, new_id)


def _answered_under(conn: sqlite3.Connection, client_id: str) -> list[tuple[ChangeId, str, str]]:
    """(change, kind, row) of what the server answered under this client id and has not settled."""
    sql = "SELECT change_id, kind, id FROM outbox WHERE client_id = ? AND state = 'acked'"
    return conn.execute(sql, (client_id,)).fetchall()


def new_client_id(conn: sqlite3.Connection, new_id: str) -> None:
    """Number from 1 again, as somebody the server has not met."""
    meta.put(conn, "client_id", new_id)
    meta.put(conn, "next_mid", "1")


def _compare(conn: sqlite3.Connection, reply: Reply, outcome: Outcome) -> None:
    """Bring the numbers here in line with how far the server says it has come.

    It may have been restored and know less than this file, or this file may have been copied or restored and know less
    than the server.  As long as the numbers connect, sending under the old ones is right: the server recognises what
    it knows, by number and content.  Where another copy of this file has gone on under its numbers, it may have used
    those of answers that the server forgot meanwhile: they are asked again as well.
    """
    if reply.last_mid < _last_answered(conn, reply.client_id):
        _read_anew(conn, reply.epoch)
    forgotten = conn.execute(
        "SELECT change_id, kind, id FROM outbox WHERE client_id = ? AND mid > ? AND state = 'acked'",
        (reply.client_id, reply.last_mid),
    ).fetchall()
    _forget(conn, forgotten)
    conn.execute(
        "UPDATE outbox SET client_id = NULL, mid = NULL, sent_at = NULL WHERE client_id = ? AND mid > ? "
        "AND state = 'parked'",
        (reply.client_id, reply.last_mid),
    )
    lowest = conn.execute(
        "SELECT min(mid) FROM outbox WHERE client_id = ? AND state = 'sent'", (reply.client_id,)
    ).fetchone()[0]
    if lowest is not None:
        if lowest > reply.last_mid + 1:
            _start_again(conn, reply.client_id, lowest, reply.new_id)
            outcome.moved = True
    elif reply.client_id == meta.client_id(conn) and not _connects(conn, reply.last_mid):
        _forget(conn, _answered_under(conn, reply.client_id))
        new_client_id(conn, reply.new_id)
        outcome.moved = True
    outcome.moved = outcome.moved or bool(forgotten)


def _last_answered(conn: sqlite3.Connection, client_id: str) -> int:
    """The number up to which the server has told what became of each, so that it cannot have come less far."""
    (lowest,) = conn.execute(
        "SELECT min(mid) FROM outbox WHERE client_id = ? AND state = 'sent'", (client_id,)
    ).fetchone()
    if lowest is None and client_id == meta.client_id(conn):
        lowest = int(meta.get(conn, "next_mid") or 1)
    return (lowest or 1) - 1


def _read_anew(conn: sqlite3.Connection, epoch: str) -> None:
    """The server went back without another epoch, so nobody knows which rows it still has."""
    for name in STREAM_KINDS:
        if cursors.stream(conn, name).epoch == epoch:
            cursors.start_over(conn, name)


def _connects(conn: sqlite3.Connection, last_mid: int) -> bool:
    """Whether the next number is one the server expects, or one whose content can be compared with what it has."""
    next_mid = int(meta.get(conn, "next_mid") or 1)
    if next_mid > last_mid:
        return next_mid == last_mid + 1
    return conn.execute("SELECT 1 FROM outbox WHERE state = 'queued' LIMIT 1").fetchone() is not None


def ask_again(conn: sqlite3.Connection, may_be_forgotten: Callable[[str | None], bool]) -> None:
    """The server was restored, or may have been: what it answered in such an epoch it is asked again."""
    rows = conn.execute("SELECT change_id, kind, id, result FROM outbox WHERE state = 'acked'").fetchall()
    _forget(conn, [row[:3] for row in rows if may_be_forgotten(json_value(row[3]).get("epoch"))])


def forgotten(conn: sqlite3.Connection) -> None:
    """The server does not go on from what it was heard to say last: all that it answered in that epoch is asked again.

    What it answered in an epoch before that one has been asked again since, or its last answer would not have come.
    """
    went_back(conn, meta.heard_in(conn))


def went_back(conn: sqlite3.Connection, epoch: str | None) -> None:
    """The server's data of that epoch is older than it was."""
    ask_again(conn, lambda answered: answered == epoch)
    if epoch == meta.heard_in(conn):
        meta.forget_heard(conn)


def newest(conn: sqlite3.Connection) -> dict[str, int]:
    """Epoch to the newest version in an answer that has not settled."""
    sql = "SELECT json_extract(result, '$.epoch'), max(ver) FROM outbox WHERE state = 'acked' GROUP BY 1"
    return {epoch: version for epoch, version in conn.execute(sql) if epoch is not None and version is not None}


def _forget(conn: sqlite3.Connection, answered: Sequence[tuple[ChangeId, str, str]]) -> None:
    """As if these (change, kind, row) had not been answered: what was refused of them is in effect again.

    What the owner has decided about a conflict is remembered, in case the answer is the same again.
    """
    for change_id, _, _ in answered:
        conn.execute("UPDATE outbox SET state = 'sent', ver = NULL, result = NULL WHERE change_id = ?", (change_id,))
        conflicts.forget(conn, change_id)
    for kind, row_id in dict.fromkeys((kind, row_id) for _, kind, row_id in answered):
        effective.rebase(conn, kind, row_id)


# --- counting --------------------------------------------------------------------------------------------------------
def undecided(conn: sqlite3.Connection) -> int:
    """How many conflicts the owner has not decided."""
    sql = "SELECT count(*) FROM conflicts WHERE state = 'open' AND resolved_by IS NULL"
    return int(conn.execute(sql).fetchone()[0])


def set_aside(conn: sqlite3.Connection) -> int:
    """How many changes the server refused or fails on."""
    return int(conn.execute("SELECT count(*) FROM outbox WHERE state IN ('refused', 'parked')").fetchone()[0])


def unsettled(conn: sqlite3.Connection) -> int:
    """How many changes the server has decided whose rows have not arrived."""
    return int(conn.execute("SELECT count(*) FROM outbox WHERE state = 'acked'").fetchone()[0])


# --- settling --------------------------------------------------------------------------------------------------------
def settle(conn: sqlite3.Connection, now_ms: int) -> int:
    """Move to the history what the server's own rows, complete up to there, now show.  How many changes that were.

    Earlier would be wrong: while a pull is under way, a row that was written again later is still to come, and the
    owner would see the value of before.
    """
    core = cursors.stream(conn, "core")
    if not core.complete:
        return 0
    acked = conn.execute(
        "SELECT change_id, kind, id, result FROM outbox WHERE state = 'acked' AND ver <= ?", (core.seq,)
    ).fetchall()
    settled = [row for row in acked if json_value(row[3]).get("epoch") == core.epoch]
    ids = [(row[0],) for row in settled]
    if not ids:
        return 0
    conn.executemany(
        "INSERT INTO history (change_id, op, v, kind, id, payload, undo, result, created_at, settled_at) "
        "SELECT change_id, op, v, kind, id, payload, undo, result, created_at, ? FROM outbox WHERE change_id = ?",
        [(now_ms, change_id) for (change_id,) in ids],
    )
    conn.executemany("DELETE FROM outbox WHERE change_id = ?", ids)
    for kind, row_id in dict.fromkeys((row[1], row[2]) for row in settled):
        effective.rebase(conn, kind, row_id)
    for (change_id,) in ids:
        conflicts.answered(conn, change_id, now_ms)
    return len(settled)
