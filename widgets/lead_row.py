"""A lead in a list: who, what they want, what it may be worth, and when somebody should be in touch again."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import flet as ft

from client.models.lead_board import is_overdue
from client.models.leads import Lead
from widgets import buttons, marks, parts, theme
from widgets import format as fmt
from widgets.strings import Words

ROW_HEIGHT: Final = 76
CARD_HEIGHT: Final = 116
"""With the space below it."""

_NAME_MAX: Final = 200


def wish(words: Words, lead: Lead) -> str:
    """What they want, in a line."""
    return lead.needs or ", ".join(lead.interested_services) or words("lead.no_needs")


def followup(words: Words, lead: Lead, now: datetime) -> str:
    """When somebody should be in touch: "Overdue since Mon 24 Nov 14:00", "Next: 16:00", or that nothing is planned."""
    if not lead.is_open:
        return words("lead.last_change", when=fmt.moment(words, lead.updated_at, now))
    if lead.next_followup_at is None:
        return words("lead.no_followup")
    key = "lead.overdue" if is_overdue(lead.next_followup_at, lead.stage, now) else "lead.next"
    return words(key, when=fmt.moment(words, lead.next_followup_at, now))


def lead_row(
    words: Words,
    lead: Lead,
    now: datetime,
    on_open: Callable[[], object],
    on_move: Callable[[], object] | None = None,
    *,
    selected: bool,
) -> ft.Control:
    """score · who · wish · follow-up · interest, and with `on_move` the way to another stage."""
    told = ft.Column(
        [
            _top(words, lead),
            parts.muted(wish(words, lead), lines=1),
            _due(words, lead, now),
        ],
        spacing=1,
        tight=True,
        expand=True,
    )
    face = buttons.pressable(
        f"lead.{lead.lead_id}",
        _spoken(words, lead, now),
        ft.Row([_score(words, lead), told], spacing=12, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        on_open,
        padding=ft.Padding.only(left=12, right=4, top=8, bottom=8),
        bgcolor=theme.AI_GROUND if selected else None,
        selected=selected or None,
        expand=True,
    )
    move = [_move(words, lead, on_move)] if on_move else []
    return ft.Row([face, *move], spacing=0, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def lead_card(
    words: Words,
    lead: Lead,
    now: datetime,
    on_open: Callable[[], object],
    on_move: Callable[[], object] | None = None,
    *,
    selected: bool,
) -> ft.Control:
    """The same as a card of the board."""
    chips: list[ft.Control] = [*_interest(words, lead)]
    if lead.value_cents is not None:
        chips.append(parts.muted(fmt.money(words, lead.value_cents), size=12))
    face = ft.Column(
        [
            ft.Row(
                [_score(words, lead, small=True), ft.Container(_top(words, lead, chip=False), expand=True)], spacing=8
            ),
            parts.muted(wish(words, lead), lines=1, size=12),
            _due(words, lead, now, size=12),
            ft.Row(chips, spacing=8),
        ],
        spacing=3,
        tight=True,
    )
    pressed = buttons.pressable(
        f"lead.{lead.lead_id}",
        _spoken(words, lead, now),
        face,
        on_open,
        padding=ft.Padding.only(left=12, right=36, top=10, bottom=8),
        radius=theme.RADIUS,
        bgcolor=theme.AI_GROUND if selected else theme.SURFACE,
        side=ft.BorderSide(1, theme.LINE),
        selected=selected or None,
        top=True,
    )
    return ft.Container(
        ft.Stack(
            [
                ft.Container(pressed, left=0, right=0, top=0, bottom=0),
                *([ft.Container(_move(words, lead, on_move), right=0, top=0)] if on_move else []),
            ],
            expand=True,
        ),
        padding=ft.Padding.only(bottom=8),
        expand=True,
    )


def _top(words: Words, lead: Lead, *, chip: bool = True) -> ft.Control:
    row: list[ft.Control] = [
        parts.strong(fmt.named(words, lead.name, _NAME_MAX), lines=1, expand=True, size=15 if chip else 14)
    ]
    if lead.pending:
        row.append(marks.waiting_icon(words))
    if chip:
        row += _interest(words, lead)
        if lead.value_cents is not None:
            row.append(parts.text(fmt.money(words, lead.value_cents), size=13, weight=parts.W600))
    return ft.Row(row, spacing=6)


def _interest(words: Words, lead: Lead) -> list[ft.Control]:
    """None of a lead that is over: it would say what no longer is."""
    mark = marks.INTERESTS.get(lead.interest) if lead.is_open else None
    return [mark.chip(words)] if mark else []


def _score(words: Words, lead: Lead, *, small: bool = False) -> ft.Control:
    size = 26 if small else 36
    return ft.Container(
        parts.text(str(lead.score), size=12 if small else 14, weight=parts.W600, color=theme.AI_TEXT, lines=1),
        width=size,
        height=size,
        border_radius=8,
        bgcolor=theme.AI_GROUND,
        alignment=ft.Alignment.CENTER,
        tooltip=parts.tip(words("lead.score", n=lead.score)),
    )


def _due(words: Words, lead: Lead, now: datetime, *, size: int = 13) -> ft.Control:
    late = is_overdue(lead.next_followup_at, lead.stage, now)
    ink = theme.DANGER if late else theme.MUTED
    icon = ft.Icons.NOTIFICATION_IMPORTANT_OUTLINED if late else ft.Icons.SCHEDULE
    said = parts.text(followup(words, lead, now), size=size, color=ink, lines=1, expand=True)
    return ft.Row([ft.Icon(icon, size=14, color=ink), said], spacing=5)


def _move(words: Words, lead: Lead, on_move: Callable[[], object]) -> ft.Control:
    name = words("lead.move_spoken", name=fmt.named(words, lead.name, 80))
    return buttons.icon_button(f"lead.{lead.lead_id}.move", name, ft.Icons.MORE_VERT, on_move, size=20)


def _spoken(words: Words, lead: Lead, now: datetime) -> str:
    pieces = [
        fmt.named(words, lead.name, 80),
        words("lead.score", n=lead.score),
        fmt.clipped(wish(words, lead), 120),
        followup(words, lead, now),
    ]
    if lead.is_open and lead.interest in marks.INTERESTS:
        pieces.append(words(marks.INTERESTS[lead.interest].key))
    if lead.value_cents is not None:
        pieces.append(fmt.money(words, lead.value_cents))
    if lead.pending:
        pieces.append(words(marks.WAITING.key))
    return ", ".join(pieces)
