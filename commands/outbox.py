"""`chatty outbox`, `chatty undo` and `chatty conflicts`: what waits, what can be taken back, what to decide."""

from pathlib import Path

import click

from client.models.ids import ChangeId, ConflictId
from commands.bookings import allowances, allowing, at_time, moment, telling, telling_of
from commands.options import config_of, perform, reporting
from desk.terminal import BadUsage, Terminal

_NUMBER = click.argument("number", metavar="NO", type=click.IntRange(min=1), help="Its number in the list.")


# --- outbox ---------------------------------------------------------------------------------------------------------
@click.group(invoke_without_command=True)
@reporting
@click.pass_context
def outbox(context: click.Context, api: str | None, data: Path | None, as_json: bool) -> None:
    """The changes made on this device that the server has not confirmed, oldest first."""
    if context.invoked_subcommand is None:
        _list_outbox(api, data, as_json)


@outbox.command("list")
@reporting
def list_outbox(api: str | None, data: Path | None, as_json: bool) -> None:
    """The changes that wait."""
    _list_outbox(api, data, as_json)


def _list_outbox(api: str | None, data: Path | None, as_json: bool) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.outbox import show_outbox

        await show_outbox(config_of(api, data), terminal)

    perform(work, as_json=as_json)


@outbox.command()
@_NUMBER
@reporting
def cancel(number: int, api: str | None, data: Path | None, as_json: bool) -> None:
    """Take back a change that waits, or forget one that was refused."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import cancel

        await cancel(config_of(api, data), terminal, ChangeId(number))

    perform(work, as_json=as_json)


@outbox.command()
@_NUMBER
@reporting
def retry(number: int, api: str | None, data: Path | None, as_json: bool) -> None:
    """Send a change as soon as there is a connection: one that waits its turn, was set aside or was refused."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import retry

        await retry(config_of(api, data), terminal, ChangeId(number))

    perform(work, as_json=as_json)


@outbox.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where to.")
@reporting
def export(file: Path, api: str | None, data: Path | None, as_json: bool) -> None:
    """Write the changes that wait to a file, each as it would be sent, with the conflicts."""

    async def work(terminal: Terminal) -> None:
        from desk.outbox import export

        await export(config_of(api, data), terminal, file)

    perform(work, as_json=as_json)


@click.command()
@click.argument("change", metavar="[NO]", required=False, type=click.IntRange(min=1), help="A change by its number.")
@click.option("--list", "list_", is_flag=True, help="List the changes made on this device, by number, newest first.")
@click.option("--whole", is_flag=True, help="With all the edits that became one change with the last one.")
@telling
@allowing
@reporting
def undo(
    change: int | None,
    list_: bool,
    whole: bool,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    on_purpose: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Undo the last edit made on this device, or the change of that number; an import as a whole.

    Where the client was told of it, say what they are told of this.
    """

    async def work(terminal: Terminal) -> None:
        from desk.undoing import Asked, list_edits, undo_change

        if list_:
            if change is not None or whole:
                raise BadUsage("--list goes alone.")
            await list_edits(config_of(api, data), terminal)
            return
        said = telling_of(tell, tell_default, no_tell) if tell is not None or tell_default or no_tell else None
        number = None if change is None else ChangeId(change)
        asked = Asked(number=number, whole=whole, said=said, allow=allowances(on_purpose))
        await undo_change(config_of(api, data), terminal, asked)

    perform(work, as_json=as_json)


# --- conflicts ------------------------------------------------------------------------------------------------------
@click.group(invoke_without_command=True)
@reporting
@click.pass_context
def conflicts(context: click.Context, api: str | None, data: Path | None, as_json: bool) -> None:
    """What the server could not apply, and what can be done about each."""
    if context.invoked_subcommand is None:
        _list_conflicts(api, data, as_json)


@conflicts.command("list")
@reporting
def list_conflicts(api: str | None, data: Path | None, as_json: bool) -> None:
    """The conflicts that wait for a decision."""
    _list_conflicts(api, data, as_json)


def _list_conflicts(api: str | None, data: Path | None, as_json: bool) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.conflicts import show_conflicts

        await show_conflicts(config_of(api, data), terminal)

    perform(work, as_json=as_json)


@conflicts.command()
@_NUMBER
@click.option(
    "--keep",
    required=True,
    metavar="WHAT",
    help="What `chatty conflicts` offers: mine, theirs, both, slot:N, at, overbook, move-other, cancel, new, discard.",
)
@at_time
@telling
@reporting
def resolve(
    number: int,
    keep: str,
    at: str | None,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    api: str | None,
    data: Path | None,
    as_json: bool,
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
