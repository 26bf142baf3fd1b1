"""What callers asked for that is not offered: looked for in a call, and not on the list then or now.

Counted by caller, not by call, and said from two callers on: one is no demand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.models.business import Service
from client.models.patterns import Asked
from client.models.provenance import EvidenceRow, Provenance

LOOKED_BACK: Final = timedelta(days=90)
LEAST_CALLERS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """`subject`: the service without its capitals.  `service`: as it was named last.  `asked`: newest first."""

    subject: str
    service: str
    callers: int
    last_at: datetime
    asked: tuple[Asked, ...]
    provenance: Provenance


def opportunities(
    asked: Iterable[Asked],
    services: Sequence[Service],
    now: datetime,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
) -> tuple[Opportunity, ...]:
    """What two callers or more asked for in the last `LOOKED_BACK`, most callers first."""
    offered = {plain_name(service.name) for service in services if service.active}
    by_service: dict[str, list[Asked]] = {}
    for each in asked:
        subject = plain_name(each.service)
        if subject and subject not in offered and now - LOOKED_BACK <= each.at <= now:
            by_service.setdefault(subject, []).append(each)
    found = [_opportunity(subject, calls, now, as_of, zone, say) for subject, calls in by_service.items()]
    said = (each for each in found if each.callers >= LEAST_CALLERS)
    return tuple(sorted(said, key=lambda each: (-each.callers, -each.last_at.timestamp(), each.subject)))


def plain_name(service: str) -> str:
    """A service's name for comparing: "Balayage " and "balayage" are one."""
    return " ".join(service.casefold().split())


def _opportunity(
    subject: str, asked: Sequence[Asked], now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Opportunity:
    newest_first = sorted(asked, key=lambda each: (each.at, each.call_id), reverse=True)
    seen: set[str] = set()
    rows: list[EvidenceRow] = []
    for each in newest_first:
        rows.append(_evidence(each, again=each.caller in seen, say=say))
        seen.add(each.caller)
    again = len(rows) - len(seen)
    service = newest_first[0].service.strip()
    provenance = Provenance(
        label=say("opportunity.label", service=service),
        formula=say("opportunity.formula", days=LOOKED_BACK.days),
        rows_counted=len(seen),
        rows_seen=len(rows),
        row_noun=say("figure.noun.calls", n=len(rows)),
        period_from=now - LOOKED_BACK,
        period_to=now,
        zone=zone,
        left_out=(say("opportunity.again", n=again),) if again else (),
        as_of=as_of,
        rows=tuple(rows),
    )
    return Opportunity(
        subject=subject,
        service=service,
        callers=len(seen),
        last_at=newest_first[0].at,
        asked=tuple(newest_first),
        provenance=provenance,
    )


def _evidence(each: Asked, *, again: bool, say: Say) -> EvidenceRow:
    return EvidenceRow(
        row_id=each.call_id,
        kind="call",
        at=each.at,
        title=each.caller_name or say("caller.unknown"),
        detail=each.line or each.tool_line or "",
        counted=not again,
        why=say("opportunity.same_caller" if again else "opportunity.asked"),
    )
