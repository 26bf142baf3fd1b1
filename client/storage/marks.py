"""What the owner said about things that were shown."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from client.models.marks import About, Mark, MarkWord
from client.storage.columns import instant, instant_or_none, milliseconds, word

_COLUMNS = 'id, about, subject, word, until, "by", created_at, dirty'


def about(conn: sqlite3.Connection, *sorts: About) -> dict[tuple[About, str], Mark]:
    """The marks on things of these sorts, of all sorts where none is given, by sort and subject."""
    condition = f"about IN ({', '.join('?' * len(sorts))})" if sorts else "1"
    return {(mark.about, mark.subject): mark for mark in where(conn, f"{condition} ORDER BY created_at", sorts)}


def all(conn: sqlite3.Connection) -> list[Mark]:
    """Every mark, newest first."""
    return where(conn, "1 ORDER BY created_at DESC, id")


def hidden(conn: sqlite3.Connection, now: datetime) -> list[Mark]:
    """Those that keep something from being shown at this time, newest first; of the sorts this app knows."""
    known = [sort.value for sort in About if sort is not About.UNKNOWN]
    condition = f"(until IS NULL OR until > ?) AND about IN ({', '.join('?' * len(known))})"
    return where(conn, f"{condition} ORDER BY created_at DESC, id", (milliseconds(now), *known))


def get(conn: sqlite3.Connection, about: About, subject: str) -> Mark | None:
    return next(iter(where(conn, "about = ? AND subject = ?", (about, subject))), None)


def where(conn: sqlite3.Connection, condition: str, values: Sequence[Any] = ()) -> list[Mark]:
    """For those who know what they ask."""
    return [_mark(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM marks WHERE {condition}", values)]


def _mark(row: tuple[Any, ...]) -> Mark:
    return Mark(
        mark_id=row[0],
        about=word(About, row[1], About.UNKNOWN),
        subject=row[2],
        word=word(MarkWord, row[3], MarkWord.UNKNOWN),
        until=instant_or_none(row[4]),
        by=row[5],
        created_at=instant(row[6]),
        pending=bool(row[7]),
    )
