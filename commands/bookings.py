"""`chatty bookings`: the list, and everything that is done to one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.models.bookings import BookingStatus
from commands.options import Api, AsJson, Data, Day, From, To, config_of, perform, range_of_days
from desk.terminal import BadUsage, Terminal, shown
from desk.times import ANY_DAY, MOMENT_HELP, read_length, read_moment

if TYPE_CHECKING:
    from desk.changing import Telling, Wanted

app = typer.Typer()

Booking = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="The booking's id, or the beginning of it.", show_default=False)
]
Client = Annotated[str | None, typer.Option("--client", metavar="NAME", help="Or the name of the client.")]
At = Annotated[str | None, typer.Option("--at", metavar="T", help=MOMENT_HELP + ".")]
For = Annotated[str | None, typer.Option("--for", metavar="LENGTH", help="How long: 90m, 1h, 1h30.")]
Service = Annotated[str | None, typer.Option("--service", metavar="NAME", help="What is done.")]
Staff = Annotated[str | None, typer.Option("--staff", metavar="NAME", help="Who does it; `none` for nobody yet.")]
Notes = Annotated[str | None, typer.Option("--notes", metavar="TEXT", help="The note; an empty one removes it.")]
Phone = Annotated[str | None, typer.Option("--phone", metavar="NUMBER", help="The client's phone number.")]
Email = Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="The client's e-mail address.")]
Tell = Annotated[str | None, typer.Option("--tell", metavar="TEXT", help="Tell the client this, once it is accepted.")]
TellDefault = Annotated[bool, typer.Option("--tell-default", help="Tell the client what is usual.")]
NoTell = Annotated[bool, typer.Option("--no-tell", help="Tell the client nothing, which is also the default.")]
OnPurpose = Annotated[
    str | None,
    typer.Option("--on-purpose", metavar="WHAT", help="overlap, closed or both: book over what is in the way."),
]

_ALLOWANCES = {"overlap", "closed"}


@app.callback(invoke_without_command=True)
def bookings(
    context: typer.Context,
    day: Day = None,
    from_: From = None,
    to: To = None,
    all_: Annotated[bool, typer.Option("--all", help="Cancelled ones too.")] = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """The bookings of a day or of several, from the data on this device; or a change to one."""
    if context.invoked_subcommand is not None:
        return

    async def work(terminal: Terminal) -> None:
        from desk.reading import show_bookings

        days = range_of_days(day, from_, to)
        await show_bookings(config_of(api, data), terminal, days, cancelled=all_)

    perform(work, as_json=as_json)


@app.command()
def add(
    client: Annotated[str, typer.Option("--client", metavar="NAME", help="Who comes.")],
    at: Annotated[str, typer.Option("--at", metavar="T", help=MOMENT_HELP + ".")],
    service: Annotated[str, typer.Option("--service", metavar="NAME", help="What is done.")],
    for_: For = None,
    staff: Staff = None,
    phone: Phone = None,
    email: Email = None,
    notes: Notes = None,
    pending: Annotated[bool, typer.Option("--pending", help="Not confirmed yet.")] = False,
    tell: Tell = None,
    tell_default: TellDefault = False,
    no_tell: NoTell = False,
    on_purpose: OnPurpose = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Book somebody.  Without --for it lasts as long as the service does."""

    async def work(terminal: Terminal) -> None:
        from desk.changing import New, add

        new = New(
            client=client,
            at=moment(at),
            service=service,
            length=_length(for_),
            staff=staff,
            phone=phone,
            email=email,
            notes=notes,
            confirmed=not pending,
        )
        said, allow = telling_of(tell, tell_default, no_tell), allowances(on_purpose)
        await add(config_of(api, data), terminal, new, said, allow)

    perform(work, as_json=as_json)


