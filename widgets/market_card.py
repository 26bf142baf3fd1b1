"""Market position as it is read: each sum written out line by line, what callers preferred, what the owner may say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import flet as ft

from client.insight.market import Position, Sum, Term
from client.insight.market_figures import Counted, small
from client.insight.metrics import Metric
from widgets import buttons, fields, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.figure_words import decimal, plain
from widgets.strings import Words

INPUTS = ("wage", "hours", "value")


Counts = Counted | Metric
"""What is counted in a line: a number of this page alone, or a figure."""

_COUNTED: Final[dict[tuple[Sum, str], Counts]] = {
    (Sum.TALK, "talk_cost"): Counted.TALK,
    (Sum.TALK, "charged"): Counted.CHARGED,
    (Sum.DESK, "charged"): Counted.CHARGED,
    (Sum.MISSED, "missed_value"): Metric.MISSED,
    (Sum.PACE, "calls_an_hour"): Metric.ANSWERED,
}


def sum_cards(words: Words, position: Position, on_open: Callable[[Counts], object]) -> list[ft.Control]:
    """A card for each sum that can be made, and one for what callers preferred.  What is counted leads to its calls."""
    made = [_sum(words, position, name, terms, on_open) for name, terms in position.sums]
    return [*made, _preference(words, position, on_open)]


def _sum(
    words: Words, position: Position, name: Sum, terms: tuple[Term, ...], on_open: Callable[[Counts], object]
) -> ft.Control:
    rows: list[ft.Control] = []
    for number, term in enumerate(terms):
        said, worth = _said(words, position, term), _worth(words, name, term)
        last = number == len(terms) - 1
        counts = _COUNTED.get((name, term.name))
        if counts is None:
            rows.append(_line(words, said, worth, last=last))
        else:
            spoken = words("market.line_spoken", said=said, worth=worth)
            face = _face(said, worth, last=last, leads=True)
            rows.append(_leading(words, f"{name}.{counts}", spoken, face, partial(on_open, counts)))
    notes: list[ft.Control] = []
    if name is Sum.PACE:
        notes = [_counted(words, Counted.DURING, words("market.during", n=position.taken.during), on_open)]
    return parts.card(
        ft.Column([parts.strong(words(f"market.{name}")), *parts.divided(rows), *notes], spacing=6, tight=True)
    )


def _line(words: Words, said: str, worth: str, *, last: bool) -> ft.Control:
    name = words("market.line_spoken", said=said, worth=worth)
    row = ft.Container(_face(said, worth, last=last), padding=ft.Padding(0, 6, 0, 6))
    return ft.Semantics(label=name, exclude_semantics=True, content=row)


def _face(said: str, worth: str, *, last: bool, leads: bool = False) -> ft.Control:
    weight = parts.W600 if last else parts.W400
    # The mark stands behind the words, so that what it comes to stays in one column.
    ink = theme.TEXT if last else theme.MUTED
    told = parts.text(said, size=14, expand=True, loose=leads, height=1.4, color=ink)
    line = ft.Row([told, *([_mark()] if leads else [])], spacing=6, expand=True)
    return ft.Row([line, parts.text(worth, size=15, weight=weight, align=ft.TextAlign.RIGHT)], spacing=12)


def _mark() -> ft.Control:
    return ft.Icon(ft.Icons.INFO_OUTLINE, size=16, color=theme.MUTED)


def _leading(words: Words, name: str, spoken: str, face: ft.Control, on_open: Handler) -> ft.Control:
    return buttons.pressable(
        f"market.{name}", words("market.counted_spoken", said=spoken), face, on_open, padding=ft.Padding(0, 6, 0, 6)
    )


def _counted(words: Words, counts: Counted, said: str, on_open: Callable[[Counts], object]) -> ft.Control:
    """A sentence with something counted in it."""
    ink = theme.TEXT if counts is Counted.ASKED else theme.MUTED
    told = parts.text(said, size=14 if counts is Counted.ASKED else 13, height=1.4, color=ink, expand=True)
    return _leading(words, counts.value, said, ft.Row([told, _mark()], spacing=6), partial(on_open, counts))


def _worth(words: Words, name: Sum, term: Term) -> str:
    if name is Sum.PACE:
        return words("market.an_hour", number=decimal(words, term.value))
    return fmt.money(words, round(term.value), exact=True)


def _said(words: Words, position: Position, term: Term) -> str:
    """The line with its numbers in it."""
    said, taken = position.assumptions, position.taken
    return words(
        f"market.term.{term.name}",
        answered=fmt.number(words, taken.answered),
        missed=fmt.number(words, taken.missed),
        minutes=fmt.number(words, position.minutes),
        weeks=plain(words, position.weeks),
        hours=plain(words, said.hours_per_week or 0),
        wage=fmt.money(words, said.wage_cents_per_hour or 0),
        value=fmt.money(words, said.missed_call_value_cents or 0),
    )


def _preference(words: Words, position: Position, on_open: Callable[[Counts], object]) -> ft.Control:
    taken = position.taken
    share = decimal(words, 100 * taken.asked / taken.answered) if taken.answered else "0"
    asked = words("market.asked", asked=fmt.number(words, taken.asked), n=taken.answered, share=share)
    if few := small(taken.answered, words):
        asked = f"{asked}, {few}"
    told = {
        Counted.ASKED: asked,
        Counted.CONTENT_ASKED: _content(words, "market.content_asked", taken.told_asked, taken.content_asked),
        Counted.CONTENT_OTHER: _content(words, "market.content_other", taken.told_other, taken.content_other),
    }
    lines = [_counted(words, counts, said, on_open) for counts, said in told.items()]
    title = parts.strong(words("market.preference"))
    return parts.card(ft.Column([title, *lines], spacing=6, tight=True))


def _content(words: Words, key: str, told: int, total: int) -> str:
    if not told:
        return words(f"{key}.none")
    said = words(f"{key}.some", mean=decimal(words, total / told), told=fmt.number(words, told))
    return f"{said}. {words('market.few')}" if small(told, words) else said


# --- what the owner says ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class InputActions:
    type: Callable[[str, str], object]
    save: Handler
    types: Handler
    rests: Handler


def input_card(
    words: Words, typed: Mapping[str, str], wrong: str | None, actions: InputActions, *, told: bool
) -> ft.Control:
    """Three amounts, each of which may stay empty.  `wrong`: the one that is no amount; `told`: some were kept."""
    boxes: list[ft.Control] = [
        fields.field(
            f"market.{name}",
            words(f"market.input.{name}"),
            typed[name],
            lambda text, name=name: actions.type(name, text),
            hint=words(f"market.hint.{name}"),
            error=words("market.no_amount") if wrong == name else None,
            on_submit=actions.save,
            on_focus=actions.types,
            on_blur=actions.rests,
            max_length=12,
        )
        for name in INPUTS
    ]
    save = buttons.button("market.save", words("market.save"), actions.save, kind=Kind.PRIMARY)
    body = parts.muted(words("market.inputs_body" if told else "market.nothing_body"), size=14, height=1.4)
    return parts.card(
        ft.Column([parts.strong(words("market.inputs")), body, *boxes, ft.Row([save])], spacing=12, tight=True)
    )
