"""What the calls player asks of the server, and what it is asked in return.

Here live the seam (`Desk`), the clock, the small values that cross it and the refusals of supervision.
Nothing here knows a database or a socket: the server implements `Desk` over its store, the tests in memory.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

Row = dict[str, Any]
"""A contract document of docs/api.md without its `version`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A free stretch of one member of staff, and of a resource where one is needed, in milliseconds since 1970."""

    starts_at: int
    ends_at: int
    staff_id: str
    resource_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the business who supervises a call."""

    user_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerClock:
    """`now_ms` is the server's wall clock; `sleep` takes real seconds, the player has already divided by its speed."""

    now_ms: Callable[[], int]
    sleep: Callable[[float], Awaitable[None]]


class Desk(Protocol):
    """The account's rows as the player sees them.  Reads answer what is committed; documents carry no `version`."""

    def business(self) -> Row:
        """The one business row."""
        ...

    def employees(self) -> list[Row]:
        """The AI employees."""
        ...

    def staff(self) -> list[Row]:
        """Everybody who works or worked there."""
        ...

    def services(self) -> list[Row]:
        """What is offered, retired services included."""
        ...

    def customers_by_phone(self, phone: str) -> list[Row]:
        """Customers with exactly this number; a family may share one."""
        ...

    def is_blocked(self, phone: str) -> bool:
        """Whether the owner does not want calls from this number answered."""
        ...

    def corrections(self) -> list[Row]:
        """Answers that were put right."""
        ...

    def upcoming(self, customer_id: str, from_ms: int) -> list[Row]:
        """The customer's pending and confirmed bookings that start after `from_ms`, the next one first."""
        ...

    async def commit(self, rows: list[tuple[str, Row]]) -> int:
        """Writes (kind, document) pairs in one transaction, new or replaced by id; the seq of the commit."""
        ...

    async def go_on(self, employee: Row) -> None:
        """The time until which the employee was held is over, unless somebody has changed that meanwhile."""
        ...

    def partial(self, frame: Row) -> None:
        """Sends an ephemeral frame (`eph`, kind `partial`) to whoever watches the call.  Never stored, never blocks."""
        ...

    async def free_slots(self, *, service_id: str, staff_id: str | None, day: date, count: int) -> list[Slot]:
        """The first `count` free starts of that local day for the service, of one member of staff or of anybody."""
        ...

    async def book(self, doc: Row, *, customer: Row | None, also: list[tuple[str, Row]]) -> str | None:
        """Writes a new booking and `also` in one transaction; its id, or None and nothing written when it is taken.

        `customer` gets the booking counted, or is made with it.
        """
        ...

    async def change(
        self, booking_id: str, changes: Row, *, by: str, call_id: str, also: list[tuple[str, Row]]
    ) -> Row | None:
        """Changes some fields of a booking as it is now, in one transaction with `also`; the booking then.

        None and nothing written when it is not ahead any more, or when its new time is taken; it does not stand in its
        own way.  `by` and `call_id` are remembered with it.
        """
        ...


class CallOver(Exception):
    """The call has ended.  Routine."""


class CallTaken(Exception):
    """Another person has the call.  Routine; `handler_name` is who."""

    def __init__(self, handler_name: str) -> None:
        super().__init__(f"{handler_name} has this call")
        self.handler_name = handler_name


class NotHandling(Exception):
    """The person speaks for a call the employee is handling.  Routine."""
