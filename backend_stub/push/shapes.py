"""Push on the wire (docs/api.md), as pydantic models: what mutations are checked against and what OpenAPI documents.

The envelope is checked at the door, where a broken one is 422.  A mutation inside it is checked when its turn comes,
because one that makes no sense is answered `rejected` and must not hold up what follows.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from backend_stub.rows import Ms, Shape
from backend_stub.wire import NAME_LENGTH, Request

LATEST_MS = 4_102_444_800_000
"""The end of the year 2099: later instants are mistakes."""

UUID_TEXT = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def _one_line(text: str) -> str:
    if any(not _printable(char) for char in text):
        raise ValueError("control characters are not allowed here")
    return text


def _lines(text: str) -> str:
    if any(not _printable(char) and char not in "\n\t" for char in text):
        raise ValueError("control characters are not allowed here")
    return text


def _printable(char: str) -> bool:
    return ord(char) >= 32 and ord(char) != 127 and not 0xD800 <= ord(char) <= 0xDFFF


def _or_none(value: object) -> object:
    """Blank is as good as nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def checked_line(value: object) -> object:
    return _one_line(value) if isinstance(value, str) else value


def checked_lines(value: object) -> object:
    return _lines(value) if isinstance(value, str) else value


Id = Annotated[str, StringConstraints(pattern=UUID_TEXT)]
Instant = Annotated[int, Field(strict=True, ge=0, le=LATEST_MS)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH),
    BeforeValidator(checked_line),
]
Phone = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), BeforeValidator(checked_line)] | None,
    BeforeValidator(_or_none),
]
Email = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), BeforeValidator(checked_line)] | None,
    BeforeValidator(_or_none),
]
Notes = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), BeforeValidator(checked_lines)] | None,
    BeforeValidator(_or_none),
]
Reason = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), BeforeValidator(checked_lines)] | None,
    BeforeValidator(_or_none),
]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=480), BeforeValidator(checked_lines)
]
Label = Annotated[str, StringConstraints(max_length=NAME_LENGTH), BeforeValidator(checked_line)]
Status = Literal["pending", "confirmed", "completed", "cancelled", "no_show"]
Allowance = Literal["overlap", "closed"]
BaseVersion = Annotated[int, Field(strict=True, ge=0)]


# --- what is asked -----------------------------------------------------------------


class Tell(Request):
    text: Words
    channel: Literal["sms", "email"]


class Mutation(Request):
    """What every mutation has.  `client_ts` is the device's own clock: for reading, never for deciding."""

    mid: Annotated[int, Field(ge=1)]
    v: Literal[1]
    id: Id
    client_ts: Any = None


class NewBooking(Request):
    customer_id: Id | None = None
    customer_name: Name
    customer_phone: Phone = None
    customer_email: Email = None
    service_id: Id | None = None
    service_name: Name
    staff_id: Id | None = None
    resource_id: Id | None = None
    starts_at: Instant
    ends_at: Instant
    notes: Notes = None
    status: Literal["confirmed", "pending"]
    series_id: Id | None = None
    series_label: Label | None = None


class BookingCreate(Mutation):
    op: Literal["booking.create"]
    values: NewBooking
    tell: Tell | None = None
    allow: tuple[Allowance, ...] = ()


class BookingSet(BaseModel):
    """Field to [what this device had from the server, what it should be].  Fields that stay are left out."""

    model_config = ConfigDict(extra="forbid")

    starts_at: tuple[Ms, Instant] = (0, 0)
    ends_at: tuple[Ms, Instant] = (0, 0)
    staff_id: tuple[str | None, Id | None] = (None, None)
    resource_id: tuple[str | None, Id | None] = (None, None)
    service_id: tuple[str | None, Id | None] = (None, None)
    service_name: tuple[str, Name] = ("", "")
    status: tuple[str, Status] = ("", "pending")
    cancellation_reason: tuple[str | None, Reason] = (None, None)
    notes: tuple[str | None, Notes] = (None, None)
    customer_name: tuple[str, Name] = ("", "")
    customer_phone: tuple[str | None, Phone] = (None, None)
    customer_email: tuple[str | None, Email] = (None, None)


class BookingPatch(Mutation):
    op: Literal["booking.patch"]
    base_version: BaseVersion
    set: BookingSet
    tell: Tell | None = None
    allow: tuple[Allowance, ...] = ()


class NewBlock(Request):
    staff_id: Id | None = None
    starts_at: Instant
    ends_at: Instant
    title: Name
    source: Literal["manual", "ics"]
    uid: Annotated[str, StringConstraints(max_length=1000), BeforeValidator(checked_line)] | None = None


class BlockCreate(Mutation):
    op: Literal["block.create"]
    values: NewBlock


class BlockRemove(Mutation):
    op: Literal["block.remove"]
    base_version: BaseVersion


class NewCalendar(Request):
    name: Name
    url: Annotated[str, StringConstraints(max_length=2000), BeforeValidator(checked_line)]
    staff_id: Id | None = None

    @field_validator("url")
    @classmethod
    def _is_of_the_web(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("only http and https addresses can be read")
        return url


class CalendarAdd(Mutation):
    op: Literal["calendar.add"]
    values: NewCalendar


class CalendarRemove(Mutation):
    op: Literal["calendar.remove"]


# --- what is answered --------------------------------------------------------------


class ChangedBy(Shape):
    name: str
    at: Ms
    call_id: str | None


class InTheWay(Shape):
    """A booking, or (`block_id`) time that is blocked, whose title then stands as `customer_name`."""

    booking_id: str | None
    block_id: str | None
    customer_name: str
    service_name: str
    staff_id: str | None
    resource_id: str | None
    starts_at: Ms
    ends_at: Ms
    source: str
    by_name: str | None
    created_at: Ms
    call_id: str | None


class FreeTime(Shape):
    starts_at: Ms
    ends_at: Ms
    staff_id: str | None
    resource_id: str | None


class ConflictShape(Shape):
    field: Literal["slot", "service", "status", "notes", "customer", "row", "stage"]
    why: Literal["slot_taken", "changed", "cancelled", "completed", "illegal", "deleted", "closed"]
    base: dict[str, Any]
    mine: dict[str, Any]
    server: dict[str, Any]
    by: ChangedBy | None
    with_: Annotated[InTheWay | None, Field(alias="with")]
    free: list[FreeTime]


class PushResult(Shape):
    mid: int
    status: Literal["ok", "conflict", "rejected", "deferred", "mismatch"]
    version: int | None
    code: str | None = None
    detail: str | None = None
    retry_after_s: float | None = None
    conflicts: tuple[ConflictShape, ...] = ()


class PushAnswer(Shape):
    client_id: str
    last_mid: int
    epoch: str
    account_id: str
    server_time: Ms
    cursor: str
    forgot: bool
    results: list[PushResult]
