"""Putting an answer right: what was said, what is right, for whom and until when, what it contradicts, what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import flet as ft

from client.insight.own_facts import FactKind, OwnFact
from client.models.corrections import CorrectionScope, Sourced
from client.models.ids import CorrectionId
from widgets import buttons, correction_words, fields, parts, theme
from widgets import format as fmt
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.day_strip import Day, day_strip
from widgets.sheet import Fit
from widgets.strings import Words
from widgets.turn_forms import Focus, Foot, form_sheet, quoted

SCOPES: Final = (CorrectionScope.SAME_QUESTION, CorrectionScope.EVERYWHERE)
_SAID_MAX: Final = 300


class Reach(StrEnum):
    """For whom and how long.  `RECORD`: for nobody, it only sets the record of the call straight."""

    ALWAYS = "always"
    CLIENT = "client"
    UNTIL = "until"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """An older correction that says something else.  `ends`: whether the owner lets it end, None while that is not
    decided; `new_first`: where both stay and fit, the new one is given."""

    older: Sourced
    ends: bool | None
    new_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionForm:
    """`client`: the name of the client who called, empty for who is none.  `caller`, `called_at`: of the call in which
    the wrong answer was given.  `typed`, `days`: the last day, as it is written and as it can be picked."""

    question: str
    wrong: str
    right: str
    scope: CorrectionScope
    reach: Reach
    employee: str
    client: str
    caller: str | None
    called_at: datetime
    typed: str
    last_day: date | None
    days: Sequence[Day]
    against: Sequence[Against]
    facts: Sequence[OwnFact]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionActions:
    """`turn`: the days that can be picked, by so many; `decide`: whether an older correction ends."""

    right: Callable[[str], object]
    scope: Callable[[CorrectionScope], object]
    reach: Callable[[Reach], object]
    type_day: Callable[[str], object]
    pick: Callable[[date], object]
    turn: Callable[[int], object]
    decide: Callable[[CorrectionId, bool], object]


def correction_form(
    words: Words,
    form: CorrectionForm,
    actions: CorrectionActions,
    foot: Foot,
    on_close: Handler,
    focus: Focus,
    how_high: Fit,
    now: datetime,
) -> ft.Control:
    rows: list[ft.Control] = []
    if form.question:
        rows.append(quoted(words("correction.question"), form.question))
    rows.append(quoted(words("correction.wrong", name=form.employee), form.wrong))
    rows.append(
        fields.field(
            "correction.right",
            words("correction.right_label"),
            form.right,
            actions.right,
            lines=4,
            max_length=2000,
            on_focus=focus[0],
            on_blur=focus[1],
        )
    )
    rows.append(_reach(words, form, actions))
    if form.reach is Reach.UNTIL:
        rows.append(_last_day(words, form, actions, focus))
    if form.reach is not Reach.RECORD and form.question:
        options = [
            Option(name=scope.value, label=words(f"correction.scope.{scope}"), chosen=scope is form.scope)
            for scope in SCOPES
        ]
        pick = actions.scope
        rows.append(
            choice(words("correction.scope"), "correction.scope", options, lambda name: pick(CorrectionScope(name)))
        )
    if form.against or form.facts:
        rows.append(_contradictions(words, form, actions, now))
    rows.append(_preview(words, form))
    note = words("correction.see_above") if form.against or form.facts else ""
    return form_sheet(words, "correction", rows, replace(foot, note=note), on_close, how_high)


# --- for whom, until when ---------------------------------------------------------------------------------------------
def _reach(words: Words, form: CorrectionForm, actions: CorrectionActions) -> ft.Control:
    options = [
        Option(name=reach.value, label=words(f"correction.reach.{reach}"), chosen=reach is form.reach)
        for reach in Reach
        if form.client or reach is not Reach.CLIENT
    ]
    chips = choice(words("correction.reach"), "correction.reach", options, lambda name: actions.reach(Reach(name)))
    if form.client:
        return chips
    return ft.Column([chips, parts.muted(words("correction.no_client"), height=1.4)], spacing=6, tight=True)


def _last_day(words: Words, form: CorrectionForm, actions: CorrectionActions, focus: Focus) -> ft.Control:
    """The last day: to type, or to pick among seven, a week further or back."""
    box = fields.field(
        "correction.last_day",
        words("correction.last_day"),
        form.typed,
        actions.type_day,
        hint=words("form.day_hint"),
        expand=True,
        on_focus=focus[0],
        on_blur=focus[1],
    )
    at_start = bool(form.days) and form.days[0].today
    before = buttons.icon_button(
        "correction.days.before",
        words("form.days_before"),
        ft.Icons.CHEVRON_LEFT,
        lambda: actions.turn(-7),
        disabled=at_start,
    )
    after = buttons.icon_button(
        "correction.days.after", words("form.days_after"), ft.Icons.CHEVRON_RIGHT, lambda: actions.turn(7)
    )
    head = ft.Row([box, before, after], spacing=4, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Column(
        [head, day_strip(words, form.days, actions.pick, identifier="correction.day")], spacing=10, tight=True
    )


# --- what it contradicts ----------------------------------------------------------------------------------------------
def _contradictions(words: Words, form: CorrectionForm, actions: CorrectionActions, now: datetime) -> ft.Control:
    """What is known already and says something else, each with where it comes from."""
    head = ft.Row(
        [
            parts.icon(ft.Icons.COMPARE_ARROWS, color=theme.WARNING),
            parts.text(words("correction.against"), size=14, weight=parts.W600, expand=True),
        ],
        spacing=8,
    )
    new = words("correction.against.newer", text=fmt.clipped(form.right.strip(), _SAID_MAX))
    rows: list[ft.Control] = [
        ft.Semantics(live_region=True, content=head),
        _said(new, correction_words.from_call(words, form.caller, form.called_at, now)),
        *(_older(words, each, actions, now) for each in form.against),
        *(_fact(words, each) for each in form.facts),
    ]
    return ft.Container(
        ft.Column(rows, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        border=ft.Border.all(1, theme.WARNING),
        border_radius=theme.RADIUS_SMALL,
        padding=12,
    )


def _older(words: Words, against: Against, actions: CorrectionActions, now: datetime) -> ft.Control:
    correction = against.older.correction
    identifier = f"correction.against.{correction.correction_id}"
    options = [
        Option(name="ends", label=words("correction.against.ends"), chosen=against.ends is True),
        Option(name="stays", label=words("correction.against.stays"), chosen=against.ends is False),
    ]
    return ft.Column(
        [
            _said(
                words("correction.against.older", text=fmt.clipped(correction.right, _SAID_MAX)),
                correction_words.source(words, against.older, now),
                correction_words.reach(words, correction, against.older.client),
            ),
            choice(
                words("correction.against.decide"),
                identifier,
                options,
                lambda name: actions.decide(correction.correction_id, name == "ends"),
            ),
            *([] if against.ends is None else [parts.muted(_becomes(words, against), height=1.4)]),
        ],
        spacing=6,
        tight=True,
    )


def _becomes(words: Words, against: Against) -> str:
    if against.ends:
        return words("correction.against.ended")
    return words("correction.against.new_first" if against.new_first else "correction.against.old_first")


def _fact(words: Words, fact: OwnFact) -> ft.Control:
    service = fact.service
    match fact.kind:
        case FactKind.PRICE if service:
            said = words("correction.fact.price", service=service.name, price=fmt.money(words, service.price_cents))
        case FactKind.LENGTH if service:
            length = fmt.minutes_long(words, service.duration_minutes)
            said = words("correction.fact.length", service=service.name, length=length)
        case _:
            key = "correction.fact.hours" if fact.hours else "correction.fact.closed"
            weekday = words(f"weekday.{fact.weekday}")
            ranges = (f"{fmt.wall_time(words, a)} – {fmt.wall_time(words, b)}" for a, b in fact.hours)
            said = words(key, weekday=weekday[:1].upper() + weekday[1:], hours=", ".join(ranges))
    where = "correction.fact.from_hours" if fact.kind is FactKind.HOURS else "correction.fact.from_services"
    return _said(said, words(where), words("correction.fact.stays"))


def _said(said: str, *under: str) -> ft.Control:
    return ft.MergeSemantics(
        ft.Column(
            [
                parts.text(said, size=14, height=1.4),
                *(parts.muted(each, height=1.4) for each in under),
            ],
            spacing=2,
            tight=True,
        )
    )


# --- what follows -----------------------------------------------------------------------------------------------------
def _preview(words: Words, form: CorrectionForm) -> ft.Control:
    """What follows from it, before it is saved."""
    said = " ".join(_follows(words, form)) if form.right.strip() else words("correction.preview_none")
    return ft.Container(
        ft.Semantics(live_region=True, content=parts.text(said, size=13, height=1.45)),
        bgcolor=theme.AI_GROUND,
        border_radius=theme.RADIUS_SMALL,
        padding=12,
    )


def _follows(words: Words, form: CorrectionForm) -> list[str]:
    gaps = {
        "name": form.employee,
        "right": fmt.clipped(form.right.strip(), _SAID_MAX),
        "question": fmt.clipped(form.question, 160),
        "client": fmt.clipped(form.client, 60),
    }
    if form.reach is Reach.RECORD:
        return [words("correction.preview.this_call", **gaps)]
    if form.reach is Reach.CLIENT:
        said = [words(f"correction.preview.{form.scope}.client", **gaps), words("correction.preview.others")]
    else:
        said = [words(f"correction.preview.{form.scope}", **gaps)]
    if form.reach is Reach.UNTIL:
        last = form.last_day
        said.append(
            words("correction.preview.until", day=f"{fmt.day_within(words, last)} {last.year}")
            if last
            else words("correction.preview.no_day")
        )
    ended = (each.older.correction.right for each in form.against if each.ends)
    return [*said, *(words("correction.preview.ends", text=fmt.clipped(right, 160)) for right in ended)]
