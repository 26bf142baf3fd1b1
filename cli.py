"""The `chatty` command.  Like main.py it knows every floor; what a command does is told here, how it is done elsewhere.

Exit codes: 0 done, 1 failed, 2 bad usage, 3 offline or the API unreachable.  Every import that costs time is inside
the command that needs it.
"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, NoReturn, cast
from urllib.parse import urlsplit

import typer

from client.config import Config, read_config
from terminal import BadUsage, Exit, Refusal, Terminal, shown

app = typer.Typer(
    help="The owner's app of TheChattyAI: watch your AI employees work.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Api = Annotated[str | None, typer.Option("--api", metavar="URL", help="The hosted API. Also CHATTY_API.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The data folder. Also CHATTY_DATA.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object (docs/cli.md).")]

# The class above BadParameter: typer carries a copy of click and does not name it.
_UsageError = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])
_LONGEST_COMPLAINT = 300

_ANY_DAY = date(2000, 6, 15)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAMED_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_DAYS_AWAY = re.compile(r"([+-])(\d{1,5})d", re.ASCII)
DAY_HELP = "today, tomorrow, a date such as 2026-03-14, or +3d"


# --- run and stub ---------------------------------------------------------------------------------------------------
@app.command()
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
        config = _config(named, data)
        hosted = HostedOptions(folder=config.data_dir / "hosted", calls=calls.resolve() if calls else None, speed=speed)
        await run_app(config, hosted=None if named else hosted, web=web, port=port, terminal=terminal)

    _perform(work, as_json=False, interrupted=Exit.DONE)


@app.command()
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


# --- signing in and out ---------------------------------------------------------------------------------------------
@app.command()
def login(
    email: Annotated[str | None, typer.Option(help="Your e-mail address.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Sign in to the demo business.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Sign in: with an e-mail address, to the demo, or without options in the system browser."""

    async def work(terminal: Terminal) -> None:
        from desk import sign_in

        if demo and (email or password_stdin):
            raise BadUsage("--demo needs no e-mail address and no password.")
        if password_stdin and not email:
            raise BadUsage("--password-stdin needs --email.")
        password = _password(password_stdin) if email else None
        await sign_in(_config(api, data), terminal, demo=demo, email=email, password=password)

    _perform(work, as_json=as_json)


@app.command()
def logout(api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """Sign out and remove this account's data from this device."""

    async def work(terminal: Terminal) -> None:
        from desk import sign_out

        await sign_out(_config(api, data), terminal)

    _perform(work, as_json=as_json)


# --- reading --------------------------------------------------------------------------------------------------------
@app.command()
def sync(
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C, and say what happens.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring the data on this device up to date."""

    async def work(terminal: Terminal) -> None:
        from desk import follow, pull

        await (follow if watch else pull)(_config(api, data), terminal)

    _perform(work, as_json=as_json, interrupted=Exit.DONE if watch else None)


@app.command()
def calls(
    live: Annotated[bool, typer.Option("--live", help="Only calls in progress.")] = False,
    call_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="One call, with every word.")] = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """The latest calls, from the data on this device."""

    async def work(terminal: Terminal) -> None:
        from desk import show_call, show_calls

        if live and call_id is not None:
            raise BadUsage("--live and --id exclude each other.")
        if call_id is None:
            await show_calls(_config(api, data), terminal, live=live)
        else:
            await show_call(_config(api, data), terminal, call_id)

    _perform(work, as_json=as_json)


@app.command()
def bookings(
    day: Annotated[str | None, typer.Option(metavar="D", help=f"{DAY_HELP}; today without it.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="D", help="The first day of a range.")] = None,
    to: Annotated[str | None, typer.Option(metavar="D", help="The last day of a range.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Cancelled ones too.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """The bookings of a day or of several, from the data on this device."""

    async def work(terminal: Terminal) -> None:
        from desk import show_bookings

        if day is not None and (from_ is not None or to is not None):
            raise BadUsage("--day and --from/--to exclude each other.")
        if (from_ is None) != (to is None):
            raise BadUsage("--from and --to go together.")
        first, last = (day, day) if from_ is None else (from_, to)
        for text in (first, last):
            if text is not None and read_day(text, _ANY_DAY) is None:
                raise BadUsage(f"{shown(text)} is not a day. Write {DAY_HELP}.")

        def range_of(today: date) -> tuple[date, date]:
            first_day, last_day = (read_day(text or "today", today) or today for text in (first, last))
            if last_day < first_day:
                raise BadUsage("The last day is before the first.")
            return first_day, last_day

        await show_bookings(_config(api, data), terminal, range_of, cancelled=all_)

    _perform(work, as_json=as_json)


@app.command()
def doctor(api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """Versions, paths, the database's health, the keychain, the API and the clock."""

    async def work(terminal: Terminal) -> None:
        import doctor

        report = await doctor.examine(_config(api, data))
        terminal.answer(report, [] if as_json else doctor.lines(report))

    _perform(work, as_json=as_json)


# --- what options mean ----------------------------------------------------------------------------------------------
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


def _config(api: str | None, data: Path | None) -> Config:
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


def _password(from_stdin: bool) -> str:
    if from_stdin or not sys.stdin.isatty():
        try:
            password = sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadUsage("The password on standard input is not text.") from None
    else:
        import getpass

        password = getpass.getpass("Password: ")
    if not password:
        raise BadUsage("No password was given.")
    return password


# --- how a command ends ---------------------------------------------------------------------------------------------
def _perform(
    work: Callable[[Terminal], Awaitable[None]], *, as_json: bool, interrupted: Exit | None = None
) -> NoReturn:
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


def main() -> None:
    words = sys.argv[1:] or ["--help"]
    try:
        code = app(words, standalone_mode=False)
    except _UsageError as error:
        message = " ".join(error.format_message().split())[:_LONGEST_COMPLAINT]
        Terminal(as_json="--json" in words).refuse(BadUsage(f"{message.rstrip('.')}. See `chatty --help`."))
        code = Exit.USAGE
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
