"""Which zone a file means by a name: IANA's, Windows', a maker's longer name for one of these, or one the file defines.

`icalendar` keeps the zones it has met for the whole process.  A file's own zones are therefore given to it under names
nobody else uses, and taken from it again afterwards.
"""

import contextlib
import threading
from collections.abc import Generator, Mapping
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from client.calendars.entries import Entry, Line
from client.calendars.ical import LIBRARY, forget_zones, keep_zone
from client.calendars.rules import is_followable_zone

_ONE_AT_A_TIME = threading.Lock()
_OWN = "file/"


def known(name: str) -> str | None:
    """The IANA name of a zone, None for one that only its file can explain."""
    name = name.strip().strip("/")
    parts = name.split("/")
    tails = ["/".join(parts[at:]) for at in range(min(len(parts), 6))]
    for candidate in (WINDOWS_TO_OLSON.get(name, ""), *tails):
        if candidate and _is_iana(candidate):
            return candidate
    return None


def _is_iana(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@contextlib.contextmanager
def zones_of(entries: tuple[Entry, ...]) -> Generator[Mapping[str, str]]:
    """What the file's zone names mean to `icalendar` while this lasts; an unknown one is not in the mapping.

    Only one file at a time can be read by a process.
    """
    with _ONE_AT_A_TIME:
        forget_zones()
        try:
            yield _Names(_defined(entries))
        finally:
            forget_zones()


class _Names(dict[str, str]):
    """Looks up names that are not the file's own when they are first asked for."""

    def __missing__(self, name: str) -> str:
        found = known(name)
        if found is None:
            raise KeyError(name)
        self[name] = found
        return found


def _defined(entries: tuple[Entry, ...]) -> dict[str, str]:
    """The zones the file defines itself, where their name alone does not say enough."""
    names: dict[str, str] = {}
    for entry in entries:
        name = entry.value("TZID").strip()
        if entry.kind != "VTIMEZONE" or not entry.whole or not name or name in names or known(name):
            continue
        place = known(entry.value("X-LIC-LOCATION")) if entry.has("X-LIC-LOCATION") else None
        if place is not None:
            names[name] = place
        elif _is_kept(entry, own := f"{_OWN}{len(names)}"):
            names[name] = own
    return names


def _is_kept(entry: Entry, own: str) -> bool:
    """Give the definition to `icalendar` under the name `own`."""
    if not is_followable_zone(entry):
        return False
    lines = [Line("TZID", "", own) if line.name == "TZID" else line for line in entry.lines]
    text = "\r\n".join(["BEGIN:VTIMEZONE", *(line.text for line in lines), "END:VTIMEZONE", ""])
    try:
        return keep_zone(text, own)
    except LIBRARY:
        return False
