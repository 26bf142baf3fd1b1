"""Where a figure comes from: how, of which rows, when, what is left out, as of when; and the rows themselves."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

import flet as ft

from client.models.provenance import EvidenceRow, Provenance
from widgets import buttons, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.parts import Tone
from widgets.strings import Words

ROWS_SHOWN = 60


def provenance_sheet(
    words: Words,
    provenance: Provenance,
    value: str,
    line: ft.Control | None,
    now: datetime,
    *,
    on_row: Callable[[EvidenceRow], None],
    on_copy: Handler,
    on_save: Handler,
    on_close: Handler,
    copied: bool,
    saved: bool,
) -> ft.Control:
    """The sheet.  `value` is the figure as the card wrote it; the rows may be on the clipboard and in a file."""
    top = ft.Row(
        [
            ft.Column(
                [parts.muted(provenance.label), parts.text(value, size=30, weight=parts.W600, height=1.2)],
                spacing=0,
                expand=True,
                tight=True,
            ),
            *([line] if line else []),
            buttons.icon_button("provenance.close", words("action.close"), ft.Icons.CLOSE, on_close),
        ]
    )
    rows = [_row(words, row, on_row) for row in provenance.rows[:ROWS_SHOWN]]
    more = len(provenance.rows) - len(rows)
    copy = buttons.button(
        "provenance.copy",
        words("provenance.copied" if copied else "provenance.copy"),
        on_copy,
        kind=Kind.PLAIN,
        icon_name=ft.Icons.CHECK if copied else ft.Icons.CONTENT_COPY,
    )
    save = buttons.button(
        "provenance.save",
        words("provenance.saved" if saved else "provenance.save"),
        on_save,
        icon_name=ft.Icons.CHECK if saved else ft.Icons.DOWNLOAD,
    )
    body = ft.ListView(
        [
            *parts.divided([_fact(words, key, text) for key, text in facts(words, provenance, now)]),
            parts.gap(12),
            parts.section_label(words("provenance.rows_title")),
            *(rows or [parts.muted(words("provenance.no_rows"))]),
            *([parts.muted(words("provenance.more_rows", n=more))] if more > 0 else []),
        ],
        spacing=4,
        expand=True,
        key="provenance.list",
    )
    return ft.Column([top, body, ft.Row([copy, save], spacing=8, run_spacing=8, wrap=True)], spacing=8)


def facts(words: Words, provenance: Provenance, now: datetime) -> list[tuple[str, str]]:
    """The sheet's lines, key of the label to text."""
    day = fmt.day_short(words, fmt.local_day(words, provenance.period_from))
    period = words(
        "provenance.period_text",
        day=day,
        start=fmt.clock_time(words, provenance.period_from),
        end=fmt.clock_time(words, provenance.period_to),
        zone=fmt.zone_label(words, provenance.zone),
    )
    rows = words(
        "provenance.rows_text", counted=provenance.rows_counted, seen=provenance.rows_seen, noun=provenance.row_noun
    )
    as_of = words("provenance.as_of_never")
    if provenance.as_of:
        seconds = (now - provenance.as_of).total_seconds()
        time = fmt.clock_seconds(words, provenance.as_of)
        as_of = words("provenance.as_of_text", time=time, age=fmt.age(words, seconds))
    left_out = ", ".join(provenance.left_out) or words("provenance.nothing_left_out")
    return [
        ("provenance.how", provenance.formula),
        ("provenance.rows", rows),
        ("provenance.period", period),
        ("provenance.left_out", left_out),
        ("provenance.as_of", as_of),
    ]


def as_csv(provenance: Provenance) -> str:
    """The rows for a spreadsheet, times in RFC 3339.  A cell that would be read as a formula is quoted as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "kind", "at", "title", "detail", "counted", "why"])
    for row in provenance.rows:
        cells = [row.row_id, row.kind, row.at.isoformat(), row.title, row.detail, str(row.counted).lower(), row.why]
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells])
    return out.getvalue()


def file_name(words: Words, provenance: Provenance) -> str:
    """ "calls-answered-2025-11-24.csv": the figure and its day, for a folder on any system."""
    plain = unicodedata.normalize("NFKD", provenance.label).encode("ascii", "ignore").decode().lower()
    figure = "-".join(re.findall(r"[a-z0-9]+", plain))
    return f"{figure}-{fmt.local_day(words, provenance.period_from).isoformat()}.csv"


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


def _row(words: Words, row: EvidenceRow, on_row: Callable[[EvidenceRow], None]) -> ft.Control:
    tone = Tone.POSITIVE if row.counted else Tone.NEUTRAL
    title = f"{row.title} · {row.detail}" if row.detail else row.title
    return buttons.pressable(
        f"evidence.{row.row_id}",
        words("provenance.row_spoken", time=fmt.clock_time(words, row.at), title=fmt.clipped(title, 120), why=row.why),
        ft.Row(
            [
                parts.text(fmt.clock_time(words, row.at), size=14, weight=parts.W600, width=52),
                parts.text(title, size=14, expand=True, lines=1),
                parts.chip(row.why, tone),
            ],
            spacing=8,
        ),
        lambda: on_row(row),
        padding=ft.Padding.symmetric(horizontal=4, vertical=8),
    )
