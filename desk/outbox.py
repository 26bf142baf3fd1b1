"""Changes that wait: listed, taken back, sent again, written to a file; and any change undone."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.config import Config
from client.editing import Undone, undo
from client.editing.handing_on import changes_file
from client.editing.imports import undo_all
from client.models.ids import BookingId, ChangeId
from client.models.mutations import Change, ChangeState, PastChange
from client.storage import outbox
from desk.files import save
from desk.sentences import sentence_of
from desk.showing import Answering
from desk.terminal import Refusal, Terminal, table
from desk.way import now_of, readable, writable

_LOOKED_BACK = 200

_STATES = {
    ChangeState.QUEUED: "waiting",
    ChangeState.SENT: "being sent",
    ChangeState.ACKED: "sent, being confirmed",
    ChangeState.REFUSED: "refused",
    ChangeState.PARKED: "set aside",
}


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
    return str(change.change_id), document["sentence"], _STATES[change.state], document["detail"] or ""


async def cancel(config: Config, terminal: Terminal, change_id: ChangeId) -> None:
    """Take back what waits, or forget what was refused."""
    async with writable(config, terminal) as (device, database, standing):
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now_of(device, database))

        def verb(conn: sqlite3.Connection) -> Change:
            change = _existing(conn, change_id)
            if not outbox.withdraw(conn, change_id):
                raise Refusal("It is on its way and cannot be called back; `chatty undo` can undo it.", code="sent")
            return change

        change = await database.write(verb)
        _after(answering, change, f"Change {change_id} is taken back")


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


# --- undo -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class _Undone:
    """`sentence`: what was undone; `one` what is left, None for an import, of which `kept` could not be undone."""

    sentence: str
    changes: int
    one: Undone | None
    kept: tuple[ChangeId, ...] = ()


async def undo_change(config: Config, terminal: Terminal, change_id: ChangeId | None) -> None:
    """The newest change without a number; of an import, all of it."""
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)

        def verb(conn: sqlite3.Connection) -> _Undone:
            change = _known(conn, change_id) if change_id is not None else _newest(conn)
            sentence = sentence_of(conn, change, standing.zone, now)
            together = outbox.together(conn, change)
            if len(together) == 1:
                one = undo(conn, change.change_id, now=now, new_id=device.clock.new_id)
                return _Undone(sentence=sentence, changes=1, one=one)
            kept = undo_all(conn, together, now=now, new_id=device.clock.new_id)
            return _Undone(sentence="the import", changes=len(together) - len(kept), one=None, kept=kept)

        undone = await database.write(verb)
        if undone.one is not None and undone.one.kind == "bookings":
            edited = undone.one.edited
            answering.booking(
                BookingId(undone.one.row_id), edited.change_id if edited else None, f"Undone: {undone.sentence}"
            )
            return
        kept = f" {len(undone.kept)} were changed since and stay." if undone.kept else ""
        noun = "change" if undone.changes == 1 else "changes"
        document = {"undone": undone.changes, "kept": list(undone.kept)} | database.read(answering.beside)
        terminal.answer(document, [f"Undone: {undone.sentence}, {undone.changes} {noun}.{kept}"])


def _newest(conn: sqlite3.Connection) -> Change | PastChange:
    """What the owner did last and has not taken back; a change that took another back is no such thing."""
    known = (*outbox.entries(conn), *outbox.history(conn, _LOOKED_BACK))
    taking_back = {change.undone_by for change in known}
    done = [change for change in known if change.undone_by is None and change.change_id not in taking_back]
    newest = max(done, key=lambda change: change.change_id, default=None)
    if newest is None:
        raise Refusal("There is no change to undo.", code="not_found")
    return newest


def _known(conn: sqlite3.Connection, change_id: ChangeId) -> Change | PastChange:
    found = outbox.get(conn, change_id) or outbox.past(conn, change_id)
    if found is None:
        raise Refusal(f"This device has no change {change_id}.", code="not_found")
    return found


def _existing(conn: sqlite3.Connection, change_id: ChangeId) -> Change:
    found = outbox.get(conn, change_id)
    if found is not None:
        return found
    if outbox.past(conn, change_id) is not None:
        raise Refusal(f"Change {change_id} is on the server; `chatty undo {change_id}` undoes it.", code="sent")
    raise Refusal(f"This device has no change {change_id}.", code="not_found")


def _after(answering: Answering, change: Change, done: str) -> None:
    if change.kind == "bookings":
        left = answering.database.read(lambda conn: outbox.get(conn, change.change_id))
        answering.booking(BookingId(change.row_id), left.change_id if left else None, done)
        return

    def show(conn: sqlite3.Connection) -> None:
        left = outbox.get(conn, change.change_id)
        document = {"change": answering.change(conn, left) if left else None} | answering.beside(conn)
        answering.terminal.answer(document, [f"{done}."])

    answering.database.read(show)
