"""The outbox: each change of the owner's as a sentence, with how it stands and what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import flet as ft

from client.insight.outbox import ChangeLine, PastLine, Standing
from client.models.business import Staff
from client.models.ids import ChangeId, ConflictId, StaffId
from client.models.link import LinkState, LinkStatus
from widgets import buttons, change_words, marks, notices, parts, sheet
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.change_line import change_line, title_of
from widgets.component import Handler
from widgets.strings import Words
from widgets.theme import Layout

ROWS_SHOWN: Final = 50
"""How many lines are drawn at first, and with each "more"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What the sheet draws.  `opened`: the line whose actions are shown; `shown`: how many lines there may be.

    `waiting` is all that waits, of which `lines` may be a part.
    """

    needs_you: Sequence[ChangeLine]
    lines: Sequence[ChangeLine]
    waiting: int
    past: Sequence[PastLine]
    link: LinkStatus
    staff: dict[StaffId, Staff]
    now: datetime
    opened: ChangeId | None = None
    ready: bool = True
    broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxActions:
    toggle: Callable[[ChangeId], object]
    edit: Callable[[ChangeLine], object]
    cancel: Callable[[ChangeId], object]
    retry: Callable[[ChangeId], object]
    undo: Callable[[PastLine], object]
    open_conflict: Callable[[ConflictId], object]
    try_now: Handler
    more: Handler
    reload: Handler
    close: Handler


def outbox_sheet(words: Words, layout: Layout, outbox: Outbox, actions: OutboxActions, fit: sheet.Fit) -> ft.Control:
    """The sheet: head, then what needs the owner, what waits, what was sent."""
    rows = sheet.body(_body(words, layout, outbox, actions), fit, key="outbox.list")
    return sheet.titled(_head(words, layout, outbox, actions), rows)


def _head(words: Words, layout: Layout, outbox: Outbox, actions: OutboxActions) -> ft.Control:
    title = parts.heading(words("outbox.title"), size=20)
    close = buttons.icon_button("outbox.close", words("action.close"), ft.Icons.CLOSE, actions.close)
    rows: list[ft.Control] = [ft.Row([ft.Container(title, expand=True), close], spacing=8)]
    if outbox.waiting:
        again = buttons.button("outbox.try_now", words("outbox.try_now"), actions.try_now, icon_name=ft.Icons.REFRESH)
        said = parts.muted(_standing(words, outbox), size=14, height=1.4, expand=not layout.one_column)
        rows.append(
            ft.Row([said, again], spacing=12) if not layout.one_column else ft.Column([said, again], tight=True)
        )
    return ft.Column(rows, spacing=2, tight=True)


def _standing(words: Words, outbox: Outbox) -> str:
    """Why they wait, and that nothing is lost."""
    link = outbox.link
    match link.state:
        case LinkState.OFFLINE | LinkState.CONNECTING if link.as_of:
            return words("outbox.offline_since", time=fmt.moment(words, link.as_of, outbox.now))
        case LinkState.OFFLINE | LinkState.CONNECTING:
            return words("outbox.offline")
        case LinkState.SIGNED_OUT:
            return words("outbox.signed_out")
        case _:
            return words("outbox.online")


def _body(words: Words, layout: Layout, outbox: Outbox, actions: OutboxActions) -> list[ft.Control]:
    if outbox.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return [notices.trouble("outbox.retry_read", *said, actions.reload)]
    if not outbox.ready:
        return [notices.skeleton_rows(3, label=words("loading.outbox"))]
    return [
        *_needs_you(words, layout, outbox, actions),
        *_waiting(words, layout, outbox, actions),
        *_past(words, layout, outbox, actions),
    ]


def _needs_you(words: Words, layout: Layout, outbox: Outbox, actions: OutboxActions) -> list[ft.Control]:
    if not outbox.needs_you:
        return []
    rows = [_line(words, layout, outbox, line, actions) for line in outbox.needs_you[:ROWS_SHOWN]]
    return [_label(words("outbox.needs_you", n=len(outbox.needs_you))), *parts.divided(rows)]


def _waiting(words: Words, layout: Layout, outbox: Outbox, actions: OutboxActions) -> list[ft.Control]:
    if not outbox.waiting:
        return [] if outbox.needs_you else [notices.empty(words("outbox.nothing"), words("outbox.nothing_body"))]
    rows = [_line(words, layout, outbox, line, actions) for line in outbox.lines]
    out: list[ft.Control] = [_label(words("outbox.waiting", n=outbox.waiting)), *parts.divided(rows)]
    hidden = outbox.waiting - len(outbox.lines)
    if hidden > 0:
        label = words("outbox.more", n=hidden)
        out.append(ft.Row([buttons.button("outbox.more", label, actions.more, kind=Kind.LINK)], wrap=True))
    out += [parts.hairline(), ft.Container(parts.muted(words("outbox.order")), padding=ft.Padding.only(top=10))]
    return out


def _past(words: Words, layout: Layout, outbox: Outbox, actions: OutboxActions) -> list[ft.Control]:
    if not outbox.past:
        return []
    rows = [_past_line(words, layout, outbox, line, actions) for line in outbox.past]
    return [_label(words("outbox.past")), *parts.divided(rows)]


def _label(said: str) -> ft.Control:
    return ft.Container(parts.section_label(said), padding=ft.Padding.only(top=14, bottom=4))


# --- a line -----------------------------------------------------------------------------------------------------------
def _line(words: Words, layout: Layout, outbox: Outbox, line: ChangeLine, actions: OutboxActions) -> ft.Control:
    clash, opened = line.conflict_id, line.change_id == outbox.opened
    row = change_line(
        words,
        layout,
        line,
        outbox.staff,
        outbox.now,
        marks.STANDINGS[line.standing],
        (lambda: actions.open_conflict(clash)) if clash else (lambda: actions.toggle(line.change_id)),
        identifier=f"change.{line.change_id}",
        onward=ft.Icons.CHEVRON_RIGHT if clash else ft.Icons.EXPAND_LESS if opened else ft.Icons.MORE_VERT,
        expanded=None if clash else opened,
    )
    if not opened or clash:
        return row
    return ft.Column(
        [row, _acts(words, line, title_of(words, line, outbox.staff, outbox.now), actions)], spacing=0, tight=True
    )


def _acts(words: Words, line: ChangeLine, title: str, actions: OutboxActions) -> ft.Control:
    """What can be done about it, in words; and where nothing can, why."""
    refused = line.standing is Standing.REFUSED
    acts: list[ft.Control] = []
    if line.can_edit:
        acts.append(_act(words, "edit", line, title, ft.Icons.EDIT_OUTLINED, lambda: actions.edit(line)))
    if line.can_retry:
        acts.append(_act(words, "retry", line, title, ft.Icons.REFRESH, lambda: actions.retry(line.change_id)))
    if line.can_cancel:
        name, icon = ("dismiss", ft.Icons.CLOSE) if refused else ("cancel", ft.Icons.UNDO)
        acts.append(_act(words, name, line, title, icon, lambda: actions.cancel(line.change_id)))
    why = f"outbox.why.{line.standing}"
    rows: list[ft.Control] = [parts.muted(words(why), height=1.4)] if words.has(why) else []
    if acts:
        rows.append(ft.Row(acts, spacing=8, run_spacing=8, wrap=True))
    return ft.Container(ft.Column(rows, spacing=8, tight=True), padding=ft.Padding.only(left=34, bottom=12))


def _act(words: Words, act: str, line: ChangeLine, title: str, icon: ft.IconData, on_click: Handler) -> ft.Control:
    label = words(f"outbox.{act}")
    name = words("outbox.act_spoken", act=label, what=title)
    return buttons.button(f"change.{line.change_id}.{act}", label, on_click, icon_name=icon, name=name)


# --- a line of the past -----------------------------------------------------------------------------------------------
def _past_line(words: Words, layout: Layout, outbox: Outbox, line: PastLine, actions: OutboxActions) -> ft.Control:
    title = change_words.done(words, line.deed, _who(outbox, line), outbox.now)
    detail = words("outbox.settled", time=fmt.moment(words, line.settled_at, outbox.now))
    lines = 2 if layout.text_scale == 1 else 4
    told: list[ft.Control] = [parts.text(title, size=14, lines=lines), parts.muted(detail)]
    tail: list[ft.Control] = []
    if line.undone:
        tail.append(parts.muted(words("outbox.undone")))
    elif line.can_undo:
        spoken = words("undo.spoken", what=title)
        tail.append(
            buttons.button(
                f"past.{line.change_id}.undo",
                words("undo.undo"),
                lambda: actions.undo(line),
                kind=Kind.LINK,
                name=spoken,
            )
        )
    row = ft.Row(
        [parts.icon(ft.Icons.CLOUD_DONE_OUTLINED), ft.Column(told, spacing=1, expand=True, tight=True), *tail],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Container(row, padding=ft.Padding.symmetric(horizontal=2, vertical=8))


def _who(outbox: Outbox, line: PastLine) -> str | None:
    person = outbox.staff.get(line.deed.staff_id) if line.deed.staff_id else None
    return person.name if person else None
