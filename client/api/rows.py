"""The rows of the feed as they come over the wire.

The structs have the contract's field names (docs/api.md), which are the names of the database's columns, so that a row
becomes a tuple without being looked at.  Words of enums stay words: whoever reads them gives the unknown ones a member.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

Instant = Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_999)]
"""Milliseconds since 1970, within the years a datetime can say."""

Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]

Text = str
Hours = dict[str, list[list[str]]]


class Row(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """A row of the feed.  `version` comes last in every table's own part."""


class BusinessRow(Row, kw_only=True):
    id: Text
    name: Text
    business_type: Text
    time_zone: Text
    currency: Text
    locale: Text
    phone: Text
    address: Text
    opening_hours: Hours
    closed_days: list[Text]
    created_at: Instant | None = None
    version: Whole


class StaffRow(Row, kw_only=True):
    id: Text
    name: Text
    initials: Text
    colour_index: Whole
    services: list[Text]
    works: Hours
    active: bool
    version: Whole


class ResourceRow(Row, kw_only=True):
    id: Text
    name: Text
    active: bool
    version: Whole


class ServiceRow(Row, kw_only=True):
    id: Text
    name: Text
    duration_minutes: Whole
    buffer_minutes: Whole
    price_cents: Whole
    category: Text
    resources: list[Text] | None = None
    active: bool
    version: Whole


class EmployeeRow(Row, kw_only=True):
    id: Text
    name: Text
    kind: Text
    glyph: Text
    state: Text
    state_since: Instant
    held_until: Instant | None = None
    trouble: Text | None = None
    doing: Text
    version: Whole


class CustomerRow(Row, kw_only=True):
    id: Text
    name: Text
    preferred_name: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    status: Text
    first_visit_at: Instant | None = None
    last_visit_at: Instant | None = None
    total_bookings: Whole
    no_shows: Whole
    lifetime_cents: Whole | None = None
    language: Text
    preferences: Text | None = None
    notes: Text | None = None
    created_at: Instant | None = None
    version: Whole


class BookingRow(Row, kw_only=True):
    id: Text
    customer_id: Text | None = None
    customer_name: Text
    customer_phone: Text | None = None
    customer_email: Text | None = None
    service_id: Text | None = None
    service_name: Text
    staff_id: Text | None = None
    starts_at: Instant
    ends_at: Instant
    time_zone: Text
    status: Text
    source: Text
    employee_id: Text | None = None
    call_id: Text | None = None
    price_cents: Whole | None = None
    paid_cents: Whole | None = None
    payment_status: Text
    notes: Text | None = None
    reminder_sent: bool
    created_at: Instant
    confirmed_at: Instant | None = None
    completed_at: Instant | None = None
    cancelled_at: Instant | None = None
    cancellation_reason: Text | None = None
    series_id: Text | None = None
    series_label: Text | None = None
    updated_at: Instant | None = None
    updated_by: Text | None = None
    updated_call_id: Text | None = None
    resource_id: Text | None = None
    version: Whole


class BlockRow(Row, kw_only=True):
    id: Text
    staff_id: Text | None = None
    starts_at: Instant
    ends_at: Instant
    time_zone: Text
    title: Text
    source: Text
    calendar_id: Text | None = None
    uid: Text | None = None
    created_at: Instant
    version: Whole


class CalendarRow(Row, kw_only=True):
    id: Text
    name: Text
    host: Text
    staff_id: Text | None = None
    state: Text
    trouble: Text | None = None
    last_ok_at: Instant | None = None
    checked_at: Instant | None = None
    events: Whole
    created_at: Instant
    version: Whole


class MessageRow(Row, kw_only=True):
    id: Text
    customer_id: Text | None = None
    booking_id: Text | None = None
    channel: Text
    recipient: Text | None = None
    text: Text
    state: Text
    sent_at: Instant
    sent_by: Text
    version: Whole


class LeadRow(Row, kw_only=True):
    id: Text
    name: Text
    phone: Text | None = None
    email: Text | None = None
    source: Text
    call_id: Text | None = None
    stage: Text
    score: Whole
    score_reasons: list[Text]
    interest: Text
    needs: Text | None = None
    interested_services: list[Text]
    value_cents: Whole | None = None
    budget: Text | None = None
    timeline: Text | None = None
    next_followup_at: Instant | None = None
    assigned_to: Text | None = None
    tags: list[Text]
    notes: Text | None = None
    lost_reason: Text | None = None
    created_at: Instant
    updated_at: Instant
    version: Whole


class Consent(Struct, kw_only=True, gc=False):
    state: Text
    said_at: Instant | None = None
    text: Text | None = None


class Flag(Struct, kw_only=True, gc=False):
    turn_id: Text
    label: Text


class Recording(Struct, kw_only=True, gc=False):
    state: Text
    reason: Text | None = None


class CallRow(Row, kw_only=True):
    id: Text
    caller_phone: Text | None = None
    customer_id: Text | None = None
    caller_name: Text | None = None
    direction: Text
    employee_id: Text
    employee_name: Text
    started_at: Instant
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    status: Text
    handler: Text
    handler_user_id: Text | None = None
    handler_name: Text | None = None
    outcome: Text | None = None
    intent: Text | None = None
    summary: Text | None = None
    extracted: dict[str, Any] | None = None
    sentiment: float | None = None
    language: Text
    escalation_reason: Text | None = None
    requires_followup: bool
    booking_id: Text | None = None
    consent: Consent
    charge_cents: Whole | None = None
    billed_seconds: Whole | None = None
    flags: list[Flag] | None = None
    turn_count: Whole
    satisfaction: Whole | None = None
    recording: Recording | None = None
    rate_cents: Whole | None = None
    rounding_s: Whole | None = None
    version: Whole


class Tool(Struct, kw_only=True, gc=False):
    name: Text
    label: Text
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    status: Text


class TurnRow(Row, kw_only=True):
    id: Text
    call_id: Text
    index: Whole
    kind: Text
    speaker: Text
    name: Text | None = None
    text: Text
    started_at: Instant
    ended_at: Instant | None = None
    sentiment: float | None = None
    language: Text
    low_confidence: list[tuple[Whole, Whole]]
    tool: Tool | None = None
    note: Text | None = None
    version: Whole
