"""An AI employee: who it is, whether it works, and what it does now."""

from datetime import datetime

import flet as ft

from client.models.business import Employee, EmployeeState
from widgets import format as fmt
from widgets import marks, parts
from widgets.strings import Words


def employee_card(words: Words, employee: Employee, now: datetime, *, bare: bool) -> ft.Control:
    """name + glyph + AI · state · what it does now.  `bare`: a row within a card instead of a card."""
    glyph = marks.GLYPHS.get(employee.glyph, marks.OTHER_GLYPH)
    tile = ft.Container(
        ft.Icon(glyph.icon, size=20, color="#FFFFFF"),
        width=40,
        height=40,
        border_radius=12,
        bgcolor=glyph.ground,
        alignment=ft.Alignment.CENTER,
    )
    head = ft.Row(
        [
            parts.strong(employee.name, lines=1),
            parts.ai_mark(words("mark.ai")),
            ft.Container(expand=True),
            marks.EMPLOYEES[employee.state].chip(words),
        ],
        spacing=6,
    )
    texts = ft.Column([head, parts.muted(_doing(words, employee, now), lines=2)], spacing=2, tight=True, expand=True)
    # Cards stand side by side: at the top their names are on one line, however much each has to say.
    row = ft.Row([tile, texts], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
    if bare:
        return ft.MergeSemantics(ft.Container(row, padding=ft.Padding.symmetric(horizontal=12, vertical=10)))
    return ft.MergeSemantics(parts.card(row, padding=14), expand=True)


def _doing(words: Words, employee: Employee, now: datetime) -> str:
    match employee.state:
        case EmployeeState.HELD if employee.held_until:
            return words("employee.held_until", time=fmt.moment(words, employee.held_until, now))
        case EmployeeState.TROUBLE:
            since = fmt.moment(words, employee.state_since, now)
            return words("employee.trouble_since", time=since, what=employee.trouble or employee.doing)
        case EmployeeState.OFF:
            return words("employee.off_since", time=fmt.moment(words, employee.state_since, now))
        case _:
            return employee.doing
