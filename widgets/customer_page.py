"""A customer: what is known of them, the next and the last booking, and everything so far."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import flet as ft

from client.insight.clients import OfClient, counted, visits
from client.insight.deeds import Deed
from client.models.bookings import Booking, Message
from client.models.calls import Call, Outcome
from client.models.customers import Customer
from widgets import buttons, call_row, change_words, marks, parts
from widgets import format as fmt
from widgets.change_icons import icon_of
from widgets.component import Handler
from widgets.numbers import Number
from widgets.strings import Words
from widgets.theme import Layout

NOTE_MAX = 1000
TEXT_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the timeline as it is read.  `on_open` None: there is nothing more to see of it."""

    icon: ft.IconData
    title: str
    detail: str
    when: str
    on_open: Handler | None = None


def summary(words: Words, customer: Customer) -> str:
    """6 visits · $412 · since 2024 · 1 no-show."""
    pieces = worth(words, customer)
    if no_shows := counted(customer, OfClient.NO_SHOWS):
        pieces.append(words("customer.no_shows", n=no_shows))
    return " · ".join(pieces)


def worth(words: Words, customer: Customer) -> list[str]:
    """6 visits, $412, since 2024."""
    came = visits(customer)
    pieces = [] if came is None else [words("customer.visits", n=came)]
    if (spent := counted(customer, OfClient.SPENT)) is not None:
        pieces.append(fmt.money(words, spent))
    return [*pieces, *([since(words, customer) or ""] if customer.first_visit_at else [])]


def since(words: Words, customer: Customer) -> str | None:
    """Since 2024; None for who has not come yet."""
    first = customer.first_visit_at
    return words("customer.since", year=first.astimezone(words.zone).year) if first else None


def own_figures(words: Words, customer: Customer, on_open: Callable[[OfClient], object]) -> list[Number]:
    """Each leads to its bookings."""
    return [
        Number(
            key=f"customer.figure.{which}",
            label=words(f"client.{which}"),
            name=words(f"client.{which}"),
            value=fmt.money(words, value) if which is OfClient.SPENT else fmt.number(words, value),
            on_open=partial(on_open, which),
        )
        for which in OfClient
        if (value := counted(customer, which)) is not None
    ]


def facts(words: Words, layout: Layout, customer: Customer) -> list[ft.Control]:
    rows: list[tuple[str, str]] = []
    if customer.phone:
        rows.append(("booking.phone", fmt.phone_whole(customer.phone)))
    if customer.email:
        rows.append(("booking.email", customer.email))
    if customer.preferences:
        rows.append(("customer.preferences", fmt.clipped(customer.preferences, NOTE_MAX)))
    if customer.notes:
        rows.append(("booking.notes", fmt.clipped(customer.notes, NOTE_MAX)))
    if not rows:
        return []
    told = [parts.fact(words(key), value, layout, label_width=80, size=15) for key, value in rows]
    return [parts.card(ft.Column(told, spacing=8, tight=True), padding=14)]


def booked(
    words: Words, key: str, booking: Booking | None, now: datetime, on_open: Callable[[Booking], object]
) -> ft.Control:
    """The next or the last booking, or that there is none.  `key`: next or last."""
    label = words(f"customer.{key}")
    if booking is None:
        none = parts.muted(words(f"customer.no_{key}"), size=14)
        return ft.Container(
            ft.Column([parts.muted(label), none], spacing=2, tight=True),
            padding=ft.Padding.symmetric(horizontal=12, vertical=10),
        )
    when = fmt.moment(words, booking.starts_at, now)
    what = f"{booking.service_name} · {fmt.minutes_long(words, booking.duration_minutes)}"
    return buttons.pressable(
        f"customer.{key}",
        words("customer.booked_spoken", which=label, when=when, what=fmt.clipped(what, 120)),
        ft.Row(
            [
                ft.Column(
                    [parts.muted(label), parts.strong(when), parts.muted(what, lines=2)],
                    spacing=1,
                    tight=True,
                    expand=True,
                ),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20),
            ],
            spacing=8,
        ),
        lambda: on_open(booking),
        padding=ft.Padding.symmetric(horizontal=12, vertical=10),
    )


def timeline_row(index: int, line: Line) -> ft.Control:
    """icon · what · when."""
    told: list[ft.Control] = [parts.text(line.title, size=14, weight=parts.W500, lines=3)]
    if line.detail:
        told.append(parts.muted(line.detail, lines=4, height=1.35))
    row = ft.Row(
        [
            ft.Container(parts.icon(line.icon, size=18), padding=ft.Padding.only(top=1)),
            ft.Column(told, spacing=1, tight=True, expand=True),
            parts.muted(line.when, size=12),
        ],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    padding = ft.Padding.symmetric(horizontal=10, vertical=9)
    if line.on_open is None:
        return ft.MergeSemantics(ft.Container(row, padding=padding))
    name = ", ".join(piece for piece in (line.when, line.title, line.detail) if piece)
    return buttons.pressable(f"customer.event.{index}", name, row, line.on_open, padding=padding)


def line_of(
    words: Words,
    at: datetime,
    thing: Booking | Call | Message | Deed,
    now: datetime,
    on_booking: Callable[[Booking], object],
    on_call: Callable[[Call], object],
) -> Line:
    """An entry in words."""
    when = fmt.moment(words, at, now)
    match thing:
        case Booking() as booking:
            state = words(marks.STATUSES[booking.status].key)
            waits = f" · {words(marks.WAITING.key)}" if booking.pending else ""
            return Line(
                icon=ft.Icons.EVENT_OUTLINED,
                title=fmt.clipped(booking.service_name, 120),
                detail=f"{state}{waits}",
                when=when,
                on_open=lambda: on_booking(booking),
            )
        case Call() as call:
            ended = words(marks.OUTCOMES[call.outcome or Outcome.UNKNOWN].key)
            return Line(
                icon=ft.Icons.CALL_OUTLINED,
                title=words("customer.called", outcome=ended),
                detail=fmt.clipped(call_row.gist(words, call), TEXT_MAX),
                when=when,
                on_open=lambda: on_call(call),
            )
        case Message() as message:
            key = "customer.text_sent" if message.channel == "sms" else "customer.email_sent"
            failed = "" if message.state == "sent" else "_failed"
            return Line(
                icon=ft.Icons.SMS_OUTLINED if message.channel == "sms" else ft.Icons.MAIL_OUTLINED,
                title=words(f"{key}{failed}"),
                detail=fmt.clipped(message.text, TEXT_MAX),
                when=when,
            )
        case Deed() as deed:
            return Line(
                icon=icon_of(deed.act),
                title=change_words.done(words, deed, None, now),
                detail=words("customer.by_owner"),
                when=when,
            )
