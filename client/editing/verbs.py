"""What can be done to a booking as it stands: what a screen offers, and nothing else."""

from datetime import datetime
from enum import StrEnum

from client.editing.statuses import has_begun
from client.models.bookings import Booking, BookingStatus


class Verb(StrEnum):
    MOVE = "move"
    EDIT = "edit"
    CONFIRM = "confirm"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    CANCEL = "cancel"
    REINSTATE = "reinstate"


def verbs_of(booking: Booking, now: datetime) -> tuple[Verb, ...]:
    """In the order in which they are likely."""
    over = (Verb.COMPLETE, Verb.NO_SHOW) if has_begun(booking.starts_at, now) else ()
    match booking.status:
        case BookingStatus.PENDING:
            return (Verb.CONFIRM, Verb.MOVE, Verb.EDIT, *over, Verb.CANCEL)
        case BookingStatus.CONFIRMED:
            return (*over, Verb.MOVE, Verb.EDIT, Verb.CANCEL)
        case BookingStatus.COMPLETED:
            return (Verb.EDIT, *over[1:], Verb.REINSTATE)
        case BookingStatus.NO_SHOW:
            return (Verb.EDIT, *over[:1], Verb.REINSTATE)
        case BookingStatus.CANCELLED:
            return (Verb.REINSTATE, Verb.EDIT)
        case BookingStatus.UNKNOWN:
            return ()
