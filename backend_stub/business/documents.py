"""Documents of the contract that are made in more than one place, without `version`."""

from typing import Any

Row = dict[str, Any]


def new_booking(
    *,
    booking_id: str,
    customer_id: str | None,
    name: str,
    phone: str | None,
    email: str | None,
    service: Row,
    staff_id: str | None,
    starts_at: int,
    ends_at: int,
    time_zone: str,
    source: str,
    employee_id: str | None,
    call_id: str | None,
    price_cents: int,
    created_at: int,
    notes: str | None = None,
    resource_id: str | None = None,
) -> Row:
    """A booking that was confirmed as it was made; nothing is paid."""
    return {
        "id": booking_id,
        "customer_id": customer_id,
        "customer_name": name,
        "customer_phone": phone,
        "customer_email": email,
        "service_id": service["id"],
        "service_name": service["name"],
        "staff_id": staff_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "time_zone": time_zone,
        "status": "confirmed",
        "source": source,
        "employee_id": employee_id,
        "call_id": call_id,
        "price_cents": price_cents,
        "paid_cents": 0,
        "payment_status": "pending",
        "notes": notes,
        "reminder_sent": False,
        "created_at": created_at,
        "confirmed_at": created_at,
        "completed_at": None,
        "cancelled_at": None,
        "cancellation_reason": None,
        "series_id": None,
        "series_label": None,
        "updated_at": None,
        "updated_by": None,
        "updated_call_id": None,
        "resource_id": resource_id,
    }


def lead_of_call(
    *,
    lead_id: str,
    call_id: str,
    name: str | None,
    phone: str | None,
    about: str,
    stage: str,
    score: int,
    value_cents: int,
    next_followup_at: int | None,
    created_at: int,
) -> Row:
    """Somebody who rang and asked for what is not offered."""
    return {
        "id": lead_id,
        "name": name or "Caller",
        "phone": phone,
        "email": None,
        "source": "call",
        "call_id": call_id,
        "stage": stage,
        "score": score,
        "score_reasons": ["Asked for a price on the phone", "Wants to be told when it is offered"],
        "interest": "warm",
        "needs": f"asked about {about}",
        "interested_services": [about],
        "value_cents": value_cents,
        "budget": None,
        "timeline": "1_month",
        "next_followup_at": next_followup_at,
        "assigned_to": "Jade",
        "tags": ["not offered"],
        "notes": None,
        "lost_reason": None,
        "created_at": created_at,
        "updated_at": created_at,
    }


def no_assumptions(account_id: str, currency: str = "USD") -> Row:
    """What an owner has not said yet: what an hour of work costs, how long a week is, what a missed call is worth, how
    long a task of each kind takes a person.
    """
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
        "currency": currency,
        "updated_at": None,
        "updated_by": None,
    }


def new_event(
    *,
    event_id: str,
    at: int,
    actor: str,
    actor_kind: str,
    verb: str,
    subject: tuple[str, str, str],
    employee_id: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> Row:
    """Something that happened and that no other row says.  `subject`: kind, id and name of what it happened to."""
    kind, subject_id, name = subject
    return {
        "id": event_id,
        "at": at,
        "actor": actor,
        "actor_kind": actor_kind,
        "employee_id": employee_id,
        "verb": verb,
        "subject_kind": kind,
        "subject_id": subject_id,
        "subject_name": name,
        "before": before,
        "after": after,
    }


def new_task(*, task_id: str, kind: str, title: str, created_at: int, created_by: str, **more: Any) -> Row:
    """Something to be done, open.  `more`: any other field of the row."""
    linked = ("employee_id", "assigned_to", "customer_id", "call_id", "turn_id", "lead_id", "booking_id")
    return {
        "id": task_id,
        "kind": kind,
        "title": title,
        "details": None,
        **dict.fromkeys(linked),
        "due_at": None,
        "state": "open",
        "outcome": None,
        "done_at": None,
        "done_by": None,
        "created_at": created_at,
        "created_by": created_by,
        "updated_at": created_at,
        **more,
    }
