"""Jade's pipeline: people who may become customers, in every stage, each score with its reasons."""

import random
from datetime import timedelta
from typing import Any

from backend_stub.business.calendar import DAY_MS, HOUR_MS
from backend_stub.business.ids import Ids
from backend_stub.business.names import email_of, name_and_language
from backend_stub.business.people import fictional_numbers
from backend_stub.business.premises import Premises

Row = dict[str, Any]

_STAGES = (
    # stage, weight, age in days at least, score from, score to
    ("new", 10, 0, 35, 80),
    ("contacted", 9, 1, 30, 75),
    ("qualified", 8, 3, 60, 97),
    ("converted", 12, 8, 70, 99),
    ("unqualified", 6, 4, 3, 30),
    ("lost", 8, 12, 20, 60),
)
_GOOD = (
    "Asked for a price and a date in the first message",
    "Answered within ten minutes",
    "Came by recommendation of a regular",
    "Wants to start this month",
    "Named a budget above the usual",
    "Lives within two miles",
    "Asked for three people at once",
)
_BAD = (
    "No answer to two messages",
    "Budget is below the price list",
    "Asked only for something not offered",
    "Wants a day the business is closed",
    "Gave no telephone number",
    "Compares five places at once",
)
_LOST = ("Went elsewhere", "Too expensive", "No answer", "Changed their mind", "Lives too far away")
_TIMELINES = ("immediate", "1_month", "3_months", "6_months", "future")
_BUDGETS = ("under $100", "$100–250", "$250–500", "over $500")
_SOURCES = ("website", "instagram", "google", "referral", "walk_in")


def build_leads(premises: Premises, rng: random.Random, count: int) -> list[Row]:
    """`count` leads of the last months in order of creation."""
    ids = Ids(rng)
    numbers = fictional_numbers((), rng)
    weights = [weight for _, weight, _, _, _ in _STAGES]
    rows = [
        _lead(premises, rng, ids, numbers.pop(), rng.choices(_STAGES, weights)[0] if n >= 6 else _STAGES[n])
        for n in range(count)
    ]
    return sorted(rows, key=lambda row: row["id"])


def _lead(premises: Premises, rng: random.Random, ids: Ids, phone: str, stage: tuple[str, int, int, int, int]) -> Row:
    name, _ = name_and_language(rng)
    label, _, age, low, high = stage
    created = premises.now_ms - round((age + rng.expovariate(1 / (6 if label == "new" else 25))) * DAY_MS) - HOUR_MS
    updated = created + round((premises.now_ms - created) * rng.uniform(0.2, 0.95)) if label != "new" else created
    score = rng.randint(low, high)
    offered = rng.sample(premises.kind.services, rng.choice((1, 1, 2)))
    open_ = label in ("new", "contacted", "qualified")
    return {
        "id": ids.at(created),
        "name": name,
        "phone": phone if rng.random() < 0.9 else None,
        "email": email_of(name, rng) if rng.random() < 0.7 else None,
        "source": rng.choice(_SOURCES),
        "call_id": None,
        "stage": label,
        "score": score,
        "score_reasons": _reasons(rng, score),
        "interest": "hot" if score >= 70 else "warm" if score >= 40 else "cold",
        "needs": rng.choice(premises.kind.needs) if rng.random() < 0.6 else f"asked about {offered[0].name.lower()}",
        "interested_services": [service.name for service in offered],
        "value_cents": sum(service.cents for service in offered) * rng.choice((1, 1, 2, 4)),
        "budget": rng.choice(_BUDGETS) if rng.random() < 0.5 else None,
        "timeline": rng.choice(_TIMELINES) if rng.random() < 0.7 else None,
        "next_followup_at": _followup(premises, rng) if open_ and rng.random() < 0.75 else None,
        "assigned_to": "Jade" if rng.random() < 0.8 else premises.users[1]["name"],
        "tags": rng.sample(
            ("family", "wedding", "corporate", "returning", "price-sensitive"), rng.choice((0, 0, 1, 1, 2))
        ),
        "notes": None,
        "lost_reason": rng.choice(_LOST) if label == "lost" else None,
        "created_at": created,
        "updated_at": updated,
    }


def _reasons(rng: random.Random, score: int) -> list[str]:
    good = 3 if score >= 75 else 2 if score >= 50 else 1 if score >= 30 else 0
    return [*rng.sample(_GOOD, good), *rng.sample(_BAD, 1 if score >= 50 else 2)]


def _followup(premises: Premises, rng: random.Random) -> int:
    day = premises.today + timedelta(days=rng.choice((-1, 0, 0, 1, 1, 2, 3, 5, 8)))
    return premises.local.at(day, rng.choice((9, 10, 11, 14, 15, 16)) * 60)
