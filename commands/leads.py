"""`chatty leads`: who may become a customer, and what is done about it."""

from typing import Annotated

import typer

from client.models.lead_board import STAGES
from client.models.leads import LeadStage
from commands.options import Api, AsJson, Data, config_of, perform
from desk.terminal import BadUsage, Terminal

app = typer.Typer()

_STAGES = "One of new, contacted, qualified, converted, lost, unqualified."
Stage = Annotated[str | None, typer.Option("--stage", metavar="STAGE", help=_STAGES)]


def stage_of(text: str | None) -> LeadStage | None:
    if text is None:
        return None
    if text not in {stage.value for stage in STAGES}:
        raise BadUsage(f"--stage takes one of {', '.join(stage.value for stage in STAGES)}.")
    return LeadStage(text)


@app.callback(invoke_without_command=True)
def leads(
    context: typer.Context,
    stage: Stage = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those whose follow-up was due.")] = False,
    find: Annotated[str, typer.Option("--find", metavar="TEXT", help="Letters of a name, a number or a wish.")] = "",
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
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


@app.command()
def move(
    lead_id: Annotated[str, typer.Argument(metavar="ID", help="Which lead; the beginning of its id is enough.")],
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="Where it is now.")],
    because: Annotated[str | None, typer.Option("--because", metavar="TEXT", help="Why it was lost.")] = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Put a lead into another stage; kept on this device until it is sent."""

    async def work(terminal: Terminal) -> None:
        from desk.pipeline import move_lead

        to = stage_of(stage)
        if to is None or (because is not None and to is not LeadStage.LOST):
            raise BadUsage("--because goes with lost.")
        await move_lead(config_of(api, data), terminal, lead_id, to, because)

    perform(work, as_json=as_json)
