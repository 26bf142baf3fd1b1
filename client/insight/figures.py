"""Figures of any period with where they come from: values, comparison with the owner's own past, and a line.

A figure is always the aggregate of its counted rows; a property test says so, against a slow reading of every row.
Sentences come from `say`, the catalogue of the owner's language, because a Provenance is read as it stands.
"""

import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.insight.judging import Part, Verdict
from client.insight.metrics import DEFINITIONS, RATED, Definition, How, Metric, judged
from client.insight.periods import Chosen, Stretch, before, line, stretch
from client.insight.working import Shift
from client.models.provenance import EvidenceRow, Figure, Hours, Provenance
from client.models.tallies import Axis, EvidenceSource, Group

MINUTE: Final = timedelta(minutes=1)
SMALL: Final = 10
"""Fewer rows than this say little, and that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something that was waited for: a lead until it was contacted, or won.

    `took_ms` None: not known here, `why` says so.
    """

    row_id: str
    at: datetime
    title: str
    detail: str
    took_ms: int | None
    why: str


class Reader(Protocol):
    """Where the rows are.  Every answer is of one state of the database."""

    def expect(self, axes: Collection[Axis], stretches: Sequence[Stretch]) -> None:
        """These will be asked for: count them together."""
        ...

    def groups(self, axis: Axis, start: datetime, end: datetime) -> Sequence[Group]: ...

    def waits(self, metric: Metric, start: datetime, end: datetime) -> Sequence[Wait]: ...

    def worked_ms(self, start: datetime, end: datetime) -> float:
        """What the staff works in [start, end)."""
        ...

    def worked_by(self, start: datetime, end: datetime) -> tuple[tuple[str, float], ...]:
        """The same of each person, by name."""
        ...

    def known_from(self, metric: Metric) -> datetime | None:
        """The first on this device of what the figure is made of, None when it has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One of a line: the period that begins with `first`, `whole` when it is over; no value without rows."""

    first: date
    value: float | None
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFigure:
    """`before`: the same figure of as much of the period before, None where the device does not know that far back.

    `line` ends with the figure itself; empty where there is nothing to compare.  `few`: it or `before` is a rate, a
    mean or a median of so few rows that how they differ says little.
    """

    definition: Definition
    chosen: Chosen
    figure: Figure
    before: float | None
    compared: Stretch
    line: tuple[Point, ...]
    few: bool = False

    @property
    def metric(self) -> Metric:
        return self.definition.metric


@dataclass(slots=True)
class _Sum:
    """What groups come to for one figure."""

    counted: int = 0
    base: int = 0
    seen: int = 0
    amount: float = 0.0
    length: float = 0.0
    waits: list[int] = field(default_factory=list[int])
    left_out: Counter[str] = field(default_factory=Counter[str])
    included: Counter[str] = field(default_factory=Counter[str])


def figures(
    metrics: Sequence[Metric],
    reader: Reader,
    chosen: Chosen,
    now: datetime,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
    past: "Past | None" = None,
) -> tuple[MetricFigure, ...]:
    """These figures of the period that now is in.  `past`: what they are compared with, if it was read before.

    `now` is the end of this minute: what happened in it counts, and nothing is drawn anew before it is over.
    """
    it, last = stretch(chosen, now, zone), line(chosen, now, zone)[-1]
    known = past or read_past(metrics, reader, chosen, now, zone)
    return tuple(_figure(DEFINITIONS[metric], reader, it, last, chosen, as_of, zone, say, known) for metric in metrics)


