"""What a client is told of a change to their appointment: a text in their language, ready to be read before it is sent.

It says the time by the clock on the business's wall, because that is where the client goes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from client.models.bookings import Booking, BookingStatus
from client.models.business import Business, Staff
from client.models.customers import Customer
from client.models.reaching import is_address, is_number

LONGEST: Final = 480
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who is told.  `channel`: sms or email, None without a number or an address that can be one (`recipient`)."""

    name: str
    language: str
    channel: str | None
    recipient: str | None


def client_of(booking: Booking, customer: Customer | None, business: Business) -> Client:
    """The client of a booking: called by the name they prefer or their first name, in their language if it is known."""
    preferred = customer.preferred_name if customer else None
    ways = {
        "sms": booking.customer_phone if is_number(booking.customer_phone) else None,
        "email": booking.customer_email if is_address(booking.customer_email) else None,
    }
    channel, recipient = next(((way, found) for way, found in ways.items() if found), (None, None))
    return Client(
        name=_short(preferred or _first_name(booking.customer_name)),
        language=(customer.language if customer else business.locale)[:2].lower(),
        channel=channel,
        recipient=recipient,
    )


def suggested(
    before: Booking | None, after: Booking, client: Client, business: Business, staff: Staff | None = None
) -> str | None:
    """What to tell the client when `before` becomes `after`; None when it is nothing they need to hear.

    `before` None: it is new.  `staff`: who does it now.
    """
    was = before.status if before else None
    if after.status is BookingStatus.CANCELLED:
        return cancelled(before or after, client, business) if was is not BookingStatus.CANCELLED else None
    if before is None:
        return created(after, client, business)
    if was is BookingStatus.CANCELLED:
        return reinstated(after, client, business)
    if before.starts_at != after.starts_at:
        return moved(replace(before, service_name=after.service_name), after.starts_at, client, business)
    if (before.service_name, before.staff_id) != (after.service_name, after.staff_id):
        return changed(after, client, business, staff)
    return None


def created(booking: Booking, client: Client, business: Business) -> str:
    return _say("created", booking, client, business)


def moved(booking: Booking, starts_at: datetime, client: Client, business: Business) -> str:
    """`booking` as it was, and when it begins now."""
    return _say("moved", booking, client, business, now=_when(starts_at, client.language, business.zone))


def cancelled(booking: Booking, client: Client, business: Business) -> str:
    return _say("cancelled", booking, client, business)


def reinstated(booking: Booking, client: Client, business: Business) -> str:
    return _say("reinstated", booking, client, business)


def changed(booking: Booking, client: Client, business: Business, staff: Staff | None = None) -> str:
    """`booking` as it is now, at the time it had before."""
    return _say(
        "changed_staff" if staff else "changed", booking, client, business, staff=_short(staff.name if staff else "")
    )


_SENTENCES: Final = {
    "en": {
        "created": "{hello}, your appointment at {business} is booked: {service}, {when}.",
        "moved": "{hello}, your appointment at {business} has moved: {service}, from {when} to {now}.",
        "cancelled": "{hello}, your appointment at {business} is cancelled: {service}, {when}.",
        "reinstated": "{hello}, your appointment at {business} is on again: {service}, {when}.",
        "changed": "{hello}, your appointment at {business} has changed: {service}, {when}.",
        "changed_staff": "{hello}, your appointment at {business} has changed: {service} with {staff}, {when}.",
    },
    "es": {
        "created": "{hello}, su cita en {business} está reservada: {service}, {when}.",
        "moved": "{hello}, su cita en {business} ha cambiado de hora: {service}, del {when} al {now}.",
        "cancelled": "{hello}, su cita en {business} está cancelada: {service}, {when}.",
        "reinstated": "{hello}, su cita en {business} vuelve a estar en pie: {service}, {when}.",
        "changed": "{hello}, su cita en {business} ha cambiado: {service}, {when}.",
        "changed_staff": "{hello}, su cita en {business} ha cambiado: {service} con {staff}, {when}.",
    },
}
_DAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS: Final = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}


def _say(sentence: str, booking: Booking, client: Client, business: Business, **gaps: str) -> str:
    language = _known(client.language)
    return _SENTENCES[language][sentence].format(
        hello=_hello(client.name, language),
        business=_short(business.name),
        service=_short(booking.service_name),
        when=_when(booking.starts_at, language, business.zone),
        **gaps,
    )


def _hello(name: str, language: str) -> str:
    if language == "es":
        return f"Hola {name}" if name else "Hola"
    return f"Hi {name}" if name else "Hello"


def _when(at: datetime, language: str, zone: ZoneInfo) -> str:
    language = _known(language)
    local = at.astimezone(zone)
    day, month = _DAYS[language][local.weekday()], _MONTHS[language][local.month - 1]
    if language == "es":
        return f"{day} {local.day} de {month} a {'la' if local.hour == 1 else 'las'} {local.hour}:{local.minute:02}"
    half = "am" if local.hour < 12 else "pm"
    return f"{day}, {month} {local.day} at {local.hour % 12 or 12}:{local.minute:02} {half}"


def _known(language: str) -> str:
    return language if language in _SENTENCES else "en"


def _first_name(name: str) -> str:
    return name.split()[0] if name.split() else ""


def _short(text: str) -> str:
    """On one line, and short enough that four of them leave room in a message."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"
