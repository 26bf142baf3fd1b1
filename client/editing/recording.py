"""From what the owner wants to a mutation in the outbox."""

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from client.editing.edited import Edited
from client.editing.refusals import NotAllowed, Why
from client.editing.texts import MESSAGE, lines_or_none
from client.models.account import Role
from client.models.folding import inverse
from client.models.mutations import Change, ChangeState, Op, Payload, Row, Tell, Undoing
from client.models.reaching import is_address, is_number
from client.storage import effective, meta, outbox, rewording
from client.storage.columns import milliseconds

CREATED_FROM = (
    *("customer_id", "customer_name", "customer_phone", "customer_email", "service_id", "service_name", "staff_id"),
    "resource_id",
    *("starts_at", "ends_at", "notes", "status", "series_id", "series_label"),
)
"""What a booking is made of, and what is kept of one that is changed, should it have to be made again."""


def record_create(conn: sqlite3.Connection, op: Op, row_id: str, values: Row, now: datetime, **more: Any) -> Edited:
    return _record(conn, {**_head(op, row_id, now), "values": values, **more}, {"create": True}, None, now)


def record_patch(
    conn: sqlite3.Connection,
    row: Row,
    fields: Mapping[str, tuple[Any, Any]],
    tell: Tell | None,
    allow: Collection[str],
    now: datetime,
) -> Edited:
    """`fields` by column: what is shown now, and what it shall be."""
    payload = {
        **_head(Op.BOOKING_PATCH, row["id"], now),
        "base_version": row["version"],
        "set": {name: list(pair) for name, pair in fields.items()},
        **said(tell, allow),
    }
    undo = {"set": inverse(payload), "was": {name: row[name] for name in CREATED_FROM}}
    return _record(conn, payload, undo, row, now)


def record_fields(conn: sqlite3.Connection, op: Op, row: Row, columns: Mapping[str, Any], now: datetime) -> Edited:
    """A patch of anything but a booking: what is as wanted already is left out.

    Raises NotAllowed with NOTHING when that leaves nothing.
    """
    fields = {name: [row[name], new] for name, new in columns.items() if row[name] != new}
    if not fields:
        raise NotAllowed(Why.NOTHING)
    payload = {**_head(op, row["id"], now), "base_version": row["version"], "set": fields}
    return _record(conn, payload, {"set": inverse(payload)}, row, now)


def record_put(conn: sqlite3.Connection, op: Op, row_id: str, values: Row, now: datetime) -> Edited:
    """Make a row or replace it; what it said before is kept, to be said again."""
    row = effective.effective_row(conn, op.kind, row_id)
    was = None if row is None else {name: row[name] for name in values}
    if was == values:
        raise NotAllowed(Why.NOTHING)
    return _record(conn, {**_head(op, row_id, now), "values": values}, {"was": was}, row, now)


def record_flag(
    conn: sqlite3.Connection, op: Op, row: Row, undo: Mapping[str, Any], now: datetime, **more: Any
) -> Edited:
    return _record(conn, {**_head(op, row["id"], now), **more}, undo, row, now)


def record_again(conn: sqlite3.Connection, change: Change, values: Row, now: datetime, **more: Any) -> Edited:
    """A change that the server does not act on is made of other values, in its place.

    Raises NotAllowed: with SENT when it is on its way, with NOTHING when it waits with these already.
    """
    if not rewording.is_open(change):
        raise NotAllowed(Why.SENT)
    if change.state is ChangeState.QUEUED and change.payload["values"] == values:
        raise NotAllowed(Why.NOTHING)
    before = effective.effective_row(conn, change.kind, change.row_id)
    payload = {**change.payload, "client_ts": milliseconds(now), "values": values, **more}
    return _edited(change.op, change.row_id, before, rewording.reword(conn, change, payload))


def record_fields_again(conn: sqlite3.Connection, change: Change, columns: Mapping[str, Any], now: datetime) -> Edited:
    """As `record_again`, of a patch that was refused or set aside: these columns, from what they are without it."""
    row = row_of(conn, change.kind, change.row_id)
    said: Mapping[str, Any] = {} if change.state is ChangeState.REFUSED else change.payload["set"]
    without = {name: said[name][0] if name in said else row[name] for name in columns}
    pairs = {name: [without[name], new] for name, new in columns.items() if without[name] != new}
    if not pairs:
        raise NotAllowed(Why.NOTHING)
    more = {"client_ts": milliseconds(now), "base_version": row["version"], "set": pairs}
    return _edited(change.op, change.row_id, row, rewording.reword(conn, change, {**change.payload, **more}))


def row_of(conn: sqlite3.Connection, kind: str, row_id: str) -> Row:
    """The row as it is shown.  Raises NotAllowed where there is none."""
    row = effective.effective_row(conn, kind, row_id)
    if row is None:
        raise NotAllowed(Why.NOT_THERE)
    return row


def record_remove(conn: sqlite3.Connection, op: Op, row: Row, undo: Mapping[str, Any], now: datetime) -> Edited:
    return _record(conn, {**_head(op, row["id"], now), "base_version": row["version"]}, undo, row, now)


def said(tell: Tell | None, allow: Collection[str]) -> dict[str, Any]:
    """The parts of a booking's mutation that speak to the client and to the referee."""
    message = {"text": tell.text, "channel": tell.channel} if tell else None
    return {"tell": message, "allow": sorted(set(allow))}


def checked_tell(tell: Tell | None, phone: str | None, email: str | None) -> Tell | None:
    """The message, if it can be sent at all.  Raises NotAllowed."""
    if tell is None:
        return None
    text = lines_or_none(tell.text, "tell", MESSAGE)
    if text is None:
        raise NotAllowed(Why.NO_MESSAGE, field="tell")
    if not {"sms": is_number(phone), "email": is_address(email)}.get(tell.channel):
        raise NotAllowed(Why.NO_RECIPIENT, field="tell")
    return Tell(text=text, channel=tell.channel)


def check_role(conn: sqlite3.Connection) -> None:
    """Raises NotAllowed for what the front desk may not do."""
    identity = meta.identity(conn)
    if identity is not None and identity.role is Role.FRONT_DESK:
        raise NotAllowed(Why.FORBIDDEN)


def _head(op: Op, row_id: str, now: datetime) -> Payload:
    return {"op": op, "v": 1, "id": row_id, "client_ts": milliseconds(now)}


def _record(
    conn: sqlite3.Connection, payload: Payload, undo: Mapping[str, Any], before: Row | None, now: datetime
) -> Edited:
    op = Op(payload["op"])
    recorded = outbox.record(
        conn,
        op=op,
        kind=op.kind,
        row_id=payload["id"],
        payload=payload,
        undo=undo,
        now_ms=milliseconds(now),
        shown=before,
    )
    return _edited(op, payload["id"], before, recorded)


def _edited(op: Op, row_id: str, before: Row | None, recorded: outbox.Recorded) -> Edited:
    return Edited(
        change_id=recorded.change_id,
        op=op,
        kind=op.kind,
        row_id=row_id,
        folded=recorded.folded,
        gone=recorded.gone,
        before=before,
        after=recorded.row,
        undo=Undoing.REVERSIBLE,
        told=not recorded.gone and recorded.after[-1].tell is not None,
        recorded=recorded,
    )
