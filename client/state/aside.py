"""What the owner has set aside: not useful, never again, done with, for later; the newest first, each thing by name."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from client.insight.anomalies import Measure
from client.models.calls import Call
from client.models.ids import CalendarId, CustomerId, TurnId
from client.models.marks import About, Mark
from client.state.live_query import WatchedQuery
from client.storage import calendars, calls, cursors, customers, marks, promises
from client.storage.errors import StorageError

PAGE: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """`what`: the sort of thing: what the mark is about, or of what waits for the owner the first word of its subject.

    `kind`: which suggestion, promise or measure of a day; empty where there are no kinds.  `name`: the client's or the
    calendar's, None where it is not here any more.  `text`: the service, or the words of a promise.  `call`, `turn_id`:
    the line it rests on.
    """

    mark: Mark
    what: str
    kind: str = ""
    name: str | None = None
    text: str = ""
    day: date | None = None
    call: Call | None = None
    turn_id: TurnId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideState:
    """`count`: how many there are in all, of which `shown` are the newest.  Left out: what only a newer app knows."""

    shown: tuple[SetAside, ...] = ()
    count: int = 0
    ready: bool = False
    broken: bool = False


class AsideStore(WatchedQuery[AsideState]):
    tables = frozenset({"marks", "calls", "turns", "customers", "calendars", "call_promises", "streams"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(AsideState())
        self._now = now
        self._most = PAGE

    def show_more(self) -> None:
        self._most += PAGE
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> AsideState:
        hidden = marks.hidden(conn, self._now())
        return AsideState(
            shown=tuple(named(conn, mark) for mark in hidden[: self._most]),
            count=len(hidden),
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> AsideState:
        del error
        return replace(self.state, broken=True)

    def forget(self) -> None:
        super().forget()
        self._most = PAGE


def named(conn: sqlite3.Connection, mark: Mark) -> SetAside:
    """The thing that a mark is about."""
    thing = mark.subject if mark.about is About.NEEDS_YOU else f"{mark.about}:{mark.subject}"
    what, _, rest = thing.partition(":")
    found = SetAside(mark=mark, what=what)
    match what:
        case About.SUGGESTION:
            kind, _, turn_id = rest.partition(".")
            return _of_line(conn, replace(found, kind=kind), TurnId(turn_id))
        case About.PROMISE:
            return _promised(conn, found, *rest.partition(":")[::2])
        case About.CHURN:
            customer = customers.get(conn, CustomerId(rest))
            return replace(found, name=customer.name if customer else None)
        case About.OPPORTUNITY:
            return replace(found, text=rest)
        case About.ANOMALY:
            measure, _, day = rest.partition(":")
            return replace(found, kind=measure if measure in set(Measure) else "", day=_day(day))
        case "calendar":
            calendar = calendars.get(conn, CalendarId(rest))
            return replace(found, name=calendar.name if calendar else None)
        case _:
            return found


def _promised(conn: sqlite3.Connection, found: SetAside, turn_id: str, kind: str) -> SetAside:
    """`kind`: of the promise, where the mark names it; else whichever was made in that line first."""
    found = _of_line(conn, found, TurnId(turn_id))
    made = promises.of_call(conn, found.call.call_id) if found.call else ()
    meant = [each.promise for each in made if each.promise.turn_id == turn_id and kind in ("", each.promise.kind)]
    return replace(found, kind=meant[0].kind, text=meant[0].said) if meant else found


def _of_line(conn: sqlite3.Connection, found: SetAside, turn_id: TurnId) -> SetAside:
    call = calls.of_turn(conn, turn_id)
    return replace(found, call=call, turn_id=turn_id) if call else found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
