"""What a conflict's document says, made safe to draw: the three versions, who came first, which times are free.

The document comes from the server and lies in the database; what in it is not of its kind is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from client.insight.deeds import instant_of, mapping_of, text_of
from client.models.ids import BookingId, CallId, ResourceId, StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who made the other change.  `call_id`: in which call."""

    name: str
    at: datetime | None
    call_id: CallId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The booking that has the time, and who made it."""

    booking_id: BookingId
    name: str
    service: str
    staff_id: StaffId | None
    resource_id: ResourceId | None = None
    starts_at: datetime | None
    ends_at: datetime | None
    by: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    starts_at: datetime
    ends_at: datetime
    staff_id: StaffId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """`group`, `why`: as in docs/api.md.  `base`, `mine`, `server`: the fields in question, by column."""

    group: str
    why: str
    base: Mapping[str, Any] = field(hash=False)
    mine: Mapping[str, Any] = field(hash=False)
    server: Mapping[str, Any] = field(hash=False)
    by: Who | None
    other: Other | None
    free: tuple[FreeTime, ...]

    @property
    def room(self) -> ResourceId | None:
        """The resource that is taken, where it is not the member of staff who is."""
        mine = {**self.server, **self.mine}
        other = self.other
        if other is None or not other.resource_id or other.resource_id != mine.get("resource_id"):
            return None
        return None if other.staff_id and other.staff_id == mine.get("staff_id") else other.resource_id

    @property
    def who(self) -> Who | None:
        """Who came first."""
        return self.other.by if self.other else self.by


def clash_of(document: Mapping[str, Any]) -> Clash:
    """The conflict that `document` describes."""
    found = document.get("free")
    free = cast(list[object], found) if isinstance(found, list) else []
    times = [_free(mapping_of(each)) for each in free]
    return Clash(
        group=text_of(document.get("field")),
        why=text_of(document.get("why")),
        base=mapping_of(document.get("base")),
        mine=mapping_of(document.get("mine")),
        server=mapping_of(document.get("server")),
        by=_by(mapping_of(document.get("by"))),
        other=_other(mapping_of(document.get("with"))),
        free=tuple(time for time in times if time is not None),
    )


def _by(said: Mapping[str, Any]) -> Who | None:
    return Who(name=text_of(said.get("name")), at=instant_of(said.get("at")), call_id=_call(said)) if said else None


def _other(said: Mapping[str, Any]) -> Other | None:
    if not said:
        return None
    return Other(
        booking_id=BookingId(text_of(said.get("booking_id"))),
        name=text_of(said.get("customer_name")),
        service=text_of(said.get("service_name")),
        staff_id=_staff(said),
        resource_id=_resource(said),
        starts_at=instant_of(said.get("starts_at")),
        ends_at=instant_of(said.get("ends_at")),
        by=Who(name=text_of(said.get("by_name")), at=instant_of(said.get("created_at")), call_id=_call(said)),
    )


def _free(said: Mapping[str, Any]) -> FreeTime | None:
    start, end = instant_of(said.get("starts_at")), instant_of(said.get("ends_at"))
    return FreeTime(starts_at=start, ends_at=end, staff_id=_staff(said)) if start and end and start < end else None


def _staff(said: Mapping[str, Any]) -> StaffId | None:
    staff_id = text_of(said.get("staff_id"))
    return StaffId(staff_id) if staff_id else None


def _resource(said: Mapping[str, Any]) -> ResourceId | None:
    resource_id = text_of(said.get("resource_id"))
    return ResourceId(resource_id) if resource_id else None


def _call(said: Mapping[str, Any]) -> CallId | None:
    call_id = text_of(said.get("call_id"))
    return CallId(call_id) if call_id else None
