"""What is looked for in the rows of a business: clients and their visits, what callers asked for, counts of days."""

from dataclasses import dataclass
from datetime import date, datetime

from client.models.bookings import BookingStatus
from client.models.ids import BookingId, CallId, CustomerId, ServiceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A completed booking, with its service as it was called then.  `price_cents` None: not for a role without money.

    `service_id` None: it is of no service of the list.
    """

    booking_id: BookingId
    starts_at: datetime
    service_name: str
    price_cents: int | None
    service_id: ServiceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A customer with their completed visits, oldest first; `coming`: another booking of theirs is ahead."""

    customer_id: CustomerId
    name: str
    visits: tuple[Visit, ...]
    coming: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call in which somebody asked for `service`, which was looked for and not found on the list.

    `caller`: whoever is meant by it is one caller, however often they ring.  `line`: their words, where this device
    has them; `tool_line`: what the employee found.
    """

    call_id: CallId
    at: datetime
    caller: str
    caller_name: str | None
    service: str
    line: str | None = None
    tool_line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """What was in the diary of a day, and who rang.  `bookings`: those that were not cancelled."""

    day: date
    bookings: int
    cancelled: int
    no_shows: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A booking of the last weeks; `minutes`: its length with the pause after it."""

    row_id: str
    at: datetime
    name: str
    service: str
    status: BookingStatus
    minutes: float
