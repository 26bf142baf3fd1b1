"""What a change does, as the sentence that the app's outbox has for it."""

import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

from client.insight.changes import deed_of
from client.models.mutations import Change, PastChange
from client.storage import business, effective
from widgets import change_words
from widgets.strings import Words


def sentence_of(conn: sqlite3.Connection, change: Change | PastChange, zone: ZoneInfo, now: datetime) -> str:
    """Move Maria Gómez to Tue 16:30; what else it does follows."""
    words = Words(language="en", zone=zone)
    row = effective.effective_row(conn, change.kind, change.row_id)
    deed = deed_of(change.op, change.payload, row, business.room_names(conn))
    who = next((person.name for person in business.staff(conn) if person.staff_id == deed.staff_id), None)
    return " · ".join([change_words.to_do(words, deed, who, now), *change_words.besides(words, deed)])
