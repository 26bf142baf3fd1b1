"""`chatty export`, `chatty import` and `chatty calendars`: bookings for other programs, and their time here."""

from pathlib import Path
from typing import Annotated

import typer

from commands.bookings import OnPurpose, allowances
from commands.leads import Stage, stage_of
from commands.options import Api, AsJson, Data, Day, From, To, config_of, perform, range_of_days
from desk.terminal import BadUsage, Terminal

app = typer.Typer()

Whose = Annotated[str | None, typer.Option("--staff", metavar="NAME", help="Whose time; everybody's without it.")]


def export(
    ics: Annotated[bool, typer.Option("--ics", help="For a calendar.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For a spreadsheet.")] = False,
    day: Day = None,
    from_: From = None,
    to: To = None,
    booking_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="One booking.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Cancelled ones too.")] = False,
    leads: Annotated[bool, typer.Option("--leads", help="The leads instead, with --csv.")] = False,
    stage: Stage = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; to standard output without it.", dir_okay=False)
    ] = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bookings as an .ics or a .csv file, or the leads as a .csv, from the data on this device."""

    async def work(terminal: Terminal) -> None:
        from desk.exporting import export
        from desk.pipeline import export_leads

        if ics == as_csv:
            raise BadUsage("Say --ics or --csv.")
        if booking_id is not None and (day, from_, to) != (None, None, None):
            raise BadUsage("--id and days exclude each other.")
        if as_json and out is None:
            raise BadUsage("--json needs --out: standard output cannot hold both.")
        if leads:
            if ics or booking_id is not None or (day, from_, to) != (None, None, None):
                raise BadUsage("--leads goes with --csv and --stage alone.")
            await export_leads(config_of(api, data), terminal, stage_of(stage), out)
            return
        if stage is not None:
            raise BadUsage("--stage goes with --leads.")
        which = range_of_days(day, from_, to) if booking_id is None else booking_id
        await export(config_of(api, data), terminal, which=which, cancelled=all_, as_csv=as_csv, out=out)

    perform(work, as_json=as_json)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.ics", help="The calendar file.")],
    as_: Annotated[str, typer.Option("--as", metavar="blocks|bookings", help="What becomes of its events.")] = "blocks",
    staff: Whose = None,
    service: Annotated[
        str | None, typer.Option("--service", metavar="NAME", help="What is booked, where the file does not say.")
    ] = None,
    on_purpose: OnPurpose = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring the events of a calendar file in, as blocked time or as bookings.  Twice changes nothing twice."""

    async def work(terminal: Terminal) -> None:
        from client.editing.imports import As
        from desk.importing import Importing, import_file

        if as_ not in {each.value for each in As}:
            raise BadUsage("--as takes blocks or bookings.")
        asked = Importing(
            file=file,
            as_=As(as_),
            staff=staff,
            service=service,
            allow=allowances(on_purpose),
            dry_run=dry_run,
        )
        await import_file(config_of(api, data), terminal, asked)

    perform(work, as_json=as_json)


# --- feeds ----------------------------------------------------------------------------------------------------------
@app.callback(invoke_without_command=True)
def calendars(context: typer.Context, api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """The calendars that the server reads for this business, and how each stands."""
    if context.invoked_subcommand is None:
        _list(api, data, as_json)


@app.command("list")
def list_(api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """The calendars that are followed."""
    _list(api, data, as_json)


def _list(api: str | None, data: Path | None, as_json: bool) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.feeds import show_calendars

        await show_calendars(config_of(api, data), terminal)

    perform(work, as_json=as_json)


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of the calendar; it is kept by the server.")],
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What to call it.")] = None,
    staff: Whose = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Follow a calendar: what stands in it is blocked here."""

    async def work(terminal: Terminal) -> None:
        from desk.feeds import add

        await add(config_of(api, data), terminal, url, name, staff)

    perform(work, as_json=as_json)


@app.command()
def remove(
    calendar: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")],
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Stop following a calendar; what it blocked becomes free."""

    async def work(terminal: Terminal) -> None:
        from desk.feeds import remove

        await remove(config_of(api, data), terminal, calendar)

    perform(work, as_json=as_json)
