"""A customer of the business."""

from dataclasses import dataclass
from datetime import datetime

from client.models.ids import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    customer_id: CustomerId
    name: str
    preferred_name: str | None
    phone: str | None
    email: str | None
    status: str
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    total_bookings: int
    no_shows: int
    lifetime_cents: int | None
    language: str
    preferences: str | None
    notes: str | None
