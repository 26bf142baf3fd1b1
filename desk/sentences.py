"""What a change does, as the sentence that the app's outbox has for it."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from client.insight.changes import deed_between, deed_of
from client.insight.deeds import Deed
from client.models.mutations import Change, PastChange, Row
from client.storage import business, effective
from widgets import change_words
from widgets.strings import Words


def sentence_of(
    conn: sqlite3.Connection, change: Change | PastChange, zone: ZoneInfo, now: datetime, *, telling: bool = True
) -> str:
    """Move Maria Gómez to Tue 16:30; what else it does follows.  `telling`: that the client will be told, too."""
    row = effective.effective_row(conn, change.kind, change.row_id)
    if row is None and (under := effective.base(conn, change.kind, change.row_id)) is not None:
        # The change has taken it away; the server has it still.
        row = under.row
    deed = deed_of(change.op, change.payload, row, business.room_names(conn))
    return in_words(conn, deed if telling else replace(deed, channel=None), zone, now)


def sentence_between(
    conn: sqlite3.Connection, op: str, before: Row | None, after: Row | None, zone: ZoneInfo, now: datetime
) -> str:
    """The same of one edit, that made of a row what it is `after`."""
    return in_words(conn, deed_between(op, before, after, None, business.room_names(conn)), zone, now)


def in_words(conn: sqlite3.Connection, deed: Deed, zone: ZoneInfo, now: datetime) -> str:
    words = Words(language="en", zone=zone)
    who = next((person.name for person in business.staff(conn) if person.staff_id == deed.staff_id), None)
    return " · ".join([change_words.to_do(words, deed, who, now), *change_words.besides(words, deed)])
