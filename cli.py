"""The `chatty` command: its commands, and what is said of words that are none.  Like main.py it knows every floor.

Exit codes: 0 done, 1 failed, 2 bad usage, 3 offline or the API unreachable.
"""

import sys

import click

from commands import account, bookings, calendars, data, leads, outbox, start
from desk.terminal import BadUsage, Exit, Terminal

_LONGEST_COMPLAINT = 300


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """As they were added, not by the alphabet."""
        del ctx
        return [*self.commands]


@click.group(cls=_InOrder)
def chatty() -> None:
    """The owner's app of TheChattyAI: watch your AI employees work."""


for command in (
    *(start.run, start.stub, account.login, account.logout, data.sync, data.calls, bookings.bookings, leads.leads),
    *(outbox.outbox, outbox.conflicts, outbox.undo, calendars.import_, calendars.export, calendars.calendars),
    data.doctor,
):
    chatty.add_command(command)


def main() -> None:
    words = sys.argv[1:] or ["--help"]
    try:
        code = chatty.main(words, prog_name="chatty", standalone_mode=False)
    except click.UsageError as error:
        message = " ".join(error.format_message().split())[:_LONGEST_COMPLAINT]
        Terminal(as_json="--json" in words).refuse(BadUsage(f"{message.rstrip('.')}. See `chatty --help`."))
        code = Exit.USAGE
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
