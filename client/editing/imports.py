"""Bringing the events of a calendar file in: as blocked time or as bookings, each through the outbox like any change.

What an import would do is found by doing it and taking it back (`Rehearsed`), so that a preview cannot differ from it.
Reading the same file again finds what was imported before: blocks by the event's key, bookings by an id made from it.
"""

import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

from client.calendars.imported import Imported, ImportedEvent
from client.editing.blocks import BlockDraft, create_block, remove_block
from client.editing.bookings import BookingDraft, create_booking
from client.editing.edited import Edited
from client.editing.refusals import NotAllowed, Why
from client.editing.undoing import undo
from client.insight.diary import HOLDS_TIME, Obstacle
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Service
from client.models.ids import BookingId, ChangeId, ServiceId, StaffId
from client.storage import blocks, bookings, business, outbox

_OURS: Final = uuid.UUID("5f0c1b7e-3d0a-5c7e-9a55-0d1c5be6a1c3")
_AHEAD: Final = timedelta(days=400)
_PIECE: Final = 100
"""How many events a piece has at the least."""
_APART: Final = timedelta(hours=4)
"""Longer than what a service needs before and after it."""


class As(StrEnum):
    """What becomes of an event."""

    BLOCKS = "blocks"
    BOOKINGS = "bookings"


class Fate(StrEnum):
    """What happens with one event.  `move`, `free`: it was blocked by an earlier import and the file has changed."""

    ADD = "add"
    MOVE = "move"
    FREE = "free"
    HERE = "here"
    LEFT_OUT = "left_out"


class Omission(StrEnum):
    """Why an event is left out."""

    PAST = "past"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    ALL_DAY = "all_day"
    CLOSED = "closed"
    STAFF_OFF = "staff_off"
    TAKEN = "taken"
    BLOCKED = "blocked"
    CALLED_OFF = "called_off"
    """The file no longer has it, and a booking was made of it: that is for the owner to cancel."""
    CANCELLED_HERE = "cancelled_here"
    """It was imported before, and the owner has cancelled it since."""


