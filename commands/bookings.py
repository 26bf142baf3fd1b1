"""`chatty bookings`."""

from datetime import date
from typing import Annotated

import typer

from commands.options import ANY_DAY, DAY_HELP, Api, AsJson, Data, config_of, perform, read_day
from desk.terminal import BadUsage, Terminal, shown


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
        from desk.reading import show_bookings

        if day is not None and (from_ is not None or to is not None):
            raise BadUsage("--day and --from/--to exclude each other.")
        if (from_ is None) != (to is None):
            raise BadUsage("--from and --to go together.")
        first, last = (day, day) if from_ is None else (from_, to)
        for text in (first, last):
            if text is not None and read_day(text, ANY_DAY) is None:
                raise BadUsage(f"{shown(text)} is not a day. Write {DAY_HELP}.")

        def range_of(today: date) -> tuple[date, date]:
            first_day, last_day = (read_day(text or "today", today) or today for text in (first, last))
            if last_day < first_day:
                raise BadUsage("The last day is before the first.")
            return first_day, last_day

        await show_bookings(config_of(api, data), terminal, range_of, cancelled=all_)

    perform(work, as_json=as_json)
