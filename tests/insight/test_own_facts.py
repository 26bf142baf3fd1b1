"""Where an answer says something else than the price list and the opening hours; what is not plain is not compared."""

from dataclasses import replace
from datetime import time

import pytest

from client.insight.own_facts import FactKind, against
from client.models.business import WeeklyHours
from tests import example_data as eg

WEEK = ((time(9), time(17)),)
BUSINESS = replace(
    eg.BUSINESS, opening_hours=WeeklyHours(days=(*(WEEK,) * 5, ((time(9, 30), time(13)), (time(14), time(18))), ()))
)
SERVICES = tuple(
    replace(eg.SERVICES[0], service_id=name, name=name, duration_minutes=minutes, price_cents=cents, active=active)
    for name, minutes, cents, active in (
        ("Haircut", 45, 4500, True),
        ("Haircut and colour", 120, 120_050, True),
        ("Perm", 90, 9000, False),
    )
)


@pytest.mark.parametrize(
    ("question", "right", "kinds"),
    [
        (None, "A haircut is $50.", [FactKind.PRICE]),
        ("How much is a haircut?", "It is 50 dollars.", [FactKind.PRICE]),
        ("¿Cuánto cuesta un haircut?", "Son 50 dólares.", [FactKind.PRICE]),
        (None, "A haircut is $45, or 40 dollars for students.", []),
        (None, "A haircut is 45.00 €.", []),
        (None, "Haircut and colour: $1,200.50", []),
        (None, "Haircut and colour: $1,200", [FactKind.PRICE]),
        (None, "A haircut needs a deposit of $10.", []),
        (None, "A haircut is 10% off, $40.50.", []),
        (None, "A perm is $10.", []),
        (None, "A haircut is $50, a haircut and colour $60.", []),
        (None, "It is $50.", []),
        (None, "A haircut takes 60 minutes.", [FactKind.LENGTH]),
        (None, "A haircut takes 45 min.", []),
        ("How long is a haircut?", "An appointment is 1 hour.", [FactKind.LENGTH]),
        (None, "Haircut and colour takes 1 hour and 60 minutes.", []),
        (None, "Un haircut dura 1,5 horas.", [FactKind.LENGTH]),
        (None, "You can cancel a haircut until 24 hours before.", []),
        (None, "We open at ten on Saturdays.", [FactKind.HOURS]),
        ("When do you open on Saturday?", "We open at half past nine.", []),
        (None, "On Saturdays we open at 9:30 and close at 6 pm.", []),
        (None, "On Saturdays we close at 6 am.", [FactKind.HOURS]),
        (None, "On Saturdays we are open from 9:30 to one, and from two to six.", []),
        (None, "Los sábados abrimos a las diez.", [FactKind.HOURS]),
        (None, "Los lunes abrimos a las nueve.", []),
        (None, "We are closed on Mondays.", [FactKind.HOURS]),
        (None, "We are closed on Sundays.", []),
        (None, "On Sundays we open at 11:00.", [FactKind.HOURS]),
        (None, "Ana can see you on Saturday at ten.", []),
        (None, "We open at ten on Saturdays and Sundays.", []),
        (None, "We open at ten.", []),
    ],
)
def test_what_the_rows_say_otherwise(question: str | None, right: str, kinds: list[FactKind]) -> None:
    assert [fact.kind for fact in against(question, right, SERVICES, BUSINESS)] == kinds


def test_the_row_itself_is_told() -> None:
    price, hours = against(None, "On Saturdays we open at ten, and a haircut is $50.", SERVICES, BUSINESS)
    assert price.service == SERVICES[0]
    assert (hours.weekday, hours.hours) == (5, BUSINESS.opening_hours.days[5])
    assert against(None, "On Saturdays we open at ten.", SERVICES, None) == ()
