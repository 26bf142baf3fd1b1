"""Making and changing bookings: checked against the diary and written in one transaction, or refused.

Every function runs inside the caller's transaction and raises NotAllowed before anything is written.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from client.editing import looking, recording, statuses, texts
from client.editing.edited import Edited
from client.editing.refusals import NotAllowed, Why
from client.insight import hands
from client.insight.diary import HOLDS_TIME, OVERLAP, Diary, Obstacle
from client.models.bookings import BookingStatus
from client.models.ids import BookingId, CustomerId, ResourceId, ServiceId, StaffId
from client.models.mutations import GROUP_OF, GROUPS, TOGETHER, Op, Row, Tell
from client.storage import customers, effective, knowing
from client.storage.columns import instant, milliseconds

LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""The end of the year 2099, as the server has it."""


class Unset(Enum):
    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""Leave it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingDraft:
    """A new booking as the owner typed it.  Without `customer_id` the server finds or makes the customer."""

    customer_name: str
    service_name: str
    starts_at: datetime
    ends_at: datetime
    staff_id: StaffId | None = None
    resource_id: ResourceId | None = None
    customer_id: CustomerId | None = None
    customer_phone: str | None = None
    customer_email: str | None = None
    service_id: ServiceId | None = None
    notes: str | None = None
    status: BookingStatus = BookingStatus.CONFIRMED
    series_id: str | None = None
    series_label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingChange:
    """What to change.  A new start without a new end keeps the length; a new `service_id` brings its name."""

    starts_at: datetime | Unset = UNSET
    ends_at: datetime | Unset = UNSET
    staff_id: StaffId | Unset | None = UNSET
    resource_id: ResourceId | Unset | None = UNSET
    service_id: ServiceId | Unset | None = UNSET
    service_name: str | Unset = UNSET
    status: BookingStatus | Unset = UNSET
    cancellation_reason: str | Unset | None = UNSET
    notes: str | Unset | None = UNSET
    customer_name: str | Unset = UNSET
    customer_phone: str | Unset | None = UNSET
    customer_email: str | Unset | None = UNSET

    def columns(self) -> Row:
        """What is set, as the database holds it."""
        return {name: column_of(value) for name in GROUP_OF if (value := getattr(self, name)) is not UNSET}


def create_booking(
    conn: sqlite3.Connection,
    draft: BookingDraft,
    *,
    tell: Tell | None = None,
    allow: Collection[str] = (),
    now: datetime,
    new_id: Callable[[], str],
) -> Edited:
    """Make a booking.  `now` by the server's clock; `allow` what is booked over on purpose (overlap, closed)."""
    values = {each.name: column_of(getattr(draft, each.name)) for each in fields(draft)}
    return make(conn, values, row_id=new_id(), tell=tell, allow=allow, now=now)


def change_booking(
    conn: sqlite3.Connection,
    booking_id: BookingId,
    change: BookingChange,
    *,
    tell: Tell | None = None,
    allow: Collection[str] = (),
    now: datetime,
) -> Edited:
    """Change a booking in any of its fields at once; what is as wanted already is left out.

    Raises NotAllowed with NOTHING when that leaves nothing.
    """
    row = effective.effective_row(conn, "bookings", booking_id)
    if row is not None:
        statuses.check_begun(row, {**row, **change.columns()}, now)
    return alter(conn, booking_id, change.columns(), tell=tell, allow=allow, now=now)


def cancel_booking(
    conn: sqlite3.Connection,
    booking_id: BookingId,
    *,
    reason: str | None = None,
    tell: Tell | None = None,
    now: datetime,
) -> Edited:
    change = BookingChange(status=BookingStatus.CANCELLED, cancellation_reason=reason)
    return change_booking(conn, booking_id, change, tell=tell, now=now)


def reinstate_booking(
    conn: sqlite3.Connection,
    booking_id: BookingId,
    *,
    tell: Tell | None = None,
    allow: Collection[str] = (),
    now: datetime,
) -> Edited:
    """Bring back a booking that was cancelled, or that counted as done or as not come; its time must be free."""
    change = BookingChange(status=BookingStatus.CONFIRMED)
    return change_booking(conn, booking_id, change, tell=tell, allow=allow, now=now)


