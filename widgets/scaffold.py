"""The frame around every place: bottom bar or rail, the bar of a running call, the panes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import flet as ft

from client.insight.health import Level
from widgets import buttons, parts, theme
from widgets.component import Handler, handler
from widgets.parts import Tone
from widgets.strings import Words
from widgets.theme import Layout


class Place(StrEnum):
    """Where an owner can be, in the order of the lists below."""

    TODAY = "today"
    CALLS = "calls"
    BOOKINGS = "bookings"
    LEADS = "leads"
    TEAM = "team"
    FIGURES = "figures"
    AHEAD = "ahead"
    ACTIVITY = "activity"
    REVIEW = "review"
    ASIDE = "aside"
    MORE = "more"


ICONS: Final[dict[Place, tuple[ft.IconData, ft.IconData]]] = {
    Place.TODAY: (ft.Icons.TODAY_OUTLINED, ft.Icons.TODAY),
    Place.CALLS: (ft.Icons.CALL_OUTLINED, ft.Icons.CALL),
    Place.BOOKINGS: (ft.Icons.EVENT_OUTLINED, ft.Icons.EVENT),
    Place.LEADS: (ft.Icons.FILTER_ALT_OUTLINED, ft.Icons.FILTER_ALT),
    Place.TEAM: (ft.Icons.GROUPS_OUTLINED, ft.Icons.GROUPS),
    Place.AHEAD: (ft.Icons.QUERY_STATS, ft.Icons.QUERY_STATS),
    Place.ACTIVITY: (ft.Icons.HISTORY, ft.Icons.HISTORY),
    Place.REVIEW: (ft.Icons.WB_TWILIGHT, ft.Icons.WB_TWILIGHT),
    Place.ASIDE: (ft.Icons.VISIBILITY_OFF_OUTLINED, ft.Icons.VISIBILITY_OFF),
    Place.FIGURES: (ft.Icons.INSERT_CHART_OUTLINED, ft.Icons.INSERT_CHART),
    Place.MORE: (ft.Icons.MENU, ft.Icons.MENU),
}

BAR: Final = (Place.TODAY, Place.CALLS, Place.BOOKINGS, Place.MORE)
"""The places of the bar at the bottom; the others are listed under More there."""

RAIL: Final = (
    Place.TODAY,
    Place.CALLS,
    Place.BOOKINGS,
    Place.LEADS,
    Place.TEAM,
    Place.FIGURES,
    Place.AHEAD,
    Place.MORE,
)
"""The places of the rail; the others are listed under More there."""

Go = Callable[[Place], None]

TAB_SCALE: Final = 1.5
PROBE_SIZE: Final = 100

BAR_MARKS: Final = {
    Level.STABLE: theme.TEAL,
    Level.WATCH: theme.BAR_WARNING,
    Level.NEEDS_YOU: theme.BAR_DANGER,
}
"""Red, amber or green as in the list of calls, in inks for the bar's own ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBar:
    """The running call that needs the owner most; `more` others run beside it."""

    call_id: str
    employee: str
    reason: str
    level: Level
    more: int


def under_more(*, rail: bool) -> tuple[Place, ...]:
    """The places that are listed under More, where there is a rail and where there is none."""
    shown = RAIL if rail else BAR
    return tuple(place for place in Place if place not in shown)


def place_rows(words: Words, places: Sequence[Place], go: Go) -> list[ft.Control]:
    """Places one under the other, each with its icon and word."""
    rows = [
        buttons.pressable(
            f"nav.{place}",
            words(f"place.{place}"),
            ft.Row(
                [
                    ft.Icon(ICONS[place][False], size=22, color=theme.MUTED),
                    parts.text(words(f"place.{place}"), size=15, weight=parts.W500, expand=True),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=theme.MUTED),
                ],
                spacing=14,
            ),
            lambda place=place: go(place),
            padding=ft.Padding.symmetric(horizontal=12, vertical=13),
        )
        for place in places
    ]
    if not rows:
        return []
    return [parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)]


def bottom_bar(words: Words, here: Place, live: bool, go: Go, *, scale: float = 1.0) -> ft.Control:
    """Equal places with icon and word; the one you are in is coloured, filled and said to be selected.

    `scale`: how large the owner has text; beyond what four words side by side allow, these stay as they are.
    """
    size = round(12 * min(scale, TAB_SCALE) / scale, 2)
    at = here if here in BAR else Place.MORE
    return ft.Container(
        ft.SafeArea(
            ft.Row([_tab(words, place, place is at, live, go, size) for place in BAR], spacing=0),
            avoid_intrusions_top=False,
            minimum_padding=ft.Padding.only(bottom=6),
        ),
        bgcolor=theme.SURFACE,
        border=ft.Border.only(top=ft.BorderSide(1, theme.LINE)),
    )


