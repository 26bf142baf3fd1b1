"""What tallies are made of: the tables, and the expressions that say of a row when it was, of what kind and how much.

Counting, keeping the counts and listing the rows under them all use these and no others, so that they cannot differ.
"""

from dataclasses import dataclass
from typing import Final

from client.models.bookings import BookingStatus
from client.models.calls import Outcome
from client.models.tallies import Axis

LEVELS: Final = (28, 25)
"""Stretches of 2**28 ms (3.1 days) and 2**25 ms (9.3 hours), the same in every time zone."""

STATUSES: Final = tuple(BookingStatus)
OUTCOMES: Final = tuple(Outcome)
NO_OUTCOME: Final = 15
WISHES: Final = ("booking", "appointment", "book_appointment", "emergency")
"""What a caller wanted who wanted to be booked; a call that was, or nearly was, counts whatever it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Expressions of one axis.  `{}` stands for what the columns belong to; `columns` are those they look at."""

    table: str
    at: str
    code: str
    amount: str
    length: str
    columns: str


def _words(column: str, words: tuple[str, ...], other: int) -> str:
    cases = " ".join(f"WHEN '{word}' THEN {number}" for number, word in enumerate(words))
    return f"CASE {column} {cases} ELSE {other} END"


_BOOKING: Final = (
    f"({_words('{}.status', STATUSES, STATUSES.index(BookingStatus.UNKNOWN))}"
    " + 8 * ({}.payment_status = 'refunded')"
    " + 16 * (CASE WHEN {}.price_cents IS NULL THEN 0 WHEN {}.price_cents = 0 THEN 1 ELSE 2 END)"
    " + 64 * ({}.customer_id IS NOT NULL))"
)
_OVER: Final = "({}.ended_at IS NOT NULL OR {}.status = 'ended')"
_WISH: Final = ", ".join(f"'{wish}'" for wish in WISHES)
_CALL: Final = (
    f"(CASE WHEN {{}}.outcome IS NULL THEN {NO_OUTCOME} "
    f"ELSE {_words('{}.outcome', OUTCOMES, OUTCOMES.index(Outcome.UNKNOWN))} END"
    f" + 16 * ({{}}.direction = 'inbound')"
    f" + 32 * (CASE WHEN {_OVER} THEN 2 WHEN {{}}.status = 'ringing' THEN 0 ELSE 1 END)"
    " + 128 * ({}.answered_at IS NOT NULL)"
    f" + 256 * (coalesce({{}}.outcome, '') IN ('booked', 'booking_failed') OR coalesce({{}}.intent, '') IN ({_WISH})))"
)

TABLES: Final = {
    Axis.CALLS: Table(
        table="calls",
        at="{}.started_at",
        code=_CALL,
        amount="max(0, coalesce({}.answered_at - {}.started_at, 0))",
        length="max(0, coalesce({}.ended_at - {}.answered_at, 0))",
        columns="started_at, answered_at, ended_at, status, outcome, intent, direction",
    ),
    Axis.MADE: Table(
        table="bookings",
        at="{}.created_at",
        code=_BOOKING,
        amount="coalesce({}.price_cents, 0)",
        length="max(0, {}.ends_at - {}.starts_at)",
        columns="created_at, starts_at, ends_at, status, payment_status, price_cents, customer_id",
    ),
    Axis.HELD: Table(
        table="bookings",
        at="{}.starts_at",
        code=_BOOKING,
        amount="coalesce({}.price_cents, 0)",
        length="max(0, {}.ends_at - {}.starts_at)",
        columns="starts_at, ends_at, status, payment_status, price_cents, customer_id",
    ),
}
IS_FIRST: Final = (
    "t.status = 'completed' AND EXISTS (SELECT 1 FROM first_visits v WHERE v.customer_id = t.customer_id "
    "AND v.at = t.starts_at) AND NOT EXISTS (SELECT 1 FROM bookings o WHERE o.customer_id = t.customer_id "
    "AND o.starts_at = t.starts_at AND o.status = 'completed' AND o.id < t.id)"
)
"""Of two that a customer began at once, one is the first."""


def of(expression: str, row: str) -> str:
    return expression.replace("{}", row)
