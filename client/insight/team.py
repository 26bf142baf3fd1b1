"""What an AI employee did in a period, in figures of its own trade, each with its rows.

Those of the reception that are figures of the whole business too (calls, bookings, revenue) are made by `figures`, over
its own rows alone; here is what only an employee has.  Each is the aggregate of its counted rows.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.insight.figures import SMALL
from client.insight.metrics import Metric
from client.insight.periods import Stretch
from client.insight.task_minutes import TaskMinutes, told
from client.models.calls import Call
from client.models.leads import Lead
from client.models.provenance import EvidenceRow, Figure, Provenance
from client.models.tasks import Task, TaskOutcome

LEAST_ANSWERS: Final = 10
"""Fewer callers who answered say nothing of the others."""

SATISFIED_FROM: Final = 4
"""Of 5."""


class Own(StrEnum):
    """Figures that only an employee has."""

    SATISFIED = "satisfied"
    LEADS = "leads"
    QUALITY = "quality"
    CONVERSIONS = "conversions"
    PIPELINE = "pipeline"
    TASKS = "tasks"
    SAVED = "saved"
    ACCURACY = "accuracy"


RECEPTION: Final = (Metric.ANSWERED, Metric.BOOKED, Metric.REVENUE_BOOKED, Metric.MISSED)
_OF_KIND: Final[dict[str, tuple[Own, ...]]] = {
    "reception": (Own.SATISFIED,),
    "sales": (Own.LEADS, Own.QUALITY, Own.CONVERSIONS, Own.PIPELINE),
    "operations": (Own.TASKS, Own.SAVED, Own.ACCURACY),
}
_GLYPHS: Final = {"phone": "reception", "funnel": "sales", "checklist": "operations"}


def trade_of(kind: str, glyph: str) -> str:
    """What it does here: by its kind, or by its sign where a newer server has another word for that."""
    return kind if kind in _OF_KIND else _GLYPHS.get(glyph, "")


def own_of(trade: str, *, money: bool) -> tuple[Own, ...]:
    """Its own figures; of an employee of another trade, the tasks it did."""
    return tuple(each for each in _OF_KIND.get(trade, (Own.TASKS,)) if money or each is not Own.PIPELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One employee's rows: of the period its calls, leads that came, leads won, tasks done; and leads open now.

    `minutes`: what each of the tasks takes a person.
    """

    calls: Sequence[Call] = ()
    leads: Sequence[Lead] = ()
    won: Sequence[tuple[datetime, Lead]] = ()
    pipeline: Sequence[Lead] = ()
    tasks: Sequence[Task] = ()
    minutes: TaskMinutes = TaskMinutes()  # noqa: RUF009


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigure:
    """`few`: how many rows there are where they are too few to say a figure, else None.

    `among`: of how many rows it is a share or a mean, None where it is neither.
    """

    own: Own
    figure: Figure
    few: int | None = None
    among: int | None = None