_OMITTED: Final = {
    Why.PAST: Omission.PAST,
    Why.TOO_FAR: Omission.TOO_LONG,
    Why.TOO_SHORT: Omission.TOO_SHORT,
    Why.TOO_LONG: Omission.TOO_LONG,
    Why.CLOSED: Omission.CLOSED,
    Why.STAFF_OFF: Omission.STAFF_OFF,
    Why.TAKEN: Omission.TAKEN,
    Why.BLOCKED: Omission.BLOCKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How to import.  `staff_id` None: everybody's time is blocked, or the bookings are nobody's in particular.

    `service_id`: what is booked; without it the service that the event's title names.  `allow`: overlap and closed, on
    purpose.  `busy`, `appointment`: the title of a block, and the service of a booking, for which the file has no word.
    """

    as_: As
    busy: str
    appointment: str
    staff_id: StaffId | None = None
    service_id: ServiceId | None = None
    allow: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`omission` for what is left out, with the `obstacle` where one is in the way.

    `meets`: bookings that stand in the time that is blocked; they stay where they are.
    """

    event: ImportedEvent
    fate: Fate
    omission: Omission | None = None
    obstacle: Obstacle | None = None
    meets: tuple[Booking, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What an import did, or would do; a line for every event the file has in the span, by start."""

    lines: tuple[Line, ...]
    edited: tuple[Edited, ...]
    """In the order in which they were made; `undo_all` takes them."""

    @property
    def change_ids(self) -> tuple[ChangeId, ...]:
        """The changes that are left of it: what was never sent and is removed leaves none."""
        return tuple(edited.change_id for edited in self.edited if not edited.gone)

    def of(self, fate: Fate) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.fate is fate)


def called_off(imported: Imported, done: Import) -> int:
    """How many the file calls off that were never here, so that there is no line for them."""
    said = {line.event.key for line in done.lines}
    return sum(event.key not in said for event in imported.cancelled)


def span(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the business's today as far as anybody plans."""
    today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    return today, today + _AHEAD


class Rehearsed(Exception):
    """Raised by `rehearse` so that its transaction is taken back; what it would have done goes with it.  Routine."""

    def __init__(self, done: Import) -> None:
        super().__init__()
        self.done = done


def rehearse(
    conn: sqlite3.Connection, imported: Imported, wanted: Wanted, *, now: datetime, new_id: Callable[[], str]
) -> NoReturn:
    """Raises Rehearsed; as `import_events`, NotAllowed."""
    raise Rehearsed(import_events(conn, imported, wanted, now=now, new_id=new_id))


def slices(imported: Imported) -> list[Imported]:
    """The file in pieces that can be rehearsed one by one, so that other writing need not wait for a long one.

    Cut where nothing goes on for hours: no event stands in the way of another one's in the next piece.
    """
    pieces: list[list[ImportedEvent]] = [[]]
    free_from: datetime | None = None
    for event in imported.events:
        if len(pieces[-1]) >= _PIECE and free_from is not None and event.starts_at >= free_from + _APART:
            pieces.append([])
        pieces[-1].append(event)
        free_from = event.ends_at if free_from is None else max(free_from, event.ends_at)
    first = [replace(imported, events=tuple(piece), cancelled=()) for piece in pieces[:-1]]
    return [*first, replace(imported, events=tuple(pieces[-1]))]


def joined(done: Sequence[Import]) -> Import:
    """What the pieces do together."""
    lines = [line for each in done for line in each.lines]
    edited = tuple(edited for each in done for edited in each.edited)
    return Import(lines=tuple(sorted(lines, key=lambda line: line.event.starts_at)), edited=edited)


def import_events(
    conn: sqlite3.Connection, imported: Imported, wanted: Wanted, *, now: datetime, new_id: Callable[[], str]
) -> Import:
    """Bring the events in, in the caller's transaction.  What cannot be is left out and said.

    Raises NotAllowed when nothing can be imported at all: a person who left, a role that may not.
    """
    bringing = (_Blocking if wanted.as_ is As.BLOCKS else _Booking)(conn, wanted, now, new_id)
    lines = [bringing.take(event) for event in imported.events]
    lines += [line for event in imported.cancelled if (line := bringing.take_off(event))]
    done = Import(lines=tuple(sorted(lines, key=lambda line: line.event.starts_at)), edited=tuple(bringing.edited))
    outbox.join(conn, done.change_ids, new_id())
    return done


def undo_all(
    conn: sqlite3.Connection, changes: Sequence[Edited | ChangeId], *, now: datetime, new_id: Callable[[], str]
) -> tuple[ChangeId, ...]:
    """Take back an import, newest change first; what somebody has changed since stays, and those are returned."""
    kept: list[ChangeId] = []
    for change in reversed(changes):
        try:
            undo(conn, change, now=now, new_id=new_id)
        except NotAllowed as refusal:
            if refusal.why is not Why.UNDONE_ALREADY:
                kept.append(change.change_id if isinstance(change, Edited) else change)
    return tuple(kept)


class _Bringing:
    def __init__(self, conn: sqlite3.Connection, wanted: Wanted, now: datetime, new_id: Callable[[], str]) -> None:
        self.edited: list[Edited] = []
        self._conn = conn
        self._wanted = wanted
        self._now = now
        self._new_id = new_id

    def take(self, event: ImportedEvent) -> Line:
        raise NotImplementedError

    def take_off(self, event: ImportedEvent) -> Line | None:
        """An event that the file calls off; None when it never was here."""
        raise NotImplementedError


class _Blocking(_Bringing):
    """Events as blocked time."""

    def __init__(self, conn: sqlite3.Connection, wanted: Wanted, now: datetime, new_id: Callable[[], str]) -> None:
        super().__init__(conn, wanted, now, new_id)
        self._known = blocks.imported(conn, wanted.staff_id)

    def take(self, event: ImportedEvent) -> Line:
        known = self._known.get(event.key)
        title = event.title or self._wanted.busy
        if known and (known.starts_at, known.ends_at, known.title) == (event.starts_at, event.ends_at, title):
            return Line(event=event, fate=Fate.HERE)
        try:
            self._create(event, title)
        except NotAllowed as refusal:
            return _left_out(event, refusal)
        if known:
            self._remove(known)
        return Line(event=event, fate=Fate.MOVE if known else Fate.ADD, meets=self._meets(event))

    def take_off(self, event: ImportedEvent) -> Line | None:
        known = self._known.get(event.key)
        if known is None:
            return None
        self._remove(known)
        return Line(event=event, fate=Fate.FREE)

    def _remove(self, block: Block) -> None:
        self.edited.append(remove_block(self._conn, block.block_id, now=self._now))

    def _create(self, event: ImportedEvent, title: str) -> None:
        draft = BlockDraft(
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            title=title,
            staff_id=self._wanted.staff_id,
            source="ics",
            uid=event.key,
        )
        self.edited.append(create_block(self._conn, draft, now=self._now, new_id=self._new_id))

    def _meets(self, event: ImportedEvent) -> tuple[Booking, ...]:
        around = bookings.overlapping(self._conn, event.starts_at, event.ends_at)
        return tuple(
            booking
            for booking in around
            if booking.status in HOLDS_TIME
            and booking.ends_at > max(event.starts_at, self._now)
            and self._wanted.staff_id in (None, booking.staff_id)
        )


class _Booking(_Bringing):
    """Events as bookings, under the name that is their title."""

    def __init__(self, conn: sqlite3.Connection, wanted: Wanted, now: datetime, new_id: Callable[[], str]) -> None:
        super().__init__(conn, wanted, now, new_id)
        ours = business.get(conn)
        if ours is None:
            raise NotAllowed(Why.NOT_READY)
        self._account_id = ours.account_id
        self._services = [service for service in business.services(conn) if service.active]

    def take(self, event: ImportedEvent) -> Line:
        if event.all_day:
            return Line(event=event, fate=Fate.LEFT_OUT, omission=Omission.ALL_DAY)
        known = bookings.get(self._conn, self._id_of(event))
        if known is not None:
            cancelled = known.status is BookingStatus.CANCELLED
            fate = Fate.LEFT_OUT if cancelled else Fate.HERE
            return Line(event=event, fate=fate, omission=Omission.CANCELLED_HERE if cancelled else None)
        try:
            self._create(event)
        except NotAllowed as refusal:
            return _left_out(event, refusal)
        return Line(event=event, fate=Fate.ADD)

    def take_off(self, event: ImportedEvent) -> Line | None:
        known = bookings.get(self._conn, self._id_of(event))
        if known is None or known.status is BookingStatus.CANCELLED:
            return None
        return Line(event=event, fate=Fate.LEFT_OUT, omission=Omission.CALLED_OFF)

    def _id_of(self, event: ImportedEvent) -> BookingId:
        """The same for the same event of the same business, on every device and at every reading."""
        return BookingId(str(uuid.uuid5(_OURS, f"{self._account_id}/{event.key}")))

    def _create(self, event: ImportedEvent) -> None:
        service = self._service_of(event)
        draft = BookingDraft(
            customer_name=event.title or self._wanted.busy,
            service_id=service.service_id if service else None,
            service_name=service.name if service else self._wanted.appointment,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            staff_id=self._wanted.staff_id,
            notes=event.notes or None,
        )
        self.edited.append(
            create_booking(
                self._conn, draft, allow=self._wanted.allow, now=self._now, new_id=lambda: self._id_of(event)
            )
        )

    def _service_of(self, event: ImportedEvent) -> Service | None:
        title = event.title.casefold()
        named = [service for service in self._services if service.name.casefold() in title]
        asked = [service for service in self._services if service.service_id == self._wanted.service_id]
        return next(iter(asked or sorted(named, key=lambda service: -len(service.name))), None)


def _left_out(event: ImportedEvent, refusal: NotAllowed) -> Line:
    """Raises the refusal again where it is not about this event alone."""
    omission = _OMITTED.get(refusal.why)
    if omission is None:
        raise refusal
    return Line(event=event, fate=Fate.LEFT_OUT, omission=omission, obstacle=refusal.obstacle)
