"""When a booking is: the day among seven with what is free on each, start and length, and what is in the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

import flet as ft

from client.insight.diary import CLOSED, OVERLAP, Obstacle, Slot
from client.insight.walltime import DAY_MINUTES, repeated
from widgets import buttons, parts
from widgets import format as fmt
from widgets.booking_fields import Box, problem, tick
from widgets.buttons import Kind
from widgets.day_strip import Day, day_strip
from widgets.refusals import obstacle_sentence
from widgets.slot_picker import nearest_day, slot_chips
from widgets.strings import Words

SLOTS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """`starts_at`, `ends_at`: as the fields say, None where they do not.  `slots`: what is free on `day`.

    `was`: when the booking begins now.  `here`: the same time on this device's clock, where that shows another one.
    `as_of`: how old the diary is.
    """

    day: date
    today: date
    days: Sequence[Day]
    slots: Sequence[Slot]
    starts_at: datetime | None
    ends_at: datetime | None
    sought: bool
    was: datetime | None = None
    here: str = ""
    as_of: datetime | None = None
    all_slots: bool = False


class Shift(Protocol):
    def __call__(self, *, start: int = 0, length: int = 0) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenActions:
    go_to: Callable[[date], object]
    turn: Callable[[int], object]
    shift: Shift
    take: Callable[[Slot], object]
    show_all: Callable[[], object]


def when_fields(words: Words, box: Box, when: When, actions: WhenActions, now: datetime) -> list[ft.Control]:
    """The day, what is free on it at one tap, and start and length to type; then what they come to."""
    return [
        _day(words, box, when, actions),
        day_strip(words, when.days, actions.go_to, identifier="form.day", counted="picker.free"),
        *_free(words, when, actions, now),
        _stepped(
            box("start", words("form.start"), expand=True),
            ("form.start.earlier", words("form.start_earlier"), lambda: actions.shift(start=-5)),
            ("form.start.later", words("form.start_later"), lambda: actions.shift(start=5)),
        ),
        _stepped(
            box("length", words("form.length"), expand=True),
            ("form.length.shorter", words("form.shorter"), lambda: actions.shift(length=-5)),
            ("form.length.longer", words("form.longer"), lambda: actions.shift(length=5)),
        ),
        *_comes_to(words, when),
    ]


def _day(words: Words, box: Box, when: When, actions: WhenActions) -> ft.Control:
    """To type, or a week further or back."""
    day = box("date", words("form.day"), identifier="form.day", hint=words("form.day_hint"), expand=True, fault="day")
    before = buttons.icon_button(
        "form.days.before",
        words("form.days_before"),
        ft.Icons.CHEVRON_LEFT,
        lambda: actions.turn(-7),
        disabled=not when.days or when.days[0].day <= when.today,
    )
    after = buttons.icon_button(
        "form.days.after", words("form.days_after"), ft.Icons.CHEVRON_RIGHT, lambda: actions.turn(7)
    )
    return ft.Row([day, before, after], spacing=4, vertical_alignment=ft.CrossAxisAlignment.START)


def _stepped(
    field: ft.Control, less: tuple[str, str, Callable[[], object]], more: tuple[str, str, Callable[[], object]]
) -> ft.Control:
    steps = [
        buttons.icon_button(identifier, name, icon, on_click)
        for (identifier, name, on_click), icon in ((less, ft.Icons.REMOVE), (more, ft.Icons.ADD))
    ]
    return ft.Row([field, *steps], spacing=4, vertical_alignment=ft.CrossAxisAlignment.START)


def _comes_to(words: Words, when: When) -> list[ft.Control]:
    """Tuesday 25 November, 16:30 – 18:00."""
    if when.starts_at is None or when.ends_at is None:
        return []
    said = fmt.time_range(words, when.starts_at, when.ends_at)
    last = fmt.local_day(words, when.ends_at - timedelta(seconds=1))
    if last != when.day:
        said = f"{said}, {fmt.day_short(words, last)}"
    out: list[ft.Control] = [
        parts.text(words("form.stands", day=fmt.day_long(words, when.day), when=said), size=14, height=1.4)
    ]
    local = when.starts_at.astimezone(words.zone)
    twice = repeated(when.day, words.zone)
    if twice and twice.start <= (local.hour * 60 + local.minute) % DAY_MINUTES < twice.end and not local.fold:
        out.append(parts.muted(words("form.twice"), height=1.4))
    if when.here:
        out.append(parts.muted(words("form.here", when=when.here), height=1.4))
    return [ft.Column(out, spacing=2, tight=True)]


def _free(words: Words, when: When, actions: WhenActions, now: datetime) -> list[ft.Control]:
    if not when.sought:
        return [parts.muted(words("form.slots_need"))]
    rows: list[ft.Control] = [parts.section_label(words("form.free"), level=3)]
    shown = when.slots if when.all_slots else _nearest(when.slots, when.starts_at)
    rows.append(
        slot_chips(words, shown, actions.take, chosen=when.starts_at) if shown else parts.muted(words("picker.none"))
    )
    if all(slot.starts_at == when.was for slot in when.slots):
        rows += nearest_day(words, when.day, when.days, actions.go_to)
    if len(shown) < len(when.slots):
        label = words("form.all_slots", n=len(when.slots))
        rows.append(ft.Row([buttons.button("form.slots.all", label, actions.show_all, kind=Kind.LINK)], wrap=True))
    if when.as_of:
        rows.append(parts.muted(words("picker.as_of", time=fmt.moment(words, when.as_of, now))))
    return rows


def _nearest(slots: Sequence[Slot], wanted: datetime | None) -> Sequence[Slot]:
    """As many as are seen at once: around the time that is typed, else the first of the day."""
    if wanted is None or len(slots) <= SLOTS_SHOWN:
        return slots[:SLOTS_SHOWN]
    near = sorted(slots, key=lambda slot: abs(slot.starts_at - wanted))[:SLOTS_SHOWN]
    return sorted(near, key=lambda slot: slot.starts_at)


# --- what is in the way -----------------------------------------------------------------------------------------------
def obstacle_rows(
    words: Words,
    obstacles: Sequence[Obstacle],
    allow: frozenset[str],
    on_allow: Callable[[str, bool], object],
    now: datetime,
    *,
    may_overbook: bool,
) -> list[ft.Control]:
    """Each in words, and for what can be done on purpose a box to tick."""
    rows: list[ft.Control] = [problem(obstacle_sentence(words, each, now)) for each in obstacles]
    asked = {each.why.allowance for each in obstacles}
    if None in asked:
        return rows
    for what in (CLOSED, OVERLAP):
        if what not in asked:
            continue
        if what == OVERLAP and not may_overbook:
            rows.append(parts.muted(words("form.no_overbooking")))
            continue
        label = words(f"form.allow.{what}")
        rows.append(tick(f"form.allow.{what}", label, what in allow, lambda on, what=what: on_allow(what, on)))
    return rows
