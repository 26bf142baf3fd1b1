"""The owner's hand in the bookings: what may be done is checked and written in one transaction, on this device alone.

Plain functions of a connection, run inside `Database.write`; each raises NotAllowed before anything is written, which
takes back all of the transaction.  `now` is the time by the server's clock, `new_id` makes ids.
"""

from client.editing.blocks import BlockDraft, create_block, remove_block
from client.editing.bookings import (
    UNSET,
    BookingChange,
    BookingDraft,
    cancel_booking,
    change_booking,
    complete_booking,
    create_booking,
    mark_no_show,
    reinstate_booking,
)
from client.editing.calendars import add_calendar, remove_calendar
from client.editing.choices import Choice, Choosing, Notice, Step, at, choices
from client.editing.edited import Edited
from client.editing.looking import open_diary
from client.editing.refusals import NotAllowed, Why
from client.editing.resolving import Resolved, resolve
from client.editing.undoing import Undone, undo, undoing_of

__all__ = [
    "UNSET",
    "BlockDraft",
    "BookingChange",
    "BookingDraft",
    "Choice",
    "Choosing",
    "Edited",
    "NotAllowed",
    "Notice",
    "Resolved",
    "Step",
    "Undone",
    "Why",
    "add_calendar",
    "at",
    "cancel_booking",
    "change_booking",
    "choices",
    "complete_booking",
    "create_block",
    "create_booking",
    "mark_no_show",
    "open_diary",
    "reinstate_booking",
    "remove_block",
    "remove_calendar",
    "resolve",
    "undo",
    "undoing_of",
]
