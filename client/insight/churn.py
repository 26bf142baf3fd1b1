"""Regulars who are past their own rhythm.

Everybody is measured by themselves: the median gap between their visits says when they were due, and none of the gaps
that are shown was ever as long as this one.  Who has a booking ahead, or is blocked, is not missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import floor
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.models.ids import CustomerId
from client.models.patterns import Client, Visit
from client.models.provenance import EvidenceRow, Provenance

LEAST_VISITS: Final = 4
GAPS: Final = 8
"""So many gaps, the newest, make the rhythm."""
PAST: Final = 1.5
"""Late is who has been away for more than so many usual gaps."""
REGULAR_WITHIN: Final = timedelta(days=3 * 365)
"""The four newest visits of a regular lie no further apart."""
LEAST_AWAY: Final = timedelta(days=14)
GONE: Final = 4.0
"""Who has been away for so many usual gaps has left, and is no news."""
MOST_AWAY: Final = timedelta(days=365)
"""As has who was away for a year, whatever their rhythm."""
_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """`gaps`: days between the newest visits, oldest first.  `usual`: their median; `away`: days since the last.

    `visits_a_year` at the usual gap; `yearly_cents`: these at the mean price, None where prices are not to be seen.
    """

    customer_id: CustomerId
    name: str
    last: Visit
    gaps: tuple[int, ...]
    usual: float
    away: int
    visits_a_year: float
    yearly_cents: int | None
    provenance: Provenance

    @property
    def late(self) -> int:
        """Days past the usual gap."""
        return round(self.away - self.usual)

    @property
    def known_for(self) -> int:
        """For how many days the rule has named them; 0 on the first."""
        return self.away - max(floor(PAST * self.usual) + 1, max(self.gaps) + 1, LEAST_AWAY.days)


def churning(
    clients: Iterable[Client], now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> tuple[Churn, ...]:
    """Those who are late, what is at stake with them first: money a year where it may be seen, else visits a year."""
    found = [churn for client in clients if (churn := _churn(client, now, as_of, zone, say)) is not None]
    return tuple(sorted(found, key=_at_stake))


def rhythm(visits: Sequence[Visit], zone: ZoneInfo) -> tuple[int, ...]:
    """Days from visit to visit, the newest `GAPS` of them; two visits on one day are one."""
    days = _days(visits, zone)
    return tuple((after - before).days for before, after in pairwise(days))


def _days(visits: Sequence[Visit], zone: ZoneInfo) -> list[date]:
    return sorted({visit.starts_at.astimezone(zone).date() for visit in visits})[-GAPS - 1 :]


def _shown(visits: Sequence[Visit], zone: ZoneInfo) -> list[Visit]:
    """The visits that make the rhythm."""
    first = _days(visits, zone)[0]
    return [visit for visit in visits if visit.starts_at.astimezone(zone).date() >= first]


def _churn(client: Client, now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say) -> Churn | None:
    visits = client.visits
    gaps = rhythm(visits, zone)
    if client.coming or client.blocked or len(gaps) < LEAST_VISITS - 1:
        return None
    last, today = visits[-1], now.astimezone(zone).date()
    away = (today - last.starts_at.astimezone(zone).date()).days
    if sum(gaps[1 - LEAST_VISITS :]) > REGULAR_WITHIN.days or not LEAST_AWAY.days <= away <= MOST_AWAY.days:
        return None
    usual = float(median(gaps))
    if not PAST * usual < away < GONE * usual or away <= max(gaps):
        return None
    shown = _shown(visits, zone)
    prices = [visit.price_cents for visit in shown if visit.price_cents is not None]
    a_year = _YEAR / usual
    return Churn(
        customer_id=client.customer_id,
        name=client.name,
        last=last,
        gaps=gaps,
        usual=usual,
        away=away,
        visits_a_year=a_year,
        yearly_cents=round(a_year * sum(prices) / len(prices)) if prices else None,
        provenance=_provenance(client, gaps, usual, away, now, as_of, zone, say),
    )


def _at_stake(churn: Churn) -> tuple[float, float, str]:
    return -(churn.yearly_cents or 0), -churn.visits_a_year, churn.customer_id


def _provenance(
    client: Client,
    gaps: Sequence[int],
    usual: float,
    away: int,
    now: datetime,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
) -> Provenance:
    shown = _shown(client.visits, zone)
    earlier = len(client.visits) - len(shown)
    return Provenance(
        label=say("churn.label", name=client.name),
        formula=say("churn.formula", gaps=", ".join(map(str, gaps)), usual=f"{usual:g}", away=away),
        rows_counted=len(shown),
        rows_seen=len(client.visits),
        row_noun=say("churn.noun", n=len(client.visits)),
        period_from=shown[0].starts_at,
        period_to=now,
        zone=zone,
        left_out=(say("churn.earlier", n=earlier),) if earlier else (),
        as_of=as_of,
        rows=tuple(
            EvidenceRow(
                row_id=visit.booking_id,
                kind="booking",
                at=visit.starts_at,
                title=visit.service_name,
                detail="",
                counted=True,
                why=say("churn.visit"),
            )
            for visit in reversed(shown)
        ),
    )
