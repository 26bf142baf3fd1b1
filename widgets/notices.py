"""What a part of the screen shows when it has nothing, waits, or failed: calm words, what will appear, what to do."""

import flet as ft

from widgets import buttons, parts, theme
from widgets.buttons import Kind
from widgets.component import Handler


def empty(title: str, body: str | None = None, action: ft.Control | None = None, *, inset: bool = True) -> ft.Control:
    """One sentence, what will appear, and at most one thing to do.  Not `inset`: among other lines of a card."""
    column: list[ft.Control] = [parts.text(title, size=15, weight=parts.W500)]
    if body:
        column.append(parts.muted(body, size=14, height=1.4))
    if action:
        column.append(ft.Row([action]))
    return ft.Container(
        ft.Column(column, spacing=4, tight=True),
        padding=ft.Padding.symmetric(horizontal=12 if inset else 0, vertical=14 if inset else 0),
    )


def trouble(
    identifier: str, title: str, body: str, retry: str | None = None, on_retry: Handler | None = None
) -> ft.Control:
    """What went wrong in plain words, what still works, and the way to try again."""
    column: list[ft.Control] = [parts.text(title, size=15, weight=parts.W600), parts.muted(body, size=14, height=1.4)]
    if retry and on_retry:
        column.append(ft.Row([buttons.button(identifier, retry, on_retry, kind=Kind.LINK, icon_name=ft.Icons.REFRESH)]))
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.ERROR_OUTLINE, color=theme.DANGER, size=20),
                ft.Column(column, spacing=4, tight=True, expand=True),
            ],
            vertical_alignment=ft.CrossAxisAlignment.START,
            spacing=12,
        ),
        padding=14,
    )


def banner(sentence: str, *, icon_name: ft.IconData, warning: bool = True, live: bool = True) -> ft.Control:
    """A sentence across a screen, said politely once to assistive technology."""
    ground, ink = (theme.WARNING_GROUND, theme.ON_WARNING_GROUND) if warning else (theme.SURFACE_2, theme.MUTED)
    return ft.Semantics(
        live_region=live,
        content=ft.Container(
            ft.Row(
                [ft.Icon(icon_name, size=18, color=ink), parts.text(sentence, size=13, color=ink, expand=True)],
                spacing=10,
            ),
            bgcolor=ground,
            border_radius=theme.RADIUS_SMALL,
            padding=ft.Padding.symmetric(horizontal=12, vertical=9),
        ),
    )


def told_once(
    identifier: str, sentence: str, close: str, on_close: Handler, *, icon_name: ft.IconData, rounded: bool = False
) -> ft.Control:
    """What has become well by itself, until it is put away.  `rounded`: within a form, and not across a screen."""
    said = parts.text(sentence, size=14, height=1.4, color=theme.ON_POSITIVE_GROUND)
    return ft.Container(
        ft.Row(
            [
                ft.Icon(icon_name, size=18, color=theme.ON_POSITIVE_GROUND),
                ft.Container(ft.Semantics(live_region=True, content=said), expand=True),
                buttons.icon_button(identifier, close, ft.Icons.CLOSE, on_close),
            ],
            spacing=10,
        ),
        bgcolor=theme.POSITIVE_GROUND,
        border_radius=theme.RADIUS_SMALL if rounded else None,
        padding=ft.Padding.only(left=12 if rounded else 18, right=6, top=4, bottom=4),
    )


def skeleton_rows(count: int, *, label: str) -> ft.Control:
    """The shape of a list that is being read.  It stands still: what moves asks to be looked at."""
    widths = (150, 110, 170, 130)
    rows: list[ft.Control] = [
        ft.Container(
            ft.Row(
                [
                    _bone(44, 14),
                    _bone(4, 34),
                    ft.Column([_bone(widths[i % 4], 13), _bone(widths[(i + 1) % 4] - 30, 10)], spacing=7, tight=True),
                ],
                spacing=14,
            ),
            padding=ft.Padding.symmetric(horizontal=12, vertical=11),
        )
        for i in range(count)
    ]
    return ft.Semantics(label=label, content=ft.Column(rows, spacing=0, tight=True))


def skeleton_card(*, label: str) -> ft.Control:
    return ft.Semantics(
        label=label,
        content=parts.card(ft.Column([_bone(84, 11), _bone(56, 26), _bone(110, 10)], spacing=8, tight=True)),
        expand=True,
    )


def progress(done: int, total: int, sentence: str) -> ft.Control:
    """How far a first sync has come, in its real numbers."""
    share = min(1.0, done / total) if total else None
    return ft.Column(
        [
            ft.ProgressBar(
                value=share, color=theme.PRIMARY, bgcolor=theme.SURFACE_2, height=4, border_radius=4, semantics_label=""
            ),
            parts.muted(sentence),
        ],
        spacing=8,
        tight=True,
    )


def _bone(width: int, height: int) -> ft.Control:
    return ft.Container(width=width, height=height, border_radius=6, bgcolor=theme.SURFACE_2)
