"""The rows about the team's work and the owner's hand in it, as pydantic models; what they mean is in docs/api.md."""

from typing import Annotated, Literal

from pydantic import Field

from backend_stub.rows import Ms, Shape

Day = str
"""`2025-11-24`, in the business's zone."""


class TaskRow(Shape):
    id: str
    kind: Literal["follow_up", "callback", "reminder", "review_request", "document", "other"]
    title: str
    details: str | None
    employee_id: str | None
    assigned_to: str | None
    customer_id: str | None
    call_id: str | None
    turn_id: str | None
    lead_id: str | None
    booking_id: str | None
    due_at: Ms | None
    state: Literal["open", "done", "dropped"]
    outcome: Literal["ok", "corrected"] | None
    done_at: Ms | None
    done_by: str | None
    created_at: Ms
    created_by: str
    updated_at: Ms
    version: int


class MarkRow(Shape):
    id: str
    about: Literal["suggestion", "churn", "opportunity", "anomaly", "promise", "needs_you", "forecast"]
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    word: Literal["done", "later", "not_useful", "never"]
    until: Ms | None
    by: str
    created_at: Ms
    version: int


class CorrectionRow(Shape):
    id: str
    call_id: str
    turn_id: str
    question: str | None
    wrong: str
    right: str
    scope: Literal["this_call", "same_question", "everywhere"]
    customer_id: str | None
    last_day: Day | None
    replaces: list[str]
    state: Literal["waiting", "learned"]
    by: str
    created_at: Ms
    version: int


class BlockedNumberRow(Shape):
    id: str
    phone: str
    reason: str | None
    by: str
    created_at: Ms
    version: int


class AssumptionsRow(Shape):
    id: str
    wage_cents_per_hour: int | None
    hours_per_week: float | None
    missed_call_value_cents: int | None
    follow_up_minutes: int | None
    callback_minutes: int | None
    reminder_minutes: int | None
    review_request_minutes: int | None
    document_minutes: int | None
    other_minutes: int | None
    currency: str
    updated_at: Ms | None
    updated_by: str | None
    version: int


class EventRow(Shape):
    id: str
    at: Ms
    actor: str
    actor_kind: Literal["ai", "person", "system"]
    employee_id: str | None
    verb: Literal[
        "employee_state",
        "lead_created",
        "lead_stage",
        "lead_assigned",
        "lead_followup",
        "lead_removed",
        "task_created",
        "task_done",
        "task_dropped",
        "task_reopened",
        "correction_learned",
        "number_blocked",
        "number_unblocked",
    ]
    subject_kind: Literal["employees", "leads", "tasks", "corrections", "blocked_numbers"]
    subject_id: str
    subject_name: str
    before: str | None
    after: str | None
    version: int


class ForecastDay(Shape):
    date: Day
    mean: float
    low: float
    high: float


class ForecastTotal(Shape):
    """Of the days `from` to `to`, both included.  `so_far`: what of it has happened and is in the other three."""

    mean: float
    low: float
    high: float
    so_far: float
    from_: Annotated[Day, Field(alias="from")]
    to: Day


class ForecastFold(Shape):
    from_: Annotated[Day, Field(alias="from")]
    to: Day
    actual: float
    mean: float
    low: float
    high: float
    naive: float
    mae: float | None = None
    naive_mae: float | None = None


class ForecastRecord(Shape):
    folds: list[ForecastFold]
    held: int
    of: int
    mae: float
    naive_mae: float
    coverage: float
    better: Literal["model", "naive"]


class ForecastRow(Shape):
    id: str
    measure: Literal["bookings_week", "revenue_month", "revenue_quarter", "busy_hours"]
    unit: Literal["count", "cents"]
    made_at: Ms
    history_from: Day | None
    history_days: int
    state: Literal["ok", "too_little"]
    needs_days: int
    days: list[ForecastDay]
    total: ForecastTotal | None
    grid: list[list[float]] | None
    record: ForecastRecord | None
    version: int
