"""The head of a call: who calls, for how long, how it goes or what came of it."""

from dataclasses import replace

import flet as ft

from client.insight.clients import visits
from client.insight.health import Level, LiveCall, Reason
from client.insight.sentiment import mood
from client.models.calls import Call, Outcome
from client.models.link import LinkState
from client.state.call import CallState
from client.state.link import lost_since
from screens.about_call import customer_opener
from screens.live import elapsed, go, strip
from screens.stores import Stores
from screens.window import ABOUT_CALL
from widgets import buttons, call_row, marks, notices, parts, theme
from widgets import format as fmt
from widgets.component import Handler as OnEvent
from widgets.component import component, memoized, see
from widgets.parts import Tone
from widgets.sparkline import sparkline
from widgets.strings import Words
from widgets.theme import Layout


@component
def call_head(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The head is drawn again when what it shows changes; the last word is shown only while the stream is down."""
    state = see(stores.call).state
    link = see(stores.link).state
    if state.call is None:
        return ft.Container(notices.skeleton_rows(1, label=words("loading.call")), padding=12)
    now = see(stores.ticks).now
    heard_at = lost_since(link, now) if state.call.is_live else None
    lost = fmt.moment(words, heard_at, now) if heard_at else None
    down = state.call.is_live and link.state is not LinkState.ONLINE and lost is None
    shown = replace(state, last_word_at=state.last_word_at if down else None, actions=())
    return head_panel(stores, words, layout, shown, lost)


@memoized
def head_panel(stores: Stores, words: Words, layout: Layout, state: CallState, lost: str | None) -> ft.Control:
    """`lost`: when it was heard of last, where that is too long ago to say that it goes on."""
    call = state.call
    timer: ft.Control | None = None
    if call is not None and call.is_live and lost is None:
        timer = elapsed(stores, call, size=20 if not layout.is_phone else 22)
    return head_view(
        words,
        layout,
        state,
        timer,
        lost=lost,
        on_back=lambda: go(stores, stores.router.route.parent),
        on_about=lambda: stores.panel.open(ABOUT_CALL),
        on_customer=customer_opener(stores, state),
        strip=strip(stores, words),
    )


def head_view(
    words: Words,
    layout: Layout,
    state: CallState,
    timer: ft.Control | None,
    *,
    lost: str | None,
    on_back: OnEvent,
    on_about: OnEvent,
    on_customer: OnEvent | None,
    strip: ft.Control,
) -> ft.Control:
    """Who calls, for how long, how it goes; with `last_word_at` the stream is down, and that was heard last.

    Without a `timer` it is over, or `lost`.
    """
    call = state.call
    if call is None:
        return ft.Container()
    rows = (
        [_phone_head(words, layout, state, call, timer, on_back, on_about, on_customer)]
        if not layout.two_panes
        else [_desk_head(words, layout, state, call, timer, on_about, on_customer)]
    )
    if not layout.two_panes and not (layout.is_short and call.is_live):
        rows.append(ft.Container(strip, padding=ft.Padding.only(left=10)))
    if state.last_word_at is not None:
        said = words("call.reconnecting", time=fmt.clock_seconds(words, state.last_word_at))
        rows.append(notices.banner(said, icon_name=ft.Icons.SYNC_PROBLEM))
    if lost is not None:
        rows.append(notices.banner(words("call.lost", time=lost), icon_name=ft.Icons.CLOUD_OFF))
    return ft.Container(
        ft.Column(rows, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(
            left=20 if layout.two_panes else 8,
            right=20 if layout.two_panes else 12,
            top=10,
            bottom=10 if layout.two_panes else 4,
        ),
        border=ft.Border.only(bottom=ft.BorderSide(1, theme.LINE)) if layout.two_panes else None,
    )


def _phone_head(
    words: Words,
    layout: Layout,
    state: CallState,
    call: Call,
    timer: ft.Control | None,
    on_back: OnEvent,
    on_about: OnEvent,
    on_customer: OnEvent | None,
) -> ft.Control:
    verdict = _verdict(words, state, call, on_about, running=timer is not None)
    in_a_row = layout.is_short and not layout.is_phone
    top = ft.Row(
        [
            buttons.icon_button("back", words("action.back"), ft.Icons.ARROW_BACK, on_back, color=theme.TEXT),
            ft.Container(_who(words, state, call, on_customer), expand=True),
            *([verdict] if in_a_row else []),
            *([parts.dot(_tone(state)), timer] if timer else []),
        ],
        spacing=8,
    )
    if in_a_row:
        return top
    low = ft.Row(
        [verdict, *([] if layout.is_short else _mood_line(words, state, 90))],
        spacing=8,
        run_spacing=0,
        wrap=True,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Column(
        [top, ft.Container(low, padding=ft.Padding.only(left=8))],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _who(words: Words, state: CallState, call: Call, on_customer: OnEvent | None) -> ft.Control:
    """Leads to the client, where it is one."""
    name, told = fmt.clipped(call_row.caller(words, call), 200), _underline(words, state, call)
    face = ft.Column([parts.heading(name, size=17), parts.muted(told, lines=2)], spacing=0, tight=True)
    if on_customer is None:
        return face
    spoken = words("customer.open_spoken", name=fmt.clipped(name, 80), told=told)
    return buttons.pressable("call.client", spoken, face, on_customer, padding=ft.Padding.symmetric(vertical=2))


def _desk_head(
    words: Words,
    layout: Layout,
    state: CallState,
    call: Call,
    timer: ft.Control | None,
    on_about: OnEvent,
    on_customer: OnEvent | None,
) -> ft.Control:
    """Who, and below it how it goes; what an inspector says beside it is left out."""
    name = parts.heading(fmt.clipped(call_row.caller(words, call), 200), size=16)
    running: list[ft.Control] = [parts.dot(_tone(state)), timer] if timer else []
    first: list[ft.Control] = [*running, ft.Container(name, expand=True)]
    verdict = _verdict(words, state, call, on_about, running=timer is not None)
    about = "" if layout.has_inspector else _underline(words, state, call)
    said = parts.muted(about, size=12, expand=True, align=ft.TextAlign.END)
    beside: ft.Control = said
    if about and on_customer is not None:
        spoken = words("customer.open_spoken", name=fmt.clipped(call_row.caller(words, call), 80), told=about)
        beside = buttons.pressable("call.client", spoken, ft.Row([said]), on_customer, expand=True)
    return ft.Column(
        [ft.Row([*first, *_mood_line(words, state, 130)], spacing=12), ft.Row([verdict, beside], spacing=12)],
        spacing=0,
        tight=True,
    )


def _underline(words: Words, state: CallState, call: Call) -> str:
    pieces: list[str] = []
    masked = fmt.phone_masked(call.caller_phone)
    if masked:
        pieces.append(masked)
    if state.customer and (came := visits(state.customer)) is not None:
        pieces.append(words("customer.visits", n=came))
    key = "call.answered_by" if call.answered_at else "call.ringing_for"
    pieces.append(words(key, name=call.employee_name))
    return " · ".join(pieces)


def _verdict(words: Words, state: CallState, call: Call, on_about: OnEvent, *, running: bool) -> ft.Control:
    """The level with its reason while it runs, the outcome after it; opens what it rests on."""
    if running:
        mark = marks.LEVELS[state.health.level]
        label = words(mark.key)
        if state.health.reason is not Reason.CALM:
            said = call_row.reason(words, LiveCall(call=call, health=state.health))
            label = words("call.verdict", level=label, reason=said)
    else:
        mark = marks.OUTCOMES[call.outcome or Outcome.UNKNOWN]
        label = words("call.heard_no_end" if call.is_live else mark.key)
    return buttons.pressable(
        "call.about",
        words("call.about_name", what=label),
        ft.Container(parts.chip(label, mark.tone, mark.icon), padding=ft.Padding.symmetric(vertical=10, horizontal=2)),
        on_about,
    )


def _mood_line(words: Words, state: CallState, width: float) -> list[ft.Control]:
    if len(state.sentiment) < 2:
        return []
    color = theme.DANGER if state.health.level is Level.NEEDS_YOU else theme.PRIMARY
    label = words("sentiment.label", first=_mood(words, state, 0), last=_mood(words, state, -1))
    values = [p.value for p in state.sentiment[-24:]]
    return [sparkline(values, label=label, width=width, height=28, color=color, low=-1.0, high=1.0, ground=theme.BG)]


def _mood(words: Words, state: CallState, at: int) -> str:
    return words(f"mood.{mood(state.sentiment[at].value)}")


def _tone(state: CallState) -> Tone:
    return marks.LEVELS[state.health.level].tone
