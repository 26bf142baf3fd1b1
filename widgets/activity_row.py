"""What an AI employee did, as a line: what, for whom, when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.models.bookings import Booking, Message
from client.models.business import Employee
from client.models.calls import Call, Outcome
from client.models.events import Event
from client.models.ids import EmployeeId
from client.models.tasks import Task, TaskOutcome
from widgets import buttons, change_words, event_words, marks, parts
from widgets import format as fmt
from widgets.call_row import caller
from widgets.strings import Words

Thing = Call | Booking | Task | Event | Message
DETAIL_MAX = 160
NAME_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`who`: the employee's name, None where it was somebody else, or nobody."""

    icon: ft.IconData
    title: str
    detail: str
    who: str | None


def line_of(words: Words, thing: Thing, team: Mapping[EmployeeId, Employee], now: datetime) -> Line:
    """The entry in words."""
    match thing:
        case Call() as call:
            outcome = call.outcome or Outcome.UNKNOWN
            name = fmt.clipped(caller(words, call), NAME_MAX)
            return Line(
                icon=marks.OUTCOMES[outcome].icon or ft.Icons.CALL,
                title=words(f"activity.call.{outcome}", who=call.employee_name, name=name),
                detail=fmt.clipped(call.summary or "", DETAIL_MAX),
                who=call.employee_name,
            )
        case Booking() as booking:
            return _booked(words, booking, _name(team, booking.employee_id), now)
        case Task() as task:
            corrected = task.outcome is TaskOutcome.CORRECTED
            return Line(
                icon=ft.Icons.TASK_ALT,
                title=fmt.clipped(task.title, DETAIL_MAX),
                detail=words("activity.corrected") if corrected else fmt.clipped(task.details or "", DETAIL_MAX),
                who=_name(team, task.employee_id),
            )
        case Event() as event:
            said = event_words.said_of(words, event, now)
            who = _name(team, event.employee_id)
            return Line(icon=said.icon, title=said.title, detail="" if said.by == who else said.by, who=who)
        case Message() as message:
            to = message.recipient or words("change.client")
            return Line(
                icon=ft.Icons.SMS_OUTLINED,
                title=words("activity.message", name=fmt.phone_masked(to) or fmt.clipped(to, NAME_MAX)),
                detail=fmt.clipped(message.text, DETAIL_MAX),
                who=message.sent_by,
            )


def _booked(words: Words, booking: Booking, who: str | None, now: datetime) -> Line:
    when = change_words.near(words, booking.starts_at, now)
    name = fmt.clipped(booking.customer_name, NAME_MAX) or words("change.nobody")
    pieces = [fmt.clipped(booking.service_name, NAME_MAX)]
    if booking.call_id:
        pieces.append(words("activity.from_call"))
    return Line(
        icon=ft.Icons.EVENT_AVAILABLE,
        title=words("activity.booked", who=who or words("activity.somebody"), name=name, when=when),
        detail=" · ".join(pieces),
        who=who,
    )


def _name(team: Mapping[EmployeeId, Employee], employee_id: EmployeeId | None) -> str | None:
    """Of an employee that is no more, nothing is known."""
    employee = team.get(employee_id) if employee_id else None
    return employee.name if employee else None


def activity_row(
    words: Words,
    identifier: str,
    line: Line,
    at: datetime,
    on_open: Callable[[], object] | None,
    *,
    now: datetime | None = None,
) -> ft.Control:
    """icon · what · detail · who · when.  `on_open` None: there is nothing more to see of it.

    `now`: when it is of another day, that is said; where days are headed, not.
    """
    told: list[ft.Control] = [parts.text(line.title, size=14, weight=parts.W500, lines=2)]
    if line.detail:
        told.append(parts.muted(line.detail, lines=2, height=1.35))
    if line.who:
        told.append(ft.Row([parts.muted(line.who, size=12), parts.ai_mark(words("mark.ai"))], spacing=5))
    clock = fmt.moment(words, at, now) if now else fmt.clock_time(words, at)
    row = ft.Row(
        [
            ft.Container(parts.icon(line.icon, size=20), padding=ft.Padding.only(top=1)),
            ft.Column(told, spacing=2, tight=True, expand=True),
            parts.muted(clock, size=12),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    padding = ft.Padding.symmetric(horizontal=12, vertical=9)
    if on_open is None:
        return ft.MergeSemantics(ft.Container(row, padding=padding))
    name = ", ".join(piece for piece in (clock, line.title, line.detail, line.who) if piece)
    return buttons.pressable(identifier, name, row, on_open, padding=padding)
