"""What the history of calls is asked, and what is found in it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from client.models.calls import Call, Outcome, Speaker
from client.models.ids import EmployeeId, TurnId

Spans = tuple[tuple[int, int], ...]
"""Parts of a text, as positions from and to, in order and apart from one another."""

Key = tuple[int, str]
"""Where a call stands among the others: its number in the index, or its start, and its id."""


class PromiseFilter(StrEnum):
    """Calls in which something was promised, or was promised and not kept."""

    ANY = "any"
    UNKEPT = "unkept"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """All that is given must hold.  `first`, `last`: days in the business's zone, both included."""

    employee_id: EmployeeId | None = None
    outcome: Outcome | None = None
    flagged: bool = False
    promise: PromiseFilter | None = None
    first: date | None = None
    last: date | None = None

    @property
    def is_set(self) -> bool:
        return self != CallFilter()

    @property
    def count(self) -> int:
        """How many of its conditions are given; a range of days is one."""
        given = (self.employee_id, self.outcome, self.flagged or None, self.promise, self.first or self.last)
        return sum(each is not None for each in given)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestion:
    """What the history is asked: words that were said, as they were typed, and a filter."""

    text: str = ""
    which: CallFilter = CallFilter()

    @property
    def is_asked(self) -> bool:
        return bool(self.text.strip()) or self.which.is_set


EVERYTHING: Final = CallQuestion()
"""All calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """Something that was said, and where in it the words looked for stand."""

    turn_id: TurnId
    speaker: Speaker
    name: str | None
    text: str
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """`lines`: the lines that match best, in their order; none where nothing was looked for, or the caller matches."""

    call: Call
    key: Key
    lines: tuple[FoundLine, ...] = ()

    @property
    def best(self) -> TurnId | None:
        """The line with most of what was looked for, the earlier of two alike."""
        return max(self.lines, key=lambda line: len(line.spans)).turn_id if self.lines else None
