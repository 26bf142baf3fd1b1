"""Sums of counted calls and of what the owner said: written out, adding up, and none without what it needs."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.figures import evidence_codes
from client.insight.market import Position, Sum, is_told, position
from client.insight.metrics import DEFINITIONS, Metric
from client.insight.periods import Stretch
from client.models.assumptions import Assumptions
from client.models.market import CallsTaken
from client.models.tallies import Axis
from client.storage import market, schema, tallies, tallying
from tests.storage.rows import CALL, put

START = datetime(2025, 11, 3, tzinfo=UTC)
TWO_WEEKS = Stretch(start=START, end=START + timedelta(days=14), first=START.date(), whole=True)
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
    assert taken.during == sum(
        any(row["started_at"] < other["ended_at"] for other in answered[:place]) for place, row in enumerate(answered)
    )


def _row(number: int, values: dict[str, Any]) -> dict[str, Any]:
    at = round(START.timestamp() * 1000) + values["at"] * 1000
    told = {name: value for name, value in values.items() if name not in ("at", "talk", "answered")}
    answered = at + 2_000 if values["answered"] else None
    ended = (answered or at) + values["talk"] * 1000
    times = {"started_at": at, "answered_at": answered, "ended_at": ended, "status": "ended"}
    return {**CALL, **told, **times, "id": f"c{number}"}
