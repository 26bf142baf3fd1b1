"""Market position as it is read: each sum written out line by line, what callers preferred, what the owner may say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import flet as ft

from client.insight.market import Position, Sum, Term
from widgets import buttons, fields, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.figure_words import decimal, plain
from widgets.strings import Words

INPUTS = ("wage", "hours", "value")


def sum_cards(words: Words, position: Position) -> list[ft.Control]:
    """A card for each sum that can be made, and one for what callers preferred."""
    return [*(_sum(words, position, name, terms) for name, terms in position.sums), _preference(words, position)]


def _sum(words: Words, position: Position, name: Sum, terms: tuple[Term, ...]) -> ft.Control:
    rows: list[ft.Control] = [
        _line(words, _said(words, position, term), _worth(words, name, term), last=number == len(terms) - 1)
        for number, term in enumerate(terms)
    ]
    notes = [parts.muted(words("market.during", n=position.taken.during), height=1.4)] if name is Sum.PACE else []
    return parts.card(
        ft.Column([parts.strong(words(f"market.{name}")), *parts.divided(rows), *notes], spacing=6, tight=True)
    )


def _line(words: Words, said: str, worth: str, *, last: bool) -> ft.Control:
    weight = parts.W600 if last else parts.W400
    row = ft.Row(
        [
            parts.text(said, size=14, expand=True, height=1.4, color=theme.TEXT if last else theme.MUTED),
            parts.text(worth, size=15, weight=weight, align=ft.TextAlign.RIGHT),
        ],
        spacing=12,
    )
    name = words("market.line_spoken", said=said, worth=worth)
    return ft.Semantics(label=name, exclude_semantics=True, content=ft.Container(row, padding=ft.Padding(0, 6, 0, 6)))


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


def _preference(words: Words, position: Position) -> ft.Control:
    taken = position.taken
    share = decimal(words, 100 * taken.asked / taken.answered) if taken.answered else "0"
    asked = words("market.asked", asked=fmt.number(words, taken.asked), n=taken.answered, share=share)
    lines = [
        parts.text(asked, size=14, height=1.4),
        parts.muted(_content(words, "market.content_asked", taken.told_asked, taken.content_asked), height=1.4),
        parts.muted(_content(words, "market.content_other", taken.told_other, taken.content_other), height=1.4),
    ]
    title = parts.strong(words("market.preference"))
    return parts.card(ft.Column([title, *lines], spacing=6, tight=True))


def _content(words: Words, key: str, told: int, total: int) -> str:
    if not told:
        return words(f"{key}.none")
    return words(f"{key}.some", mean=decimal(words, total / told), told=fmt.number(words, told))


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
