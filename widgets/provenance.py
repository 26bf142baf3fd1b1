"""Where a figure comes from: how, of which rows, when, what is left out, as of when; and the rows, a page at a time."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.insight.figures import MetricFigure
from client.models.provenance import EvidenceRow, Hours, Provenance
from widgets import buttons, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.figure_words import is_one_day, period_text, stretch_text, value_text, written
from widgets.metric_card import figure_line
from widgets.parts import Tone
from widgets.segments import Segment, segments
from widgets.strings import Words

ROWS_SHOWN = 60
COPIED_AT_MOST = 5_000
"""Rows that a clipboard is given; more go into a file."""


def _stay(_: int | bool) -> None:
    """What turning a page does where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a sheet is about: its provenance, and the value as its card wrote it.

    `unit` is that of the rows' amounts, `before` the fact about the period before, `line` the drawing beside the value.
    """

    provenance: Provenance
    value: str
    unit: str = "count"
    before: str | None = None
    line: ft.Control | None = None


def figure_origin(words: Words, figure: MetricFigure) -> Origin:
    """Of a figure.  The rows of one in use of time are lengths."""
    return Origin(
        provenance=figure.figure.provenance,
        value=written(words, figure),
        unit="time" if figure.figure.unit == "share" else figure.figure.unit,
        before=_before(words, figure),
        line=figure_line(words, figure, width=120),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A page of rows under a figure: those from number `first` of `total`.  `whole`: with those left out.

    `turns`: there are other pages to turn to; where not, the rest is in the file.
    """

    rows: tuple[EvidenceRow, ...]
    first: int
    total: int
    whole: bool = True
    turns: bool = True


