"""A phone call that an AI employee answers, and the turns it consists of."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from client.models.ids import BookingId, CallId, CustomerId, EmployeeId, TurnId, UserId


class CallStatus(StrEnum):
    """ringing ──> live ──> ended.  `unknown`: a newer server's word; treated as live until `ended_at` is set."""

    RINGING = "ringing"
    LIVE = "live"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Handler(StrEnum):
    """Who talks to the caller: ai ──take_over──> human ──hand_back──> ai."""

    AI = "ai"
    HUMAN = "human"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    BOOKED = "booked"
    BOOKING_FAILED = "booking_failed"
    INFO_PROVIDED = "info_provided"
    HUNG_UP = "hung_up"
    VOICEMAIL = "voicemail"
    TRANSFERRED = "transferred"
    COMPLAINT = "complaint"
    SPAM = "spam"
    MISSED = "missed"
    UNKNOWN = "unknown"


class TurnKind(StrEnum):
    """speech: somebody talks · tool: the employee used a tool · note: supervision · gap: words not received."""

    SPEECH = "speech"
    TOOL = "tool"
    NOTE = "note"
    GAP = "gap"
    UNKNOWN = "unknown"


class Speaker(StrEnum):
    CALLER = "caller"
    ASSISTANT = "assistant"
    HUMAN = "human"
    SYSTEM = "system"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    state: str
    said_at: datetime | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A moment somebody marked, with what they called it."""

    turn_id: TurnId
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`state`: none, kept or removed.  `reason` there is none: not_asked, refused, off (agreed, but none is kept)."""

    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`sentiment` is −1..1, the mean of the caller's scored turns, None where nothing could be scored.

    `satisfaction`: 1..5, only of a caller who was asked and answered.  `recording`: None until the call is over.
    The charge is `rate_cents` for each started `rounding_s` seconds of the `billed_seconds`; both are None where
    nothing is charged or the role may not see it.  `pending`: a change of it has not reached the server.
    """

    call_id: CallId
    caller_phone: str | None
    caller_name: str | None
    customer_id: CustomerId | None
    direction: str
    employee_id: EmployeeId
    employee_name: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    status: CallStatus
    handler: Handler
    handler_user_id: UserId | None
    handler_name: str | None
    outcome: Outcome | None
    intent: str | None
    summary: str | None
    extracted: dict[str, Any] = field(hash=False)
    sentiment: float | None
    language: str
    escalation_reason: str | None
    requires_followup: bool
    booking_id: BookingId | None
    consent: Consent
    charge_cents: int | None
    billed_seconds: int | None
    flags: tuple[Flag, ...] = ()
    turn_count: int
    satisfaction: int | None = None
    recording: Recording | None = None
    rate_cents: int | None = None
    rounding_s: int | None = None
    version: int
    pending: bool = False

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and self.status is not CallStatus.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool the employee used; `label` is the tool in words, `status` running, ok or failed."""

    name: str
    label: str
    inputs: dict[str, Any] = field(hash=False)
    outputs: dict[str, Any] = field(hash=False)
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One entry of the transcript.  `index` is dense from 0, so a missing one is a gap."""

    turn_id: TurnId
    call_id: CallId
    index: int
    kind: TurnKind
    speaker: Speaker
    name: str | None
    text: str
    started_at: datetime
    ended_at: datetime | None
    sentiment: float | None
    language: str
    low_confidence: tuple[tuple[int, int], ...]
    tool: ToolUse | None
    note: str | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTurn:
    """The words so far of a turn that is being spoken; never stored, replaced by the turn of the same id."""

    call_id: CallId
    turn_id: TurnId
    index: int
    speaker: Speaker
    name: str | None
    text: str
