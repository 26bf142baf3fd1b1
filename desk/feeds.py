"""The calendar feeds the server reads for this business: listed, added, removed."""

import sqlite3
from zoneinfo import ZoneInfo

from client.config import Config
from client.editing import Edited, add_calendar, remove_calendar
from client.models.bookings import Calendar
from client.models.ids import CalendarId
from client.models.mutations import host_of
from client.storage import business, calendars, outbox
from desk.documents import json_of
from desk.people import staff_of
from desk.showing import Answering
from desk.terminal import BadUsage, Refusal, Terminal, shown, table
from desk.way import now_of, readable, writable

_SHORTEST_PREFIX = 4
_TROUBLE = "A calendar that stopped answering is the usual cause of a double booking."


async def show_calendars(config: Config, terminal: Terminal) -> None:
    async with readable(config, terminal) as (_, database, standing):
        found = database.read(calendars.everything)
        staff = {person.staff_id: person.name for person in database.read(business.staff)}
        rows = [
            (
                each.name,
                _state(each, standing.zone),
                staff.get(each.staff_id, "") if each.staff_id else "everyone",
                f"{each.events} blocked",
                each.calendar_id,
            )
            for each in found
        ]
        lines = table(("Calendar", "", "Whose", "", "Id"), rows) if rows else ["No calendar is followed."]
        lines += ["", _TROUBLE] if any(each.state == "trouble" for each in found) else []
        documents = [json_of(each, standing.zone) for each in found]
        terminal.answer({"calendars": documents} | standing.document(), [*lines, "", standing.sentence()])


def _state(calendar: Calendar, zone: ZoneInfo) -> str:
    read = f"{calendar.last_ok_at.astimezone(zone):%a %d %b %H:%M}" if calendar.last_ok_at else "never"
    match calendar.state:
        case _ if calendar.pending:
            return "waits to be sent"
        case "ok":
            return f"read {read}"
        case "trouble":
            return f"stopped answering, last read {read}"
        case _:
            return "not read yet"


async def add(config: Config, terminal: Terminal, url: str, name: str | None, staff: str | None) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)

        def verb(conn: sqlite3.Connection) -> Edited:
            staff_id = staff_of(conn, staff).staff_id if staff else None
            return add_calendar(
                conn, name or host_of(url) or "Calendar", url, staff_id, now=now, new_id=device.clock.new_id
            )

        edited = await database.write(verb)
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)
        database.read(lambda conn: _answer(conn, answering, edited, "Followed as soon as the server has heard of it"))


async def remove(config: Config, terminal: Terminal, calendar_id: str) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)
        edited = await database.write(lambda conn: remove_calendar(conn, _meant(conn, calendar_id), now=now))
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)
        database.read(lambda conn: _answer(conn, answering, edited, "No longer followed"))


def _meant(conn: sqlite3.Connection, text: str) -> CalendarId:
    wanted = text.strip()
    if len(wanted) < _SHORTEST_PREFIX:
        raise BadUsage(f"{shown(text)} is too short for an id. Give at least {_SHORTEST_PREFIX} characters of it.")
    found = [each for each in calendars.everything(conn) if each.calendar_id.startswith(wanted.lower())]
    if not found:
        raise Refusal(f"No calendar on this device has an id that begins with {shown(text)}.", code="not_found")
    if len(found) > 1:
        raise Refusal(f"{len(found)} calendars have ids that begin with {shown(text)}.", code="ambiguous")
    return found[0].calendar_id


def _answer(conn: sqlite3.Connection, answering: Answering, edited: Edited, done: str) -> None:
    calendar = calendars.get(conn, CalendarId(edited.row_id))
    change = None if edited.gone else outbox.get(conn, edited.change_id)
    document = {
        "calendar": json_of(calendar, answering.standing.zone) if calendar else None,
        "change": answering.change(conn, change) if change else None,
    }
    answering.terminal.answer(document | answering.beside(conn), [f"{done}."])
