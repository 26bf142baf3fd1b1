"""The plain counts of a day, each with where it comes from: calls answered, booked, missed, and what was booked.

A figure is always the aggregate of its counted rows (a property test says so).  Sentences come from `say`, the
catalogue of the owner's language, because a Provenance is read as it stands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from client.models.bookings import Booking, BookingStatus
from client.models.calls import Call, CallStatus, Outcome
from client.models.ids import BookingId
from client.models.provenance import EvidenceRow, Figure, Provenance

HISTORY_DAYS: Final = 14


class Say(Protocol):
    """The catalogue: a key and its gaps to a sentence; `n` picks singular or plural."""

    def __call__(self, key: str, /, **gaps: object) -> str: ...

    def has(self, key: str, /) -> bool: ...


class Count(StrEnum):
    """The figures of a day."""

    ANSWERED = "answered"
    BOOKED = "booked"
    MISSED = "missed"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigure:
    """`history`: the same count on the days before, oldest first, today last, empty when the device has no such past.

    `week_ago`: the same count a week ago by the same hour, None when the device does not know.
    """

    count: Count
    figure: Figure
    history: tuple[float, ...]
    week_ago: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRows:
    """What the figures are made of.  `calls` of the last `HISTORY_DAYS` days and today, in any order.

    `bookings`: those made in these calls.  `known_from`: the day from which the device has every call, None if unknown.
    """

    calls: tuple[Call, ...]
    bookings: Mapping[BookingId, Booking]
    known_from: date | None


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of the day and of the next in `zone`; 23 or 25 hours apart on DST nights."""
    return (
        datetime.combine(day, time(), tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time(), tzinfo=zone),
    )


