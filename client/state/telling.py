"""What a client would be told of a change: the text in their language, and the ways there are to reach them."""

import sqlite3
from datetime import datetime

from client.insight import telling
from client.models.bookings import Booking, BookingStatus
from client.models.ids import ChangeId
from client.models.mutations import Change, ChangeState, Op, PastChange, Row, refused_fields
from client.models.tell_draft import TellDraft
from client.storage import bookings, business, customers, effective, outbox

_UNHEARD = (ChangeState.QUEUED, ChangeState.REFUSED, ChangeState.PARKED)


def draft_of(conn: sqlite3.Connection, before: Booking | None, after: Booking) -> TellDraft | None:
    """The draft for `before` becoming `after`; None where it is nothing the client needs to hear.

    `before` None: the booking is new.
    """
    ours = business.get(conn)
    if ours is None:
        return None
    customer = customers.get(conn, after.customer_id) if after.customer_id else None
    staff = next((person for person in business.staff(conn) if person.staff_id == after.staff_id), None)
    text = telling.suggested(before, after, telling.client_of(after, customer, ours), ours, staff)
    if text is None:
        return None
    return TellDraft(
        name=after.customer_name,
        phone=after.customer_phone,
        email=after.customer_email,
        text=text,
        expected_at=expected_at(before),
    )


def expected_at(before: Booking | None) -> datetime | None:
    """When the client of a booking thinks that they come; None where they do not."""
    comes = before is not None and before.status in (BookingStatus.PENDING, BookingStatus.CONFIRMED)
    return before.starts_at if before is not None and comes else None


def draft_of_undoing(conn: sqlite3.Connection, change_id: ChangeId, *, anyway: bool = False) -> TellDraft | None:
    """The draft of a second message when a change that a client was told of is taken back; None where nobody was.

    What never left this device was told to nobody.  `anyway`: also where the client was not told of what was sent.
    """
    found = outbox.get(conn, change_id) or outbox.past(conn, change_id)
    if found is None or found.kind != "bookings" or (isinstance(found, Change) and found.state in _UNHEARD):
        return None
    if found.tell is None and not anyway:
        return None
    row = effective.effective_row(conn, found.kind, found.row_id)
    if row is None:
        return None
    return draft_of(conn, bookings.of_columns(row), bookings.of_columns({**row, **_taken_back(found)}))


def _taken_back(found: Change | PastChange) -> Row:
    if found.op is Op.BOOKING_CREATE:
        return {"status": "cancelled"}
    refused = refused_fields(found.result)
    return {name: old for name, (_, old) in found.undo["set"].items() if name not in refused}
