"""How long leads waited, read once and then only of those that have changed: there are thousands, and one changes."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from client.insight.figures import Wait
from client.insight.metrics import Metric
from client.storage import conversions, first_contacts, lead_changes
from client.storage.conversions import Conversion
from client.storage.first_contacts import FirstContact
from client.storage.lead_changes import Seen

_MILLISECOND: Final = timedelta(milliseconds=1)


class Waits:
    """Of each metric, newest first."""

    def __init__(self) -> None:
        self._of: dict[Metric, list[Wait]] = {}
        self._seen: Seen | None = None

    def forget(self) -> None:
        """All are read anew when they are next asked for."""
        self._of, self._seen = {}, None

    def of(self, conn: sqlite3.Connection, metric: Metric) -> Sequence[Wait]:
        if metric not in self._of:
            # Before the first list: whatever is read later than this is at worst read again.
            self._seen = self._seen or lead_changes.look(conn)
            self._of[metric] = _READ[metric](conn, None)
        return self._of[metric]

    def catch_up(self, conn: sqlite3.Connection) -> None:
        """Leads, or what happened to them, may have changed."""
        if self._seen is None:
            return
        found = lead_changes.changed(conn, self._seen)
        if found is None:
            self.forget()
            return
        self._seen, changed = found
        if changed:
            self._of = {metric: _merged(waits, changed, conn, metric) for metric, waits in self._of.items()}


def _merged(waits: Sequence[Wait], changed: Collection[str], conn: sqlite3.Connection, metric: Metric) -> list[Wait]:
    rest = [wait for wait in waits if wait.row_id not in changed]
    return sorted([*rest, *_READ[metric](conn, changed)], key=lambda wait: (wait.at, wait.row_id), reverse=True)


def _until_won(conn: sqlite3.Connection, lead_ids: Collection[str] | None) -> list[Wait]:
    return [
        _wait(each, each.won_at, each.booked_at, "booked_later", "not_booked_here")
        for each in conversions.won(conn, lead_ids)
    ]


def _until_contacted(conn: sqlite3.Connection, lead_ids: Collection[str] | None) -> list[Wait]:
    return [
        _wait(each, each.at, each.contacted_at, "contacted", "no_contact_here")
        for each in first_contacts.made(conn, lead_ids)
    ]


def _wait(lead: Conversion | FirstContact, at: datetime, over_at: datetime | None, why: str, why_not: str) -> Wait:
    return Wait(
        row_id=lead.lead_id,
        at=at,
        title=lead.name,
        detail=lead.source,
        took_ms=None if over_at is None else (over_at - lead.since) // _MILLISECOND,
        why=why_not if over_at is None else why,
    )


_READ: Final = {Metric.FIRST_CONTACT: _until_contacted, Metric.VELOCITY: _until_won}