def complete_booking(conn: sqlite3.Connection, booking_id: BookingId, *, now: datetime) -> Edited:
    return change_booking(conn, booking_id, BookingChange(status=BookingStatus.COMPLETED), now=now)


def mark_no_show(conn: sqlite3.Connection, booking_id: BookingId, *, now: datetime) -> Edited:
    return change_booking(conn, booking_id, BookingChange(status=BookingStatus.NO_SHOW), now=now)


# --- by columns, for undoing and resolving too -----------------------------------------------------------------------
def make(
    conn: sqlite3.Connection,
    values: Mapping[str, Any],
    *,
    row_id: str,
    tell: Tell | None,
    allow: Collection[str],
    now: datetime,
) -> Edited:
    """A new booking of these columns."""
    known, more = made_of(conn, values, tell, allow, now)
    return recording.record_create(conn, Op.BOOKING_CREATE, row_id, known, now, **more)


def made_of(
    conn: sqlite3.Connection, values: Mapping[str, Any], tell: Tell | None, allow: Collection[str], now: datetime
) -> tuple[Row, dict[str, Any]]:
    """What a new booking of these columns is made of, and what is said with it.  Raises NotAllowed."""
    row = _clean(conn, dict(values), {})
    if row["status"] not in ("pending", "confirmed"):
        raise NotAllowed(Why.STATUS)
    tell = recording.checked_tell(tell, row["customer_phone"], row["customer_email"])
    check_time(conn, None, row, allow, now)
    known = {name: row.get(name) for name in recording.CREATED_FROM}
    if known["resource_id"] is None:
        # A server that has never heard of resources takes the booking too.
        del known["resource_id"]
    return known, recording.said(tell, allow)


def alter(
    conn: sqlite3.Connection,
    booking_id: str,
    columns: Mapping[str, Any],
    *,
    tell: Tell | None,
    allow: Collection[str],
    now: datetime,
) -> Edited:
    """The booking with these columns."""
    row = effective.effective_row(conn, "bookings", booking_id)
    if row is None:
        raise NotAllowed(Why.NOT_THERE)
    wanted = _clean(conn, completed(conn, row, columns), row)
    changed = {name for name, value in wanted.items() if value != row[name]}
    if not changed:
        raise NotAllowed(Why.NOTHING)
    after = {**row, **wanted}
    statuses.check(row, after, changed)
    tell = recording.checked_tell(tell, after["customer_phone"], after["customer_email"])
    check_time(conn, row, after, allow, now)
    groups = {GROUP_OF[name] for name in changed}
    names = changed | {name for group in groups.intersection(TOGETHER) for name in GROUPS[group]}
    if row["resource_id"] is after["resource_id"] is None and not knowing.once(conn, _resources, ("resources",)):
        names.discard("resource_id")
    pairs = {name: (row[name], after[name]) for name in GROUP_OF if name in names}
    return recording.record_patch(conn, row, pairs, tell, allow, now)


def check_time(conn: sqlite3.Connection, before: Row | None, after: Row, allow: Collection[str], now: datetime) -> None:
    """Raises NotAllowed when the time that `after` takes, and `before` did not, cannot be had.  As the server asks."""
    if OVERLAP in allow:
        recording.check_role(conn)
    if not _differs(before, after, _TAKES_TIME):
        return
    if _differs(before, after, GROUPS["slot"]):
        check_staff(conn, after["staff_id"])
        check_resource(conn, after.get("resource_id"))
    _check(in_the_way(conn, before, after, now), allow)


def check_room(conn: sqlite3.Connection, before: Row | None, after: Row, allow: Collection[str], now: datetime) -> None:
    """As `check_time`, of a time that the booking had before, however odd: only others can be in its way now."""
    if after["status"] in HOLDS_TIME:
        _check(_obstacles(conn, before, after, now, _WITH_ROOM), allow)


