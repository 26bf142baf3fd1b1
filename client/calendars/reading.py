"""Reading an .ics file: which events of it touch a span of time, with all that was left out told by name and line.

Takes up to ten seconds for a large file, so an interface calls it on a thread of its own.
"""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from client.calendars.entries import Entry, File, day_of, decode, read_file
from client.calendars.events import Found, found_in, title_of
from client.calendars.imported import LIMITS, Imported, ImportedEvent, Limits, Remark, What
from client.calendars.zones import known, zones_of

Span = tuple[datetime, datetime]

# A wall clock may be this far from UTC, and a day must not be lost to rounding.
_NEARBY = timedelta(days=2)


def read_ics(
    data: bytes,
    *,
    zone: ZoneInfo,
    window: Span,
    limits: Limits = LIMITS,
    monotonic: Callable[[], float] = time.monotonic,
) -> Imported:
    """The events of an .ics file that touch `window`; whole days are those of `zone`.

    So are floating times, unless the calendar says whose clock it means (X-WR-TIMEZONE).
    Never raises over what is in the file: what cannot be read is a `Remark`.
    """
    if (refusal := _refusal(data, limits)) is not None:
        return Imported(remarks=(refusal,))
    text, is_unicode = decode(data)
    file = read_file(text)
    if not file.is_calendar:
        return Imported(remarks=(Remark(what=What.NOT_A_CALENDAR),))
    reading = _Reading(zone=zone, window=window, limits=limits, deadline=monotonic() + limits.seconds)
    if not is_unicode:
        reading.remark(Remark(what=What.NOT_UTF8))
    reading.hear_of_zone(*file.zone)
    with zones_of(file.entries) as names:
        reading.read(file, names, monotonic)
    return reading.result(file)


def _refusal(data: bytes, limits: Limits) -> Remark | None:
    if len(data) > limits.size_bytes:
        return Remark(what=What.TOO_BIG, n=limits.size_bytes // (1024 * 1024))
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        return Remark(what=What.PACKED)
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not data.strip() or (b"\x00" in data and not utf16):
        return Remark(what=What.NOT_A_CALENDAR)
    return None


class _Reading:
    """What one file has given so far."""

    def __init__(self, *, zone: ZoneInfo, window: Span, limits: Limits, deadline: float) -> None:
        self._zone = self._clock = zone
        self._window = window
        self._limits = limits
        self._deadline = deadline
        self._events: list[ImportedEvent] = []
        self._cancelled: list[ImportedEvent] = []
        self._remarks: list[Remark] = []
        self._unsaid = self._free = self._outside = self._twice = 0

    def read(self, file: File, names: Mapping[str, str], monotonic: Callable[[], float]) -> None:
        groups, self._twice = _series(self._whole(file.entries))
        for at, (uid, entries) in enumerate(groups):
            if monotonic() > self._deadline:
                self.remark(Remark(what=What.TOO_SLOW, line=entries[0].line, n=len(groups) - at))
                return
            if len(entries) == 1 and self._is_far(entries[0]):
                self._outside += 1
                continue
            found = found_in(
                uid,
                entries,
                names,
                zone=self._zone,
                clock=self._clock,
                window=self._window,
                limits=self._limits,
            )
            if not self._take(found, cancelled=file.method == "CANCEL"):
                self.remark(Remark(what=What.TOO_MANY, line=entries[0].line, n=self._limits.events))
                return

    def hear_of_zone(self, name: str, line: int) -> None:
        """The calendar's own word on whose clock it means."""
        if not name:
            return
        found = known(name)
        if found is None:
            self.remark(Remark(what=What.ZONE_UNKNOWN, line=line, name=title_of(name, self._limits.title)))
        else:
            self._clock = ZoneInfo(found)

    def result(self, file: File) -> Imported:
        if self._unsaid:
            self._remarks.append(Remark(what=What.MORE, n=self._unsaid))
        by_start = sorted(self._events, key=lambda event: (event.starts_at, event.key))
        return Imported(
            name=title_of(file.name, self._limits.title),
            events=tuple(by_start),
            cancelled=tuple(sorted(self._cancelled, key=lambda event: (event.starts_at, event.key))),
            free=self._free,
            outside=self._outside,
            twice=self._twice,
            remarks=tuple(self._remarks),
        )

    def remark(self, remark: Remark) -> None:
        if len(self._remarks) < self._limits.remarks:
            self._remarks.append(remark)
        else:
            self._unsaid += 1

    def _whole(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if entry.kind == "VEVENT" and entry.whole:
                yield entry
            elif entry.kind == "VEVENT":
                title = title_of(entry.value("SUMMARY"), self._limits.title)
                self.remark(Remark(what=What.CUT_OFF, line=entry.line, name=title))

    def _is_far(self, entry: Entry) -> bool:
        """Whether an event of its own can be seen to lie outside the span without parsing it."""
        if entry.has("RRULE", "RDATE", "DURATION", "RECURRENCE-ID"):
            return False
        starts, ends = (day_of(entry.value(name)) for name in ("DTSTART", "DTEND"))
        first, last = (self._window[0] - _NEARBY).date(), (self._window[1] + _NEARBY).date()
        return starts is not None and (starts > last or (ends or starts) < first)

    def _take(self, found: Found, *, cancelled: bool) -> bool:
        """False when there is no more room."""
        self._free += found.free
        self._outside += found.outside
        for remark in found.remarks:
            self.remark(remark)
        called_off = (*found.events, *found.cancelled) if cancelled else found.cancelled
        for event in () if cancelled else found.events:
            if len(self._events) == self._limits.events:
                return False
            self._events.append(event)
        self._cancelled.extend(called_off[: self._limits.events - len(self._cancelled)])
        return True


# --- which entries belong together ----------------------------------------------------------------------------------
def _series(entries: Iterable[Entry]) -> tuple[list[tuple[str, list[Entry]]], int]:
    """Entries by uid, in the order of the file, without those that a newer one of the same moment replaces."""
    newest: dict[tuple[str, str], Entry] = {}
    replaced: Counter[str] = Counter()
    for entry in entries:
        moment = (_uid(entry), entry.value("RECURRENCE-ID").strip())
        if moment in newest:
            replaced["entries"] += 1
            if _age(entry) < _age(newest[moment]):
                continue
        newest[moment] = entry
    groups: dict[str, list[Entry]] = {}
    for (uid, _), entry in newest.items():
        groups.setdefault(uid, []).append(entry)
    return list(groups.items()), replaced.total()


def _age(entry: Entry) -> tuple[int, str]:
    sequence = entry.value("SEQUENCE").strip()
    return (int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else 0), entry.value("DTSTAMP")


_LONGEST_UID = 200


def _uid(entry: Entry) -> str:
    """The event's own uid; without one, or with one too long to keep, a digest that is the same at every reading."""
    uid = entry.value("UID").strip()
    if 0 < len(uid) <= _LONGEST_UID and uid.isprintable():
        return uid
    told = uid or "\n".join(line.text for line in entry.lines if line.name != "DTSTAMP")
    return "sha256:" + hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:40]