def _axes(metrics: Sequence[Metric]) -> set[Axis]:
    axes = {axis for metric in metrics if (axis := DEFINITIONS[metric].axis) is not None}
    return axes | {Axis.FIRST} if Metric.REPEAT_RATE in metrics else axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The figures before this one, by metric: the value compared with, and the line without its last point.

    `few`: of which the value compared with is made of few rows.
    """

    compared: Stretch
    before: dict[Metric, float | None]
    line: dict[Metric, tuple[Point, ...]]
    few: frozenset[Metric] = frozenset()


def read_past(metrics: Sequence[Metric], reader: Reader, chosen: Chosen, now: datetime, zone: ZoneInfo) -> Past:
    """What has been, as far as the device knows."""
    compared, points = before(chosen, now, zone), line(chosen, now, zone)
    reader.expect(_axes(metrics), (compared, *points))
    values: dict[Metric, float | None] = {}
    lines: dict[Metric, tuple[Point, ...]] = {}
    few: set[Metric] = set()
    for metric in metrics:
        definition = DEFINITIONS[metric]
        first = reader.known_from(metric)
        day = first.astimezone(zone).date() if first else None
        known = day is not None and day <= compared.first
        then = _summed(definition, reader, compared) if known else _Sum()
        values[metric] = _value(definition, then, reader, compared) if known else None
        if _is_weak(definition, then):
            few.add(metric)
        lines[metric] = tuple(
            Point(first=each.first, value=_of(definition, reader, each), whole=True)
            for each in points[:-1]
            if first is not None and each.end > first and each.whole
        )
    return Past(compared=compared, before=values, line=lines, few=frozenset(few))


def _figure(
    definition: Definition,
    reader: Reader,
    it: Stretch,
    last: Stretch,
    chosen: Chosen,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
    past: Past,
) -> MetricFigure:
    total = _summed(definition, reader, it)
    value = _value(definition, total, reader, it)
    hours = _hours(total, reader, it) if definition.how is How.USE else None
    metric = definition.metric
    closing = value if last == it else _of(definition, reader, last)
    points = past.line[metric]
    return MetricFigure(
        definition=definition,
        chosen=chosen,
        figure=Figure(
            value=value, unit=definition.unit, provenance=_provenance(definition, total, it, as_of, zone, say, hours)
        ),
        before=past.before[metric],
        compared=past.compared,
        line=(*points, Point(first=last.first, value=closing, whole=last.whole)) if points else (),
        few=_is_weak(definition, total) or metric in past.few,
    )


def _hours(total: _Sum, reader: Reader, it: Stretch) -> Hours:
    by = reader.worked_by(it.start, it.end)
    return Hours(booked=total.length, worked=reader.worked_ms(it.start, it.end), by=by)


def _provenance(
    definition: Definition,
    total: _Sum,
    it: Stretch,
    as_of: datetime | None,
    zone: ZoneInfo,
    say: Say,
    hours: Hours | None,
) -> Provenance:
    few = _among(definition, total)
    seen = few if definition.how is How.SHARE else total.seen
    noun = f"figure.noun.{definition.noun}"
    return Provenance(
        label=say(f"figure.{definition.metric}"),
        formula=say(f"figure.{definition.metric}.formula"),
        rows_counted=total.counted,
        rows_seen=seen,
        row_noun=say(noun, n=seen),
        period_from=it.start,
        period_to=it.end if it.whole else max(it.start, it.end - MINUTE),
        zone=zone,
        left_out=tuple(say(key, n=n) for key, n in total.left_out.items()),
        as_of=as_of,
        included=tuple(say(key, n=n) for key, n in total.included.items()),
        small=say("figure.small", n=few, noun=say(noun, n=few)) if _is_weak(definition, total) else None,
        hours=hours,
    )


def _among(definition: Definition, total: _Sum) -> int:
    """Of how many rows it is a share, a mean or a median."""
    return total.counted + total.base if definition.how is How.SHARE else total.counted


def _is_weak(definition: Definition, total: _Sum) -> bool:
    """So few rows say little."""
    return definition.how in RATED and 0 < _among(definition, total) < SMALL


def _summed(definition: Definition, reader: Reader, it: Stretch) -> _Sum:
    total = _Sum()
    if definition.axis is None:
        _sum_waits(total, reader.waits(definition.metric, it.start, it.end))
        return total
    for group in reader.groups(definition.axis, it.start, it.end):
        _add(total, definition, group)
    if definition.metric is Metric.REPEAT_RATE:
        firsts = sum(group.n for group in reader.groups(Axis.FIRST, it.start, it.end))
        total.counted -= firsts
        total.base += firsts
    return total


def _add(total: _Sum, definition: Definition, group: Group) -> None:
    verdict = _verdict(definition, group)
    total.seen += group.n
    if verdict.left_out:
        total.left_out[verdict.left_out] += group.n
    if verdict.included:
        total.included[verdict.included] += group.n
    if verdict.part is Part.COUNTED:
        total.counted += group.n
        total.amount += group.amount
        total.length += group.length
    elif verdict.part is Part.BASE:
        total.base += group.n


_VERDICTS: Final[dict[tuple[Metric, int], Verdict]] = {}
"""What was judged before, by figure and code: a few hundred."""


def _verdict(definition: Definition, group: Group) -> Verdict:
    key = (definition.metric, group.code)
    known = _VERDICTS.get(key)
    if known is None:
        known = _VERDICTS[key] = judged(definition, group.facts)
    return known


def _sum_waits(total: _Sum, waits: Sequence[Wait]) -> None:
    for wait in waits:
        total.seen += 1
        if wait.took_ms is None:
            total.left_out[f"left_out.{wait.why}"] += 1
        else:
            total.counted += 1
            total.waits.append(wait.took_ms)


def _of(definition: Definition, reader: Reader, it: Stretch) -> float | None:
    return _value(definition, _summed(definition, reader, it), reader, it)


def _value(definition: Definition, total: _Sum, reader: Reader, it: Stretch) -> float | None:
    """None where there is nothing to divide by."""
    match definition.how:
        case How.COUNT:
            return float(total.counted)
        case How.SUM:
            return total.amount
        case How.TIME:
            return total.length
        case How.MEAN:
            return total.amount / total.counted if total.counted else None
        case How.SHARE:
            among = total.counted + total.base
            return total.counted / among if among else None
        case How.USE:
            worked = reader.worked_ms(it.start, it.end)
            return total.length / worked if worked else None
        case How.MEDIAN:
            return statistics.median(total.waits) if total.waits else None


# --- evidence ---------------------------------------------------------------------------------------------------------
def evidence_codes(definition: Definition, groups: Sequence[Group], *, whole: bool) -> list[int]:
    """The codes of the rows under the figure; those it leaves out too where `whole`."""
    return [group.code for group in groups if whole or judged(definition, group.facts).part is not Part.OUT]


def evidence_row(definition: Definition, source: EvidenceSource, say: Say) -> EvidenceRow:
    """A row with what it is to the figure."""
    verdict = judged(definition, source.facts, first=source.first)
    unknown = "caller.unknown" if definition.axis is Axis.CALLS else "customer.unnamed"
    return EvidenceRow(
        row_id=source.row_id,
        kind="call" if definition.axis is Axis.CALLS else "booking",
        at=source.at,
        title=(source.title or "").strip() or say(unknown),
        detail=source.detail or intent_in_words(source.intent, say),
        counted=verdict.part is Part.COUNTED,
        base=verdict.part is Part.BASE,
        why=say(verdict.why),
        amount=_amount(definition, source) if verdict.part is Part.COUNTED else None,
        begins=source.begins if source.begins != source.at else None,
    )


def wait_row(wait: Wait, say: Say) -> EvidenceRow:
    known = wait.took_ms is not None
    return EvidenceRow(
        row_id=wait.row_id,
        kind="lead",
        at=wait.at,
        title=wait.title.strip() or say("customer.unnamed"),
        detail=wait.detail,
        counted=known,
        why=say(f"why.{wait.why}"),
        amount=float(wait.took_ms) if wait.took_ms is not None else None,
    )


def shift_row(shift: Shift, say: Say) -> EvidenceRow:
    """A day's work, of which what is booked is a share."""
    return EvidenceRow(
        row_id=shift.staff_id,
        kind="shift",
        at=shift.begins,
        title=shift.name,
        detail="",
        counted=False,
        base=True,
        why=say("why.worked"),
        amount=shift.ms,
    )


def _amount(definition: Definition, source: EvidenceSource) -> float | None:
    match definition.how:
        case How.SUM | How.MEAN:
            return float(source.amount)
        case How.TIME | How.USE:
            return float(source.length)
        case How.COUNT | How.SHARE | How.MEDIAN:
            return None


def intent_in_words(intent: str | None, say: Say) -> str:
    """What the caller wanted; as it came where it is a word of a newer server."""
    key = f"intent.{intent}"
    return say(key) if say.has(key) else (intent or "").replace("_", " ")
