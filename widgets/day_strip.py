"""The week as seven days to tap: weekday, date, and a number: how many bookings, or free times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import flet as ft

from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`count`: None where it is not known yet."""

    day: date
    count: int | None
    closed: bool
    selected: bool
    today: bool


def day_strip(
    words: Words,
    days: Sequence[Day],
    on_day: Callable[[date], object],
    *,
    identifier: str = "day",
    counted: str = "agenda.count",
) -> ft.Control:
    """`identifier` begins those of the days; `counted`: the key of what the numbers count."""
    return ft.Row([_day(words, day, on_day, identifier, counted) for day in days], spacing=4)


def _day(words: Words, day: Day, on_day: Callable[[date], object], identifier: str, counted: str) -> ft.Control:
    ink = theme.AI_TEXT if day.selected else theme.PRIMARY if day.today else theme.TEXT
    small = theme.AI_TEXT if day.selected else theme.MUTED
    weight = parts.W600 if day.selected or day.today else parts.W500
    count = "–" if day.closed and not day.count else "" if day.count is None else str(day.count)
    content = ft.Column(
        [
            parts.text(words(f"weekday.short.{day.day.weekday()}"), size=12, color=small, lines=1),
            parts.text(str(day.day.day), size=16, weight=weight, color=ink),
            parts.text(count, size=11, color=small),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    said = words("agenda.closed_short") if day.closed else "" if day.count is None else words(counted, n=day.count)
    name = fmt.day_long(words, day.day)
    return buttons.pressable(
        f"{identifier}.{day.day.isoformat()}",
        words("agenda.day_spoken", day=name, said=said) if said else name,
        content,
        lambda: on_day(day.day),
        padding=ft.Padding.symmetric(vertical=6),
        radius=10,
        selected=day.selected,
        bgcolor=theme.AI_GROUND if day.selected else None,
        expand=True,
        center=True,
    )
