"""`chatty run` and `chatty stub`: the app, and the hosted API's local stand-in."""

import os
import subprocess
import sys
from pathlib import Path

import click

from commands.options import config_of, perform, place
from desk.terminal import BadUsage, Exit, Terminal

_CALLS = "A file of calls to play."
_SPEED = click.option("--speed", type=float, help="How fast calls are spoken; 1 is real time.")
_PORT = click.IntRange(min=1, max=65535)


@click.command()
@click.option("--web", is_flag=True, help="Serve the web view instead of opening a window.")
@click.option("--port", type=_PORT, help="The web view's port.")
@place
@click.option("--calls", type=click.Path(dir_okay=False, exists=True, path_type=Path), help=_CALLS)
@_SPEED
def run(
    web: bool, port: int | None, api: str | None, data: Path | None, calls: Path | None, speed: float | None
) -> None:
    """Start the app, and with it a local hosted API unless --api or CHATTY_API names one."""
    file = calls.resolve() if calls else None

    async def work(terminal: Terminal) -> None:
        from hosted import HostedOptions
        from launcher import run_app

        if speed is not None and not 0 < speed <= 1000:
            raise BadUsage("--speed is a number above 0 and up to 1000.")
        named = api or os.environ.get("CHATTY_API")
        if named and (file or speed is not None):
            raise BadUsage("--calls and --speed are for the local hosted API; leave out --api and CHATTY_API.")
        config = config_of(named, data)
        hosted = HostedOptions(folder=config.data_dir / "hosted", calls=file, speed=speed)
        await run_app(config, hosted=None if named else hosted, web=web, port=port, terminal=terminal)

    perform(work, as_json=False, interrupted=Exit.DONE)


@click.command()
@click.option("--port", type=_PORT, help="8550 without it.")
@click.option("--data", metavar="DIR|:memory:", help="Where its data is kept; only in memory without it.")
@click.option("--seed", type=int, help="The same seed on the same day is the same business.")
@click.option("--business", metavar="salon|dentist|clinic|garage", help="The demo business; a salon without it.")
@click.option("--calls", metavar="FILE", type=click.Path(path_type=Path), help=_CALLS)
@_SPEED
@click.option("--faults", metavar="SPEC", help="Faults on request (docs/api.md).")
def stub(
    port: int | None,
    data: str | None,
    seed: int | None,
    business: str | None,
    calls: Path | None,
    speed: float | None,
    faults: str | None,
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
    raise click.exceptions.Exit(subprocess.run(command).returncode)
