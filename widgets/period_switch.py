"""Which period figures are counted over: one of five that now is in, or two days to type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import flet as ft

from client.insight.periods import Chosen, Period
from client.insight.typed_time import day_of
from widgets import buttons, fields, parts
from widgets.buttons import Kind
from widgets.component import Handler, component
from widgets.segments import Segment, segments
from widgets.strings import Words
from widgets.theme import Layout

_YEARS: Final = range(2000, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodActions:
    """`types` and `rests`: the keyboard is in a field, so that letters are text."""

    choose: Callable[[Chosen], object]
    types: Handler
    rests: Handler


@component
def period_switch(
    words: Words, layout: Layout, chosen: Chosen, today: date, actions: PeriodActions, *, identifier: str = "period"
) -> ft.Control:
    """The periods side by side, in a row that can be pushed where they have no room; under it the days of a custom
    one.  All identifiers in it begin with `identifier`.
    """
    typing, set_typing = ft.use_state(chosen.period is Period.CUSTOM)
    first, set_first = ft.use_state(chosen.first.isoformat() if chosen.first else "")
    last, set_last = ft.use_state(chosen.last.isoformat() if chosen.last else "")
    wrong, set_wrong = ft.use_state(False)

    def pick(name: str) -> None:
        set_typing(name == Period.CUSTOM)
        if name != Period.CUSTOM:
            actions.choose(Chosen(period=Period(name)))

    def apply() -> None:
        days = [_typed(words, text, today) for text in (first, last)]
        set_wrong(None in days)
        if days[0] is not None and days[1] is not None:
            actions.choose(Chosen(period=Period.CUSTOM, first=min(days[0], days[1]), last=max(days[0], days[1])))

    choices = [Segment(key=period, label=words(f"period.{period}"), name=_named(words, period)) for period in Period]
    shown = Period.CUSTOM if typing else chosen.period
    row = ft.Row([segments(identifier, choices, shown, pick)], scroll=ft.ScrollMode.HIDDEN, key=f"{identifier}.row")
    if not typing:
        return row
    error = words("period.no_day") if wrong else None
    boxes: list[ft.Control] = [
        _field(f"{identifier}.first", words("period.first"), first, set_first, words, actions, apply, error),
        _field(f"{identifier}.last", words("period.last"), last, set_last, words, actions, apply, None),
        buttons.button(f"{identifier}.apply", words("period.apply"), apply, kind=Kind.PRIMARY),
    ]
    if layout.is_phone:
        body: ft.Control = ft.Column([ft.Row(boxes[:2], spacing=8), boxes[2]], spacing=8, tight=True)
    else:
        body = ft.Container(ft.Row(boxes, spacing=8), width=520)
    return ft.Column([row, body, *([parts.muted(words("period.hint"))] if not wrong else [])], spacing=10, tight=True)


def _named(words: Words, period: Period) -> str:
    return words("period.name", period=words(f"period.{period}"))


def _field(
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    words: Words,
    actions: PeriodActions,
    apply: Callable[[], object],
    error: str | None,
) -> ft.Control:
    return fields.field(
        identifier,
        label,
        value,
        on_change,
        hint=words("period.field_hint"),
        error=error,
        on_submit=apply,
        on_focus=actions.types,
        on_blur=actions.rests,
        max_length=40,
        expand=True,
    )


def _typed(words: Words, text: str, today: date) -> date | None:
    months = {words(f"month.{number}").lower(): number for number in range(1, 13)}
    day = day_of(text, today, months)
    return day if day is not None and day.year in _YEARS else None