def day_figures(
    rows: DayRows, now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say, *, money: bool
) -> tuple[DayFigure, ...]:
    """The figures of the day of `now`; the value only for a role that may see money."""
    counts = [Count.ANSWERED, Count.BOOKED, Count.MISSED, *([Count.VALUE] if money else [])]
    return tuple(_figure(count, rows, now, as_of, zone, say) for count in counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """Whether a call counts; `left_out` is the key of the sentence when its absence should be said."""

    counted: bool
    why: str
    left_out: str | None = None
    amount: float = 1.0


def _figure(count: Count, rows: DayRows, now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say) -> DayFigure:
    day = now.astimezone(zone).date()
    start, end = day_bounds(day, zone)
    judge = _judge(count, rows.bookings)
    today = _within(rows.calls, start, end)
    verdicts = [(call, judge(call)) for call in today]
    counted = [(call, v) for call, v in verdicts if v.counted]
    provenance = Provenance(
        label=say(f"figure.{count}"),
        formula=say(f"figure.{count}.formula"),
        rows_counted=len(counted),
        rows_seen=len(verdicts),
        row_noun=say("figure.noun.calls", n=len(verdicts)),
        period_from=start,
        period_to=min(now, end),
        zone=zone,
        left_out=_left_out((v for _, v in verdicts), say),
        as_of=as_of,
        rows=tuple(_evidence(call, v, rows.bookings, say) for call, v in verdicts),
    )
    value = sum(v.amount for _, v in counted)
    unit = "cents" if count is Count.VALUE else "count"
    return DayFigure(
        count=count,
        figure=Figure(value=value, unit=unit, provenance=provenance),
        history=_history(judge, rows, day, zone),
        week_ago=_week_ago(judge, rows, now, zone),
    )


def _judge(count: Count, bookings: Mapping[BookingId, Booking]) -> Callable[[Call], _Verdict]:
    match count:
        case Count.ANSWERED:
            return _answered
        case Count.BOOKED:
            return _booked
        case Count.MISSED:
            return _missed
        case Count.VALUE:
            return lambda call: _value(call, bookings)


def _answered(call: Call) -> _Verdict:
    if call.outcome is Outcome.SPAM:
        return _Verdict(counted=False, why="why.spam", left_out="left_out.spam")
    if call.status is CallStatus.RINGING:
        return _Verdict(counted=False, why="why.ringing", left_out="left_out.ringing")
    if call.direction != "inbound":
        return _Verdict(counted=False, why="why.outbound", left_out="left_out.outbound")
    if _is_missed(call):
        return _Verdict(counted=False, why="why.missed", left_out="left_out.missed")
    return _Verdict(counted=True, why="why.answered")


def _booked(call: Call) -> _Verdict:
    if call.is_live:
        return _Verdict(counted=False, why="why.running", left_out="left_out.running")
    if call.outcome is Outcome.BOOKED:
        return _Verdict(counted=True, why="why.booked")
    return _Verdict(counted=False, why="why.not_booked")


def _missed(call: Call) -> _Verdict:
    if _is_missed(call):
        return _Verdict(counted=True, why="why.missed")
    if call.outcome is Outcome.VOICEMAIL:
        return _Verdict(counted=False, why="why.voicemail", left_out="left_out.voicemail")
    return _Verdict(counted=False, why="why.answered")


def _value(call: Call, bookings: Mapping[BookingId, Booking]) -> _Verdict:
    booked = _booked(call)
    if not booked.counted:
        return booked
    booking = bookings.get(call.booking_id) if call.booking_id else None
    if booking is None or booking.price_cents is None:
        return _Verdict(counted=False, why="why.no_price", left_out="left_out.no_price")
    if booking.status is BookingStatus.CANCELLED:
        return _Verdict(counted=False, why="why.cancelled", left_out="left_out.cancelled")
    return _Verdict(counted=True, why="why.booked", amount=float(booking.price_cents))


def _is_missed(call: Call) -> bool:
    never_answered = call.ended_at is not None and call.answered_at is None and call.outcome is not Outcome.VOICEMAIL
    return call.direction == "inbound" and (call.outcome is Outcome.MISSED or never_answered)


def _left_out(verdicts: Iterable[_Verdict], say: Say) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for verdict in verdicts:
        if verdict.left_out:
            counts[verdict.left_out] = counts.get(verdict.left_out, 0) + 1
    return tuple(say(key, n=n) for key, n in counts.items())


def _evidence(call: Call, verdict: _Verdict, bookings: Mapping[BookingId, Booking], say: Say) -> EvidenceRow:
    booking = bookings.get(call.booking_id) if call.booking_id else None
    return EvidenceRow(
        row_id=call.call_id,
        kind="call",
        at=call.started_at,
        title=call.caller_name or say("caller.unknown"),
        detail=booking.service_name if booking else _intent(call.intent or "", say),
        counted=verdict.counted,
        why=say(verdict.why),
    )


def _intent(intent: str, say: Say) -> str:
    """What the caller wanted, in words; as it came where it is one of a newer server."""
    key = f"intent.{intent}"
    return say(key) if say.has(key) else intent.replace("_", " ")


def _history(judge: Callable[[Call], _Verdict], rows: DayRows, day: date, zone: ZoneInfo) -> tuple[float, ...]:
    first = day - timedelta(days=HISTORY_DAYS - 1)
    if rows.known_from is None or rows.known_from > first:
        return ()
    totals = dict.fromkeys((first + timedelta(days=i) for i in range(HISTORY_DAYS)), 0.0)
    for call in rows.calls:
        local = call.started_at.astimezone(zone).date()
        if local in totals:
            verdict = judge(call)
            totals[local] += verdict.amount if verdict.counted else 0.0
    return tuple(totals.values())


def _week_ago(judge: Callable[[Call], _Verdict], rows: DayRows, now: datetime, zone: ZoneInfo) -> float | None:
    local = now.astimezone(zone)
    then = local.date() - timedelta(days=7)
    if rows.known_from is None or rows.known_from > then:
        return None
    start, _ = day_bounds(then, zone)
    until = datetime.combine(then, local.time(), tzinfo=zone)
    verdicts = (judge(call) for call in _within(rows.calls, start, until))
    return sum(v.amount for v in verdicts if v.counted)


def _within(calls: Sequence[Call], start: datetime, end: datetime) -> list[Call]:
    return sorted((c for c in calls if start <= c.started_at < end), key=lambda c: (c.started_at, c.call_id))