def evidence_in(provenance: Provenance) -> Evidence:
    """The rows that a provenance has with it, as far as they are shown."""
    rows = provenance.rows
    return Evidence(rows=rows[:ROWS_SHOWN], first=1, total=len(rows), turns=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceActions:
    """`on_page`: −1 the newer page, 1 the older one; both that and `on_whole` for what turns."""

    on_row: Callable[[EvidenceRow], object]
    on_copy: Handler
    on_save: Handler
    on_page: Callable[[int], object] = _stay
    on_whole: Callable[[bool], object] = _stay


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """What became of the rows: on the clipboard, in a file, being written to one."""

    copied: bool = False
    saved: bool = False
    saving: bool = False


def provenance_sheet(
    words: Words,
    origin: Origin,
    evidence: Evidence,
    now: datetime,
    actions: EvidenceActions,
    *,
    file: FileState,
    on_close: Handler,
    on_open: Handler | None = None,
) -> ft.Control:
    """The sheet.  `on_open` leads to the figure's own page."""
    top = ft.Row(
        [
            ft.Column(
                [
                    parts.muted(origin.provenance.label),
                    parts.text(origin.value, size=30, weight=parts.W600, height=1.2),
                ],
                spacing=0,
                expand=True,
                tight=True,
            ),
            *([origin.line] if origin.line else []),
            buttons.icon_button("provenance.close", words("action.close"), ft.Icons.CLOSE, on_close),
        ]
    )
    onward = [buttons.button("provenance.open", words("provenance.open"), on_open, kind=Kind.LINK)] if on_open else []
    body = ft.ListView(
        [
            *fact_rows(words, origin, now),
            *([ft.Row([*onward])] if onward else []),
            *evidence_rows(words, origin, evidence, actions),
        ],
        spacing=4,
        expand=True,
        key="provenance.list",
    )
    return ft.Column([top, body, file_buttons(words, evidence, actions, file)], spacing=8)


def file_buttons(words: Words, evidence: Evidence, actions: EvidenceActions, file: FileState) -> ft.Control:
    """Copy and save, with what became of it."""
    save = buttons.button(
        "provenance.save",
        words("provenance.saving" if file.saving else "provenance.saved" if file.saved else "provenance.save"),
        actions.on_save,
        icon_name=ft.Icons.CHECK if file.saved else ft.Icons.DOWNLOAD,
        busy=file.saving,
    )
    if evidence.total > COPIED_AT_MOST:
        return ft.Row([save])
    copy = buttons.button(
        "provenance.copy",
        words("provenance.copied" if file.copied else "provenance.copy"),
        actions.on_copy,
        kind=Kind.PLAIN,
        icon_name=ft.Icons.CHECK if file.copied else ft.Icons.CONTENT_COPY,
    )
    return ft.Row([copy, save], spacing=8, run_spacing=8, wrap=True)


# --- how it is made -------------------------------------------------------------------------------------------------
def fact_rows(words: Words, origin: Origin, now: datetime) -> list[ft.Control]:
    """How, rows, period, left out, before, as of: a line each."""
    return parts.divided([_fact(words, key, text) for key, text in facts(words, origin, now)])


def facts(words: Words, origin: Origin, now: datetime) -> list[tuple[str, str]]:
    """The sheet's lines, key of the label to text."""
    provenance = origin.provenance
    rows = words(
        "provenance.rows_text",
        counted=fmt.number(words, provenance.rows_counted),
        seen=fmt.number(words, provenance.rows_seen),
        noun=provenance.row_noun,
    )
    as_of = words("provenance.as_of_never")
    if provenance.as_of:
        seconds = (now - provenance.as_of).total_seconds()
        time = fmt.clock_seconds(words, provenance.as_of)
        as_of = words("provenance.as_of_text", time=time, age=fmt.age(words, seconds))
    hours = provenance.hours
    left_out = ", ".join(provenance.left_out) or words("provenance.nothing_left_out")
    return [
        ("provenance.how", provenance.formula),
        ("provenance.rows", rows),
        *([("provenance.hours", hours_text(words, hours))] if hours else []),
        *([("provenance.small", provenance.small)] if provenance.small else []),
        ("provenance.period", period_text(words, provenance)),
        ("provenance.left_out", left_out),
        *([("provenance.included", ", ".join(provenance.included))] if provenance.included else []),
        *([("provenance.before", origin.before)] if origin.before else []),
        ("provenance.as_of", as_of),
    ]


def hours_text(words: Words, hours: Hours) -> str:
    """31 h booked of 60 h worked: Ana 32 h, Ben 28 h."""
    booked, worked = (fmt.minutes_long(words, round(ms / 60_000)) for ms in (hours.booked, hours.worked))
    said = words("provenance.hours_text", booked=booked, worked=worked)
    by = ", ".join(f"{name} {fmt.minutes_long(words, round(ms / 60_000))}" for name, ms in hours.by if ms)
    return f"{said}: {by}" if by else said


def _before(words: Words, figure: MetricFigure) -> str | None:
    if figure.before is None:
        return None
    near = fmt.local_day(words, figure.figure.provenance.period_from)
    value = value_text(words, figure.figure.unit, figure.before)
    return words("provenance.before_text", value=value, period=stretch_text(words, figure.compared, near))


def _fact(words: Words, key: str, value: str) -> ft.Control:
    return ft.MergeSemantics(
        ft.Container(
            ft.Row(
                [parts.muted(words(key), width=92), parts.text(value, size=14, expand=True, height=1.4)],
                vertical_alignment=ft.CrossAxisAlignment.START,
                spacing=8,
            ),
            padding=ft.Padding.symmetric(vertical=5),
        )
    )


# --- the rows ---------------------------------------------------------------------------------------------------------
def evidence_rows(words: Words, origin: Origin, evidence: Evidence, actions: EvidenceActions) -> list[ft.Control]:
    """The page, with the way to the others and to what is left out."""
    choices = [
        Segment(key="counted", label=words("provenance.counted")),
        Segment(key="whole", label=words("provenance.whole")),
    ]
    which = segments(
        "provenance.rows",
        choices,
        "whole" if evidence.whole else "counted",
        lambda key: actions.on_whole(key == "whole"),
    )
    rows = [_row(words, origin, row, actions.on_row) for row in evidence.rows]
    return [
        parts.gap(8),
        parts.section_label(words("provenance.rows_title")),
        *([ft.Row([which])] if evidence.turns and (origin.provenance.left_out or evidence.whole) else []),
        *(rows or [parts.muted(words("provenance.no_rows"))]),
        *_pages(words, evidence, actions),
    ]


def _pages(words: Words, evidence: Evidence, actions: EvidenceActions) -> list[ft.Control]:
    last = evidence.first + len(evidence.rows) - 1
    if len(evidence.rows) == evidence.total:
        return []
    if not evidence.turns:
        return [parts.muted(words("provenance.more_rows", n=evidence.total - last))]
    numbers = {"first": evidence.first, "last": last, "total": evidence.total}
    said = words("provenance.page", **{name: fmt.number(words, n) for name, n in numbers.items()})
    newer = buttons.icon_button(
        "provenance.newer",
        words("provenance.newer"),
        ft.Icons.CHEVRON_LEFT,
        lambda: actions.on_page(-1),
        disabled=evidence.first <= 1,
    )
    older = buttons.icon_button(
        "provenance.older",
        words("provenance.older"),
        ft.Icons.CHEVRON_RIGHT,
        lambda: actions.on_page(1),
        disabled=last >= evidence.total,
    )
    return [ft.Row([newer, parts.muted(said), older], spacing=4, alignment=ft.MainAxisAlignment.CENTER)]


def _row(words: Words, origin: Origin, row: EvidenceRow, on_row: Callable[[EvidenceRow], object]) -> ft.Control:
    tone = Tone.POSITIVE if row.counted else Tone.WARNING if row.base else Tone.NEUTRAL
    title = f"{row.title} · {row.detail}" if row.detail else row.title
    one_day = is_one_day(words, origin.provenance)
    when = _when(words, row, one_day=one_day)
    amount = _amount(words, origin.unit, row.amount)
    said = parts.text(amount, size=14, weight=parts.W500) if amount else None
    why = f"{amount}, {row.why}" if amount else row.why
    return buttons.pressable(
        f"evidence.{row.row_id}",
        words("provenance.row_spoken", time=when, title=fmt.clipped(title, 120), why=why),
        ft.Row(
            [
                parts.text(when, size=14, weight=parts.W600, width=52 if one_day else 104),
                parts.text(title, size=14, expand=True, lines=1),
                *([said] if said else []),
                parts.chip(row.why, tone),
            ],
            spacing=8,
        ),
        lambda: on_row(row),
        padding=ft.Padding.symmetric(horizontal=4, vertical=12),
    )


def _amount(words: Words, unit: str, amount: float | None) -> str:
    """As exact as it is: a row's time in hours and minutes, where a figure's is in hours."""
    if amount is None:
        return ""
    return fmt.minutes_long(words, round(amount / 60_000)) if unit == "time" else value_text(words, unit, amount)


def _when(words: Words, row: EvidenceRow, *, one_day: bool) -> str:
    """The time of a day's rows; with the day where there are several."""
    if one_day:
        return fmt.clock_time(words, row.at)
    day = fmt.local_day(words, row.at)
    said = words("date.short_plain", day=day.day, month=words(f"month.short.{day.month}"))
    return f"{said} {fmt.clock_time(words, row.at)}"


# --- files ------------------------------------------------------------------------------------------------------------
def as_csv(rows: Sequence[EvidenceRow]) -> str:
    """The rows for a spreadsheet, times in RFC 3339, amounts in cents or milliseconds."""
    return table_csv(
        ["id", "kind", "at", "title", "detail", "counted", "why", "amount"],
        (
            [
                *(row.row_id, row.kind, row.at.isoformat(), row.title, row.detail, _counted(row), row.why),
                "" if row.amount is None else f"{row.amount:.0f}",
            ]
            for row in rows
        ),
    )


def _counted(row: EvidenceRow) -> str:
    """true; base, one of those the counted are a share of; false."""
    return "true" if row.counted else "base" if row.base else "false"


def table_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lines of cells; one that would be read as a formula is quoted as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row])
    return out.getvalue()


def file_name(words: Words, provenance: Provenance) -> str:
    """ "calls-answered-2025-11-24.csv": the figure and its first day, for a folder on any system."""
    plain = unicodedata.normalize("NFKD", provenance.label).encode("ascii", "ignore").decode().lower()
    figure = "-".join(re.findall(r"[a-z0-9]+", plain))
    return f"{figure}-{fmt.local_day(words, provenance.period_from).isoformat()}.csv"
