"""The customer who is open: who it is, the next and the last booking, and everything so far in one line."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight.deeds import Deed
from client.models.bookings import Booking, Message
from client.models.calls import Call
from client.models.customers import Customer
from client.models.ids import CustomerId
from client.state.live_query import LiveQuery
from client.state.outbox import deed_in
from client.storage import bookings, customers, timeline
from client.storage.errors import StorageError

PAGE: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of the timeline.  `thing` is a deed where the owner changed one of the customer's bookings."""

    at: datetime
    key: str
    thing: Booking | Call | Message | Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerState:
    """`following`, `last`: the next booking and the latest past one.  `more`: there is more than `events`.

    `missing`: this device knows no such customer; `broken`: it cannot read them now.
    """

    customer: Customer | None = None
    following: Booking | None = None
    last: Booking | None = None
    events: tuple[Event, ...] = ()
    more: bool = False
    missing: bool = False
    broken: bool = False


class CustomerStore(LiveQuery[CustomerState]):
    tables = frozenset({"customers", "bookings", "calls", "messages", "outbox", "history"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(CustomerState())
        self._now = now
        self._customer_id: CustomerId | None = None
        self._shown = PAGE

    def open(self, customer_id: CustomerId | None) -> None:
        if customer_id == self._customer_id:
            return
        self._customer_id, self._shown = customer_id, PAGE
        self.state = CustomerState()
        self.refresh()

    def forget(self) -> None:
        super().forget()
        self._customer_id = None

    def show_more(self) -> None:
        """The page of the timeline that is older."""
        self._shown += PAGE
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> CustomerState:
        customer_id = self._customer_id
        if customer_id is None:
            return CustomerState()
        customer = customers.get(conn, customer_id)
        if customer is None:
            return CustomerState(missing=True)
        found = timeline.of_customer(conn, customer_id, self._shown + 1)
        return CustomerState(
            customer=customer,
            following=bookings.next_of(conn, customer_id, self._now()),
            last=bookings.previous_of(conn, customer_id, self._now()),
            events=tuple(_event(conn, entry) for entry in found[: self._shown]),
            more=len(found) > self._shown,
        )

    def failed(self, error: StorageError) -> CustomerState:
        del error
        return replace(self.state, broken=True)


def _event(conn: sqlite3.Connection, entry: timeline.Entry) -> Event:
    match entry.thing:
        case Booking() | Call() | Message() as thing:
            return Event(at=entry.at, key=entry.key, thing=thing)
        case change:
            return Event(at=entry.at, key=entry.key, thing=deed_in(conn, change))
