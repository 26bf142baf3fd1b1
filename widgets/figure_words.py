"""Figures as they are read: values in their units, the comparison in words, periods and the points of a line."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import flet as ft

from client.insight.figures import MetricFigure, Point
from client.insight.metrics import Better
from client.insight.periods import Chosen, Period, Stretch
from client.models.provenance import Provenance
from widgets import format as fmt
from widgets import theme
from widgets.strings import Words

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_MANY_PERCENT: Final = 10


def value_text(words: Words, unit: str, value: float | None) -> str:
    """The value in its unit; a dash where there is none."""
    if value is None:
        return "–"
    match unit:
        case "cents":
            return fmt.money(words, round(value))
        case "share":
            return words("value.percent", number=decimal(words, value * 100))
        case "wait":
            return _wait(words, value)
        case "time":
            return words("value.hours", number=decimal(words, value / _HOUR))
        case _:
            return fmt.number(words, value)


def written(words: Words, figure: MetricFigure) -> str:
    """The figure's value."""
    return value_text(words, figure.figure.unit, figure.figure.value)


def decimal(words: Words, value: float) -> str:
    """With one decimal where it matters: 4.6, 33."""
    shown = round(value, 1)
    if value >= _MANY_PERCENT or shown == round(shown):
        return fmt.number(words, round(value))
    text = f"{value:.1f}"
    return text.replace(".", ",") if words.language == "es" else text


def plain(words: Words, value: float) -> str:
    """Just as it is: 3.37, 40."""
    text = f"{value:.10g}"
    return text.replace(".", ",") if words.language == "es" else text


