"""The form of a call script: what is said, which tools are used, what comes of it.

Nothing here plays or fills a script.  A script of our own has variants and `{words}`; one from a file is verbatim.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from backend_stub.rows import Outcome

CallerKind = Literal["any", "known", "booked", "new", "withheld"]
"""Who rings: anybody, a customer, a customer with a booking ahead, a stranger, a hidden number."""

OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))


class NotACallFile(Exception):
    """The file does not hold calls.  `reason` is a plain sentence; `line` is counted from 1, 0 means the whole file."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        place = f"{path.name}, line {line}" if line else path.name
        super().__init__(f"{place}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something said.  One of `variants` is chosen; `low_confidence` are the parts the recogniser was unsure of."""

    speaker: Literal["caller", "assistant"]
    variants: tuple[str, ...]
    when: str | None = None
    wants_person: str | None = None
    low_confidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolStep:
    """A tool the employee uses.  `outputs` None: really executed on the desk, else the answer is the script's own."""

    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] | None
    failed: bool = False
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Words that were not received for so many seconds."""

    seconds: float
    when: str | None = None


Step = Line | ToolStep | Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScript:
    """One call, from the first word to what it comes to.

    `when` on a step names a fact that must hold (`booked`, `taken`, `free`, `full`, `known`, `unknown`, `held`,
    `not_held`).  `outcome` is what the script means to come to; a live booking that fails decides otherwise.
    `summary` is a sentence for each outcome, `""` for any other.  `agreed_time` ("18:30") and `agreed_date` are
    what a call from a file settled on.
    """

    script_id: str
    origin: Literal["own", "file"]
    business_type: str
    language: Literal["en", "es"]
    caller: CallerKind
    direction: Literal["inbound", "outbound"] = "inbound"
    intent: str | None
    outcome: str
    steps: tuple[Step, ...]
    extracted: dict[str, Any]
    summary: dict[str, str]
    followup: bool
    consent: Literal["given", "refused", "not_asked"]
    agreed_time: str | None = None
    agreed_date: str | None = None
    words: dict[str, tuple[str, ...]]
    """Words of the kind of business for the placeholders of own scripts; empty for a file's."""
