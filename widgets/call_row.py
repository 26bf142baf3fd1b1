"""A call in a list: in progress, with why it needs somebody; or over, with how it ended."""

from datetime import datetime

import flet as ft

from client.insight.health import Level, LiveCall, Reason
from client.models.calls import Call, Outcome
from widgets import buttons, marks, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.parts import Tone
from widgets.strings import Words


def caller(words: Words, call: Call) -> str:
    """The caller's name, else the end of the number, else "Unknown caller"."""
    return call.caller_name or fmt.phone_tail(call.caller_phone) or words("caller.unknown")


def reason(words: Words, item: LiveCall) -> str:
    """Why the call stands where it stands, in words."""
    if item.health.reason is Reason.CALM and item.call.intent:
        return intent(words, item.call.intent)
    if item.health.reason is Reason.WITH_PERSON:
        return words("health.reason.with_person", name=item.call.handler_name or words("speaker.human"))
    return words(f"health.reason.{item.health.reason}")


def intent(words: Words, value: str) -> str:
    key = f"intent.{value}"
    return words(key) if words.has(key) else fmt.label_of(words, value)


def live_row(
    words: Words,
    item: LiveCall,
    elapsed: ft.Control,
    on_open: Handler,
    *,
    selected: bool = False,
    roomy: bool = False,
    scale: float = 1.0,
) -> ft.Control:
    """pulse · timer · caller · reason · level.

    `elapsed` is the ticking timer; `roomy` puts it before the name; `scale`: how large the owner has text.
    """
    mark = marks.LEVELS[item.health.level]
    tone = mark.tone if item.health.level is not Level.STABLE else Tone.POSITIVE
    name = caller(words, item.call)
    large = scale > 1
    told: list[ft.Control] = [
        parts.strong(name, lines=2 if large else 1),
        parts.muted(reason(words, item), lines=4 if large else 2),
    ]
    middle = ft.Column(told, spacing=1, expand=True, tight=True)
    timer = ft.Container(elapsed, width=52 * scale)
    left: list[ft.Control] = [parts.dot(tone)]
    right = ft.Column(
        [elapsed, mark.chip(words)], spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END
    )
    row = [*left, timer, middle, mark.chip(words)] if roomy else [*left, middle, right]
    return buttons.pressable(
        f"live.{item.call.call_id}",
        words("call.live_spoken", name=fmt.clipped(name, 80), reason=reason(words, item), level=words(mark.key)),
        ft.Row(row, spacing=12, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        on_open,
        padding=ft.Padding.symmetric(horizontal=12, vertical=10),
        bgcolor=theme.AI_GROUND if selected else None,
        selected=selected or None,
    )


def past_row(words: Words, call: Call, on_open: Handler, *, selected: bool = False) -> ft.Control:
    """caller · when · what it was about · how it ended."""
    mark = marks.OUTCOMES[call.outcome or Outcome.UNKNOWN]
    name = caller(words, call)
    about = gist(words, call)
    top = ft.Row(
        [
            parts.strong(name, size=14, lines=1, expand=True),
            parts.muted(fmt.clock_time(words, call.started_at), size=12),
        ],
        spacing=8,
    )
    low = ft.Row([parts.muted(about, lines=1, expand=True), mark.chip(words)], spacing=8)
    return buttons.pressable(
        f"call.{call.call_id}",
        words(
            "call.past_spoken",
            name=fmt.clipped(name, 80),
            time=fmt.clock_time(words, call.started_at),
            about=about,
            outcome=words(mark.key),
        ),
        ft.Column([top, low], spacing=3, tight=True),
        on_open,
        padding=ft.Padding.symmetric(horizontal=12, vertical=10),
        bgcolor=theme.AI_GROUND if selected else None,
        selected=selected or None,
    )


def gist(words: Words, call: Call) -> str:
    """One line on what the call was about; its length where nothing better is known."""
    if call.summary:
        return fmt.clipped(_without_name(" ".join(call.summary.split()), call.caller_name), 160)
    if call.intent:
        return intent(words, call.intent)
    if call.ended_at is None:
        return ""
    if call.answered_at is None:
        return words("call.not_answered")
    return words("call.lasted", length=fmt.duration_clock(seconds(call, call.ended_at)))


def _without_name(summary: str, name: str | None) -> str:
    """The row begins with the caller's name, so its second line need not."""
    rest = summary.removeprefix(f"{name} ") if name else summary
    return rest[:1].upper() + rest[1:]


def seconds(call: Call, until: datetime) -> float:
    """How long the call has run, from when it was answered, else from when it rang."""
    return (until - (call.answered_at or call.started_at)).total_seconds()
