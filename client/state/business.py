"""The business on every screen: its name and zone, its people, what it offers, its AI employees."""

import sqlite3
from dataclasses import dataclass, field

from client.models.business import Business, Employee, Resource, Service, Staff
from client.models.ids import ResourceId, StaffId
from client.state.live_query import LiveQuery
from client.storage import business


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessState:
    """`business` is None before the first sync."""

    business: Business | None = None
    staff: dict[StaffId, Staff] = field(default_factory=dict[StaffId, Staff], hash=False)
    rooms: dict[ResourceId, Resource] = field(default_factory=dict[ResourceId, Resource], hash=False)
    services: tuple[Service, ...] = ()
    employees: tuple[Employee, ...] = ()

    def who(self, staff_id: StaffId | None) -> Staff | None:
        return self.staff.get(staff_id) if staff_id else None

    def where(self, resource_id: ResourceId | None) -> str:
        """What the resource is called; empty for nowhere in particular."""
        room = self.rooms.get(resource_id) if resource_id else None
        return room.name if room else ""


class BusinessStore(LiveQuery[BusinessState]):
    tables = frozenset({"business", "staff", "resources", "services", "employees"})

    def __init__(self) -> None:
        super().__init__(BusinessState())

    def read(self, conn: sqlite3.Connection) -> BusinessState:
        return BusinessState(
            business=business.get(conn),
            staff={person.staff_id: person for person in business.staff(conn)},
            rooms={room.resource_id: room for room in business.resources(conn)},
            services=tuple(business.services(conn)),
            employees=tuple(business.employees(conn)),
        )
