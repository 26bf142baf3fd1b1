"""What an AI employee promised in a call, and whether anything was done about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from client.models.bookings import Booking
from client.models.ids import CallId, TurnId
from client.models.tasks import Task

GRACE: Final = timedelta(minutes=10)
"""After a call so much time is left for what was promised in it, before anybody is told."""


class PromiseKind(StrEnum):
    """What is promised, or said to be done."""

    CANCEL = "cancel"
    MOVE = "move"
    BOOKING = "booking"
    MESSAGE = "message"
    CALL_BACK = "call_back"
    PASS_ON = "pass_on"


class PromiseState(StrEnum):
    """unclear: words are missing, a person took the call, it was taken back, or a reminder is still to come
    or no longer needed."""

    KEPT = "kept"
    UNKEPT = "unkept"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """`said`: the sentence, as it stands in the turn."""

    kind: PromiseKind
    turn_id: TurnId
    index: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`proof`: what kept it: the turn of a tool, or the id of a row."""

    promise: Promise
    state: PromiseState
    proof: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What is known besides the call's own turns.

    `bookings`: made or changed by the call.  `messages`: ids of those sent to the caller since it began.  `tasks`: of
    the call.  `called`: ids of later calls to the caller.
    """

    bookings: tuple[Booking, ...] = ()
    messages: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPromise:
    """One that was not kept, and who was promised it."""

    call_id: CallId
    turn_id: TurnId
    kind: PromiseKind
    said: str
    caller_name: str | None
    caller_phone: str | None
    employee_name: str
    started_at: datetime
    ended_at: datetime | None