def rail(
    words: Words,
    here: Place,
    live: int,
    go: Go,
    *,
    width: int,
    business: str,
    on_business: Handler,
    foot: ft.Control,
    short: bool,
) -> ft.Control:
    """72 pixels of icons, or 212 with words; the business at its head and how the data stands at its foot."""
    at = here if here in RAIL else Place.MORE
    items = [_rail_item(words, place, place is at, live, go, short) for place in RAIL]
    mark = ft.Container(
        width=28,
        height=28,
        border_radius=8,
        gradient=ft.LinearGradient(
            begin=ft.Alignment.TOP_LEFT, end=ft.Alignment.BOTTOM_RIGHT, colors=["#20C997", "#6C5CE7"]
        ),
    )
    head: list[ft.Control] = [mark]
    if not short:
        head.append(ft.Container(parts.strong(business, size=15, lines=1), expand=True, expand_loose=True))
        head.append(ft.Icon(ft.Icons.UNFOLD_MORE, size=18, color=theme.MUTED))
    return ft.Container(
        ft.Column(
            [
                ft.Container(
                    buttons.pressable(
                        "businesses.open",
                        words("businesses.open", name=business),
                        ft.Row(
                            head,
                            spacing=12 if short else 10,
                            alignment=ft.MainAxisAlignment.CENTER if short else ft.MainAxisAlignment.START,
                        ),
                        on_business,
                        padding=ft.Padding.symmetric(horizontal=0 if short else 10, vertical=8),
                        radius=10,
                        tooltip=business if short else None,
                        center=short,
                    ),
                    padding=ft.Padding.only(bottom=6),
                ),
                *items,
                ft.Container(expand=True),
                ft.Container(
                    foot,
                    padding=ft.Padding.symmetric(horizontal=0 if short else 10, vertical=8),
                    alignment=ft.Alignment.CENTER if short else None,
                ),
            ],
            spacing=2,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=width,
        bgcolor=theme.SURFACE,
        border=ft.Border.only(right=ft.BorderSide(1, theme.LINE)),
        padding=ft.Padding.symmetric(horizontal=8 if short else 10, vertical=14),
    )


def live_bar(words: Words, bar: LiveBar, elapsed: ft.Control, on_open: Handler, *, stacked: bool = False) -> ft.Control:
    """56 pixels above the bottom bar on every screen while a call runs; `stacked`: the reason on a line of its own."""
    said = words("bar.others", reason=bar.reason, n=bar.more) if bar.more else bar.reason
    others = [parts.text(f"+{bar.more}", size=14, weight=parts.W600, color=theme.BAR_MUTED)] if bar.more else []
    who: list[ft.Control] = [parts.text(bar.employee, size=15, weight=parts.W600, color=theme.ON_BAR), elapsed]
    why = parts.text(bar.reason, size=14, color=theme.ON_BAR, lines=2, expand=not stacked)
    told: list[ft.Control] = [*who, why]
    if stacked:
        told = [ft.Column([ft.Row(who, spacing=10), why], spacing=1, tight=True, expand=True)]
    mark = ft.Container(width=9, height=9, border_radius=9, bgcolor=BAR_MARKS[bar.level])
    onward = ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=theme.ON_BAR)
    content = ft.Row([mark, *told, *others, onward], spacing=10)
    return ft.Container(
        buttons.pressable(
            "live_bar",
            words("bar.spoken", employee=bar.employee, reason=said),
            content,
            on_open,
            padding=ft.Padding.symmetric(horizontal=14, vertical=10 if stacked else 17),
            radius=theme.RADIUS,
            bgcolor=theme.BAR,
        ),
        padding=ft.Padding.only(left=12, right=12, bottom=8, top=4),
    )


def text_probe(on_scale: Callable[[float], None]) -> ft.Control:
    """Nothing to see: a space whose height says how large the owner has text drawn, now and when that changes.

    Flet does not report it.  What scrolls gives its content the height it wants, also where it has none itself.
    """

    def sized(e: ft.LayoutSizeChangeEvent[ft.Text]) -> None:
        on_scale(e.height / PROBE_SIZE)

    space = ft.Text(
        "\N{NO-BREAK SPACE}",
        size=PROBE_SIZE,
        color=theme.TEXT,
        style=ft.TextStyle(height=1.0),
        key="text_probe",
        on_size_change=handler(sized),
    )
    unseen = ft.Column([space], scroll=ft.ScrollMode.HIDDEN, width=0, height=0)
    return ft.Semantics(exclude_semantics=True, content=unseen)


def pane(content: ft.Control, *, width: int | None = None, surface: bool = False, edge: bool = True) -> ft.Control:
    """A column of the desktop; without a width it takes what is there."""
    return ft.Container(
        content,
        width=width,
        expand=width is None,
        bgcolor=theme.SURFACE if surface else theme.BG,
        border=ft.Border.only(right=ft.BorderSide(1, theme.LINE)) if edge else None,
    )


