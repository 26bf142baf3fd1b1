"""The counted numbers of the market position, each with the calls it is made of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from client.insight import judging
from client.insight.day import Say
from client.insight.figures import MINUTE, SMALL
from client.insight.judging import Part
from client.insight.periods import Stretch
from client.models.market import TakenCall
from client.models.provenance import EvidenceRow, Figure, Provenance


class Counted(StrEnum):
    """
    TALK, CHARGED: sums over the answered calls · DURING: those that began while another went on · ASKED: the share in
    which a person was asked for or took over · CONTENT: how content the callers of these, and of the others, were
    """

    TALK = "talk"
    CHARGED = "charged"
    DURING = "during"
    ASKED = "asked"
    CONTENT_ASKED = "content_asked"
    CONTENT_OTHER = "content_other"


MEANS: Final = frozenset({Counted.CONTENT_ASKED, Counted.CONTENT_OTHER})
_UNITS: Final = {Counted.TALK: "time", Counted.CHARGED: "cents", Counted.ASKED: "share"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a call is to the number; `left_out`: the key of the sentence that says of calls like it that they are."""

    counted: bool
    why: str
    base: bool = False
    amount: float | None = None
    left_out: str | None = None


def small(n: int, say: Say) -> str | None:
    """That so few calls say little, where they do."""
    return say("figure.small", n=n, noun=say("figure.noun.calls", n=n)) if 0 < n < SMALL else None


def market_figure(
    which: Counted, calls: Sequence[TakenCall], it: Stretch, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Figure:
    """One of them.  `calls`: all of the period, in the order in which they began."""
    rows: list[EvidenceRow] = []
    left_out: Counter[str] = Counter()
    ended: datetime | None = None
    for call in calls:
        verdict = judging.answered(call.facts)
        if verdict.part is Part.COUNTED:
            during = ended is not None and call.at < ended
            if call.ended_at is not None:
                ended = max(ended, call.ended_at) if ended else call.ended_at
            part = _part(which, call, during=during)
        else:
            part = _Part(counted=False, why=verdict.why, left_out=verdict.left_out)
        if part is not None:
            rows.append(_row(call, part, say))
            left_out[part.left_out or ""] += 1
    del left_out[""]
    return _figure(which, tuple(reversed(rows)), left_out, it, as_of, zone, say)


def _part(which: Counted, call: TakenCall, *, during: bool) -> _Part | None:
    """Of a call that was answered; None where it is not one of those that are asked about."""
    match which:
        case Counted.TALK:
            return _Part(counted=True, why="why.answered", amount=float(call.talk_ms))
        case Counted.CHARGED:
            return _Part(counted=True, why="why.answered", amount=float(call.charge_cents))
        case Counted.DURING:
            return _Part(counted=during, base=not during, why="market.why.during" if during else "market.why.alone")
        case Counted.ASKED:
            why = "market.why.asked" if call.asked else "market.why.not_asked"
            return _Part(counted=call.asked, base=not call.asked, why=why)
        case Counted.CONTENT_ASKED | Counted.CONTENT_OTHER:
            if call.asked is not (which is Counted.CONTENT_ASKED):
                return None
            if call.content is None:
                return _Part(counted=False, why="team.why.not_asked", left_out="market.left_out.silent")
            return _Part(counted=True, why="team.why.answered", amount=float(call.content))


def _figure(
    which: Counted,
    rows: tuple[EvidenceRow, ...],
    left_out: Counter[str],
    it: Stretch,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
) -> Figure:
    used = [row for row in rows if row.counted]
    among = len(used) + sum(row.base for row in rows)
    rated = among if which is Counted.ASKED else len(used) if which in MEANS else 0
    return Figure(
        value=_value(which, used, among),
        unit=_UNITS.get(which, "count"),
        provenance=Provenance(
            label=say(f"market.counted.{which}"),
            formula=say(f"market.counted.{which}.formula"),
            rows_counted=len(used),
            rows_seen=len(rows),
            row_noun=say("figure.noun.calls", n=len(rows)),
            period_from=it.start,
            period_to=it.end if it.whole else max(it.start, it.end - MINUTE),
            zone=zone,
            left_out=tuple(say(key, n=n) for key, n in sorted(left_out.items())),
            as_of=as_of,
            rows=rows,
            small=small(rated, say),
        ),
    )


def _value(which: Counted, used: Sequence[EvidenceRow], among: int) -> float | None:
    """None where there is nothing to divide by."""
    total = sum(row.amount or 0.0 for row in used)
    match which:
        case Counted.TALK | Counted.CHARGED:
            return total
        case Counted.DURING:
            return float(len(used))
        case Counted.ASKED:
            return len(used) / among if among else None
        case Counted.CONTENT_ASKED | Counted.CONTENT_OTHER:
            return total / len(used) if used else None


def _row(call: TakenCall, part: _Part, say: Say) -> EvidenceRow:
    return EvidenceRow(
        row_id=call.row_id,
        kind="call",
        at=call.at,
        title=(call.title or "").strip() or say("caller.unknown"),
        detail="",
        counted=part.counted,
        base=part.base,
        why=say(part.why, n=call.content or 0),
        amount=part.amount if part.counted else None,
    )
