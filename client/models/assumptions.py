"""What the owner has said about their own business, for sums that nobody can make without it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Each is None until it is said.  `wage_cents_per_hour`: what an hour at the front desk costs.

    `hours_per_week`: for how many of them somebody would have to be there.  `missed_call_value_cents`: what a call that
    nobody answers is worth.
    """

    wage_cents_per_hour: int | None
    hours_per_week: float | None
    missed_call_value_cents: int | None
    currency: str
    updated_at: datetime | None
    updated_by: str | None
    pending: bool = False
