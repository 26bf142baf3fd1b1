"""Changes that wait: listed, taken back, sent again, written to a file."""

import sqlite3
from pathlib import Path
from typing import Any

from client.config import Config
from client.editing.handing_on import changes_file
from client.models.ids import BookingId, ChangeId
from client.models.mutations import Change, Op, Row
from client.storage import bookings, effective, outbox
from desk.files import save
from desk.last import STATES
from desk.showing import Answering
from desk.terminal import Refusal, Terminal, table
from desk.way import now_of, readable, writable


async def show_outbox(config: Config, terminal: Terminal) -> None:
    async with readable(config, terminal) as (device, database, standing):
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now_of(device, database))

        def show(conn: sqlite3.Connection) -> None:
            changes = outbox.entries(conn)
            documents = [answering.change(conn, change) for change in changes]
            rows = [_row(change, document) for change, document in zip(changes, documents, strict=True)]
            lines = table(("No.", "Change", "State", ""), rows) if rows else [_NOTHING]
            terminal.answer({"outbox": documents} | standing.document(), [*lines, "", standing.sentence()])

        database.read(show)


_NOTHING = "Nothing is waiting. Everything is saved on the server."


def _row(change: Change, document: dict[str, Any]) -> tuple[str, ...]:
    return str(change.change_id), document["sentence"], STATES[change.state], document["detail"] or ""


async def cancel(config: Config, terminal: Terminal, change_id: ChangeId) -> None:
    """Take back what waits, or forget what was refused."""
    async with writable(config, terminal) as (device, database, standing):
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now_of(device, database))

        def verb(conn: sqlite3.Connection) -> tuple[Change, Row | None]:
            change = _existing(conn, change_id)
            row = effective.effective_row(conn, change.kind, change.row_id)
            if not outbox.withdraw(conn, change_id):
                raise Refusal("It is on its way and cannot be called back; `chatty undo` can undo it.", code="sent")
            return change, row

        change, row = await database.write(verb)
        done = f"Change {change_id} is taken back"
        if change.op is Op.BOOKING_CREATE and change.never_sent and row is not None:
            answering.never_sent(change, bookings.of_columns(row), done)
        else:
            _after(answering, change, done)


async def retry(config: Config, terminal: Terminal, change_id: ChangeId) -> None:
    async with writable(config, terminal) as (device, database, standing):
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now_of(device, database))

        def verb(conn: sqlite3.Connection) -> Change:
            change = _existing(conn, change_id)
            if not outbox.retry(conn, change_id):
                raise Refusal("It is on its way already.", code="sent")
            return change

        change = await database.write(verb)
        _after(answering, change, f"Change {change_id} is sent next")


async def export(config: Config, terminal: Terminal, out: Path) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)
        data, count = database.read(lambda conn: (changes_file(conn, now), len(outbox.entries(conn))))
        save(out, data)
        document = {"file": str(out), "changes": count, "bytes": len(data)} | standing.without_link()
        terminal.answer(document, [f"{count} {'change' if count == 1 else 'changes'} in {out}."])


def _existing(conn: sqlite3.Connection, change_id: ChangeId) -> Change:
    found = outbox.get(conn, change_id)
    if found is not None:
        return found
    if outbox.past(conn, change_id) is not None:
        raise Refusal(f"Change {change_id} is on the server; `chatty undo {change_id}` undoes it.", code="sent")
    raise Refusal(f"This device has no change {change_id}.", code="not_found")


def _after(answering: Answering, change: Change, done: str) -> None:
    left = answering.database.read(lambda conn: outbox.get(conn, change.change_id))
    if change.kind == "bookings":
        answering.booking(BookingId(change.row_id), left.change_id if left else None, done)
        return
    answering.other(left.change_id if left else None, done)
