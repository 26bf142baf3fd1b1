"""A calendar file brought in: read off the loop, shown before anything is changed, then one transaction."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.calendars.imported import LIMITS, Imported, Remark, What
from client.calendars.reading import read_ics
from client.config import Config
from client.editing.imports import (
    As,
    Fate,
    Import,
    Line,
    Rehearsed,
    Wanted,
    called_off,
    import_events,
    joined,
    rehearse,
    slices,
    span,
)
from client.storage import outbox
from client.storage.database import Database
from desk.documents import json_of
from desk.people import service_of, staff_of
from desk.terminal import Refusal, Terminal, table
from desk.way import now_of, writable
from widgets import import_words
from widgets.strings import Words

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """As it was typed."""

    file: Path
    as_: As
    staff: str | None
    service: str | None
    allow: frozenset[str]
    dry_run: bool


async def import_file(config: Config, terminal: Terminal, asked: Importing) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now, zone = now_of(device, database), standing.zone
        data = await asyncio.to_thread(_read, asked.file)
        imported = await asyncio.to_thread(read_ics, data, zone=zone, window=span(now, zone))
        words = Words(language="en", zone=zone)
        if (refusal := imported.refusal or _nothing_read(imported)) is not None:
            raise Refusal(import_words.remark(words, refusal), code="file")

        def verb(conn: sqlite3.Connection, piece: Imported = imported) -> Import:
            wanted = _wanted(conn, asked, words)
            if asked.dry_run:
                rehearse(conn, piece, wanted, now=now, new_id=device.clock.new_id)
            return import_events(conn, piece, wanted, now=now, new_id=device.clock.new_id)

        done = await (_rehearsed(database, imported, verb) if asked.dry_run else database.write(verb))
        _answer(terminal, database, words, asked, imported, done, standing.without_link())


def _nothing_read(imported: Imported) -> Remark | None:
    """Why none of the entries of the file could be read; None where one could, or there are none."""
    if imported.events or imported.cancelled or imported.free or imported.outside:
        return None
    return next((remark for remark in imported.remarks if remark.what.left_out), None)


async def _rehearsed(
    database: Database, imported: Imported, verb: Callable[[sqlite3.Connection, Imported], Import]
) -> Import:
    """Piece by piece, so that the app that runs beside this can write in between."""
    done: list[Import] = []
    for piece in slices(imported):
        try:
            await database.write(lambda conn, piece=piece: verb(conn, piece))
        except Rehearsed as rehearsed:
            done.append(rehearsed.done)
    return joined(done)


def _wanted(conn: sqlite3.Connection, asked: Importing, words: Words) -> Wanted:
    return Wanted(
        as_=asked.as_,
        busy=words("import.busy"),
        appointment=words("import.appointment"),
        staff_id=staff_of(conn, asked.staff).staff_id if asked.staff else None,
        service_id=service_of(conn, asked.service).service_id if asked.service else None,
        allow=asked.allow,
    )


def _read(path: Path) -> bytes:
    """At most one byte more than a file may have.  Raises Refusal."""
    try:
        with path.open("rb") as file:
            return file.read(LIMITS.size_bytes + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise Refusal(f"{path} cannot be read ({why}).", code="file") from error


# --- the answer -----------------------------------------------------------------------------------------------------
def _answer(
    terminal: Terminal,
    database: Database,
    words: Words,
    asked: Importing,
    imported: Imported,
    done: Import,
    beside: dict[str, Any],
) -> None:
    counts = {fate.value: len(done.of(fate)) for fate in Fate}
    document = {
        "calendar": imported.name,
        "as": asked.as_.value,
        "dry_run": asked.dry_run,
        **counts,
        "unreadable": sum(remark.what.left_out and remark.what is not What.MORE for remark in imported.remarks),
        "called_off": called_off(imported, done),
        "free_time": imported.free,
        "outside": imported.outside,
        "events": [_event(line, words) for line in done.lines],
        "remarks": [
            {
                "code": remark.what.value,
                "line": remark.line or None,
                "sentence": import_words.remark(words, remark),
            }
            for remark in imported.remarks
        ],
        "change_ids": list(done.change_ids) if not asked.dry_run else [],
    }
    waiting = {"waiting": database.read(outbox.waiting)}
    terminal.answer(document | beside | waiting, _lines(words, asked, imported, done, waiting["waiting"]))


def _event(line: Line, words: Words) -> dict[str, Any]:
    event = line.event
    return {
        "title": event.title,
        "starts_at": json_of(event.starts_at, words.zone),
        "ends_at": json_of(event.ends_at, words.zone),
        "all_day": event.all_day,
        "uid": event.uid,
        "line": event.line,
        "fate": line.fate.value,
        "because": line.omission.value if line.omission else None,
        "sentence": import_words.because(words, line) if line.omission else None,
        "meets": [booking.booking_id for booking in line.meets],
    }


def _lines(words: Words, asked: Importing, imported: Imported, done: Import, waiting: int) -> list[str]:
    lines: list[str] = []
    for fate in Fate:
        of_it = done.of(fate)
        if not of_it:
            continue
        lines.append(f"{import_words.heading(words, fate, asked.as_, len(of_it))}:")
        lines += [f"  {row}" for row in table(("", "", ""), [_row(line, words) for line in of_it[:_SHOWN]])[1:]]
        if len(of_it) > _SHOWN:
            lines.append(f"  {words('import.more', n=len(of_it) - _SHOWN)}")
    lines += [*import_words.besides(words, imported, done)]
    if not lines:
        lines.append(words("import.nothing"))
    if asked.dry_run:
        return [*lines, "", "Nothing was changed: this was --dry-run."]
    if not done.change_ids:
        return lines
    return [
        *lines,
        "",
        f"{waiting} {'change waits' if waiting == 1 else 'changes wait'} to be sent. `chatty undo` takes this back.",
    ]


def _row(line: Line, words: Words) -> tuple[str, str, str]:
    besides = [import_words.because(words, line)] if line.omission else []
    besides += [import_words.meets(words, booking) for booking in line.meets]
    return import_words.when(words, line.event), line.event.title or words("ics.untitled"), "; ".join(besides)
