"""What does not change from day to day: the business row, its people, its services and the AI employees."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend_stub.business.calendar import DAY_MS, LocalDays, closed_days, minute_of, week_document
from backend_stub.business.ids import Ids
from backend_stub.business.kinds import BusinessKind, ResourceKind, ServiceKind, StaffKind
from backend_stub.business.names import name_and_language

Row = dict[str, Any]
UNIT_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A member of staff with what the seating of bookings needs.  `can`: indexes of services."""

    staff_id: str
    kind: StaffKind
    can: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """`first` is the first day of the history, `now_ms` the instant it is told at.

    `rooms`: for each service, the indexes of the resources it can be done in; none where it needs none.
    """

    kind: BusinessKind
    local: LocalDays
    first: date
    today: date
    now_ms: int
    business: Row
    services: list[Row]
    resources: list[Row]
    rooms: tuple[tuple[int, ...], ...]
    staff: list[Row]
    workers: tuple[Worker, ...]
    employees: list[Row]
    users: list[Row]
    closed: frozenset[date]

    @property
    def luna_id(self) -> str:
        return self.employees[0]["id"]

    def is_open(self, day: date) -> bool:
        return day not in self.closed and bool(self.kind.opening[day.weekday()])

    def price_cents(self, service: int, day: date) -> int:
        """What the service cost on that day: prices went up by about 4 % each January, in whole dollars."""
        cents = self.kind.services[service].cents
        for _ in range(self.today.year - day.year):
            cents = max(100, round(cents / 1.04 / 100) * 100)
        return cents


def build_premises(
    kind: BusinessKind, rng: random.Random, local: LocalDays, *, first: date, today: date, now_ms: int, teams: int
) -> Premises:
    """`teams`: how many times the kind's team works here, with as many resources; further teams have made-up names."""
    opened_ms = local.at(first - timedelta(days=420), 9 * 60)
    ids = Ids(rng)
    services = [_service(ids, opened_ms + index * 1000, service) for index, service in enumerate(kind.services)]
    people = _people(kind, rng, teams)
    staff = [_staff(ids, opened_ms + 60_000 + n * 1000, n, person, kind, services) for n, person in enumerate(people)]
    closed = closed_days(kind.holidays, first, today + timedelta(days=400))
    business = _business(kind, ids, opened_ms, local, closed)
    employees = _employees(ids, local.at(today - timedelta(days=LUNA_DAYS), 9 * 60))
    users = _users(kind, ids, opened_ms)
    kinds = [each for each in kind.resources for _ in range(each.count * teams)]
    resources = _resources(ids, opened_ms + 120_000, kind.resources, teams)
    rooms = tuple(tuple(n for n, each in enumerate(kinds) if each.does(service)) for service in kind.services)
    for service, indexes in zip(services, rooms, strict=True):
        service["resources"] = [resources[index]["id"] for index in indexes]
    return Premises(
        kind=kind,
        local=local,
        first=first,
        today=today,
        now_ms=now_ms,
        business=business,
        services=services,
        resources=resources,
        rooms=rooms,
        staff=staff,
        workers=tuple(
            Worker(staff_id=row["id"], kind=person, can=_abilities(kind, person))
            for row, person in zip(staff, people, strict=True)
        ),
        employees=employees,
        users=users,
        closed=frozenset(closed),
    )


LUNA_DAYS = 260
"""So many days ago Luna answered her first call."""


def _business(kind: BusinessKind, ids: Ids, created_ms: int, local: LocalDays, closed: list[date]) -> Row:
    return {
        "id": ids.at(created_ms),
        "name": kind.name,
        "business_type": kind.kind,
        "time_zone": local.zone.key,
        "currency": "USD",
        "locale": "en-US",
        "phone": kind.phone,
        "address": kind.address,
        "opening_hours": week_document(kind.opening),
        "closed_days": [day.isoformat() for day in closed],
        "created_at": created_ms,
    }


