"""What waits for the owner: at most three lines, and a calm sentence when nothing does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import flet as ft

from client.insight.outbox import ChangeLine, Standing
from client.models.business import Staff
from client.models.ids import StaffId
from widgets import buttons, change_words, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.strings import Words
from widgets.theme import Layout

_ICONS: Final = {
    Standing.CLASH: (ft.Icons.EVENT_BUSY, theme.DANGER),
    Standing.REFUSED: (ft.Icons.ERROR_OUTLINE, theme.DANGER),
    Standing.SET_ASIDE: (ft.Icons.SYNC_PROBLEM, theme.WARNING),
}


def needs_you(
    words: Words,
    layout: Layout,
    lines: tuple[ChangeLine, ...],
    count: int,
    staff: Mapping[StaffId, Staff],
    now: datetime,
    on_open: Callable[[ChangeLine], object],
    on_all: Handler,
    besides: Sequence[ft.Control] = (),
    others: int = 0,
    on_review: Handler | None = None,
) -> ft.Control:
    """`count`: how many changes there are in all, of which `lines` are the first.  `besides`: the first rows of the
    `others`; all of them are in the review.
    """
    rows = [*(_row(words, layout, line, staff, now, on_open) for line in lines), *besides]
    more = None
    if others > len(besides) and on_review:
        said = words("needs_you.review", n=count + others)
        more = buttons.button("review.all", said, on_review, kind=buttons.Kind.LINK)
    elif count > len(lines):
        more = buttons.button("outbox.all", words("needs_you.all", n=count), on_all, kind=buttons.Kind.LINK)
    card = parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)
    label = parts.section_label(words("needs_you.title", n=count + max(others, len(besides))), more)
    return ft.Column([label, card], spacing=4 if more else 8, tight=True)


def nothing_needs_you(words: Words) -> ft.Control:
    """No box around nothing."""
    return ft.Container(
        ft.Row(
            [parts.icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=18), parts.muted(words("needs_you.nothing"))], spacing=8
        ),
        padding=ft.Padding.only(left=2, top=4),
    )


def _row(
    words: Words,
    layout: Layout,
    line: ChangeLine,
    staff: Mapping[StaffId, Staff],
    now: datetime,
    on_open: Callable[[ChangeLine], object],
) -> ft.Control:
    person = staff.get(line.deed.staff_id) if line.deed.staff_id else None
    title = change_words.to_do(words, line.deed, person.name if person else None, now)
    why = why_it_waits(words, line, now)
    icon, ink = _ICONS.get(line.standing, _ICONS[Standing.REFUSED])
    lines = 2 if layout.text_scale == 1 else 4
    told: list[ft.Control] = [parts.strong(title, lines=lines), parts.muted(why, lines=lines)]
    row = ft.Row(
        [
            ft.Icon(icon, size=20, color=ink),
            ft.Column(told, spacing=1, expand=True, tight=True),
            parts.icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    name = words("needs_you.spoken", what=title, why=why)
    padding = ft.Padding.symmetric(horizontal=12, vertical=11 if layout.is_phone else 9)
    identifier = f"needs_you.{line.conflict_id or line.change_id}"
    return buttons.pressable(identifier, name, row, lambda: on_open(line), padding=padding)


def why_it_waits(words: Words, line: ChangeLine, now: datetime) -> str:
    """What the owner has to know before opening it."""
    if line.clash:
        return change_words.met(words, line.clash, now)
    if line.standing is Standing.REFUSED:
        return words("outbox.refused", reason=change_words.reason(words, line.code, line.detail))
    return words("outbox.set_aside") if line.standing is Standing.SET_ASIDE else fmt.moment(words, line.made_at, now)
