"""A lead: somebody who may become a customer."""

from dataclasses import dataclass
from datetime import datetime

from client.models.ids import CallId, LeadId


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    lead_id: LeadId
    name: str
    phone: str | None
    email: str | None
    source: str
    call_id: CallId | None
    stage: str
    score: int
    score_reasons: tuple[str, ...]
    interest: str
    needs: str | None
    interested_services: tuple[str, ...]
    value_cents: int | None
    next_followup_at: datetime | None
    assigned_to: str | None
    created_at: datetime
    updated_at: datetime
