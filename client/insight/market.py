"""Where the AI reception stands beside a person at a desk: sums of counted calls and of what only the owner knows.

Nothing is assumed in the owner's place: a sum is made when all that it needs was said.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from client.insight.periods import Stretch
from client.models.assumptions import Assumptions
from client.models.market import CallsTaken

MINUTE_MS: Final = 60_000
LEAST_HOURS: Final = 0.01
"""Of a desk in the period; nothing can be said of less."""
WEEK_MS: Final = 7 * 24 * 60 * MINUTE_MS


class Sum(StrEnum):
    """
    TALK: what the talk would have cost at the wage, less what was charged · DESK: what somebody at the desk would have
    · MISSED: what the calls nobody answered are worth · PACE: answered calls for each hour of such a desk
    """

    TALK = "talk"
    DESK = "desk"
    MISSED = "missed"
    PACE = "pace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of a sum: what is written (a key of the catalogue), and what it comes to in cents or calls an hour."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """`sums` in their order, each with its lines, the last of them the result.

    `minutes` of talk and `weeks` are rounded as they are written, so that who calculates again comes to the same.
    """

    taken: CallsTaken
    assumptions: Assumptions
    minutes: int
    weeks: float
    sums: tuple[tuple[Sum, tuple[Term, ...]], ...]


def is_told(assumptions: Assumptions | None) -> bool:
    """Whether the owner has said anything a sum can be made of."""
    return assumptions is not None and any(
        value is not None
        for value in (
            assumptions.wage_cents_per_hour,
            assumptions.hours_per_week,
            assumptions.missed_call_value_cents,
        )
    )


def position(taken: CallsTaken, assumptions: Assumptions, it: Stretch) -> Position:
    """All sums that what the owner said allows."""
    weeks = round((it.end - it.start).total_seconds() * 1000 / WEEK_MS, 2)
    minutes = round(taken.talk_ms / MINUTE_MS)
    made = {
        Sum.TALK: _talk(taken, assumptions, minutes),
        Sum.DESK: _desk(taken, assumptions, weeks),
        Sum.MISSED: _missed(taken, assumptions),
        Sum.PACE: _pace(taken, assumptions, weeks),
    }
    sums = tuple((name, terms) for name, terms in made.items() if terms)
    return Position(taken=taken, assumptions=assumptions, minutes=minutes, weeks=weeks, sums=sums)


def _talk(taken: CallsTaken, said: Assumptions, minutes: int) -> tuple[Term, ...]:
    if said.wage_cents_per_hour is None:
        return ()
    return _less_charges("talk_cost", minutes * said.wage_cents_per_hour / 60, taken)


def _desk(taken: CallsTaken, said: Assumptions, weeks: float) -> tuple[Term, ...]:
    if said.wage_cents_per_hour is None or said.hours_per_week is None:
        return ()
    return _less_charges("desk_cost", weeks * said.hours_per_week * said.wage_cents_per_hour, taken)


def _less_charges(name: str, cost: float, taken: CallsTaken) -> tuple[Term, ...]:
    """In whole cents, so that the lines add up as they are written."""
    cents = round(cost)
    return (
        Term(name=name, value=cents),
        Term(name="charged", value=-taken.charge_cents),
        Term(name="difference", value=cents - taken.charge_cents),
    )


def _missed(taken: CallsTaken, said: Assumptions) -> tuple[Term, ...]:
    if said.missed_call_value_cents is None:
        return ()
    return (Term(name="missed_value", value=taken.missed * said.missed_call_value_cents),)


def _pace(taken: CallsTaken, said: Assumptions, weeks: float) -> tuple[Term, ...]:
    hours = weeks * (said.hours_per_week or 0)
    return (Term(name="calls_an_hour", value=taken.answered / hours),) if hours >= LEAST_HOURS else ()
