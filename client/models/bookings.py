"""A booking: a customer's appointment with a member of staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from client.models.ids import (
    BlockId,
    BookingId,
    CalendarId,
    CallId,
    CustomerId,
    EmployeeId,
    MessageId,
    ResourceId,
    ServiceId,
    StaffId,
)


class BookingStatus(StrEnum):
    """
    pending ──> confirmed ──> completed
       │            ├───────> no_show
       └────────────┴───────> cancelled

    `unknown` stands for a status of a newer server; it is shown as it came and never edited.
    """

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """`price_cents` and `paid_cents` are None for a role that may not see money."""

    booking_id: BookingId
    customer_id: CustomerId | None
    customer_name: str
    customer_phone: str | None
    customer_email: str | None
    service_id: ServiceId | None
    service_name: str
    staff_id: StaffId | None
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    status: BookingStatus
    source: str
    employee_id: EmployeeId | None
    call_id: CallId | None
    price_cents: int | None
    paid_cents: int | None
    payment_status: str
    notes: str | None
    reminder_sent: bool
    created_at: datetime
    confirmed_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancellation_reason: str | None
    series_id: str | None
    series_label: str | None
    """How it recurs, in words, for example "every 4 weeks"; each booking of a series is a row of its own."""
    updated_at: datetime | None
    updated_by: str | None
    """Who last changed it, None while nobody has since it was made."""
    updated_call_id: CallId | None
    resource_id: ResourceId | None = None
    """What it occupies besides somebody's time."""
    version: int
    pending: bool
    """A change made on this device waits to be sent or settled."""

    @property
    def duration_minutes(self) -> int:
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Time nobody can be booked in: of one member of staff, or of all when `staff_id` is None.

    `source`: manual, ics (imported once) or calendar (kept equal to `calendar_id` by the server).
    """

    block_id: BlockId
    staff_id: StaffId | None
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    title: str
    source: str
    calendar_id: CalendarId | None
    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """An .ics feed that the server reads.  `state`: new, ok, trouble (`trouble` says what, `last_ok_at` since when).

    `events`: the blocks it gave.  Its address is a secret the server keeps; `host` is the part that is not.
    """

    calendar_id: CalendarId
    name: str
    host: str
    staff_id: StaffId | None
    state: str
    trouble: str | None
    last_ok_at: datetime | None
    checked_at: datetime | None
    events: int
    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the server sent to a client.  `channel`: sms or email; `state`: sent or failed."""

    message_id: MessageId
    customer_id: CustomerId | None
    booking_id: BookingId | None
    channel: str
    recipient: str | None
    text: str
    state: str
    sent_at: datetime
    sent_by: str
