"""What is in the fields of a booking's form, and what is meant by it.

Only what the owner touched is changed: the server may have given the booking another time while the notes were typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from client.editing import UNSET, BookingChange, BookingDraft, Why, fault_of
from client.insight.typed_time import minute_of, minutes_of
from client.insight.walltime import at_wall
from client.models.bookings import Booking, BookingStatus
from client.models.business import Service
from client.models.ids import CustomerId, ResourceId, ServiceId, StaffId

STEP: Final = 5
"""Minutes: appointments begin at every fifth."""

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 30)
_LONGEST_TYPED: Final = 7 * 24 * 60


class Doing(StrEnum):
    """What a form is for; also the end of its address."""

    NEW = "new"
    EDIT = "edit"
    MOVE = "move"
    CANCEL = "cancel"
    REINSTATE = "reinstate"


class Fault(StrEnum):
    """What is wrong with a field, besides what editing refuses."""

    NO_DAY = "no_day"
    NO_TIME = "no_time"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    """The clock goes from before this time to after it that night."""
    OFF_STEP = "off_step"
    NO_LENGTH = "no_length"
    UNDECIDED = "undecided"
    """Whether the client is told."""


UNFINISHED: Final = frozenset({Why.NO_NAME, Why.NO_SERVICE, Fault.NO_TIME, Fault.UNDECIDED})
"""What is no mistake before the owner wants to save."""

Faults = Mapping[str, Why | Fault]
"""By the name of the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields as they are typed.  `customer_id`: somebody who is known already was chosen.

    `day`: that of `date` as it is typed, the last one that could be read.  `placed`: `resource_id` was chosen; else it
    goes with the service and the time.
    """

    day: date
    date: str = ""
    start: str = ""
    length: str = ""
    customer_id: CustomerId | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    service_id: ServiceId | None = None
    staff_id: StaffId | None = None
    resource_id: ResourceId | None = None
    placed: bool = False
    notes: str = ""
    reason: str = ""

    def touched(self, initial: "Typed") -> frozenset[str]:
        """The fields that are no longer as they were."""
        return frozenset(each.name for each in fields(self) if getattr(self, each.name) != getattr(initial, each.name))

    def moved_to(self, fresh: "Typed", initial: "Typed") -> "Typed":
        """The same on top of what the booking has become meanwhile."""
        return replace(fresh, **{name: getattr(self, name) for name in self.touched(initial)})

    def serve(self, service: Service) -> "Typed":
        """Another service brings its length, and is done where it is done."""
        return replace(self, service_id=service.service_id, length=str(service.duration_minutes), placed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """`starts_at`, `length`: None where the fields do not say."""

    starts_at: datetime | None = None
    length: timedelta | None = None
    faults: Faults = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def ends_at(self) -> datetime | None:
        if self.starts_at is None or self.length is None:
            return None
        return self.starts_at + self.length


class Pen(Protocol):
    """How the owner writes and reads days and times."""

    def clock(self, minute: int) -> str: ...

    def day(self, day: date, today: date) -> str: ...

    def day_of(self, text: str, today: date) -> date | None: ...


def typed_of(booking: Booking, zone: ZoneInfo, pen: Pen, today: date) -> Typed:
    """A booking as the form shows it."""
    local = booking.starts_at.astimezone(zone)
    return Typed(
        day=local.date(),
        date=pen.day(local.date(), today),
        start=pen.clock(local.hour * 60 + local.minute),
        length=str(booking.duration_minutes),
        customer_id=booking.customer_id,
        name=booking.customer_name,
        phone=booking.customer_phone or "",
        email=booking.customer_email or "",
        service_id=booking.service_id,
        staff_id=booking.staff_id,
        resource_id=booking.resource_id,
        notes=booking.notes or "",
    )


def meant(doing: Doing, typed: Typed, initial: Typed, booking: Booking | None, zone: ZoneInfo, *, dated: bool) -> Meant:
    """What the fields say, and what is wrong with those that this form has.  `dated`: its day can be read."""
    faults = _text_faults(doing, typed, initial, booking)
    if not has_time(doing, booking):
        return Meant(faults=faults)
    touched = typed.touched(initial)
    starts_at = booking.starts_at if booking and not touched & {"day", "start"} else None
    if starts_at is None:
        starts_at, fault = _start(typed, zone)
        if fault:
            faults["start"] = fault
    if not dated:
        faults["day"] = Fault.NO_DAY
    length = booking.ends_at - booking.starts_at if booking and "length" not in touched else None
    if length is None:
        minutes = minutes_of(typed.length)
        length = None if minutes is None else timedelta(minutes=min(minutes, _LONGEST_TYPED))
    if length is None:
        faults["length"] = Fault.NO_LENGTH
    if doing is Doing.NEW and typed.service_id is None:
        faults["service"] = Why.NO_SERVICE
    return Meant(starts_at=starts_at, length=length, faults=faults)


def has_time(doing: Doing, booking: Booking | None) -> bool:
    """A cancelled booking has notes, and that it can be brought back."""
    cancelled = booking is not None and booking.status is BookingStatus.CANCELLED
    return doing in (Doing.NEW, Doing.EDIT, Doing.MOVE) and not cancelled


def _start(typed: Typed, zone: ZoneInfo) -> tuple[datetime | None, Fault | None]:
    if not typed.start.strip():
        return None, Fault.NO_TIME
    minute = minute_of(typed.start)
    if minute is None:
        return None, Fault.UNREADABLE
    starts_at = at_wall(typed.day, minute, zone)
    if starts_at is None:
        return None, Fault.SKIPPED
    return starts_at, Fault.OFF_STEP if minute % STEP else None


_TEXTS: Final = {
    "name": "customer_name",
    "phone": "customer_phone",
    "email": "customer_email",
    "notes": "notes",
    "reason": "cancellation_reason",
}
_TEXTS_IN: Final[dict[Doing, Sequence[str]]] = {
    Doing.NEW: ("name", "phone", "email", "notes"),
    Doing.EDIT: ("name", "phone", "email", "notes"),
    Doing.MOVE: (),
    Doing.CANCEL: ("reason",),
    Doing.REINSTATE: (),
}


def _text_faults(doing: Doing, typed: Typed, initial: Typed, booking: Booking | None) -> dict[str, Why | Fault]:
    touched = typed.touched(initial)
    faults: dict[str, Why | Fault] = {}
    for name in _TEXTS_IN[doing]:
        if (booking is None or name in touched) and (why := fault_of(_TEXTS[name], getattr(typed, name))):
            faults[name] = why
    return faults


def draft_of(typed: Typed, what: Meant, service: Service | None, fallback: datetime) -> BookingDraft:
    """A new booking of what is typed so far; `fallback` stands for a time that is not."""
    starts_at = what.starts_at or fallback
    return BookingDraft(
        customer_name=typed.name.strip(),
        service_name=service.name if service else "",
        starts_at=starts_at,
        ends_at=what.ends_at or starts_at,
        staff_id=typed.staff_id,
        resource_id=typed.resource_id,
        customer_id=typed.customer_id,
        customer_phone=typed.phone.strip() or None,
        customer_email=typed.email.strip() or None,
        service_id=typed.service_id,
        notes=typed.notes.strip() or None,
    )


def change_of(doing: Doing, typed: Typed, initial: Typed, what: Meant) -> BookingChange:
    """The change of what was touched."""
    if doing is Doing.CANCEL:
        return BookingChange(status=BookingStatus.CANCELLED, cancellation_reason=typed.reason.strip() or None)
    if doing is Doing.REINSTATE:
        return BookingChange(status=BookingStatus.CONFIRMED)
    touched = typed.touched(initial)
    moved = bool(touched & {"day", "start"}) and what.starts_at is not None
    resized = moved or ("length" in touched and what.ends_at is not None)
    return BookingChange(
        starts_at=what.starts_at if moved and what.starts_at else UNSET,
        ends_at=what.ends_at if resized and what.ends_at else UNSET,
        staff_id=typed.staff_id if "staff_id" in touched else UNSET,
        resource_id=typed.resource_id if "resource_id" in touched else UNSET,
        service_id=typed.service_id if "service_id" in touched else UNSET,
        notes=typed.notes.strip() or None if "notes" in touched else UNSET,
        customer_name=typed.name.strip() if "name" in touched else UNSET,
        customer_phone=typed.phone.strip() or None if "phone" in touched else UNSET,
        customer_email=typed.email.strip() or None if "email" in touched else UNSET,
    )
