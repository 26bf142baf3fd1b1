"""What the owner does with a lead, from wherever it is shown; each is written at once, online or not."""

from typing import Final

from client.editing import LeadChange
from client.models.ids import LeadId
from client.models.lead_board import STAGES
from client.models.leads import Lead, LeadStage
from screens.stores import Stores

ASKS_STAGE: Final = "lead.stage."
"""Begins the name of the panel in which another stage is chosen; the lead's id follows."""


def ask_stage(stores: Stores, lead_id: LeadId) -> None:
    """Open the choice of stages over the board."""
    stores.panel.open(f"{ASKS_STAGE}{lead_id}")


async def put(stores: Stores, lead_id: LeadId, stage: LeadStage) -> None:
    """Into this stage; one that is there already stays."""
    lead = lead_in(stores, lead_id)
    if lead is None or lead.stage is not stage:
        await stores.edits.work.move_lead(lead_id, stage)


async def win(stores: Stores, lead_id: LeadId, value_cents: int | None) -> None:
    """It became a customer, and this is what it was worth."""
    change = LeadChange(stage=LeadStage.CONVERTED)
    if value_cents is not None:
        change = LeadChange(stage=LeadStage.CONVERTED, value_cents=value_cents)
    await stores.edits.work.change_lead(lead_id, change)


async def lose(stores: Stores, lead_id: LeadId, reason: str) -> None:
    await stores.edits.work.move_lead(lead_id, LeadStage.LOST, lost_reason=reason)


async def step(stores: Stores, lead_id: LeadId, by: int) -> None:
    """To the next or the previous stage of the board; the one that asks something asks it."""
    lead = lead_in(stores, lead_id)
    if lead is None or lead.stage not in STAGES:
        return
    to = STAGES[min(len(STAGES) - 1, max(0, STAGES.index(lead.stage) + by))]
    if to is LeadStage.LOST:
        ask_stage(stores, lead_id)
    elif to is not lead.stage:
        await put(stores, lead_id, to)


def lead_in(stores: Stores, lead_id: LeadId) -> Lead | None:
    """The lead as it is on screen: open, or in a list."""
    if (lead := stores.lead.state.lead) is not None and lead.lead_id == lead_id:
        return lead
    columns = stores.leads.state.columns
    return next((each for column in columns for each in column.leads if each.lead_id == lead_id), None)
