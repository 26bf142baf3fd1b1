"""`chatty login` and `chatty logout`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.options import Api, AsJson, Data, config_of, perform
from desk.terminal import BadUsage, Terminal


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
        from desk.account import sign_in

        if demo and (email or password_stdin):
            raise BadUsage("--demo needs no e-mail address and no password.")
        if password_stdin and not email:
            raise BadUsage("--password-stdin needs --email.")
        password = _password(password_stdin) if email else None
        await sign_in(config_of(api, data), terminal, demo=demo, email=email, password=password)

    perform(work, as_json=as_json)


def logout(
    send: Annotated[bool, typer.Option("--send", help="Send the changes that wait first.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write the changes that are not sent to a file first."),
    ] = None,
    discard: Annotated[bool, typer.Option("--discard", help="Sign out also when changes are not sent.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Sign out and remove this account's data from this device; refuses while changes are not sent."""

    async def work(terminal: Terminal) -> None:
        from desk.account import sign_out

        if export is not None and discard:
            raise BadUsage("--export keeps the changes in a file, --discard does not: choose one.")
        await sign_out(config_of(api, data), terminal, send=send, export=export, discard=discard)

    perform(work, as_json=as_json)


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
