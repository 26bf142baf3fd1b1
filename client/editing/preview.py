"""A change while it is still being typed: what the booking would become, and what is in the way of that.

Only reads; nothing here raises for what is not finished yet.  What is done in the end is checked again when it is
written.
"""

import contextlib
import sqlite3
from dataclasses import dataclass, fields
from datetime import datetime

from client.editing.bookings import BookingChange, BookingDraft, column_of, completed, in_the_way, nobody_is_free
from client.editing.refusals import NotAllowed
from client.insight.diary import Obstacle
from client.models.bookings import Booking
from client.models.ids import BookingId
from client.models.mutations import Op, Row, effect
from client.storage import bookings, business, effective
from client.storage.columns import milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`before` None: it is new.  `obstacles`: all that is in the way of its time, what cannot be allowed first.

    `nobody_is_free`: it is for nobody in particular, and none of those who could do it is free.
    """

    before: Booking | None
    after: Booking
    obstacles: tuple[Obstacle, ...]
    nobody_is_free: bool = False


def preview_new(conn: sqlite3.Connection, draft: BookingDraft, now: datetime) -> Preview | None:
    """None before this device knows the business."""
    ours = business.get(conn)
    if ours is None:
        return None
    values = {each.name: column_of(getattr(draft, each.name)) for each in fields(draft)}
    payload = {"op": Op.BOOKING_CREATE, "id": "", "client_ts": milliseconds(now), "values": values}
    row = effect(None, payload, time_zone=ours.zone.key)
    assert row is not None
    return _preview(conn, None, row, now)


def preview_change(
    conn: sqlite3.Connection, booking_id: BookingId, change: BookingChange, now: datetime
) -> Preview | None:
    """None where there is no such booking, or no business yet."""
    row = effective.effective_row(conn, "bookings", booking_id)
    if row is None or business.get(conn) is None:
        return None
    wanted = change.columns()
    # A service that is no longer offered is refused when it is written.
    with contextlib.suppress(NotAllowed):
        wanted = completed(conn, row, wanted)
    return _preview(conn, row, {**row, **wanted}, now)


def _preview(conn: sqlite3.Connection, before: Row | None, after: Row, now: datetime) -> Preview:
    return Preview(
        before=bookings.of_columns(before) if before else None,
        after=bookings.of_columns(after),
        obstacles=tuple(in_the_way(conn, before, after, now)),
        nobody_is_free=nobody_is_free(conn, before, after, now),
    )
