"""A believable business from a seed: its premises, its customers, years of bookings, leads and recent calls.

Nothing here writes anywhere: `build_history` answers contract documents, the same ones for the same arguments.
"""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend_stub.business.bookings import AHEAD_DAYS, Simulation, demand
from backend_stub.business.calendar import LocalDays, days
from backend_stub.business.calls import Switchboard
from backend_stub.business.documents import no_assumptions
from backend_stub.business.events import build_events
from backend_stub.business.ids import Ids
from backend_stub.business.kinds import kind_of
from backend_stub.business.leads import build_leads
from backend_stub.business.messages import build_messages
from backend_stub.business.newcomers import tell_newcomers
from backend_stub.business.people import customer_rows
from backend_stub.business.premises import Premises, Row, build_premises
from backend_stub.business.tasks import build_tasks

__all__ = ["History", "Ids", "build_history"]

_YEARS = 2
_YEARS_AT_SCALE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`account`: account_id, business_name, time_zone.  `users`: user_id, name, email, role (one of each).

    `rows`: row kinds of the contract as documents without `version`, each in order of creation.
    """

    account: dict[str, Any]
    users: list[Row]
    rows: dict[str, list[Row]]


def build_history(
    *,
    kind: str,
    seed: int,
    today: date,
    time_zone: str = "America/Los_Angeles",
    bookings: int | None = None,
    now_ms: int | None = None,
) -> History:
    """The history of a business up to `now_ms` (noon of `today` in `time_zone` when None) and six weeks of plans.

    `bookings` asks for about so many instead of the natural number.  Raises ValueError for an unknown kind.
    """
    local = LocalDays(ZoneInfo(time_zone))
    now = local.at(today, 12 * 60) if now_ms is None else now_ms
    premises, factor = _premises(kind, seed, local, today, now, bookings)
    rows, visitors = Simulation(premises, _rng(kind, seed, "bookings"), _rng(kind, seed, "series"), factor).run()
    customers = customer_rows(premises, visitors, _rng(kind, seed, "customers"))
    switchboard = Switchboard(premises, _rng(kind, seed, "calls"), customers)
    switchboard.tell_bookings(rows)
    switchboard.tell_others(rows, factor)
    leads = _in_order([*_pipeline(premises, kind, seed, customers, rows), *switchboard.leads])
    calls = _in_order(switchboard.calls)
    promised = _in_order(switchboard.promised)
    tasks = build_tasks(premises, _rng(kind, seed, "tasks"), bookings=rows, calls=calls, leads=leads, promised=promised)
    sent = build_messages(premises, _rng(kind, seed, "messages"), bookings=rows, tasks=tasks, customers=customers)
    account = _account(premises, _rng(kind, seed, "account"))
    return History(
        account=account,
        users=premises.users,
        rows={
            "business": [premises.business],
            "staff": premises.staff,
            "resources": premises.resources,
            "services": premises.services,
            "employees": premises.employees,
            "customers": customers,
            "bookings": rows,
            "leads": leads,
            "calls": calls,
            "tasks": tasks,
            "messages": sent,
            "assumptions": [no_assumptions(account["account_id"], premises.business["currency"])],
            "events": build_events(premises, _rng(kind, seed, "events"), leads=leads, tasks=tasks, calls=calls),
            "turns": sorted(switchboard.turns, key=lambda row: (row["started_at"], row["id"])),
        },
    )


def _pipeline(premises: Premises, kind: str, seed: int, customers: list[Row], bookings: list[Row]) -> list[Row]:
    leads = build_leads(premises, _rng(kind, seed, "leads"), 48)
    tell_newcomers(premises, _rng(kind, seed, "newcomers"), leads=leads, customers=customers, bookings=bookings)
    return leads


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["id"])


def _rng(kind: str, seed: int, part: str) -> random.Random:
    """Each part has its own stream, so that a change in one does not ripple into the others."""
    return random.Random(f"{kind}/{seed}/{part}")


def _account(premises: Premises, rng: random.Random) -> dict[str, Any]:
    return {
        "account_id": Ids(rng).at(premises.business["created_at"]),
        "business_name": premises.business["name"],
        "time_zone": premises.business["time_zone"],
    }


def _premises(
    kind: str, seed: int, local: LocalDays, today: date, now_ms: int, bookings: int | None
) -> tuple[Premises, float]:
    """The premises, and the factor on natural demand for about `bookings`: more years first, then more staff."""

    def built(years: int, teams: int) -> Premises:
        first = today - timedelta(days=round(365.25 * years))
        rng = _rng(kind, seed, "premises")
        return build_premises(kind_of(kind), rng, local, first=first, today=today, now_ms=now_ms, teams=teams)

    natural = built(_YEARS, 1)
    expected = _expected(natural)
    if bookings is None or bookings <= expected * 1.25:
        return natural, 1.0 if bookings is None else bookings / expected
    factor = bookings / _expected(built(_YEARS_AT_SCALE, 1))
    # A team is a little busier at scale than one alone, so a third more work needs half a team more.
    return built(_YEARS_AT_SCALE, max(1, math.ceil(factor))), factor


def _expected(premises: Premises) -> float:
    last = premises.today + timedelta(days=AHEAD_DAYS)
    return sum(demand(premises, day) for day in days(premises.first, last))
