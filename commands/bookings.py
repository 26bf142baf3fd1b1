"""`chatty bookings`: the list, and everything that is done to one."""

from typing import Annotated

import typer

from commands.options import Api, AsJson, Data, Day, From, To, config_of, perform, range_of_days
from desk.terminal import Terminal

app = typer.Typer(no_args_is_help=False)


@app.callback(invoke_without_command=True)
def bookings(
    context: typer.Context,
    day: Day = None,
    from_: From = None,
    to: To = None,
    all_: Annotated[bool, typer.Option("--all", help="Cancelled ones too.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """The bookings of a day or of several, from the data on this device; or a change to one."""
    if context.invoked_subcommand is not None:
        return

    async def work(terminal: Terminal) -> None:
        from desk.reading import show_bookings

        days = range_of_days(day, from_, to)
        await show_bookings(config_of(api, data), terminal, days, cancelled=all_)

    perform(work, as_json=as_json)
