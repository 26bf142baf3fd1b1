"""From bytes to the entries of a calendar file: lines joined where they were folded, cut at BEGIN and END.

Cutting before parsing is what lets one bad entry be left out with its line number, and what keeps attachments, alarms
and unknown properties, where most broken files are broken, away from the parser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

LINE_BREAK = re.compile(r"\r\n|\n|\r")
_MOST_DEPTH = 8
_LONGEST_LINE = 64 * 1024

_OF_EVENTS = (
    *("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP"),
    *("SUMMARY", "DESCRIPTION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"),
)
_OF_ZONES = ("TZID", "X-LIC-LOCATION", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME")
WANTED = frozenset((*_OF_EVENTS, *_OF_ZONES))
"""The properties that are read.  All others are passed over unread."""


@dataclass(frozen=True, slots=True)
class Line:
    """A whole line: `name` in capitals, `params` from the semicolon to the colon, `value` as it stands."""

    name: str
    params: str
    value: str

    @property
    def text(self) -> str:
        return f"{self.name}{self.params}:{self.value}"

    def param(self, name: str) -> str | None:
        found = re.search(rf';{name}=(?:"([^"]*)"|([^;:"]*))', self.params, re.IGNORECASE)
        return None if found is None else found[1] if found[1] is not None else found[2]


@dataclass(slots=True)
class Entry:
    """A VEVENT or VTIMEZONE with its wanted lines.  `line`: where its BEGIN stands; `whole`: its END was there, too."""

    kind: str
    line: int
    lines: list[Line] = field(default_factory=list[Line])
    whole: bool = False

    def values(self, name: str) -> list[str]:
        return [line.value for line in self.lines if line.name == name]

    def value(self, name: str) -> str:
        return next((line.value for line in self.lines if line.name == name), "")

    def has(self, *names: str) -> bool:
        return any(line.name in names for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`is_calendar`: it has a VCALENDAR.  `name`: what the calendar calls itself.  `method`: of the calendar.

    `zone`: the name of the zone whose clock it means where it names none, and in which line that stands.
    """

    is_calendar: bool
    name: str
    method: str
    zone: tuple[str, int]
    entries: tuple[Entry, ...]


def decode(data: bytes) -> tuple[str, bool]:
    """The text, and whether it was UTF-8 (or says what else it is); other bytes are taken for Western European."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), True
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), False


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first; a line that goes on without end is cut."""
    parts: list[str] = []
    begun = length = 0
    for number, line in enumerate(LINE_BREAK.split(text), start=1):
        if line[:1] in (" ", "\t") and parts:
            if length < _LONGEST_LINE:
                parts.append(line[1:])
                length += len(line)
            continue
        if parts:
            yield begun, "".join(parts)
        parts, begun, length = ([line] if line else []), number, len(line)
    if parts:
        yield begun, "".join(parts)


def read_file(text: str) -> File:
    """Every VEVENT and VTIMEZONE of the text, however the components around them are nested or broken off."""
    reader = _Reader()
    for number, line in unfolded(text):
        reader.take(number, line)
    return File(
        is_calendar=reader.is_calendar,
        name=reader.name,
        method=reader.method,
        zone=reader.zone,
        entries=tuple(reader.entries),
    )


class _Reader:
    """Where in the nesting the reading stands.  A new VEVENT before the last has ended ends that one."""

    def __init__(self) -> None:
        self.is_calendar = False
        self.name = self.method = ""
        self.zone = ("", 0)
        self.entries: list[Entry] = []
        self._entry: Entry | None = None
        self._inside: list[str] = []
        """What was opened inside the entry and not closed."""

    def take(self, number: int, line: str) -> None:
        head = line[:6].upper()
        if head == "BEGIN:":
            self._begin(line[6:].strip().upper(), number)
        elif head.startswith("END:"):
            self._end(line[4:].strip().upper())
        elif self._entry is None:
            self._about_calendar(number, line)
        elif self._is_wanted_here():
            self._add(self._entry, line)

    def _begin(self, kind: str, number: int) -> None:
        if kind in ("VEVENT", "VTIMEZONE"):
            self._entry = Entry(kind, number)
            self._inside.clear()
            self.entries.append(self._entry)
        elif kind == "VCALENDAR":
            self.is_calendar = True
            self._entry = None
        elif self._entry is not None and len(self._inside) < _MOST_DEPTH:
            self._inside.append(kind)
            if self._is_wanted_here():
                self._entry.lines.append(Line("BEGIN", "", kind))

    def _end(self, kind: str) -> None:
        if self._entry is None:
            return
        if kind == self._entry.kind:
            self._entry.whole = True
            self._entry = None
        elif self._inside and kind == self._inside[-1]:
            if self._is_wanted_here():
                self._entry.lines.append(Line("END", "", kind))
            self._inside.pop()

    def _is_wanted_here(self) -> bool:
        """In the entry itself, or in one of the two halves of a zone's year."""
        assert self._entry
        if not self._inside:
            return True
        return self._entry.kind == "VTIMEZONE" and self._inside in (["STANDARD"], ["DAYLIGHT"])

    def _add(self, entry: Entry, line: str) -> None:
        if (parsed := parse(line)) is not None and parsed.name in WANTED:
            entry.lines.append(parsed)

    def _about_calendar(self, number: int, line: str) -> None:
        parsed = parse(line)
        if parsed is None:
            return
        if parsed.name in ("X-WR-CALNAME", "NAME") and not self.name:
            self.name = parsed.value
        elif parsed.name in ("X-WR-TIMEZONE", "TIMEZONE-ID") and not self.zone[0]:
            self.zone = (parsed.value.strip(), number)
        elif parsed.name == "METHOD":
            self.method = parsed.value.strip().upper()


_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


def parse(line: str) -> Line | None:
    """The three parts of a line, None where it has no name or no colon outside quotation marks."""
    name = _NAME.match(line)
    if name is None:
        return None
    colon = _colon(line, name.end())
    return None if colon < 0 else Line(name[0].upper(), line[name.end() : colon], line[colon + 1 :])


def _colon(line: str, start: int) -> int:
    colon = line.find(":", start)
    while colon >= 0 and line.count('"', start, colon) % 2:
        closing = line.find('"', colon)
        colon = line.find(":", closing) if closing >= 0 else -1
    return colon


_DATE = re.compile(r"\s*(\d{4})(\d\d)(\d\d)", re.ASCII)


def day_of(value: str) -> date | None:
    """The day that a value begins with, on whatever clock it is."""
    found = _DATE.match(value)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
