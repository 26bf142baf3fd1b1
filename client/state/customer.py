"""The customer who is open: who it is, the next and the last booking, and everything so far in one line, by pages."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight.clients import OfClient, client_figure
from client.insight.day import Say
from client.insight.deeds import Deed
from client.insight.figures import MINUTE
from client.models.bookings import Booking, Message
from client.models.calls import Call
from client.models.customers import Customer
from client.models.ids import CustomerId
from client.models.provenance import Figure
from client.state.figure_rows import Rows, minute_of
from client.state.live_query import LiveQuery
from client.state.outbox import deed_in
from client.storage import bookings, customers, tallies, timeline
from client.storage.errors import StorageError

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(timeline.Spot):
    """An entry of the timeline.  `thing` is a deed where the owner changed one of the customer's bookings."""

    thing: Booking | Call | Message | Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerState:
    """`following`, `last`: the next booking and the latest past one.

    `number`: which page of the timeline `events` are, 0 is the newest; `more`: there are earlier ones.
    `figure`: the one that is open, with its rows.
    `missing`: this device knows no such customer; `broken`: it cannot read them now.
    """

    customer: Customer | None = None
    following: Booking | None = None
    last: Booking | None = None
    events: tuple[Event, ...] = ()
    number: int = 0
    more: bool = False
    figure: Figure | None = None
    missing: bool = False
    broken: bool = False


class CustomerStore(LiveQuery[CustomerState]):
    tables = frozenset({"customers", "bookings", "calls", "messages", "outbox", "history"})

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say]) -> None:
        super().__init__(CustomerState())
        self._now = now
        self._say = say
        self._customer_id: CustomerId | None = None
        self._shown: OfClient | None = None
        self._before: tuple[timeline.Spot, ...] = ()

    def open(self, customer_id: CustomerId | None) -> None:
        if customer_id == self._customer_id:
            return
        self._customer_id, self._before, self._shown = customer_id, (), None
        self.state = CustomerState()
        self.refresh()

    def forget(self) -> None:
        super().forget()
        self._customer_id, self._before, self._shown = None, (), None

    def show(self, which: OfClient | None) -> None:
        """Read the rows of this figure; of none when it is shut."""
        if which is not self._shown:
            self._shown = which
            self.refresh()

    def earlier(self) -> None:
        """The page of the timeline before this one."""
        if self.state.more:
            self._before = (*self._before, self.state.events[-1])
            self.refresh()

    def later(self) -> None:
        self._before = self._before[:-1]
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> CustomerState:
        customer_id = self._customer_id
        if customer_id is None:
            return CustomerState()
        customer = customers.get(conn, customer_id)
        if customer is None:
            return CustomerState(missing=True)
        found = timeline.of_customer(conn, customer_id, PAGE + 1, self._before[-1] if self._before else None)
        return CustomerState(
            customer=customer,
            following=bookings.next_of(conn, customer_id, self._now()),
            last=bookings.previous_of(conn, customer_id, self._now()),
            events=tuple(_event(conn, entry) for entry in found[:PAGE]),
            number=len(self._before),
            more=len(found) > PAGE,
            figure=self._figure(conn, customer_id) if self._shown is not None else None,
        )

    def _figure(self, conn: sqlite3.Connection, customer_id: CustomerId) -> Figure:
        assert self._shown is not None
        sources, rows = tallies.evidence_of_customer(conn, customer_id), Rows.of(conn)
        return client_figure(self._shown, sources, minute_of(self._now()) - MINUTE, rows.as_of, rows.zone, self._say())

    def failed(self, error: StorageError) -> CustomerState:
        del error
        return replace(self.state, broken=True)


def _event(conn: sqlite3.Connection, entry: timeline.Entry) -> Event:
    match entry.thing:
        case Booking() | Call() | Message() as thing:
            return Event(at=entry.at, key=entry.key, thing=thing)
        case change:
            return Event(at=entry.at, key=entry.key, thing=deed_in(conn, change))
