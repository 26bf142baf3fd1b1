"""One of the owner's changes as a line: what it does, when it was made, how it stands, and why it waits."""

from collections.abc import Mapping
from datetime import datetime

import flet as ft

from client.insight.outbox import ChangeLine, Standing
from client.models.business import Staff
from client.models.ids import StaffId
from widgets import buttons, change_words, parts
from widgets import format as fmt
from widgets.change_icons import icon_of
from widgets.component import Handler
from widgets.marks import Mark
from widgets.strings import Words
from widgets.theme import Layout


def change_line(
    words: Words,
    layout: Layout,
    line: ChangeLine,
    staff: Mapping[StaffId, Staff],
    now: datetime,
    mark: Mark,
    on_open: Handler,
    *,
    identifier: str,
    onward: ft.IconData = ft.Icons.CHEVRON_RIGHT,
    expanded: bool | None = None,
    beside: bool = True,
) -> ft.Control:
    """`beside`: there is room for its state beside the sentence."""
    title = title_of(words, line, staff, now)
    detail = " · ".join([fmt.moment(words, line.made_at, now), *_told(words, line, now)])
    return buttons.pressable(
        identifier,
        words("outbox.spoken", what=title, state=words(mark.key), detail=detail),
        _row(layout, icon_of(line.deed.act), title, detail, mark.chip(words), onward, beside=beside),
        on_open,
        padding=ft.Padding.symmetric(horizontal=2, vertical=10),
        expanded=expanded,
    )


def title_of(words: Words, line: ChangeLine, staff: Mapping[StaffId, Staff], now: datetime) -> str:
    """Move Maria Gómez to Tue 16:30."""
    person = staff.get(line.deed.staff_id) if line.deed.staff_id else None
    return change_words.to_do(words, line.deed, person.name if person else None, now)


def _row(
    layout: Layout, icon: ft.IconData, title: str, detail: str, chip: ft.Control, onward: ft.IconData, *, beside: bool
) -> ft.Control:
    """icon · sentence over its detail · state; the state under them where there is no room beside."""
    lines = 2 if layout.text_scale == 1 else 4
    told: list[ft.Control] = [parts.strong(title, lines=lines), parts.muted(detail, lines=lines + 1)]
    tail: list[ft.Control] = [chip]
    if layout.one_column or not beside:
        told.append(ft.Container(ft.Row([chip]), padding=ft.Padding.only(top=4)))
        tail = []
    middle = ft.Column(told, spacing=1, expand=True, tight=True)
    return ft.Row(
        [parts.icon(icon), middle, *tail, parts.icon(onward)],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _told(words: Words, line: ChangeLine, now: datetime) -> list[str]:
    """Beside the time it was made: the server's reason first, where there is one."""
    match line.standing:
        case Standing.REFUSED:
            return [words("outbox.refused", reason=change_words.reason(words, line.code, line.detail))]
        case Standing.CLASH:
            return [change_words.met(words, line.clash, now)] if line.clash else []
        case Standing.SET_ASIDE:
            return [words("outbox.set_aside")]
        case Standing.WAITING if line.next_try and line.next_try > now:
            return [words("outbox.waits_until", time=fmt.moment(words, line.next_try, now))]
        case Standing.UNANSWERED:
            return [words("outbox.unanswered"), *change_words.besides(words, line.deed)]
        case Standing.SENT:
            return [words("outbox.being_confirmed"), *change_words.besides(words, line.deed)]
        case _:
            return change_words.besides(words, line.deed)
