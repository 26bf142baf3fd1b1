"""A booking: a customer's appointment with a member of staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from client.models.ids import BookingId, CallId, CustomerId, EmployeeId, ServiceId, StaffId


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
    version: int
    pending: bool
    """A change made on this device waits to be sent or settled."""

    @property
    def duration_minutes(self) -> int:
        return round((self.ends_at - self.starts_at).total_seconds() / 60)
