"""`chatty run` and `chatty stub`: the app, and the hosted API's local stand-in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.options import Api, Data, config_of, perform
from desk.terminal import BadUsage, Exit, Terminal


def run(
    web: Annotated[bool, typer.Option("--web", help="Serve the web view instead of opening a window.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The web view's port.")] = None,
    api: Api = None,
    data: Data = None,
    calls: Annotated[Path | None, typer.Option(help="A file of calls to play.", dir_okay=False, exists=True)] = None,
    speed: Annotated[float | None, typer.Option(help="How fast calls are spoken; 1 is real time.")] = None,
) -> None:
    """Start the app, and with it a local hosted API unless --api or CHATTY_API names one."""

    async def work(terminal: Terminal) -> None:
        from hosted import HostedOptions
        from launcher import run_app

        if speed is not None and not 0 < speed <= 1000:
            raise BadUsage("--speed is a number above 0 and up to 1000.")
        named = api or os.environ.get("CHATTY_API")
        if named and (calls or speed is not None):
            raise BadUsage("--calls and --speed are for the local hosted API; leave out --api and CHATTY_API.")
        config = config_of(named, data)
        hosted = HostedOptions(folder=config.data_dir / "hosted", calls=calls.resolve() if calls else None, speed=speed)
        await run_app(config, hosted=None if named else hosted, web=web, port=port, terminal=terminal)

    perform(work, as_json=False, interrupted=Exit.DONE)


def stub(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="8550 without it.")] = None,
    data: Annotated[
        str | None, typer.Option(metavar="DIR|:memory:", help="Where its data is kept; only in memory without it.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed on the same day is the same business.")] = None,
    business: Annotated[
        str | None, typer.Option(metavar="salon|dentist|clinic|garage", help="The demo business; a salon without it.")
    ] = None,
    calls: Annotated[Path | None, typer.Option(metavar="FILE", help="A file of calls to play.")] = None,
    speed: Annotated[float | None, typer.Option(help="How fast calls are spoken; 1 is real time.")] = None,
    faults: Annotated[str | None, typer.Option(metavar="SPEC", help="Faults on request (docs/api.md).")] = None,
) -> None:
    """Run only the hosted API's local stand-in, in the foreground."""
    given = {
        "--port": port,
        "--data": data,
        "--seed": seed,
        "--business": business,
        "--calls": calls,
        "--speed": speed,
        "--faults": faults,
    }
    words = [f"{name}={value}" for name, value in given.items() if value is not None]
    command = [sys.executable, "-m", "backend_stub", *words]
    if os.name == "posix":
        os.execv(command[0], command)
    raise typer.Exit(subprocess.run(command).returncode)
