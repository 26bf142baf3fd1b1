"""The calls that are over, by day, newest first; a page at a time."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from client.models.calls import Call
from client.state.live_query import LiveQuery
from client.storage import business, calls, cursors
from client.storage.errors import StorageError

PAGE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsOfDay:
    """`day` in the business's zone."""

    day: date
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsState:
    """`more`: the device has older ones.  `today` in the business's zone."""

    days: tuple[CallsOfDay, ...] = ()
    more: bool = False
    today: date | None = None
    ready: bool = False
    broken: bool = False

    def ids(self) -> list[str]:
        return [call.call_id for day in self.days for call in day.calls]


class CallsStore(LiveQuery[CallsState]):
    tables = frozenset({"calls", "business", "streams"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(CallsState())
        self._now = now
        self._limit = PAGE

    def show_more(self) -> None:
        self._limit += PAGE
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> CallsState:
        ours = business.get(conn)
        zone = ours.zone if ours else ZoneInfo("UTC")
        found = calls.recent(conn, self._limit + 1)
        past = [call for call in found[: self._limit] if not call.is_live]
        return CallsState(
            days=tuple(by_day(past, zone)),
            more=len(found) > self._limit,
            today=self._now().astimezone(zone).date(),
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> CallsState:
        del error
        return CallsState(broken=True)


def by_day(newest_first: Iterable[Call], zone: ZoneInfo) -> list[CallsOfDay]:
    days = groupby(newest_first, key=lambda call: call.started_at.astimezone(zone).date())
    return [CallsOfDay(day=day, calls=tuple(group)) for day, group in days]
