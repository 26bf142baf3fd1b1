"""`chatty export`, `chatty import` and `chatty calendars`: bookings for other programs, and their time here."""

from pathlib import Path

import click

from commands.bookings import allowances, allowing
from commands.leads import in_stage, stage_of
from commands.options import config_of, days, perform, range_of_days, reporting
from desk.terminal import BadUsage, Terminal

_WHOSE = click.option("--staff", metavar="NAME", help="Whose time; everybody's without it.")


@click.command()
@click.option("--ics", is_flag=True, help="For a calendar.")
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet.")
@days
@click.option("--id", "booking_id", metavar="ID", help="One booking.")
@click.option("--all", "all_", is_flag=True, help="Cancelled ones too.")
@click.option("--leads", is_flag=True, help="The leads instead, with --csv.")
@in_stage
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to; to standard output without it.",
)
@reporting
def export(
    ics: bool,
    as_csv: bool,
    day: str | None,
    from_: str | None,
    to: str | None,
    booking_id: str | None,
    all_: bool,
    leads: bool,
    stage: str | None,
    out: Path | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
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


@click.command("import")
@click.argument("file", metavar="FILE.ics", type=click.Path(path_type=Path), help="The calendar file.")
@click.option(
    "--as", "as_", metavar="blocks|bookings", default="blocks", help="What becomes of its events; blocks without it."
)
@_WHOSE
@click.option("--service", metavar="NAME", help="What is booked, where the file does not say.")
@allowing
@click.option("--dry-run", is_flag=True, help="Say what it would do, and change nothing.")
@reporting
def import_(
    file: Path,
    as_: str,
    staff: str | None,
    service: str | None,
    on_purpose: str | None,
    dry_run: bool,
    api: str | None,
    data: Path | None,
    as_json: bool,
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
@click.group(invoke_without_command=True)
@reporting
@click.pass_context
def calendars(context: click.Context, api: str | None, data: Path | None, as_json: bool) -> None:
    """The calendars that the server reads for this business, and how each stands."""
    if context.invoked_subcommand is None:
        _list(api, data, as_json)


@calendars.command("list")
@reporting
def list_(api: str | None, data: Path | None, as_json: bool) -> None:
    """The calendars that are followed."""
    _list(api, data, as_json)


def _list(api: str | None, data: Path | None, as_json: bool) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.feeds import show_calendars

        await show_calendars(config_of(api, data), terminal)

    perform(work, as_json=as_json)


@calendars.command()
@click.argument("url", metavar="URL", help="The address of the calendar; it is kept by the server.")
@click.option("--name", metavar="NAME", help="What to call it.")
@_WHOSE
@reporting
def add(url: str, name: str | None, staff: str | None, api: str | None, data: Path | None, as_json: bool) -> None:
    """Follow a calendar: what stands in it is blocked here."""

    async def work(terminal: Terminal) -> None:
        from desk.feeds import add

        await add(config_of(api, data), terminal, url, name, staff)

    perform(work, as_json=as_json)


@calendars.command()
@click.argument("calendar", metavar="ID", help="Its id, or the beginning of it.")
@reporting
def remove(calendar: str, api: str | None, data: Path | None, as_json: bool) -> None:
    """Stop following a calendar; what it blocked becomes free."""

    async def work(terminal: Terminal) -> None:
        from desk.feeds import remove

        await remove(config_of(api, data), terminal, calendar)

    perform(work, as_json=as_json)
