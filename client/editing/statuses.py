"""Which status a booking may get, and when."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from client.editing.refusals import NotAllowed, Why
from client.models.bookings import BookingStatus
from client.models.mutations import GROUP_OF, Row
from client.storage.columns import instant

FOLLOWS: Final = {
    BookingStatus.PENDING: {"confirmed", "cancelled", "completed", "no_show"},
    BookingStatus.CONFIRMED: {"pending", "cancelled", "completed", "no_show"},
    BookingStatus.CANCELLED: {"confirmed", "pending"},
    BookingStatus.COMPLETED: {"confirmed", "no_show"},
    BookingStatus.NO_SHOW: {"confirmed", "completed"},
}
"""Which status a booking may get next."""

_OVER: Final = ("completed", "no_show")


def may_become(status: str | None, wanted: str | None) -> bool:
    """Whether a booking of one status may get the other, or keep its own."""
    return status in FOLLOWS and (status == wanted or wanted in FOLLOWS[BookingStatus(status)])


def has_begun(starts_at: datetime, now: datetime) -> bool:
    """Nobody came, or did not come, to what has not begun."""
    return starts_at <= now


def check(row: Row, after: Row, changed: Collection[str]) -> None:
    """Raises NotAllowed for a status that the booking cannot get, and for what one of its status cannot be."""
    if row["status"] not in FOLLOWS:
        raise NotAllowed(Why.UNKNOWN_STATUS)
    if not may_become(row["status"], after["status"]):
        raise NotAllowed(Why.STATUS)
    if after["status"] == row["status"] == "cancelled" and not {GROUP_OF[name] for name in changed} <= {"notes"}:
        raise NotAllowed(Why.IS_CANCELLED)


def check_begun(row: Row, after: Row, now: datetime) -> None:
    """Raises NotAllowed where the owner calls done, or missed, what has not begun.

    What is undone or decided is not asked: the server takes it, so it may have been that way.
    """
    had, wanted = row["status"], after["status"]
    if wanted not in _OVER or wanted == had or not may_become(had, wanted):
        return
    if not has_begun(instant(after["starts_at"]), now):
        raise NotAllowed(Why.NOT_BEGUN)
