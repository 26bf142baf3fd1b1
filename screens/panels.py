"""What opens over a place: a figure's provenance, what is known of a call, the keys, the questions before acts."""

from dataclasses import replace

import flet as ft

from client.models.ids import CallId
from client.models.provenance import EvidenceRow
from client.state.command import Asking
from screens.about_call import about_call, booking_opener
from screens.businesses import businesses
from screens.keys import SHORTCUTS
from screens.live import open_call
from screens.stores import Stores
from screens.window import ABOUT_CALL, BUSINESSES, KEYS_PANEL
from widgets import buttons, fields, parts, theme
from widgets.buttons import Kind
from widgets.component import component, handler, see
from widgets.metric_card import figure_line, written
from widgets.provenance import as_csv, file_name, provenance_sheet
from widgets.sheet import fit, sheet
from widgets.strings import Words
from widgets.theme import Layout


@component
def sheets(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet that is open, from the bottom on a phone, in the middle of a desktop."""
    panel = see(stores.panel).state
    today = see(stores.today).state
    call = see(stores.call).state
    ticks = see(stores.ticks)
    link = see(stores.link).state
    session = see(stores.session).state
    how_high = fit()
    figure = next((f for f in today.figures if panel.count is f.count), None)
    content: ft.Control | None = None
    if figure is not None:
        provenance = replace(figure.figure.provenance, as_of=link.as_of)

        def to_row(row: EvidenceRow) -> None:
            stores.panel.close()
            open_call(stores, CallId(row.row_id))

        async def copy() -> None:
            await ft.Clipboard().set(as_csv(provenance))
            stores.panel.did_copy()

        async def save() -> None:
            name, rows = file_name(words, provenance), as_csv(provenance).encode()
            path = await ft.FilePicker().save_file(file_name=name, src_bytes=rows)
            # A browser downloads the file and says nothing of where; elsewhere no path means that the owner cancelled.
            if path or ft.context.page.web:
                stores.panel.did_save()

        content = provenance_sheet(
            words,
            provenance,
            written(words, figure),
            figure_line(words, figure, width=120),
            ticks.now,
            on_row=to_row,
            on_copy=copy,
            on_save=save,
            on_close=stores.panel.close,
            copied=panel.copied,
            saved=panel.saved,
        )
        content = ft.Container(content, height=layout.height * (0.8 if layout.is_phone else 0.72))
    elif panel.panel == ABOUT_CALL and call.call is not None:
        to_booking = booking_opener(stores, call)

        def leave_for_booking() -> None:
            stores.panel.close()
            if to_booking:
                to_booking()

        rows = about_call(words, call, ticks.now, on_booking=leave_for_booking if to_booking else None)
        content = _titled(words, stores, words("about.title"), rows)
    elif panel.panel == BUSINESSES:
        content = businesses(stores, words, session, how_high)
    elif panel.panel == KEYS_PANEL:
        content = _titled(words, stores, words("keys.title"), [_keys(words)])
    ft.use_dialog(sheet(layout, content, stores.panel.close) if content is not None else None)
    return ft.Container(width=0, height=0)


@component
def questions(stores: Stores, words: Words) -> ft.Control:
    """What is asked before a call is taken, handed back or ended."""
    command = see(stores.command).state
    call = stores.call.state.call
    dialog: ft.AlertDialog | None = None
    if command.asking is not None and call is not None:
        dialog = _question(stores, words, command.asking, call.call_id, call.employee_name, command.note)
    ft.use_dialog(dialog)
    return ft.Container(width=0, height=0)


def _question(stores: Stores, words: Words, asking: str, call_id: CallId, employee: str, note: str) -> ft.AlertDialog:
    async def act() -> None:
        match asking:
            case Asking.TAKE_OVER:
                await stores.command.take_over(call_id)
            case Asking.HAND_BACK:
                await stores.command.hand_back(call_id)
            case _:
                await stores.command.end(call_id)

    kind = Kind.DANGER if asking == Asking.END else Kind.PRIMARY
    body: list[ft.Control] = [parts.muted(words(f"ask.{asking}.body", name=employee), size=14, height=1.45)]
    if asking == Asking.HAND_BACK:
        body.append(
            fields.field(
                "ask.note",
                words("ask.hand_back.note", name=employee),
                note,
                stores.command.type_note,
                max_length=500,
                on_submit=act,
                on_focus=stores.focus.types,
                on_blur=stores.focus.rests,
            )
        )
    return ft.AlertDialog(
        title=parts.heading(words(f"ask.{asking}.title", name=employee), size=18),
        content=ft.Container(ft.Column(body, spacing=14, tight=True), width=380),
        actions=[
            buttons.button("ask.no", words("action.cancel"), lambda: stores.command.ask(None)),
            buttons.button("ask.yes", words(f"ask.{asking}.yes"), act, kind=kind),
        ],
        bgcolor=theme.SURFACE,
        shape=ft.RoundedRectangleBorder(radius=16),
        on_dismiss=handler(lambda: stores.command.ask(None) if stores.command.state.asking else None),
    )


def _titled(words: Words, stores: Stores, title: str, rows: list[ft.Control]) -> ft.Control:
    head = ft.Row(
        [
            ft.Container(parts.heading(title, size=18), expand=True),
            buttons.icon_button("panel.close", words("action.close"), ft.Icons.CLOSE, stores.panel.close),
        ]
    )
    return ft.Column([head, *rows], spacing=10, scroll=ft.ScrollMode.AUTO, tight=True)


def _keys(words: Words) -> ft.Control:
    rows: list[ft.Control] = [
        ft.MergeSemantics(
            ft.Row(
                [
                    ft.Container(
                        parts.text(shortcut.keys, size=13, weight=parts.W600),
                        bgcolor=theme.SURFACE_2,
                        border_radius=6,
                        padding=ft.Padding.symmetric(horizontal=8, vertical=3),
                        width=110,
                    ),
                    parts.text(words(shortcut.does), size=14, expand=True),
                ],
                spacing=14,
            )
        )
        for shortcut in SHORTCUTS
    ]
    return ft.Column(rows, spacing=8, tight=True)
