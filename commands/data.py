"""`chatty sync`, `chatty calls` and `chatty doctor`: the data on this device, and how it is."""

from pathlib import Path

import click

from commands.options import config_of, perform, reporting
from desk.terminal import BadUsage, Exit, Terminal


@click.command()
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C, and say what happens.")
@reporting
def sync(watch: bool, api: str | None, data: Path | None, as_json: bool) -> None:
    """Bring the data on this device up to date."""

    async def work(terminal: Terminal) -> None:
        from desk.syncing import follow, pull

        await (follow if watch else pull)(config_of(api, data), terminal)

    perform(work, as_json=as_json, interrupted=Exit.DONE if watch else None)


@click.command()
@click.option("--live", is_flag=True, help="Only calls in progress.")
@click.option("--id", "call_id", metavar="ID", help="One call, with every word.")
@reporting
def calls(live: bool, call_id: str | None, api: str | None, data: Path | None, as_json: bool) -> None:
    """The latest calls, from the data on this device."""

    async def work(terminal: Terminal) -> None:
        from desk.reading import show_call, show_calls

        if live and call_id is not None:
            raise BadUsage("--live and --id exclude each other.")
        if call_id is None:
            await show_calls(config_of(api, data), terminal, live=live)
        else:
            await show_call(config_of(api, data), terminal, call_id)

    perform(work, as_json=as_json)


@click.command()
@reporting
def doctor(api: str | None, data: Path | None, as_json: bool) -> None:
    """Versions, paths, the database's health, the keychain, the API and the clock."""

    async def work(terminal: Terminal) -> None:
        from desk import doctor

        report = await doctor.examine(config_of(api, data))
        terminal.answer(report, [] if as_json else doctor.lines(report))

    perform(work, as_json=as_json)
