"""What devices push about leads, tasks, the team and what was shown to the owner; see shapes.py."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from backend_stub.push.shapes import (
    BaseVersion,
    Email,
    Id,
    Instant,
    Label,
    Mutation,
    Name,
    Notes,
    Phone,
    Reason,
    checked_line,
    checked_lines,
)
from backend_stub.wire import Request

MOST_CENTS = 10**11
Cents = Annotated[int, Field(strict=True, ge=0, le=MOST_CENTS)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=480)]
"""Of a day of work at most."""


def day_of_the_calendar(text: str) -> str:
    """A day that there is, as `2025-11-24`, of a year that can be meant."""
    if not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("a day is written as 2025-11-24")
    return date.fromisoformat(text).isoformat()


LeadStage = Literal["new", "contacted", "qualified", "unqualified", "converted", "lost"]
TaskKind = Literal["follow_up", "callback", "reminder", "review_request", "document", "other"]
Said = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), BeforeValidator(checked_lines)
]
Dialled = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,20}$")]
Day = Annotated[str, AfterValidator(day_of_the_calendar)]
Was = Any
"""What the device had: for reading only, because the later change wins; but for the stage of a lead (leads.py)."""


class Patched(BaseModel):
    """Field to [what this device had, what it should be].  Fields that stay are left out."""

    model_config = ConfigDict(extra="forbid")


# --- leads --------------------------------------------------------------------------------------------------------
class NewLead(Request):
    name: Name
    phone: Phone = None
    email: Email = None
    source: Literal["call", "manual"]
    call_id: Id | None = None
    needs: Reason = None
    interested_services: Annotated[tuple[Name, ...], Field(max_length=10)] = ()
    value_cents: Cents | None = None
    notes: Notes = None


class LeadCreate(Mutation):
    op: Literal["lead.create"]
    values: NewLead


class LeadSet(Patched):
    stage: tuple[Was, LeadStage] = ("", "new")
    lost_reason: tuple[Was, Reason] = (None, None)
    notes: tuple[str | None, Notes] = (None, None)
    next_followup_at: tuple[Was, Instant | None] = (None, None)
    assigned_to: tuple[Was, Name | None] = (None, None)
    value_cents: tuple[Was, Cents | None] = (None, None)


class LeadPatch(Mutation):
    op: Literal["lead.patch"]
    base_version: BaseVersion
    set: LeadSet


class LeadRemove(Mutation):
    op: Literal["lead.remove"]
    base_version: BaseVersion


# --- tasks --------------------------------------------------------------------------------------------------------
class NewTask(Request):
    kind: TaskKind
    title: Name
    details: Notes = None
    assigned_to: Name | None = None
    customer_id: Id | None = None
    call_id: Id | None = None
    turn_id: Id | None = None
    lead_id: Id | None = None
    booking_id: Id | None = None
    due_at: Instant | None = None


class TaskCreate(Mutation):
    op: Literal["task.create"]
    values: NewTask


class TaskSet(Patched):
    title: tuple[Was, Name] = ("", "")
    details: tuple[Was, Notes] = (None, None)
    due_at: tuple[Was, Instant | None] = (None, None)
    assigned_to: tuple[Was, Name | None] = (None, None)
    state: tuple[Was, Literal["open", "done", "dropped"]] = ("", "open")
    outcome: tuple[Was, Literal["ok", "corrected"] | None] = (None, None)


class TaskPatch(Mutation):
    op: Literal["task.patch"]
    base_version: BaseVersion
    set: TaskSet


# --- the team -----------------------------------------------------------------------------------------------------
class EmployeeSet(Patched):
    state: tuple[Was, Literal["on", "held"]] = ("", "on")
    held_until: tuple[Was, Instant | None] = (None, None)


class EmployeePatch(Mutation):
    op: Literal["employee.patch"]
    base_version: BaseVersion
    set: EmployeeSet


class NewCorrection(Request):
    call_id: Id
    turn_id: Id
    question: Notes = None
    wrong: Said
    right: Said
    scope: Literal["this_call", "same_question", "everywhere"]
    customer_id: Id | None = None
    last_day: Day | None = None
    replaces: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class CorrectionCreate(Mutation):
    op: Literal["correction.create"]
    values: NewCorrection


class CorrectionWithdraw(Mutation):
    op: Literal["correction.withdraw"]
    base_version: BaseVersion


class CallFlag(Mutation):
    op: Literal["call.flag"]
    turn_id: Id
    label: Label = ""


class CallUnflag(Mutation):
    op: Literal["call.unflag"]
    turn_id: Id


class NewBlockedNumber(Request):
    phone: Dialled
    reason: Reason = None


class NumberBlock(Mutation):
    op: Literal["number.block"]
    values: NewBlockedNumber


class NumberUnblock(Mutation):
    op: Literal["number.unblock"]
    base_version: BaseVersion


# --- what was shown -----------------------------------------------------------------------------------------------
class NewMark(Request):
    about: Literal["suggestion", "churn", "opportunity", "anomaly", "promise", "needs_you", "forecast"]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(checked_line)]
    word: Literal["done", "later", "not_useful", "never"]
    until: Instant | None = None


class MarkSet(Mutation):
    op: Literal["mark.set"]
    values: NewMark


class MarkClear(Mutation):
    op: Literal["mark.clear"]
    base_version: BaseVersion


class AssumptionsFields(Patched):
    wage_cents_per_hour: tuple[Was, Cents | None] = (None, None)
    hours_per_week: tuple[Was, Annotated[float, Field(ge=0, le=168)] | None] = (None, None)
    missed_call_value_cents: tuple[Was, Cents | None] = (None, None)
    follow_up_minutes: tuple[Was, Minutes | None] = (None, None)
    callback_minutes: tuple[Was, Minutes | None] = (None, None)
    reminder_minutes: tuple[Was, Minutes | None] = (None, None)
    review_request_minutes: tuple[Was, Minutes | None] = (None, None)
    document_minutes: tuple[Was, Minutes | None] = (None, None)
    other_minutes: tuple[Was, Minutes | None] = (None, None)


class AssumptionsSet(Mutation):
    op: Literal["assumptions.set"]
    base_version: BaseVersion
    set: AssumptionsFields
