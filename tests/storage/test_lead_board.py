"""Leads by stage against a slow, obvious reference; pages that make up the whole; finding by words, without accents."""

import json
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client.models.lead_board import STAGES, LeadFilter, LeadOrder
from client.models.leads import OPEN_STAGES, LeadStage
from client.storage import lead_board
from client.storage.database import Database
from tests.storage.rows import LEAD, NOON, NOON_MS, put

HOUR_MS = 3_600_000

leads = st.lists(
    st.fixed_dictionaries(
        {
            "stage": st.sampled_from([*(stage.value for stage in STAGES), "courted"]),
            "score": st.integers(0, 100),
            "value_cents": st.none() | st.integers(0, 100_000),
            "next_followup_at": st.none() | st.integers(-5, 5).map(lambda n: NOON_MS + n * HOUR_MS),
            "assigned_to": st.sampled_from([None, "Jade", "Mia"]),
            "created_at": st.integers(0, 9).map(lambda n: NOON_MS - n * HOUR_MS),
            "name": st.sampled_from(["José Peña", "Ana Ruiz", "Zoë"]),
        }
    ),
    max_size=25,
)
filters = st.builds(
    LeadFilter,
    text=st.sampled_from(["", "jose", "PEÑA", "ana", "nobody"]),
    assigned=st.sampled_from([None, "Jade"]),
    overdue=st.booleans(),
)


def fill(conn: sqlite3.Connection, rows: list[dict[str, Any]]) -> None:
    conn.execute("DELETE FROM leads")
    for n, row in enumerate(rows):
        put(conn, "leads", {**LEAD, "id": f"lead-{n:02d}", **row})


def fits(row: dict[str, Any], which: LeadFilter) -> bool:
    names = {"": None, "jose": "José Peña", "PEÑA": "José Peña", "ana": "Ana Ruiz", "nobody": "?"}
    wanted = names[which.text]
    return (
        (wanted is None or row["name"] == wanted)
        and (which.assigned is None or row["assigned_to"] == which.assigned)
        and (not which.overdue or is_late(row))
    )


def is_late(row: dict[str, Any]) -> bool:
    due = row["next_followup_at"]
    return due is not None and due < NOON_MS and row["stage"] not in ("converted", "lost", "unqualified")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(rows=leads, which=filters)
def test_counts_and_pages_are_those_of_the_rows(db: Database, rows: list[dict[str, Any]], which: LeadFilter) -> None:
    db.write_blocking(lambda conn: fill(conn, rows))
    kept = [(f"lead-{n:02d}", row) for n, row in enumerate(rows) if fits(row, which)]
    counts = db.read(lambda conn: lead_board.counts(conn, which, NOON))
    assert [count.stage for count in counts] == list(STAGES)
    for count in counts:
        mine = [(lead_id, row) for lead_id, row in kept if row["stage"] == count.stage]
        values = [row["value_cents"] for _, row in mine if row["value_cents"] is not None]
        assert (count.n, count.value_cents) == (len(mine), sum(values) if values else None)
        assert count.overdue == sum(is_late(row) for _, row in mine)
        for order in LeadOrder:
            pages = [
                lead
                for first in range(0, 26, 4)
                for lead in db.read(
                    lambda conn, first=first, order=order, stage=count.stage: lead_board.page(
                        conn, stage, which, order, NOON, first=first, limit=4
                    )
                )
            ]
            assert sorted(lead.lead_id for lead in pages) == sorted(lead_id for lead_id, _ in mine)


def test_what_waits_longest_stands_first(db: Database) -> None:
    rows = [
        {"stage": "new", "next_followup_at": None, "created_at": NOON_MS - 2 * HOUR_MS, "name": "came two hours ago"},
        {"stage": "new", "next_followup_at": NOON_MS - 3 * HOUR_MS, "created_at": 0, "name": "due three hours ago"},
        {"stage": "new", "next_followup_at": NOON_MS + HOUR_MS, "created_at": 0, "name": "due in an hour"},
        {"stage": "new", "next_followup_at": None, "created_at": NOON_MS - 9 * HOUR_MS, "name": "came nine hours ago"},
    ]
    db.write_blocking(lambda conn: fill(conn, rows))
    found = db.read(
        lambda conn: lead_board.page(conn, LeadStage.NEW, LeadFilter(), LeadOrder.WAITING, NOON, first=0, limit=9)
    )
    assert [lead.name for lead in found] == [
        *("came nine hours ago", "due three hours ago", "came two hours ago", "due in an hour"),
    ]


@pytest.mark.parametrize("text", ["balay", "0177", "bride", "%", "o'brien"])
def test_they_are_found_by_what_is_in_them(db: Database, text: str) -> None:
    row = {
        "name": "Nuala O'Brien",
        "phone": "+14155550177",
        "needs": "Bride's party",
        "interested_services": json.dumps(["Balayage"]),
    }
    db.write_blocking(lambda conn: fill(conn, [row]))
    found = db.read(lambda conn: lead_board.chosen(conn, LeadFilter(text=text), None, NOON))
    assert bool(found) is (text != "%")


def test_those_who_have_leads(db: Database) -> None:
    db.write_blocking(lambda conn: fill(conn, [{"assigned_to": name} for name in ("Mia", None, "Jade", "Mia")]))
    assert db.read(lead_board.assignees) == ("Jade", "Mia")


def test_a_page_of_many_is_read_at_once(db: Database) -> None:
    """5,000 leads: what a screen reads of them."""
    rows = [{"stage": OPEN_STAGES[n % 3].value, "score": n % 100} for n in range(5000)]
    db.write_blocking(lambda conn: fill(conn, rows))
    found = db.read(
        lambda conn: lead_board.page(
            conn, LeadStage.NEW, LeadFilter(), LeadOrder.WAITING, NOON + timedelta(days=1), first=1600, limit=16
        )
    )
    assert len(found) == 16
