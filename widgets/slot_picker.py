"""Other times for a booking: a day at a time, what is free on it, and any time that is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import flet as ft

from client.insight.diary import Slot
from widgets import buttons, fields, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.day_strip import Day, day_strip
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPicker:
    """`days`: the day and those around it, with how many free times each has.

    `typed_slot`: what was typed, if it is free; `error`: why not.  `as_of`: how old all of it is.
    """

    day: date
    today: date
    days: Sequence[Day]
    slots: Sequence[Slot]
    typed: str
    typed_slot: Slot | None
    error: str | None
    as_of: datetime | None
    now: datetime
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PickerActions:
    go_to: Callable[[date], object]
    type: Callable[[str], object]
    take: Callable[[Slot], object]
    back: Handler
    focus: Handler
    blur: Handler


def slot_picker(words: Words, layout: Layout, picker: SlotPicker, actions: PickerActions) -> list[ft.Control]:
    """The rows of the sheet while another time is looked for."""
    back = buttons.button(
        "picker.back", words("picker.back"), actions.back, kind=buttons.Kind.LINK, icon_name=ft.Icons.ARROW_BACK
    )
    strip = day_strip(words, picker.days, actions.go_to, identifier="picker.day", counted="picker.free")
    rows: list[ft.Control] = [ft.Row([back], wrap=True), _pager(words, layout, picker, actions), strip]
    if picker.slots:
        rows.append(slot_chips(words, picker.slots, actions.take, disabled=picker.busy))
    else:
        rows.append(parts.muted(words("picker.none"), size=14))
        rows += nearest_day(words, picker.day, picker.days, actions.go_to)
    if picker.as_of:
        rows.append(parts.muted(words("picker.as_of", time=fmt.moment(words, picker.as_of, picker.now))))
    return [*rows, _typing(words, layout, picker, actions)]


def _pager(words: Words, layout: Layout, picker: SlotPicker, actions: PickerActions) -> ft.Control:
    before, after = picker.day - timedelta(days=1), picker.day + timedelta(days=1)
    day = parts.strong(fmt.day_named(words, picker.day, picker.today), expand=True)
    count = parts.muted(words("picker.free", n=len(picker.slots)))
    name = ft.Semantics(
        live_region=True,
        content=ft.Column([day, count] if layout.one_column else [ft.Row([day, count])], tight=True, spacing=0),
        expand=True,
    )
    earlier = buttons.icon_button(
        "picker.previous",
        words("picker.previous"),
        ft.Icons.CHEVRON_LEFT,
        lambda: actions.go_to(before),
        color=theme.TEXT,
        disabled=picker.day <= picker.today,
    )
    later = buttons.icon_button(
        "picker.next", words("picker.next"), ft.Icons.CHEVRON_RIGHT, lambda: actions.go_to(after), color=theme.TEXT
    )
    return ft.Row([name, earlier, later], spacing=4)


def nearest_day(words: Words, day: date, days: Sequence[Day], go_to: Callable[[date], object]) -> list[ft.Control]:
    """From a full day to the nearest of those shown that has free times, at one tap; nothing where none has."""
    free = [each.day for each in days if each.day != day and each.count]
    if not free:
        return []
    nearest = min(free, key=lambda each: (abs(each - day), each < day))
    label = words("picker.nearest", day=fmt.day_short(words, nearest))
    link = buttons.button(
        "picker.nearest", label, lambda: go_to(nearest), kind=buttons.Kind.LINK, icon_name=ft.Icons.EVENT_AVAILABLE
    )
    return [ft.Row([link], wrap=True)]


def slot_chips(
    words: Words,
    slots: Sequence[Slot],
    take: Callable[[Slot], object],
    *,
    chosen: datetime | None = None,
    disabled: bool = False,
) -> ft.Control:
    """`chosen`: the one that begins then is selected."""
    chips = [_chip(words, slot, take, chosen=slot.starts_at == chosen, disabled=disabled) for slot in slots]
    return ft.Row(chips, spacing=8, run_spacing=8, wrap=True)


def _chip(words: Words, slot: Slot, take: Callable[[Slot], object], *, chosen: bool, disabled: bool) -> ft.Control:
    time = fmt.clock_time(words, slot.starts_at)
    return buttons.pressable(
        f"picker.slot.{slot.starts_at:%Y%m%d%H%M}",
        words("picker.slot", time=time),
        parts.text(time, size=14, weight=parts.W600, color=theme.AI_TEXT if chosen else theme.TEXT),
        lambda: take(slot),
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
        radius=10,
        side=ft.BorderSide(1, theme.PRIMARY if chosen else theme.LINE),
        selected=chosen or None,
        bgcolor=theme.AI_GROUND if chosen else theme.SURFACE,
        center=True,
        disabled=disabled,
    )


def _typing(words: Words, layout: Layout, picker: SlotPicker, actions: PickerActions) -> ft.Control:
    slot = picker.typed_slot
    box = fields.field(
        "picker.time",
        words("picker.type"),
        picker.typed,
        actions.type,
        hint=words("picker.hint"),
        error=picker.error,
        max_length=12,
        on_submit=(lambda: actions.take(slot)) if slot else None,
        on_focus=actions.focus,
        on_blur=actions.blur,
        expand=not layout.one_column,
    )
    if slot is None:
        return box if layout.one_column else ft.Row([box])
    take = buttons.button(
        "picker.take",
        words("picker.take", time=fmt.clock_time(words, slot.starts_at)),
        lambda: actions.take(slot),
        kind=buttons.Kind.PRIMARY,
        disabled=picker.busy,
    )
    if layout.one_column:
        return ft.Column([box, take], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row([box, take], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)