def in_the_way(conn: sqlite3.Connection, before: Row | None, after: Row, now: datetime) -> Iterator[Obstacle]:
    """All that stands in the way of the time that `after` takes and `before` did not, what cannot be allowed first.

    What is not asked for is not refused: a booking stays where it stands when only its service changes.
    """
    return _obstacles(conn, before, after, now, _asked(before, after))


def nobody_is_free(conn: sqlite3.Connection, before: Row | None, after: Row, now: datetime) -> bool:
    """Whether `after` takes a time, for nobody in particular, at which none of those who could do it is free."""
    if after["staff_id"] is not None or after["status"] not in HOLDS_TIME or not _differs(before, after, _TAKES_TIME):
        return False
    starts_at, ends_at = instant(after["starts_at"]), instant(after["ends_at"])
    diary = looking.open_diary(conn, starts_at, ends_at + looking.LONGEST_BUFFER, now)
    itself = {BookingId(after["id"])} if "id" in after else set[BookingId]()
    return diary is not None and hands.nobody_is_free(diary, after["service_id"], starts_at, ends_at, itself)


def obstacle_to(diary: Diary, before: Row | None, after: Row) -> Obstacle | None:
    """The first of `in_the_way`, of a diary that is open anyway and holds all the time that `after` takes."""
    return next(_among(diary, before, after, _asked(before, after)), None)


_SENSE: Final = {"past", "too_short", "too_long"}
_HOURS: Final = {"closed", "staff_off"}
_WITH_ROOM: Final = {"taken", "occupied", "blocked"}
_OF_STAFF: Final = {"taken", "blocked"}
_TAKES_TIME: Final = (*GROUPS["slot"], "service_id", "status")


def _asked(before: Row | None, after: Row) -> set[str]:
    """What can be in the way of such a change at all."""
    asked = set(_WITH_ROOM if after["status"] in HOLDS_TIME else ())
    if _differs(before, after, ("starts_at", "ends_at")):
        asked |= _SENSE
    if _differs(before, after, ("starts_at", "ends_at", "staff_id")):
        asked |= _HOURS if after["status"] in HOLDS_TIME else set()
    return asked


def _check(obstacles: Iterator[Obstacle], allow: Collection[str]) -> None:
    for obstacle in obstacles:
        if obstacle.why.allowance not in allow:
            raise NotAllowed(Why(obstacle.why), obstacle)


def _obstacles(
    conn: sqlite3.Connection, before: Row | None, after: Row, now: datetime, asked: Collection[str]
) -> Iterator[Obstacle]:
    if _differs(before, after, _TAKES_TIME):
        starts_at, ends_at = instant(after["starts_at"]), instant(after["ends_at"])
        diary = looking.diary_for(conn, after["staff_id"], starts_at, ends_at, now, after.get("resource_id"))
        yield from _among(diary, before, after, asked)


def _among(diary: Diary, before: Row | None, after: Row, asked: Collection[str]) -> Iterator[Obstacle]:
    if not _differs(before, after, _TAKES_TIME):
        return
    starts_at, ends_at = instant(after["starts_at"]), instant(after["ends_at"])
    buffer = diary.buffer_of(after["service_id"])
    if before is not None:
        was = diary.buffer_of(before["service_id"])
        asked = {*asked} - (set() if _takes_more(before, after, "staff_id", was, buffer) else _OF_STAFF)
        asked -= set() if _takes_more(before, after, "resource_id", was, buffer) else _WITH_ROOM - _OF_STAFF
    itself = {BookingId(after["id"])} if "id" in after else set[BookingId]()
    for obstacle in diary.obstacles(after["staff_id"], starts_at, ends_at, buffer, itself, after.get("resource_id")):
        if obstacle.why in asked:
            yield obstacle


def check_staff(conn: sqlite3.Connection, staff_id: str | None) -> None:
    """Raises NotAllowed unless somebody of that id works here; None is nobody in particular."""
    if staff_id is not None and staff_id not in knowing.once(conn, _at_work, ("staff",)):
        raise NotAllowed(Why.STAFF_UNKNOWN, field="staff_id")


def _at_work(conn: sqlite3.Connection) -> frozenset[str]:
    return frozenset(staff_id for (staff_id,) in conn.execute("SELECT id FROM staff WHERE active"))


