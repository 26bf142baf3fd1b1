"""`chatty sync`, `chatty calls` and `chatty doctor`: the data on this device, and how it is."""

from typing import Annotated

import typer

from commands.options import Api, AsJson, Data, config_of, perform
from desk.terminal import BadUsage, Exit, Terminal


def sync(
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C, and say what happens.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring the data on this device up to date."""

    async def work(terminal: Terminal) -> None:
        from desk.syncing import follow, pull

        await (follow if watch else pull)(config_of(api, data), terminal)

    perform(work, as_json=as_json, interrupted=Exit.DONE if watch else None)


def calls(
    live: Annotated[bool, typer.Option("--live", help="Only calls in progress.")] = False,
    call_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="One call, with every word.")] = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
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


def doctor(api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """Versions, paths, the database's health, the keychain, the API and the clock."""

    async def work(terminal: Terminal) -> None:
        from desk import doctor

        report = await doctor.examine(config_of(api, data))
        terminal.answer(report, [] if as_json else doctor.lines(report))

    perform(work, as_json=as_json)
