"""The calls that are over, newest first: all, those of a filter, those in which something was said.

A window of at most sixty rows is kept however many there are; it moves with the owner's scrolling, and what lies above
it is told in numbers, so that a screen can leave exactly that room.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from client.models.call_history import EVERYTHING, CallFilter, CallQuestion, Hit, Key
from client.models.calls import Call
from client.models.ids import TurnId
from client.state.live_query import WatchedQuery
from client.storage import business, call_history, call_index, cursors
from client.storage.errors import StorageError

PAGE: Final = 12
"""Rows that are read more when the owner comes near an end of the window; a search begins with so many."""

MOST: Final = 60
"""Rows of the window."""

COUNTED: Final = 1000
"""So many calls in which something was said are counted; beyond that there are more."""

LONGEST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsOfDay:
    """`day` in the business's zone.  `begins`: the first of its calls is among them, the newest that was found."""

    day: date
    hits: tuple[Hit, ...]
    begins: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What lies above the window: calls, the days that begin there, and lines found in them."""

    calls: int = 0
    days: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsState:
    """`days`: the window.  `more`: there are older ones below it.  `today` in the business's zone.

    `count`: how many there are in all; with `many`, more than that.  `left`: calls whose words are not indexed yet,
    None before they are counted.  `scanned`: this device cannot index words and looks through the newest calls.
    `asked_anew`: counts the questions, so that a list can begin at its top with each.
    """

    asked: CallQuestion = EVERYTHING
    days: tuple[CallsOfDay, ...] = ()
    above: Above = Above()
    more: bool = False
    count: int = 0
    many: bool = False
    left: int | None = 0
    scanned: bool = False
    today: date | None = None
    ready: bool = False
    broken: bool = False
    asked_anew: int = 0

    def ids(self) -> list[str]:
        return [hit.call.call_id for day in self.days for hit in day.hits]

    def line_of(self, call_id: str) -> TurnId | None:
        """The line that was found in this call, if one was."""
        return next((hit.best for day in self.days for hit in day.hits if hit.call.call_id == call_id), None)


class CallsStore(WatchedQuery[CallsState]):
    tables = frozenset({"calls", "business", "streams", "call_texts", "call_promises"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(CallsState())
        self._now = now
        self._asked = EVERYTHING
        self._anew = 0
        self._begin()

    @property
    def asked(self) -> CallQuestion:
        return self._asked

    def ask(self, question: CallQuestion) -> None:
        """Look for this; the list begins at its top again."""
        question = replace(question, text=question.text[:LONGEST])
        if question == self._asked:
            return
        self._asked = question
        self._anew += 1
        self._begin()
        self.state = replace(self.state, asked=question, asked_anew=self._anew)
        self.refresh()

    def type(self, text: str) -> None:
        self.ask(replace(self._asked, text=text))

    def narrow(self, which: CallFilter) -> None:
        self.ask(replace(self._asked, which=which))

    def show_more(self) -> None:
        """Another page of older ones; the newest leave the window when it is full."""
        if not self.state.more:
            return
        self._rows += PAGE
        if self._rows > MOST:
            self._leave_above(self._rows - MOST)
        self.refresh()

    def show_newer(self) -> None:
        """Another page of newer ones; the oldest leave the window."""
        if self._top is not None and self._database is not None:
            self._come_back(self._database.read(self._newer))
            self.refresh()

    def read(self, conn: sqlite3.Connection) -> CallsState:
        zone = self._zone(conn)
        asked = call_history.wanted(conn, self._asked.text, self._asked.which, zone)
        found = call_history.page(conn, asked, self._rows + 1, self._top)
        self._shown = tuple(found[: self._rows])
        most = COUNTED if asked.looked_for else 1 << 40
        count = call_history.count(conn, asked, most + 1)
        return CallsState(
            asked=self._asked,
            days=tuple(by_day(self._shown, zone, self._day_above)),
            above=self._above,
            more=len(found) > self._rows,
            count=min(count, most),
            many=count > most,
            left=call_index.left(conn) if asked.looked_for else 0,
            scanned=bool(asked.looked_for) and not asked.indexed,
            today=self._now().astimezone(zone).date(),
            ready=cursors.stream(conn, "core").usable,
            asked_anew=self._anew,
        )

    def failed(self, error: StorageError) -> CallsState:
        del error
        return CallsState(asked=self._asked, broken=True, asked_anew=self._anew)

    def forget(self) -> None:
        super().forget()
        self._asked = EVERYTHING
        self._begin()

    def _begin(self) -> None:
        self._rows = PAGE if self._asked.text.strip() else 2 * PAGE
        self._top: Key | None = None
        self._above = Above()
        self._day_above: date | None = None
        self._shown: tuple[Hit, ...] = ()

    def _leave_above(self, count: int) -> None:
        leaving, self._rows = self._shown[:count], MOST
        if len(self._shown) <= count:
            return
        days = self._days_of(leaving)
        self._above = Above(
            calls=self._above.calls + count,
            days=self._above.days + _begun(days, self._day_above),
            lines=self._above.lines + _lines(leaving),
        )
        self._day_above = days[-1]
        self._top = self._shown[count].key

    def _newer(self, conn: sqlite3.Connection) -> list[Hit]:
        """A page above the window, and one row more, whose day tells whether another begins under it."""
        asked = call_history.wanted(conn, self._asked.text, self._asked.which, self._zone(conn))
        return call_history.page(conn, asked, PAGE + 1, self._top, upwards=True)

    def _come_back(self, newer: Sequence[Hit]) -> None:
        if len(newer) <= PAGE:
            self._top, self._day_above, self._above = None, None, Above()
            return
        days = self._days_of(newer)
        coming = newer[1:]
        self._day_above = days[0]
        self._top = coming[0].key
        self._above = Above(
            calls=max(0, self._above.calls - len(coming)),
            days=max(0, self._above.days - _begun(days[1:], days[0])),
            lines=max(0, self._above.lines - _lines(coming)),
        )

    def _days_of(self, hits: Iterable[Hit]) -> list[date]:
        zone = self._database.read(self._zone) if self._database else ZoneInfo("UTC")
        return [hit.call.started_at.astimezone(zone).date() for hit in hits]

    def _zone(self, conn: sqlite3.Connection) -> ZoneInfo:
        ours = business.get(conn)
        return ours.zone if ours else ZoneInfo("UTC")


def by_day(newest_first: Iterable[Hit], zone: ZoneInfo, above: date | None = None) -> list[CallsOfDay]:
    """The calls under their days; `above` is the day of the call before the first of them."""
    days = groupby(newest_first, key=lambda hit: hit.call.started_at.astimezone(zone).date())
    return [CallsOfDay(day=day, hits=tuple(group), begins=day != above) for day, group in days]


def hits(calls: Iterable[Call]) -> tuple[Hit, ...]:
    """Calls in which nothing was looked for."""
    return tuple(Hit(call=call, key=(0, call.call_id)) for call in calls)


def _begun(days: Sequence[date], above: date | None) -> int:
    return sum(day != before for day, before in zip(days, (above, *days), strict=False))


def _lines(found: Iterable[Hit]) -> int:
    return sum(len(hit.lines) for hit in found)