def check_resource(conn: sqlite3.Connection, resource_id: str | None) -> None:
    """Raises NotAllowed unless there is something of that id in use; None is nowhere in particular."""
    if resource_id is not None and resource_id not in knowing.once(conn, _resources, ("resources",)):
        raise NotAllowed(Why.RESOURCE_UNKNOWN, field="resource_id")


def _resources(conn: sqlite3.Connection) -> frozenset[str]:
    return frozenset(resource_id for (resource_id,) in conn.execute("SELECT id FROM resources WHERE active"))


def _differs(before: Row | None, after: Row, names: Collection[str]) -> bool:
    return before is None or any(before[name] != after.get(name) for name in names)


def _takes_more(before: Row, after: Row, whose: str, buffer_before: int, buffer: int) -> bool:
    """Whether time is taken, of the one in the column `whose`, that this booking did not take before."""
    if before["status"] not in HOLDS_TIME or before[whose] != after[whose]:
        return True
    ended, ends = before["ends_at"] + buffer_before * 60_000, after["ends_at"] + buffer * 60_000
    return after["starts_at"] < before["starts_at"] or ends > ended


def completed(conn: sqlite3.Connection, row: Row, columns: Mapping[str, Any]) -> Row:
    """The columns and what they bring with them."""
    wanted = dict(columns)
    if "starts_at" in wanted and "ends_at" not in wanted:
        wanted["ends_at"] = wanted["starts_at"] + row["ends_at"] - row["starts_at"]
    if wanted.get("service_id") and "service_name" not in wanted:
        wanted["service_name"] = _service_name(conn, wanted["service_id"])
    # The reason belongs to the act of cancelling; it is not changed afterwards.
    if wanted.get("status", row["status"]) == row["status"]:
        wanted.pop("cancellation_reason", None)
    elif wanted["status"] != "cancelled":
        wanted["cancellation_reason"] = None
    return wanted


def _clean(conn: sqlite3.Connection, values: Row, before: Row) -> Row:
    """The values as the server takes them.  Raises NotAllowed for what it would not."""
    clean: Row = {**values}
    for name, check in _CHECKS.items():
        if name in values and values[name] != before.get(name, UNSET):
            clean[name] = check(values[name], name)
    for name in ("starts_at", "ends_at"):
        if name in values and not 0 <= values[name] <= milliseconds(LATEST):
            raise NotAllowed(Why.PAST if values[name] < 0 else Why.TOO_FAR, field=name)
    if clean.get("service_id") not in (None, before.get("service_id")):
        _service_name(conn, clean["service_id"])
    if clean.get("customer_id") and customers.get(conn, clean["customer_id"]) is None:
        raise NotAllowed(Why.CUSTOMER_UNKNOWN, field="customer_id")
    return clean


def _service_name(conn: sqlite3.Connection, service_id: str) -> str:
    found = conn.execute("SELECT name FROM services WHERE id = ?", (service_id,)).fetchone()
    if found is None:
        raise NotAllowed(Why.SERVICE_UNKNOWN, field="service_id")
    return found[0]


_CHECKS: Final[dict[str, Callable[[Any, str], str | None]]] = {
    "customer_name": lambda text, field: texts.line(text, field, texts.NAME, Why.NO_NAME),
    "service_name": lambda text, field: texts.line(text, field, texts.NAME, Why.NO_SERVICE),
    "customer_phone": lambda text, field: texts.line_or_none(text, field, texts.PHONE),
    "customer_email": lambda text, field: texts.line_or_none(text, field, texts.EMAIL),
    "series_label": lambda text, field: texts.line_or_none(text, field, texts.NAME),
    "notes": lambda text, field: texts.lines_or_none(text, field, texts.NOTES),
    "cancellation_reason": lambda text, field: texts.lines_or_none(text, field, texts.REASON),
}


def fault_of(field: str, text: str) -> Why | None:
    """Why a text cannot stand in that column."""
    try:
        _CHECKS[field](text, field)
    except NotAllowed as error:
        return error.why
    return None


def column_of(value: object) -> object:
    """As the database holds it."""
    return milliseconds(value) if isinstance(value, datetime) else value
