"""A client's own figures: how often they came, what that came to, how often they stayed away.

Each is the aggregate of the client's bookings on this device, the owner's unsent changes in them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from client.insight import judging
from client.insight.day import Say
from client.insight.judging import Part, Verdict
from client.models.customers import Customer
from client.models.provenance import EvidenceRow, Figure, Provenance
from client.models.tallies import EvidenceSource, Facts


class OfClient(StrEnum):
    """In the order in which they are shown."""

    VISITS = "visits"
    SPENT = "spent"
    NO_SHOWS = "no_shows"


_JUDGES: Final[dict[OfClient, Callable[[Facts], Verdict]]] = {
    OfClient.VISITS: judging.came,
    OfClient.SPENT: judging.revenue_completed,
    OfClient.NO_SHOWS: judging.stayed_away,
}


def counted(customer: Customer, which: OfClient) -> int | None:
    """The figure's value; None where it is not known yet, no counted booking has a price, or nobody may see it."""
    if customer.booked is None:
        return None
    groups = [group for group in customer.booked if _JUDGES[which](group.facts).part is Part.COUNTED]
    if which is OfClient.SPENT:
        return sum(group.amount for group in groups) if groups else None
    return sum(group.n for group in groups)


def visits(customer: Customer) -> int | None:
    return counted(customer, OfClient.VISITS)


def client_figure(
    which: OfClient,
    sources: Sequence[EvidenceSource],
    now: datetime,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
) -> Figure:
    """One of them with its rows.  `sources`: all of the client's bookings, newest first."""
    judge = _JUDGES[which]
    verdicts = [judge(source.facts) for source in sources]
    rows = tuple(_row(which, source, verdict, say) for source, verdict in zip(sources, verdicts, strict=True))
    used = [row for row in rows if row.counted]
    left_out = Counter(verdict.left_out for verdict in verdicts if verdict.left_out)
    included = Counter(verdict.included for verdict in verdicts if verdict.included)
    money = which is OfClient.SPENT
    value = sum(row.amount or 0.0 for row in used) if money else float(len(used))
    return Figure(
        value=None if money and not used else value,
        unit="cents" if money else "count",
        provenance=Provenance(
            label=say(f"client.{which}"),
            formula=say(f"client.{which}.formula"),
            rows_counted=len(used),
            rows_seen=len(rows),
            row_noun=say("figure.noun.bookings", n=len(rows)),
            period_from=sources[-1].at if sources else now,
            period_to=max(now, sources[0].at) if sources else now,
            zone=zone,
            left_out=tuple(say(key, n=n) for key, n in sorted(left_out.items())),
            as_of=as_of,
            rows=rows,
            included=tuple(say(key, n=n) for key, n in included.items()),
        ),
    )


def _row(which: OfClient, source: EvidenceSource, verdict: Verdict, say: Say) -> EvidenceRow:
    used = verdict.part is Part.COUNTED
    return EvidenceRow(
        row_id=source.row_id,
        kind="booking",
        at=source.at,
        title=source.detail or "",
        detail="",
        counted=used,
        why=say(verdict.why),
        amount=float(source.amount) if used and which is OfClient.SPENT else None,
    )
