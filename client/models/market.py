"""What the calls of a period were, for comparing with a person at a desk."""

from dataclasses import dataclass
from datetime import datetime

from client.models.tallies import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsTaken:
    """`answered` calls with `talk_ms` of talk, charged with `charge_cents`; `missed` beside them.

    `during`: began while another one was going on.  `asked`: in which a person was asked for or took over.  `told`: of
    both kinds those in which the caller said how content they were, and the sum of what they said, 1 to 5.
    """

    answered: int
    missed: int
    talk_ms: int
    charge_cents: int
    during: int
    asked: int
    told_asked: int
    content_asked: int
    told_other: int
    content_other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCall:
    """A call of the period.  `asked`: a person was asked for or took over; `content`: what the caller said, 1 to 5."""

    row_id: str
    at: datetime
    ended_at: datetime | None
    title: str | None
    facts: Facts
    talk_ms: int
    charge_cents: int
    asked: bool
    content: int | None
