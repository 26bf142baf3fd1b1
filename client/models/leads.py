"""A lead: somebody who may become a customer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from client.models.ids import CallId, LeadId


class LeadStage(StrEnum):
    """
    new ──> contacted ──> qualified ──> converted
     └──────────┴─────────────┴───────> lost, unqualified

    A lead may be put into any stage from any other.  `unknown`: a newer server's word.
    """

    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    CONVERTED = "converted"
    LOST = "lost"
    UNQUALIFIED = "unqualified"
    UNKNOWN = "unknown"


OPEN_STAGES: Final = (LeadStage.NEW, LeadStage.CONTACTED, LeadStage.QUALIFIED)
"""Those still worth a call, in the order in which a lead goes through them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """`value_cents` and `budget` are None for a role that may not see money.

    `pending`: a change of it has not reached the server.
    """

    lead_id: LeadId
    name: str
    phone: str | None
    email: str | None
    source: str
    call_id: CallId | None
    stage: LeadStage
    score: int
    score_reasons: tuple[str, ...]
    interest: str
    needs: str | None
    interested_services: tuple[str, ...]
    value_cents: int | None
    budget: str | None = None
    timeline: str | None = None
    next_followup_at: datetime | None
    assigned_to: str | None
    tags: tuple[str, ...] = ()
    notes: str | None = None
    lost_reason: str | None = None
    created_at: datetime
    updated_at: datetime
    pending: bool = False

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES
