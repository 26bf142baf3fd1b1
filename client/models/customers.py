"""A customer of the business."""

from dataclasses import dataclass
from datetime import datetime

from client.models.ids import CustomerId
from client.models.tallies import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """`booked`: the bookings that this device has of them, those alike in what figures ask together.

    None while the first sync has not brought them all.
    """

    customer_id: CustomerId
    name: str
    preferred_name: str | None
    phone: str | None
    email: str | None
    status: str
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    language: str
    preferences: str | None
    notes: str | None
    booked: tuple[Group, ...] | None = ()
