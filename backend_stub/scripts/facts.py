"""What may be said on a call: the values of the `{words}` in our own scripts."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from backend_stub.scripts.form import CallScript
from backend_stub.scripts.wording import (
    fill,
    next_closed,
    spoken_days,
    spoken_hours,
    spoken_price,
    spoken_week,
    with_article,
)

_NOT_KNOWN_YET = {
    "staff": "the team",
    "slot": "the next free day",
    "slot_2": "another day",
    "slot_3": "another day",
    "when": "the next free day",
    "held_service": "the booking",
    "held_slot": "the day agreed",
    "held_staff": "the team",
}
"""What is said until a tool has found the real thing."""


def facts_of(
    script: CallScript,
    *,
    business: Mapping[str, Any],
    employee: Mapping[str, Any],
    owner: str,
    caller: str | None,
    service: Mapping[str, Any],
    other: Mapping[str, Any],
    today: date,
    rng: random.Random,
) -> dict[str, str]:
    """The facts of a call that begins.  `service` is what it is about, `other` something else on the list."""
    name = caller or "a customer"
    facts = _NOT_KNOWN_YET | {
        "business": str(business["name"]),
        "employee": str(employee["name"]),
        "owner": owner,
        "caller": name,
        "caller_first": name.split()[0],
        "service": service["name"].lower(),
        "a_service": with_article(service["name"]),
        "price": spoken_price(service["price_cents"]),
        "minutes": str(service["duration_minutes"]),
        "other_service": other["name"].lower(),
        "a_other_service": with_article(other["name"]),
        "other_price": spoken_price(other["price_cents"]),
        "hours_today": spoken_hours(business, today),
        "hours_week": spoken_week(business, today),
        "closed_soon": spoken_days(next_closed(business, today)),
    }
    words = {key: rng.choice(values) for key, values in script.words.items()}
    return facts | {key: fill(value, facts) for key, value in words.items()}
