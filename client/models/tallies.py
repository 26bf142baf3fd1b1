"""What a figure needs to know of a row, and how many rows are alike in that.

Rows that agree in their facts are counted together; what differs among them is only summed.  Figures are made of such
groups, and the evidence under a figure is the rows with the same facts.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from client.models.bookings import BookingStatus
from client.models.calls import Outcome


class Axis(IntEnum):
    """Which rows, by which of their instants.  The numbers are stored.

    CALLS: calls by their start · MADE: bookings by when they were made · HELD: bookings by when they begin ·
    FIRST: of each customer the first completed booking, by when it began.
    """

    CALLS = 0
    MADE = 1
    HELD = 2
    FIRST = 3


class Price(IntEnum):
    """Whether a booking has a price; a role that may not see money sees none."""

    NONE = 0
    FREE = 1
    SOME = 2


class Stage(IntEnum):
    """How far a call is: nobody has answered yet, it goes on, it is over."""

    RINGING = 0
    RUNNING = 1
    OVER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """`known`: the booking is of a customer.  In a group `amount` is cents and `length` milliseconds booked."""

    status: BookingStatus
    refunded: bool
    price: Price
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """`wants`: the caller wanted a booking.  In a group `amount` is milliseconds of ringing and `length` of talk."""

    outcome: Outcome | None
    inbound: bool
    stage: Stage
    answered: bool
    wants: bool


Facts = BookingFacts | CallFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`n` rows with the same facts.  `code` is the facts as the database writes them."""

    code: int
    facts: Facts
    n: int
    amount: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """One row under a figure.  `first`: it is its customer's first completed booking.

    `at` is its place on the axis, `begins` when the call or booking itself does.  `title` is the customer or caller,
    `detail` the service or, as `intent`, what the call was about.
    """

    row_id: str
    begins: datetime
    code: int
    facts: Facts
    at: datetime
    title: str | None
    detail: str | None
    intent: str | None
    amount: int
    length: int
    first: bool
