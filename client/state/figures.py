"""The owner's figures of a period, all of them, and the rows under the one that is open."""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight import figures as counting
from client.insight.day import Say
from client.insight.figures import MetricFigure, Past
from client.insight.metrics import DEFINITIONS, Metric
from client.insight.periods import Chosen, Period
from client.models.account import Role
from client.state.figure_rows import Rows, minute_of
from client.state.live_query import WatchedQuery
from client.state.waits import Waits
from client.storage import tallying
from client.storage.database import Database
from client.storage.errors import StorageError

TABLES: Final = frozenset({"bookings", "calls", "leads", "events", "business", "staff", "streams"})

_MOVES: Final = frozenset({"leads", "events"})
"""A commit in these may be of a lead's way."""

_THIS_WEEK: Final = Chosen(period=Period.WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresState:
    """`ready`: the first sync is over; before that nothing is shown, because it would be counted wrong."""

    chosen: Chosen = _THIS_WEEK
    figures: tuple[MetricFigure, ...] = ()
    ready: bool = False
    broken: bool = False


class FiguresStore(WatchedQuery[FiguresState]):
    """What has been is read once a minute, not at every commit; how long leads waited, of those that have changed."""

    tables = TABLES

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say], role: Callable[[], Role | None]) -> None:
        super().__init__(FiguresState())
        self._now = now
        self._say = say
        self._role = role
        self._past: tuple[object, Past] | None = None
        self._waits = Waits()
        self._moved = False

    def rest(self) -> None:
        super().rest()
        self._forget_what_was()

    def choose(self, chosen: Chosen) -> None:
        """Count another period."""
        self.state = replace(self.state, chosen=chosen, **({} if self._watched else {"figures": ()}))
        self.refresh()

    def turn_of_minute(self) -> None:
        self._forget_what_was()
        self.refresh()

    def attach(self, database: Database | None) -> None:
        self._forget_what_was()
        super().attach(database)

    def _forget_what_was(self) -> None:
        self._past = None
        self._waits.forget()

    def _touched(self, tables: Collection[str]) -> None:
        self._moved = self._moved or not _MOVES.isdisjoint(tables)
        super()._touched(tables)

    def forget(self) -> None:
        chosen = self.state.chosen
        super().forget()
        self.state = replace(self.state, chosen=chosen)

    def read(self, conn: sqlite3.Connection) -> FiguresState:
        chosen = self.state.chosen
        if not tallying.is_kept(conn):
            return FiguresState(chosen=chosen)
        if self._moved:
            self._moved = False
            self._waits.catch_up(conn)
        role = self._role()
        metrics = shown_to(role)
        rows, now = Rows.of(conn, waits=self._waits), minute_of(self._now())
        key = (chosen, rows.zone, metrics, now)
        if self._past is None or self._past[0] != key:
            self._past = (key, counting.read_past(metrics, rows, chosen, now, rows.zone))
        found = counting.figures(metrics, rows, chosen, now, rows.as_of, rows.zone, self._say(), past=self._past[1])
        return FiguresState(chosen=chosen, figures=found, ready=True)

    def failed(self, error: StorageError) -> FiguresState:
        del error
        return FiguresState(chosen=self.state.chosen, broken=True)


def shown_to(role: Role | None) -> tuple[Metric, ...]:
    """The figures this role may see."""
    money = role is not None and role.may_see_money
    return tuple(metric for metric in Metric if money or not DEFINITIONS[metric].money)
