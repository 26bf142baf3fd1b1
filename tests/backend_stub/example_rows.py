"""Small contract documents to write into a store, each with sensible defaults."""

from typing import Any

from backend_stub.clock import uuid7

Row = dict[str, Any]
NOON = 1_763_924_400_000
"""2025-11-23 11:00 in Los Angeles."""
HOUR = 3_600_000
DAY = 24 * HOUR
ZONE = "America/Los_Angeles"
WEEK = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def business(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Salon Aurora",
        "business_type": "salon",
        "time_zone": ZONE,
        "currency": "USD",
        "locale": "en-US",
        "phone": "+14155550100",
        "address": "12 Valencia Street",
        "opening_hours": WEEK,
        "closed_days": [],
        "created_at": NOON - 700 * DAY,
    } | changes


def staff(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Ana Reyes",
        "initials": "AR",
        "colour_index": 0,
        "services": [],
        "works": WEEK,
        "active": True,
    } | changes


def service(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Colour and cut",
        "duration_minutes": 60,
        "buffer_minutes": 0,
        "price_cents": 9000,
        "category": "colour",
        "resources": [],
        "active": True,
    } | changes


def resource(**changes: Any) -> Row:
    return {"id": uuid7(NOON), "name": "Chair 1", "active": True} | changes


def customer(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Maria Lopez",
        "preferred_name": None,
        "phone": "+14155550142",
        "email": None,
        "status": "active",
        "first_visit_at": None,
        "last_visit_at": None,
        "total_bookings": 1,
        "no_shows": 0,
        "lifetime_cents": 9000,
        "language": "en",
        "preferences": None,
        "notes": None,
        "created_at": NOON - 100 * DAY,
    } | changes


def booking(**changes: Any) -> Row:
    starts_at = changes.get("starts_at", NOON + HOUR)
    return {
        "id": uuid7(NOON),
        "customer_id": None,
        "customer_name": "Maria Lopez",
        "customer_phone": None,
        "customer_email": None,
        "service_id": None,
        "service_name": "Colour and cut",
        "staff_id": None,
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "time_zone": ZONE,
        "status": "confirmed",
        "source": "luna",
        "employee_id": None,
        "call_id": None,
        "price_cents": 9000,
        "paid_cents": 0,
        "payment_status": "pending",
        "notes": None,
        "reminder_sent": False,
        "created_at": NOON - DAY,
        "confirmed_at": NOON - DAY,
        "completed_at": None,
        "cancelled_at": None,
        "cancellation_reason": None,
        "series_id": None,
        "series_label": None,
        "updated_at": None,
        "updated_by": None,
        "updated_call_id": None,
        "resource_id": None,
    } | changes


def block(**changes: Any) -> Row:
    starts_at = changes.get("starts_at", NOON + HOUR)
    return {
        "id": uuid7(NOON),
        "staff_id": None,
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "time_zone": ZONE,
        "title": "Inventory",
        "source": "manual",
        "calendar_id": None,
        "uid": None,
        "created_at": NOON - DAY,
    } | changes


def calendar(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Ana's own",
        "host": "calendar.example",
        "staff_id": None,
        "state": "new",
        "trouble": None,
        "last_ok_at": None,
        "checked_at": None,
        "events": 0,
        "created_at": NOON - DAY,
    } | changes


def lead(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Priya Shah",
        "phone": None,
        "email": None,
        "source": "phone",
        "call_id": None,
        "stage": "qualified",
        "score": 70,
        "score_reasons": ["Asked for a price"],
        "interest": "warm",
        "needs": None,
        "interested_services": [],
        "value_cents": 50_000,
        "budget": "500",
        "timeline": None,
        "next_followup_at": None,
        "assigned_to": None,
        "tags": [],
        "notes": None,
        "lost_reason": None,
        "created_at": NOON - DAY,
        "updated_at": NOON - DAY,
    } | changes


def task(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "kind": "callback",
        "title": "Call back Maria Lopez",
        "details": None,
        "employee_id": None,
        "assigned_to": None,
        "customer_id": None,
        "call_id": None,
        "turn_id": None,
        "lead_id": None,
        "booking_id": None,
        "due_at": NOON + HOUR,
        "state": "open",
        "outcome": None,
        "done_at": None,
        "done_by": None,
        "created_at": NOON - DAY,
        "created_by": "Luna",
        "updated_at": NOON - DAY,
    } | changes


def employee(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "name": "Luna",
        "kind": "reception",
        "glyph": "phone",
        "state": "on",
        "state_since": NOON - DAY,
        "held_until": None,
        "trouble": None,
        "doing": "Waiting for the next call",
    } | changes


def assumptions(account_id: str, **changes: Any) -> Row:
    return {
        "id": account_id,
        "wage_cents_per_hour": None,
        "hours_per_week": None,
        "missed_call_value_cents": None,
        "follow_up_minutes": None,
        "callback_minutes": None,
        "reminder_minutes": None,
        "review_request_minutes": None,
        "document_minutes": None,
        "other_minutes": None,
        "currency": "USD",
        "updated_at": None,
        "updated_by": None,
    } | changes


def call(**changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "caller_phone": "+14155550142",
        "customer_id": None,
        "caller_name": "Maria Lopez",
        "direction": "inbound",
        "employee_id": uuid7(NOON),
        "employee_name": "Luna",
        "started_at": NOON - HOUR,
        "answered_at": NOON - HOUR,
        "ended_at": None,
        "status": "live",
        "handler": "ai",
        "handler_user_id": None,
        "handler_name": None,
        "outcome": None,
        "intent": "booking",
        "summary": None,
        "extracted": {},
        "sentiment": None,
        "language": "en",
        "escalation_reason": None,
        "requires_followup": False,
        "booking_id": None,
        "consent": {"state": "given", "said_at": NOON, "text": "Yes"},
        "charge_cents": None,
        "billed_seconds": None,
        "flags": [],
        "turn_count": 0,
        "satisfaction": None,
        "recording": None,
        "rate_cents": None,
        "rounding_s": None,
    } | changes


def correction(call_id: str, **changes: Any) -> Row:
    return {
        **{"id": uuid7(NOON), "call_id": call_id, "turn_id": uuid7(NOON), "question": None, "wrong": "No"},
        **{"right": "Yes", "scope": "everywhere", "customer_id": None, "last_day": None, "replaces": []},
        **{"state": "learned", "by": "Ana", "created_at": NOON},
    } | changes


def ended_call(**changes: Any) -> Row:
    return (
        call(
            status="ended",
            ended_at=changes.get("started_at", NOON - HOUR) + 120_000,
            outcome="booked",
            summary="Maria booked.",
            extracted={"service": "cut"},
            charge_cents=30,
            billed_seconds=120,
        )
        | changes
    )


def turn(call_id: str, index: int, **changes: Any) -> Row:
    return {
        "id": uuid7(NOON),
        "call_id": call_id,
        "index": index,
        "kind": "speech",
        "speaker": "caller",
        "name": None,
        "text": f"Words number {index}",
        "started_at": NOON - HOUR + index * 1000,
        "ended_at": NOON - HOUR + index * 1000 + 900,
        "sentiment": None,
        "language": "en",
        "low_confidence": [],
        "tool": None,
        "note": None,
    } | changes
