"""What opens over a place: a figure's provenance, what is known of a call, the keys, the questions before acts."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

import flet as ft

from client.insight.figures import MetricFigure
from client.models.ids import CallId, LeadId
from client.state.command import Asking
from client.state.evidence import EvidenceState
from screens.about_call import AboutActions, about_actions, about_call
from screens.businesses import businesses
from screens.figure_hand import evidence_actions, evidence_of, file_state, open_figure
from screens.keys import SHORTCUTS
from screens.over import lay_over
from screens.stores import Stores
from screens.window import ABOUT_CALL, BUSINESSES, KEYS_PANEL, PanelState
from widgets import buttons, fields, parts, theme
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, handler, see
from widgets.provenance import figure_origin, provenance_sheet
from widgets.sheet import fit, sheet
from widgets.strings import Words
from widgets.theme import Layout

_ARROWS: Final = {
    "↓": ft.Icons.ARROW_DOWNWARD,
    "↑": ft.Icons.ARROW_UPWARD,
    "→": ft.Icons.ARROW_FORWARD,
    "←": ft.Icons.ARROW_BACK,
}


@component
def sheets(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet that is open, from the bottom on a phone, in the middle of a desktop."""
    panel = see(stores.panel).state
    evidence = see(stores.evidence).state
    call = see(stores.call).state
    ticks = see(stores.ticks)
    session = see(stores.session).state
    how_high = fit()

    def shut() -> None:
        # The rows under a figure are read only while they are looked at, here or on its page.
        if not panel.shows_figure and not stores.router.route.figure:
            stores.evidence.close()

    effect(shut, [panel.shows_figure])
    content: ft.Control | None = None
    if panel.shows_figure and evidence.figure is not None:
        content = _provenance(stores, words, layout, panel, evidence, evidence.figure, ticks.now)
    elif panel.panel == ABOUT_CALL and call.call is not None:
        rows = about_call(words, call, ticks.now, _leaving_all(stores, about_actions(stores, call)), name="about")
        content = _titled(words, stores, words("about.title"), rows)
    elif panel.panel == BUSINESSES:
        content = businesses(stores, words, session, how_high)
    elif panel.panel == KEYS_PANEL:
        content = _titled(words, stores, words("keys.title"), [_keys(words)])
    return lay_over(stores, sheet(layout, content, stores.panel.close) if content is not None else None)


def _provenance(
    stores: Stores,
    words: Words,
    layout: Layout,
    panel: PanelState,
    evidence: EvidenceState,
    figure: MetricFigure,
    now: datetime,
) -> ft.Control:
    of_all = evidence.under is None or evidence.under.employee_id is None
    content = provenance_sheet(
        words,
        figure_origin(words, figure),
        evidence_of(evidence),
        now,
        evidence_actions(stores, words),
        file=file_state(panel),
        # The page of a figure is about the whole business.
        on_open=(lambda: open_figure(stores, figure.metric, figure.chosen)) if of_all else None,
        on_close=stores.panel.close,
    )
    return ft.Container(content, height=layout.height * (0.8 if layout.is_phone else 0.72))


def _leaving(stores: Stores, onward: Handler | None) -> Handler | None:
    """Closes the sheet on the way."""
    if onward is None:
        return None

    def leave() -> None:
        stores.panel.close()
        onward()

    return leave


def _leaving_all(stores: Stores, actions: AboutActions) -> AboutActions:
    """Whatever leads to another place closes the sheet."""

    def to_lead(lead_id: LeadId) -> None:
        stores.panel.close()
        actions.lead(lead_id)

    booking, customer = _leaving(stores, actions.booking), _leaving(stores, actions.customer)
    return replace(actions, booking=booking, customer=customer, lead=to_lead)


@component
def questions(stores: Stores, words: Words) -> ft.Control:
    """What is asked before a call is taken, handed back or ended."""
    command = see(stores.command).state
    call = stores.call.state.call
    dialog: ft.AlertDialog | None = None
    if command.asking is not None and call is not None:
        dialog = _question(stores, words, command.asking, call.call_id, call.employee_name, command.note)
    return lay_over(stores, dialog)


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
        on_dismiss=handler(lambda: stores.command.ask(None)),
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
                        _caps(shortcut.keys),
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


def _caps(keys: str) -> ft.Control:
    """With drawn arrows: not every device's font has them."""
    pieces = [piece for piece in re.split(f"([{''.join(_ARROWS)}])", keys) if piece.strip()]
    faces: list[ft.Control] = [
        ft.Icon(_ARROWS[piece], size=15, color=theme.TEXT)
        if piece in _ARROWS
        else parts.text(piece.strip(), size=13, weight=parts.W600)
        for piece in pieces
    ]
    return ft.Semantics(label=keys, exclude_semantics=True, content=ft.Row(faces, spacing=5, tight=True))
