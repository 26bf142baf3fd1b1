"""A forecast on a card: its range, what it covers, how it has done so far, and the days as a drawing or as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import flet as ft

from client.insight.outlook import Outlook, Standing, whole_range
from client.models.forecasts import ForecastRecord, Measure
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.forecast_chart import Ahead, Axis, forecast_chart
from widgets.parts import Tone
from widgets.strings import Words

DAYS_SHOWN: Final = 31
NO_BREAK: Final = "\xa0"
_BESIDE_FROM: Final = 560
_BESIDE: Final = 270
OLD_HOURS: Final = 30
"""A forecast is made anew every night; one that is older says its age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardActions:
    """`open`: where it comes from.  `toggle`: between drawing and table."""

    open: Callable[[Measure], object]
    toggle: Callable[[Measure], object]


def forecast_card(
    words: Words,
    outlook: Outlook,
    now: datetime,
    actions: CardActions,
    *,
    width: float,
    as_table: bool,
    stale: bool,
) -> ft.Container:
    """`width` of the card; `stale`: the device no longer follows the server, so its age is said in muted ink."""
    coming = outlook.standing is Standing.COMING
    if coming:
        body = _coming(words, outlook, now, actions, width=width, as_table=as_table, stale=stale)
    else:
        why = parts.muted(reason(words, outlook), size=14, height=1.4)
        body = list[ft.Control]([parts.strong(title(words, outlook)), why])
    padding = ft.Padding.only(left=16, right=8, top=6, bottom=14) if coming else 16
    column = ft.Column(body, spacing=10, tight=True)
    return parts.card(column, key=f"forecast.{outlook.measure}", expand=True, padding=padding)


def brief_card(
    words: Words, outlook: Outlook, now: datetime, on_open: Handler, *, width: float, stale: bool
) -> ft.Control:
    """The range, its record and the drawing in one card that opens the rest; drawn below the words where it is narrow.

    For a forecast that is COMING.
    """
    name, range_ = title(words, outlook), headline(words, outlook)
    old = stale or (now - outlook.forecast.made_at).total_seconds() > OLD_HOURS * 3600
    record = record_lines(words, outlook.forecast.record, outlook.measure, outlook.forecast.unit)
    said = [covered(words, outlook), *record, *([made(words, outlook, now)] if old else [])]
    head = ft.Row(
        [
            parts.muted(name, expand=True),
            parts.chip(words("forecast.eighty"), Tone.NEUTRAL),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=theme.MUTED),
        ],
        spacing=4,
    )
    figure = parts.text(range_, size=28, weight=parts.W600, color=theme.MUTED if old else theme.TEXT, height=1.15)
    told = ft.Column([figure, *(parts.muted(line, height=1.35) for line in said)], spacing=2, tight=True)
    inner = width - 34
    beside = inner >= _BESIDE_FROM
    drawn = chart(words, outlook, width=inner - _BESIDE - 16 if beside else inner, height=88)
    if beside:
        told.width = _BESIDE
        body: ft.Control = ft.Row([told, drawn], spacing=16, vertical_alignment=ft.CrossAxisAlignment.END)
    else:
        body = ft.Column([told, drawn], spacing=10, tight=True)
    return buttons.pressable(
        "forecast.open",
        words("forecast.spoken", name=name, range=range_, record=". ".join(said)),
        ft.Column([head, body], spacing=6, tight=True),
        on_open,
        padding=ft.Padding.only(left=16, right=16, top=12, bottom=12),
        radius=theme.RADIUS,
        bgcolor=theme.SURFACE,
        side=ft.BorderSide(1, theme.LINE),
    )


def title(words: Words, outlook: Outlook) -> str:
    if outlook.begun and outlook.measure is Measure.BOOKINGS_WEEK:
        return words("forecast.bookings_week.begun")
    return words(f"forecast.{outlook.measure}")


def reason(words: Words, outlook: Outlook) -> str:
    """Why there is no range."""
    match outlook.standing:
        case Standing.TOO_LITTLE:
            needs, has = outlook.forecast.needs_days, outlook.forecast.history_days
            return words("forecast.too_little", needs=needs, has=has)
        case Standing.OVER if outlook.last is not None:
            return words("forecast.over", last=fmt.day_plain(words, outlook.last))
        case _:
            return words("forecast.unknown")


def headline(words: Words, outlook: Outlook) -> str:
    """38 to 52 bookings."""
    if outlook.forecast.unit == "cents":
        low, high = fmt.money(words, outlook.low), fmt.money(words, outlook.high)
        return low if low == high else words("forecast.range_money", low=low, high=high)
    low, high = fmt.number(words, outlook.low), fmt.number(words, outlook.high)
    return words("forecast.range", low=low, high=high) if low != high else words("forecast.exactly", n=outlook.low)


def covered(words: Words, outlook: Outlook) -> str:
    """26 November – 2 December; what of it is known already."""
    assert outlook.first is not None
    assert outlook.last is not None
    said = fmt.days_long(words, outlook.first, outlook.last)
    if not outlook.so_far:
        return said
    return f"{said} · {words('forecast.so_far', value=value(words, outlook.so_far, outlook.forecast.unit))}"


def record_lines(words: Words, record: ForecastRecord | None, measure: Measure, unit: str) -> list[str]:
    """How it has done, and whether the guess everybody can make does better."""
    if record is None or not record.of:
        return [words("forecast.no_record")]
    held = words(f"forecast.record.{measure}", held=record.held, n=record.of)
    mine, guess = miss(words, record.mae, unit), miss(words, record.naive_mae, unit)
    lines = [f"{held} · {words('forecast.miss', miss=mine)}"]
    if record.better == "naive":
        return [*lines, words("forecast.naive_better", guess=guess, miss=mine)]
    return [*lines, words("forecast.naive", guess=guess)]


