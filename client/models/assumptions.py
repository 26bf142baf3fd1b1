"""What the owner has said about their own business, for sums that nobody can make without it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from client.models.tasks import TaskKind

TASK_MINUTES: Final[dict[TaskKind, str]] = {
    kind: f"{kind}_minutes" for kind in TaskKind if kind is not TaskKind.UNKNOWN
}
"""The column that holds how many minutes a task of a kind takes a person."""

MOST_TASK_MINUTES: Final = 480
"""A day of work; more is a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Each is None until it is said.  `wage_cents_per_hour`: what an hour at the front desk costs.

    `hours_per_week`: for how many of them somebody would have to be there.  `missed_call_value_cents`: what a call that
    nobody answers is worth.  `task_minutes`: what a task takes a person, of the kinds it was said of.
    """

    wage_cents_per_hour: int | None
    hours_per_week: float | None
    missed_call_value_cents: int | None
    currency: str
    updated_at: datetime | None
    updated_by: str | None
    task_minutes: Mapping[TaskKind, int] = field(default_factory=dict[TaskKind, int], hash=False)
    pending: bool = False
