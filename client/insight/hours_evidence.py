"""What the busy hours, and what is said about who works, are made of: the bookings of the last weeks."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say, day_bounds
from client.insight.figures import SMALL
from client.models.bookings import BookingStatus
from client.models.patterns import Began
from client.models.provenance import EvidenceRow, Provenance

WEEKS: Final = 8
_MINUTE_MS: Final = 60_000
_AWAY: Final = frozenset({BookingStatus.CANCELLED, BookingStatus.NO_SHOW})


def weeks_before(made_at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The weeks whose bookings say at which hours they begin: up to the day on which the forecast was made."""
    today = made_at.astimezone(zone).date()
    return day_bounds(today - timedelta(weeks=WEEKS), zone)[0], day_bounds(today, zone)[0]


def hours_provenance(
    bookings: Sequence[Began], made_at: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Provenance:
    """Of the busy hours.  `bookings`: of the weeks before, the newest first."""
    start, end = weeks_before(made_at, zone)
    rows = tuple(
        _row(each, each.status is not BookingStatus.CANCELLED, _hour(each.at, zone, say), say) for each in bookings
    )
    formula = say("busy.formula", n=WEEKS)
    return _provenance(say("busy.title"), formula, rows, bookings, start, end, as_of, zone, say)


def lengths_provenance(
    bookings: Sequence[Began], start: datetime, end: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Provenance:
    """Of how long a booking takes.  `bookings`: those of [start, end), the newest first."""
    rows = tuple(
        _row(each, each.status not in _AWAY, say("why.time_booked"), say, amount=each.minutes * _MINUTE_MS)
        for each in bookings
    )
    formula = say("staffing.lengths.formula", n=WEEKS)
    return _provenance(say("staffing.lengths"), formula, rows, bookings, start, end, as_of, zone, say)


def _hour(at: datetime, zone: ZoneInfo, say: Say) -> str:
    local = at.astimezone(zone)
    return say("busy.began", day=say(f"weekday.short.{local.weekday()}"), hour=f"{local:%H}:00")


def _row(each: Began, counted: bool, why: str, say: Say, *, amount: float | None = None) -> EvidenceRow:
    return EvidenceRow(
        row_id=each.row_id,
        kind="booking",
        at=each.at,
        title=each.name or say("customer.unnamed"),
        detail=each.service,
        counted=counted,
        why=why if counted else say(f"why.{each.status}"),
        amount=amount if counted else None,
    )


def _provenance(
    label: str,
    formula: str,
    rows: tuple[EvidenceRow, ...],
    bookings: Sequence[Began],
    start: datetime,
    end: datetime,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
) -> Provenance:
    left_out = Counter(each.status for each, row in zip(bookings, rows, strict=True) if not row.counted)
    n = sum(row.counted for row in rows)
    return Provenance(
        label=label,
        formula=formula,
        rows_counted=n,
        rows_seen=len(rows),
        row_noun=say("figure.noun.bookings", n=len(rows)),
        period_from=start,
        period_to=end,
        zone=zone,
        left_out=tuple(say(f"left_out.{status}", n=count) for status, count in sorted(left_out.items())),
        as_of=as_of,
        rows=rows,
        small=say("figure.small", n=n, noun=say("figure.noun.bookings", n=n)) if 0 < n < SMALL else None,
    )
