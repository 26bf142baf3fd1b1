"""What was found in a calendar file: the events of a span of time, and all that was left out, each with its reason."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file is read.  What lies beyond is a `Remark`, never silence.

    `rule_steps`: how many days, weeks, months or years a rule may have to be followed from its start to the end of the
    span.  `times_a_day`: how often one rule may happen in one of its days.
    """

    size_bytes: int = 10 * 1024 * 1024
    events: int = 2000
    seconds: float = 10.0
    rule_steps: int = 50_000
    rules: int = 10
    times_a_day: int = 24
    title: int = 120
    notes: int = 2000
    remarks: int = 200


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedEvent:
    """One occurrence, as instants.  `uid` with `occurrence` is the same whenever the same file is read again.

    `occurrence` is empty for an event that does not repeat, else when this one was first meant to begin.  `all_day`: it
    lasts from midnight to midnight in the zone the file was read for.
    """

    uid: str
    occurrence: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    title: str
    notes: str
    line: int

    @property
    def key(self) -> str:
        return f"{self.uid}/{self.occurrence}" if self.occurrence else self.uid


class What(StrEnum):
    """What there is to say about a line of a file.  The sentence is `ics.<value>` in the catalogue."""

    TOO_BIG = "too_big"
    PACKED = "packed"
    NOT_A_CALENDAR = "not_a_calendar"
    CUT_OFF = "cut_off"
    UNREADABLE = "unreadable"
    NO_START = "no_start"
    NO_END = "no_end"
    NO_LENGTH = "no_length"
    ENDS_BEFORE = "ends_before"
    RULE_UNREADABLE = "rule_unreadable"
    RULE_NEVER = "rule_never"
    RULE_TOO_OFTEN = "rule_too_often"
    RULE_TOO_LONG = "rule_too_long"
    ZONE_UNKNOWN = "zone_unknown"
    NOT_UTF8 = "not_utf8"
    TOO_MANY = "too_many"
    TOO_SLOW = "too_slow"
    MORE = "more"

    @property
    def is_final(self) -> bool:
        """Nothing of the file was read."""
        return self in (What.TOO_BIG, What.PACKED, What.NOT_A_CALENDAR)

    @property
    def left_out(self) -> bool:
        """What it is said of is not among the events; otherwise it is, and this says how it was understood."""
        return self not in (What.NO_END, What.ZONE_UNKNOWN, What.NOT_UTF8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """`line` counts from 1 and is 0 when the whole file is meant; `name` is an event's title or a zone's name."""

    what: What
    line: int = 0
    name: str = ""
    n: int = 0
    """The number in the sentence: a limit, or how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The events that touch the span, by start.  Those shown as free, and those outside it, are only counted.

    `cancelled`: occurrences the file says are called off.  `twice`: how many entries another one of the file replaces.
    """

    name: str = ""
    events: tuple[ImportedEvent, ...] = ()
    cancelled: tuple[ImportedEvent, ...] = ()
    free: int = 0
    outside: int = 0
    twice: int = 0
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def refusal(self) -> Remark | None:
        """Why nothing of the file could be read, None if something was."""
        return next((remark for remark in self.remarks if remark.what.is_final), None)
