"""Sums of counted calls and of what the owner said: written out, adding up, and none without what it needs."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.figures import evidence_codes
from client.insight.market import Position, Sum, is_told, position
from client.insight.market_figures import Counted, market_figure
from client.insight.metrics import DEFINITIONS, Metric
from client.insight.periods import Stretch
from client.models.assumptions import Assumptions
from client.models.market import CallsTaken, TakenCall
from client.models.provenance import EvidenceRow
from client.models.tallies import Axis, CallFacts, Stage
from client.storage import market, schema, tallies, tallying
from tests.storage.rows import CALL, put
from widgets.strings import Words

START = datetime(2025, 11, 3, tzinfo=UTC)
TWO_WEEKS = Stretch(start=START, end=START + timedelta(days=14), first=START.date(), whole=True)
UTC_ZONE = ZoneInfo("UTC")
SAY = Words(language="en", zone=UTC_ZONE)
PERIOD = Stretch(start=START, end=START + timedelta(seconds=600), first=START.date(), whole=True)
TAKEN = CallsTaken(
    answered=120,
    missed=7,
    talk_ms=5 * 3_600_000,
    charge_cents=4_000,
    during=9,
    asked=6,
    told_asked=2,
    content_asked=7,
    told_other=30,
    content_other=135,
)


def said(wage: int | None = None, hours: float | None = None, value: int | None = None) -> Assumptions:
    return Assumptions(
        wage_cents_per_hour=wage,
        hours_per_week=hours,
        missed_call_value_cents=value,
        currency="USD",
        updated_at=None,
        updated_by=None,
    )


def sums(found: Position) -> dict[Sum, list[float]]:
    return {name: [term.value for term in terms] for name, terms in found.sums}


def test_each_sum_is_written_out() -> None:
    assert sums(position(TAKEN, said(2_000, 40, 4_500), TWO_WEEKS)) == {
        Sum.TALK: [10_000, -4_000, 6_000],
        Sum.DESK: [160_000, -4_000, 156_000],
        Sum.MISSED: [31_500],
        Sum.PACE: [1.5],
    }


def test_a_sum_is_made_when_all_it_needs_was_said() -> None:
    assert set(sums(position(TAKEN, said(wage=2_000), TWO_WEEKS))) == {Sum.TALK}
    assert set(sums(position(TAKEN, said(hours=40), TWO_WEEKS))) == {Sum.PACE}
    assert set(sums(position(TAKEN, said(value=0), TWO_WEEKS))) == {Sum.MISSED}
    assert not is_told(said()) and not is_told(None) and is_told(said(value=0))


amounts = st.one_of(st.none(), st.integers(0, 10_000_000))


@given(amounts, st.one_of(st.none(), st.floats(0, 168)), amounts, st.integers(0, 10**9))
def test_the_lines_add_up_to_the_last(wage: int | None, hours: float | None, value: int | None, talk: int) -> None:
    found = position(replace(TAKEN, talk_ms=talk), said(wage, hours, value), TWO_WEEKS)
    for name, values in sums(found).items():
        if name in (Sum.TALK, Sum.DESK):
            assert values[0] + values[1] == values[2]
        assert all(value == round(value) for value in values) or name is Sum.PACE


calls = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(-600, 600),
            "talk": st.integers(0, 900),
            "outcome": st.sampled_from([None, "booked", "missed", "spam", "complaint"]),
            "charge_cents": st.sampled_from([None, 0, 24, 90]),
            "escalation_reason": st.sampled_from([None, "asked for the owner"]),
            "handler": st.sampled_from(["ai", "human"]),
            "satisfaction": st.sampled_from([None, 1, 5]),
            "answered": st.booleans(),
        }
    ),
    max_size=12,
)


@settings(deadline=None)
@given(calls)
def test_what_calls_came_to_is_counted_as_one_would_by_hand(made: list[dict[str, Any]]) -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(conn)
    tallying.ensure(conn)
    rows = [_row(number, values) for number, values in enumerate(made)]
    for row in rows:
        put(conn, "calls", row)
    start, end = START, START + timedelta(seconds=600)
    groups = tallies.tally(conn, Axis.CALLS, start, end)
    codes = evidence_codes(DEFINITIONS[Metric.ANSWERED], groups, whole=False)
    taken = market.calls_taken(conn, start, end, codes, 0)
    base = round(START.timestamp() * 1000)
    answered = [
        row
        for row in sorted(rows, key=lambda row: (row["started_at"], row["id"]))
        if 0 <= row["started_at"] - base < 600_000
        and row["answered_at"] is not None
        and row["outcome"] not in ("spam", "missed")
    ]
    asked = [row for row in answered if row["escalation_reason"] or row["handler"] == "human"]
    assert taken.answered == len(answered)
    assert taken.talk_ms == sum(row["ended_at"] - row["answered_at"] for row in answered)
    assert taken.charge_cents == sum(row["charge_cents"] or 0 for row in answered)
    assert taken.asked == len(asked)
    assert taken.told_asked == sum(row["satisfaction"] is not None for row in asked)
    assert taken.content_asked + taken.content_other == sum(row["satisfaction"] or 0 for row in answered)
    made_of = {
        which: market_figure(which, market.calls_of(conn, start, end), PERIOD, None, UTC_ZONE, SAY) for which in Counted
    }
    for which, figure in made_of.items():
        used, base = [[row for row in figure.provenance.rows if choose(row)] for choose in (is_counted, is_base)]
        amounts = [row.amount or 0.0 for row in used]
        assert figure.provenance.rows_counted == len(used)
        mean = sum(amounts) / len(amounts) if amounts else None
        share = len(used) / (len(used) + len(base)) if used or base else None
        again = {
            **{Counted.TALK: sum(amounts), Counted.CHARGED: sum(amounts), Counted.DURING: len(used)},
            **{Counted.ASKED: share, Counted.CONTENT_ASKED: mean, Counted.CONTENT_OTHER: mean},
        }
        assert figure.value == again[which], which
    assert [made_of[which].value for which in (Counted.TALK, Counted.CHARGED, Counted.DURING)] == [
        *(taken.talk_ms, taken.charge_cents, taken.during)
    ]
    assert made_of[Counted.ASKED].provenance.rows_counted == taken.asked
    told = made_of[Counted.CONTENT_ASKED].provenance, made_of[Counted.CONTENT_OTHER].provenance
    assert [each.rows_counted for each in told] == [taken.told_asked, taken.told_other]
    assert taken.during == sum(
        any(row["started_at"] < other["ended_at"] for other in answered[:place]) for place, row in enumerate(answered)
    )


def is_counted(row: EvidenceRow) -> bool:
    return row.counted


def is_base(row: EvidenceRow) -> bool:
    return row.base


def test_a_mean_of_few_answers_says_so() -> None:
    def calls(n: int) -> list[TakenCall]:
        facts = CallFacts(outcome=None, inbound=True, stage=Stage.OVER, answered=True, wants=False)
        return [
            TakenCall(
                row_id=f"c{number}",
                at=START + timedelta(minutes=number),
                ended_at=START + timedelta(minutes=number + 2),
                title=None,
                facts=facts,
                talk_ms=60_000,
                charge_cents=12,
                asked=False,
                content=5 if number else None,
            )
            for number in range(n)
        ]

    few, many = (
        market_figure(Counted.CONTENT_OTHER, calls(n), PERIOD, None, UTC_ZONE, SAY).provenance for n in (10, 11)
    )
    assert few.small == "from 9 calls: one more or less changes it much" and many.small is None
    assert few.left_out == ("1 in which nobody was asked and answered",)
    assert market_figure(Counted.TALK, calls(3), PERIOD, None, UTC_ZONE, SAY).provenance.small is None
    assert market_figure(Counted.DURING, calls(3), PERIOD, None, UTC_ZONE, SAY).value == 2


def _row(number: int, values: dict[str, Any]) -> dict[str, Any]:
    at = round(START.timestamp() * 1000) + values["at"] * 1000
    told = {name: value for name, value in values.items() if name not in ("at", "talk", "answered")}
    answered = at + 2_000 if values["answered"] else None
    ended = (answered or at) + values["talk"] * 1000
    times = {"started_at": at, "answered_at": answered, "ended_at": ended, "status": "ended"}
    return {**CALL, **told, **times, "id": f"c{number}"}
