"""The leads of all stages: columns side by side on a desktop, on a phone the stages with one of them open."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import flet as ft

from client.models.ids import LeadId
from client.models.lead_board import LeadColumn, StageCount
from client.models.leads import Lead, LeadStage
from widgets import buttons, marks, notices, parts, theme
from widgets import format as fmt
from widgets.component import Handler, handler, keyed, memoized
from widgets.lead_row import CARD_HEIGHT, ROW_HEIGHT, lead_card, lead_row
from widgets.long_list import long_list
from widgets.strings import Words

STAGE_HEIGHT: Final = 56
COLUMN_LEAST: Final = 190
DRAGGED: Final = "leads"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardActions:
    """`ask_stage` opens the choice of stages; `put` moves at once, as a drop does; `open_sum` its rows."""

    open: Callable[[LeadId], object]
    ask_stage: Callable[[LeadId], object]
    put: Callable[[LeadId, LeadStage], Awaitable[object]]
    scrolled: Callable[[LeadStage, int], object]
    turn: Callable[[LeadStage], object]
    open_sum: Callable[[str], object]


def board(
    words: Words,
    columns: Sequence[LeadColumn],
    now: datetime,
    actions: BoardActions,
    *,
    selected: str,
    width: float,
    scale: float,
    serial: int,
) -> ft.Control:
    """A column a stage, each as high as there is room; they scroll sideways where there is none for all."""
    least = COLUMN_LEAST * scale
    each = max(least, (width - 12 * (len(columns) - 1)) / max(1, len(columns)))
    row = ft.Row(
        [
            ft.Container(
                keyed(f"column-{column.stage}-{serial}", _column, words, column, now, actions, selected, scale),
                width=each,
            )
            for column in columns
        ],
        spacing=12,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        scroll=ft.ScrollMode.AUTO if each * len(columns) > width else None,
        key="leads_board",
    )
    return row


@memoized
def _column(
    words: Words, column: LeadColumn, now: datetime, actions: BoardActions, selected: str, scale: float
) -> ft.Control:
    rows = [
        keyed(f"card-{lead.lead_id}", _card, words, lead, now, actions, lead.lead_id == selected)
        for lead in column.leads
    ]
    listing = long_list(
        f"leads_in.{column.stage}",
        rows,
        first=column.first,
        count=column.count.n,
        row_height=CARD_HEIGHT * scale,
        on_scrolled=lambda first: actions.scrolled(column.stage, first),
    )
    body: ft.Control = listing if column.count.n else parts.muted(words("leads.none_here"), size=13)
    face = ft.Container(
        ft.Column([_head(words, column.count, actions), body], spacing=8, expand=True),
        expand=True,
        bgcolor=theme.SURFACE_2,
        border_radius=theme.RADIUS,
        padding=ft.Padding.only(left=8, right=8, top=4, bottom=4),
    )

    async def dropped(e: ft.DragTargetEvent) -> None:
        await actions.put(LeadId(str(e.src.data)), column.stage)

    return ft.DragTarget(face, group=DRAGGED, on_accept=handler(dropped))


@memoized
def _card(words: Words, lead: Lead, now: datetime, actions: BoardActions, selected: bool) -> ft.Control:
    face = lead_card(
        words,
        lead,
        now,
        lambda: actions.open(lead.lead_id),
        lambda: actions.ask_stage(lead.lead_id),
        selected=selected,
    )
    ghost = ft.Container(
        parts.strong(fmt.named(words, lead.name, 60), size=14, lines=1),
        width=COLUMN_LEAST - 30,
        bgcolor=theme.SURFACE,
        border=ft.Border.all(2, theme.PRIMARY),
        border_radius=theme.RADIUS,
        padding=12,
    )
    return ft.Draggable(face, group=DRAGGED, data=lead.lead_id, content_feedback=ghost)


def stages(
    words: Words,
    columns: Sequence[LeadColumn],
    open_stage: LeadStage,
    now: datetime,
    actions: BoardActions,
    *,
    scale: float,
) -> ft.Control:
    """The stages one under the other; the open one shows its leads, and the others lie below them."""
    at = next((i for i, column in enumerate(columns) if column.stage is open_stage), 0)
    opened = columns[at]
    rows = [keyed(f"row-{lead.lead_id}", _row, words, lead, now, actions) for lead in opened.leads]
    heads = [_stage(words, column.count, column.stage is open_stage, actions, scale) for column in columns]
    nothing = [] if opened.count.n else [notices.empty(words("leads.none_here"))]
    return long_list(
        f"leads_in.{open_stage}",
        rows,
        first=opened.first,
        count=opened.count.n,
        row_height=ROW_HEIGHT * scale,
        on_scrolled=lambda first: actions.scrolled(open_stage, first),
        above=heads[: at + 1],
        above_height=(at + 1) * STAGE_HEIGHT * scale,
        below=[*nothing, *heads[at + 1 :]],
        padding=ft.Padding.only(left=4, right=4, bottom=16),
    )


@memoized
def _row(words: Words, lead: Lead, now: datetime, actions: BoardActions) -> ft.Control:
    return lead_row(
        words,
        lead,
        now,
        lambda: actions.open(lead.lead_id),
        lambda: actions.ask_stage(lead.lead_id),
        selected=False,
    )


def sum_line(identifier: str, said: str, on_open: Handler) -> ft.Control:
    """A sum in a line, with the mark that says that it leads to its rows."""
    row = ft.Row([parts.muted(said), ft.Icon(ft.Icons.INFO_OUTLINE, size=14, color=theme.MUTED)], spacing=4, tight=True)
    return buttons.pressable(identifier, said, row, on_open, padding=ft.Padding.only(top=6, bottom=6, right=4))


def _head(words: Words, count: StageCount, actions: BoardActions) -> ft.Control:
    told: list[ft.Control] = [parts.section_label(words("leads.stage", stage=words(f"stage.{count.stage}"), n=count.n))]
    detail = _detail(words, count)
    if detail and count.value_cents is not None:
        told.append(sum_line(f"leads.sum.{count.stage}", detail, lambda: actions.open_sum(count.stage)))
    elif detail:
        told.append(ft.Container(parts.muted(detail, size=12), padding=ft.Padding.only(left=2)))
    return ft.Container(ft.Column(told, spacing=1, tight=True), padding=ft.Padding.only(top=8, bottom=2))


def _stage(words: Words, count: StageCount, is_open: bool, actions: BoardActions, scale: float) -> ft.Control:
    mark = marks.STAGES[count.stage]
    said = words(f"stage.{count.stage}")
    detail = _detail(words, count)
    name = words("leads.stage_spoken", stage=said, n=count.n)
    row = ft.Row(
        [
            ft.Icon(mark.icon or ft.Icons.CIRCLE_OUTLINED, size=20, color=parts.tone_ink(mark.tone)),
            parts.strong(said, lines=1),
            parts.muted(fmt.number(words, count.n), size=14),
            parts.muted(detail, size=12, lines=1, expand=True, align=ft.TextAlign.END),
            ft.Icon(ft.Icons.EXPAND_LESS if is_open else ft.Icons.EXPAND_MORE, size=20, color=theme.MUTED),
        ],
        spacing=8,
    )
    press = buttons.pressable(
        f"leads.stage.{count.stage}",
        f"{name}, {detail}" if detail else name,
        row,
        lambda: actions.turn(count.stage),
        padding=ft.Padding.symmetric(horizontal=12, vertical=12),
        expanded=is_open,
        expand=is_open or None,
        bgcolor=theme.SURFACE if not is_open else theme.AI_GROUND,
    )
    row = press
    if is_open and count.value_cents is not None:
        label = words("figure.info", label=words("leads.sum.stage", stage=said))
        opened = partial(actions.open_sum, count.stage)
        mark = buttons.icon_button(f"leads.sum.{count.stage}", label, ft.Icons.INFO_OUTLINE, opened, size=18)
        row = ft.Row([press, mark], spacing=0)
    return ft.Container(row, height=STAGE_HEIGHT * scale, padding=ft.Padding.symmetric(vertical=3))


def _detail(words: Words, count: StageCount) -> str:
    """$3,400 · 2 overdue."""
    pieces = [fmt.money(words, count.value_cents)] if count.value_cents is not None else []
    if count.overdue:
        pieces.append(words("leads.overdue", n=count.overdue))
    return " · ".join(pieces)
