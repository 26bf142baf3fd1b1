"""A form of a booking as it is looked at: what it shows, and what the database says about what is typed in it."""

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from client.editing import Preview, Why, preview_change, preview_new, resources_for, room_for
from client.insight.diary import Obstacle, Slot
from client.models.bookings import Booking
from client.models.business import Resource, Service, Staff
from client.models.customers import Customer
from client.models.ids import BookingId, ChangeId, ResourceId, ServiceId, StaffId
from client.models.mutations import ChangeState, Op, effect
from client.models.tell_draft import TellBy, TellDraft
from client.state import telling
from client.state.picking import FreeDay, Sought, slots_on
from client.state.typed_booking import (
    FIRST_DAY,
    UNFINISHED,
    Doing,
    Fault,
    Faults,
    Meant,
    Typed,
    change_of,
    draft_of,
)
from client.storage import bookings, business, outbox, rewording
from client.storage.search import find_customers

Refused = tuple[ChangeId, Booking]
FOUND_SHOWN: Final = 5
_LETTERS_FROM: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """`booking`: as it stands now, None for a new one.  `faults`: by field.  `obstacles`: all that is in the way.

    `allow`: what is booked over on purpose; `may_overbook`: whether that is offered for the time of others.
    `rooms`: where the service can be done, and where it is.  `found`: customers like the name that is typed;
    `customer`: the one that was chosen.  `days`: what is free around the day.
    `draft`: what the client is told, None where there is nothing to tell.
    `touched`: something is typed; `resumed`: before the form was opened this time; `by_hand`: by moving the booking in
    a grid.  `tried`: saving was tried, so what is missing is said.
    `missing`: there is no such booking; `unknown`: there is no business on this device yet.
    """

    doing: Doing | None = None
    booking: Booking | None = None
    typed: Typed = field(default_factory=lambda: Typed(day=FIRST_DAY))
    what: Meant = field(default_factory=Meant)
    faults: Faults = field(default_factory=lambda: MappingProxyType({}), hash=False)
    obstacles: tuple[Obstacle, ...] = ()
    nobody_is_free: bool = False
    allow: frozenset[str] = frozenset()
    may_overbook: bool = False
    found: tuple[Customer, ...] = ()
    customer: Customer | None = None
    service: Service | None = None
    rooms: tuple[Resource, ...] = ()
    days: tuple[FreeDay, ...] = ()
    today: date = FIRST_DAY
    draft: TellDraft | None = None
    touched: bool = False
    resumed: bool = False
    by_hand: bool = False
    tried: bool = False
    busy: bool = False
    missing: bool = False
    unknown: bool = False

    def fault(self, name: str) -> Why | Fault | None:
        """What is to be said of a field: what is merely not finished only once saving was tried."""
        fault = self.faults.get(name)
        empty = getattr(self.typed, name, None) == ""
        return None if (empty or fault in UNFINISHED) and not self.tried else fault

    @property
    def in_the_way(self) -> tuple[Obstacle, ...]:
        """What is not allowed on purpose."""
        return tuple(each for each in self.obstacles if each.why.allowance not in self.allow)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What is free on the day that is chosen."""
        return slots_on(self.days, self.typed.day)


@dataclass(kw_only=True)
class Kept:
    """What is kept of a form: the booking as it was filled in from, what is typed, and what was decided.

    `by_hand`: it was filled in by moving the booking in a grid.  `again`: the change, refused, that it was filled from.
    """

    initial: Typed
    typed: Typed
    booking: Booking | None
    allow: frozenset[str] = frozenset()
    resumed: bool = False
    by_hand: bool = False
    by: TellBy | None = None
    text: str | None = None
    tried: bool = False
    again: ChangeId | None = None


def sought(conn: sqlite3.Connection, kept: Kept, typed: Typed, what: Meant) -> Sought:
    """What a free time must be for.  `typed`: with where it is to be."""
    return Sought(
        minutes=round(what.length.total_seconds() / 60) if what.length else 0,
        staff_ids=_who(conn, typed),
        resource_ids=_where(conn, kept.booking, typed),
        service_id=typed.service_id,
        booking_id=kept.booking.booking_id if kept.booking else None,
    )


def refused(conn: sqlite3.Connection, booking_id: BookingId) -> Refused | None:
    """A booking that the server refused before it was ever there, as it would have been."""
    for change in outbox.of_row(conn, "bookings", booking_id):
        if change.state is ChangeState.REFUSED and change.op is Op.BOOKING_CREATE:
            row = effect(None, rewording.whole(conn, change))
            return (change.change_id, bookings.of_columns(row)) if row else None
    return None


def preview_of(
    conn: sqlite3.Connection,
    doing: Doing,
    kept: Kept,
    typed: Typed,
    what: Meant,
    service: Service | None,
    now: datetime,
) -> Preview | None:
    """None while the fields do not say a time."""
    if kept.booking is None:
        return preview_new(conn, draft_of(typed, what, service, now), now) if what.ends_at else None
    change = change_of(doing, typed, kept.initial, what)
    return preview_change(conn, kept.booking.booking_id, change, now)


def tell_draft(conn: sqlite3.Connection, preview: Preview, kept: Kept | None, now: datetime) -> TellDraft | None:
    """As far as the owner has decided; where nobody can be reached there is nothing to decide.

    None where it is nothing the client needs to hear, as of what has begun already.
    """
    times = [each.starts_at for each in (preview.before, preview.after) if each]
    draft = telling.draft_of(conn, preview.before, preview.after) if max(times) > now else None
    if draft is None:
        return None
    if kept is not None and kept.text is not None:
        draft = draft.type(kept.text)
    reachable = draft.can(TellBy.SMS) or draft.can(TellBy.EMAIL)
    by = (kept.by if kept else None) if reachable else TellBy.NOBODY
    return draft.choose(by) if by else draft


def _who(conn: sqlite3.Connection, typed: Typed) -> tuple[StaffId | None, ...]:
    """Whose time is looked for: that of the person who is chosen, or of everybody who does this."""
    if typed.staff_id is not None:
        return (typed.staff_id,)
    return tuple(person.staff_id for person in business.staff(conn) if does(person, typed.service_id)) or (None,)


def placed(conn: sqlite3.Connection, kept: Kept, what: Meant, now: datetime) -> Typed:
    """What is typed, with where it is to be where the owner has not chosen that."""
    typed = kept.typed
    if typed.placed:
        return typed
    starts_at = what.starts_at or (kept.booking.starts_at if kept.booking else now)
    room = room_for(conn, typed.service_id, starts_at, what.ends_at or starts_at, kept.booking)
    return replace(typed, resource_id=room)


def rooms_of(conn: sqlite3.Connection, typed: Typed) -> tuple[Resource, ...]:
    """Where it can be, to choose from; none where it need be nowhere, and is nowhere."""
    able = resources_for(conn, typed.service_id)
    return tuple(room for room in business.resources(conn) if room.resource_id in (*able, typed.resource_id))


def _where(conn: sqlite3.Connection, booking: Booking | None, typed: Typed) -> tuple[ResourceId | None, ...]:
    """In which of them a time is looked for: where it was put, or where a booking is already, else in any."""
    able = resources_for(conn, typed.service_id)
    stays = typed.placed or (booking is not None and booking.resource_id == typed.resource_id)
    return (typed.resource_id,) if stays or not able else able


def does(person: Staff, service_id: ServiceId | None) -> bool:
    """Whether somebody who works here does this; of whom nothing is said, everything."""
    return person.active and (service_id is None or not person.service_ids or service_id in person.service_ids)


def found(conn: sqlite3.Connection, typed: Typed) -> tuple[Customer, ...]:
    text = typed.name.strip()
    if typed.customer_id is not None or len(text) < _LETTERS_FROM:
        return ()
    return find_customers(conn, text, FOUND_SHOWN)
