"""The sums over the board of the leads: how many are shown, what the open ones are worth, what those of a stage are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.insight.periods import Stretch
from client.insight.team import Own, Work, own_figure
from client.models.leads import OPEN_STAGES, Lead, LeadStage
from client.models.provenance import Figure

SHOWN: Final = "shown"
PIPELINE: Final = "pipeline"
SUMS: Final = (SHOWN, PIPELINE, *LeadStage)
"""A stage stands for what the leads in it are worth."""


def stages_of(which: str) -> tuple[LeadStage, ...]:
    """Of which stages the sum is; all of them where that is none."""
    return OPEN_STAGES if which == PIPELINE else () if which == SHOWN else (LeadStage(which),)


def lead_sum(
    which: str, leads: Sequence[Lead], hidden: int, now: datetime, as_of: datetime | None, zone: ZoneInfo, say: Say
) -> Figure:
    """One of them with its rows.  `hidden`: how many more there are that the filter does not show."""
    since = min((lead.created_at for lead in leads), default=now)
    it = Stretch(start=since, end=now, first=since.astimezone(zone).date(), whole=False)
    own, work = (Own.LEADS, Work(leads=leads)) if which == SHOWN else (Own.PIPELINE, Work(pipeline=leads))
    figure = own_figure(own, work, it, now, as_of, zone, say).figure
    told = figure.provenance
    words = {"stage": say(f"stage.{which}")} if which in set(LeadStage) else {}
    key = "leads.sum.stage" if words else f"leads.sum.{which}"
    left_out = (*told.left_out, say("leads.sum.hidden", n=hidden)) if hidden else told.left_out
    return replace(
        figure,
        provenance=replace(told, label=say(key, **words), formula=say(f"{key}.formula", **words), left_out=left_out),
    )
