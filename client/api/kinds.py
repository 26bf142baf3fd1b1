"""Which kinds of row there are: by their name on the wire, which is that of their table."""

from msgspec import Struct

from client.api.rows import (
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
    Row,
    ServiceRow,
    StaffRow,
    TurnRow,
)
from client.api.rows_of_work import (
    AssumptionsRow,
    BlockedNumberRow,
    CorrectionRow,
    EventRow,
    ForecastRow,
    MarkRow,
    TaskRow,
)

ROW_TYPES: dict[str, type[Row]] = {
    "business": BusinessRow,
    "staff": StaffRow,
    "resources": ResourceRow,
    "services": ServiceRow,
    "employees": EmployeeRow,
    "customers": CustomerRow,
    "bookings": BookingRow,
    "blocks": BlockRow,
    "calendars": CalendarRow,
    "messages": MessageRow,
    "leads": LeadRow,
    "calls": CallRow,
    "tasks": TaskRow,
    "marks": MarkRow,
    "corrections": CorrectionRow,
    "blocked_numbers": BlockedNumberRow,
    "assumptions": AssumptionsRow,
    "events": EventRow,
    "forecasts": ForecastRow,
    "turns": TurnRow,
}


class Changes(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """Rows by kind.  The attribute names are the keys of `ROW_TYPES`."""

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
