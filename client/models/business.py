"""The business itself: its hours, its people, what it offers, and its AI employees."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from client.models.ids import AccountId, EmployeeId, ResourceId, ServiceId, StaffId

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

HoursRange = tuple[time, time]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Opening ranges in local wall time, one tuple for each weekday from Monday; an empty tuple is a closed day."""

    days: tuple[tuple[HoursRange, ...], ...]

    def on(self, day: date) -> tuple[HoursRange, ...]:
        return self.days[day.weekday()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    account_id: AccountId
    name: str
    business_type: str
    zone: ZoneInfo
    currency: str
    locale: str
    phone: str
    address: str
    opening_hours: WeeklyHours
    closed_days: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person who works in the business.  `colour_index` picks from the theme's staff colours."""

    staff_id: StaffId
    name: str
    initials: str
    colour_index: int
    service_ids: tuple[ServiceId, ...]
    works: WeeklyHours
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A room, a chair, a bay: what one booking at a time occupies."""

    resource_id: ResourceId
    name: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`resource_ids`: in any of which it can be done; none where it needs none."""

    service_id: ServiceId
    name: str
    duration_minutes: int
    buffer_minutes: int
    price_cents: int
    category: str
    active: bool
    resource_ids: tuple[ResourceId, ...] = ()


class EmployeeState(StrEnum):
    ON = "on"
    HELD = "held"
    OFF = "off"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """An AI employee.  `doing` is a sentence about now, written by the server.

    `held_until`: None while it is held means until somebody lets it go on.  `pending`: a change of it has not reached
    the server.
    """

    employee_id: EmployeeId
    name: str
    kind: str
    glyph: str
    state: EmployeeState
    state_since: datetime
    held_until: datetime | None
    trouble: str | None
    doing: str
    pending: bool = False
