"""The rows of the feed (docs/api.md) as pydantic models, for OpenAPI and for the tests; see wire.py."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend_stub.calendars.trouble import Code as CalendarTrouble

Ms = int
Week = dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], list[tuple[str, str]]]
Outcome = Literal[
    "booked",
    "booking_failed",
    "info_provided",
    "hung_up",
    "voicemail",
    "transferred",
    "complaint",
    "spam",
    "missed",
]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BusinessRow(Shape):
    id: str
    name: str
    business_type: str
    time_zone: str
    currency: str
    locale: str
    phone: str
    address: str
    opening_hours: Week
    closed_days: list[str]
    created_at: Ms
    version: int


class StaffRow(Shape):
    id: str
    name: str
    initials: str
    colour_index: int
    services: list[str]
    works: Week
    active: bool
    version: int


class ResourceRow(Shape):
    """A room, a chair, a bay: what a booking may occupy."""

    id: str
    name: str
    active: bool
    version: int


class ServiceRow(Shape):
    id: str
    name: str
    duration_minutes: int
    buffer_minutes: int
    price_cents: int
    category: str
    resources: list[str] = []
    active: bool
    version: int


class EmployeeRow(Shape):
    id: str
    name: str
    kind: Literal["reception", "sales", "operations"]
    glyph: Literal["phone", "funnel", "checklist"]
    state: Literal["on", "held", "off", "trouble"]
    state_since: Ms
    held_until: Ms | None
    trouble: str | None
    doing: str
    version: int


class CustomerRow(Shape):
    id: str
    name: str
    preferred_name: str | None
    phone: str
    email: str | None
    status: Literal["active", "inactive", "blocked"]
    first_visit_at: Ms | None
    last_visit_at: Ms | None
    total_bookings: int
    no_shows: int
    lifetime_cents: int | None
    language: Literal["en", "es"]
    preferences: str | None
    notes: str | None
    created_at: Ms
    version: int


class BookingRow(Shape):
    id: str
    customer_id: str | None
    customer_name: str
    customer_phone: str | None
    customer_email: str | None
    service_id: str | None
    service_name: str
    staff_id: str | None
    starts_at: Ms
    ends_at: Ms
    time_zone: str
    status: Literal["pending", "confirmed", "completed", "cancelled", "no_show"]
    source: Literal["luna", "website", "manual", "phone"]
    employee_id: str | None
    call_id: str | None
    price_cents: int | None
    paid_cents: int | None
    payment_status: Literal["pending", "paid", "refunded"]
    notes: str | None
    reminder_sent: bool
    created_at: Ms
    confirmed_at: Ms | None
    completed_at: Ms | None
    cancelled_at: Ms | None
    cancellation_reason: str | None
    series_id: str | None = None
    series_label: str | None = None
    updated_at: Ms | None = None
    updated_by: str | None = None
    updated_call_id: str | None = None
    resource_id: str | None = None
    version: int


class BlockRow(Shape):
    id: str
    staff_id: str | None
    starts_at: Ms
    ends_at: Ms
    time_zone: str
    title: str
    source: Literal["manual", "ics", "calendar"]
    calendar_id: str | None
    uid: str | None
    created_at: Ms
    version: int


class CalendarRow(Shape):
    id: str
    name: str
    host: str
    staff_id: str | None
    state: Literal["new", "ok", "trouble"]
    trouble: CalendarTrouble | None
    last_ok_at: Ms | None
    checked_at: Ms | None
    events: int
    created_at: Ms
    version: int


class MessageRow(Shape):
    id: str
    customer_id: str | None
    booking_id: str | None
    channel: Literal["sms", "email"]
    recipient: str | None
    text: str
    state: Literal["sent", "failed"]
    sent_at: Ms
    sent_by: str
    version: int


class LeadRow(Shape):
    id: str
    name: str
    phone: str | None
    email: str | None
    source: str
    call_id: str | None
    stage: Literal["new", "contacted", "qualified", "unqualified", "converted", "lost"]
    score: int
    score_reasons: list[str]
    interest: Literal["hot", "warm", "cold"]
    needs: str | None
    interested_services: list[str]
    value_cents: int | None
    budget: str | None
    timeline: str | None
    next_followup_at: Ms | None
    assigned_to: str | None
    tags: list[str]
    notes: str | None = None
    lost_reason: str | None = None
    created_at: Ms
    updated_at: Ms
    version: int


class Consent(Shape):
    state: Literal["given", "refused", "not_asked"]
    said_at: Ms | None = None
    text: str | None = None


class CallFlag(Shape):
    turn_id: str
    label: str


class Recording(Shape):
    """`reason`: why there is none; null where there is or was one."""

    state: Literal["none", "kept", "removed"]
    reason: Literal["not_asked", "refused", "off"] | None = None


class CallRow(Shape):
    id: str
    caller_phone: str | None
    customer_id: str | None
    caller_name: str | None
    direction: Literal["inbound", "outbound"]
    employee_id: str
    employee_name: str
    started_at: Ms
    answered_at: Ms | None
    ended_at: Ms | None
    status: Literal["ringing", "live", "ended"]
    handler: Literal["ai", "human"]
    handler_user_id: str | None
    handler_name: str | None
    outcome: Outcome | None
    intent: str | None
    summary: str | None
    extracted: dict[str, Any]
    sentiment: float | None
    language: Literal["en", "es"]
    escalation_reason: str | None
    requires_followup: bool
    booking_id: str | None
    consent: Consent
    charge_cents: int | None
    billed_seconds: int | None
    flags: list[CallFlag]
    turn_count: int
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    recording: Recording | None = None
    rate_cents: int | None = None
    rounding_s: int | None = None
    version: int


class ToolShape(Shape):
    name: str
    label: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    status: Literal["running", "ok", "failed"]


class TurnRow(Shape):
    id: str
    call_id: str
    index: int
    kind: Literal["speech", "tool", "note", "gap"]
    speaker: Literal["caller", "assistant", "human", "system"]
    name: str | None
    text: str
    started_at: Ms
    ended_at: Ms | None
    sentiment: float | None
    language: str
    low_confidence: list[tuple[int, int]]
    tool: ToolShape | None
    note: Literal["whisper", "take_over", "hand_back", "ended", "connecting"] | None
    version: int
