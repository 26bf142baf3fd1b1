"""`chatty outbox`, `chatty undo` and `chatty conflicts`: what waits, what can be taken back, what to decide."""

from pathlib import Path
from typing import Annotated

import typer

from client.models.ids import ChangeId, ConflictId
from commands.bookings import At, NoTell, Tell, TellDefault, moment, telling_of
from commands.options import Api, AsJson, Data, config_of, perform
from desk.terminal import BadUsage, Terminal

outbox = typer.Typer()
conflicts = typer.Typer()

Number = Annotated[int, typer.Argument(min=1, metavar="NO", help="Its number in the list.")]


# --- outbox ---------------------------------------------------------------------------------------------------------
@outbox.callback(invoke_without_command=True)
def show_outbox(context: typer.Context, api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """The changes made on this device that the server has not confirmed, oldest first."""
    if context.invoked_subcommand is None:
        _list_outbox(api, data, as_json)


@outbox.command("list")
def list_outbox(api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """The changes that wait."""
    _list_outbox(api, data, as_json)


def _list_outbox(api: str | None, data: Path | None, as_json: bool) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.outbox import show_outbox

        await show_outbox(config_of(api, data), terminal)

    perform(work, as_json=as_json)


@outbox.command("cancel")
def cancel(number: Number, api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """Take back a change that waits, or forget one that was refused."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import cancel

        await cancel(config_of(api, data), terminal, ChangeId(number))

    perform(work, as_json=as_json)


@outbox.command("retry")
def retry(number: Number, api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """Send a change as soon as there is a connection: one that waits its turn, was set aside or was refused."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import retry

        await retry(config_of(api, data), terminal, ChangeId(number))

    perform(work, as_json=as_json)


@outbox.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to.", dir_okay=False)],
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write the changes that wait to a file, each as it would be sent, with the conflicts."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import export

        await export(config_of(api, data), terminal, file)

    perform(work, as_json=as_json)


def undo(
    change: Annotated[int | None, typer.Argument(min=1, metavar="[NO]", help="A change by its number.")] = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Undo the last change made on this device, or the one of that number; an import as a whole."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import undo_change

        await undo_change(config_of(api, data), terminal, None if change is None else ChangeId(change))

    perform(work, as_json=as_json)


# --- conflicts ------------------------------------------------------------------------------------------------------
@conflicts.callback(invoke_without_command=True)
def show_conflicts(context: typer.Context, api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """What the server could not apply, and what can be done about each."""
    if context.invoked_subcommand is None:
        _list_conflicts(api, data, as_json)


@conflicts.command("list")
def list_conflicts(api: Api = None, data: Data = None, as_json: AsJson = False) -> None:
    """The conflicts that wait for a decision."""
    _list_conflicts(api, data, as_json)


def _list_conflicts(api: str | None, data: Path | None, as_json: bool) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.conflicts import show_conflicts

        await show_conflicts(config_of(api, data), terminal)

    perform(work, as_json=as_json)


@conflicts.command("resolve")
def resolve(
    number: Number,
    keep: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="What `chatty conflicts` offers: mine, theirs, both, slot:N, at, overbook, move-other, cancel, new, "
            "discard.",
        ),
    ],
    at: At = None,
    tell: Tell = None,
    tell_default: TellDefault = False,
    no_tell: NoTell = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Decide a conflict.  Without --tell and the like, whoever was to be told of the change is told of this."""

    async def work(terminal: Terminal) -> None:
        from desk.conflicts import resolve_conflict

        if (keep == "at") != (at is not None):
            raise BadUsage("--at goes with --keep at, and only with it.")
        when = None if at is None else moment(at)
        asked = tell is not None or tell_default or no_tell
        said = telling_of(tell, tell_default, no_tell) if asked else None
        await resolve_conflict(config_of(api, data), terminal, ConflictId(number), keep.strip().lower(), when, said)

    perform(work, as_json=as_json)
