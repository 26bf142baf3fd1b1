"""Leads that became customers: each is somebody who booked for the first time in these weeks, and was a lead before.

Every fifth of those that were won has no booking of its own here: somebody else in the family made it, say.
"""

import random
from collections import Counter
from collections.abc import Iterable

from backend_stub.business.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from backend_stub.business.documents import Row
from backend_stub.business.ids import Ids
from backend_stub.business.premises import Premises

_WEEKS = 10
_EVERY = 5
_MEAN_DAYS = 2.5


def tell_newcomers(
    premises: Premises, rng: random.Random, *, leads: Iterable[Row], customers: Iterable[Row], bookings: Iterable[Row]
) -> None:
    """The leads that were won learn who they are, and come in a while before their first booking; but every fifth."""
    ids = Ids(rng)
    first = _first_bookings(bookings)
    known = {row["id"]: row for row in customers}
    numbers = Counter(row["phone"] for row in known.values())
    weeks = range(premises.now_ms - _WEEKS * 7 * DAY_MS, premises.now_ms - HOUR_MS)
    newcomers = [
        booking
        for booking in first.values()
        if booking["created_at"] in weeks and numbers[known[booking["customer_id"]]["phone"]] == 1
    ]
    rng.shuffle(newcomers)
    won = [lead for lead in leads if lead["stage"] == "converted"]
    for n, lead in enumerate(won, start=1):
        if n % _EVERY and newcomers:
            booking = newcomers.pop()
            lead |= _of(known[booking["customer_id"]], booking, rng)
            lead["id"] = ids.at(lead["created_at"])


def _first_bookings(bookings: Iterable[Row]) -> dict[str, Row]:
    """The booking that each customer made first."""
    first: dict[str, Row] = {}
    for row in sorted(bookings, key=lambda row: (row["created_at"], row["id"])):
        first.setdefault(row["customer_id"], row)
    return first


def _of(customer: Row, booking: Row, rng: random.Random) -> Row:
    """Won minutes after the booking, which was made hours or days after it came in."""
    booked = booking["created_at"]
    return {
        "name": customer["name"],
        "phone": customer["phone"],
        "email": customer["email"],
        "needs": f"asked about {booking['service_name'].lower()}",
        "interested_services": [booking["service_name"]],
        "value_cents": booking["price_cents"],
        "created_at": booked - HOUR_MS - round(rng.expovariate(1 / _MEAN_DAYS) * DAY_MS),
        "updated_at": booked + rng.randrange(2, 50) * MINUTE_MS,
    }
