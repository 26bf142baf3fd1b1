"""A task: something an employee has done by itself, or a person is to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from client.models.ids import BookingId, CallId, CustomerId, EmployeeId, LeadId, TaskId, TurnId


class TaskKind(StrEnum):
    FOLLOW_UP = "follow_up"
    CALLBACK = "callback"
    REMINDER = "reminder"
    REVIEW_REQUEST = "review_request"
    DOCUMENT = "document"
    OTHER = "other"
    UNKNOWN = "unknown"


class TaskState(StrEnum):
    """open <──> done, open <──> dropped.  `unknown`: a newer server's word."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class TaskOutcome(StrEnum):
    """How it was done; `corrected`: somebody had to put right what was done."""

    OK = "ok"
    CORRECTED = "corrected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`employee_id`: the AI employee whose own task it is.  `assigned_to`, `created_by`, `done_by` are names.

    `created_by` and `done_by` are None while the server has not heard of it.
    """

    task_id: TaskId
    kind: TaskKind
    title: str
    details: str | None
    employee_id: EmployeeId | None
    assigned_to: str | None
    customer_id: CustomerId | None
    call_id: CallId | None
    turn_id: TurnId | None
    lead_id: LeadId | None
    booking_id: BookingId | None
    due_at: datetime | None
    state: TaskState
    outcome: TaskOutcome | None
    done_at: datetime | None
    done_by: str | None
    created_at: datetime
    created_by: str | None
    updated_at: datetime
    pending: bool = False

    def is_overdue(self, now: datetime) -> bool:
        return self.state is TaskState.OPEN and self.due_at is not None and self.due_at < now
