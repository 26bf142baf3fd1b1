"""The rows about the team's work and the owner's hand in it, as they come over the wire; see rows.py."""

from msgspec import Struct, field

from client.api.rows import Instant, Row, Text, Whole


class TaskRow(Row, kw_only=True):
    id: Text
    kind: Text
    title: Text
    details: Text | None = None
    employee_id: Text | None = None
    assigned_to: Text | None = None
    customer_id: Text | None = None
    call_id: Text | None = None
    turn_id: Text | None = None
    lead_id: Text | None = None
    booking_id: Text | None = None
    due_at: Instant | None = None
    state: Text
    outcome: Text | None = None
    done_at: Instant | None = None
    done_by: Text | None = None
    created_at: Instant
    created_by: Text | None = None
    updated_at: Instant
    version: Whole


class MarkRow(Row, kw_only=True):
    id: Text
    about: Text
    subject: Text
    word: Text
    until: Instant | None = None
    by: Text | None = None
    created_at: Instant
    version: Whole


class CorrectionRow(Row, kw_only=True):
    id: Text
    call_id: Text
    turn_id: Text
    question: Text | None = None
    wrong: Text
    right: Text
    scope: Text
    customer_id: Text | None = None
    last_day: Text | None = None
    replaces: list[Text] | None = None
    state: Text
    by: Text | None = None
    created_at: Instant
    version: Whole


class BlockedNumberRow(Row, kw_only=True):
    id: Text
    phone: Text
    reason: Text | None = None
    by: Text | None = None
    created_at: Instant
    version: Whole


class AssumptionsRow(Row, kw_only=True):
    id: Text
    wage_cents_per_hour: Whole | None = None
    hours_per_week: float | None = None
    missed_call_value_cents: Whole | None = None
    follow_up_minutes: Whole | None = None
    callback_minutes: Whole | None = None
    reminder_minutes: Whole | None = None
    review_request_minutes: Whole | None = None
    document_minutes: Whole | None = None
    other_minutes: Whole | None = None
    currency: Text
    updated_at: Instant | None = None
    updated_by: Text | None = None
    version: Whole


class EventRow(Row, kw_only=True):
    id: Text
    at: Instant
    actor: Text
    actor_kind: Text
    employee_id: Text | None = None
    verb: Text
    subject_kind: Text
    subject_id: Text
    subject_name: Text
    before: Text | None = None
    after: Text | None = None
    version: Whole


class ForecastDay(Struct, kw_only=True, gc=False):
    date: Text
    mean: float
    low: float
    high: float


class ForecastTotal(Struct, kw_only=True, gc=False):
    mean: float
    low: float
    high: float
    so_far: float
    from_: Text = field(name="from")
    to: Text


class ForecastFold(Struct, kw_only=True, gc=False):
    from_: Text = field(name="from")
    to: Text
    actual: float
    mean: float
    low: float
    high: float
    naive: float
    mae: float | None = None
    naive_mae: float | None = None


class ForecastRecord(Struct, kw_only=True, gc=False):
    folds: list[ForecastFold]
    held: Whole
    of: Whole
    mae: float
    naive_mae: float
    coverage: float
    better: Text


class ForecastRow(Row, kw_only=True):
    id: Text
    measure: Text
    unit: Text
    made_at: Instant
    history_from: Text | None = None
    history_days: Whole
    state: Text
    needs_days: Whole
    days: list[ForecastDay]
    total: ForecastTotal | None = None
    grid: list[list[float]] | None = None
    record: ForecastRecord | None = None
    version: Whole
