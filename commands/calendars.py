"""`chatty export`: bookings for a calendar or a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from commands.options import Api, AsJson, Data, Day, From, To, config_of, perform, range_of_days
from desk.terminal import BadUsage, Terminal


def export(
    ics: Annotated[bool, typer.Option("--ics", help="For a calendar.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For a spreadsheet.")] = False,
    day: Day = None,
    from_: From = None,
    to: To = None,
    booking_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="One booking.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Cancelled ones too.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; to standard output without it.", dir_okay=False)
    ] = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bookings as an .ics or a .csv file, from the data on this device."""

    async def work(terminal: Terminal) -> None:
        from desk.exporting import export

        if ics == as_csv:
            raise BadUsage("Say --ics or --csv.")
        if booking_id is not None and (day, from_, to) != (None, None, None):
            raise BadUsage("--id and days exclude each other.")
        if as_json and out is None:
            raise BadUsage("--json needs --out: standard output cannot hold both.")
        which = range_of_days(day, from_, to) if booking_id is None else booking_id
        await export(config_of(api, data), terminal, which=which, cancelled=all_, as_csv=as_csv, out=out)

    perform(work, as_json=as_json)
