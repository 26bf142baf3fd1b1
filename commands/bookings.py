"""`chatty bookings`: the list, and everything that is done to one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from client.models.bookings import BookingStatus
from commands.options import C, config_of, days, perform, range_of_days, reporting
from desk.terminal import BadUsage, Terminal, shown
from desk.times import ANY_DAY, MOMENT_HELP, read_length, read_moment

if TYPE_CHECKING:
    from desk.changing import Telling, Wanted

_BOOKING = click.argument("booking", metavar="[ID]", required=False, help="Its id, or the beginning of it.")
_CLIENT = click.option("--client", metavar="NAME", help="Or the name of the client.")
_FOR = click.option("--for", "for_", metavar="LENGTH", help="How long: 90m, 1h, 1h30.")
_SERVICE = click.option("--service", metavar="NAME", help="What is done.")
_STAFF = click.option("--staff", metavar="NAME", help="Who does it; `none` for nobody yet.")
_RESOURCE = click.option(
    "--resource", metavar="NAME", help="The room, chair or bay; `none` for none. `add` takes the first that is free."
)
_NOTES = click.option("--notes", metavar="TEXT", help="The note; an empty one removes it.")
_PHONE = click.option("--phone", metavar="NUMBER", help="The client's phone number.")
_EMAIL = click.option("--email", metavar="ADDRESS", help="The client's e-mail address.")
_TELL = click.option("--tell", metavar="TEXT", help="Tell the client this, once it is accepted.")
_TELL_DEFAULT = click.option("--tell-default", is_flag=True, help="Tell the client what is usual.")
_NO_TELL = click.option("--no-tell", is_flag=True, help="Tell the client nothing, which is also the default.")

at_time = click.option("--at", metavar="T", help=MOMENT_HELP + ".")
allowing = click.option("--on-purpose", metavar="WHAT", help="overlap, closed or both: book over what is in the way.")

_ALLOWANCES = {"overlap", "closed"}


def telling(command: C) -> C:
    """--tell, --tell-default and --no-tell."""
    return _TELL(_TELL_DEFAULT(_NO_TELL(command)))


def one(command: C) -> C:
    """A booking, by its id or by --client."""
    return _BOOKING(_CLIENT(command))


@click.group(invoke_without_command=True)
@days
@click.option("--all", "all_", is_flag=True, help="Cancelled ones too.")
@reporting
@click.pass_context
def bookings(
    context: click.Context,
    day: str | None,
    from_: str | None,
    to: str | None,
    all_: bool,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """The bookings of a day or of several, from the data on this device; or a change to one."""
    if context.invoked_subcommand is not None:
        return

    async def work(terminal: Terminal) -> None:
        from desk.reading import show_bookings

        days = range_of_days(day, from_, to)
        await show_bookings(config_of(api, data), terminal, days, cancelled=all_)

    perform(work, as_json=as_json)


@bookings.command()
@click.option("--client", required=True, metavar="NAME", help="Who comes.")
@click.option("--at", required=True, metavar="T", help=MOMENT_HELP + ".")
@click.option("--service", required=True, metavar="NAME", help="What is done.")
@_FOR
@_STAFF
@_RESOURCE
@_PHONE
@_EMAIL
@_NOTES
@click.option("--pending", is_flag=True, help="Not confirmed yet.")
@telling
@allowing
@reporting
def add(
    client: str,
    at: str,
    service: str,
    for_: str | None,
    staff: str | None,
    resource: str | None,
    phone: str | None,
    email: str | None,
    notes: str | None,
    pending: bool,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    on_purpose: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
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
            resource=resource,
            phone=phone,
            email=email,
            notes=notes,
            confirmed=not pending,
        )
        said, allow = telling_of(tell, tell_default, no_tell), allowances(on_purpose)
        await add(config_of(api, data), terminal, new, said, allow)

    perform(work, as_json=as_json)


@bookings.command()
@one
@at_time
@_FOR
@_STAFF
@_RESOURCE
@telling
@allowing
@reporting
def move(
    booking: str | None,
    client: str | None,
    at: str | None,
    for_: str | None,
    staff: str | None,
    resource: str | None,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    on_purpose: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Give a booking another time, another length, member of staff or resource.  A time alone stays on its day."""

    def wanted() -> "Wanted":
        from desk.changing import Wanted

        if (at, for_, staff, resource) == (None, None, None, None):
            raise BadUsage("Say where to: --at, --for, --staff or --resource.")
        return Wanted(at=None if at is None else moment(at), length=_length(for_), staff=staff, resource=resource)

    _change(booking, client, wanted, "Moved", api, data, as_json, tell, tell_default, no_tell, on_purpose)


@bookings.command()
@one
@_SERVICE
@_STAFF
@_RESOURCE
@_NOTES
@click.option("--name", metavar="NAME", help="What the client is called.")
@_PHONE
@_EMAIL
@telling
@allowing
@reporting
def edit(
    booking: str | None,
    client: str | None,
    service: str | None,
    staff: str | None,
    resource: str | None,
    notes: str | None,
    name: str | None,
    phone: str | None,
    email: str | None,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    on_purpose: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Change what is done, who does it, where, the note, or how the client is reached."""

    def wanted() -> "Wanted":
        from desk.changing import Wanted

        if all(value is None for value in (service, staff, resource, notes, name, phone, email)):
            raise BadUsage("Say what to change: --service, --staff, --resource, --notes, --name, --phone or --email.")
        return Wanted(service=service, staff=staff, resource=resource, notes=notes, name=name, phone=phone, email=email)

    _change(booking, client, wanted, "Changed", api, data, as_json, tell, tell_default, no_tell, on_purpose)


@bookings.command()
@one
@click.option("--reason", metavar="TEXT", help="Why; kept with it.")
@telling
@reporting
def cancel(
    booking: str | None,
    client: str | None,
    reason: str | None,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Cancel a booking."""

    def wanted() -> "Wanted":
        from desk.changing import Wanted

        return Wanted(status=BookingStatus.CANCELLED, reason=reason)

    _change(booking, client, wanted, "Cancelled", api, data, as_json, tell, tell_default, no_tell, None)


@bookings.command()
@one
@telling
@allowing
@reporting
def restore(
    booking: str | None,
    client: str | None,
    tell: str | None,
    tell_default: bool,
    no_tell: bool,
    on_purpose: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Bring back a booking that was cancelled, completed, a no-show, or taken back before it was sent."""

    async def work(terminal: Terminal) -> None:
        from desk.changing import Which
        from desk.undoing import restore

        which = Which(booking_id=booking, client=client)
        said, allow = telling_of(tell, tell_default, no_tell), allowances(on_purpose)
        await restore(config_of(api, data), terminal, which, _status(BookingStatus.CONFIRMED), said, allow)

    perform(work, as_json=as_json)


@bookings.command()
@one
@reporting
def complete(
    booking: str | None,
    client: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Mark a booking as completed."""
    _change(booking, client, lambda: _status(BookingStatus.COMPLETED), "Completed", api, data, as_json)


@bookings.command("no-show")
@one
@reporting
def no_show(
    booking: str | None,
    client: str | None,
    api: str | None,
    data: Path | None,
    as_json: bool,
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
