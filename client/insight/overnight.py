"""What happened since the business closed: calls, booked, missed, messages, what the calls cost; each with its rows.

Calls are judged by the very functions that judge the figures of a day (`metrics`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.insight.figures import evidence_row
from client.insight.metrics import DEFINITIONS, Metric
from client.models.bookings import Message
from client.models.business import Business
from client.models.calls import Call
from client.models.provenance import EvidenceRow, Figure, Provenance
from client.models.tallies import EvidenceSource

_LOOK_BACK_DAYS: Final = 8


class Night(StrEnum):
    CALLS = "calls"
    BOOKED = "booked"
    MISSED = "missed"
    MESSAGES = "messages"
    SPEND = "spend"


_METRICS: Final = {Night.CALLS: Metric.ANSWERED, Night.BOOKED: Metric.BOOKED, Night.MISSED: Metric.MISSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRows:
    """Everything since the business closed: calls twice, as facts and whole; messages that left."""

    sources: Sequence[EvidenceSource]
    calls: Sequence[Call]
    messages: Sequence[Message]


def closed_at(business: Business, now: datetime) -> datetime:
    """When the business closed last on a day before today; the beginning of yesterday where it never did lately."""
    today = now.astimezone(business.zone).date()
    for back in range(1, _LOOK_BACK_DAYS):
        day = today - timedelta(days=back)
        hours = () if day in business.closed_days else business.opening_hours.on(day)
        if hours:
            return datetime.combine(day, hours[-1][1], tzinfo=business.zone)
    return datetime.combine(today - timedelta(days=1), datetime.min.time(), tzinfo=business.zone)


def nights_of(*, money: bool) -> tuple[Night, ...]:
    return tuple(each for each in Night if money or each is not Night.SPEND)


def night_figure(
    night: Night, rows: NightRows, start: datetime, now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Figure:
    """One of them."""
    made = _rows(night, rows, say)
    counted = [row for row in made if row.counted]
    value = sum(row.amount or 0.0 for row in counted) if night is Night.SPEND else float(len(counted))
    noun = "messages" if night is Night.MESSAGES else "calls"
    return Figure(
        value=value,
        unit="cents" if night is Night.SPEND else "count",
        provenance=Provenance(
            label=say(f"night.{night}"),
            formula=say(f"night.{night}.formula"),
            rows_counted=len(counted),
            rows_seen=len(made),
            row_noun=say(f"figure.noun.{noun}", n=len(made)),
            period_from=start,
            period_to=now,
            zone=zone,
            left_out=(),
            as_of=as_of,
            rows=tuple(made),
        ),
    )


def _rows(night: Night, rows: NightRows, say: Say) -> list[EvidenceRow]:
    match night:
        case Night.CALLS | Night.BOOKED | Night.MISSED:
            definition = DEFINITIONS[_METRICS[night]]
            return [evidence_row(definition, source, say) for source in rows.sources]
        case Night.SPEND:
            return [_charged(call, say) for call in rows.calls]
        case Night.MESSAGES:
            return [_sent(message, say) for message in rows.messages]


def _charged(call: Call, say: Say) -> EvidenceRow:
    charged = call.charge_cents is not None
    return EvidenceRow(
        row_id=call.call_id,
        kind="call",
        at=call.started_at,
        title=call.caller_name or say("caller.unknown"),
        detail="",
        counted=charged,
        why=say("night.why.charged" if charged else "night.why.free"),
        amount=None if call.charge_cents is None else float(call.charge_cents),
    )


def _sent(message: Message, say: Say) -> EvidenceRow:
    went = message.state == "sent"
    return EvidenceRow(
        row_id=message.message_id,
        kind="message",
        at=message.sent_at,
        title=message.text,
        detail="",
        counted=went,
        why=say("night.why.sent" if went else "night.why.failed"),
    )
