"""What a client reads: in their language, by the name they prefer, at the business's time, whatever the names hold."""

from dataclasses import replace
from typing import Any

import pytest

from client.insight.telling import LONGEST, Client, cancelled, changed, client_of, created, moved, reinstated, suggested
from client.models.bookings import Booking, BookingStatus
from client.models.customers import Customer
from client.models.ids import CustomerId
from tests import example_data as eg

BOOKING = eg.booking("15:30", "Maria Gómez", "Colour and cut", 90, "ana")
MARIA = Client(name="Maria", language="en", channel="sms", recipient="+1")
PEPE = Client(name="Pepe", language="es", channel="sms", recipient="+1")


def customer(**changes: Any) -> Customer:
    base = Customer(
        customer_id=CustomerId("c"),
        name="Maria Gómez",
        preferred_name=None,
        phone="+1",
        email=None,
        status="active",
        first_visit_at=None,
        last_visit_at=None,
        language="es",
        preferences=None,
        notes=None,
    )
    return replace(base, **changes)


def test_each_sentence_in_english_and_spanish() -> None:
    english = (
        created(BOOKING, MARIA, eg.BUSINESS),
        moved(BOOKING, eg.at("09:05", eg.TODAY.replace(day=26)), MARIA, eg.BUSINESS),
        cancelled(BOOKING, MARIA, eg.BUSINESS),
        reinstated(BOOKING, MARIA, eg.BUSINESS),
        changed(BOOKING, MARIA, eg.BUSINESS, eg.STAFF["s-mia"]),
        changed(BOOKING, MARIA, eg.BUSINESS),
    )
    when = "Monday, November 24 at 3:30 pm"
    assert english == (
        f"Hi Maria, your appointment at Bella Salon is booked: Colour and cut, {when}.",
        "Hi Maria, your appointment at Bella Salon has moved: Colour and cut, "
        f"from {when} to Wednesday, November 26 at 9:05 am.",
        f"Hi Maria, your appointment at Bella Salon is cancelled: Colour and cut, {when}.",
        f"Hi Maria, your appointment at Bella Salon is on again: Colour and cut, {when}.",
        f"Hi Maria, your appointment at Bella Salon has changed: Colour and cut with Mia, {when}.",
        f"Hi Maria, your appointment at Bella Salon has changed: Colour and cut, {when}.",
    )
    assert moved(BOOKING, eg.at("13:05"), PEPE, eg.BUSINESS) == (
        "Hola Pepe, su cita en Bella Salon ha cambiado de hora: Colour and cut, "
        "del lunes 24 de noviembre a las 15:30 al lunes 24 de noviembre a las 13:05."
    )
    assert "a la 1:00" in created(replace(BOOKING, starts_at=eg.at("01:00")), PEPE, eg.BUSINESS)
    assert "12:00 am" in created(replace(BOOKING, starts_at=eg.at("00:00")), MARIA, eg.BUSINESS)
    assert "12:30 pm" in created(replace(BOOKING, starts_at=eg.at("12:30")), MARIA, eg.BUSINESS)


def test_a_client_is_called_as_they_like_in_their_language() -> None:
    assert client_of(BOOKING, customer(preferred_name="Mary"), eg.BUSINESS).name == "Mary"
    known = client_of(BOOKING, customer(), eg.BUSINESS)
    assert (known.name, known.language, known.channel, known.recipient) == ("Maria", "es", "sms", "+1 555 0142")
    unknown = client_of(BOOKING, None, replace(eg.BUSINESS, locale="es-US"))
    assert unknown.language == "es"
    by_mail = client_of(replace(BOOKING, customer_phone=None, customer_email="m@x.example"), None, eg.BUSINESS)
    assert (by_mail.channel, by_mail.recipient) == ("email", "m@x.example")
    unreachable = client_of(replace(BOOKING, customer_phone=None), None, eg.BUSINESS)
    assert (unreachable.channel, unreachable.recipient) == (None, None)
    assert "Hi" in created(BOOKING, replace(MARIA, language="fr"), eg.BUSINESS)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"starts_at": eg.at("16:00")}, "has moved"),
        ({"starts_at": eg.at("16:00"), "service_name": "Cut"}, "has moved: Cut"),
        ({"status": BookingStatus.CANCELLED}, "is cancelled"),
        ({"service_name": "Balayage"}, "has changed: Balayage"),
        ({"staff_id": "s-mia"}, "has changed"),
        ({"notes": "late"}, None),
        ({"customer_phone": "+2"}, None),
        ({"status": BookingStatus.NO_SHOW}, None),
        ({"status": BookingStatus.COMPLETED}, None),
        ({"ends_at": eg.at("18:00")}, None),
    ],
)
def test_a_client_hears_what_concerns_them(change: dict[str, Any], expected: str | None) -> None:
    text = suggested(BOOKING, replace(BOOKING, **change), MARIA, eg.BUSINESS)
    assert (text is None) if expected is None else (text is not None and expected in text)


def test_what_is_new_back_or_gone_already() -> None:
    gone = replace(BOOKING, status=BookingStatus.CANCELLED)
    assert suggested(None, gone, MARIA, eg.BUSINESS) is not None
    assert suggested(gone, gone, MARIA, eg.BUSINESS) is None
    assert "booked" in (suggested(None, BOOKING, MARIA, eg.BUSINESS) or "")
    assert "on again" in (suggested(gone, BOOKING, MARIA, eg.BUSINESS) or "")


@pytest.mark.parametrize(
    "name", ["--help", "<b>x</b>", "{name}{0}", eg.ARABIC, eg.EMOJI, "   ", "a\nb\tc", eg.HUGE, ""]
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_whatever_the_names_hold_it_is_one_line_that_can_be_sent(name: str, language: str) -> None:
    booking: Booking = replace(BOOKING, customer_name=name, service_name=name)
    business = replace(eg.BUSINESS, name=name, locale=language)
    client = client_of(booking, None, business)
    for text in (
        moved(booking, eg.NOW, client, business),
        changed(booking, client, business, replace(eg.STAFF["s-mia"], name=name)),
    ):
        assert 1 <= len(text) <= LONGEST
        assert "\n" not in text and "\t" not in text
        assert not text.startswith(("Hi ,", "Hola ,"))
