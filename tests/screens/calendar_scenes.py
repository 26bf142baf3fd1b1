"""Example calendars, followed and in trouble, and a file that is open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from client.calendars.imported import Imported, ImportedEvent, Remark, What
from client.editing import Why
from client.editing.imports import As, Fate, Import, Line, Omission
from client.editing.opened_file import OpenedFile
from client.insight.diary import Obstacle
from client.insight.diary import Why as InTheWay
from client.models.bookings import Calendar
from client.models.ids import CalendarId, StaffId
from client.state.calendars import CalendarsState
from client.state.outbox import WaitingState
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.changes import TOMORROW


def calendar(name: str, **more: object) -> Calendar:
    known = Calendar(
        calendar_id=CalendarId(f"cal-{name.lower()}"),
        name=name,
        host="calendar.example",
        staff_id=None,
        state="ok",
        trouble=None,
        last_ok_at=eg.NOW - timedelta(minutes=9),
        checked_at=eg.NOW,
        events=12,
        pending=False,
    )
    return replace(known, **more)  # type: ignore[arg-type]


CALENDARS = (
    calendar("Ana, private", staff_id=StaffId("s-ana")),
    calendar("Booking portal", state="trouble", trouble="refused", last_ok_at=eg.NOW - timedelta(days=2)),
    calendar("Holidays", state="new", last_ok_at=None, events=0),
    calendar("Luis", staff_id=StaffId("s-luis"), pending=True, events=0),
)


def followed(stores: Stores) -> None:
    scenes.full(stores)
    stores.waiting.state = WaitingState(ready=True)
    stores.calendars.state = CalendarsState(calendars=CALENDARS, ready=True)


def none(stores: Stores) -> None:
    scenes.full(stores)
    stores.waiting.state = WaitingState(ready=True)
    stores.calendars.state = CalendarsState(ready=True)


def event(title: str, clock: str, minutes: int = 60, **more: object) -> ImportedEvent:
    starts_at = eg.at(clock, TOMORROW)
    known = ImportedEvent(
        uid=f"{title}-{clock}",
        occurrence="",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        all_day=False,
        title=title,
        notes="",
        line=12,
    )
    return replace(known, **more)  # type: ignore[arg-type]


_TAKEN = Obstacle(why=InTheWay.TAKEN, day=TOMORROW, booking=eg.BOOKINGS[1])
LINES = (
    Line(event=event("School run", "08:15", 45), fate=Fate.ADD, meets=(eg.BOOKINGS[0],)),
    Line(event=event("Dentist", "13:00"), fate=Fate.ADD),
    Line(
        event=event("Away", "00:00", 3 * 24 * 60, all_day=True),
        fate=Fate.ADD,
    ),
    Line(event=event("Team", "17:00", 30), fate=Fate.HERE),
    Line(event=event("Eva, colour", "15:00"), fate=Fate.LEFT_OUT, omission=Omission.TAKEN, obstacle=_TAKEN),
)
IMPORTED = Imported(
    name="Ana, private",
    events=tuple(line.event for line in LINES),
    free=2,
    outside=41,
    remarks=(
        Remark(what=What.NO_END, line=88, name="Call the supplier"),
        Remark(what=What.RULE_TOO_OFTEN, line=203, name="Heartbeat"),
    ),
)


def opened(stores: Stores, **more: object) -> None:
    followed(stores)
    known = OpenedFile(
        name="ana.ics",
        imported=IMPORTED,
        as_=As.BLOCKS,
        staff_id=StaffId("s-ana"),
        plan=Import(lines=LINES, edited=(object(),)),  # type: ignore[arg-type]
    )
    stores.imports.state = replace(known, **more)  # type: ignore[arg-type]


def reading(stores: Stores) -> None:
    followed(stores)
    stores.imports.state = OpenedFile(name="everything since 2009.ics", reading=True)


def refused(stores: Stores) -> None:
    followed(stores)
    shopping = Imported(remarks=(Remark(what=What.NOT_A_CALENDAR),))
    stores.imports.state = OpenedFile(name="shopping list.txt", imported=shopping)


def broken(stores: Stores) -> None:
    scenes.business(stores)
    stores.calendars.state = CalendarsState(broken=True)


def forbidden(stores: Stores) -> None:
    opened(stores, plan=None, why=Why.FORBIDDEN)


def named(text: str) -> Callable[[Stores], None]:
    """Names that are far too long, from right to left, with emoji, with markup, everywhere."""

    def fill(stores: Stores) -> None:
        lines = tuple(replace(line, event=replace(line.event, title=text[:120])) for line in LINES)
        remarks = tuple(replace(remark, name=text[:120]) for remark in IMPORTED.remarks)
        imported = replace(IMPORTED, name=text[:120], remarks=remarks)
        opened(stores, imported=imported, plan=Import(lines=lines * 9, edited=(object(),)))  # type: ignore[arg-type]
        calendars = tuple(replace(each, name=text, host=text[:200]) for each in CALENDARS)
        stores.calendars.state = CalendarsState(calendars=calendars, ready=True)

    return fill