def miss(words: Words, size: float, unit: str) -> str:
    """±4; a small one with a decimal, so that it is not nought."""
    if unit == "cents":
        # A client may break a line between the two signs.
        return f"±{NO_BREAK}{fmt.money(words, round(size / 100) * 100)}"
    return f"±{fmt.number(words, size)}" if size >= 9.5 else f"±{decimal(words, size)}"


def decimal(words: Words, number: float) -> str:
    """4, 4.5: one decimal where there is one."""
    text = f"{number:.1f}".removesuffix(".0")
    return text.replace(".", ",") if words.language == "es" else text


def value(words: Words, amount: float, unit: str) -> str:
    """A value as text, money without its cents."""
    return fmt.money(words, round(amount / 100) * 100) if unit == "cents" else fmt.number(words, amount)


def made(words: Words, outlook: Outlook, now: datetime) -> str:
    age = fmt.age(words, (now - outlook.forecast.made_at).total_seconds())
    return words("forecast.made", age=age)


def _coming(
    words: Words,
    outlook: Outlook,
    now: datetime,
    actions: CardActions,
    *,
    width: float,
    as_table: bool,
    stale: bool,
) -> list[ft.Control]:
    old = stale or (now - outlook.forecast.made_at).total_seconds() > OLD_HOURS * 3600
    forecast = outlook.forecast
    name = title(words, outlook)
    head = ft.Row(
        [
            parts.muted(name, expand=True),
            parts.chip(words("forecast.eighty"), Tone.NEUTRAL),
            buttons.icon_button(
                f"forecast.table.{outlook.measure}",
                words("forecast.as_chart" if as_table else "forecast.as_table", name=name),
                ft.Icons.SHOW_CHART if as_table else ft.Icons.TABLE_ROWS_OUTLINED,
                lambda: actions.toggle(outlook.measure),
                size=20,
            ),
            buttons.icon_button(
                f"forecast.about.{outlook.measure}",
                words("forecast.about", name=name),
                ft.Icons.INFO_OUTLINE,
                lambda: actions.open(outlook.measure),
                size=20,
            ),
        ],
        spacing=2,
    )
    ink = theme.MUTED if old else theme.TEXT
    figure = parts.text(headline(words, outlook), size=28, weight=parts.W600, color=ink, height=1.15)
    said = [covered(words, outlook), *record_lines(words, forecast.record, outlook.measure, forecast.unit)]
    lines: list[ft.Control] = [parts.muted(line, height=1.35) for line in said]
    if old:
        lines.append(parts.text(made(words, outlook, now), size=13, color=theme.WARNING))
    shown = table(words, outlook) if as_table else chart(words, outlook, width=width - 34, height=96)
    top = ft.Column([head, figure], spacing=0, tight=True)
    return [top, ft.Column(lines, spacing=2, tight=True), shown]


def chart(words: Words, outlook: Outlook, *, width: float, height: float) -> ft.Control:
    """The days before and the days to come."""
    forecast = outlook.forecast
    first = outlook.past[0].date if outlook.past else forecast.days[0].date
    tops = [*(day.value for day in outlook.past), *(day.high for day in forecast.days)]
    axis = Axis(
        first=fmt.day_short(words, first) if outlook.past else "",
        ahead=fmt.days_long(words, forecast.days[0].date, forecast.days[-1].date),
        top=value(words, max(tops), forecast.unit),
    )
    label = words(
        "forecast.chart",
        name=title(words, outlook),
        past=len(outlook.past),
        n=len(forecast.days),
        range=headline(words, outlook),
    )
    shut = outlook.closed
    if shut:
        label = f"{label} {words('forecast.chart_closed', n=len(shut))}"
    ahead = [None if d.date in shut else Ahead(mean=d.mean, low=d.low, high=d.high) for d in forecast.days]
    past = [None if day.date in shut else day.value for day in outlook.past]
    return forecast_chart(past, ahead, axis, label=label, width=max(120.0, width), height=height)


def table(words: Words, outlook: Outlook) -> ft.Control:
    """A line a day: what is expected, and its range."""
    unit = outlook.forecast.unit
    rows: list[ft.Control] = [_line(words("forecast.day"), words("forecast.expected"), words("forecast.eighty"), True)]
    for day in outlook.forecast.days[:DAYS_SHOWN]:
        low, high = whole_range(day.low, day.high, unit)
        between = words("forecast.between", low=value(words, low, unit), high=value(words, high, unit))
        expected = value(words, day.mean, unit) if unit == "cents" else decimal(words, day.mean)
        if day.date in outlook.closed:
            expected, between = words("forecast.closed"), "–"
        rows.append(_line(fmt.day_short(words, day.date), expected, between))
    more = len(outlook.forecast.days) - DAYS_SHOWN
    if more > 0:
        rows.append(parts.muted(words("forecast.more_days", n=more)))
    return ft.Container(ft.Column(rows, spacing=4, tight=True), padding=ft.Padding.only(right=8))


def _line(day: str, expected: str, between: str, head: bool = False) -> ft.Control:
    ink = theme.MUTED if head else theme.TEXT
    cells: list[ft.Control] = [
        parts.text(day, size=13, color=ink, expand=4),
        parts.text(expected, size=13, color=ink, expand=3, align=ft.TextAlign.RIGHT),
        parts.text(between, size=13, color=ink, expand=5, align=ft.TextAlign.RIGHT),
    ]
    return ft.MergeSemantics(ft.Row(cells, spacing=8))
