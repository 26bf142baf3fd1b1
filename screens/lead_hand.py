"""What can be done with the lead that is open: when to be in touch, who sees to it, its worth, what to remember."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Final, cast

import flet as ft

from client.editing import LeadChange
from client.insight import later
from client.insight.typed_time import day_of, minute_of
from client.models.leads import Lead
from screens.stores import Stores
from widgets import buttons, fields, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import component
from widgets.lead_page import NOTE_MAX
from widgets.money_field import cents_of, typed_money
from widgets.strings import Words

NOBODY: Final = "nobody"
_OTHER: Final = "other"
_NONE: Final = "none"


@component
def followup_form(stores: Stores, words: Words, lead: Lead) -> ft.Control:
    """A morning of the next days at one tap, or any day and time."""
    typing, begin = ft.use_state(False)
    now, zone = stores.ticks.now, words.zone
    times = {
        "tomorrow": later.tomorrow(now, zone),
        "three_days": later.in_days(now, zone, 3),
        "next_week": later.next_week(now, zone),
    }
    options = [
        Option(name=name, label=words(f"lead.later.{name}"), chosen=at == lead.next_followup_at and not typing)
        for name, at in times.items()
    ]
    options.append(Option(name=_OTHER, label=words("lead.later.other"), chosen=typing))
    if lead.next_followup_at is not None:
        options.append(Option(name=_NONE, label=words("lead.later.none"), chosen=False))

    async def choose(name: str) -> None:
        begin(name == _OTHER)
        if name != _OTHER and times.get(name) != lead.next_followup_at:
            change = LeadChange(next_followup_at=times.get(name))
            await stores.edits.work.change_lead(lead.lead_id, change)

    rows: list[ft.Control] = [choice(words("lead.followup"), "lead.followup", options, choose)]
    if typing:
        rows.append(_another_time(stores, words, lead, lambda: begin(False)))
    return ft.Column(rows, spacing=10, tight=True)


@component
def _another_time(stores: Stores, words: Words, lead: Lead, on_done: Callable[[], object]) -> ft.Control:
    first = lead.next_followup_at or later.tomorrow(stores.ticks.now, words.zone)
    day, write_day = ft.use_state(fmt.day_short(words, fmt.local_day(words, first)))
    clock, write_clock = ft.use_state(fmt.clock_time(words, first))
    at = _typed(words, day, clock, stores.ticks.now)

    async def save() -> None:
        if at is not None:
            await stores.edits.work.change_lead(lead.lead_id, LeadChange(next_followup_at=at))
            on_done()

    def box(name: str, label: str, value: str, write: Callable[[str], object]) -> ft.Control:
        return fields.field(
            f"lead.followup.{name}",
            label,
            value,
            write,
            on_submit=save,
            max_length=40,
            on_focus=stores.focus.types,
            on_blur=stores.focus.rests,
            expand=True,
        )

    row = ft.Row(
        [box("day", words("form.day"), day, write_day), box("time", words("lead.time"), clock, write_clock)], spacing=8
    )
    save_button = buttons.button(
        "lead.followup.save", words("action.save"), save, kind=Kind.PRIMARY, disabled=at is None
    )
    said = words("lead.later.unreadable") if at is None else fmt.moment(words, at, stores.ticks.now)
    return ft.Column([row, parts.muted(said), ft.Row([save_button])], spacing=8, tight=True)


def _typed(words: Words, day: str, clock: str, now: datetime) -> datetime | None:
    """The instant that is typed; None while it is none."""
    months = {words(f"month.{n}").lower(): n for n in range(1, 13)}
    on, minute = day_of(day, fmt.local_day(words, now), months), minute_of(clock)
    if on is None or minute is None:
        return None
    return datetime.combine(on, time(minute // 60, minute % 60), tzinfo=words.zone)


def assign_choice(stores: Stores, words: Words, lead: Lead, people: tuple[str, ...]) -> ft.Control:
    """Whoever has leads, and whoever holds this device."""
    identity = stores.session.state.identity
    names: list[str] = sorted({*people, identity.name} if identity else people)
    options = [
        Option(name=str(index), label=fmt.clipped(name, 40), chosen=name == lead.assigned_to)
        for index, name in enumerate(names)
    ]
    options.append(Option(name=NOBODY, label=words("lead.nobody"), chosen=lead.assigned_to is None))

    async def choose(name: str) -> None:
        to = None if name == NOBODY else names[int(name)]
        if to != lead.assigned_to:
            await stores.edits.work.change_lead(lead.lead_id, LeadChange(assigned_to=to))

    return choice(words("lead.assigned"), "lead.assigned", options, choose)


@component
def notes_form(stores: Stores, words: Words, lead: Lead) -> ft.Control:
    """What to remember.  What is typed here is not overwritten by what comes from elsewhere until it is saved."""
    draft, write = ft.use_state(cast("str | None", None))
    kept = lead.notes or ""
    text = kept if draft is None else draft

    async def save() -> None:
        edited = await stores.edits.work.change_lead(lead.lead_id, LeadChange(notes=text))
        if edited is not None:
            write(None)

    rows: list[ft.Control] = [
        fields.field(
            "lead.notes",
            words("booking.notes"),
            text,
            write,
            lines=6,
            max_length=NOTE_MAX,
            on_focus=stores.focus.types,
            on_blur=stores.focus.rests,
        )
    ]
    if draft is not None and draft.strip() != kept:
        rows.append(
            ft.Row(
                [
                    buttons.button("lead.notes.save", words("action.save"), save, kind=Kind.PRIMARY),
                    buttons.button("lead.notes.drop", words("action.cancel"), lambda: write(None)),
                ],
                spacing=8,
            )
        )
    return ft.Column(rows, spacing=8, tight=True)


@component
def value_form(stores: Stores, words: Words, lead: Lead) -> ft.Control:
    """What it may be worth, for a role that sees money."""
    draft, write = ft.use_state(cast("str | None", None))
    kept = "" if lead.value_cents is None else typed_money(lead.value_cents)
    text = kept if draft is None else draft
    cents = cents_of(text)
    wrong = bool(text.strip()) and cents is None

    async def save() -> None:
        if await stores.edits.work.change_lead(lead.lead_id, LeadChange(value_cents=cents)) is not None:
            write(None)

    rows: list[ft.Control] = [
        fields.field(
            "lead.worth",
            words("lead.value_in", currency=words.currency),
            text,
            write,
            keyboard=ft.KeyboardType.NUMBER,
            error=words("lead.value_wrong") if wrong else None,
            max_length=12,
            on_submit=save,
            on_focus=stores.focus.types,
            on_blur=stores.focus.rests,
        )
    ]
    if draft is not None and draft.strip() != kept:
        rows.append(ft.Row([buttons.button("lead.worth.save", words("action.save"), save, disabled=wrong)]))
    return ft.Column(rows, spacing=8, tight=True)
