"""What a calendar file would do, before it is done: event by event, with what is left out and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import flet as ft

from client.calendars.imported import Imported
from client.editing import Why
from client.editing.imports import As, Fate, Import, Line, Omission
from client.editing.opened_file import OpenedFile
from client.models.business import Staff
from client.models.ids import StaffId
from widgets import buttons, import_words, notices, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.calendar_cards import whose
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.sheet import Fit, body, titled
from widgets.strings import Words

SHOWN: Final = 8
"""Events of one kind that are listed; the rest is counted."""

_MAY_BE_ON_PURPOSE: Final = {Omission.TAKEN, Omission.BLOCKED, Omission.CLOSED, Omission.STAFF_OFF}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportActions:
    choose_as: Callable[[As], object]
    choose_staff: Callable[[StaffId | None], object]
    on_purpose: Callable[[bool], object]
    bring_in: Handler
    close: Handler


def import_sheet(
    words: Words, state: OpenedFile, staff: Sequence[Staff], actions: ImportActions, how_high: Fit
) -> ft.Control:
    head = ft.Row(
        [
            ft.Container(
                parts.heading(words("import.title", name=fmt.clipped(_name(state), 60)), size=18), expand=True
            ),
            buttons.icon_button("import.close", words("action.close"), ft.Icons.CLOSE, actions.close),
        ]
    )
    rows = body(_rows(words, state, staff, actions), how_high, key="import.list", spacing=14)
    return titled(head, rows, *_act(words, state, actions))


def _name(state: OpenedFile) -> str:
    return (state.imported.name if state.imported else "") or state.name


def _rows(words: Words, state: OpenedFile, staff: Sequence[Staff], actions: ImportActions) -> list[ft.Control]:
    if state.unreadable:
        return [notices.trouble("import.file", words("calendars.file_failed"), words("calendars.file_failed_body"))]
    if state.imported is None:
        return [
            parts.muted(words("import.reading", name=fmt.clipped(state.name, 60)), size=14),
            notices.skeleton_rows(3, label=words("import.reading", name=fmt.clipped(state.name, 60))),
        ]
    if (refusal := state.imported.refusal) is not None:
        return [notices.trouble("import.file", words("calendars.file_failed"), import_words.remark(words, refusal))]
    return [
        _what_becomes(words, state, actions),
        whose(
            words, words("import.to"), "import.staff", staff, state.staff_id, actions.choose_staff, disabled=state.busy
        ),
        *_plan(words, state, state.imported, actions),
    ]


def _what_becomes(words: Words, state: OpenedFile, actions: ImportActions) -> ft.Control:
    options = [Option(name=each, label=words(f"import.as.{each}"), chosen=each is state.as_) for each in As]
    return choice(
        words("import.as"), "import.as", options, lambda name: actions.choose_as(As(name)), disabled=state.busy
    )


def _plan(words: Words, state: OpenedFile, imported: Imported, actions: ImportActions) -> list[ft.Control]:
    if state.why is not None or state.trouble is not None:
        return [notices.trouble("import.refused", words("calendars.file_failed"), _refusal(words, state))]
    if state.plan is None:
        return [notices.skeleton_rows(3, label=words("import.reading", name=fmt.clipped(state.name, 60)))]
    plan = state.plan
    rows = [_fate(words, state.as_, fate, plan.of(fate)) for fate in Fate if plan.of(fate)]
    rows += _meets(words, plan)
    rows += _besides(words, imported, plan)
    if any(line.omission in _MAY_BE_ON_PURPOSE for line in plan.lines) or state.on_purpose:
        rows.append(_on_purpose(words, state, actions))
    return rows if plan.edited else [*rows, parts.text(words("import.nothing"), size=14, weight=parts.W500)]


def _refusal(words: Words, state: OpenedFile) -> str:
    if state.trouble is not None:
        return words(f"trouble.{state.trouble}")
    return words("calendars.forbidden" if state.why is Why.FORBIDDEN else "calendars.file_failed_body")


def _fate(words: Words, as_: As, fate: Fate, lines: Sequence[Line]) -> ft.Control:
    """A heading with the first of them."""
    rows: list[ft.Control] = [parts.section_label(import_words.heading(words, fate, as_, len(lines)), level=3)]
    listed = parts.divided([_event(words, line) for line in lines[:SHOWN]])
    if len(lines) > SHOWN:
        more = parts.muted(words("import.more", n=len(lines) - SHOWN))
        listed += [ft.Container(more, padding=ft.Padding.symmetric(horizontal=12, vertical=8))]
    rows.append(parts.card(ft.Column(listed, spacing=0, tight=True), padding=2))
    return ft.Column(rows, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _event(words: Words, line: Line) -> ft.Control:
    title = line.event.title or words("ics.untitled")
    told: list[ft.Control] = [
        parts.text(fmt.clipped(title, 120), size=14, weight=parts.W500, lines=2),
        parts.muted(import_words.when(words, line.event)),
    ]
    if line.omission is not None:
        told.append(parts.text(import_words.because(words, line), size=13, color=theme.WARNING))
    return ft.Container(
        ft.MergeSemantics(ft.Column(told, spacing=1, tight=True)),
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
    )


def _meets(words: Words, plan: Import) -> list[ft.Control]:
    """The bookings that stand where time will be blocked, each once."""
    met = {booking.booking_id: booking for line in plan.lines for booking in line.meets}
    if not met:
        return []
    names = [import_words.standing(words, booking) for booking in list(met.values())[:SHOWN]]
    names += [words("import.more", n=len(met) - SHOWN)] if len(met) > SHOWN else []
    return [
        ft.Container(
            ft.Column(
                [
                    parts.text(words("import.meets_title", n=len(met)), size=14, weight=parts.W600),
                    *(parts.text(f"· {name}", size=14) for name in names),
                    parts.text(words("import.meets_body"), size=13, height=1.4),
                ],
                spacing=4,
                tight=True,
            ),
            bgcolor=theme.WARNING_GROUND,
            border_radius=theme.RADIUS_SMALL,
            padding=12,
        )
    ]


def _besides(words: Words, imported: Imported, plan: Import) -> list[ft.Control]:
    said = import_words.besides(words, imported, plan)
    if not said:
        return []
    lines = [parts.muted(each, height=1.4) for each in said[:SHOWN]]
    lines += [parts.muted(words("import.more", n=len(said) - SHOWN))] if len(said) > SHOWN else []
    return [
        ft.Column(
            [parts.section_label(words("import.unsaid"), level=3), *lines],
            spacing=6,
            tight=True,
        )
    ]


def _on_purpose(words: Words, state: OpenedFile, actions: ImportActions) -> ft.Control:
    mark = ft.Icons.CHECK_BOX if state.on_purpose else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    label = words("import.on_purpose")
    return buttons.pressable(
        "import.on_purpose",
        label,
        ft.Row([ft.Icon(mark, size=22, color=theme.PRIMARY), parts.text(label, size=14, expand=True)], spacing=10),
        lambda: actions.on_purpose(not state.on_purpose),
        padding=ft.Padding.symmetric(horizontal=4, vertical=10),
        selected=state.on_purpose,
        disabled=state.busy,
    )


def _act(words: Words, state: OpenedFile, actions: ImportActions) -> list[ft.Control]:
    """What stays under the list, however long that is."""
    plan = state.plan
    if plan is None or not plan.edited:
        return []
    added = len(plan.of(Fate.ADD))
    label = words(f"import.do.{state.as_}", n=added) if added else words("import.do.change")
    return [
        buttons.button("import.do", label, actions.bring_in, kind=Kind.PRIMARY, busy=state.busy),
        parts.muted(words("import.kept"), align=ft.TextAlign.CENTER),
    ]
