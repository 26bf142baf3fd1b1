"""What an import does, event by event, and what is said of the file: in words."""

from datetime import timedelta

from client.calendars.imported import Imported, ImportedEvent, Remark
from client.editing.imports import As, Fate, Import, Line, Omission, called_off
from client.insight.diary import LONGEST, SHORTEST
from client.models.bookings import Booking
from widgets import format as fmt
from widgets.strings import Words

NAME_MAX = 60


def remark(words: Words, of: Remark) -> str:
    name = fmt.clipped(of.name, NAME_MAX) or words("ics.untitled")
    return words(f"ics.{of.what}", name=name, line=of.line, n=of.n)


def heading(words: Words, fate: Fate, as_: As, n: int) -> str:
    """12 times will be blocked."""
    key = f"import.fate.{fate}.{as_}" if fate is Fate.ADD else f"import.fate.{fate}"
    return words(key, n=n)


def because(words: Words, line: Line) -> str:
    """Why it is left out."""
    assert line.omission
    obstacle = line.obstacle
    name = ""
    if obstacle is not None:
        name = (
            obstacle.booking.customer_name
            if obstacle.booking
            else obstacle.block.title
            if obstacle.block
            else obstacle.staff.name
            if obstacle.staff
            else ""
        )
    n = {
        Omission.TOO_LONG: round(LONGEST / timedelta(hours=1)),
        Omission.TOO_SHORT: round(SHORTEST / timedelta(minutes=1)),
    }.get(line.omission, 0)
    return words(f"import.because.{line.omission}", name=fmt.clipped(name, NAME_MAX), n=n)


def meets(words: Words, booking: Booking) -> str:
    """Meets Maria Gómez, Tue 1 Dec 14:00."""
    return words("import.meets", what=standing(words, booking))


def standing(words: Words, booking: Booking) -> str:
    """Maria Gómez, Tue 1 Dec 14:00."""
    day = fmt.day_short(words, fmt.local_day(words, booking.starts_at))
    name = fmt.clipped(booking.customer_name, NAME_MAX)
    return f"{name}, {day} {fmt.clock_time(words, booking.starts_at)}"


def when(words: Words, event: ImportedEvent) -> str:
    """Tue 1 Dec 09:00 – 10:00; whole days without their hours."""
    first = fmt.local_day(words, event.starts_at)
    last = fmt.local_day(words, event.ends_at - timedelta(seconds=1))
    if event.all_day:
        one = fmt.day_short(words, first)
        return one if first == last else f"{one} – {fmt.day_short(words, last)}"
    if first == last:
        return f"{fmt.day_short(words, first)} {fmt.time_range(words, event.starts_at, event.ends_at)}"
    ends = f"{fmt.day_short(words, last)} {fmt.clock_time(words, event.ends_at)}"
    return f"{fmt.day_short(words, first)} {fmt.clock_time(words, event.starts_at)} – {ends}"


def besides(words: Words, imported: Imported, done: Import) -> list[str]:
    """What else is to be said of the file, a sentence each."""
    counts = [
        *(("import.free", imported.free), ("import.outside", imported.outside), ("import.twice", imported.twice)),
        ("import.called_off", called_off(imported, done)),
    ]
    return [
        *(words(key, n=n) + "." for key, n in counts if n),
        *(remark(words, each) for each in imported.remarks),
    ]
