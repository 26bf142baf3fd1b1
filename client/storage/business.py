"""The business, its people, what it offers and its AI employees."""

import sqlite3
from functools import lru_cache
from typing import Any

from client.models.business import Business, Employee, EmployeeState, Resource, Service, Staff
from client.models.ids import AccountId, EmployeeId, ResourceId, ServiceId, StaffId
from client.storage.columns import days, instant, instant_or_none, json_value, weekly_hours, word, zone


def get(conn: sqlite3.Connection) -> Business | None:
    """The one business of this database, None before the first sync."""
    row = conn.execute(
        "SELECT id, name, business_type, time_zone, currency, locale, phone, address, opening_hours, closed_days "
        "FROM business ORDER BY version DESC LIMIT 1"
    ).fetchone()
    return None if row is None else _business(row)


def staff(conn: sqlite3.Connection) -> list[Staff]:
    """Everybody, by name; those who left have `active` false."""
    rows = conn.execute("SELECT id, name, initials, colour_index, services, works, active FROM staff ORDER BY name, id")
    return [_person(row) for row in rows]


def resources(conn: sqlite3.Connection) -> list[Resource]:
    """What a booking can occupy, in the order in which it was set up; what is out of use has `active` false."""
    rows = conn.execute("SELECT id, name, active FROM resources ORDER BY id")
    return [Resource(resource_id=ResourceId(row[0]), name=row[1], active=bool(row[2])) for row in rows]


def room_names(conn: sqlite3.Connection) -> dict[str, str]:
    """What the resources are called."""
    return {resource.resource_id: resource.name for resource in resources(conn)}


def services(conn: sqlite3.Connection) -> list[Service]:
    """All services ever offered, by category and name."""
    rows = conn.execute(
        "SELECT id, name, duration_minutes, buffer_minutes, price_cents, category, active, resources FROM services "
        "ORDER BY category, name, id"
    )
    return [_service(row) for row in rows]


def employees(conn: sqlite3.Connection) -> list[Employee]:
    """The AI employees in the order they were hired."""
    rows = conn.execute(
        "SELECT id, name, kind, glyph, state, state_since, held_until, trouble, doing, dirty FROM employees ORDER BY id"
    )
    return [
        Employee(
            employee_id=EmployeeId(row[0]),
            name=row[1],
            kind=row[2],
            glyph=row[3],
            state=word(EmployeeState, row[4], EmployeeState.UNKNOWN),
            state_since=instant(row[5]),
            held_until=instant_or_none(row[6]),
            trouble=row[7],
            doing=row[8],
            pending=bool(row[9]),
        )
        for row in rows
    ]


# These rows hardly ever change and are read for every edit: a row that was read before is the same model again.
@lru_cache(maxsize=8)
def _business(row: tuple[Any, ...]) -> Business:
    return Business(
        account_id=AccountId(row[0]),
        name=row[1],
        business_type=row[2],
        zone=zone(row[3]),
        currency=row[4],
        locale=row[5],
        phone=row[6],
        address=row[7],
        opening_hours=weekly_hours(row[8]),
        closed_days=days(row[9]),
    )


@lru_cache(maxsize=256)
def _person(row: tuple[Any, ...]) -> Staff:
    return Staff(
        staff_id=StaffId(row[0]),
        name=row[1],
        initials=row[2],
        colour_index=row[3],
        service_ids=tuple(json_value(row[4])),
        works=weekly_hours(row[5]),
        active=bool(row[6]),
    )


@lru_cache(maxsize=512)
def _service(row: tuple[Any, ...]) -> Service:
    return Service(
        service_id=ServiceId(row[0]),
        name=row[1],
        duration_minutes=row[2],
        buffer_minutes=row[3],
        price_cents=row[4],
        category=row[5],
        active=bool(row[6]),
        resource_ids=tuple(json_value(row[7])),
    )