def _service(ids: Ids, created_ms: int, service: ServiceKind) -> Row:
    return {
        "id": ids.at(created_ms),
        "name": service.name,
        "duration_minutes": service.minutes,
        "buffer_minutes": service.buffer,
        "price_cents": service.cents,
        "category": service.category,
        "active": True,
    }


def _resources(ids: Ids, created_ms: int, kinds: tuple[ResourceKind, ...], teams: int) -> list[Row]:
    names = [
        each.name if each.count * teams == 1 else f"{each.name} {number}"
        for each in kinds
        for number in range(1, each.count * teams + 1)
    ]
    return [{"id": ids.at(created_ms + n * 1000), "name": name, "active": True} for n, name in enumerate(names)]


def _people(kind: BusinessKind, rng: random.Random, teams: int) -> list[StaffKind]:
    people = list(kind.staff)
    for _ in range(teams - 1):
        for person in kind.staff:
            title = "Dr. " if person.name.startswith("Dr. ") else ""
            suffix = person.name[person.name.index(",") :] if "," in person.name else ""
            name = f"{title}{name_and_language(rng)[0]}{suffix}"
            people.append(StaffKind(name=name, works=person.works, cannot=person.cannot, popularity=person.popularity))
    return people


def _abilities(kind: BusinessKind, person: StaffKind) -> tuple[int, ...]:
    return tuple(n for n, service in enumerate(kind.services) if service.category not in person.cannot)


def _staff(ids: Ids, created_ms: int, number: int, person: StaffKind, kind: BusinessKind, services: list[Row]) -> Row:
    return {
        "id": ids.at(created_ms),
        "name": person.name,
        "initials": initials(person.name),
        "colour_index": number % 8,
        "services": [services[index]["id"] for index in _abilities(kind, person)],
        "works": week_document(person.works),
        "active": True,
    }


def initials(name: str) -> str:
    """ "MZ" for "Mei-Ling Zhou", "HP" for "Dr. Helen Park", "NL" for "Nora Lindqvist, RDH"."""
    words = name.split(",")[0].removeprefix("Dr. ").split()
    return (words[0][0] + words[-1][0]).upper()


def _employees(ids: Ids, since_ms: int) -> list[Row]:
    team = (
        ("Luna", "reception", "phone", "Waiting for the next call"),
        ("Jade", "sales", "funnel", "Following up on 3 leads"),
        ("Flora", "operations", "checklist", "Sending tomorrow's reminders"),
    )
    return [
        {
            "id": ids.at(since_ms + n * DAY_MS),
            "name": name,
            "kind": kind,
            "glyph": glyph,
            "state": "on",
            "state_since": since_ms + n * DAY_MS,
            "held_until": None,
            "trouble": None,
            "doing": doing,
        }
        for n, (name, kind, glyph, doing) in enumerate(team)
    ]


def _users(kind: BusinessKind, ids: Ids, opened_ms: int) -> list[Row]:
    domain = "".join(letter for letter in kind.name.lower() if letter.isalpha())
    return [
        {
            "user_id": ids.at(opened_ms + n * 1000),
            "name": name,
            "email": f"{role.replace('_', '')}@{domain}.example.com",
            "role": role,
        }
        for n, (name, role) in enumerate(kind.people)
    ]


def start_mask(worker: Worker, premises: Premises, weekday: int, units: int) -> int:
    """The starts (bits of 15 minutes from midnight) at which `units` fit into working and opening hours."""
    free = 0
    for opens, closes in premises.kind.opening[weekday]:
        for begins, ends in worker.kind.works[weekday]:
            low = max(minute_of(opens), minute_of(begins)) // UNIT_MINUTES
            high = min(minute_of(closes), minute_of(ends)) // UNIT_MINUTES
            if high - low >= units:
                free |= ((1 << (high - low - units + 1)) - 1) << low
    return free
