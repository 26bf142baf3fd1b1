"""What needs the owner: the dearest wait first, the longest of two alike, without what was put off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from client.insight.anomalies import Anomaly, Measure
from client.insight.churn import Churn
from client.insight.later import next_opening, next_week, tomorrow
from client.insight.needs import Sort, needs_of
from client.insight.opportunities import Opportunity
from client.insight.overnight import closed_at
from client.models.ids import BookingId, CustomerId, LeadId, MarkId, TaskId
from client.models.leads import LeadStage
from client.models.marks import About, Mark, MarkWord
from client.models.patterns import Visit
from client.models.tasks import Task, TaskKind, TaskOutcome, TaskState
from tests import example_data as eg
from tests.insight.test_team import lead, task

NOW = eg.NOW
HOUR = timedelta(hours=1)


def late(n: int, hours: int, kind: TaskKind = TaskKind.OTHER) -> Task:
    return replace(
        task(n, kind, TaskOutcome.OK), state=TaskState.OPEN, due_at=NOW - hours * HOUR, task_id=TaskId(f"t-{n}")
    )


def test_who_was_promised_a_call_stands_before_leads_and_other_tasks() -> None:
    hot = replace(lead(1, 90, None), interest="hot", created_at=NOW - HOUR)
    due = replace(lead(2, 50, None), stage=LeadStage.CONTACTED, next_followup_at=NOW - 99 * HOUR)
    needs = needs_of(NOW, leads=[due, hot], tasks=[late(1, 200), late(2, 1, TaskKind.CALLBACK)])
    assert [need.sort for need in needs] == [Sort.CALLBACK, Sort.HOT_LEAD, Sort.FOLLOW_UP, Sort.TASK]


def test_a_follow_up_that_is_a_task_too_is_one_thing() -> None:
    due = replace(lead(1, 50, None), stage=LeadStage.CONTACTED, next_followup_at=NOW - HOUR)
    same = replace(late(1, 1, TaskKind.FOLLOW_UP), lead_id=due.lead_id)
    (need,) = needs_of(NOW, leads=[due], tasks=[same])
    assert (need.sort, need.thing, need.tasks) == (Sort.FOLLOW_UP, due, (same,))
    for another in (
        replace(same, lead_id=LeadId("somebody")),
        replace(same, due_at=NOW - 2 * HOUR),
        replace(same, kind=TaskKind.OTHER),
    ):
        assert [n.tasks for n in needs_of(NOW, leads=[due], tasks=[another])] == [(), ()]
    over = replace(due, stage=LeadStage.LOST)
    assert [n.thing for n in needs_of(NOW, leads=[over], tasks=[same])] == [same], "whose lead is over waits by itself"
    later = said(f"lead:{due.lead_id}", MarkWord.LATER, NOW, NOW + HOUR)
    assert needs_of(NOW, leads=[due], tasks=[same], marks=later) == ()


@given(hours=st.lists(st.integers(1, 99), max_size=9, unique=True))
def test_of_two_of_one_sort_the_longer_wait_stands_first(hours: list[int]) -> None:
    needs = needs_of(NOW, tasks=[late(n, each) for n, each in enumerate(hours)])
    assert [need.since for need in needs] == sorted(NOW - each * HOUR for each in hours)


def test_what_was_put_off_comes_back_when_its_time_has_come() -> None:
    due = replace(lead(2, 50, None), lead_id=LeadId("x"), next_followup_at=NOW - HOUR)
    mark = Mark(
        mark_id=MarkId("m"),
        about=About.NEEDS_YOU,
        subject="lead:x",
        word=MarkWord.LATER,
        until=NOW + HOUR,
        by=None,
        created_at=NOW,
    )
    marks = {(About.NEEDS_YOU, "lead:x"): mark}
    assert needs_of(NOW, leads=[due], marks=marks) == ()
    assert len(needs_of(NOW + 2 * HOUR, leads=[due], marks=marks)) == 1


def test_what_is_not_due_or_is_over_does_not_wait() -> None:
    coming = replace(lead(1, 50, None), next_followup_at=NOW + HOUR)
    lost = replace(lead(2, 50, None), stage=LeadStage.LOST, next_followup_at=NOW - HOUR)
    warm = lead(3, 50, None)
    assert needs_of(NOW, leads=[coming, lost, warm]) == ()


def test_what_was_found_stands_behind_all_that_waits_and_three_of_each() -> None:
    late_clients = [client(f"c-{n}", away=50 + n) for n in range(5)]
    needs = needs_of(
        NOW,
        tasks=[late(1, 1)],
        churn=late_clients,
        opportunities=[asked("perms", 2), asked("balayage", 1)],
        anomalies=[odd(3)],
        zone=eg.ZONE,
    )
    sorts = [Sort.TASK, *([Sort.CHURN] * 3), *([Sort.OPPORTUNITY] * 2), Sort.ANOMALY]
    assert [need.sort for need in needs] == sorts
    assert {need.subject for need in needs if need.sort is Sort.CHURN} == {"churn:c-0", "churn:c-1", "churn:c-2"}
    assert all(need.can_finish and need.can_wait for need in needs)
    assert needs[-1].since == datetime(2025, 11, 22, tzinfo=eg.ZONE), "an unusual Friday waits since it is over"


def said(subject: str, word: MarkWord, at: datetime, until: datetime | None = None) -> dict[tuple[About, str], Mark]:
    mark = Mark(
        mark_id=MarkId("m"), about=About.NEEDS_YOU, subject=subject, word=word, until=until, by=None, created_at=at
    )
    return {(About.NEEDS_YOU, subject): mark}


def test_what_is_done_with_comes_again_with_news_of_it() -> None:
    done = said("opportunity:perms", MarkWord.DONE, NOW - 24 * HOUR)
    assert needs_of(NOW, opportunities=[asked("perms", 2)], marks=done) == ()
    assert len(needs_of(NOW, opportunities=[asked("perms", 0)], marks=done)) == 1, "somebody asked again"
    once = client("c-rosa", away=70)
    done = said("churn:c-rosa", MarkWord.DONE, NOW)
    assert needs_of(NOW, churn=[once], marks=done) == ()
    assert len(
        needs_of(NOW + 300 * 24 * HOUR, churn=[client("c-rosa", away=70, now=NOW + 300 * 24 * HOUR)], marks=done)
    )


def test_what_was_put_off_stays_so_whatever_comes_meanwhile() -> None:
    later = said("opportunity:perms", MarkWord.LATER, NOW - HOUR, NOW + HOUR)
    assert needs_of(NOW, opportunities=[asked("perms", 0)], marks=later) == ()


def client(customer_id: str, away: int, now: datetime = NOW) -> Churn:
    """Every 28 days, and now for so many not."""
    last = now - timedelta(days=away)
    return Churn(
        customer_id=CustomerId(customer_id),
        name=customer_id,
        last=Visit(booking_id=BookingId("b"), starts_at=last, service_name="Cut", price_cents=None),
        gaps=(28, 28, 28),
        usual=28,
        away=away,
        visits_a_year=13,
        yearly_cents=None,
        provenance=cast("Any", None),
    )


def asked(service: str, days_ago: int) -> Opportunity:
    at = NOW - timedelta(days=days_ago)
    return Opportunity(subject=service, service=service, callers=2, last_at=at, asked=(), provenance=cast("Any", None))


def odd(days_ago: int) -> Anomaly:
    day = eg.TODAY - timedelta(days=days_ago)
    return Anomaly(day=day, measure=Measure.CALLS, count=40, usual=20, low=7, high=33, past=(20,) * 12)


def test_later_is_nine_in_the_morning_by_the_business_s_clock_in_both_dst_nights() -> None:
    """Los Angeles: the clocks go back on 2 November 2025 and forward on 8 March 2026."""
    before_autumn = datetime(2025, 11, 1, 20, tzinfo=UTC)
    before_spring = datetime(2026, 3, 7, 20, tzinfo=UTC)
    for now in (before_autumn, before_spring):
        at = tomorrow(now, eg.ZONE)
        assert (at.hour, at.date() - now.astimezone(eg.ZONE).date()) == (9, timedelta(days=1))
    assert next_week(NOW, eg.ZONE).isoweekday() == 1 and next_week(NOW, eg.ZONE) > NOW


def test_closing_and_opening_skip_the_days_that_are_closed() -> None:
    """A Monday: on Sunday the salon is closed, so the night began on Saturday."""
    assert closed_at(eg.BUSINESS, NOW).isoweekday() == 6
    opening = next_opening(eg.BUSINESS, NOW)
    assert opening is not None and opening.isoweekday() == 2
    never = replace(eg.BUSINESS, opening_hours=replace(eg.BUSINESS.opening_hours, days=((),) * 7))
    assert next_opening(never, NOW) is None and closed_at(never, NOW) < NOW
