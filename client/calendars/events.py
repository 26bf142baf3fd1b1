"""The entries of one uid and the occurrences they stand for: parsed, looked at, repeated."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from client.calendars.entries import Entry, Line, day_of
from client.calendars.ical import LIBRARY, occurrences, parse_event
from client.calendars.imported import ImportedEvent, Limits, Remark, What
from client.calendars.rules import objection

_ZONED = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")
_TURNS_TEXT_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPED = re.compile(r"\\([\\,;nN])")
_WITHOUT_END = timedelta(hours=1)
"""How long an event is taken to last that says when it begins and nothing else."""
_NEARBY = timedelta(days=2)
"""The library compares wall clocks of any zone with the span; what is really in it is decided here."""


@dataclass(slots=True)
class Found:
    """What one series has in the span."""

    events: list[ImportedEvent] = field(default_factory=list[ImportedEvent])
    cancelled: list[ImportedEvent] = field(default_factory=list[ImportedEvent])
    free: int = 0
    outside: int = 0
    remarks: list[Remark] = field(default_factory=list[Remark])


def found_in(
    uid: str,
    entries: Sequence[Entry],
    names: Mapping[str, str],
    *,
    zone: ZoneInfo,
    clock: ZoneInfo,
    window: tuple[datetime, datetime],
    limits: Limits,
) -> Found:
    """Every occurrence that touches the span.  `names`: what zone names mean to the library.

    `zone`: whose days whole days are; `clock`: whose clock times without a zone are on.
    """
    series = _Series(uid, names, zone, clock, window, limits)
    for entry in entries:
        series.parse(entry)
    series.repeat()
    return series.found


class _Series:
    def __init__(
        self,
        uid: str,
        names: Mapping[str, str],
        zone: ZoneInfo,
        clock: ZoneInfo,
        window: tuple[datetime, datetime],
        limits: Limits,
    ) -> None:
        self.found = Found()
        self._uid = uid
        self._names = names
        self._zone = zone
        self._clock = clock
        self._window = window
        self._limits = limits
        self._parsed: list[Any] = []
        self._unknown: set[str] = set()

    # --- one entry --------------------------------------------------------------------------------------------------
    def parse(self, entry: Entry) -> None:
        title = title_of(entry.value("SUMMARY"), self._limits.title)
        what = self._objection(entry)
        if what is None:
            what = self._parse(entry)
        if what is not None:
            self.found.remarks.append(Remark(what=what, line=entry.line, name=title))

    def _objection(self, entry: Entry) -> What | None:
        if not entry.value("DTSTART").strip():
            return What.NO_START
        rules = entry.values("RRULE")
        if not rules:
            return None
        begins = day_of(entry.value("DTSTART"))
        if begins is None:
            # No day of the calendar: the library says so, where the year alone does not keep it from being asked.
            year = re.match(r"\s*(\d{4})", entry.value("DTSTART"), re.ASCII)
            begins = date(max(int(year[1]) if year else 1, 1), 1, 1)
        return objection(rules, begins, self._window[1].date(), self._limits)

    def _parse(self, entry: Entry) -> What | None:
        lines = [self._with_known_zone(line, entry) for line in entry.lines if line.name not in _OURS]
        text = "\r\n".join(["BEGIN:VEVENT", *(line.text for line in lines), f"X-LINE:{entry.line}", "END:VEVENT", ""])
        try:
            event = parse_event(text)
            what = self._look_at_length(event)
        except LIBRARY:
            return What.UNREADABLE
        if what is None or not what.left_out:
            event["UID"] = self._uid
            event["X-TITLE"] = title_of(entry.value("SUMMARY"), self._limits.title)
            event["X-NOTES"] = notes_of(entry.value("DESCRIPTION"), self._limits.notes)
            event["X-FREE"] = str(_is_free(entry))
            event["X-CANCELLED"] = str(entry.value("STATUS").strip().upper() == "CANCELLED")
            self._parsed.append(event)
        return what

    def _with_known_zone(self, line: Line, entry: Entry) -> Line:
        """The line with a zone name the library knows; an unknown zone is said once, its times are the business's."""
        name = line.param("TZID") if line.name in _ZONED else None
        if name is None:
            return line
        params = re.sub(r';TZID=(?:"[^"]*"|[^;:]*)', "", line.params, flags=re.IGNORECASE)
        if line.value.rstrip().upper().endswith("Z"):
            return Line(line.name, params, line.value)
        try:
            return Line(line.name, f"{params};TZID={self._names[name.strip()]}", line.value)
        except KeyError:
            if name not in self._unknown:
                self._unknown.add(name)
                shown = title_of(name, self._limits.title)
                self.found.remarks.append(Remark(what=What.ZONE_UNKNOWN, line=entry.line, name=shown))
            return Line(line.name, params, line.value)

    def _look_at_length(self, event: Any) -> What | None:
        starts = _one(event, "DTSTART")
        ends, duration = _one(event, "DTEND"), _one(event, "DURATION")
        if not isinstance(starts, date):
            return What.UNREADABLE
        if ends is None and duration is None and isinstance(starts, datetime):
            event.add("duration", _WITHOUT_END)
            return What.NO_END
        if ends is None:
            ends = starts + (duration if duration is not None else timedelta(days=1))
        if duration is not None:
            event["X-DURATION"] = str(int(duration.total_seconds()))
        begin, end = self._bounds(starts, ends, event.get("X-DURATION"))
        if end == begin and isinstance(starts, datetime):
            return What.NO_LENGTH
        if end == begin:
            # A whole day whose end is written as its own date, which many programs do.
            event.pop("DTEND", None)
            event.pop("DURATION", None)
            return None
        return What.ENDS_BEFORE if end < begin else None

    # --- all of them ------------------------------------------------------------------------------------------------
    def repeat(self) -> None:
        if not self._parsed:
            return
        repeats = len(self._parsed) > 1 or any(name in self._parsed[0] for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
        before = len(self.found.events) + len(self.found.cancelled) + self.found.free
        try:
            begin, end = self._window
            for occurrence in occurrences(self._parsed, begin - _NEARBY, end + _NEARBY):
                self._take(occurrence, repeats=repeats)
        except LIBRARY:
            first = self._parsed[0]
            what = What.RULE_UNREADABLE if repeats else What.UNREADABLE
            remark = Remark(what=what, line=int(str(first["X-LINE"])), name=str(first["X-TITLE"]))
            self.found = Found(remarks=[*self.found.remarks, remark])
            return
        if before == len(self.found.events) + len(self.found.cancelled) + self.found.free:
            self.found.outside += 1

    def _take(self, event: Any, *, repeats: bool) -> None:
        starts = event["DTSTART"].dt
        begin, end = self._bounds(starts, event["DTEND"].dt, event.get("X-DURATION"))
        if end <= self._window[0] or begin >= self._window[1]:
            return
        if event["X-FREE"] == "True" and event["X-CANCELLED"] != "True":
            self.found.free += 1
            return
        read = ImportedEvent(
            uid=self._uid,
            occurrence=_moment(event["RECURRENCE-ID"].dt) if repeats else "",
            starts_at=begin,
            ends_at=end,
            all_day=not isinstance(starts, datetime),
            title=str(event["X-TITLE"]),
            notes=str(event["X-NOTES"]),
            line=int(str(event["X-LINE"])),
        )
        (self.found.cancelled if event["X-CANCELLED"] == "True" else self.found.events).append(read)

    def _bounds(self, starts: date, ends: date, duration: str | None) -> tuple[datetime, datetime]:
        """An end is a wall clock, a duration is time that passes; where the clock skips, the length on paper holds."""
        begin, end = self._instant(starts), self._instant(ends)
        if not isinstance(starts, datetime) or not isinstance(ends, datetime) or starts.tzinfo != ends.tzinfo:
            return begin, end
        on_paper = ends.replace(tzinfo=None) - starts.replace(tzinfo=None)
        lasts = duration is not None and on_paper == timedelta(seconds=int(duration))
        return begin, begin + on_paper if lasts or (end <= begin and on_paper > timedelta()) else end

    def _instant(self, at: date | datetime) -> datetime:
        if not isinstance(at, datetime):
            return datetime.combine(at, time(), tzinfo=self._zone).astimezone(UTC)
        return (at if at.tzinfo is not None else at.replace(tzinfo=self._clock)).astimezone(UTC)


_OURS = frozenset(("SUMMARY", "DESCRIPTION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "UID", "DTSTAMP"))
"""What is read here, so that the library cannot stumble over it."""


def _one(event: Any, name: str) -> Any:
    value = event.get(name)
    return None if value is None else value.dt


def _moment(at: date | datetime) -> str:
    if not isinstance(at, datetime):
        return f"{at:%Y%m%d}"
    return f"{at:%Y%m%dT%H%M%S}" if at.tzinfo is None else f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _is_free(entry: Entry) -> bool:
    shown_as = entry.value("X-MICROSOFT-CDO-BUSYSTATUS").strip().upper()
    return entry.value("TRANSP").strip().upper() == "TRANSPARENT" or shown_as == "FREE"


# --- text -----------------------------------------------------------------------------------------------------------
def title_of(value: str, longest: int) -> str:
    """A TEXT value as one line without control or formatting characters."""
    return " ".join(_plain(_unescaped(value[: longest * 8])).split())[:longest].strip()


def notes_of(value: str, longest: int) -> str:
    """As `title_of`, with its line breaks."""
    lines = _plain(_unescaped(value[: longest * 8])).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()[:longest].strip()


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _plain(text: str) -> str:
    return "".join(char for char in text if char in "\n\t" or _is_plain(char))


def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn") and char not in _TURNS_TEXT_AROUND
