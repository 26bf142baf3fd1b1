"""An AI employee: who it is, whether it works, what it does now, what it came to, and the hand that holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.models.business import Employee, EmployeeState
from widgets import buttons, marks, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.numbers import NUMBER_WIDTH, Number, number_row
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What can be done with it; None for a role that may not, and for one that cannot be held."""

    on_open: Handler | None = None
    on_hold: Handler | None = None
    on_go_on: Handler | None = None


def employee_card(
    words: Words,
    employee: Employee,
    now: datetime,
    *,
    bare: bool,
    numbers: Sequence[Number] = (),
    hand: Hand | None = None,
    scale: float = 1.0,
    identifier: str = "employee",
    number_width: int = NUMBER_WIDTH,
    offline: bool = False,
) -> ft.Control:
    """tile · name · AI · state · what it does now · its numbers · hold.  `bare`: a row within a card, not a card.

    `identifier` begins those of what can be pressed: it may be on screen twice.  `offline`: what waits is not in
    effect, and that is said.
    """
    does = hand or Hand()
    said = doing(words, employee, now)
    if offline and employee.pending:
        said = _unheard(words, employee, said)
    rows: list[ft.Control] = [_face(words, employee, said, does.on_open, identifier)]
    if numbers:
        indent = 52 if bare else 0
        rows.append(ft.Container(number_row(numbers, scale, width=number_width), padding=ft.Padding.only(left=indent)))
    held = _holding(words, employee, does, identifier)
    side = ft.MainAxisAlignment.START if bare else ft.MainAxisAlignment.END
    hands = [ft.Row(held, spacing=8, run_spacing=8, wrap=True, alignment=side)] if held else []
    if bare:
        return ft.Container(_stacked([*rows, *hands]), padding=ft.Padding.symmetric(horizontal=12, vertical=8))
    # Beside one another all are held on one line, however many figures each has.
    body = ft.Column(
        [_stacked(rows), *hands],
        spacing=6,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return parts.card(body, padding=12, expand=True)


def _stacked(rows: list[ft.Control]) -> ft.Control:
    return ft.Column(rows, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def tile(employee: Employee, *, size: int = 40) -> ft.Control:
    """Its sign on its colour."""
    glyph = marks.GLYPHS.get(employee.glyph, marks.OTHER_GLYPH)
    return ft.Container(
        ft.Icon(glyph.icon, size=size // 2, color="#FFFFFF"),
        width=size,
        height=size,
        border_radius=12,
        bgcolor=glyph.ground,
        alignment=ft.Alignment.CENTER,
    )


def _face(words: Words, employee: Employee, said: str, on_open: Handler | None, identifier: str) -> ft.Control:
    state = [marks.EMPLOYEES[employee.state].chip(words)]
    if employee.pending:
        state.append(marks.waiting_icon(words))
    name = parts.strong(fmt.clipped(employee.name, 80), lines=1, expand=True, loose=True)
    who = ft.Row([name, parts.ai_mark(words("mark.ai"))], spacing=6, expand=True)
    head = ft.Row([who, *state], spacing=6)
    texts = ft.Column([head, parts.muted(said, lines=2)], spacing=2, tight=True, expand=True)
    # Cards stand side by side: at the top their names are on one line, however much each has to say.
    row = ft.Row([tile(employee), texts], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
    if on_open is None:
        return ft.MergeSemantics(row)
    spoken = ", ".join((employee.name, words("mark.ai"), words(marks.EMPLOYEES[employee.state].key), said))
    padding = ft.Padding.symmetric(vertical=4)
    return buttons.pressable(f"{identifier}.{employee.employee_id}", spoken, row, on_open, padding=padding)


def _holding(words: Words, employee: Employee, does: Hand, identifier: str) -> list[ft.Control]:
    name = fmt.clipped(employee.name, 60)
    if employee.state is EmployeeState.HELD and does.on_go_on:
        said = words("team.go_on_spoken", name=name)
        go_on = buttons.button(
            f"{identifier}.{employee.employee_id}.go_on",
            words("team.go_on"),
            does.on_go_on,
            kind=Kind.PRIMARY,
            icon_name=ft.Icons.PLAY_ARROW,
            name=said,
        )
        return [*_until(words, employee, does, identifier, name), go_on]
    if employee.state in (EmployeeState.ON, EmployeeState.TROUBLE) and does.on_hold:
        said = words("team.hold_spoken", name=name)
        hold = buttons.button(
            f"{identifier}.{employee.employee_id}.hold",
            words("team.hold"),
            does.on_hold,
            icon_name=ft.Icons.PAUSE_CIRCLE_OUTLINE,
            name=said,
        )
        return [hold]
    return []


def _until(words: Words, employee: Employee, does: Hand, identifier: str, name: str) -> list[ft.Control]:
    """For how long who is held stays so."""
    if does.on_hold is None:
        return []
    said = words("team.until_spoken", name=name)
    identifier = f"{identifier}.{employee.employee_id}.until"
    return [buttons.button(identifier, words("team.until"), does.on_hold, kind=Kind.LINK, name=said)]


def _unheard(words: Words, employee: Employee, said: str) -> str:
    """Short, so that nothing moves when the server hears of it."""
    if employee.state is EmployeeState.HELD and employee.held_until is None:
        return words("employee.unheard_hold")
    return words("employee.unheard", what=said)


def doing(words: Words, employee: Employee, now: datetime) -> str:
    """What it does now, or why it does nothing."""
    match employee.state:
        case EmployeeState.HELD if employee.held_until:
            return words("employee.held_until", time=fmt.moment(words, employee.held_until, now))
        case EmployeeState.HELD:
            return words("employee.held_open")
        case EmployeeState.TROUBLE:
            since = fmt.moment(words, employee.state_since, now)
            return words("employee.trouble_since", time=since, what=employee.trouble or employee.doing)
        case EmployeeState.OFF:
            return words("employee.off_since", time=fmt.moment(words, employee.state_since, now))
        case _:
            return employee.doing
