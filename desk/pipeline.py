"""Leads, as this device remembers them, as a list, as a file, and moved from stage to stage."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from client import editing
from client.config import Config
from client.editing import Edited, LeadChange
from client.insight.lead_sheet import write_csv
from client.models.ids import LeadId
from client.models.lead_board import LeadFilter
from client.models.leads import Lead, LeadStage
from client.storage import business, lead_board, leads, outbox
from desk.documents import json_of
from desk.files import put_out
from desk.terminal import BadUsage, Refusal, Terminal, shown, table
from desk.way import now_of, readable, writable

SHORTEST = 4


async def show_leads(config: Config, terminal: Terminal, which: LeadFilter, stage: LeadStage | None) -> None:
    async with readable(config, terminal) as (device, database, standing):
        now = now_of(device, database)
        found = database.read(lambda conn: lead_board.chosen(conn, which, stage, now))
        terminal.answer(
            {"leads": [lead_document(lead, standing.zone) for lead in found]} | standing.document(),
            [*_lines(found, standing.zone), "", standing.sentence()],
        )


async def export_leads(config: Config, terminal: Terminal, stage: LeadStage | None, out: Path | None) -> None:
    """All of them, or those of a stage, for a spreadsheet; to standard output without `out`."""
    async with readable(config, terminal) as (device, database, standing):
        now = now_of(device, database)
        found = database.read(lambda conn: lead_board.chosen(conn, LeadFilter(), stage, now))
        shop = database.read(business.get)
        data = write_csv(found, standing.zone, shop.currency if shop else "USD")
        noun = "lead" if len(found) == 1 else "leads"
        said = f"{len(found):,} {noun} in {out}."
        put_out(terminal, data, out, {"leads": len(found)}, said, standing)


async def move_lead(config: Config, terminal: Terminal, named: str, stage: LeadStage, because: str | None) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)

        def move(conn: sqlite3.Connection) -> Edited:
            lead = _lead_named(conn, named)
            change = LeadChange(stage=stage, lost_reason=because)
            return editing.change_lead(conn, lead.lead_id, change, now=now)

        edited = await database.write(move)
        lead = database.read(lambda conn: leads.get(conn, LeadId(edited.row_id)))
        waiting = database.read(outbox.waiting)
        name = shown(lead.name) if lead else ""
        change_id = None if edited.gone else edited.change_id
        waits = "Nothing of it waits." if change_id is None else f"It waits to be sent as change {change_id}."
        terminal.answer(
            {
                "lead": lead_document(lead, standing.zone) if lead else None,
                "change_id": change_id,
            }
            | standing.with_waiting(waiting).without_link(),
            [f"{name} is {stage.value} now. {waits}"],
        )


def lead_document(lead: Lead, zone: ZoneInfo) -> dict[str, Any]:
    return json_of(lead, zone)


def _lead_named(conn: sqlite3.Connection, text: str) -> Lead:
    """By its id or the beginning of it that no other has.  Raises Refusal, BadUsage."""
    if len(text) < SHORTEST:
        raise BadUsage(f"At least {SHORTEST} characters of the id, please.")
    found = leads.where(conn, "substr(id, 1, ?) = ? LIMIT 2", (len(text), text.lower()))
    if not found:
        raise Refusal(f"No lead on this device has the id {shown(text)}.", code="not_found")
    if len(found) > 1:
        raise Refusal("More than one lead has an id that begins so.", code="ambiguous")
    return found[0]


def _lines(found: Sequence[Lead], zone: ZoneInfo) -> list[str]:
    rows = [
        (
            lead.name,
            lead.stage.value,
            str(lead.score),
            f"{lead.next_followup_at.astimezone(zone):%a %d %b  %H:%M}" if lead.next_followup_at else "",
            lead.assigned_to or "",
            "waiting" if lead.pending else "",
            lead.lead_id,
        )
        for lead in found
    ]
    return table(("Name", "Stage", "Score", "Follow-up", "With", "", "Id"), rows) if rows else ["No leads."]