@app.command()
def move(
    booking: Booking = None,
    client: Client = None,
    at: At = None,
    for_: For = None,
    staff: Staff = None,
    tell: Tell = None,
    tell_default: TellDefault = False,
    no_tell: NoTell = False,
    on_purpose: OnPurpose = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Give a booking another time, another length or another member of staff.  A time alone stays on its day."""

    def wanted() -> "Wanted":
        from desk.changing import Wanted

        if (at, for_, staff) == (None, None, None):
            raise BadUsage("Say where to: --at, --for or --staff.")
        return Wanted(at=None if at is None else moment(at), length=_length(for_), staff=staff)

    _change(booking, client, wanted, "Moved", api, data, as_json, tell, tell_default, no_tell, on_purpose)


@app.command()
def edit(
    booking: Booking = None,
    client: Client = None,
    service: Service = None,
    staff: Staff = None,
    notes: Notes = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What the client is called.")] = None,
    phone: Phone = None,
    email: Email = None,
    tell: Tell = None,
    tell_default: TellDefault = False,
    no_tell: NoTell = False,
    on_purpose: OnPurpose = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Change what is done, who does it, the note, or how the client is reached."""

    def wanted() -> "Wanted":
        from desk.changing import Wanted

        if all(value is None for value in (service, staff, notes, name, phone, email)):
            raise BadUsage("Say what to change: --service, --staff, --notes, --name, --phone or --email.")
        return Wanted(service=service, staff=staff, notes=notes, name=name, phone=phone, email=email)

    _change(booking, client, wanted, "Changed", api, data, as_json, tell, tell_default, no_tell, on_purpose)


@app.command()
def cancel(
    booking: Booking = None,
    client: Client = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept with it.")] = None,
    tell: Tell = None,
    tell_default: TellDefault = False,
    no_tell: NoTell = False,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Cancel a booking."""

    def wanted() -> "Wanted":
        from desk.changing import Wanted

        return Wanted(status=BookingStatus.CANCELLED, reason=reason)

    _change(booking, client, wanted, "Cancelled", api, data, as_json, tell, tell_default, no_tell, None)


@app.command()
def restore(
    booking: Booking = None,
    client: Client = None,
    tell: Tell = None,
    tell_default: TellDefault = False,
    no_tell: NoTell = False,
    on_purpose: OnPurpose = None,
    api: Api = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring back a booking that was cancelled, completed or a no-show."""
    _change(
        booking,
        client,
        lambda: _status(BookingStatus.CONFIRMED),
        "Brought back",
        api,
        data,
        as_json,
        tell,
        tell_default,
        no_tell,
        on_purpose,
    )


@app.command()
def complete(
    booking: Booking = None, client: Client = None, api: Api = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Mark a booking as completed."""
    _change(booking, client, lambda: _status(BookingStatus.COMPLETED), "Completed", api, data, as_json)


@app.command("no-show")
def no_show(
    booking: Booking = None, client: Client = None, api: Api = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Mark that the client did not come."""
    _change(booking, client, lambda: _status(BookingStatus.NO_SHOW), "Marked as a no-show", api, data, as_json)


def _status(status: BookingStatus) -> "Wanted":
    from desk.changing import Wanted

    return Wanted(status=status)


def _change(
    booking: str | None,
    client: str | None,
    wanted: Callable[[], "Wanted"],
    done: str,
    api: str | None,
    data: Path | None,
    as_json: bool,
    tell: str | None = None,
    tell_default: bool = False,
    no_tell: bool = False,
    on_purpose: str | None = None,
) -> None:
    async def work(terminal: Terminal) -> None:
        from desk.changing import Which, change

        which = Which(booking_id=booking, client=client)
        said, allow = telling_of(tell, tell_default, no_tell), allowances(on_purpose)
        await change(config_of(api, data), terminal, which, wanted(), said, allow, done)

    perform(work, as_json=as_json)


# --- what options mean ----------------------------------------------------------------------------------------------
def telling_of(tell: str | None, tell_default: bool, no_tell: bool) -> "Telling":
    """Raises BadUsage."""
    from desk.changing import Telling

    if (tell is not None) + tell_default + no_tell > 1:
        raise BadUsage("--tell, --tell-default and --no-tell exclude each other.")
    return Telling(text=tell, usual=tell_default)


def allowances(text: str | None) -> frozenset[str]:
    """Raises BadUsage."""
    words = {word.strip() for word in (text or "").lower().split(",") if word.strip()}
    if words - _ALLOWANCES or (text is not None and not words):
        raise BadUsage("--on-purpose takes overlap, closed, or both with a comma between.")
    return frozenset(words)


def moment(text: str) -> str:
    """The text, if it is a time; which one it is can be said once the business's today is known.  Raises BadUsage."""
    if read_moment(text, ANY_DAY, ANY_DAY) is None:
        raise BadUsage(f"{shown(text)} is not a time. Write {MOMENT_HELP}.")
    return text


def _length(text: str | None) -> timedelta | None:
    """Raises BadUsage."""
    if text is None:
        return None
    length = read_length(text)
    if length is None:
        raise BadUsage(f"{shown(text)} is not a length. Write 90m, 1h or 1h30.")
    return length
