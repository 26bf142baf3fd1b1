"""The words of a call: the lines that are mounted, their edges, and keeping the newest in sight."""

from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.insight.transcript import LineKind
from client.models.calls import CallStatus
from client.models.ids import CallId
from client.state.call import CallState
from client.state.transcript import Cell, Chunk, Growth, TranscriptState
from screens.about_call import booking_opener, summary_cards
from screens.stores import Stores
from widgets import buttons, notices
from widgets.buttons import Kind
from widgets.component import Handler as OnEvent
from widgets.component import component, effect, handler, memoized, reuse, see
from widgets.strings import Words
from widgets.theme import Layout
from widgets.transcript import line_row

NEAR_BOTTOM = 32.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutWords:
    """What the list of lines needs to know of its call, so that it is drawn again for nothing else.

    `over`: the state of a call that has ended, whose summary stands above its words where there is no inspector.
    """

    call_id: CallId
    began: datetime
    live: bool
    ringing: bool
    employee: str
    over: CallState | None


@component
def transcript_pane(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The lines of the open call, for a role that may read them."""
    state = see(stores.call).state
    identity = see(stores.session).state.identity
    if identity is None or not identity.role.may_supervise:
        said = notices.empty(words("transcript.not_for_role"), words("transcript.not_for_role_body"))
        return ft.Container(said, expand=True, padding=16)
    call = state.call
    if call is None:
        return ft.Container(expand=True)
    about = AboutWords(
        call_id=call.call_id,
        began=call.answered_at or call.started_at,
        live=call.is_live,
        ringing=call.status is CallStatus.RINGING,
        employee=call.employee_name,
        over=None if call.is_live else state,
    )
    return ft.Container(transcript_list(stores, words, layout, about), expand=True)


@memoized
def transcript_list(stores: Stores, words: Words, layout: Layout, about: AboutWords) -> ft.Control:
    """The lines, of which a window is mounted; the newest in sight while the owner is at the end."""
    transcript = see(stores.transcript).state
    child = reuse()
    listing: ft.Ref[ft.ListView] = ft.use_ref(lambda: ft.Ref[ft.ListView]()).current  # type: ignore[assignment]

    def scrolled(e: ft.OnScrollEvent) -> None:
        near = e.max_scroll_extent - e.pixels <= NEAR_BOTTOM
        if near or (e.scroll_delta or 0) < 0:
            stores.transcript.scrolled(at_bottom=near)

    rows: list[ft.Control] = []
    if about.over and not layout.has_inspector and not transcript.earlier:
        on_booking = booking_opener(stores, about.over)
        cards = summary_cards(words, about.over, on_booking=on_booking)
        rows.append(ft.Container(ft.Column(cards, spacing=8, tight=True), padding=ft.Padding.symmetric(vertical=6)))
    if transcript.earlier:
        earlier = words("transcript.earlier", n=transcript.earlier)
        rows.append(child("earlier", edge_button, earlier, "transcript.earlier", stores.transcript.show_earlier))
    rows += [child(chunk.chunk_id, transcript_chunk, words, chunk, about.began) for chunk in transcript.chunks]
    if not transcript.heard:
        rows.append(_nothing_heard(words, about))
    if transcript.later:
        later = words("transcript.later", n=transcript.later)
        rows.append(child("later", edge_button, later, "transcript.later", stores.transcript.show_later))
    rows.append(child("newest", keep_newest_in_sight, stores, stores.transcript.growth, listing))
    edge = 24 if layout.two_panes else 14
    view = ft.ListView(
        rows,
        ref=listing,
        expand=True,
        spacing=0,
        on_scroll=handler(scrolled),
        scroll_interval=60,
        padding=ft.Padding.only(left=edge, right=edge, top=4, bottom=14),
        key="transcript.list",
    )
    if not transcript.unread or transcript.following:
        return ft.Stack([view], expand=True)
    return ft.Stack([view, _unread_pill(words, transcript, stores.transcript.show_newest)], expand=True)


@memoized
def keep_newest_in_sight(stores: Stores, growth: Growth, listing: ft.Ref[ft.ListView]) -> ft.Control:
    """Scrolls to the end after each growth, once it has been painted, while the owner is there."""

    async def to_end() -> None:
        if stores.transcript.state.following and listing.current:
            await listing.current.scroll_to(offset=-1, duration=0)

    effect(to_end, [growth.count])
    return ft.Container(height=0)


@memoized
def transcript_chunk(words: Words, chunk: Chunk, began: datetime) -> ft.Control:
    """Twenty lines, so that a new one does not touch the others."""
    child = reuse()
    return ft.Column(
        [child(f"line-{cell.state.line_id}", transcript_line, words, cell, began) for cell in chunk.cells],
        spacing=0,
        tight=True,
    )


@memoized
def transcript_line(words: Words, cell: Cell, began: datetime) -> ft.Control:
    """One line, repainted by its own cell."""
    line = cell.state
    name = f"tool.{line.line_id}"
    opened, set_opened = ft.use_state(False)
    return ft.Container(
        line_row(
            words,
            line,
            began,
            kept=reuse(),
            expanded=opened,
            marked=cell.marked and line.kind is LineKind.SPEECH,
            on_toggle=lambda: set_opened(lambda is_open: not is_open),
        ),
        data=name,
    )


def _unread_pill(words: Words, transcript: TranscriptState, on_newest: OnEvent) -> ft.Control:
    said = words("transcript.unread", n=transcript.unread)
    return ft.Container(
        buttons.button("transcript.newest", said, on_newest, kind=Kind.PRIMARY, icon_name=ft.Icons.ARROW_DOWNWARD),
        bottom=12,
        left=0,
        right=0,
        alignment=ft.Alignment.CENTER,
    )


@memoized
def edge_button(label: str, identifier: str, on_click: OnEvent) -> ft.Control:
    return ft.Row([buttons.button(identifier, label, on_click, kind=Kind.LINK)], alignment=ft.MainAxisAlignment.CENTER)


def _nothing_heard(words: Words, about: AboutWords) -> ft.Control:
    if about.live:
        key = "transcript.ringing" if about.ringing else "transcript.waiting"
        return notices.empty(words(key, name=about.employee))
    return notices.empty(words("transcript.none"))
