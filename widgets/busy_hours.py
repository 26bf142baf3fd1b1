"""The busy hours of the coming week: the picture or the same as a table, and what they say about who works."""

from collections.abc import Sequence
from typing import Final

import flet as ft

from client.insight.staffing import WINDOW, Advice, Kind, Lengths
from client.insight.walltime import span_of
from client.models.business import Business
from client.models.forecasts import ForecastRecord
from widgets import buttons, notices, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.forecast_card import decimal, miss
from widgets.heatmap import Heat
from widgets.strings import Words

ADVICE_SHOWN: Final = 4
_NEXT_TO_NONE: Final = 0.05


def heat_of(
    words: Words,
    rows: Sequence[Sequence[float]],
    business: Business | None,
    *,
    dark: bool,
    upright: bool,
    width: int,
    text_scale: float,
) -> Heat | None:
    """What the picture shows: the hours in which the business is open or anything is expected; None without any."""
    hours = hours_shown(rows, business)
    if not hours:
        return None
    return Heat(
        rows=tuple(tuple(row[hour] for hour in hours) for row in rows),
        days=tuple(words(f"weekday.short.{day}") for day in range(7)),
        hours=tuple(fmt.hour_label(words, hour) for hour in hours),
        dark=dark,
        upright=upright,
        width=width,
        text_scale=text_scale,
        point="," if words.language == "es" else ".",
    )


