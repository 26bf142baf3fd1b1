"""Asking again: which correction would be said to a question now, and why; by rule, not by an employee."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.insight.corrections import Standing
from client.models.corrections import Sourced
from widgets import buttons, correction_words, fields, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.sheet import Fit, body, titled
from widgets.strings import Words
from widgets.turn_forms import Focus, head


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """`client`: the name of the client who called, empty for who is none; `as_client`: it is they who ask.

    `found`: the correction that is said, with how it stands; `fault`: why it could not be taken back.
    """

    asked: str
    client: str
    as_client: bool
    employee: str
    found: Sourced | None
    standing: Standing
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskActions:
    ask: Callable[[str], object]
    who: Callable[[bool], object]
    take_back: Handler
    close: Handler


def ask_sheet(
    words: Words, form: AskForm, actions: AskActions, focus: Focus, how_high: Fit, now: datetime
) -> ft.Control:
    rows: list[ft.Control] = [
        fields.field(
            "asking.question",
            words("asking.question"),
            form.asked,
            actions.ask,
            lines=3,
            max_length=2000,
            on_focus=focus[0],
            on_blur=focus[1],
        )
    ]
    if form.client:
        options = [
            Option(name="client", label=fmt.clipped(form.client, 60), chosen=form.as_client),
            Option(name="other", label=words("asking.other"), chosen=not form.as_client),
        ]
        rows.append(choice(words("asking.who"), "asking.who", options, lambda name: actions.who(name == "client")))
    rows += [_answer(words, form, now), parts.muted(words("asking.rule"), height=1.4)]
    under: list[ft.Control] = []
    if form.fault:
        said = parts.text(form.fault, size=13, color=theme.DANGER, height=1.4)
        under.append(ft.Semantics(live_region=True, content=said))
    keys = [buttons.button("asking.done", words("asking.done"), actions.close, kind=Kind.PRIMARY)]
    if form.found is not None:
        keys.insert(0, buttons.button("asking.take_back", words("asking.take_back"), actions.take_back))
    under.append(ft.Row(keys, spacing=8, run_spacing=8, wrap=True, alignment=ft.MainAxisAlignment.END))
    end = ft.Column(under, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return titled(
        head(words, words("asking.heading"), actions.close), body(rows, how_high, key="turn-ask", spacing=14), end
    )


def _answer(words: Words, form: AskForm, now: datetime) -> ft.Control:
    """What would be said, which correction that is, and whether the employee has it yet."""
    if not form.asked.strip():
        rows: list[ft.Control] = [parts.text(words("asking.empty"), size=14, height=1.4)]
    elif form.found is None:
        rows = [parts.text(words("asking.none", name=form.employee), size=14, height=1.4)]
    else:
        rows = _found(words, form, form.found, now)
    return ft.Container(
        ft.Semantics(
            live_region=True,
            content=ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        ),
        bgcolor=theme.AI_GROUND,
        border_radius=theme.RADIUS_SMALL,
        padding=12,
    )


def _found(words: Words, form: AskForm, found: Sourced, now: datetime) -> list[ft.Control]:
    correction = found.correction
    waits = form.standing is Standing.WAITING
    rows: list[ft.Control] = [
        parts.muted(words("asking.will_say" if waits else "asking.says", name=form.employee)),
        parts.text(f"“{fmt.clipped(correction.right, 600)}”", size=15, height=1.4),
        ft.Row([correction_words.standing_chip(words, correction, form.standing, form.employee)], wrap=True),
    ]
    if waits:
        rows.append(parts.muted(words("asking.until_then", name=form.employee), height=1.4))
    because = (
        correction_words.source(words, found, now),
        correction_words.reach(words, correction, found.client),
        words(f"correction.scope.said.{correction.scope}"),
    )
    return [*rows, *(parts.muted(each, height=1.4) for each in because)]