def own_figure(
    own: Own, work: Work, it: Stretch, until: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> OwnFigure:
    """One of its figures.  `until` is the end of the period as far as it has come."""
    rows = _ROWS[own](work, say)
    counted = [row for row in rows if row.counted]
    base = sum(row.base for row in rows)
    value = _value(own, counted, base)
    among = len(counted) + base if own in _RATED else None
    few = among if own is Own.SATISFIED and among is not None and among < LEAST_ANSWERS else None
    left_out = Counter(row.why for row in rows if not row.counted and not row.base)
    provenance = Provenance(
        label=say(f"team.{own}"),
        formula=_formula(own, work, say),
        rows_counted=len(counted),
        rows_seen=len(rows),
        row_noun=say(f"figure.noun.{_NOUNS[own]}", n=len(rows)),
        period_from=it.start,
        period_to=until,
        zone=zone,
        left_out=tuple(f"{n} {why}" for why, n in sorted(left_out.items())),
        as_of=as_of,
        rows=tuple(rows),
        small=_small(own, among, say) if among and few is None else None,
    )
    return OwnFigure(
        own=own,
        figure=Figure(value=None if few is not None else value, unit=_UNITS[own], provenance=provenance),
        few=few,
        among=among,
    )


def _small(own: Own, among: int, say: Say) -> str | None:
    """That so few rows say little."""
    if among >= SMALL:
        return None
    return say("figure.small", n=among, noun=say(f"figure.noun.{_NOUNS[own]}", n=among))


def _value(own: Own, counted: Sequence[EvidenceRow], base: int) -> float | None:
    """None where there is nothing to divide by."""
    amounts = [row.amount for row in counted if row.amount is not None]
    match own:
        case Own.LEADS | Own.CONVERSIONS | Own.TASKS:
            return float(len(counted))
        case Own.PIPELINE | Own.SAVED:
            return sum(amounts)
        case Own.QUALITY:
            return sum(amounts) / len(amounts) if amounts else None
        case Own.SATISFIED | Own.ACCURACY:
            return len(counted) / (len(counted) + base) if counted or base else None


def _formula(own: Own, work: Work, say: Say) -> str:
    if own is Own.SAVED:
        return told(work.minutes, "team.saved.formula", say)
    return say(f"team.{own}.formula", least=LEAST_ANSWERS, from_=SATISFIED_FROM)


# --- rows -------------------------------------------------------------------------------------------------------------
def _satisfied(work: Work, say: Say) -> list[EvidenceRow]:
    out: list[EvidenceRow] = []
    for call in work.calls:
        asked = call.satisfaction is not None
        happy = asked and (call.satisfaction or 0) >= SATISFIED_FROM
        why = "team.why.answered" if asked else "team.why.not_asked"
        out.append(
            EvidenceRow(
                row_id=call.call_id,
                kind="call",
                at=call.started_at,
                title=call.caller_name or say("caller.unknown"),
                detail="",
                counted=happy,
                base=asked and not happy,
                why=say(why, n=call.satisfaction or 0),
            )
        )
    return out


def _came(work: Work, say: Say) -> list[EvidenceRow]:
    return [_lead(lead, lead.created_at, say("team.why.came"), None, say) for lead in work.leads]


def _scores(work: Work, say: Say) -> list[EvidenceRow]:
    return [
        _lead(lead, lead.created_at, say("lead.score", n=lead.score), float(lead.score), say) for lead in work.leads
    ]


def _won(work: Work, say: Say) -> list[EvidenceRow]:
    return [_lead(lead, at, say("stage.converted"), None, say) for at, lead in work.won]


def _open(work: Work, say: Say) -> list[EvidenceRow]:
    return [
        _lead(
            lead,
            lead.created_at,
            say(f"stage.{lead.stage}") if lead.value_cents is not None else say("team.why.no_value"),
            None if lead.value_cents is None else float(lead.value_cents),
            say,
            counted=lead.value_cents is not None,
        )
        for lead in work.pipeline
    ]


def _lead(lead: Lead, at: datetime, why: str, amount: float | None, say: Say, *, counted: bool = True) -> EvidenceRow:
    return EvidenceRow(
        row_id=lead.lead_id,
        kind="lead",
        at=at,
        title=lead.name.strip() or say("customer.unnamed"),
        detail=lead.needs or "",
        counted=counted,
        why=why,
        amount=amount,
    )


def _done(work: Work, say: Say) -> list[EvidenceRow]:
    return [_task(task, say(f"task.kind.{task.kind}"), None) for task in work.tasks]


def _minutes(work: Work, say: Say) -> list[EvidenceRow]:
    """In milliseconds, the unit of times."""
    out: list[EvidenceRow] = []
    for task in work.tasks:
        why = "team.why.minutes_own" if work.minutes.is_own(task.kind) else "team.why.minutes_rule"
        out.append(_task(task, say(why), work.minutes.of(task.kind) * 60_000.0))
    return out


def _right(work: Work, say: Say) -> list[EvidenceRow]:
    return [
        _task(
            task,
            say("activity.corrected" if _was_corrected(task) else "team.why.right"),
            None,
            counted=not _was_corrected(task),
        )
        for task in work.tasks
    ]


def _was_corrected(task: Task) -> bool:
    return task.outcome is TaskOutcome.CORRECTED


def _task(task: Task, why: str, amount: float | None, *, counted: bool = True) -> EvidenceRow:
    return EvidenceRow(
        row_id=task.task_id,
        kind="task",
        at=task.done_at or task.created_at,
        title=task.title,
        detail="",
        counted=counted,
        base=not counted,
        why=why,
        amount=amount,
    )


_ROWS: Final[dict[Own, Callable[[Work, Say], list[EvidenceRow]]]] = {
    Own.SATISFIED: _satisfied,
    Own.LEADS: _came,
    Own.QUALITY: _scores,
    Own.CONVERSIONS: _won,
    Own.PIPELINE: _open,
    Own.TASKS: _done,
    Own.SAVED: _minutes,
    Own.ACCURACY: _right,
}
_RATED: Final = frozenset({Own.SATISFIED, Own.QUALITY, Own.ACCURACY})
_UNITS: Final = {
    Own.SATISFIED: "share",
    Own.LEADS: "count",
    Own.QUALITY: "count",
    Own.CONVERSIONS: "count",
    Own.PIPELINE: "cents",
    Own.TASKS: "count",
    Own.SAVED: "time",
    Own.ACCURACY: "share",
}
_NOUNS: Final = {
    Own.SATISFIED: "calls",
    Own.LEADS: "leads",
    Own.QUALITY: "leads",
    Own.CONVERSIONS: "leads",
    Own.PIPELINE: "leads",
    Own.TASKS: "tasks",
    Own.SAVED: "tasks",
    Own.ACCURACY: "tasks",
}
