"""A change that the server does not act on says something else from now on, in its place among the others."""

import sqlite3

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


def reword(conn: sqlite3.Connection, change: Change, payload: Payload) -> Recorded:
    """It waits to be sent, as a new mutation; `outbox.restore` makes it what it was, refused or set aside too."""
    under = effective.hold(conn, change.kind, change.row_id)
    edit = last_edits.after_fold(conn, change)
    # Of one that was refused or set aside, that it was is not kept.
    undo = {**change.undo, **(edit if change.never_sent else {**edit, "folds": [None]})}
    conn.execute(
        "UPDATE outbox SET payload = ?, undo = ?, state = 'queued', client_id = NULL, mid = NULL, ver = NULL, "
        "result = NULL, attempts = 0, next_try = NULL, sent_at = NULL WHERE change_id = ?",
        (json_text(payload), json_text(undo), change.change_id),
    )
    changes = outbox.of_row(conn, change.kind, change.row_id)
    after = tuple(each for each in changes if each.never_sent)
    before = tuple(change if each.change_id == change.change_id else each for each in after)
    row = effective.show(conn, change.kind, change.row_id, under, outbox.effects(changes))
    return Recorded(change_id=change.change_id, folded=True, gone=False, before=before, after=after, row=row)
