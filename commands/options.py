"""What every command takes, what days and folders mean, and how a command ends."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

import click

from client.config import Config, read_config
from desk.terminal import BadUsage, Exit, Refusal, Terminal, shown
from desk.times import ANY_DAY, DAY_HELP, read_day

C = TypeVar("C", bound=Callable[..., None])

_API = click.option("--api", metavar="URL", help="The hosted API. Also CHATTY_API.")
_DATA = click.option(
    "--data", metavar="DIR", type=click.Path(path_type=Path), help="The data folder. Also CHATTY_DATA."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object (docs/cli.md).")
_DAY = click.option("--day", metavar="D", help=f"{DAY_HELP}; today without it.")
_FROM = click.option("--from", "from_", metavar="D", help="The first day of a range.")
_TO = click.option("--to", metavar="D", help="The last day of a range.")


def place(command: C) -> C:
    """--api and --data."""
    return _API(_DATA(command))


def reporting(command: C) -> C:
    """--api, --data and --json."""
    return place(_JSON(command))


def days(command: C) -> C:
    """--day, --from and --to."""
    return _DAY(_FROM(_TO(command)))


Range = Callable[[date], tuple[date, date]]
"""For a today, the first and the last day."""


def range_of_days(day: str | None, first: str | None, last: str | None) -> Range:
    """What --day, --from and --to say together; today without them.  Raises BadUsage."""
    if day is not None and (first is not None or last is not None):
        raise BadUsage("--day and --from/--to exclude each other.")
    if (first is None) != (last is None):
        raise BadUsage("--from and --to go together.")
    begin, end = (day, day) if first is None else (first, last)
    for text in (begin, end):
        if text is not None and read_day(text, ANY_DAY) is None:
            raise BadUsage(f"{shown(text)} is not a day. Write {DAY_HELP}.")

    def range_of(today: date) -> tuple[date, date]:
        first_day, last_day = (read_day(text or "today", today) or today for text in (begin, end))
        if last_day < first_day:
            raise BadUsage("The last day is before the first.")
        return first_day, last_day

    return range_of


def config_of(api: str | None, data: Path | None) -> Config:
    """Raises BadUsage for an address or a folder that cannot be one."""
    config = read_config(api, data.expanduser() if data else None)
    try:
        parts = urlsplit(config.api_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadUsage(f"{shown(config.api_url)} is not an address of the API. It begins with http:// or https://.")
    try:
        is_file = config.data_dir.exists() and not config.data_dir.is_dir()
    except (OSError, ValueError):
        is_file = True
    if is_file:
        raise BadUsage(f"{shown(str(config.data_dir))} cannot be the data folder.")
    return config


# --- how a command ends ---------------------------------------------------------------------------------------------
def perform(work: Callable[[Terminal], Awaitable[None]], *, as_json: bool, interrupted: Exit | None = None) -> NoReturn:
    """Run a command and leave with its exit code; `interrupted` is the one for Ctrl-C where that is a way to end."""
    terminal = Terminal(as_json=as_json)

    async def run() -> None:
        await work(terminal)

    try:
        asyncio.run(run())
        code: int = Exit.DONE
    except Refusal as refusal:
        terminal.refuse(refusal)
        code = refusal.exit_code
    except KeyboardInterrupt:
        code = 130 if interrupted is None else interrupted
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    raise click.exceptions.Exit(code)
