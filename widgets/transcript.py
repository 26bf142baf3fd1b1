"""The lines of a call's transcript: bubbles of the caller, the AI and the human, tools, notes and gaps.

One line is one control; which lines are mounted and what follows what is the screen's affair.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

import flet as ft

from client.insight.corrections import Noted
from client.insight.transcript import Line, LineKind
from client.models.call_history import Spans
from client.models.calls import Speaker, ToolUse, Turn
from client.models.promises import Judged, PromiseState
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.buttons import Focus
from widgets.component import Handler, Reuse, handler
from widgets.correction_words import reach, standing_chip
from widgets.parts import Tone
from widgets.promise_lines import promise_chip
from widgets.strings import Words

# Made once: a word that changes makes its line anew, and these are most of what a line is made of.
_OUR_CORNERS: Final = ft.BorderRadius.only(top_left=14, top_right=14, bottom_left=14, bottom_right=4)
_THEIR_CORNERS: Final = ft.BorderRadius.only(top_left=14, top_right=14, bottom_left=4, bottom_right=14)
_MARKED: Final = ft.Border.all(1, theme.DANGER)
_FOUND: Final = ft.Border.all(2, theme.PRIMARY)
_IN_BUBBLE: Final = ft.Padding.symmetric(horizontal=14, vertical=9)
_UNDER_LINE: Final = ft.Padding.only(top=3)
_OVER_RUN: Final = ft.Padding.only(top=12, left=4, right=4, bottom=3)
_SAID: Final = ft.TextStyle(size=15, height=1.4, color=theme.TEXT)
_UNSURE: Final = ft.TextStyle(
    decoration=ft.TextDecoration.UNDERLINE,
    decoration_style=ft.TextDecorationStyle.DOTTED,
    decoration_color=theme.WARNING,
    decoration_thickness=2,
)
_SOUGHT: Final = ft.TextStyle(weight=parts.W600, color=theme.ON_WARNING_GROUND, bgcolor=theme.WARNING_GROUND)
_SOUGHT_UNSURE: Final = replace(_UNSURE, weight=parts.W600, color=theme.ON_WARNING_GROUND, bgcolor=theme.WARNING_GROUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a line: promises made in it, the owner's flag (None without one), right answers to it.

    `found`: the call was opened at it, for the words at these places; None for every other line.
    """

    promises: tuple[Judged, ...] = ()
    flag: str | None = None
    corrections: tuple[Noted, ...] = ()
    found: Spans | None = None

    @property
    def unkept(self) -> bool:
        return any(judged.state is PromiseState.UNKEPT for judged in self.promises)


def line_row(
    words: Words,
    line: Line,
    began: datetime,
    *,
    kept: Reuse,
    expanded: bool,
    marked: bool,
    on_toggle: Handler,
    beside: Beside,
    on_menu: Handler | None,
    focus: Focus,
) -> ft.Control:
    """One line.  `began`: when the call was answered, from which times are told; `marked`: a rule rests on it.

    `on_menu`: what can be done about it, where anything can; `focus`: of the keyboard on the way to that.

    `kept`: the line's own, for what does not change with its words.
    """
    match line.kind:
        case LineKind.SPEECH | LineKind.PARTIAL:
            return _bubble(words, line, began, kept, marked, beside, on_menu, focus)
        case LineKind.TOOL:
            return _tool(words, line, began, expanded, on_toggle)
        case LineKind.NOTE:
            return _note(words, line, began)
        case LineKind.GAP:
            return _gap(words, line)


def speaker_name(words: Words, line: Line) -> str:
    match line.speaker:
        case Speaker.CALLER:
            return words("speaker.caller")
        case Speaker.ASSISTANT:
            return line.name or words("speaker.assistant")
        case Speaker.HUMAN:
            return line.name or words("speaker.human")
        case _:
            return line.name or ""


