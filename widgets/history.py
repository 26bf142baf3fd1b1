"""What was done about a lead or an employee, and by whom."""

from collections.abc import Sequence
from datetime import datetime

import flet as ft

from client.models.events import ActorKind, Event
from widgets import event_words, parts
from widgets import format as fmt
from widgets.strings import Words


def history(words: Words, events: Sequence[Event], now: datetime, *, about: str) -> list[ft.Control]:
    """What was done and by whom, newest first.  `about`: whose page it is; of others it is said whom it was about."""
    out: list[ft.Control] = [parts.section_label(words("history.title"))]
    if not events:
        return [*out, parts.muted(words("history.none"), size=14)]
    rows = parts.divided([_event(words, event, now, about) for event in events])
    out.append(parts.card(ft.Column(rows, spacing=0, tight=True), padding=4))
    return out


def _event(words: Words, event: Event, now: datetime, about: str) -> ft.Control:
    said = event_words.said_of(words, event, now)
    by: list[ft.Control] = [parts.muted(said.by, size=12)]
    if event.actor_kind is ActorKind.AI:
        by.append(parts.ai_mark(words("mark.ai")))
    told = ft.Column(
        [
            parts.text(said.short if event.subject_id == about else said.title, size=14, height=1.35),
            ft.Row(by, spacing=6),
        ],
        spacing=1,
        tight=True,
        expand=True,
    )
    row = ft.Row(
        [
            ft.Container(parts.icon(said.icon, size=18), padding=ft.Padding.only(top=1)),
            told,
            parts.muted(fmt.moment(words, event.at, now), size=12),
        ],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.MergeSemantics(ft.Container(row, padding=ft.Padding.symmetric(horizontal=10, vertical=9)))
