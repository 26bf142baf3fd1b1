"""The owner's changes until the server has confirmed them, and the history of those it has.

`record` makes a change and shows it in one transaction.  Changes of a row that the server cannot have heard of are
folded into one; as soon as a change has been sent it stays as it is.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from client.models.folding import continued, fold, folds, inverse
from client.models.ids import ChangeId, ConflictId
from client.models.mutations import IN_EFFECT, Change, ChangeState, Op, PastChange, Payload, Row, refused_fields
from client.storage import conflicts, effective, last_edits
from client.storage.columns import instant, instant_or_none, json_text, json_value, milliseconds

_COLUMNS = """change_id, client_id, mid, op, v, kind, id, payload, undo, state, ver, result, attempts, next_try,
created_at, sent_at"""
_PAST = "change_id, op, v, kind, id, payload, undo, result, created_at, settled_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """`folded`: it became part of a change that waited already.  `gone`: together they change nothing, none is left.

    `before`, `after`: the changes of the row that the server has not heard of, as they were and as they are.
    `reopened`: conflicts that a change answered which is gone.  `row`: as it is shown now.
    """

    change_id: ChangeId
    folded: bool
    gone: bool
    before: tuple[Change, ...]
    after: tuple[Change, ...]
    reopened: tuple[tuple[ConflictId, ChangeId], ...] = ()
    row: Row | None = field(default=None, compare=False, repr=False)


def waiting(conn: sqlite3.Connection) -> int:
    """How many changes have no answer from the server."""
    sql = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sent', 'parked')"
    return int(conn.execute(sql).fetchone()[0])


def entries(conn: sqlite3.Connection) -> list[Change]:
    """Every change that is not settled, oldest first."""
    return [_change(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM outbox ORDER BY change_id")]


def get(conn: sqlite3.Connection, change_id: ChangeId) -> Change | None:
    row = conn.execute(f"SELECT {_COLUMNS} FROM outbox WHERE change_id = ?", (change_id,)).fetchone()
    return _change(row) if row else None


def of_row(conn: sqlite3.Connection, kind: str, row_id: str) -> list[Change]:
    """The changes of one row that are not settled, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM outbox WHERE kind = ? AND id = ? ORDER BY change_id"
    return [_change(row) for row in conn.execute(sql, (kind, row_id))]


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any]) -> list[Change]:
    """For those who know what they ask."""
    return [_change(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM outbox WHERE {condition}", values)]


def past_where(conn: sqlite3.Connection, condition: str, values: Sequence[Any]) -> list[PastChange]:
    """As `where`, of settled changes."""
    return [_past(row) for row in conn.execute(f"SELECT {_PAST} FROM history WHERE {condition}", values)]


def history(
    conn: sqlite3.Connection, limit: int, kind: str | None = None, row_id: str | None = None
) -> list[PastChange]:
    """Settled changes, newest first: all of them, those of one table, or of one row."""
    sql = (
        f"SELECT {_PAST} FROM history WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id = ?2) "
        "ORDER BY change_id DESC LIMIT ?3"
    )
    return [_past(row) for row in conn.execute(sql, (kind, row_id, limit))]


def past(conn: sqlite3.Connection, change_id: ChangeId) -> PastChange | None:
    row = conn.execute(f"SELECT {_PAST} FROM history WHERE change_id = ?", (change_id,)).fetchone()
    return _past(row) if row else None


def mark_undone(conn: sqlite3.Connection, change_id: ChangeId, by: ChangeId) -> None:
    """Note on a change that was sent, settled or not, which change takes it back, and which edit of that one."""
    taking = get(conn, by)
    edit = json_text(last_edits.number_of(taking) if taking else (by, 0))
    for table in ("outbox", "history"):
        sql = f"UPDATE {table} SET undo = json_set(undo, '$.undone_by', ?, '$.undone_at', json(?)) WHERE change_id = ?"
        conn.execute(sql, (by, edit, change_id))


# --- changes made together ------------------------------------------------------------------------------------------
def join(conn: sqlite3.Connection, change_ids: Sequence[ChangeId], batch: str) -> None:
    """Note on never-sent changes that they were made as one, so that they can be undone as one."""
    for change_id in change_ids:
        (undo,) = conn.execute("SELECT undo FROM outbox WHERE change_id = ?", (change_id,)).fetchone()
        joined = {**json_value(undo), "batch": batch}
        conn.execute("UPDATE outbox SET undo = ? WHERE change_id = ?", (json_text(joined), change_id))


def together(conn: sqlite3.Connection, change: Change | PastChange) -> list[ChangeId]:
    """The changes that were made as one with this one, oldest first; it alone for most."""
    batch = change.undo.get("batch")
    if batch is None:
        return [change.change_id]
    sql = "SELECT change_id, undo FROM {} WHERE kind = ? AND instr(undo, ?) ORDER BY change_id"
    rows = [row for table in ("history", "outbox") for row in conn.execute(sql.format(table), (change.kind, batch))]
    return sorted(ChangeId(change_id) for change_id, undo in rows if json_value(undo).get("batch") == batch)


# --- making ----------------------------------------------------------------------------------------------------------
def record(
    conn: sqlite3.Connection,
    *,
    op: Op,
    kind: str,
    row_id: str,
    payload: Payload,
    undo: Mapping[str, Any],
    now_ms: int,
    shown: Row | None = None,
) -> Recorded:
    """Note a change and show it.  `payload` is the mutation without its `mid`; whether it makes sense was asked before.

    `shown`: the row as effective.py gave it in this transaction, if it was read; then it is not read again.
    When it is `gone`, `change_id` is that of the change it took along.
    """
    shown = shown or effective.effective_row(conn, kind, row_id)
    under = effective.hold(conn, kind, row_id, shown)
    # A clean row has no changes in it; at most some that were refused, and are nothing to this one.
    changes = [] if under.is_new else of_row(conn, kind, row_id)
    before = tuple(change for change in changes if change.never_sent)
    # A row the server has after all, for a file that came back from a backup, is not made but found there.
    found = under.row is not None
    if not found and _undoes_all(before, payload) and (before[0].op.creates or len(before) == len(changes)):
        recorded = _drop(conn, before, before)
    elif before and not (found and before[-1].op.creates) and _folds(conn, before[-1], payload):
        recorded = _fold(conn, before, payload)
    else:
        recorded = _append(conn, before, _Draft(op, kind, row_id, payload, undo, now_ms))
    kept = [change for change in changes if not change.never_sent]
    row = effective.show(conn, kind, row_id, under, effects((*kept, *recorded.after)), shown)
    return replace(recorded, row=row)


@dataclass(frozen=True, slots=True)
class _Draft:
    op: Op
    kind: str
    row_id: str
    payload: Payload
    undo: Mapping[str, Any]
    now_ms: int


def _undoes_all(before: Sequence[Change], payload: Payload) -> bool:
    """It cancels or removes what these changes, which the server has not heard of yet, have made."""
    if not before or not (before[0].op.creates or before[0].op.puts):
        return False
    return Op(payload["op"]).removes or payload.get("set", {}).get("status", (None, None))[1] == "cancelled"


def _folds(conn: sqlite3.Connection, last: Change, payload: Payload) -> bool:
    newest = conn.execute("SELECT max(change_id) FROM outbox").fetchone()[0]
    return folds(last.payload, payload, adjacent=newest == last.change_id)


def _append(conn: sqlite3.Connection, before: tuple[Change, ...], draft: _Draft) -> Recorded:
    noted = conn.execute(
        "INSERT INTO outbox (op, v, kind, id, payload, undo, state, created_at) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?)",
        (
            *(draft.op, draft.payload["v"], draft.kind, draft.row_id),
            *(json_text(draft.payload), json_text(draft.undo), draft.now_ms),
        ),
    )
    made = Change(
        change_id=ChangeId(cast("int", noted.lastrowid)),
        client_id=None,
        mid=None,
        op=draft.op,
        v=draft.payload["v"],
        kind=draft.kind,
        row_id=draft.row_id,
        payload=draft.payload,
        undo=dict(draft.undo),
        state=ChangeState.QUEUED,
        version=None,
        result=None,
        attempts=0,
        next_try=None,
        created_at=instant(draft.now_ms),
        sent_at=None,
    )
    return Recorded(change_id=made.change_id, folded=False, gone=False, before=before, after=(*before, made))


def _fold(conn: sqlite3.Connection, before: tuple[Change, ...], payload: Payload) -> Recorded:
    last = before[-1]
    folded = fold(last.payload, payload)
    if folded is None:
        return _drop(conn, before, before[-1:])
    changed = rewrite(conn, last, folded, {**last.undo, **last_edits.after_fold(conn, last)})
    return Recorded(change_id=last.change_id, folded=True, gone=False, before=before, after=(*before[:-1], changed))


def _drop(conn: sqlite3.Connection, before: tuple[Change, ...], gone: tuple[Change, ...]) -> Recorded:
    reopened = tuple(each for change in gone for each in _deleted(conn, change))
    after = before[: len(before) - len(gone)]
    last_edits.note_gone(conn, before, after, reopened)
    return Recorded(change_id=gone[0].change_id, folded=True, gone=True, before=before, after=after, reopened=reopened)


def rewrite(
    conn: sqlite3.Connection, change: Change, payload: Payload, undo: Mapping[str, Any] | None = None
) -> Change:
    """Another payload for a change that was never sent; `rebase` is the caller's."""
    undo = last_edits.not_kept(change.undo) if undo is None else undo
    undo = {**undo, "set": inverse(payload)} if "set" in payload else undo
    row = conn.execute(
        f"UPDATE outbox SET payload = ?, undo = ? WHERE change_id = ? RETURNING {_COLUMNS}",
        (json_text(payload), json_text(undo), change.change_id),
    ).fetchone()
    return _change(row)


# --- taking back -----------------------------------------------------------------------------------------------------
def restore(conn: sqlite3.Connection, recorded: Recorded) -> bool:
    """Put the never-sent changes of a row back to what they were before `recorded`, as if it had not been.

    False, and nothing done, when they are no longer as `recorded` left them: sent meanwhile, or changed again.
    """
    some = (*recorded.before, *recorded.after)
    if not some:
        return False
    kind, row_id = some[0].kind, some[0].row_id
    if _never_sent(conn, some[0]) != recorded.after:
        return False
    left, wanted = ({change.change_id for change in changes} for changes in (recorded.after, recorded.before))
    if any(get(conn, change_id) is not None or _is_undone_otherwise(conn, change_id) for change_id in wanted - left):
        # The number is another change's, this one was put back already, or what it took back was taken back again.
        return False
    under = effective.hold(conn, kind, row_id)
    for change in recorded.after:
        if change.change_id not in wanted:
            delete(conn, change)
    for change in recorded.before:
        _put_back(conn, change, there=change.change_id in left)
    for conflict_id, change_id in recorded.reopened:
        conflicts.close(conn, conflict_id, change_id, 0)
    last_edits.forget_gone(conn, recorded.before)
    effective.show(conn, kind, row_id, under, effects(of_row(conn, kind, row_id)))
    return True


def withdraw(conn: sqlite3.Connection, change_id: ChangeId, *, by_undo: bool = False) -> bool:
    """Take back a change that waits, is set aside or was refused; what rests on it goes too, or on without it.

    False when there is no such change, or it is on its way or accepted: then it can only be undone.  What nobody had
    heard of is kept, to be had again; `by_undo`: it is no edit that could be undone in its turn.
    """
    change = get(conn, change_id)
    if change is None or change.state not in (ChangeState.QUEUED, ChangeState.REFUSED, ChangeState.PARKED):
        return False
    before = _never_sent(conn, change)
    # A refused patch has been left out already; what waits for a refused row to be made only goes with it.
    leaves = change.state is not ChangeState.REFUSED or change.op.creates
    reopened = [*(leave_out(conn, change) if leaves else ()), *_deleted(conn, change)]
    if change.never_sent:
        last_edits.note_gone(conn, before, _never_sent(conn, change), reopened, by_undo=by_undo)
    effective.rebase(conn, change.kind, change.row_id)
    return True


def _never_sent(conn: sqlite3.Connection, change: Change) -> tuple[Change, ...]:
    """The changes of its row that the server has not heard of."""
    return tuple(each for each in of_row(conn, change.kind, change.row_id) if each.never_sent)


def leave_out(conn: sqlite3.Connection, change: Change) -> list[tuple[ConflictId, ChangeId]]:
    """Let the later never-sent changes of the row do without `change`; whoever drops or refuses it rebases the row.

    Without it, a patch continues from what it started from; without a row, there is nothing left to patch.  Returns
    the conflicts that are open again, with what had answered them.
    """
    gone: Payload | None = change.payload if "set" in change.payload else None
    reopened: list[tuple[ConflictId, ChangeId]] = []
    for later in of_row(conn, change.kind, change.row_id):
        if later.change_id <= change.change_id or not later.never_sent:
            continue
        if change.op.creates:
            reopened += _deleted(conn, later)
        elif gone and "set" in later.payload:
            payload = continued(later.payload, gone)
            if payload is None:
                reopened += _deleted(conn, later)
            elif payload != later.payload:
                rewrite(conn, later, payload)
            gone = _rest(gone, later.payload)
    return reopened


def _rest(gone: Payload, later: Payload) -> Payload | None:
    """What of `gone` the next one still has to start from: the fields that `later` did not touch."""
    rest = {name: pair for name, pair in gone["set"].items() if name not in later["set"]}
    return {**gone, "set": rest} if rest else None


def _deleted(conn: sqlite3.Connection, change: Change) -> list[tuple[ConflictId, ChangeId]]:
    return [(each, change.change_id) for each in delete(conn, change)]


def retry(conn: sqlite3.Connection, change_id: ChangeId) -> bool:
    """Send a change as soon as there is a connection: one that waits for its time, was set aside, or was refused.

    What the server put off of the same row is due as well, because it has to go first.  One that was set aside with its
    number keeps it, or the server might take it twice; a refused one is a new mutation.
    """
    change = get(conn, change_id)
    if change is None or change.state not in (ChangeState.QUEUED, ChangeState.REFUSED, ChangeState.PARKED):
        return False
    if change.state is ChangeState.REFUSED:
        effective.hold(conn, change.kind, change.row_id)
        conn.execute(
            "UPDATE outbox SET state = 'queued', client_id = NULL, mid = NULL, ver = NULL, result = NULL, "
            "sent_at = NULL WHERE change_id = ?",
            (change_id,),
        )
    elif change.state is ChangeState.PARKED:
        conn.execute("UPDATE outbox SET state = iif(mid IS NULL, 'queued', 'sent') WHERE change_id = ?", (change_id,))
    conn.execute("UPDATE outbox SET attempts = 0 WHERE change_id = ?", (change_id,))
    conn.execute(
        "UPDATE outbox SET next_try = NULL WHERE kind = ? AND id = ? AND change_id <= ?",
        (change.kind, change.row_id, change_id),
    )
    effective.rebase(conn, change.kind, change.row_id)
    return True


def delete(conn: sqlite3.Connection, change: Change) -> tuple[ConflictId, ...]:
    """As if it had not been: what it answered is open again, and returned, and what it took back stands."""
    conn.execute("DELETE FROM outbox WHERE change_id = ?", (change.change_id,))
    conflicts.keep_only(conn, change.change_id, ())
    for table in ("outbox", "history"):
        sql = (
            f"UPDATE {table} SET undo = json_remove(json_set(undo, '$.was_undone', json_array("
            "json_extract(undo, '$.undone_by'), json_extract(undo, '$.undone_at'))), '$.undone_by', '$.undone_at') "
            "WHERE json_extract(undo, '$.undone_by') = ?"
        )
        conn.execute(sql, (change.change_id,))
    return conflicts.reopen(conn, change.change_id)


def _is_undone_otherwise(conn: sqlite3.Connection, change_id: ChangeId) -> bool:
    """Whether what this change took back, before it was dropped, has been taken back by another one since."""
    return any(
        conn.execute(
            f"SELECT 1 FROM {table} WHERE json_extract(undo, '$.was_undone[0]') = ? "
            "AND json_extract(undo, '$.undone_by') IS NOT NULL",
            (change_id,),
        ).fetchone()
        for table in ("outbox", "history")
    )


def _put_back(conn: sqlite3.Connection, change: Change, *, there: bool) -> None:
    """Make a change what it was, one that was refused too; `there`: it is still in the outbox."""
    if there:
        result = None if change.result is None else json_text(change.result)
        conn.execute(
            "UPDATE outbox SET payload = ?, undo = ?, state = ?, client_id = ?, mid = ?, ver = ?, result = ?, "
            "attempts = ?, next_try = ?, sent_at = ? WHERE change_id = ?",
            (
                *(json_text(change.payload), json_text(change.undo), change.state, change.client_id, change.mid),
                *(change.version, result, change.attempts, _moment(change.next_try), _moment(change.sent_at)),
                change.change_id,
            ),
        )
        return
    conn.execute(
        "INSERT INTO outbox (change_id, op, v, kind, id, payload, undo, attempts, next_try, created_at, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
        (
            *(change.change_id, change.op, change.v, change.kind, change.row_id),
            *(json_text(change.payload), json_text(change.undo), change.attempts),
            *(_moment(change.next_try), milliseconds(change.created_at)),
        ),
    )
    for table in ("outbox", "history"):
        conn.execute(
            f"UPDATE {table} SET undo = json_remove(json_set(undo, "
            "'$.undone_by', json_extract(undo, '$.was_undone[0]'), "
            "'$.undone_at', json_extract(undo, '$.was_undone[1]')), '$.was_undone') "
            "WHERE json_extract(undo, '$.was_undone[0]') = ?",
            (change.change_id,),
        )


def _moment(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def effects(changes: Sequence[Change]) -> effective.Effects:
    return [(each.payload, refused_fields(each.result)) for each in changes if each.state in IN_EFFECT]


def _change(row: tuple[Any, ...]) -> Change:
    return Change(
        change_id=row[0],
        client_id=row[1],
        mid=row[2],
        op=Op(row[3]),
        v=row[4],
        kind=row[5],
        row_id=row[6],
        payload=json_value(row[7]),
        undo=json_value(row[8]),
        state=ChangeState(row[9]),
        version=row[10],
        result=json_value(row[11]) if row[11] else None,
        attempts=row[12],
        next_try=instant_or_none(row[13]),
        created_at=instant(row[14]),
        sent_at=instant_or_none(row[15]),
    )


def _past(row: tuple[Any, ...]) -> PastChange:
    return PastChange(
        change_id=row[0],
        op=Op(row[1]),
        v=row[2],
        kind=row[3],
        row_id=row[4],
        payload=json_value(row[5]),
        undo=json_value(row[6]),
        result=json_value(row[7]) if row[7] else None,
        created_at=instant(row[8]),
        settled_at=instant(row[9]),
    )


def stuck(conn: sqlite3.Connection) -> list[Change]:
    """Those that go no further without the owner, refused or set aside, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('refused', 'parked') ORDER BY change_id"
    return [_change(row) for row in conn.execute(sql)]


def on_the_way(conn: sqlite3.Connection, limit: int) -> list[Change]:
    """The oldest of those that go on by themselves: waiting, sent, or accepted and not yet seen to come back."""
    sql = f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('queued', 'sent', 'acked') ORDER BY change_id LIMIT ?"
    return [_change(row) for row in conn.execute(sql, (limit,))]


def count_on_the_way(conn: sqlite3.Connection) -> int:
    """How many `on_the_way` would give without a limit."""
    sql = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sent', 'acked')"
    return int(conn.execute(sql).fetchone()[0])
