"""What happened to leads, tasks, employees and numbers, and who did it: history that no other row keeps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from client.models.ids import EmployeeId, EventId


class Verb(StrEnum):
    EMPLOYEE_STATE = "employee_state"
    LEAD_CREATED = "lead_created"
    LEAD_STAGE = "lead_stage"
    LEAD_ASSIGNED = "lead_assigned"
    LEAD_FOLLOWUP = "lead_followup"
    LEAD_REMOVED = "lead_removed"
    TASK_CREATED = "task_created"
    TASK_DONE = "task_done"
    TASK_DROPPED = "task_dropped"
    TASK_REOPENED = "task_reopened"
    CORRECTION_LEARNED = "correction_learned"
    NUMBER_BLOCKED = "number_blocked"
    NUMBER_UNBLOCKED = "number_unblocked"
    UNKNOWN = "unknown"


class ActorKind(StrEnum):
    AI = "ai"
    PERSON = "person"
    SYSTEM = "system"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`before`, `after`: the state, stage or name; for LEAD_FOLLOWUP an instant in milliseconds, as text.

    `subject_kind`: the table of `subject_id`; `subject_name`: what it was called then.  `employee_id`: the AI employee
    it is about, or who did it.
    """

    event_id: EventId
    at: datetime
    actor: str
    actor_kind: ActorKind
    employee_id: EmployeeId | None
    verb: Verb
    subject_kind: str
    subject_id: str
    subject_name: str
    before: str | None
    after: str | None
