"""Signing out: what would be lost with this device's data, and the ways to keep it, or not to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.editing.leaving import Doing, LeavingState
from client.insight.outbox import ChangeLine
from client.models.business import Staff
from client.models.ids import StaffId
from widgets import buttons, change_words, fields, marks, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.sheet import Fit, body, titled
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the sheet draws.  `business`: whose data goes."""

    state: LeavingState
    business: str
    staff: dict[StaffId, Staff]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingActions:
    send: Handler
    export: Handler
    outbox: Handler
    type: Callable[[str], object]
    discard: Handler
    sign_out: Handler
    close: Handler
    focus: Handler
    blur: Handler


def leaving_sheet(words: Words, leaving: Leaving, actions: LeavingActions, how_high: Fit) -> ft.Control:
    title = parts.heading(words("leaving.title", business=fmt.clipped(leaving.business, 60)), size=18)
    close = buttons.icon_button("leaving.close", words("action.close"), ft.Icons.CLOSE, actions.close)
    rows = _unsent(words, leaving, actions) if leaving.state.unsent else _nothing_unsent(words, leaving.state, actions)
    return titled(
        ft.Row([ft.Container(title, expand=True), close]), body(rows, how_high, key="leaving.list", spacing=12)
    )


def confirms(words: Words, typed: str) -> bool:
    """Whether what was typed is the word that confirms."""
    return typed.strip().casefold() == words("leaving.word").casefold()


def _nothing_unsent(words: Words, state: LeavingState, actions: LeavingActions) -> list[ft.Control]:
    said = words("leaving.sent", n=state.sent) if state.sent else words("leaving.nothing")
    out = buttons.button(
        "leaving.sign_out",
        words("more.sign_out"),
        actions.sign_out,
        kind=Kind.DANGER,
        icon_name=ft.Icons.LOGOUT,
        busy=state.doing is Doing.LEAVING,
        expand=True,
    )
    stay = buttons.button("leaving.stay", words("action.cancel"), actions.close, expand=True)
    return [*_trouble(words, state), _said(said), ft.Row([out, stay], spacing=10)]


def _unsent(words: Words, leaving: Leaving, actions: LeavingActions) -> list[ft.Control]:
    state = leaving.state
    rows: list[ft.Control] = [
        ft.Semantics(live_region=True, content=parts.strong(words("leaving.unsent", n=state.unsent), size=16)),
        _said(words("leaving.only_here")),
        parts.card(ft.Column(_lines(words, leaving), spacing=0, tight=True), padding=2),
        *_trouble(words, state),
    ]
    if state.sent:
        rows.append(_said(words("leaving.sent", n=state.sent)))
    idle = state.doing is None
    rows += [
        buttons.button(
            "leaving.send",
            words("leaving.send"),
            actions.send,
            kind=Kind.PRIMARY,
            icon_name=ft.Icons.SYNC,
            busy=state.doing is Doing.SENDING,
            disabled=not idle,
        ),
        ft.Row(
            [
                buttons.button(
                    "leaving.export",
                    words("leaving.export"),
                    actions.export,
                    icon_name=ft.Icons.SAVE_ALT,
                    disabled=not idle,
                    expand=True,
                ),
                buttons.button(
                    "leaving.outbox",
                    words("leaving.outbox"),
                    actions.outbox,
                    icon_name=ft.Icons.OUTBOX,
                    disabled=not idle,
                    expand=True,
                ),
            ],
            spacing=8,
        ),
    ]
    if state.saved:
        rows.append(ft.Semantics(live_region=True, content=_said(words("leaving.saved", file=state.saved))))
    return [*rows, parts.hairline(), *_discard(words, state, actions)]


def _lines(words: Words, leaving: Leaving) -> list[ft.Control]:
    lines = parts.divided([_line(words, leaving, line) for line in leaving.state.lines])
    more = leaving.state.unsent - len(leaving.state.lines)
    if more > 0:
        said = parts.muted(words("leaving.more", n=more))
        lines.append(ft.Container(said, padding=ft.Padding.symmetric(horizontal=12, vertical=8)))
    return lines


def _line(words: Words, leaving: Leaving, line: ChangeLine) -> ft.Control:
    person = leaving.staff.get(line.deed.staff_id) if line.deed.staff_id else None
    title = change_words.to_do(words, line.deed, person.name if person else None, leaving.now)
    state = words(marks.STANDINGS[line.standing].key)
    told: list[ft.Control] = [
        parts.text(title, size=14, weight=parts.W500, lines=2),
        parts.muted(f"{fmt.moment(words, line.made_at, leaving.now)} · {state}"),
    ]
    return ft.Container(
        ft.MergeSemantics(ft.Column(told, spacing=1, tight=True)),
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
    )


def _discard(words: Words, state: LeavingState, actions: LeavingActions) -> list[ft.Control]:
    may = confirms(words, state.typed) and state.doing is None
    return [
        _said(words("leaving.discard_ask", n=state.unsent, word=words("leaving.word"))),
        fields.field(
            "leaving.typed",
            words("leaving.typed", word=words("leaving.word")),
            state.typed,
            actions.type,
            max_length=40,
            on_focus=actions.focus,
            on_blur=actions.blur,
        ),
        buttons.button(
            "leaving.discard",
            words("leaving.discard"),
            actions.discard,
            kind=Kind.DANGER,
            icon_name=ft.Icons.LOGOUT,
            busy=state.doing is Doing.LEAVING,
            disabled=not may,
        ),
    ]


def _trouble(words: Words, state: LeavingState) -> list[ft.Control]:
    if state.trouble is None:
        return []
    return [notices.banner(words(f"leaving.trouble.{state.trouble}"), icon_name=ft.Icons.INFO_OUTLINE)]


def _said(sentence: str) -> ft.Control:
    return parts.text(sentence, size=14, height=1.4)
