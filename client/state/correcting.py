"""What this device knows of answers, while the owner puts one right or asks again: read only as long."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from client.insight.corrections import Known
from client.state.live_query import WatchedQuery
from client.storage import business, corrections


class CorrectingStore(WatchedQuery[Known]):
    """The corrections with where each comes from, and the rows that an answer may be about."""

    tables = frozenset({"corrections", "calls", "customers", "services", "business"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(Known())
        self._now = now

    def read(self, conn: sqlite3.Connection) -> Known:
        ours = business.get(conn)
        if ours is None:
            return Known()
        return Known(
            corrections=tuple(corrections.sourced(conn)),
            services=tuple(business.services(conn)),
            business=ours,
            today=self._now().astimezone(ours.zone).date(),
        )
