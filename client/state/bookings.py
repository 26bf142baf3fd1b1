"""The booking that is open, and what this device has done to it that is not settled."""

import sqlite3
from dataclasses import dataclass, replace

from client.insight.outbox import ChangeLine
from client.models.bookings import Booking
from client.models.calls import Call
from client.models.customers import Customer
from client.models.ids import BookingId
from client.state.live_query import LiveQuery
from client.state.outbox import lines_of
from client.storage import bookings, calls, customers, effective
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingState:
    """`missing`: this device has no such booking.  `was`: as the server has it, where this device has changed it.

    `changes`: the owner's changes of it that wait, met another one or were refused, oldest first.
    """

    booking: Booking | None = None
    was: Booking | None = None
    changes: tuple[ChangeLine, ...] = ()
    call: Call | None = None
    customer: Customer | None = None
    missing: bool = False


class BookingStore(LiveQuery[BookingState]):
    tables = frozenset({"bookings", "calls", "customers", "outbox", "conflicts"})

    def __init__(self) -> None:
        super().__init__(BookingState())
        self._booking_id: BookingId | None = None

    def open(self, booking_id: BookingId | None) -> None:
        if booking_id == self._booking_id:
            return
        self._booking_id = booking_id
        self.state = BookingState()
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> BookingState:
        if self._booking_id is None:
            return BookingState()
        booking = bookings.get(conn, self._booking_id)
        changes = lines_of(conn, "bookings", self._booking_id)
        if booking is None:
            return BookingState(missing=True, changes=changes)
        under = effective.base(conn, "bookings", self._booking_id)
        return BookingState(
            booking=booking,
            was=bookings.of_columns(under.row) if under and under.row else None,
            changes=changes,
            call=calls.get(conn, booking.call_id) if booking.call_id else None,
            customer=customers.get(conn, booking.customer_id) if booking.customer_id else None,
        )

    def failed(self, error: StorageError) -> BookingState:
        del error
        return replace(self.state, missing=self.state.booking is None)