def page_head(
    words: Words,
    title: str,
    subtitle: str | ft.Control | None = None,
    *,
    on_back: Handler | None = None,
    trailing: list[ft.Control] | None = None,
    size: int = 22,
    on_title: Handler | None = None,
    back: str = "back",
) -> ft.Control:
    """The title of a place, with the way back where it was pushed.  `on_title`: the title is a business to choose.

    `back`: another identifier for the way back, where a view under a pushed one has one too.
    """
    texts: list[ft.Control] = [
        _choosable(words, title, size, on_title) if on_title else parts.heading(title, size=size)
    ]
    if subtitle:
        texts.append(parts.muted(subtitle) if isinstance(subtitle, str) else subtitle)
    row: list[ft.Control] = []
    if on_back:
        row.append(buttons.icon_button(back, words("action.back"), ft.Icons.ARROW_BACK, on_back, color=theme.TEXT))
    row.append(ft.Column(texts, spacing=1, expand=True, tight=True))
    row += trailing or []
    return ft.Row(row, spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def headed(layout: Layout, title: ft.Control, strip: ft.Control, *, gap: int = 8) -> ft.Control:
    """The title of a place, and under it how the data stands where no rail says so.

    `gap` is between the title and what follows it; the strip keeps room of its own.
    """
    below = parts.gap(gap) if layout.rail_speaks else strip
    return ft.Column([title, below], spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def one_column(layout: Layout, controls: list[ft.Control], *, widest: float = 760.0, spacing: int = 8) -> ft.Control:
    """What is read from top to bottom: all of a phone's width, elsewhere at most `widest`, to be easy to read."""
    column = ft.Column(
        controls,
        spacing=spacing,
        tight=True,
        width=None if layout.is_phone else min(widest, layout.room),
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return column if layout.is_phone else ft.Row([column])


def _choosable(words: Words, business: str, size: int, on_choose: Handler) -> ft.Control:
    """The business as a title that opens the others; as wide as its name."""
    name = ft.Container(parts.heading(business, size=size), expand=True, expand_loose=True)
    row = ft.Row([name, ft.Icon(ft.Icons.KEYBOARD_ARROW_DOWN, size=22, color=theme.MUTED)], spacing=6)
    return buttons.pressable(
        "businesses.open",
        words("businesses.open", name=business),
        row,
        on_choose,
        padding=ft.Padding.only(right=6, top=6, bottom=6),
    )


def _tab(words: Words, place: Place, here: bool, live: bool, go: Go, size: float) -> ft.Control:
    ink = theme.PRIMARY if here else theme.MUTED
    glyph: ft.Control = ft.Icon(ICONS[place][here], size=24, color=ink)
    if place is Place.CALLS and live:
        glyph = ft.Stack(
            [glyph, ft.Container(parts.dot(Tone.DANGER, size=8), right=0, top=0)],
            width=28,
            height=24,
            alignment=ft.Alignment.CENTER,
        )
    weight = parts.W600 if here else parts.W500
    label = parts.text(words(f"place.{place}"), size=size, color=ink, weight=weight, lines=1)
    return buttons.pressable(
        f"nav.{place}",
        _place_name(words, place, live),
        ft.Column(
            [glyph, label], spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER, expand=True
        ),
        lambda: go(place),
        padding=ft.Padding.only(top=9, bottom=5),
        selected=here,
        expand=True,
        center=True,
    )


def _rail_item(words: Words, place: Place, here: bool, live: int, go: Go, short: bool) -> ft.Control:
    ink = theme.AI_TEXT if here else theme.MUTED
    glyph = ft.Icon(ICONS[place][here], size=20, color=ink)
    on = place is Place.CALLS and live > 0
    if short:
        content: ft.Control = ft.Stack(
            [glyph, *([ft.Container(parts.dot(Tone.DANGER, size=8), right=0, top=0)] if on else [])],
            width=28,
            height=24,
            alignment=ft.Alignment.CENTER,
        )
    else:
        content = ft.Row(
            [
                glyph,
                parts.text(
                    words(f"place.{place}"),
                    size=14,
                    color=ink,
                    weight=parts.W600 if here else parts.W500,
                    expand=True,
                    lines=1,
                ),
                *([parts.dot(Tone.DANGER)] if on else []),
            ],
            spacing=12,
        )
    return buttons.pressable(
        f"nav.{place}",
        _place_name(words, place, on),
        content,
        lambda: go(place),
        padding=ft.Padding.symmetric(horizontal=0 if short else 12, vertical=11),
        radius=10,
        selected=here,
        bgcolor=theme.AI_GROUND if here else None,
        tooltip=words(f"place.{place}") if short else None,
        center=short,
    )


def _place_name(words: Words, place: Place, live: bool) -> str:
    name = words(f"place.{place}")
    return words("place.with_live", place=name) if place is Place.CALLS and live else name
