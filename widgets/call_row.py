"""A call in a list: in progress, with why it needs somebody; or over, with how it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import flet as ft

from client.insight.health import Level, LiveCall, Reason
from client.models.call_history import FoundLine
from client.models.calls import Call, Outcome, Speaker
from widgets import buttons, marks, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.parts import Tone
from widgets.strings import Words

BEFORE: Final = 24
"""Letters of a line that may stand before the first word that was looked for."""

_FOUND: Final = ft.TextStyle(size=13, color=theme.MUTED)
_MARKED: Final = ft.TextStyle(weight=parts.W600, color=theme.AI_TEXT, bgcolor=theme.AI_GROUND)


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


def lost_row(
    words: Words, call: Call, when: str, on_open: Handler, *, selected: bool = False, scale: float = 1.0
) -> ft.Control:
    """A call that was in progress when this device last heard of it, and of which nothing is known since.

    `when`: in words, with the day where it was another.
    """
    name, said = caller(words, call), words("call.was_live", time=when)
    large = scale > 1
    told: list[ft.Control] = [parts.strong(name, lines=2 if large else 1), parts.muted(said, lines=4 if large else 2)]
    return buttons.pressable(
        f"lost.{call.call_id}",
        words("call.lost_spoken", name=fmt.clipped(name, 80), said=said),
        ft.Row([parts.icon(ft.Icons.CLOUD_OFF), ft.Column(told, spacing=1, expand=True, tight=True)], spacing=12),
        on_open,
        padding=ft.Padding.symmetric(horizontal=12, vertical=10),
        bgcolor=theme.AI_GROUND if selected else None,
        selected=selected or None,
    )


ROW: Final = 66
LINE: Final = 20
"""How high a call in the list is, and each line found in it, at the usual size of text."""


def past_row(
    words: Words,
    call: Call,
    on_open: Handler,
    *,
    selected: bool = False,
    lines: Sequence[FoundLine] = (),
    scale: float | None = None,
) -> ft.Control:
    """caller · when · what it was about · how it ended; then what was found in it, the words marked.

    `scale`: how large the owner has text; then it is as high as `ROW` and `LINE` say, with a line under it, so that a
    list can leave room for those it does not draw.
    """
    mark = marks.OUTCOMES[call.outcome or Outcome.UNKNOWN]
    name = caller(words, call)
    about = gist(words, call)
    flag = [ft.Icon(ft.Icons.FLAG, size=14, color=theme.WARNING)] if call.flags else []
    top = ft.Row(
        [
            parts.strong(name, size=14, lines=1, expand=True),
            *flag,
            *([marks.waiting_icon(words)] if call.pending else []),
            parts.muted(fmt.clock_time(words, call.started_at), size=12),
        ],
        spacing=8,
    )
    low = ft.Row([parts.muted(about, lines=1, expand=True), mark.chip(words)], spacing=8)
    spoken = words(
        "call.past_spoken",
        name=fmt.clipped(name, 80),
        time=fmt.clock_time(words, call.started_at),
        about=about,
        outcome=words(mark.key),
    )
    if call.flags:
        spoken = words("call.flagged_spoken", call=spoken)
    if call.pending:
        spoken = f"{spoken}, {words(marks.WAITING.key)}"
    if lines:
        spoken = words("call.found_spoken", call=spoken, text=" … ".join(fmt.clipped(line.text, 160) for line in lines))
    row = buttons.pressable(
        f"call.{call.call_id}",
        spoken,
        ft.Column([top, low, *(_found(words, line, scale or 1.0) for line in lines)], spacing=2, tight=True),
        on_open,
        padding=ft.Padding.symmetric(horizontal=12, vertical=9),
        bgcolor=theme.AI_GROUND if selected else None,
        selected=selected or None,
        top=True,
    )
    if scale is None:
        return row
    side = ft.Border.only(bottom=ft.BorderSide(1, theme.LINE))
    return ft.Container(row, height=(ROW + LINE * len(lines)) * scale, border=side)


def _found(words: Words, line: FoundLine, scale: float) -> ft.Control:
    """Who said it, and the line from shortly before the first word that was looked for."""
    who = words("speaker.caller") if line.speaker is Speaker.CALLER else line.name or words("speaker.assistant")
    first = line.spans[0][0]
    start = line.text.rfind(" ", 0, max(0, first - BEFORE)) + 1 if first > BEFORE else 0
    spans = [ft.TextSpan(words("call.found_by", name=fmt.clipped(who, 24))), ft.TextSpan("… " if start else "")]
    at = start
    for begin, end in line.spans:
        spans += [ft.TextSpan(line.text[at:begin]), ft.TextSpan(line.text[begin:end], style=_MARKED)]
        at = end
    spans.append(ft.TextSpan(line.text[at : at + 200]))
    text = ft.Text(spans=spans, style=_FOUND, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS)
    return ft.Container(text, height=(LINE - 2) * scale)


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
