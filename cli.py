"""The `chatty` command: its commands, and what is said of words that are none.  Like main.py it knows every floor.

Exit codes: 0 done, 1 failed, 2 bad usage, 3 offline or the API unreachable.
"""

import sys
from typing import cast

import typer

from commands import account, bookings, calendars, data, leads, outbox, start
from desk.terminal import BadUsage, Exit, Terminal

app = typer.Typer(
    help="The owner's app of TheChattyAI: watch your AI employees work.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (start.run, start.stub, account.login, account.logout, data.sync, data.calls):
    app.command()(command)
app.add_typer(bookings.app, name="bookings")
app.add_typer(leads.app, name="leads")
app.add_typer(outbox.outbox, name="outbox")
app.add_typer(outbox.conflicts, name="conflicts")
app.command()(outbox.undo)
app.command("import")(calendars.import_)
app.command()(calendars.export)
app.add_typer(calendars.app, name="calendars")
app.command()(data.doctor)

# The class above BadParameter: typer carries a copy of click and does not name it.
_UsageError = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])
_LONGEST_COMPLAINT = 300


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
