"""What the team did, by day, a page at a time; the newest page is live."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from client.models.ids import EmployeeId
from client.state.live_query import WatchedQuery
from client.storage import activity, business, cursors
from client.storage.activity import Entry
from client.storage.errors import StorageError

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfWork:
    """`day` in the business's zone."""

    day: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityState:
    """`number`: which page, 0 is the newest.  `more`: there are older ones.  `today` in the business's zone."""

    days: tuple[DayOfWork, ...] = ()
    employee_id: EmployeeId | None = None
    number: int = 0
    more: bool = False
    today: date | None = None
    ready: bool = False
    broken: bool = False


class ActivityStore(WatchedQuery[ActivityState]):
    tables = frozenset({"calls", "bookings", "tasks", "events", "messages", "employees", "business", "streams"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(ActivityState())
        self._now = now
        self._employee_id: EmployeeId | None = None
        self._before: tuple[Entry, ...] = ()

    def choose(self, employee_id: EmployeeId | None) -> None:
        """Only what this employee did; from the newest on."""
        self._employee_id, self._before = employee_id, ()
        self.refresh()

    def older(self) -> None:
        if self.state.more:
            self._before = (*self._before, self.state.days[-1].entries[-1])
            self.refresh()

    def newer(self) -> None:
        self._before = self._before[:-1]
        self.refresh()

    def forget(self) -> None:
        super().forget()
        self._employee_id, self._before = None, ()

    def read(self, conn: sqlite3.Connection) -> ActivityState:
        ours = business.get(conn)
        zone = ours.zone if ours else ZoneInfo("UTC")
        before = self._before[-1] if self._before else None
        found = activity.page(conn, PAGE + 1, employee_id=self._employee_id, before=before)
        days = groupby(found[:PAGE], key=lambda entry: entry.at.astimezone(zone).date())
        return ActivityState(
            days=tuple(DayOfWork(day=day, entries=tuple(entries)) for day, entries in days),
            employee_id=self._employee_id,
            number=len(self._before),
            more=len(found) > PAGE,
            today=self._now().astimezone(zone).date(),
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> ActivityState:
        del error
        return replace(self.state, days=(), broken=True)
