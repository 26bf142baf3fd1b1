"""`chatty login` and `chatty logout`."""

import sys
from pathlib import Path

import click

from commands.options import config_of, perform, reporting
from desk.terminal import BadUsage, Terminal


@click.command()
@click.option("--email", metavar="TEXT", help="Your e-mail address.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--demo", is_flag=True, help="Sign in to the demo business.")
@reporting
def login(
    email: str | None, password_stdin: bool, demo: bool, api: str | None, data: Path | None, as_json: bool
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


@click.command()
@click.option("--send", is_flag=True, help="Send the changes that wait first.")
@click.option(
    "--export",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the changes that are not sent to a file first.",
)
@click.option("--discard", is_flag=True, help="Sign out also when changes are not sent.")
@reporting
def logout(send: bool, export: Path | None, discard: bool, api: str | None, data: Path | None, as_json: bool) -> None:
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
