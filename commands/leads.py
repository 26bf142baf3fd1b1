"""`chatty leads`: who may become a customer, and what is done about it."""

from pathlib import Path

import click

from client.models.lead_board import STAGES
from client.models.leads import LeadStage
from commands.options import config_of, perform, reporting
from desk.terminal import BadUsage, Terminal

_STAGES = "One of new, contacted, qualified, converted, lost, unqualified."
in_stage = click.option("--stage", metavar="STAGE", help=_STAGES)


def stage_of(text: str | None) -> LeadStage | None:
    if text is None:
        return None
    if text not in {stage.value for stage in STAGES}:
        raise BadUsage(f"--stage takes one of {', '.join(stage.value for stage in STAGES)}.")
    return LeadStage(text)


@click.group(invoke_without_command=True)
@in_stage
@click.option("--overdue", is_flag=True, help="Those whose follow-up was due.")
@click.option("--find", metavar="TEXT", default="", help="Letters of a name, a number or a wish.")
@reporting
@click.pass_context
def leads(
    context: click.Context,
    stage: str | None,
    overdue: bool,
    find: str,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """The leads, newest first, from the data on this device."""
    if context.invoked_subcommand is not None:
        return

    async def work(terminal: Terminal) -> None:
        from client.models.lead_board import LeadFilter
        from desk.pipeline import show_leads

        which = LeadFilter(text=find, overdue=overdue)
        await show_leads(config_of(api, data), terminal, which, stage_of(stage))

    perform(work, as_json=as_json)


@leads.command()
@click.argument("lead_id", metavar="ID", help="Which lead; the beginning of its id is enough.")
@click.argument("stage", metavar="STAGE", help="Where it is now.")
@click.option("--because", metavar="TEXT", help="Why it was lost.")
@reporting
def move(lead_id: str, stage: str, because: str | None, api: str | None, data: Path | None, as_json: bool) -> None:
    """Put a lead into another stage; kept on this device until it is sent."""

    async def work(terminal: Terminal) -> None:
        from desk.pipeline import move_lead

        to = stage_of(stage)
        if to is None or (because is not None and to is not LeadStage.LOST):
            raise BadUsage("--because goes with lost.")
        await move_lead(config_of(api, data), terminal, lead_id, to, because)

    perform(work, as_json=as_json)
