"""The words of a call: the lines that are mounted, their edges, and keeping the newest in sight."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

import flet as ft

from client.insight.transcript import LineKind
from client.models.calls import CallStatus
from client.models.ids import CallId, TurnId
from client.state.call import CallState
from client.state.transcript import Cell, Chunk, Growth, Sought, TranscriptState
from screens.about_call import about_actions, summary_cards
from screens.seeking import SIGHT, Seeking
from screens.stores import Stores
from screens.window import TURN
from widgets import buttons, notices
from widgets.buttons import Focus, Kind
from widgets.component import Handler as OnEvent
from widgets.component import component, effect, handler, memoized, reuse, see
from widgets.strings import Words
from widgets.theme import Layout
from widgets.transcript import Beside, line_row

NEAR_BOTTOM = 32.0
WHOLE = 60_000.0
"""Higher than all lines that are mounted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHand:
    """`open`: what can be done about a turn; `lands`, `leaves`: the keyboard, on it and off it."""

    open: Callable[[TurnId], None]
    lands: Callable[[TurnId], None]
    leaves: Callable[[TurnId], None]


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
    arrived, set_arrived = ft.use_state(cast(Sought | None, None))
    seeking = ft.use_memo(lambda: Seeking(stores.runtime.clock.sleep), [transcript.sought])
    seeks = transcript.sought is not None and transcript.sought is not arrived

    async def seek() -> None:
        if transcript.sought is not None:
            await seeking.run(listing)
            set_arrived(transcript.sought)

    effect(seek, [transcript.sought])

    def scrolled(e: ft.OnScrollEvent) -> None:
        if transcript.sought is not None and not seeking.over:
            seeking.scrolled(e)
            if not seeking.over:
                return
        near = e.max_scroll_extent - e.pixels <= NEAR_BOTTOM
        if near or (e.scroll_delta or 0) < 0:
            stores.transcript.scrolled(at_bottom=near)

    rows: list[ft.Control] = []
    if about.over and not layout.has_inspector and not transcript.earlier:
        cards = summary_cards(words, about.over, stores.ticks.now, about_actions(stores, about.over))
        rows.append(ft.Container(ft.Column(cards, spacing=8, tight=True), padding=ft.Padding.symmetric(vertical=6)))
    if transcript.earlier:
        earlier = words("transcript.earlier", n=transcript.earlier)
        rows.append(child("earlier", edge_button, earlier, "transcript.earlier", stores.transcript.show_earlier))
    hand = ft.use_memo(lambda: _hand(stores), [])
    rows += [child(chunk.chunk_id, transcript_chunk, words, chunk, about.began, hand) for chunk in transcript.chunks]
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
        # A line that is looked for has to be laid out to be found.
        cache_extent=WHOLE if seeks else None,
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
def transcript_chunk(words: Words, chunk: Chunk, began: datetime, hand: LineHand) -> ft.Control:
    """Twenty lines, so that a new one does not touch the others."""
    child = reuse()
    return ft.Column(
        [child(f"line-{cell.state.line_id}", transcript_line, words, cell, began, hand) for cell in chunk.cells],
        spacing=0,
        tight=True,
    )


@memoized
def transcript_line(words: Words, cell: Cell, began: datetime, hand: LineHand) -> ft.Control:
    """One line, repainted by its own cell."""
    line = cell.state
    name = f"tool.{line.line_id}"
    opened, set_opened = ft.use_state(False)
    turn_id = TurnId(line.line_id)
    menu = ft.use_memo(lambda: partial(hand.open, turn_id), [turn_id])
    focus = ft.use_memo(
        lambda: Focus(ref=ft.Ref(), lands=partial(hand.lands, turn_id), leaves=partial(hand.leaves, turn_id)), [turn_id]
    )
    notes = cell.notes
    row = ft.Container(
        line_row(
            words,
            line,
            began,
            kept=reuse(),
            expanded=opened,
            marked=cell.marked and line.kind is LineKind.SPEECH,
            on_toggle=lambda: set_opened(lambda is_open: not is_open),
            beside=Beside(promises=notes.promises, flag=notes.flag, corrections=notes.corrections, found=cell.found),
            on_menu=menu if line.kind is LineKind.SPEECH else None,
            focus=focus,
        ),
        data=name,
    )
    if not cell.leads:
        return row
    # Of no height: a control with such a key is made anew by the client whenever it is drawn.
    return ft.Column([ft.Container(height=0, key=ft.ScrollKey(SIGHT)), row], spacing=0, tight=True)


def _hand(stores: Stores) -> LineHand:
    return LineHand(
        open=lambda turn_id: stores.panel.open(f"{TURN}{turn_id}"),
        lands=stores.focus.lands_on_line,
        leaves=stores.focus.leaves_line,
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