def _wait(words: Words, ms: float) -> str:
    if ms < _MINUTE:
        return words("value.seconds", number=decimal(words, ms / _SECOND))
    if ms < 2 * _DAY:
        return fmt.minutes_long(words, round(ms / _MINUTE))
    return words("value.days", number=decimal(words, ms / _DAY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The comparison: in words, with an arrow where it goes up or down."""

    words: str
    ink: ft.Colors
    arrow: ft.IconData | None = None


def delta(words: Words, figure: MetricFigure) -> Delta:
    """How it compares with the owner's own past; what it is made of where there is no past.

    From few rows, then or now, it is neither good nor bad news.
    """
    value, before = figure.figure.value, figure.before
    if value is None:
        return Delta(words=words("figure.none"), ink=theme.MUTED)
    if before is None:
        return Delta(words=made_of(words, figure), ink=theme.MUTED)
    against = compared(words, figure)
    change = value - before
    amount = _change(words, figure.figure.unit, abs(change))
    if not change or amount == value_text(words, figure.figure.unit, 0.0):
        return Delta(words=words("figure.same", compared=against), ink=theme.MUTED)
    better = Better.NEITHER if figure.few else figure.definition.better
    good = (change > 0) is (better is Better.MORE)
    return Delta(
        words=words(_direction(figure.figure.unit, up=change > 0), amount=amount, compared=against),
        ink=theme.MUTED if better is Better.NEITHER else theme.POSITIVE if good else theme.WARNING,
        arrow=ft.Icons.ARROW_UPWARD if change > 0 else ft.Icons.ARROW_DOWNWARD,
    )


def _change(words: Words, unit: str, amount: float) -> str:
    """Of a share in points, else in its unit."""
    return decimal(words, amount * 100) if unit == "share" else value_text(words, unit, amount)


def _direction(unit: str, *, up: bool) -> str:
    match unit:
        case "share":
            return "figure.points_more" if up else "figure.points_less"
        case "wait":
            return "figure.longer" if up else "figure.shorter"
        case "count":
            return "figure.more" if up else "figure.fewer"
        case _:
            return "figure.more" if up else "figure.less"


def made_of(words: Words, figure: MetricFigure) -> str:
    """6 of 18 calls; from 12 bookings; 31 of 60 hours."""
    provenance = figure.figure.provenance
    if provenance.hours is not None:
        booked, worked = provenance.hours.booked / _HOUR, provenance.hours.worked / _HOUR
        return words("figure.hours_of", booked=decimal(words, booked), worked=decimal(words, worked))
    if figure.figure.unit == "count" or figure.figure.unit == "share":
        counted, seen = provenance.rows_counted, provenance.rows_seen
        return words("figure.of", n=seen, counted=counted, noun=provenance.row_noun)
    noun = words(f"figure.noun.{figure.definition.noun}", n=provenance.rows_counted)
    return words("figure.from", n=provenance.rows_counted, noun=noun)


# --- periods ----------------------------------------------------------------------------------------------------------
def compared(words: Words, figure: MetricFigure) -> str:
    """last Monday; last Mon–Wed; 1 Oct – 26 Oct."""
    it = figure.compared
    last = fmt.local_day(words, it.last)
    if figure.chosen.period in (Period.TODAY, Period.WEEK):
        if last == it.first:
            return words("compared.day", weekday=words(f"weekday.{it.first.weekday()}"))
        first, end = (words(f"weekday.short.{day.weekday()}") for day in (it.first, last))
        return words("compared.days", first=first, last=end)
    return days_text(words, it.first, last, fmt.local_day(words, figure.figure.provenance.period_from))


def days_text(words: Words, first: date, last: date, near: date) -> str:
    """1 Oct – 26 Oct; with the year where it is another than `near`'s."""
    if first == last:
        return _day(words, first, near)
    return words("compared.range", first=_day(words, first, near), last=_day(words, last, near))


def _day(words: Words, day: date, near: date) -> str:
    said = words("date.short_plain", day=day.day, month=words(f"month.short.{day.month}"))
    return said if day.year == near.year else f"{said} {day.year}"


def stretch_text(words: Words, it: Stretch, near: date) -> str:
    return days_text(words, it.first, fmt.local_day(words, it.last), near)


def period_text(words: Words, provenance: Provenance) -> str:
    """Mon 24 Nov, 00:00–12:41, Los Angeles time; Mon 24 Nov 00:00 to Wed 26 Nov 12:41, Los Angeles time."""
    start, end = provenance.period_from, provenance.period_to
    zone = fmt.zone_label(words, provenance.zone)
    first, last = fmt.local_day(words, start), fmt.local_day(words, max(start, end - timedelta(milliseconds=1)))
    if first == last:
        times = {"start": fmt.clock_time(words, start), "end": fmt.clock_time(words, end)}
        return words("provenance.period_text", day=fmt.day_short(words, first), zone=zone, **times)
    from_, to = (_instant(words, at, dated=first.year != last.year) for at in (start, end))
    return words("provenance.days_text", start=from_, end=to, zone=zone)


def _instant(words: Words, at: datetime, *, dated: bool) -> str:
    """Mon 24 Nov 12:41; with the year where the period is of several."""
    day = fmt.local_day(words, at)
    year = f" {day.year}" if dated else ""
    return f"{fmt.day_short(words, day)}{year} {fmt.clock_time(words, at)}"


def is_one_day(words: Words, provenance: Provenance) -> bool:
    first, last = provenance.period_from, max(provenance.period_from, provenance.period_to - timedelta(milliseconds=1))
    return fmt.local_day(words, first) == fmt.local_day(words, last)


def point_label(words: Words, chosen: Chosen, first: date) -> str:
    """What a point of the line is called under a chart."""
    match chosen.period:
        case Period.YEAR:
            return str(first.year)
        case Period.QUARTER:
            return words("quarter.short", quarter=(first.month + 2) // 3, year=first.year)
        case Period.MONTH:
            return words(f"month.short.{first.month}")
        case Period.TODAY | Period.WEEK | Period.CUSTOM:
            return words("date.short_plain", day=first.day, month=words(f"month.short.{first.month}"))


def line_text(words: Words, figure: MetricFigure) -> str:
    """The line in words, for who does not see it."""
    return words(
        "figure.history",
        label=figure.figure.provenance.label,
        points=words(f"points.{figure.chosen.period}", n=len(figure.line)),
    )


def known(line: tuple[Point, ...]) -> list[float]:
    """The values of a line, a point without rows left away."""
    return [point.value for point in line if point.value is not None]
