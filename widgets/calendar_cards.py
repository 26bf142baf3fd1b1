"""The calendars that are followed, a new one, a file to bring in, and bookings to take out: a card each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import flet as ft

from client.models.bookings import Calendar
from client.models.business import Staff
from client.models.ids import CalendarId, StaffId
from widgets import buttons, fields, notices, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.parts import Tone
from widgets.strings import Words

NAME_MAX: Final = 120
EVERYONE: Final = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalendar:
    """A calendar being entered.  `error`: why it was not taken."""

    address: str = ""
    name: str = ""
    staff_id: StaffId | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowActions:
    type_address: Callable[[str], object]
    type_name: Callable[[str], object]
    choose_staff: Callable[[StaffId | None], object]
    add: Handler
    focus: Handler
    blur: Handler


# --- what is followed -----------------------------------------------------------------------------------------------
def followed(
    words: Words,
    calendars: Sequence[Calendar],
    staff: Mapping[StaffId, Staff],
    now: datetime,
    asking: CalendarId | None,
    ask: Callable[[CalendarId | None], object],
    remove: Callable[[CalendarId], object],
    *,
    may_change: bool,
) -> ft.Control:
    """`asking`: the one that is asked about before it goes."""
    rows: list[ft.Control] = []
    for each in calendars:
        rows.append(_row(words, each, staff, now, None if not may_change else lambda each=each: ask(each.calendar_id)))
        if each.calendar_id == asking:
            rows.append(_question(words, each, ask, remove))
    return parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)


def _row(
    words: Words, calendar: Calendar, staff: Mapping[StaffId, Staff], now: datetime, on_remove: Handler | None
) -> ft.Control:
    troubled = calendar.state == "trouble"
    person = staff.get(calendar.staff_id) if calendar.staff_id else None
    whose = fmt.clipped(person.name, 60) if person else words("calendars.everyone")
    name, state = fmt.clipped(calendar.name, NAME_MAX), state_of(words, calendar, now)
    told: list[ft.Control] = [
        parts.strong(name, lines=2),
        parts.text(state, size=13, color=theme.DANGER if troubled else theme.MUTED),
        parts.muted(f"{whose} · {calendar.host}" if calendar.host else whose, lines=2),
    ]
    if troubled:
        told.append(_trouble(words, calendar))
    icon, ink = (ft.Icons.SYNC_PROBLEM, theme.DANGER) if troubled else (ft.Icons.CALENDAR_MONTH_OUTLINED, theme.MUTED)
    line: list[ft.Control] = [
        ft.Icon(icon, size=20, color=ink),
        ft.MergeSemantics(ft.Column(told, spacing=2, tight=True), expand=True),
    ]
    if on_remove is not None:
        label = words("calendars.remove_name", name=name)
        line.append(buttons.icon_button(f"calendar.{calendar.calendar_id}.remove", label, ft.Icons.CLOSE, on_remove))
    return ft.Container(
        ft.Row(line, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START),
        padding=ft.Padding.only(left=12, right=4, top=11, bottom=11),
    )


def state_of(words: Words, calendar: Calendar, now: datetime) -> str:
    """Read 08:41 · 12 times blocked; or since when it does not answer."""
    if calendar.pending:
        return words("calendars.waits")
    read = fmt.moment(words, calendar.last_ok_at, now) if calendar.last_ok_at else None
    match calendar.state:
        case "ok" if read:
            return words("calendars.ok", when=read, what=words("calendars.blocked", n=calendar.events))
        case "trouble":
            return words("calendars.since", when=read) if read else words("calendars.never_read")
        case _:
            return words("calendars.new")


def _trouble(words: Words, calendar: Calendar) -> ft.Control:
    """What is wrong, and what it leads to."""
    key = f"calendars.trouble.{calendar.trouble}"
    why = words(key if words.has(key) else "calendars.trouble.other")
    return ft.Container(
        parts.text(f"{why} {words('calendars.trouble_body')}", size=13, height=1.4),
        bgcolor=theme.WARNING_GROUND,
        border_radius=theme.RADIUS_SMALL,
        padding=ft.Padding.symmetric(horizontal=10, vertical=8),
        margin=ft.Margin.only(top=6),
    )


def trouble_row(words: Words, calendar: Calendar, now: datetime, on_open: Handler) -> ft.Control:
    """Of what needs the owner: a calendar of which something may be missing here."""
    title = words("calendars.more_trouble", name=fmt.clipped(calendar.name, 80))
    read = calendar.last_ok_at
    state = words("calendars.last_read", when=fmt.moment(words, read, now)) if read else words("calendars.never_read")
    why = words("calendars.needs_you", state=state)
    row = ft.Row(
        [
            ft.Icon(ft.Icons.SYNC_PROBLEM, size=20, color=theme.DANGER),
            ft.Column([parts.strong(title, lines=3), parts.muted(why, lines=3)], spacing=1, expand=True, tight=True),
            parts.icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=12,
    )
    padding = ft.Padding.symmetric(horizontal=12, vertical=11)
    name = words("needs_you.spoken", what=title, why=why)
    return buttons.pressable(f"needs_you.{calendar.calendar_id}", name, row, on_open, padding=padding)


def _question(
    words: Words,
    calendar: Calendar,
    ask: Callable[[CalendarId | None], object],
    remove: Callable[[CalendarId], object],
) -> ft.Control:
    name = fmt.clipped(calendar.name, 60)
    answers = [
        buttons.button(
            "calendar.remove_yes",
            words("calendars.remove"),
            lambda: remove(calendar.calendar_id),
            kind=Kind.DANGER,
            expand=True,
        ),
        buttons.button("calendar.remove_no", words("action.cancel"), lambda: ask(None), expand=True),
    ]
    return ft.Container(
        ft.Column(
            [
                parts.text(words("calendars.remove_ask", name=name), size=14, height=1.4),
                ft.Row(answers, spacing=10),
            ],
            spacing=10,
            tight=True,
        ),
        padding=ft.Padding.symmetric(horizontal=12, vertical=11),
    )


def none_followed(words: Words) -> ft.Control:
    return parts.card(notices.empty(words("calendars.none"), words("calendars.none_body")), padding=4)


# --- a new one ------------------------------------------------------------------------------------------------------
def follow_form(
    words: Words, new: NewCalendar, staff: Sequence[Staff], actions: FollowActions, *, busy: bool
) -> ft.Control:
    add = buttons.button(
        "calendar.add",
        words("calendars.add"),
        actions.add,
        kind=Kind.PRIMARY,
        busy=busy,
        disabled=not new.address.strip(),
    )
    rows = [*follow_fields(words, "calendar", new, staff, actions), ft.Row([add])]
    return parts.card(ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))


def follow_fields(
    words: Words, form: str, new: NewCalendar, staff: Sequence[Staff], actions: FollowActions
) -> list[ft.Control]:
    """`form` begins their identifiers."""
    return [
        fields.field(
            f"{form}.address",
            words("calendars.address"),
            new.address,
            actions.type_address,
            hint="https://",
            keyboard=ft.KeyboardType.URL,
            max_length=2000,
            error=new.error,
            on_focus=actions.focus,
            on_blur=actions.blur,
        ),
        parts.muted(words("calendars.address_help"), height=1.4),
        fields.field(
            f"{form}.name",
            words("calendars.name"),
            new.name,
            actions.type_name,
            max_length=NAME_MAX,
            on_submit=actions.add,
            on_focus=actions.focus,
            on_blur=actions.blur,
        ),
        whose(words, words("calendars.whose"), f"{form}.whose", staff, new.staff_id, actions.choose_staff),
    ]


def whose(
    words: Words,
    label: str,
    identifier: str,
    staff: Sequence[Staff],
    chosen: StaffId | None,
    choose: Callable[[StaffId | None], object],
    *,
    disabled: bool = False,
) -> ft.Control:
    """Everyone, or one of those who work here."""
    options = [Option(name=EVERYONE, label=words("calendars.everyone"), chosen=chosen is None)]
    options += [
        Option(name=person.staff_id, label=fmt.clipped(person.name, 40), chosen=person.staff_id == chosen)
        for person in staff
        if person.active
    ]
    return choice(
        label,
        identifier,
        options,
        lambda name: choose(None if name == EVERYONE else StaffId(name)),
        disabled=disabled,
    )


# --- files ----------------------------------------------------------------------------------------------------------
def import_card(words: Words, on_choose: Handler) -> ft.Control:
    body = parts.muted(words("calendars.import_body"), size=14, height=1.4)
    choose = buttons.button("import.choose", words("calendars.file"), on_choose, icon_name=ft.Icons.UPLOAD_FILE)
    return parts.card(ft.Column([body, ft.Row([choose])], spacing=12, tight=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpan:
    """So many days, the first of them so many after today.  `label` is a key of the catalogue."""

    name: str
    label: str
    first: int
    days: int


def export_card(
    words: Words, spans: Sequence[ExportSpan], save: Callable[[ExportSpan, bool], object], said: str | None
) -> ft.Control:
    """A line for each span with both kinds of file; `said`: what was written last."""
    rows: list[ft.Control] = [
        ft.Row(
            [
                parts.text(words(span.label), size=15, expand=True),
                *(_export(words, span, save, as_csv) for as_csv in (False, True)),
            ],
            spacing=8,
        )
        for span in spans
    ]
    body = parts.muted(words("calendars.export_body"), size=14, height=1.4)
    tail: list[ft.Control] = []
    if said is not None:
        tail.append(ft.Semantics(live_region=True, content=ft.Row([parts.chip(said, Tone.POSITIVE, ft.Icons.CHECK)])))
    return parts.card(ft.Column([body, *rows, *tail], spacing=10, tight=True))


def _export(words: Words, span: ExportSpan, save: Callable[[ExportSpan, bool], object], as_csv: bool) -> ft.Control:
    kind = "csv" if as_csv else "ics"
    return buttons.button(
        f"export.{span.name}.{kind}",
        f".{kind}",
        lambda: save(span, as_csv),
        name=words(f"calendars.export_{kind}", what=words(span.label)),
    )
