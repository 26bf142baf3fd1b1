"""Whether somebody can be booked at a time, why not, and when instead.

Everything is computed in the business's zone: it opens by the clock on its own wall, on the nights when that clock is
changed too.  A booking keeps its member of staff, and what it occupies, until its buffer is over; the buffer itself
may lie in closed hours.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import islice
from operator import itemgetter
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from client.insight.walltime import DAY_MINUTES, at_wall, skipped, span_of
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Business, HoursRange, Resource, Service, Staff
from client.models.ids import BookingId, ResourceId, ServiceId, StaffId

T = TypeVar("T")
W = TypeVar("W")

SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=12)
HOLDS_TIME: Final = frozenset({BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.COMPLETED})

OVERLAP: Final = "overlap"
CLOSED: Final = "closed"


class Why(StrEnum):
    """What stands in the way of an appointment."""

    PAST = "past"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CLOSED = "closed"
    STAFF_OFF = "staff_off"
    TAKEN = "taken"
    OCCUPIED = "occupied"
    """The resource, by another booking."""
    BLOCKED = "blocked"

    @property
    def allowance(self) -> str | None:
        """What the owner may allow on purpose to book all the same: overlap, closed, or None for nothing."""
        if self in (Why.TAKEN, Why.OCCUPIED, Why.BLOCKED):
            return OVERLAP
        return CLOSED if self in (Why.CLOSED, Why.STAFF_OFF) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """`booking` or `block`: what is there already.  `hours`: of the business or person on `day`, none when closed.

    `buffer_minutes`: what must stay free between the two, where by the clock they do not meet.
    """

    why: Why
    day: date
    hours: tuple[HoursRange, ...] = ()
    staff: Staff | None = None
    resource: Resource | None = None
    booking: Booking | None = None
    block: Block | None = None
    buffer_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of one member of staff, or of nobody in particular, and in which resource, where one is needed."""

    starts_at: datetime
    ends_at: datetime
    staff_id: StaffId | None
    resource_id: ResourceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a free time is sought for: one of `staff_ids` for `minutes`, and `buffer_minutes` after them.

    `resource_ids`: in one of which, the first that is free; None for nowhere in particular.
    """

    minutes: int
    buffer_minutes: int = 0
    staff_ids: Sequence[StaffId | None] = (None,)
    resource_ids: Sequence[ResourceId | None] = (None,)
    but: frozenset[BookingId] = frozenset()
    step_minutes: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """What is asked for, in UTC."""

    starts_at: datetime
    ends_at: datetime
    buffer_minutes: int

    @property
    def free_again(self) -> datetime:
        return self.ends_at + timedelta(minutes=self.buffer_minutes)


@dataclass(frozen=True, kw_only=True)
class House:
    """Who works here, when, what is offered, and what can be occupied: what every diary of a business has in common."""

    business: Business
    staff: tuple[Staff, ...]
    services: tuple[Service, ...]
    resources: tuple[Resource, ...] = ()

    @cached_property
    def rooms(self) -> dict[ResourceId, Resource]:
        return {resource.resource_id: resource for resource in self.resources}

    @cached_property
    def people(self) -> dict[StaffId, Staff]:
        return {person.staff_id: person for person in self.staff}

    @cached_property
    def buffers(self) -> dict[ServiceId, int]:
        """Minutes that must stay free after an appointment."""
        return {service.service_id: service.buffer_minutes for service in self.services}

    @cached_property
    def _done_in(self) -> dict[ServiceId, tuple[ResourceId, ...]]:
        active = {resource.resource_id for resource in self.resources if resource.active}
        return {
            service.service_id: tuple(resource_id for resource_id in service.resource_ids if resource_id in active)
            for service in self.services
        }

    def resources_for(self, service_id: ServiceId | None) -> tuple[ResourceId, ...]:
        """In which resources a service can be done; none where it needs none."""
        return self._done_in.get(service_id, ()) if service_id else ()

    @cached_property
    def longest_buffer(self) -> timedelta:
        return timedelta(minutes=max(self.buffers.values(), default=0))


@dataclass(frozen=True, kw_only=True)
class Diary:
    """The bookings and blocks of [since, until), which is as far as it can tell what is free.

    `bookings` of any status and staff, `blocks` in any order.  `now` by the server's clock.
    """

    house: House
    bookings: tuple[Booking, ...]
    blocks: tuple[Block, ...]
    since: datetime
    until: datetime
    now: datetime
    _open: dict[tuple[StaffId | None, date], list[tuple[datetime, datetime]]] = field(
        default_factory=dict[tuple[StaffId | None, date], list[tuple[datetime, datetime]]], init=False, compare=False
    )

    @property
    def zone(self) -> ZoneInfo:
        return self.house.business.zone

    @property
    def today(self) -> date:
        """The business's today."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def _held(self) -> "_ByDay[StaffId | None, Booking]":
        holding = [booking for booking in self.bookings if booking.status in HOLDS_TIME]
        return _ByDay((b.staff_id, b.starts_at, self._held_until(b), b) for b in holding)

    @cached_property
    def _occupied(self) -> "_ByDay[ResourceId | None, Booking]":
        within = [booking for booking in self.bookings if booking.resource_id and booking.status in HOLDS_TIME]
        return _ByDay((b.resource_id, b.starts_at, self._held_until(b), b) for b in within)

    @cached_property
    def _blocked(self) -> "_ByDay[StaffId | None, Block]":
        return _ByDay((block.staff_id, block.starts_at, block.ends_at, block) for block in self.blocks)

    def buffer_of(self, service_id: ServiceId | None) -> int:
        """Minutes that must stay free after an appointment; 0 for a service nobody knows."""
        return self.house.buffers.get(service_id, 0) if service_id else 0

    # --- why not -----------------------------------------------------------------------------------------------------
    def obstacle(
        self,
        staff_id: StaffId | None,
        starts_at: datetime,
        ends_at: datetime,
        buffer_minutes: int = 0,
        but: Collection[BookingId] = (),
        allow: Collection[str] = (),
        resource_id: ResourceId | None = None,
    ) -> Obstacle | None:
        """The first thing in the way that `allow` does not allow; `but` are bookings that do not count."""
        for obstacle in self.obstacles(staff_id, starts_at, ends_at, buffer_minutes, but, resource_id):
            if obstacle.why.allowance not in allow:
                return obstacle
        return None

    def obstacles(
        self,
        staff_id: StaffId | None,
        starts_at: datetime,
        ends_at: datetime,
        buffer_minutes: int = 0,
        but: Collection[BookingId] = (),
        resource_id: ResourceId | None = None,
    ) -> Iterator[Obstacle]:
        """All that is in the way, what cannot be allowed first, what only a buffer meets last."""
        found = self._in_the_way(staff_id, starts_at, ends_at, buffer_minutes, but, resource_id)
        return iter(sorted(found, key=lambda each: each.buffer_minutes > 0))

    def _in_the_way(
        self,
        staff_id: StaffId | None,
        starts_at: datetime,
        ends_at: datetime,
        buffer_minutes: int,
        but: Collection[BookingId],
        resource_id: ResourceId | None = None,
    ) -> Iterator[Obstacle]:
        # Two times of one zone are subtracted by the wall, not by what has passed.
        starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
        day = starts_at.astimezone(self.zone).date()
        if ends_at - starts_at < SHORTEST:
            yield Obstacle(why=Why.TOO_SHORT, day=day)
        if ends_at - starts_at > LONGEST:
            yield Obstacle(why=Why.TOO_LONG, day=day)
        if day < self.today:
            yield Obstacle(why=Why.PAST, day=day)
        yield from self._shut(staff_id, starts_at, ends_at, day)
        span = _Span(starts_at=starts_at, ends_at=ends_at, buffer_minutes=buffer_minutes)
        yield from self._full(staff_id, span, but, day)
        yield from self._inside(resource_id, span, but, day)

    def _inside(
        self, resource_id: ResourceId | None, span: "_Span", but: Collection[BookingId], day: date
    ) -> Iterator[Obstacle]:
        room = self.house.rooms.get(resource_id) if resource_id else None
        for booking in self._within(resource_id, span.starts_at, span.free_again, but):
            between = self._between(booking, span)
            yield Obstacle(why=Why.OCCUPIED, day=day, booking=booking, resource=room, buffer_minutes=between)

    def _within(
        self, resource_id: ResourceId | None, starts_at: datetime, free_again: datetime, but: Collection[BookingId]
    ) -> Iterator[Booking]:
        """What is in this resource then; nothing is nowhere in particular."""
        for booking in self._occupied.within(resource_id, starts_at, free_again) if resource_id else ():
            if booking.booking_id not in but:
                yield booking

    def empty(
        self,
        resource_ids: Iterable[ResourceId | None],
        starts_at: datetime,
        ends_at: datetime,
        buffer_minutes: int = 0,
        but: Collection[BookingId] = (),
    ) -> Iterator[ResourceId | None]:
        """Those of the resources that nothing is in then, in their order; nowhere in particular always is."""
        starts_at, free_again = starts_at.astimezone(UTC), ends_at.astimezone(UTC) + timedelta(minutes=buffer_minutes)
        for resource_id in resource_ids:
            if next(self._within(resource_id, starts_at, free_again, but), None) is None:
                yield resource_id

    def _shut(self, staff_id: StaffId | None, starts_at: datetime, ends_at: datetime, day: date) -> Iterator[Obstacle]:
        if not self._is_open(None, starts_at, ends_at):
            yield Obstacle(why=Why.CLOSED, day=day, hours=self.hours(None, day))
        if staff_id is not None and not self._is_open(staff_id, starts_at, ends_at):
            person = self.house.people.get(staff_id)
            yield Obstacle(why=Why.STAFF_OFF, day=day, hours=self.hours(staff_id, day), staff=person)

    def _full(
        self, staff_id: StaffId | None, span: "_Span", but: Collection[BookingId], day: date
    ) -> Iterator[Obstacle]:
        person = self.house.people.get(staff_id) if staff_id else None
        # What nobody does yet is in nobody's way.
        for booking in self._held.within(staff_id, span.starts_at, span.free_again) if staff_id else ():
            if booking.booking_id not in but:
                between = self._between(booking, span)
                yield Obstacle(why=Why.TAKEN, day=day, booking=booking, staff=person, buffer_minutes=between)
        for whose in dict.fromkeys((None, staff_id)):
            for block in self._blocked.within(whose, span.starts_at, span.free_again):
                between = self._between(block, span)
                yield Obstacle(why=Why.BLOCKED, day=day, block=block, staff=person, buffer_minutes=between)

    def _between(self, there: Booking | Block, span: "_Span") -> int:
        """Minutes that must stay free after the first of the two, where nothing else meets."""
        if span.ends_at <= there.starts_at:
            return span.buffer_minutes
        if isinstance(there, Booking) and there.ends_at <= span.starts_at:
            return self.buffer_of(there.service_id)
        return 0

    def _held_until(self, booking: Booking) -> datetime:
        return booking.ends_at + timedelta(minutes=self.buffer_of(booking.service_id))

    # --- hours -------------------------------------------------------------------------------------------------------
    def hours(self, staff_id: StaffId | None, day: date) -> tuple[HoursRange, ...]:
        """When the business is open on that day, or the person works, by the clock on the wall."""
        if staff_id is not None:
            person = self.house.people.get(staff_id)
            return person.works.on(day) if person and person.active else ()
        business = self.house.business
        return () if day in business.closed_days else business.opening_hours.on(day)

    def _is_open(self, staff_id: StaffId | None, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether one unbroken stretch of hours holds all of it; midnight does not break what is open on both sides."""
        days = _days(starts_at, ends_at, self.zone)
        if len(days) > LONGEST.days + 2:
            return False
        stretches = _joined([stretch for day in days for stretch in self._stretches(staff_id, day)])
        return any(opens <= starts_at and ends_at <= closes for opens, closes in stretches)

    def _stretches(self, staff_id: StaffId | None, day: date) -> list[tuple[datetime, datetime]]:
        key = (staff_id, day)
        if key not in self._open:
            self._open[key] = [_stretch(hours, day, self.zone) for hours in self.hours(staff_id, day)]
        return self._open[key]

    # --- when instead ------------------------------------------------------------------------------------------------
    def free(self, wish: Wish, near: datetime, count: int) -> tuple[Slot, ...]:
        """The free times nearest to `near`, nearest first, from now on; one for each start, by who comes first.

        Only within [since, until): beyond it this diary knows nothing.
        """
        found: list[Slot] = []
        near = min(max(near, self.since), self.until).astimezone(UTC)
        for ring in self._rings(near.astimezone(self.zone).date()):
            found.extend(slot for day in ring for slot in self._free_on(day, wish))
            found.sort(key=lambda slot: (abs(slot.starts_at - near), slot.starts_at))
            if len(found) >= count and abs(found[count - 1].starts_at - near) <= _gap(ring, near, self.zone):
                break
        return tuple(found[:count])

    def _rings(self, middle: date) -> Iterator[list[date]]:
        """Days further and further from the middle, as far as this diary goes."""
        first = max(self.since.astimezone(self.zone).date(), self.today)
        last = self.until.astimezone(self.zone).date()
        furthest = max(abs((middle - first).days), abs((last - middle).days))
        for distance in range(furthest + 1):
            days = {middle - timedelta(days=distance), middle + timedelta(days=distance)}
            if ring := sorted(day for day in days if first <= day <= last):
                yield ring

    def _free_on(self, day: date, wish: Wish) -> Iterator[Slot]:
        length = timedelta(minutes=wish.minutes)
        for starts_at in self._raster(day, wish.step_minutes):
            if starts_at < self.now or starts_at < self.since or starts_at + length > self.until:
                continue
            ends_at = starts_at + length
            empty = self.empty(wish.resource_ids, starts_at, ends_at, wish.buffer_minutes, wish.but)
            for resource_id in islice(empty, 1):
                for staff_id in wish.staff_ids:
                    met = self._in_the_way(staff_id, starts_at, ends_at, wish.buffer_minutes, wish.but)
                    if next(met, None) is None:
                        yield Slot(starts_at=starts_at, ends_at=ends_at, staff_id=staff_id, resource_id=resource_id)
                        break

    def _raster(self, day: date, step_minutes: int) -> Iterator[datetime]:
        for opens, closes in self._stretches(None, day):
            local = opens.astimezone(self.zone)
            late = timedelta(minutes=-(local.hour * 60 + local.minute) % step_minutes)
            starts_at = opens + late
            while starts_at < closes:
                yield starts_at
                starts_at += timedelta(minutes=step_minutes)


@lru_cache(maxsize=1024)
def _stretch(hours: HoursRange, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Hours of a day as instants."""
    span = span_of(hours)
    return _first_at(day, span.start, zone), _first_at(day, span.end, zone)


def _first_at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall shows this minute or a later one of the day."""
    days, minute = divmod(minute, DAY_MINUTES)
    day += timedelta(days=days)
    jump = skipped(day, zone)
    lands = jump.end if jump and jump.start <= minute < jump.end else minute
    return at_wall(day, lands, zone) or datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)


def _joined(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for opens, closes in sorted(stretches):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        elif opens < closes:
            joined.append((opens, closes))
    return joined


def _gap(ring: Sequence[date], near: datetime, zone: ZoneInfo) -> timedelta:
    """How far the nearest instant is that lies outside the days up to this ring."""
    middle = near.astimezone(zone).date()
    distance = max(abs((day - middle).days) for day in ring)
    return min(
        near - _first_at(middle - timedelta(days=distance), 0, zone),
        _first_at(middle + timedelta(days=distance + 1), 0, zone) - near,
    )


class _ByDay(Generic[W, T]):
    """Things that take the time of somebody or something, found by whose and when without looking at other days."""

    def __init__(self, things: Iterable[tuple[W, datetime, datetime, T]]) -> None:
        self._of: dict[tuple[W, date], list[tuple[datetime, datetime, T]]] = {}
        for whose, starts_at, ends_at, thing in sorted(things, key=itemgetter(1)):
            for day in _days(starts_at, ends_at, UTC):
                self._of.setdefault((whose, day), []).append((starts_at, ends_at, thing))

    def within(self, whose: W, starts_at: datetime, ends_at: datetime) -> Iterator[T]:
        """What takes any of [starts_at, ends_at), by start; each once."""
        if not self._of:
            return
        seen: set[int] = set()
        # Which days they are does not matter, only that all agree.
        for day in _days(starts_at, ends_at, UTC):
            for begins, ends, thing in self._of.get((whose, day), ()):
                if begins < ends_at and starts_at < ends and id(thing) not in seen:
                    seen.add(id(thing))
                    yield thing


def _days(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> Sequence[date]:
    """The days there that [starts_at, ends_at] touches."""
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()
    if first == last:
        return (first,)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
