"""What the owner can do about a conflict, and what each of it leads to: which booking becomes what, who could be told.

"Mine" is never sent again as it was: each choice is a new change of the booking as it is now.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from client.editing import looking
from client.editing.bookings import obstacle_to
from client.editing.cases import Case, case_of
from client.editing.recording import CREATED_FROM
from client.editing.refusals import NotAllowed, Why
from client.editing.statuses import may_become
from client.insight import telling
from client.insight.diary import CLOSED, OVERLAP, Diary, Slot, Wish
from client.models.account import Role
from client.models.bookings import Booking
from client.models.ids import BookingId, ConflictId, ResourceId, ServiceId, StaffId
from client.models.mutations import Op, Row, Tell, effect
from client.storage import bookings, business, customers, meta
from client.storage.columns import instant, milliseconds

FREE_OFFERED: Final = 3
_AROUND: Final = timedelta(days=14)


class Choosing(StrEnum):
    """What is done about a conflict."""

    THEIRS = "theirs"
    """Leave it as it is now."""
    MINE = "mine"
    BOTH = "both"
    """Of two notes."""
    FREE = "free"
    """Mine, at a time that is free."""
    OTHER = "other"
    """Mine, at a time that is chosen next."""
    OVERBOOK = "overbook"
    """Mine, beside what is there."""
    MOVE_OTHER = "move_other"
    """What is there goes elsewhere, and then mine."""
    CANCEL = "cancel"
    """Cancel the booking this is about."""
    RESTORE = "restore"
    """Bring back what was cancelled or deleted, with what I changed."""
    DISCARD = "discard"
    """Forget what I wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A text that a client could be sent.  `asked`: the owner had wanted them told of the change in conflict."""

    booking_id: BookingId
    name: str
    recipient: str
    tell: Tell
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One booking becomes another one; `before` None: it is made."""

    booking_id: BookingId
    before: Booking | None
    after: Booking
    columns: Row = field(hash=False, repr=False)
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`slot`: of mine, or for MOVE_OTHER of the other booking; None for OTHER until `at` gives it one.

    `steps`: what becomes of which booking, none when nothing is sent.  `notices`: who could be told what.  `lead`: what
    a lead gets, by column.
    """

    kind: Choosing
    slot: Slot | None = None
    lead: Row | None = field(default=None, hash=False, repr=False)
    steps: tuple[Step, ...] = ()
    notices: tuple[Notice, ...] = ()


def choices(conn: sqlite3.Connection, conflict_id: ConflictId, now: datetime) -> tuple[Choice, ...]:
    """What is offered, the likeliest first.  Raises NotAllowed when there is no such conflict or it is decided."""
    case = case_of(conn, conflict_id, now)
    return tuple(prepared(conn, case, kind, slot) for kind, slot in _offers(conn, case))


def at(conn: sqlite3.Connection, conflict_id: ConflictId, kind: Choosing, slot: Slot | None, now: datetime) -> Choice:
    """The choice of that kind, with a time for OTHER, FREE and MOVE_OTHER.  Raises NotAllowed if it is not offered."""
    case = case_of(conn, conflict_id, now)
    if kind not in {offered for offered, _ in _offers(conn, case)}:
        raise NotAllowed(Why.NO_SUCH_CHOICE)
    return prepared(conn, case, kind, slot)


# --- what is offered -------------------------------------------------------------------------------------------------
def _offers(conn: sqlite3.Connection, case: Case) -> Iterator[tuple[Choosing, Slot | None]]:
    conflict = case.conflict
    if conflict.kind == "leads" and case.row is not None:
        yield from _for_words(case)
    elif conflict.kind != "bookings":
        yield Choosing.DISCARD, None
    elif conflict.why in ("slot_taken", "closed"):
        yield from _for_time(conn, case)
    elif case.row is None:
        if case.mine.get("starts_at") is not None:
            yield Choosing.RESTORE, None
        yield Choosing.DISCARD, None
    elif conflict.field == "row" and conflict.why == "cancelled" and case.row["status"] == "cancelled":
        yield Choosing.RESTORE, None
        yield Choosing.DISCARD, None
    else:
        yield from _for_words(case)


def _for_time(conn: sqlite3.Connection, case: Case) -> Iterator[tuple[Choosing, Slot | None]]:
    yield from ((Choosing.FREE, slot) for slot in free_slots(conn, case))
    yield Choosing.OTHER, None
    if case.conflict.why == "closed":
        yield Choosing.MINE, None
    elif _may_overbook(conn):
        yield Choosing.OVERBOOK, None
    if (slot := _for_the_other(conn, case)) is not None:
        yield Choosing.MOVE_OTHER, slot
    if case.row is None:
        yield Choosing.DISCARD, None
        return
    if case.row["status"] in ("pending", "confirmed"):
        yield Choosing.CANCEL, None
    yield Choosing.THEIRS, None


def _for_words(case: Case) -> Iterator[tuple[Choosing, Slot | None]]:
    row = case.row or {}
    differs = any(row.get(name) != value for name, value in case.mine.items())
    if case.conflict.field == "notes" and differs and row.get("notes") and case.mine.get("notes"):
        yield Choosing.BOTH, None
    if differs and (case.is_lead or may_become(row.get("status"), case.mine.get("status", row.get("status")))):
        yield Choosing.MINE, None
    if case.conflict.field == "slot":
        yield Choosing.OTHER, None
    yield Choosing.THEIRS, None


def _may_overbook(conn: sqlite3.Connection) -> bool:
    identity = meta.identity(conn)
    return identity is None or identity.role is not Role.FRONT_DESK


# --- free times ------------------------------------------------------------------------------------------------------
def free_slots(conn: sqlite3.Connection, case: Case) -> tuple[Slot, ...]:
    """Times that are free as far as this device knows: those the server told first, then the nearest others."""
    wanted = {**(case.row or {}), **case.mine}
    starts_at, ends_at = instant(wanted["starts_at"]), instant(wanted["ends_at"])
    diary = looking.open_diary(conn, *_around(starts_at), case.now)
    if diary is None:
        return ()
    wish = Wish(
        minutes=round((ends_at - starts_at).total_seconds() / 60),
        buffer_minutes=diary.buffer_of(wanted.get("service_id")),
        staff_ids=(wanted.get("staff_id"),),
        resource_ids=rooms(diary, wanted.get("resource_id"), wanted.get("service_id")),
        but=frozenset({BookingId(case.conflict.row_id)}),
    )
    suggested = filter(None, map(_slot, case.conflict.document.get("free") or ()))
    # A server that does not know resources says nothing of them.
    placed = (replace(slot, resource_id=slot.resource_id or wanted.get("resource_id")) for slot in suggested)
    told = [slot for slot in placed if _is_free(diary, slot, wish)]
    nearest = [slot for slot in diary.free(wish, starts_at, FREE_OFFERED) if slot not in told]
    return tuple((*told, *nearest)[:FREE_OFFERED])


def _around(moment: datetime) -> tuple[datetime, datetime]:
    return moment - _AROUND, moment + _AROUND


def _is_free(diary: Diary, slot: Slot, wish: Wish) -> bool:
    return slot.starts_at >= diary.now and not any(
        diary.obstacles(slot.staff_id, slot.starts_at, slot.ends_at, wish.buffer_minutes, wish.but, slot.resource_id)
    )


def rooms(diary: Diary, wanted: ResourceId | None, service_id: ServiceId | None) -> tuple[ResourceId | None, ...]:
    """Where it could be done instead: where it is meant to be before all others; nowhere in particular as before."""
    listed = diary.house.resources_for(service_id)
    return (wanted, *(other for other in listed if other != wanted)) if wanted in listed else (wanted,)


def _for_the_other(conn: sqlite3.Connection, case: Case) -> Slot | None:
    """Where the booking in the way could go, with the same member of staff, and leave mine its time and its room.

    None also where mine could not be there all the same.  The other goes first, so mine stands where it was too.
    """
    other = case.other
    if other is None or (diary := looking.open_diary(conn, *_around(other.starts_at), case.now)) is None:
        return None
    others = tuple(booking for booking in diary.bookings if booking.booking_id != other.booking_id)
    mine = _becomes(conn, case, case.mine)
    if obstacle_to(replace(diary, bookings=others), case.row, mine) is not None:
        return None
    wish = Wish(
        minutes=other.duration_minutes,
        buffer_minutes=diary.buffer_of(other.service_id),
        staff_ids=(other.staff_id,),
        resource_ids=rooms(diary, other.resource_id, other.service_id),
    )
    full = replace(diary, bookings=(*diary.bookings, bookings.of_columns(mine)))
    return next(iter(full.free(wish, other.starts_at, 1)), None)


def _slot(told: Mapping[str, Any]) -> Slot | None:
    try:
        staff_id, resource_id = told.get("staff_id"), told.get("resource_id")
        return Slot(
            starts_at=instant(told["starts_at"]),
            ends_at=instant(told["ends_at"]),
            staff_id=StaffId(staff_id) if staff_id else None,
            resource_id=ResourceId(resource_id) if resource_id else None,
        )
    except (KeyError, TypeError, OverflowError):
        # What a server says of free times is a suggestion; one that makes no sense is not passed on.
        return None


# --- what it leads to ------------------------------------------------------------------------------------------------
def prepared(conn: sqlite3.Connection, case: Case, kind: Choosing, slot: Slot | None) -> Choice:
    """The choice with its steps and texts; without steps while OTHER has no time yet."""
    if case.is_lead:
        return Choice(kind=kind, lead=case.mine if kind is Choosing.MINE else None)
    steps = tuple(_steps(conn, case, kind, slot))
    notices = tuple(filter(None, (_notice(conn, case, step) for step in steps)))
    return Choice(kind=kind, slot=slot, steps=steps, notices=notices)


def _steps(conn: sqlite3.Connection, case: Case, kind: Choosing, slot: Slot | None) -> Iterator[Step]:
    match kind:
        case Choosing.THEIRS | Choosing.DISCARD:
            return
        case Choosing.FREE | Choosing.OTHER:
            if slot is not None:
                yield _mine(conn, case, {**case.mine, **_columns(slot)})
        case Choosing.MINE:
            allow = (CLOSED,) if case.conflict.why == "closed" else ()
            yield _mine(conn, case, case.mine, allow)
        case Choosing.OVERBOOK:
            yield _mine(conn, case, case.mine, (OVERLAP,))
        case Choosing.BOTH:
            now = (case.row or {}).get("notes") or ""
            yield _mine(conn, case, {"notes": f"{now}\n{case.mine['notes']}"})
        case Choosing.CANCEL:
            yield _mine(conn, case, {"status": "cancelled"})
        case Choosing.RESTORE:
            yield _mine(conn, case, _brought_back(conn, case))
        case Choosing.MOVE_OTHER:
            if case.other is not None and slot is not None:
                yield _moved(case.other, slot)
                yield _mine(conn, case, case.mine)


def _mine(conn: sqlite3.Connection, case: Case, columns: Row, allow: tuple[str, ...] = ()) -> Step:
    return Step(
        booking_id=BookingId(case.conflict.row_id),
        before=bookings.of_columns(case.row) if case.row is not None else None,
        after=bookings.of_columns(_becomes(conn, case, columns)),
        columns=columns,
        allow=allow,
    )


def _becomes(conn: sqlite3.Connection, case: Case, columns: Row) -> Row:
    """The booking of the conflict with these columns, or made of them."""
    if case.row is not None:
        return {**case.row, **columns}
    ours = business.get(conn)
    row_id, made_at = case.conflict.row_id, milliseconds(case.now)
    payload = {"op": Op.BOOKING_CREATE, "id": row_id, "client_ts": made_at, "values": columns}
    return effect(None, payload, time_zone=ours.zone.key if ours else "UTC") or {}


def _moved(booking: Booking, slot: Slot) -> Step:
    after = replace(
        booking,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        staff_id=slot.staff_id,
        resource_id=slot.resource_id,
    )
    return Step(booking_id=booking.booking_id, before=booking, after=after, columns=_columns(slot))


def _columns(slot: Slot) -> Row:
    return {
        "starts_at": milliseconds(slot.starts_at),
        "ends_at": milliseconds(slot.ends_at),
        "staff_id": slot.staff_id,
        "resource_id": slot.resource_id,
    }


def _brought_back(conn: sqlite3.Connection, case: Case) -> Row:
    """All of a booking that was deleted, without what is no longer there either; or my changes on one cancelled."""
    if case.row is not None:
        return {**case.mine, "status": "confirmed"}
    wanted = {name: case.mine.get(name) for name in CREATED_FROM}
    if wanted["status"] not in ("pending", "confirmed"):
        wanted["status"] = "confirmed"
    if wanted["customer_id"] and customers.get(conn, wanted["customer_id"]) is None:
        wanted["customer_id"] = None
    if not any(service.service_id == wanted["service_id"] for service in business.services(conn)):
        wanted["service_id"] = None
    if not any(room.active and room.resource_id == wanted["resource_id"] for room in business.resources(conn)):
        wanted["resource_id"] = None
    return wanted


def _notice(conn: sqlite3.Connection, case: Case, step: Step) -> Notice | None:
    """What the client would be told, None when there is nothing to tell or no way to."""
    ours = business.get(conn)
    if ours is None:
        return None
    after = step.after
    client = telling.client_of(after, customers.get(conn, after.customer_id) if after.customer_id else None, ours)
    staff = next((person for person in business.staff(conn) if person.staff_id == after.staff_id), None)
    text = telling.suggested(step.before, after, client, ours, staff)
    if text is None or client.channel is None or client.recipient is None:
        return None
    return Notice(
        booking_id=step.booking_id,
        name=after.customer_name,
        recipient=client.recipient,
        tell=Tell(text=text, channel=client.channel),
        asked=case.change.tell is not None and step.booking_id == case.conflict.row_id,
    )
