"""A change that the server does not act on says something else from now on, in its place among the others."""

import sqlite3

from client.models.folding import fold, folds, inverse
from client.models.mutations import Change, ChangeState, Payload
from client.storage import effective, last_edits, outbox
from client.storage.columns import json_text
from client.storage.outbox import Recorded


def is_open(change: Change | None) -> bool:
    """Whether it may say something else: one with a number may not, unless the server has refused that one for good."""
    if change is None:
        return False
    if change.state in (ChangeState.QUEUED, ChangeState.PARKED):
        return change.mid is None
    return change.state is ChangeState.REFUSED


def whole(conn: sqlite3.Connection, change: Change) -> Payload:
    """What it says, of one that was refused before its row was there with what the owner has changed of it since."""
    return _with_followers(conn, change)[0]


def _with_followers(conn: sqlite3.Connection, change: Change) -> tuple[Payload, list[Change]]:
    payload, followers = change.payload, list[Change]()
    if change.state is not ChangeState.REFUSED or not change.op.creates:
        return payload, followers
    for later in outbox.of_row(conn, change.kind, change.row_id):
        if later.change_id > change.change_id and later.never_sent and folds(payload, later.payload, adjacent=True):
            payload = fold(payload, later.payload) or payload
            followers.append(later)
    return payload, followers


def reword(conn: sqlite3.Connection, change: Change, payload: Payload) -> Recorded:
    """It waits to be sent, as a new mutation; `outbox.restore` makes it what it was, refused or set aside too.

    What `whole` has added to it is in `payload`, and goes.
    """
    followers = _with_followers(conn, change)[1]
    under = effective.hold(conn, change.kind, change.row_id)
    edit = last_edits.after_fold(conn, change)
    # Of one that was refused or set aside, that it was is not kept.
    undo = {**change.undo, **(edit if change.never_sent else {**edit, "folds": [None]})}
    undo = {**undo, "set": inverse(payload)} if "set" in payload else undo
    conn.execute(
        "UPDATE outbox SET payload = ?, undo = ?, state = 'queued', client_id = NULL, mid = NULL, ver = NULL, "
        "result = NULL, attempts = 0, next_try = NULL, sent_at = NULL WHERE change_id = ?",
        (json_text(payload), json_text(undo), change.change_id),
    )
    reopened = tuple((each, later.change_id) for later in followers for each in outbox.delete(conn, later))
    changes = outbox.of_row(conn, change.kind, change.row_id)
    after = tuple(each for each in changes if each.never_sent)
    before = (*(change if each.change_id == change.change_id else each for each in after), *followers)
    row = effective.show(conn, change.kind, change.row_id, under, outbox.effects(changes))
    return Recorded(
        change_id=change.change_id, folded=True, gone=False, before=before, after=after, reopened=reopened, row=row
    )
