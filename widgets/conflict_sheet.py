"""A clash of two changes: before, yours, now; what differs stands out; and each way out with what follows from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import flet as ft

from client.models.ids import CallId
from widgets import buttons, notices, parts, sheet
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.parts import Tone
from widgets.strings import Words
from widgets.theme import Layout

COLUMNS_FROM: Final = 760
"""From this width in the owner's text the three sides stand beside one another."""


class Side(StrEnum):
    BEFORE = "before"
    YOURS = "yours"
    NOW = "now"


_TONES: Final = {Side.BEFORE: Tone.NEUTRAL, Side.YOURS: Tone.AI, Side.NOW: Tone.DANGER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One value of one side; `differs` from the side before it, so that it stands out."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The booking as one side has it.  `aside`: how old it is or where it comes from.  `call_id`: what caused it."""

    side: Side
    sayings: tuple[Saying, ...]
    note: str
    aside: str = ""
    call_id: CallId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """One choice: what its button says and what follows.  `name` is its identifier, `kind` its weight."""

    name: str
    label: str
    follows: str
    kind: Kind = Kind.PLAIN
    icon: ft.IconData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """`answered`: a decision was taken and is on its way.  `busy`: it is being written.  `trouble`: why it was not.

    `cause`: what usually lies behind such a clash, with a way to mend it; empty where there is none.
    """

    title: str
    about: str
    versions: tuple[Version, ...]
    ways: tuple[WayOut, ...]
    answered: str = ""
    trouble: str = ""
    cause: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictActions:
    choose: Callable[[str], object]
    open_call: Callable[[CallId], object]
    connect: Handler
    close: Handler


def conflict_sheet(
    words: Words,
    layout: Layout,
    view: ConflictView,
    actions: ConflictActions,
    fit: sheet.Fit,
    *,
    tell: ft.Control | None = None,
    width: float,
) -> ft.Control:
    """The sheet, `width` wide.  `tell`: whether and how the client hears of the decision, above the ways out."""
    abreast = not layout.is_phone and width / layout.text_scale >= COLUMNS_FROM
    body: list[ft.Control] = [_versions(words, view, actions, columns=abreast)]
    if view.answered:
        body.append(notices.banner(view.answered, icon_name=ft.Icons.SCHEDULE_SEND, warning=False))
    if view.trouble:
        body.append(notices.banner(view.trouble, icon_name=ft.Icons.ERROR_OUTLINE))
    body += [tell] if tell and view.ways else []
    body += _ways(layout, view, actions, columns=abreast)
    body += [_cause(words, view, actions)] if view.cause else []
    rows = sheet.body(body, fit, key="conflict.list", spacing=10)
    return sheet.titled(head(words, view.title, view.about, actions.close), rows)


def head(words: Words, title: str, about: str, on_close: Handler) -> ft.Control:
    """What the sheet is about, and the way out of it."""
    said = ft.Column([parts.heading(title, size=20), parts.muted(about, size=14)], spacing=1, expand=True, tight=True)
    close = buttons.icon_button("conflict.close", words("action.close"), ft.Icons.CLOSE, on_close)
    return ft.Row([said, close], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)


def _versions(words: Words, view: ConflictView, actions: ConflictActions, *, columns: bool) -> ft.Control:
    cards = [_version(words, version, actions, columns=columns) for version in view.versions]
    if not columns:
        return ft.Column(cards, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return parts.abreast(cards, 12)


def _version(words: Words, version: Version, actions: ConflictActions, *, columns: bool) -> ft.Control:
    call_id, chip = version.call_id, parts.chip(words(f"conflict.side.{version.side}"), _TONES[version.side])
    beside: ft.Control = parts.muted(version.aside, expand=True, align=ft.TextAlign.END)
    if call_id:
        hear = buttons.button(
            "conflict.call",
            words("conflict.open_call"),
            lambda: actions.open_call(call_id),
            kind=Kind.LINK,
            icon_name=ft.Icons.CALL,
        )
        beside = ft.Row([hear], alignment=ft.MainAxisAlignment.END, expand=True)
    top = ft.Row([chip, beside], spacing=8)
    stands_out: list[ft.Control] = [
        parts.text(saying.text, size=17, weight=parts.W600, height=1.3) for saying in version.sayings if saying.differs
    ]
    # Weight says what differs; what does not is told with the rest, in one line.
    rest = [saying.text for saying in version.sayings if not saying.differs]
    told = [*stands_out, parts.muted(" · ".join([*rest, version.note]), size=14, height=1.35)]
    rows: list[ft.Control] = [top, ft.MergeSemantics(ft.Column(told, spacing=2, tight=True))]
    padding = ft.Padding.only(left=14, right=8 if call_id else 14, top=4 if call_id else 12, bottom=12)
    return parts.card(
        ft.Column(rows, spacing=2 if call_id else 6, tight=True), padding=padding, expand=True if columns else None
    )


def _ways(layout: Layout, view: ConflictView, actions: ConflictActions, *, columns: bool) -> list[ft.Control]:
    """The first way across; the ordinary ones side by side; what is rarely wanted as links below."""
    first = [way for way in view.ways if way.kind is Kind.PRIMARY]
    plain = [way for way in view.ways if way.kind is Kind.PLAIN]
    rest = [way for way in view.ways if way.kind not in (Kind.PRIMARY, Kind.PLAIN)]
    abreast = 1 if layout.one_column else 3 if columns else 2
    out = [_way(view, way, actions) for way in first]
    for at in range(0, len(plain), abreast):
        out.append(_abreast([_way(view, way, actions) for way in plain[at : at + abreast]]))
    for at in range(0, len(rest), abreast):
        out.append(_abreast([_way(view, way, actions) for way in rest[at : at + abreast]]))
    return out


def _cause(words: Words, view: ConflictView, actions: ConflictActions) -> ft.Control:
    connect = buttons.button("conflict.connect", words("conflict.connect"), actions.connect, kind=Kind.LINK)
    return ft.Row([parts.muted(view.cause, size=14, expand=True), connect], spacing=8)


def _abreast(ways: Sequence[ft.Control]) -> ft.Control:
    cells: list[ft.Control] = [ft.Container(way, expand=True) for way in ways]
    return ft.Row(cells, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)


def _way(view: ConflictView, way: WayOut, actions: ConflictActions) -> ft.Control:
    button = buttons.button(
        f"conflict.{way.name}",
        way.label,
        lambda: actions.choose(way.name),
        kind=way.kind,
        icon_name=way.icon,
        name=f"{way.label}. {way.follows}" if way.follows else way.label,
        disabled=view.busy,
    )
    rows: list[ft.Control] = [button]
    if way.follows:
        follows = parts.muted(way.follows, align=ft.TextAlign.CENTER, height=1.35)
        rows.append(ft.Semantics(exclude_semantics=True, content=follows))
    return ft.Column(rows, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
