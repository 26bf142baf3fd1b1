"""The fields of a booking's form: who, what, with whom, and anything else that is written."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import flet as ft

from client.insight.clients import visits
from client.models.bookings import Booking
from client.models.business import Resource, Service, Staff
from client.models.customers import Customer
from client.models.ids import ResourceId, StaffId
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.strings import Words

NOBODY: Final = "nobody"
_NAME_MAX: Final = 120


class Box(Protocol):
    """A text field of the form by its name: it knows what is typed, what is wrong with it, and who hears of it.

    `fault`: the name under which what is wrong with it is known, where that is another one.
    """

    def __call__(
        self,
        name: str,
        label: str,
        *,
        identifier: str | None = None,
        keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
        hint: str | None = None,
        lines: int = 1,
        expand: bool | None = None,
        fault: str | None = None,
    ) -> ft.Control: ...


def customer_fields(
    words: Words, box: Box, found: Sequence[Customer], choose: Callable[[Customer], object]
) -> list[ft.Control]:
    """Somebody is looked for by letters or digits; who is not found is new, with a number."""
    rows: list[ft.Control] = [box("name", words("form.customer_find"), identifier="form.customer")]
    if found:
        listed = parts.divided([_found(words, each, choose) for each in found])
        rows.append(parts.card(ft.Column(listed, spacing=0, tight=True), padding=4))
    return [*rows, *contact_fields(words, box)]


def contact_fields(words: Words, box: Box) -> list[ft.Control]:
    return [
        box("phone", words("form.phone"), keyboard=ft.KeyboardType.PHONE),
        box("email", words("form.email"), keyboard=ft.KeyboardType.EMAIL),
    ]


def chosen_customer(words: Words, customer: Customer, on_other: Handler) -> ft.Control:
    """Who the booking is for, and the way to somebody else."""
    other = buttons.button("form.customer.other", words("form.customer_other"), on_other, kind=Kind.LINK)
    return parts.card(ft.Row([_person(words, customer), other], spacing=8), padding=10)


def _found(words: Words, customer: Customer, choose: Callable[[Customer], object]) -> ft.Control:
    name, what = fmt.clipped(customer.name, _NAME_MAX), _about(words, customer)
    return buttons.pressable(
        f"form.customer.{customer.customer_id}",
        words("form.customer_book", name=name, what=what),
        ft.Row([_person(words, customer)]),
        lambda: choose(customer),
        padding=ft.Padding.symmetric(horizontal=10, vertical=8),
    )


def _person(words: Words, customer: Customer) -> ft.Control:
    said: list[ft.Control] = [
        parts.strong(fmt.clipped(customer.name, _NAME_MAX), lines=2),
        parts.muted(_about(words, customer), lines=2),
    ]
    return ft.Row(
        [parts.avatar(fmt.initials(customer.name)), ft.Column(said, spacing=0, tight=True, expand=True)],
        spacing=12,
        expand=True,
    )


def _about(words: Words, customer: Customer) -> str:
    number = fmt.phone_whole(customer.phone) if customer.phone else customer.email or words("form.no_number")
    came = visits(customer)
    return number if came is None else f"{number} · {words('form.visits', n=came)}"


def service_field(
    words: Words,
    services: Sequence[Service],
    chosen: Service | None,
    booking: Booking | None,
    choose: Callable[[Service], object],
    *,
    error: str | None,
    opened: bool,
    toggle: Handler,
    money: bool,
) -> ft.Control:
    """The service that is chosen; opened, those that can be.  `money`: the role may see prices."""
    name = chosen.name if chosen else booking.service_name if booking else ""
    rows: list[ft.Control] = [
        buttons.pressable(
            "form.service",
            words("form.service_now", name=fmt.clipped(name, _NAME_MAX)) if name else words("form.service_choose"),
            ft.Row(
                [
                    parts.text(fmt.clipped(name, _NAME_MAX) or words("form.service_choose"), size=15, expand=True),
                    *([parts.muted(_worth(words, chosen, money=money))] if chosen else []),
                    parts.icon(ft.Icons.EXPAND_LESS if opened else ft.Icons.EXPAND_MORE),
                ],
                spacing=8,
            ),
            toggle,
            padding=ft.Padding.symmetric(horizontal=14, vertical=12),
            radius=10,
            bgcolor=theme.SURFACE,
            side=ft.BorderSide(1, theme.DANGER if error else theme.LINE),
            expanded=opened,
        )
    ]
    if error:
        rows.append(problem(error))
    if opened:
        listed = parts.divided([_service(words, each, each == chosen, choose, money=money) for each in services])
        rows.append(parts.card(ft.Column(listed, spacing=0, tight=True), padding=4))
    return _labelled(words("form.service"), rows)


def _service(
    words: Words, service: Service, chosen: bool, choose: Callable[[Service], object], *, money: bool
) -> ft.Control:
    worth, ink = _worth(words, service, money=money), theme.AI_TEXT if chosen else theme.TEXT
    return buttons.pressable(
        f"form.service.{service.service_id}",
        f"{service.name}, {worth}",
        ft.Row([parts.text(service.name, size=15, color=ink, expand=True), parts.muted(worth)], spacing=8),
        lambda: choose(service),
        padding=ft.Padding.symmetric(horizontal=10, vertical=12),
        selected=chosen,
        bgcolor=theme.AI_GROUND if chosen else None,
    )


def _worth(words: Words, service: Service, *, money: bool) -> str:
    length = fmt.minutes_long(words, service.duration_minutes)
    return f"{length} · {fmt.money(words, service.price_cents)}" if money else length


def staff_field(
    words: Words, people: Sequence[Staff], chosen: StaffId | None, choose: Callable[[StaffId | None], object]
) -> ft.Control:
    options = [Option(name=person.staff_id, label=person.name, chosen=person.staff_id == chosen) for person in people]
    options.append(Option(name=NOBODY, label=words("form.anybody"), chosen=chosen is None))
    return choice(
        words("form.staff"), "form.staff", options, lambda name: choose(None if name == NOBODY else StaffId(name))
    )


def room_field(
    words: Words,
    rooms: Sequence[Resource],
    chosen: ResourceId | None,
    choose: Callable[[ResourceId | None], object],
) -> ft.Control:
    """Where it is done, of the places it can be done in."""
    options = [Option(name=room.resource_id, label=room.name, chosen=room.resource_id == chosen) for room in rooms]
    options.append(Option(name=NOBODY, label=words("form.anywhere"), chosen=chosen is None))
    return choice(
        words("form.where"), "form.where", options, lambda name: choose(None if name == NOBODY else ResourceId(name))
    )


def problem(sentence: str) -> ft.Control:
    """What is wrong, said once to who cannot see it."""
    row = ft.Row(
        [
            ft.Icon(ft.Icons.ERROR_OUTLINE, size=18, color=theme.DANGER),
            parts.text(sentence, size=13, color=theme.DANGER, expand=True, height=1.4),
        ],
        spacing=8,
    )
    return ft.Semantics(live_region=True, content=row)


def tick(identifier: str, label: str, on: bool, choose: Callable[[bool], object]) -> ft.Control:
    """What is done on purpose."""
    icon = ft.Icons.CHECK_BOX if on else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    return buttons.pressable(
        identifier,
        label,
        ft.Row(
            [ft.Icon(icon, size=22, color=theme.PRIMARY if on else theme.MUTED), parts.text(label, expand=True)],
            spacing=10,
        ),
        lambda: choose(not on),
        padding=ft.Padding.symmetric(horizontal=6, vertical=11),
        selected=on,
    )


def _labelled(label: str, rows: list[ft.Control]) -> ft.Control:
    return ft.Column(
        [parts.muted(label), *rows], spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
