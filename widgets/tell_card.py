"""Whether and how a client is told of a change: three ways of equal weight, and the very words they would get."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import flet as ft

from client.models.tell_draft import TEXT_MAX, TellBy, TellDraft
from widgets import buttons, fields, notices, parts, theme
from widgets import format as fmt
from widgets.change_words import first_name
from widgets.component import Handler
from widgets.strings import Words
from widgets.theme import Layout

_ICONS: Final = {
    TellBy.SMS: ft.Icons.SMS_OUTLINED,
    TellBy.EMAIL: ft.Icons.MAIL_OUTLINE,
    TellBy.NOBODY: ft.Icons.NOTIFICATIONS_OFF_OUTLINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TellActions:
    """`focus`, `blur`: the text has the keyboard, or gave it back."""

    choose: Callable[[TellBy], object]
    type: Callable[[str], object]
    focus: Handler | None = None
    blur: Handler | None = None


def tell_card(
    words: Words,
    layout: Layout,
    draft: TellDraft,
    actions: TellActions,
    now: datetime,
    *,
    name: str = "tell",
    offline: bool = False,
) -> ft.Control:
    """The question with its answers.  `name` begins the identifiers; `offline`: it will wait for a connection."""
    who = first_name(words, draft.name)
    ways: list[ft.Control] = [_way(words, layout, draft, by, actions, name) for by in TellBy]
    choices: ft.Control = parts.abreast(ways, 8)
    if layout.text_width < _THREE_FROM:
        choices = ft.Column(ways, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    rows: list[ft.Control] = [
        parts.section_label(words("tell.title", name=who), level=3),
        *on_the_way(words, draft, now),
        choices,
        *_reasons(words, draft, who),
        *_text(words, draft, actions, who, name, offline),
    ]
    return ft.Column(rows, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def on_the_way(words: Words, draft: TellDraft, now: datetime) -> list[ft.Control]:
    """Of a client who may have left already, that a call is surer than a message; of others nothing."""
    if draft.expected_at is None or not draft.may_be_on_the_way(now):
        return []
    phone = fmt.phone_whole(draft.phone.strip()) if draft.phone else ""
    said = words(
        "tell.on_the_way" if phone else "tell.on_the_way.no_phone",
        name=first_name(words, draft.name),
        time=fmt.clock_time(words, draft.expected_at),
        phone=fmt.clipped(phone, 60),
    )
    return [notices.banner(said, icon_name=ft.Icons.CALL)]


_THREE_FROM: Final = 340
"""Below this width in the owner's text the ways stand one under the other."""


def _way(words: Words, layout: Layout, draft: TellDraft, by: TellBy, actions: TellActions, name: str) -> ft.Control:
    chosen, can = draft.by is by, draft.can(by)
    ink = theme.AI_TEXT if chosen else theme.TEXT if can else theme.MUTED
    label = parts.text(words(f"tell.by.{by}"), size=13, weight=parts.W600, color=ink, align=ft.TextAlign.CENTER)
    mark = ft.Icon(ft.Icons.CHECK if chosen else _ICONS[by], size=18, color=ink)
    content: ft.Control = ft.Column(
        [mark, label], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER
    )
    stacked = layout.text_width < _THREE_FROM
    if stacked:
        content = ft.Row([mark, label], spacing=8, alignment=ft.MainAxisAlignment.CENTER)
    return buttons.pressable(
        f"{name}.{by}",
        words(f"tell.by.{by}"),
        content,
        lambda: actions.choose(by),
        padding=ft.Padding.symmetric(horizontal=8, vertical=10),
        radius=10,
        selected=chosen,
        disabled=not can,
        bgcolor=theme.AI_GROUND if chosen else theme.SURFACE,
        side=ft.BorderSide(1, theme.PRIMARY if chosen else theme.LINE),
        center=True,
        expand=None if stacked else True,
    )


def _reasons(words: Words, draft: TellDraft, who: str) -> list[ft.Control]:
    """Why a way is not there."""
    missing = [by for by in (TellBy.SMS, TellBy.EMAIL) if not draft.can(by)]
    if not missing:
        return []
    key = "tell.missing.both" if len(missing) == 2 else f"tell.missing.{missing[0]}"
    return [parts.muted(words(key, name=who))]


def _text(words: Words, draft: TellDraft, actions: TellActions, who: str, name: str, offline: bool) -> list[ft.Control]:
    """The words, to change once a way is chosen and to read before; nothing where the client is not told."""
    if draft.by is TellBy.NOBODY:
        return [parts.muted(words("tell.not_told", name=who))]
    if draft.by is None:
        said = words("tell.would_get", name=who, text=fmt.clipped(draft.text, TEXT_MAX))
        return [parts.muted(said, height=1.4)] if draft.text and any(map(draft.can, (TellBy.SMS, TellBy.EMAIL))) else []
    box = fields.field(
        f"{name}.text",
        words("tell.text", name=who),
        draft.text,
        actions.type,
        lines=5,
        max_length=TEXT_MAX,
        error=None if draft.decided else words("tell.empty"),
        on_focus=actions.focus,
        on_blur=actions.blur,
    )
    to = draft.phone if draft.by is TellBy.SMS else draft.email
    leaves = words("tell.leaves_offline" if offline else "tell.leaves", to=fmt.clipped(to or "", 60))
    return [box, parts.muted(leaves, height=1.4)]
