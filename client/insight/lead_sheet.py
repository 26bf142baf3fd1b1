"""Leads as a file for a spreadsheet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from client.models.leads import Lead
from client.models.spreadsheet import as_csv

COLUMNS: Final = (
    *("name", "phone", "email", "stage", "score", "interest", "needs", "services", "value", "currency", "budget"),
    *("next_followup", "assigned_to", "source", "notes", "lost_reason", "created", "lead_id"),
)


def write_csv(leads: Sequence[Lead], zone: ZoneInfo, currency: str) -> bytes:
    """A row a lead, times in `zone`; a value the reader may not see is an empty cell."""
    return as_csv(COLUMNS, (_row(lead, zone, currency) for lead in leads))


def _row(lead: Lead, zone: ZoneInfo, currency: str) -> list[str]:
    value = "" if lead.value_cents is None else f"{lead.value_cents / 100:.2f}"
    return [
        lead.name,
        lead.phone or "",
        lead.email or "",
        lead.stage.value,
        str(lead.score),
        lead.interest,
        lead.needs or "",
        ", ".join(lead.interested_services),
        value,
        currency if value else "",
        lead.budget or "",
        _moment(lead.next_followup_at, zone),
        lead.assigned_to or "",
        lead.source,
        lead.notes or "",
        lead.lost_reason or "",
        _moment(lead.created_at, zone),
        lead.lead_id,
    ]


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
