"""Where a displayed figure comes from.  A figure without a Provenance is not shown."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One row the figure was made of.  `row_id` resolves in the database; `why` says why it was counted or not.

    `base`: not counted itself, but one of those the counted ones are a share of.  `amount`: what it adds, in the
    figure's unit, None where each adds one.  `begins`: when the booking does, where `at` is when it was made.
    """

    row_id: str
    kind: str
    at: datetime
    title: str
    detail: str
    counted: bool
    why: str
    base: bool = False
    amount: float | None = None
    begins: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What a share of hours is made of, in milliseconds; `by`: what each person works of it."""

    booked: float
    worked: float
    by: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Period is [from_, to) in UTC, shown in `zone`.

    `left_out` are sentences such as "1 spam call", `included` such as "2 at a price of 0".  `small`: that so few rows
    say little, where they do.  `hours`: of a share of hours.

    `rows` is empty where there may be too many of them: then they are read page by page.
    """

    label: str
    formula: str
    rows_counted: int
    rows_seen: int
    row_noun: str
    period_from: datetime
    period_to: datetime
    zone: ZoneInfo
    left_out: tuple[str, ...]
    as_of: datetime | None
    rows: tuple[EvidenceRow, ...] = ()
    included: tuple[str, ...] = ()
    small: str | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number on a screen with its provenance.

    `unit`: count, cents, share (0..1), wait (milliseconds), time (milliseconds, written in hours).
    """

    value: float | None
    unit: str
    provenance: Provenance
