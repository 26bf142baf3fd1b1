"""An employee's own figures: each the aggregate of its counted rows; too few answers say nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.insight.periods import Stretch
from client.insight.task_minutes import TaskMinutes
from client.insight.team import LEAST_ANSWERS, Own, Work, own_figure, own_of, trade_of
from client.models.ids import EmployeeId, LeadId, TaskId
from client.models.leads import Lead, LeadStage
from client.models.tasks import Task, TaskKind, TaskOutcome, TaskState
from tests import example_data as eg
from widgets.strings import ENGLISH

AT = datetime(2025, 11, 24, 12, tzinfo=UTC)
IT = Stretch(start=AT - timedelta(days=1), end=AT, first=AT.date(), whole=True)
BY_RULE = {
    "follow_up": 8,
    "callback": 6,
    "reminder": 10,
    "review_request": 3,
    "document": 5,
    "other": 4,
    "unknown": 4,
}
KINDS = [kind for kind in TaskKind if kind is not TaskKind.UNKNOWN]


def lead(n: int, score: int, value: int | None) -> Lead:
    return Lead(
        lead_id=LeadId(f"lead-{n}"),
        name=f"Lead {n}",
        phone=None,
        email=None,
        source="website",
        call_id=None,
        stage=LeadStage.NEW,
        score=score,
        score_reasons=(),
        interest="warm",
        needs=None,
        interested_services=(),
        value_cents=value,
        next_followup_at=None,
        assigned_to="Jade",
        created_at=AT,
        updated_at=AT,
    )


def task(n: int, kind: TaskKind, outcome: TaskOutcome) -> Task:
    return Task(
        task_id=TaskId(f"task-{n}"),
        kind=kind,
        title=f"Task {n}",
        details=None,
        employee_id=EmployeeId("flora"),
        assigned_to=None,
        customer_id=None,
        call_id=None,
        turn_id=None,
        lead_id=None,
        booking_id=None,
        due_at=None,
        state=TaskState.DONE,
        outcome=outcome,
        done_at=AT,
        done_by="Flora",
        created_at=AT,
        created_by="Flora",
        updated_at=AT,
    )


works = st.builds(
    Work,
    calls=st.lists(st.none() | st.integers(1, 5), max_size=30).map(
        lambda answers: [eg.call(f"c-{n}", satisfaction=each) for n, each in enumerate(answers)]
    ),
    leads=st.lists(st.integers(0, 100), max_size=9).map(lambda s: [lead(n, each, None) for n, each in enumerate(s)]),
    won=st.integers(0, 5).map(lambda count: [(AT, lead(n, 50, 100)) for n in range(count)]),
    pipeline=st.lists(st.none() | st.integers(0, 90_000), max_size=9).map(
        lambda values: [lead(n, 50, value) for n, value in enumerate(values)]
    ),
    tasks=st.lists(
        st.tuples(st.sampled_from(TaskKind), st.sampled_from([TaskOutcome.OK, TaskOutcome.CORRECTED])), max_size=12
    ).map(lambda rows: [task(n, kind, outcome) for n, (kind, outcome) in enumerate(rows)]),
    minutes=st.dictionaries(st.sampled_from(KINDS), st.integers(0, 480)).map(lambda said: TaskMinutes(said=said)),
)


def expected(own: Own, work: Work) -> float | None:
    """Slow and obvious."""
    answers = [call.satisfaction for call in work.calls if call.satisfaction is not None]
    scores = [each.score for each in work.leads]
    right = [each for each in work.tasks if each.outcome is not TaskOutcome.CORRECTED]
    match own:
        case Own.SATISFIED:
            happy = sum(each >= 4 for each in answers)
            return happy / len(answers) if len(answers) >= LEAST_ANSWERS else None
        case Own.LEADS:
            return len(scores)
        case Own.QUALITY:
            return sum(scores) / len(scores) if scores else None
        case Own.CONVERSIONS:
            return len(work.won)
        case Own.PIPELINE:
            return sum(each.value_cents or 0 for each in work.pipeline)
        case Own.TASKS:
            return len(work.tasks)
        case Own.SAVED:
            return sum(takes(each, work)[0] for each in work.tasks) * 60_000
        case Own.ACCURACY:
            return len(right) / len(work.tasks) if work.tasks else None


def takes(task: Task, work: Work) -> tuple[int, bool]:
    """How many minutes, and whether the owner has said so."""
    for kind, minutes in work.minutes.said.items():
        if kind == task.kind or (kind == "other" and task.kind == "unknown"):
            return minutes, True
    return BY_RULE[task.kind], False


@given(work=works)
def test_each_figure_is_the_aggregate_of_its_rows(work: Work) -> None:
    for own in Own:
        made = own_figure(own, work, IT, AT, None, ZoneInfo("UTC"), ENGLISH)
        value, wanted = made.figure.value, expected(own, work)
        assert value == (None if wanted is None else pytest.approx(wanted))
        provenance = made.figure.provenance
        assert provenance.rows_counted == sum(row.counted for row in provenance.rows)
        assert provenance.rows_seen == len(provenance.rows)
        among = sum(row.counted or row.base for row in provenance.rows)
        assert made.among == (among if own in (Own.SATISFIED, Own.QUALITY, Own.ACCURACY) else None)
        assert (provenance.small is not None) == (made.among is not None and value is not None and among < 10)
        assert "{" not in provenance.formula, "the rule is told in full"


@given(work=works)
def test_whose_minutes_were_counted_is_told_with_the_figure_and_with_each_row(work: Work) -> None:
    provenance = own_figure(Own.SAVED, work, IT, AT, None, ZoneInfo("UTC"), ENGLISH).figure.provenance
    for row, each in zip(provenance.rows, work.tasks, strict=True):
        minutes, own = takes(each, work)
        assert row.why == ("your own minutes" if own else "by rule")
        assert row.amount == minutes * 60_000
    own_part, _, rule_part = provenance.formula.rpartition("y rule")
    for kind in KINDS:
        name = ENGLISH(f"task.kind.{kind}")
        if kind in work.minutes.said:
            assert f"{name} {work.minutes.said[kind]} min" in (own_part or provenance.formula)
            assert not own_part or f"{name} " not in rule_part
        else:
            assert f"{name} {BY_RULE[kind]} min" in rule_part
    assert ("Your own minutes" in provenance.formula) == bool(work.minutes.said)


def test_a_trade_is_known_by_its_word_or_its_sign() -> None:
    assert trade_of("reception", "x") == trade_of("answering", "phone") == "reception"
    assert trade_of("gardening", "leaf") == ""
    assert own_of("", money=True) == (Own.TASKS,), "of another trade the tasks it did"
    assert Own.PIPELINE not in own_of("sales", money=False)
