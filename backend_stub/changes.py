"""Rows and tombstones by kind, as pages and frames carry them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from backend_stub.rows import (
    BlockRow,
    BookingRow,
    BusinessRow,
    CalendarRow,
    CallRow,
    CustomerRow,
    EmployeeRow,
    LeadRow,
    MessageRow,
    ResourceRow,
    ServiceRow,
    Shape,
    StaffRow,
    TurnRow,
)
from backend_stub.rows_of_work import (
    AssumptionsRow,
    BlockedNumberRow,
    CorrectionRow,
    EventRow,
    ForecastRow,
    MarkRow,
    TaskRow,
)


class Changes(BaseModel):
    """Rows by kind; a kind without rows is left out."""

    model_config = ConfigDict(extra="forbid")

    business: list[BusinessRow] = []
    staff: list[StaffRow] = []
    resources: list[ResourceRow] = []
    services: list[ServiceRow] = []
    employees: list[EmployeeRow] = []
    customers: list[CustomerRow] = []
    bookings: list[BookingRow] = []
    blocks: list[BlockRow] = []
    calendars: list[CalendarRow] = []
    messages: list[MessageRow] = []
    leads: list[LeadRow] = []
    calls: list[CallRow] = []
    tasks: list[TaskRow] = []
    marks: list[MarkRow] = []
    corrections: list[CorrectionRow] = []
    blocked_numbers: list[BlockedNumberRow] = []
    assumptions: list[AssumptionsRow] = []
    events: list[EventRow] = []
    forecasts: list[ForecastRow] = []
    turns: list[TurnRow] = []


class Tombstone(Shape):
    id: str
    version: int
    reason: Literal["deleted", "scope"]


Deleted = dict[
    Literal[
        "business",
        "staff",
        "resources",
        "services",
        "employees",
        "customers",
        "bookings",
        "blocks",
        "calendars",
        "messages",
        "leads",
        "calls",
        "tasks",
        "marks",
        "corrections",
        "blocked_numbers",
        "assumptions",
        "events",
        "forecasts",
        "turns",
    ],
    list[Tombstone],
]
