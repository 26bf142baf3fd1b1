"""What every command takes, what days and folders mean, and how a command ends."""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer

from client.config import Config, read_config
from desk.terminal import BadUsage, Exit, Refusal, Terminal, shown

Api = Annotated[str | None, typer.Option("--api", metavar="URL", help="The hosted API. Also CHATTY_API.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The data folder. Also CHATTY_DATA.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object (docs/cli.md).")]

ANY_DAY = date(2000, 6, 15)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAMED_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_DAYS_AWAY = re.compile(r"([+-])(\d{1,5})d", re.ASCII)
DAY_HELP = "today, tomorrow, a date such as 2026-03-14, or +3d"


def read_day(text: str, today: date) -> date | None:
    """The day that `text` means, None if it is none."""
    words = text.strip().lower()
    try:
        if words in _NAMED_DAYS:
            return today + timedelta(days=_NAMED_DAYS[words])
        if away := _DAYS_AWAY.fullmatch(words):
            return today + timedelta(days=int(away[1] + away[2]))
        return date.fromisoformat(words) if _DATE.fullmatch(words) else None
    except (ValueError, OverflowError):
        return None


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
    raise typer.Exit(code)
