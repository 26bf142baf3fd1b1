"""Who and what is meant by a name: a member of staff, a service, a client."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import TypeVar

from client.models.business import Resource, Service, Staff
from client.models.customers import Customer
from client.storage import business, customers
from desk.terminal import Refusal, shown

T = TypeVar("T")


def staff_of(conn: sqlite3.Connection, text: str) -> Staff:
    """The active member of staff of that id or name, or beginning of a name.  Raises Refusal."""
    everybody = [person for person in business.staff(conn) if person.active]
    return _meant(text, everybody, lambda person: (person.staff_id, person.name), "Nobody who works here is called")


def resource_of(conn: sqlite3.Connection, text: str) -> Resource:
    """The room, chair or bay in use of that id or name, or beginning of a name.  Raises Refusal."""
    in_use = [room for room in business.resources(conn) if room.active]
    return _meant(text, in_use, lambda room: (room.resource_id, room.name), "Nothing to book is called")


def names_of(conn: sqlite3.Connection) -> dict[str, str]:
    """What members of staff and resources are called, by id."""
    return {str(person.staff_id): person.name for person in business.staff(conn)} | business.room_names(conn)


def service_of(conn: sqlite3.Connection, text: str) -> Service:
    """The service on offer of that id or name, or beginning of a name.  Raises Refusal."""
    offered = [service for service in business.services(conn) if service.active]
    return _meant(text, offered, lambda service: (service.service_id, service.name), "No service is called")


def customer_of(conn: sqlite3.Connection, name: str) -> Customer | None:
    """The one client of exactly that name; None when there is none, or more than one."""
    found = customers.named(conn, " ".join(name.split()))
    return found[0] if len(found) == 1 else None


def _meant(text: str, all_of_them: Iterable[T], names: Callable[[T], tuple[str, str]], none: str) -> T:
    wanted = " ".join(text.split()).casefold()
    known = [(each, *names(each)) for each in all_of_them]
    exact = [each for each, its_id, name in known if wanted in (its_id, name.casefold())]
    begun = [each for each, _, name in known if wanted and name.casefold().startswith(wanted)]
    found = exact or begun
    if len(found) == 1:
        return found[0]
    if not found:
        offered = ", ".join(sorted(name for _, _, name in known))
        raise Refusal(f"{none} {shown(text)}. There is: {offered}.", code="not_found")
    several = ", ".join(names(each)[1] for each in found)
    raise Refusal(f"{shown(text)} could be {several}. Say which.", code="ambiguous")
