"""Keeps a calendar's blocks equal to its feed, and its row honest about when that was last so."""

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from backend_stub.calendars.fetching import Marks
from backend_stub.calendars.times import BusyTime, Read
from backend_stub.calendars.trouble import Code
from backend_stub.store import AccountNo, Document, Transaction, rows_by_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Where a calendar is read, and what was said about it last.  `read_on`: the business's day of that reading.

    The span that matters moves on with the days, so marks of another day must not be shown.
    """

    account: AccountNo
    calendar_id: str
    time_zone: str
    url: str
    marks: Marks
    read_on: str | None

    def __repr__(self) -> str:
        return f"Feed(calendar_id={self.calendar_id!r})"


def all_feeds(connection: sqlite3.Connection) -> list[Feed]:
    rows = connection.execute(
        "SELECT account, calendar_id, time_zone, url, etag, last_modified, read_on"
        " FROM feed JOIN account ON account.number = feed.account ORDER BY account, calendar_id"
    )
    return [
        Feed(
            account=AccountNo(row[0]),
            calendar_id=row[1],
            time_zone=row[2],
            url=row[3],
            marks=Marks(etag=row[4], last_modified=row[5]),
            read_on=row[6],
        )
        for row in rows
    ]


def keep(tx: Transaction, feed: Feed, read: Read, marks: Marks, *, day: str, now_ms: int) -> None:
    """Make the blocks what was read; nothing for a calendar that is gone."""
    calendar = tx.get(feed.account, "calendars", feed.calendar_id)
    if calendar is None:
        return
    had = {row["id"]: row for row in rows_by_ref(tx.connection, feed.account, "blocks", feed.calendar_id)}
    wanted = {doc["id"]: doc for doc in _blocks(feed, calendar, read.times, had, now_ms)}
    changed = [doc for row_id, doc in wanted.items() if row_id not in had or not doc.items() <= had[row_id].items()]
    for row_id in had.keys() - wanted.keys():
        tx.remove(feed.account, "blocks", row_id, now_ms=now_ms)
    if changed:
        tx.put_many(feed.account, "blocks", changed)
    _note(tx, feed, calendar, "incomplete" if read.incomplete else None, now_ms, events=len(wanted))
    tx.connection.execute(
        "UPDATE feed SET etag = ?, last_modified = ?, read_on = ? WHERE account = ? AND calendar_id = ?",
        (marks.etag, marks.last_modified, day, feed.account, feed.calendar_id),
    )


def unchanged(tx: Transaction, feed: Feed, *, now_ms: int) -> None:
    """The feed is as it was, so what was wrong with it still is, unless it had stopped answering."""
    calendar = tx.get(feed.account, "calendars", feed.calendar_id)
    if calendar is not None:
        _note(tx, feed, calendar, "incomplete" if calendar["trouble"] == "incomplete" else None, now_ms)


def fail(tx: Transaction, feed: Feed, trouble: Code, *, now_ms: int) -> None:
    """What it said last stays; `last_ok_at` says how old that is."""
    calendar = tx.get(feed.account, "calendars", feed.calendar_id)
    if calendar is not None:
        changes = {"state": "trouble", "trouble": trouble, "checked_at": now_ms}
        tx.put(feed.account, "calendars", _bare(calendar) | changes)


def _note(
    tx: Transaction, feed: Feed, calendar: Document, trouble: Code | None, now_ms: int, *, events: int | None = None
) -> None:
    changes: Document = {
        "state": "ok" if trouble is None else "trouble",
        "trouble": trouble,
        "last_ok_at": now_ms,
        "checked_at": now_ms,
        "events": calendar["events"] if events is None else events,
    }
    tx.put(feed.account, "calendars", _bare(calendar) | changes)


def _blocks(
    feed: Feed, calendar: Document, times: Iterable[BusyTime], had: dict[str, Document], now_ms: int
) -> Iterable[Document]:
    """The same time of the same feed is the same block, whenever it is read."""
    for time in times:
        row_id = str(uuid.uuid5(uuid.UUID(feed.calendar_id), time.key))
        yield {
            "id": row_id,
            "staff_id": calendar["staff_id"],
            "starts_at": time.starts_at,
            "ends_at": time.ends_at,
            "time_zone": feed.time_zone,
            "title": time.title or calendar["name"],
            "source": "calendar",
            "calendar_id": feed.calendar_id,
            "uid": time.uid or None,
            "created_at": had[row_id]["created_at"] if row_id in had else now_ms,
        }


def _bare(row: Document) -> Document:
    return {key: value for key, value in row.items() if key != "version"}
