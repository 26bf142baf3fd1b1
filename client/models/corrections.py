"""A wrong answer of an employee, and the right one; and numbers whose calls are not answered."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from client.models.ids import CallId, CorrectionId, CustomerId, TurnId


class CorrectionScope(StrEnum):
    """Where the right answer counts.  `this_call` changes no other call: it only sets the record straight."""

    THIS_CALL = "this_call"
    SAME_QUESTION = "same_question"
    EVERYWHERE = "everywhere"
    UNKNOWN = "unknown"


class CorrectionState(StrEnum):
    """waiting ──> learned, as soon as the server has it."""

    WAITING = "waiting"
    LEARNED = "learned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """`question`: what the caller asked, `wrong`: what the employee said in the turn `turn_id`.

    `customer_id`: the one client for whom it counts, None for all.  `last_day`: the last day of the business on which
    it counts, None for good.  `replaces`: the older ones that it ended; `replaced`: a newer one ended it.
    """

    correction_id: CorrectionId
    call_id: CallId
    turn_id: TurnId
    question: str | None
    wrong: str
    right: str
    scope: CorrectionScope
    state: CorrectionState
    by: str | None
    created_at: datetime
    customer_id: CustomerId | None = None
    last_day: date | None = None
    replaces: tuple[CorrectionId, ...] = ()
    replaced: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A correction and where it comes from: the call in which the wrong answer was given.  `client`: whose it is."""

    correction: Correction
    caller: str | None
    called_at: datetime | None
    employee: str | None
    client: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedNumber:
    """`phone` as it is dialled: digits, with a plus in front where there was one (`ids.dialled`)."""

    number_id: str
    phone: str
    reason: str | None
    by: str | None
    created_at: datetime
    pending: bool = False
