"""What of the leads is looked at: which of them, in which order, and how many there are in each stage."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from client.models.leads import OPEN_STAGES, Lead, LeadStage

STAGES: Final[tuple[LeadStage, ...]] = (*OPEN_STAGES, LeadStage.CONVERTED, LeadStage.LOST, LeadStage.UNQUALIFIED)
"""In the order of the board: those still worth a call, then those that are over."""

TEXT_MAX: Final = 80


class LeadOrder(StrEnum):
    """waiting: the longest due follow-up first, a new lead since it came, then what is due next, then by score."""

    WAITING = "waiting"
    SCORE = "score"
    NEWEST = "newest"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilter:
    """`text`: in every word found in name, number, needs or services.  `assigned`: a name, None for anybody.

    `overdue`: only those whose follow-up was due before now.
    """

    text: str = ""
    assigned: str | None = None
    overdue: bool = False

    @property
    def is_empty(self) -> bool:
        return self == LeadFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """How many leads are in a stage, what they are worth (None where nobody may see money) and how many are overdue."""

    stage: LeadStage
    n: int
    value_cents: int | None
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadColumn:
    """A stage.  `leads` are those from the `first` one on (0 is the top) that are in sight; none where shut."""

    count: StageCount
    first: int = 0
    leads: tuple[Lead, ...] = ()

    @property
    def stage(self) -> LeadStage:
        return self.count.stage


def is_overdue(next_followup_at: datetime | None, stage: LeadStage, now: datetime) -> bool:
    """Whether somebody should have been in touch by now."""
    return stage in OPEN_STAGES and next_followup_at is not None and next_followup_at < now
