"""A booking in a list, and the line that shows where the day is."""

from datetime import datetime

import flet as ft

from client.models.bookings import Booking, BookingStatus
from client.models.business import Staff
from widgets import buttons, marks, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.strings import Words


def staff_colour(staff: Staff | None) -> str:
    colours = theme.STAFF_COLOURS
    return colours[staff.colour_index % len(colours)] if staff else colours[5]


def time_width(words: Words) -> int:
    """What a time of day takes at the usual size: 13:30 or 12:30 PM."""
    return 50 if words.hours == 24 else 70


def booking_row(
    words: Words,
    booking: Booking,
    staff: Staff | None,
    on_open: Handler,
    *,
    over: bool = False,
    clash: bool = False,
    selected: bool = False,
    wide: bool = False,
    scale: float = 1.0,
) -> ft.Control:
    """time · colour bar · client and service · state · who.

    `over`: it has ended; `clash`: it met another change and the owner decides; `wide`: the agenda of a desktop;
    `scale`: how large the owner has text.
    """
    mark = marks.CLASH if clash else marks.status_of(booking)
    if over and not wide and booking.status is BookingStatus.COMPLETED:
        mark = None
    struck = booking.status in (BookingStatus.CANCELLED, BookingStatus.NO_SHOW)
    ink = theme.MUTED if over or struck else theme.TEXT
    when: list[ft.Control] = [
        parts.text(fmt.clock_time(words, booking.starts_at), size=15, weight=parts.W600, color=ink)
    ]
    if wide:
        when.append(parts.muted(fmt.clock_time(words, booking.ends_at), size=12))
    told = _told(words, booking, staff, ink, wide=wide, large=scale > 1)
    if mark and not wide:
        # Beside the name it would leave an ordinary one half its width on a phone.
        told.append(ft.Container(ft.Row([mark.chip(words)]), padding=ft.Padding.only(top=3)))
    row: list[ft.Control] = [
        ft.Column(when, spacing=1, width=time_width(words) * scale, tight=True),
        ft.Container(width=4, height=36, border_radius=4, bgcolor=staff_colour(staff), opacity=0.5 if over else 1.0),
        ft.Column(told, spacing=1, expand=True, tight=True),
    ]
    if wide and booking.call_id:
        row.append(
            ft.Icon(ft.Icons.CALL_RECEIVED, size=16, color=theme.MUTED, tooltip=parts.tip(words("booking.from_call")))
        )
    if mark and wide:
        row.append(mark.chip(words))
    if wide and booking.price_cents is not None:
        price = parts.muted(fmt.money(words, booking.price_cents), align=ft.TextAlign.END, width=64 * scale)
        row.append(price)
    if staff:
        row.append(parts.avatar(staff.initials))
    return buttons.pressable(
        f"booking.{booking.booking_id}",
        spoken(words, booking, staff, clash=clash),
        ft.Row(row, spacing=12, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        on_open,
        padding=ft.Padding.symmetric(horizontal=12, vertical=9 if wide else 11),
        bgcolor=theme.AI_GROUND if selected else None,
        selected=selected or None,
    )


def _told(
    words: Words, booking: Booking, staff: Staff | None, ink: str, *, wide: bool, large: bool
) -> list[ft.Control]:
    """Who comes, and again if they always do; for what."""
    recurs = True if booking.series_id else None
    name = parts.text(
        booking.customer_name,
        size=15,
        weight=parts.W600,
        color=ink,
        lines=2 if large else 1,
        expand=recurs,
        loose=bool(recurs),
    )
    title = ft.Row([name, ft.Icon(ft.Icons.REPEAT, size=15, color=theme.MUTED)], spacing=6) if recurs else name
    return [title, parts.muted(_what(words, booking, staff, wide), lines=4 if large else 2)]


def spoken(words: Words, booking: Booking, staff: Staff | None, *, clash: bool = False) -> str:
    """The row as a sentence."""
    mark = marks.CLASH if clash else marks.status_of(booking) or marks.STATUSES[booking.status]
    said = words(
        "booking.spoken",
        time=fmt.clock_time(words, booking.starts_at),
        name=fmt.clipped(booking.customer_name, 80),
        service=fmt.clipped(booking.service_name, 80),
        length=fmt.minutes_long(words, booking.duration_minutes),
        who=staff.name if staff else words("booking.nobody"),
        state=words(mark.key),
    )
    return f"{said}, {words('booking.series').lower()}" if booking.series_id else said


def now_line(words: Words, now: datetime, *, scale: float = 1.0) -> ft.Control:
    """Where the day is: between what is over and what comes.  `scale`: how large the owner has text."""
    time = fmt.clock_time(words, now)
    return ft.Semantics(
        label=words("today.now_line", time=time),
        content=ft.Semantics(
            exclude_semantics=True,
            content=ft.Row(
                [
                    parts.text(time, size=12, weight=parts.W600, color=theme.DANGER, width=time_width(words) * scale),
                    ft.Container(width=7, height=7, border_radius=7, bgcolor=theme.DANGER),
                    ft.Container(height=2, bgcolor=theme.DANGER, expand=True, border_radius=2),
                ],
                spacing=0,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
        ),
    )


def _what(words: Words, booking: Booking, staff: Staff | None, wide: bool) -> str:
    pieces = [booking.service_name, fmt.minutes_long(words, booking.duration_minutes)]
    if wide and staff:
        pieces.append(staff.name)
    return " · ".join(pieces)