def hours_shown(rows: Sequence[Sequence[float]], business: Business | None) -> range:
    """From the first hour that is open or expected to the last."""
    expected = [hour for row in rows for hour, value in enumerate(row) if value >= _NEXT_TO_NONE]
    spans = [span_of(hours) for day in business.opening_hours.days for hours in day] if business else []
    marks = [*expected, *(span.start // 60 for span in spans), *(-(-span.end // 60) - 1 for span in spans)]
    return range(min(marks), max(marks) + 1) if marks else range(0)


def busiest(words: Words, rows: Sequence[Sequence[float]]) -> str:
    """The text alternative: which hour of which day expects most."""
    value, day, hour = max((value, -day, -hour) for day, row in enumerate(rows) for hour, value in enumerate(row))
    name, time = words(f"weekday.{-day}"), fmt.hour_label(words, -hour)
    return words("busy.busiest", day=name, time=time, count=decimal(words, value))


def busy_card(
    words: Words,
    heat: Heat,
    rows: Sequence[Sequence[float]],
    png: bytes | None,
    *,
    failed: bool,
    as_table: bool,
    record: ForecastRecord | None,
    on_toggle: Handler,
    on_info: Handler,
) -> ft.Control:
    """`png` is None while it is made; where it cannot be, there is the table.  `record`: how such hours did before."""
    said = busiest(words, rows)
    head = ft.Row(
        [
            parts.muted(words("busy.about"), expand=True),
            *(
                []
                if failed
                else [
                    buttons.icon_button(
                        "busy.table",
                        words("busy.as_chart" if as_table else "busy.as_table"),
                        ft.Icons.GRID_ON if as_table else ft.Icons.TABLE_ROWS_OUTLINED,
                        on_toggle,
                        size=20,
                    )
                ]
            ),
            buttons.icon_button(
                "busy.info", words("figure.info", label=words("busy.title")), ft.Icons.INFO_OUTLINE, on_info, size=20
            ),
        ]
    )
    if as_table or failed:
        shown = table(words, rows)
    elif png is None:
        waiting = ft.Container(width=heat.width, height=heat.height, bgcolor=theme.SURFACE_2, border_radius=8)
        shown = ft.Semantics(label=words("busy.drawing"), content=waiting)
    else:
        image = ft.Image(
            src=png, width=heat.width, height=heat.height, gapless_playback=True, exclude_from_semantics=True
        )
        shown = ft.Semantics(label=words("busy.picture", busiest=said), image=True, content=image)
    told = [parts.muted(line, height=1.35) for line in (said, *hour_record(words, record))]
    column = ft.Column([head, shown, ft.Column(list[ft.Control](told), spacing=2, tight=True)], spacing=6, tight=True)
    padding = ft.Padding.only(left=16, right=16, top=6, bottom=14)
    return parts.card(column, key="ahead.busy", padding=padding)


def hour_record(words: Words, record: ForecastRecord | None) -> list[str]:
    """How far an hour was off before, and whether the same hour of the week before says it better."""
    if record is None or not record.of_hours:
        return [words("forecast.no_record")]
    mine, guess = miss(words, record.mae, "count"), miss(words, record.naive_mae, "count")
    lines = [words("busy.record", n=record.of, miss=mine)]
    if record.better == "naive":
        return [*lines, words("busy.naive_better", guess=guess, miss=mine)]
    return [*lines, words("busy.naive", guess=guess)]


def table(words: Words, rows: Sequence[Sequence[float]]) -> ft.Control:
    """A line a day: how many are expected, and the fullest hour."""
    lines: list[ft.Control] = []
    for day, row in enumerate(rows):
        total = sum(row)
        most = max(range(24), key=lambda hour, row=row: row[hour])
        told = words("busy.day_none")
        if total >= _NEXT_TO_NONE:
            time = fmt.hour_label(words, most)
            told = words("busy.day", count=decimal(words, total), time=time, most=decimal(words, row[most]))
        name = parts.text(words(f"weekday.{day}").capitalize(), size=13, expand=2)
        lines.append(ft.MergeSemantics(ft.Row([name, parts.text(told, size=13, expand=5)], spacing=8)))
    return ft.Column(lines, spacing=6, tight=True)


def staffing_card(words: Words, said: Sequence[Advice], lengths: Lengths, on_info: Handler) -> ft.Control:
    """The hours in which who works is not enough, and those with room to spare; each with its sum."""
    short = [each for each in said if each.kind is Kind.SHORT][:ADVICE_SHOWN]
    spare = [each for each in said if each.kind is Kind.SPARE][:ADVICE_SHOWN]
    rows: list[ft.Control] = []
    if short:
        rows += [_advice(words, each) for each in short]
    else:
        rows.append(notices.empty(words("staffing.enough"), words("staffing.enough_body"), inset=False))
    if spare:
        rows += [parts.gap(4), parts.muted(words("staffing.spare_title"))]
        rows += [_advice(words, each) for each in spare]
    rule = words("staffing.rule", minutes=decimal(words, lengths.mean_minutes), n=lengths.count)
    label = words("figure.info", label=words("staffing.lengths"))
    info = buttons.icon_button("staffing.info", label, ft.Icons.INFO_OUTLINE, on_info, size=20)
    rows.append(ft.Row([parts.muted(rule, expand=True), info], spacing=4))
    return parts.card(ft.Column(rows, spacing=10, tight=True), key="ahead.staffing")


def _advice(words: Words, each: Advice) -> ft.Control:
    short = each.kind is Kind.SHORT
    icon = ft.Icon(
        ft.Icons.PERSON_ADD_ALT if short else ft.Icons.EVENT_AVAILABLE,
        size=20,
        color=theme.WARNING if short else theme.MUTED,
    )
    told = [parts.strong(sentence(words, each), size=14), parts.muted(arithmetic(words, each))]
    if each.away:
        names = ", ".join(fmt.clipped(name, 40) for name in each.away)
        told.append(parts.muted(words("staffing.away", names=names)))
    column = ft.Column(list[ft.Control](told), spacing=1, tight=True, expand=True)
    return ft.MergeSemantics(ft.Row([icon, column], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START))


def sentence(words: Words, each: Advice) -> str:
    """Saturday 10:00–12:00: 5 bookings expected, room for 4."""
    day = fmt.day_short(words, each.day)
    start, end = fmt.hour_label(words, each.hour), fmt.hour_label(words, each.hour + WINDOW)
    return words(
        f"staffing.{each.kind}", day=day, start=start, end=end, expected=decimal(words, each.expected), room=each.room
    )


def arithmetic(words: Words, each: Advice) -> str:
    """240 minutes of work ÷ 58 minutes a booking = room for 4."""
    return words("staffing.sum", working=each.working, minutes=decimal(words, each.mean_minutes), room=each.room)