def _bubble(
    words: Words,
    line: Line,
    began: datetime,
    kept: Reuse,
    marked: bool,
    beside: Beside,
    on_menu: Handler | None,
    focus: Focus,
) -> ft.Control:
    ours = line.speaker is not Speaker.CALLER
    ground = {
        Speaker.CALLER: theme.SURFACE_2,
        Speaker.HUMAN: theme.POSITIVE_GROUND,
    }.get(line.speaker, theme.AI_GROUND)
    bubble = ft.Container(
        _words_said(line, beside.found or ()),
        bgcolor=ground,
        border_radius=_OUR_CORNERS if ours else _THEIR_CORNERS,
        border=_FOUND if beside.found is not None else _MARKED if marked or beside.unkept else None,
        padding=_IN_BUBBLE,
        expand=5,
        expand_loose=True,
    )
    side = kept.drawn("side", _side, words, line.line_id, ours, on_menu, focus)
    row = ft.Row(
        [side, bubble] if ours else [bubble, side],
        alignment=ft.MainAxisAlignment.END if ours else ft.MainAxisAlignment.START,
        spacing=0,
    )
    under = _notes(words, beside, ours, line.name or words("speaker.assistant"))
    if not line.opens_run:
        said: ft.Control = ft.Container(row, padding=_UNDER_LINE)
    else:
        at = _at(line.turn, began) if line.turn else None
        head = kept.drawn("head", _who, words, line.speaker, speaker_name(words, line), at)
        said = ft.Column([head, row], spacing=0, tight=True)
    if on_menu is not None:
        # A long press or the right button, as anywhere; the button beside it is for keys and for who cannot see.
        said = ft.GestureDetector(
            said,
            on_long_press=handler(on_menu),
            on_secondary_tap=handler(on_menu),
            exclude_from_semantics=True,
        )
    else:
        said = ft.MergeSemantics(said)
    # The same shape with notes and without: what is kept of a line stays where it was.
    return ft.Column([said, *under], spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _side(words: Words, line_id: str, ours: bool, on_menu: Handler | None, focus: Focus) -> ft.Control:
    """The room beside a bubble, with the way to what can be done about it."""
    if on_menu is None:
        return ft.Container(expand=1)
    more = buttons.icon_button(
        f"turn.{line_id}", words("turn.menu"), ft.Icons.MORE_HORIZ, on_menu, size=18, focus=focus
    )
    side = ft.Alignment.CENTER_RIGHT if ours else ft.Alignment.CENTER_LEFT
    return ft.Container(more, expand=1, alignment=side)


def _notes(words: Words, beside: Beside, ours: bool, employee: str) -> list[ft.Control]:
    """Under the bubble: flagged, promised, corrected.  `employee`: whose words these are."""
    chips = [promise_chip(words, judged) for judged in beside.promises]
    if beside.found is not None:
        chips.insert(0, parts.chip(words("turn.found"), Tone.NEUTRAL, ft.Icons.MANAGE_SEARCH))
    if beside.flag is not None:
        named = words("turn.flagged_as", label=fmt.clipped(beside.flag, 60)) if beside.flag else words("turn.flagged")
        chips.append(parts.chip(named, Tone.WARNING, ft.Icons.FLAG))
    out: list[ft.Control] = []
    side = ft.MainAxisAlignment.END if ours else ft.MainAxisAlignment.START
    if chips:
        out.append(
            ft.Container(ft.Row(chips, spacing=6, run_spacing=4, wrap=True, alignment=side), padding=_UNDER_LINE)
        )
    return [*out, *(_corrected(words, noted, employee) for noted in beside.corrections)]


def _corrected(words: Words, noted: Noted, employee: str) -> ft.Control:
    correction = noted.correction
    chip = standing_chip(words, correction, noted.standing, employee)
    right = parts.text(words("correction.right", text=fmt.clipped(correction.right, 300)), size=13, height=1.4)
    return ft.MergeSemantics(
        ft.Container(
            ft.Column(
                [ft.Row([chip], wrap=True), right, parts.muted(reach(words, correction, noted.client), size=12)],
                spacing=4,
                tight=True,
            ),
            border=ft.Border.only(left=ft.BorderSide(3, theme.PRIMARY)),
            padding=ft.Padding.only(left=10, top=2, bottom=2),
            margin=ft.Margin.only(top=6, left=40),
        )
    )


def _who(words: Words, speaker: Speaker, name: str, at: str | None) -> ft.Control:
    out: list[ft.Control] = [parts.muted(name, size=12)]
    if speaker is Speaker.ASSISTANT:
        out.append(parts.ai_mark(words("mark.ai")))
    if at is not None:
        out.append(parts.muted(f"· {at}", size=12))
    side = ft.MainAxisAlignment.START if speaker is Speaker.CALLER else ft.MainAxisAlignment.END
    return ft.Container(ft.Row(out, spacing=6, alignment=side), padding=_OVER_RUN)


def _words_said(line: Line, found: Spans) -> ft.Text:
    """The words, with dots under those that were not heard clearly and those that were looked for marked; words still
    being spoken are muted italics."""
    if line.kind is LineKind.PARTIAL:
        more = "" if line.text.endswith((".", "!", "?", "…")) else "…"
        return ft.Text(f"{line.text}{more}", italic=True, color=theme.MUTED, style=_SAID)
    unsure = line.turn.low_confidence if line.turn else ()
    if not unsure and not found:
        return ft.Text(line.text, style=_SAID)
    edges = {0, len(line.text), *(edge for span in (*unsure, *found) for edge in span)}
    cuts = sorted(edge for edge in edges if 0 <= edge <= len(line.text))
    return ft.Text(
        spans=[
            ft.TextSpan(line.text[start:end], style=_style(_within(start, unsure), _within(start, found)))
            for start, end in pairwise(cuts)
        ],
        style=_SAID,
    )


def _within(at: int, spans: Collection[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _style(unsure: bool, sought: bool) -> ft.TextStyle | None:
    if sought:
        return _SOUGHT_UNSURE if unsure else _SOUGHT
    return _UNSURE if unsure else None


def _tool(words: Words, line: Line, began: datetime, expanded: bool, on_toggle: Handler) -> ft.Control:
    turn = line.turn
    tool = turn.tool if turn else None
    title = fmt.phones_masked(line.text or (tool.label if tool else words("tool.used")))
    row: list[ft.Control] = [_tool_icon(tool), _tool_title(title)]
    if tool and tool.status == "failed":
        row.append(parts.chip(words("tool.failed"), Tone.DANGER))
    if turn:
        row.append(parts.muted(_at(turn, began), size=12))
    row.append(ft.Icon(ft.Icons.EXPAND_LESS if expanded else ft.Icons.EXPAND_MORE, size=18, color=theme.MUTED))
    head = buttons.pressable(
        f"tool.{line.line_id}",
        words("tool.spoken", title=title),
        ft.Row(row, spacing=10, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        on_toggle,
        padding=ft.Padding.symmetric(horizontal=14, vertical=10),
        radius=10,
        expanded=expanded,
        side=ft.BorderSide(1, theme.LINE),
    )
    if not expanded or tool is None:
        return ft.Container(head, padding=ft.Padding.only(top=8, bottom=2))
    return ft.Container(
        ft.Column([head, _tool_detail(words, tool)], spacing=4, tight=True), padding=ft.Padding.only(top=8, bottom=2)
    )


def _tool_title(title: str) -> ft.Control:
    """ "Checked slots → 2 free", with a drawn arrow: not every device's font has one."""
    before, arrow, after = title.partition("→")
    if not arrow:
        return parts.muted(title, expand=True)
    return ft.Row(
        [
            parts.muted(before.strip()),
            ft.Icon(ft.Icons.ARROW_RIGHT_ALT, size=16, color=theme.MUTED),
            parts.muted(after.strip()),
        ],
        spacing=4,
        run_spacing=0,
        wrap=True,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _tool_icon(tool: ToolUse | None) -> ft.Control:
    if tool and tool.status == "running":
        return ft.ProgressRing(width=14, height=14, stroke_width=2, color=theme.MUTED)
    if tool and tool.status == "failed":
        return ft.Icon(ft.Icons.ERROR_OUTLINE, size=18, color=theme.DANGER)
    return ft.Icon(ft.Icons.BOLT, size=18, color=theme.MUTED)


def _tool_detail(words: Words, tool: ToolUse) -> ft.Control:
    rows: list[ft.Control] = [parts.strong(fmt.phones_masked(tool.label), size=13)]
    for title, values in (("tool.inputs", tool.inputs), ("tool.outputs", tool.outputs)):
        rows.append(parts.muted(words(title), size=12, weight=parts.W600))
        rows += [_pair(name, value) for name, value in fmt.told(words, values)] or [parts.muted("–")]
    return ft.Container(
        ft.Column(rows, spacing=6, tight=True),
        bgcolor=theme.SURFACE,
        border_radius=10,
        border=ft.Border.all(1, theme.LINE),
        padding=14,
    )


def _pair(name: str, value: str) -> ft.Control:
    return ft.MergeSemantics(
        ft.Row(
            [
                parts.muted(name, width=110),
                parts.text(value, size=13, expand=True, selectable=True),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    )


_NOTE_ICONS = {
    "whisper": ft.Icons.HEARING,
    "take_over": ft.Icons.SUPPORT_AGENT,
    "connecting": ft.Icons.SYNC,
    "hand_back": ft.Icons.KEYBOARD_RETURN,
    "ended": ft.Icons.CALL_END,
}


def _note(words: Words, line: Line, began: datetime) -> ft.Control:
    turn = line.turn
    note = (turn.note if turn else None) or ""
    key = f"note.{note}"
    said = line.text
    if words.has(key):
        said = words(key, name=line.name or words("speaker.human"))
        if line.text and note in ("whisper", "hand_back"):
            said = words("note.with_text", note=said, text=line.text)
    time = f" · {_at(turn, began)}" if turn else ""
    return ft.Container(
        ft.Row(
            [
                ft.Icon(_NOTE_ICONS.get(note, ft.Icons.INFO_OUTLINE), size=16, color=theme.MUTED),
                ft.Container(parts.muted(f"{said}{time}", align=ft.TextAlign.CENTER), expand=True, expand_loose=True),
            ],
            alignment=ft.MainAxisAlignment.CENTER,
            spacing=8,
        ),
        padding=ft.Padding.only(top=10, bottom=4, left=12, right=12),
    )


def _gap(words: Words, line: Line) -> ft.Control:
    length = round(line.gap_s or 0)
    said = words("gap.seconds", seconds=length) if length else words("gap.some")
    return ft.Container(
        ft.Row(
            [
                ft.Container(height=1, bgcolor=theme.WARNING, expand=True),
                parts.text(said, size=13, color=theme.WARNING),
                ft.Container(height=1, bgcolor=theme.WARNING, expand=True),
            ],
            spacing=10,
        ),
        padding=ft.Padding.symmetric(vertical=10),
    )


def _at(turn: Turn, began: datetime) -> str:
    return fmt.duration_clock((turn.started_at - began).total_seconds())
