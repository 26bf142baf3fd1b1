"""Something the owner has set aside, as a sentence: what it was, what they said of it, and the way to have it back."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import flet as ft

from client.insight.actions import ActionKind
from client.models.calls import Call
from client.models.marks import About, Mark, MarkWord
from widgets import buttons, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.call_row import caller
from widgets.strings import Words

_ICONS: Final = {
    About.SUGGESTION.value: ft.Icons.TIPS_AND_UPDATES_OUTLINED,
    About.CHURN.value: ft.Icons.PERSON_SEARCH_OUTLINED,
    About.OPPORTUNITY.value: ft.Icons.LIGHTBULB_OUTLINE,
    About.ANOMALY.value: ft.Icons.INSIGHTS,
    About.PROMISE.value: ft.Icons.RECORD_VOICE_OVER_OUTLINED,
    About.FORECAST.value: ft.Icons.QUERY_STATS,
    "calendar": ft.Icons.EVENT_REPEAT,
    "change": ft.Icons.SYNC_PROBLEM,
}
_NAME_MAX: Final = 80
_TEXT_MAX: Final = 160


def suggested(words: Words, kind: str, call: Call | None) -> str:
    """Which suggestion, in whose call."""
    known = kind in set(ActionKind)
    what = words(f"aside.action.{kind}") if known else words("aside.action.other")
    if call is None:
        return words("aside.suggestion_gone", what=what)
    return words("aside.suggestion", what=what, name=fmt.clipped(caller(words, call), _NAME_MAX))


def promised(words: Words, kind: str, text: str, call: Call | None) -> str:
    """Who was promised what, in which words."""
    if call is None or not kind:
        return words("aside.promise_gone")
    title = words("promise.waits", name=fmt.clipped(caller(words, call), _NAME_MAX), what=words(f"promise.kind.{kind}"))
    return words("aside.promise", title=title, text=fmt.clipped(text, _TEXT_MAX))


def stays_away(words: Words, name: str | None) -> str:
    return words("churn.label", name=fmt.clipped(name, _NAME_MAX)) if name else words("aside.client_gone")


def asked_for(words: Words, service: str) -> str:
    return words("aside.opportunity", service=fmt.clipped(service, _NAME_MAX))


def unusual(words: Words, measure: str, day: date | None) -> str:
    if day is None or not measure:
        return words("aside.anomaly_gone")
    return words("aside.anomaly", what=words(f"anomaly.{measure}.label"), day=fmt.day_within(words, day))


def unread(words: Words, name: str | None) -> str:
    return words("calendars.more_trouble", name=fmt.clipped(name, _NAME_MAX)) if name else words("aside.calendar_gone")


def said(words: Words, mark: Mark, now: datetime) -> str:
    """What the owner, or whoever it was, said of it, and when; that the server has not heard of it yet."""
    when = fmt.moment(words, mark.created_at, now)
    word = MarkWord.LATER if mark.until is not None else mark.word
    pieces = [words(f"aside.said.{word}", when=fmt.moment(words, mark.until, now) if mark.until else when)]
    if mark.by:
        pieces.append(fmt.clipped(mark.by, _NAME_MAX))
    if mark.pending:
        pieces.append(words("aside.pending"))
    return " · ".join(pieces)


def aside_row(
    words: Words,
    what: str,
    mark: Mark,
    title: str,
    now: datetime,
    on_open: Callable[[], object] | None,
    on_back: Callable[[], object],
    *,
    wide: bool,
) -> ft.Control:
    """`on_open`: to the line of the call it rests on, where there is one.  `wide`: the way back has room beside it."""
    told = said(words, mark, now)
    texts = ft.Column(
        [parts.text(title, size=14, height=1.35), parts.muted(told, height=1.35)], spacing=1, tight=True, expand=True
    )
    face: list[ft.Control] = [parts.icon(_ICONS.get(what, ft.Icons.INFO_OUTLINE)), texts]
    key = f"aside.{mark.about}.{mark.subject}"
    padding = ft.Padding.symmetric(horizontal=12, vertical=8)
    if on_open is None:
        row: ft.Control = ft.MergeSemantics(ft.Container(ft.Row(face, spacing=12), padding=padding))
    else:
        face.append(parts.icon(ft.Icons.CHEVRON_RIGHT))
        row = buttons.pressable(
            f"{key}.open",
            words("aside.spoken", what=title, said=told),
            ft.Row(face, spacing=12),
            on_open,
            padding=padding,
        )
    back = buttons.button(
        f"{key}.back",
        words("aside.back"),
        on_back,
        kind=Kind.LINK,
        icon_name=ft.Icons.UNDO,
        name=words("aside.back_name", what=fmt.clipped(title, _NAME_MAX)),
    )
    if wide:
        return ft.Row([ft.Container(row, expand=True), back], spacing=4)
    way = ft.Container(ft.Row([back], wrap=True), padding=ft.Padding.only(left=36, bottom=2))
    return ft.Column([row, way], spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
