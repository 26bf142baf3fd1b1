"""A wrong answer of an employee, and the right one; and numbers whose calls are not answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from client.models.ids import CallId, CorrectionId, TurnId


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
    """`question`: what the caller asked, `wrong`: what the employee said in the turn `turn_id`."""

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
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedNumber:
    """`phone` as it is dialled: digits, with a plus in front where there was one (`ids.dialled`)."""

    number_id: str
    phone: str
    reason: str | None
    by: str | None
    created_at: datetime
    pending: bool = False
