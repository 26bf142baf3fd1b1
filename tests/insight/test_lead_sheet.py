"""Leads in a spreadsheet: a row a lead, nothing that is calculated, no value that may not be seen."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from client.insight.lead_sheet import COLUMNS, write_csv
from client.models.ids import LeadId
from client.models.leads import Lead, LeadStage

AT = datetime(2025, 11, 24, 20, 30, tzinfo=UTC)
LEAD = Lead(
    lead_id=LeadId("lead-1"),
    name="=HYPERLINK(1)",
    phone="+14155550177",
    email=None,
    source="website",
    call_id=None,
    stage=LeadStage.NEW,
    score=62,
    score_reasons=(),
    interest="warm",
    needs='Two lines\nand a "quote"',
    interested_services=("Cut", "Colour"),
    value_cents=12_050,
    next_followup_at=AT,
    assigned_to="Jade",
    created_at=AT,
    updated_at=AT,
)


def rows(lead: Lead) -> list[dict[str, str]]:
    data = write_csv([lead], ZoneInfo("America/Los_Angeles"), "USD").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def test_a_row_says_what_is_known() -> None:
    (row,) = rows(LEAD)
    assert tuple(row) == COLUMNS
    assert (row["value"], row["currency"], row["services"]) == ("120.50", "USD", "Cut, Colour")
    assert row["next_followup"] == "2025-11-24 12:30", "in the business's zone"
    assert row["needs"] == 'Two lines\nand a "quote"'


def test_nothing_in_it_is_calculated() -> None:
    (row,) = rows(LEAD)
    assert row["name"] == "'=HYPERLINK(1)" and row["phone"] == "'+14155550177"
